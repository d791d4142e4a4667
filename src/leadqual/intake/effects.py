"""What a cell says about facts, by the tests of a layout."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import Final, NamedTuple

from leadqual.contacts.cells import CellUnreadable, read_instant, read_number, read_yes_no
from leadqual.history.history import Event
from leadqual.intake.codes import Code
from leadqual.intake.layouts import Asks, CellTest
from leadqual.intake.reading import Finding
from leadqual.taxonomy.facts import BIT, Fact


class Effect(NamedTuple):
    """Hold what a cell says: facts established and denied, as bits, faults, and dated facts."""

    established: int
    denied: int
    findings: tuple[Finding, ...] = ()
    events: tuple[Event, ...] = ()


def effect_of(
    text: str, index: int, tests: Sequence[tuple[Fact, CellTest]], dates: str, zone: tzinfo | None
) -> Effect:
    """Return what a text that is not blank says in the column *index*."""
    established = denied = 0
    findings: list[Finding] = []
    events: list[Event] = []
    for fact, test in tests:
        answers: set[bool | None] = set()
        for part in filter(None, map(str.strip, text.split(test.split) if test.split else (text,))):
            try:
                if test.asks is not Asks.DATE:
                    answers.add(_answer(part, test))
                elif at := _instant(part, dates, zone):
                    events.append(Event(fact, at))
                else:
                    answers.add(True)  # noqa: FBT003 (yes, without a date)
            except CellUnreadable as error:
                consent = fact is Fact.OPTED_OUT
                code = Code.CONSENT_UNREADABLE if consent else _CODES[test.asks]
                message = code.meaning if consent else f"{error.reason}; {error.remedy}"
                findings.append(Finding(code, index, message))
                answers.add(consent or None)
        if True in answers:
            established |= BIT[fact]
        elif False in answers and test.denies:
            denied |= BIT[fact]
    return Effect(established, denied, tuple(findings), tuple(events))


_CODES: Final = {
    Asks.YES_NO: Code.WORD_UNREADABLE,
    Asks.ANY_OF: Code.WORD_UNLISTED,
    Asks.AT_LEAST: Code.NUMBER_UNREADABLE,
    Asks.DATE: Code.DATE_UNREADABLE,
}


def _instant(text: str, dates: str, zone: tzinfo | None) -> datetime | None:
    """Return the instant of a date; None if nobody knows in which zone it was written."""
    try:
        return read_instant(text, dates, zone)
    except CellUnreadable:
        read_instant(text, dates, UTC)
        return None


def _answer(text: str, test: CellTest) -> bool | None:
    """Return whether one value passes the test; None if it says nothing."""
    if test.asks is Asks.FILLED:
        return True
    if test.asks is Asks.AT_LEAST:
        return read_number(text) >= test.at_least or None
    if test.asks is Asks.YES_NO and not test.yes:
        return read_yes_no(text)
    if text in test.yes:
        return True
    if text in test.no:
        return False
    if test.asks is Asks.YES_NO or (test.none_of and text not in test.none_of):
        raise CellUnreadable("one of the words of the column", "the layout does not list the word", "list it")
    return None
