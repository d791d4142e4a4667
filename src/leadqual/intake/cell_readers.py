"""How the text of a cell becomes a field of a contact, or facts, by the rules of a layout."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from typing import Any, Final, NamedTuple

from leadqual.contacts import cells
from leadqual.contacts.record import READERS
from leadqual.history.history import Event
from leadqual.intake.codes import Code
from leadqual.intake.problems import Finding, Reading
from leadqual.systems.layout import CellTest, FieldRule, TestKind
from leadqual.systems.mapping import ValueMapping
from leadqual.taxonomy.facts import BIT, Fact
from leadqual.taxonomy.stages import Source, Stage
from leadqual.taxonomy.vocabulary import UnknownWord

# Returns the value of a text that is not blank, in a column; None if there is none that can be used.
ReadCell = Callable[[str, int, Reading], Any]

_MOST_VALUES: Final = 100
_SEPARATORS: Final = re.compile(r":::|[;,|\n]|\s/\s")
_SCIENTIFIC: Final = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE)
_DATE_LIKE: Final = re.compile("[0-9].{7}")
_WORD_CODES: Final[Mapping[str, Code]] = {"source": Code.WORD_UNLISTED, "claimed_stage": Code.CLAIM_UNKNOWN}
_TEST_CODES: Final[Mapping[TestKind, Code]] = {
    TestKind.YES_NO: Code.WORD_UNREADABLE,
    TestKind.AT_LEAST: Code.NUMBER_UNREADABLE,
    TestKind.DATE: Code.DATE_UNREADABLE,
}


def cell_reader(name: str, rule: FieldRule, region: str | None) -> ReadCell:
    if name == "email":
        return _address(rule.split, cells.read_email, Code.EMAIL_INVALID)
    if name == "phone":
        return _address(rule.split, lambda text: cells.read_phone(text, region), Code.PHONE_UNREADABLE)
    if name in _WORD_CODES:
        return _word(_WORD_CODES[name], READERS[name])
    return _plain(rule.split)


def _plain(split: str) -> ReadCell:
    def read(text: str, index: int, reading: Reading) -> str:
        if split and split in text:
            reading.note(Code.SEVERAL_VALUES, index, keep=True)
            text = text.partition(split)[0].strip()
        return text

    return read


def _word(code: Code, parse: Callable[[str], Any]) -> ReadCell:
    def read(text: str, index: int, reading: Reading) -> Any:  # noqa: ANN401 (a word of the field)
        with suppress(UnknownWord):
            return parse(text)
        return reading.note(code, index, keep=True)

    return read


def _address(split: str, parse: Callable[[str], str], code: Code) -> ReadCell:
    def read(text: str, index: int, reading: Reading) -> str | None:
        value: str | None
        try:
            value = parse(text)
        except cells.CellUnreadable as error:
            value = _first(text, split, parse)
            fault = Finding(Code.SEVERAL_VALUES, index) if value else _address_fault(code, index, text, error)
            reading.note(*fault, keep=True)
        if value and code is Code.EMAIL_INVALID and value.partition("@")[0].lower() in cells.ROLE_MAILBOXES:
            reading.note(Code.ROLE_ADDRESS, index)
        return value

    return read


def _first(text: str, split: str, parse: Callable[[str], str]) -> str | None:
    """Return the first of several addresses; None if there is only one, or one that cannot be read."""
    parts = [part for part in (text.split(split) if split else _SEPARATORS.split(text)) if part.strip()]
    if 1 < len(parts) <= _MOST_VALUES:
        with suppress(cells.CellUnreadable):
            first, *_ = [parse(part) for part in parts]
            return first
    return None


def _address_fault(code: Code, index: int, text: str, error: cells.CellUnreadable) -> Finding:
    if code is Code.PHONE_UNREADABLE and _SCIENTIFIC.fullmatch(text):
        reason = "a spreadsheet wrote it in scientific notation and its last digits are lost"
        return Finding(code, index, f"{reason}; export the column as text")
    if error.reason == cells.NO_COUNTRY:
        return Finding(Code.REGION_MISSING, index)
    return Finding(code, index, f"{error.reason}; {error.remedy}")


class Effect(NamedTuple):
    established: int
    denied: int
    findings: tuple[Finding, ...] = ()
    events: tuple[Event, ...] = ()
    claims: tuple[Stage, ...] = ()
    sources: tuple[Source, ...] = ()


def effect_of(
    text: str, index: int, tests: Sequence[tuple[Fact, CellTest]], dates: str, zone: tzinfo | None
) -> Effect:
    established = denied = 0
    findings: list[Finding] = []
    events: list[Event] = []
    for fact, test in tests:
        answers: set[bool | None] = set()
        for part in filter(None, map(str.strip, text.split(test.split) if test.split else (text,))):
            try:
                answer = _answer(part, test, dates, zone)
            except cells.CellUnreadable as error:
                consent = fact is Fact.OPTED_OUT
                code = Code.CONSENT_UNREADABLE if consent else _TEST_CODES[test.kind]
                findings.append(Finding(code, index, "" if consent else f"{error.reason}; {error.remedy}"))
                answer = consent or None
            if isinstance(answer, datetime):
                events.append(Event(fact, answer))
            else:
                answers.add(answer)
        if True in answers:
            established |= BIT[fact]
        elif False in answers and test.denies:
            denied |= BIT[fact]
    return Effect(established, denied, tuple(findings), tuple(events))


def meaning_of(text: str, index: int, mapping: ValueMapping) -> Effect:
    """Return what the values of one cell mean; an unknown word where all are about consent is an opt-out."""
    known, unlisted = mapping.read(text)
    findings: tuple[Finding, ...] = ()
    established = {fact for each in known for fact in each.facts}
    if unlisted and not mapping.partial:
        code = Code.CLAIM_UNKNOWN if "claimed_stage" in mapping.says else Code.WORD_UNLISTED
        findings = (Finding(Code.CONSENT_UNREADABLE if mapping.is_consent else code, index),)
    return Effect(
        sum(BIT[fact] for fact in established),
        0,
        findings,
        claims=tuple(each.stage for each in known if each.stage),
        sources=tuple(each.source for each in known if each.source),
    )


def _answer(text: str, test: CellTest, dates: str, zone: tzinfo | None) -> datetime | bool | None:
    """Return whether a value passes the test, or the instant since when; None if it is neither yes nor no."""
    if test.kind is TestKind.DATE:
        with suppress(cells.CellUnreadable):
            return cells.read_instant(text, dates, zone)
        return bool(cells.read_instant(text, dates, UTC))  # its time zone is unknown
    if test.kind is TestKind.FILLED:
        return True
    if test.kind is TestKind.AT_LEAST:
        return cells.read_number(text) >= test.at_least or None
    if not test.yes:
        dated = _DATE_LIKE.match(text) and cells.read_instant(text, dates, UTC)
        return bool(dated) or cells.read_yes_no(text)
    for answer, words in ((True, test.yes), (False, test.no)):
        if text.casefold() in map(str.casefold, words):
            return answer
    reason = "the layout does not list the word"
    raise cells.CellUnreadable("one of the words of the column", reason, "list it")
