"""A priority: the points of one record, line by line, with what did not count and what was missed."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from functools import lru_cache
from itertools import groupby
from typing import Final, Protocol, cast, final

from attrs import field, frozen

from leadqual.classification.classification import is_classifiable
from leadqual.classification.explanation import BETWEEN_STATEMENTS
from leadqual.contacts.consent import OPT_OUT, ConsentReader, ConsentReading, faults_in_ways_out, text_of
from leadqual.contacts.values import is_blank, plain, truth_or_dated
from leadqual.errors import WrongType, WrongValue, require
from leadqual.history.history import History
from leadqual.policy.policy import Policy
from leadqual.scoring.signals import Award, Group, Signal
from leadqual.taxonomy.facts import FACTS, Fact
from leadqual.taxonomy.stages import Standing
from leadqual.taxonomy.vocabulary import Word, normalize, tuple_of


@final
@frozen
class PriorityLine:
    """Points of a signal, a group or the base, with the step they come from, such as ``"cap"``."""

    subject: str
    step: str
    points: int

    def __str__(self) -> str:
        step = f" ({self.step})" if self.step else ""
        return f"{self.subject}{step} {self.points:+d}"


@final
@frozen
class Unused:
    """A signal, and the reason why contents of its cell did not count, never the contents."""

    signal: str
    reason: str

    def __str__(self) -> str:
        return f"{self.signal}: {self.reason}"


@final
@frozen
class Missed:
    """Points that a signal could have given, and whether its cell is known."""

    signal: str
    points: int
    known: bool

    def __str__(self) -> str:
        return f"{self.signal}: {self.points} missed{'' if self.known else ', not known'}"


@final
@frozen
class Priority:
    """A number from 0 to 100 that says whom to call first; its lines add up to it.

    It does not depend on qualification; to use both, sort by qualification first.

    Attributes:
        card: The name of the scorecard.
        card_version: The version of that scorecard.
        total: The sum of the lines.
        groups: The points of each group, with its name, in the order of the card.
        lines: The base, and every step that gave or took points.
        unused: What is on record and did not count, with the reason.
        missed: The points that a signal could have given, most first.
        do_not_contact: Whether the person asked not to be contacted: a flag, never points.
    """

    card: str
    card_version: str
    total: int
    groups: Mapping[str, int] = field(hash=False)
    lines: tuple[PriorityLine, ...]
    unused: tuple[Unused, ...]
    missed: tuple[Missed, ...]
    do_not_contact: bool

    @property
    def brief(self) -> str:
        """Return the points of each subject as the text column of a frame says them; they add up too."""
        sums = [
            (subject, sum(line.points for line in several))
            for subject, several in groupby(self.lines, key=lambda line: line.subject)
        ]
        others = (str(PriorityLine(subject, "", points)) for subject, points in sums[1:] if points)
        return BETWEEN_STATEMENTS.join((str(self.lines[0]), *others))

    def __str__(self) -> str:
        flag = ", do not contact" if self.do_not_contact else ""
        return f"priority {self.total}{flag}: {'; '.join(map(str, self.lines))}"


class Reader(Protocol):
    """A function that returns the cells of one record; where *dated*, the dates of a fact in a history."""

    def __call__(self, column: str, *, dated: bool = False) -> object: ...


_FIELDS: Final = ("id", "name", "email", "phone", "source", "campaign")


def reader(subject: object, policy: Policy, as_of: date | None) -> Reader:
    """Return the reader of a mapping, or of the facts, fields and extra columns of a contact on a day (UTC)."""
    require("policy", policy, Policy, "a Policy")
    if isinstance(subject, Mapping):
        return _by_name(cast("Mapping[str, object]", subject))
    if not is_classifiable(subject):
        raise WrongType("subject", "a contact or a mapping of columns to cells", type(subject).__name__)
    until = None if as_of is None else datetime.combine(as_of, time.max, UTC)
    evidence, _ = subject.known(policy, until)
    kept = _by_name(kept_cells(subject))
    history: object = getattr(subject, "history", subject)

    def read(column: str, *, dated: bool = False) -> object:
        word = normalize(column)
        if word in FACTS:
            fact = FACTS[word]
            if not dated:
                return evidence.value(fact)
            events = history.in_order(policy) if isinstance(history, History) else ()
            return tuple(event.at for event in events if event.fact is fact and not event.reverses)
        found: object = getattr(subject, word, None) if word in _FIELDS else kept(column)
        return str(found) if isinstance(found, Word) else found

    return read


def kept_cells(subject: object) -> Mapping[str, object]:
    """Return the cells of a mapping, or the extra columns of a contact."""
    if isinstance(subject, Mapping):
        return cast("Mapping[str, object]", subject)
    return dict(getattr(subject, "extra", ()))


def _by_name(cells: Mapping[str, object]) -> Reader:
    places = _places(tuple(cells))

    def cell(column: str, *, dated: bool = False) -> object:  # noqa: ARG001 (cells have no events)
        found = places.get(normalize(column), ())
        if len(found) > 1:
            both = " and ".join(map(repr, found))
            raise WrongValue("subject", f"the columns {both} have one name", "keep one of them")
        return cells[found[0]] if found else None

    return cell


@lru_cache(maxsize=256)
def _places(columns: tuple[object, ...]) -> Mapping[str, list[str]]:
    places: dict[str, list[str]] = {}
    for column in columns:
        if isinstance(column, str):
            places.setdefault(normalize(column), []).append(column)
    return places


DO_NOT_CONTACT: Final = str(Standing.DO_NOT_CONTACT)


def forbidding(policy: Policy) -> tuple[Fact, ...]:
    return dict(policy.standings).get(Standing.DO_NOT_CONTACT, ())


def opted_out(
    subject: object, read: Reader, policy: Policy, consent_in: Iterable[str], no_consent_in: Iterable[str]
) -> bool:
    """Return whether a record forbids contact, in any column; what cannot be read does, and so does a day.

    A contact was read for consent when it was made, so a text of it that may forbid contact does not count.
    """
    forbids, kept = forbidding(policy), kept_cells(subject)
    cells = [read(str(fact)) for fact in forbids]
    if any(not is_blank(cell) and truth_or_dated(cell) is not False for cell in cells):
        return True
    found = {ConsentReading.OPTED_OUT, *([ConsentReading.STOPS] if kept is subject else [])}
    texts = [text_of(plain(cell)) for cell in kept.values()]
    told = tuple_of("consent_in", consent_in, str, "a column")
    consent = _consent_reader(tuple(kept), told, tuple_of("no_consent_in", no_consent_in, str, "a column"))
    return OPT_OUT in forbids and any(what in found for _, what in consent.read(texts))


@lru_cache(maxsize=256)
def _consent_reader(
    columns: tuple[object, ...], consent_in: tuple[str, ...], no_consent_in: tuple[str, ...]
) -> ConsentReader:
    named = {index: name for index, name in enumerate(columns) if isinstance(name, str)}
    for fault in faults_in_ways_out(named.values(), consent_in, no_consent_in):
        raise WrongValue(fault.where, fault.reason)
    return ConsentReader(named, consent_in=consent_in, no_consent_in=no_consent_in)


@frozen
class Tally:
    """The points of a group, before and after its bounds, and the award of each of its signals."""

    group: Group
    awards: tuple[tuple[Signal, Award], ...]
    sum: int
    points: int


def lines(base: int, tallies: list[Tally]) -> Iterator[PriorityLine]:
    yield PriorityLine("base", "", base)
    for each in tallies:
        for signal, award in each.awards:
            yield from (PriorityLine(signal.name, step, points) for step, points in award.steps if points)
        if each.points != each.sum:
            step = "cap" if each.points < each.sum else "floor"
            yield PriorityLine(each.group.name, step, each.points - each.sum)


def missed(tallies: list[Tally]) -> list[Missed]:
    """Return the points that signals could have given within the bounds of their groups, most first."""
    found: list[Missed] = []
    for each in tallies:
        for signal, award in each.awards:
            most = each.group.clamp(each.sum - award.points + signal.scale.range[1])
            if most > each.points:
                found.append(Missed(signal.name, most - each.points, award.known))
    return sorted(found, key=lambda one: (-one.points, one.signal))
