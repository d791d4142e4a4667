"""A priority: the points of one record, line by line, with what did not count and what was missed."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from functools import lru_cache
from itertools import groupby
from typing import Final, Protocol, Self, cast, final

from attrs import field, frozen

from leadqual.classification.classification import is_classifiable
from leadqual.classification.explanation import BETWEEN_STATEMENTS
from leadqual.contacts.consent import OPT_OUT, fact_named, opts_out
from leadqual.contacts.values import is_blank, said
from leadqual.errors import WrongType, WrongValue, require
from leadqual.history.history import History
from leadqual.policy.policy import Policy
from leadqual.scoring.scales import Award, Dated
from leadqual.scoring.signals import Group, Signal
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.stages import Standing
from leadqual.taxonomy.vocabulary import Word, normalize


@final
@frozen
class PriorityLine:
    """Points of a signal, a group or the base, and the step that gave them, such as ``"age"`` or ``"cap"``."""

    subject: str
    step: str
    points: int

    def __str__(self) -> str:
        step = f" ({self.step})" if self.step else ""
        return f"{self.subject}{step} {self.points:+d}"


@final
@frozen
class Unused:
    """A signal, and the reason why something on record did not count; never what it says."""

    signal: str
    reason: str

    def __str__(self) -> str:
        return f"{self.signal}: {self.reason}"


@final
@frozen
class Missed:
    """Points that a signal could have given, and whether anything is known of it; if not, worth asking."""

    signal: str
    points: int
    known: bool

    def __str__(self) -> str:
        return f"{self.signal}: {self.points} missed{'' if self.known else ', not known'}"


@final
@frozen
class Priority:
    """A number from 0 to 100 that says whom to call first; its lines add up to it.

    It says nothing about qualification; who wants both sorts by qualification first.

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
        said = (str(PriorityLine(subject, "", points)) for subject, points in sums[1:] if points)
        return BETWEEN_STATEMENTS.join((str(self.lines[0]), *said))

    def __str__(self) -> str:
        flag = ", do not contact" if self.do_not_contact else ""
        return f"priority {self.total}{flag}: {'; '.join(map(str, self.lines))}"


class Reader(Protocol):
    """A function that returns the cells of one record."""

    def __call__(self, column: str, *, dated: bool = False) -> object:
        """Return a cell; where *dated*, the dates of a fact in a history."""
        ...


_FACTS: Final = {str(fact): fact for fact in Fact}
_FIELDS: Final = ("id", "name", "email", "phone", "source", "campaign")


def reader(subject: object, policy: Policy, as_of: date | None) -> Reader:
    """Return a function that returns the cells of a contact or of a mapping of columns to cells.

    Columns are found by their names in any case, with spaces, hyphens or underscores. A contact answers
    the words of the facts from its evidence by the end of the day *as_of* (UTC) and from the events of
    its history, then its fields, then its extra columns.
    """
    require("policy", policy, Policy, "a Policy")
    if isinstance(subject, Mapping):
        of_row = _by_name(cast("Mapping[str, object]", subject))
        return lambda column, *, dated=False: of_row(column)  # noqa: ARG005, PLW0108 (a row knows no events)
    if not is_classifiable(subject):
        raise WrongType("subject", "a contact or a mapping of columns to cells", type(subject).__name__)
    until = None if as_of is None else datetime.combine(as_of, time.max, UTC)
    evidence, _ = subject.known(policy, until)
    kept = _by_name(_kept(subject))
    history: object = getattr(subject, "history", subject)

    def read(column: str, *, dated: bool = False) -> object:
        word = normalize(column)
        if word in _FACTS:
            fact = _FACTS[word]
            if not dated:
                return evidence.value(fact)
            events = history.in_order(policy) if isinstance(history, History) else ()
            return tuple(event.at for event in events if event.fact is fact and not event.reverses)
        found: object = getattr(subject, word, None) if word in _FIELDS else kept(column)
        return str(found) if isinstance(found, Word) else found

    return read


def _kept(subject: object) -> Mapping[str, object]:
    """Return the cells of a record that were kept as they are: of a contact, the extra columns."""
    if isinstance(subject, Mapping):
        return cast("Mapping[str, object]", subject)
    return dict(getattr(subject, "extra", ()))


def _by_name(cells: Mapping[str, object]) -> Callable[[str], object]:
    places = _places(tuple(cells))

    def cell(column: str) -> object:
        found = places.get(normalize(column), ())
        if len(found) > 1:
            both = " and ".join(map(repr, found))
            raise WrongValue("subject", f"the columns {both} have one name", "keep one of them")
        return cells[found[0]] if found else None

    return cell


@lru_cache(maxsize=256)
def _places(columns: tuple[object, ...]) -> Mapping[str, list[str]]:
    """Return the columns by their normalized names."""
    places: dict[str, list[str]] = {}
    for column in columns:
        if isinstance(column, str):
            places.setdefault(normalize(column), []).append(column)
    return places


DO_NOT_CONTACT: Final = str(Standing.DO_NOT_CONTACT)
"""The name of the flag in tables."""


def forbidding(policy: Policy) -> tuple[Fact, ...]:
    """Return the facts that forbid contact."""
    return dict(policy.standings).get(Standing.DO_NOT_CONTACT, ())


def must_not_be_contacted(subject: object, read: Reader, policy: Policy) -> bool:
    """Return whether a record says, in any column of opt-outs, one of the facts that forbid contact.

    A cell that cannot be read forbids contact, and so does a day.
    """
    forbids, kept = forbidding(policy), _kept(subject)
    cells = [read(str(fact)) for fact in forbids]
    cells += [kept[column] for column, fact in _consent(tuple(kept)) if fact in forbids]
    return any(not is_blank(cell) and said(cell) is not False for cell in cells)


@lru_cache(maxsize=256)
def _consent(columns: tuple[object, ...]) -> tuple[tuple[str, Fact], ...]:
    """Return the columns whose names say a fact, each with the fact."""
    named = [column for column in columns if isinstance(column, str)]
    for column in named:
        if opts_out(column) is None:
            reason = f"the column {column!r} may forbid contact, and its name does not say which way"
            advice = f"rename it to {OPT_OUT} if a yes there does, else drop it or rename it"
            raise WrongValue("subject", reason, advice)
    return tuple((column, fact) for column in named if (fact := fact_named(column)))


@frozen
class GroupPoints:
    """The points of one group of signals, before and after its bounds, with the award of each signal."""

    group: Group
    awards: tuple[tuple[Signal, Award], ...]
    sum: int
    points: int

    @classmethod
    def of(cls, group: Group, signals: tuple[Signal, ...], read: Reader, as_of: date | None) -> Self:
        """Return the points that a record has in *group*, whose members are *signals*."""
        awards = tuple(
            (signal, signal.scale.award(read(signal.column, dated=isinstance(signal.scale, Dated)), as_of))
            for signal in signals
        )
        total = sum([award.points for _, award in awards])
        return cls(group, awards, total, group.clamp(total))


def lines(base: int, groups: list[GroupPoints]) -> Iterator[PriorityLine]:
    """Yield the lines of a priority; they add up to its total."""
    yield PriorityLine("base", "", base)
    for each in groups:
        for signal, award in each.awards:
            yield from (PriorityLine(signal.name, step, points) for step, points in award.steps if points)
        if each.points != each.sum:
            step = "cap" if each.points < each.sum else "floor"
            yield PriorityLine(each.group.name, step, each.points - each.sum)


def missed(groups: list[GroupPoints]) -> list[Missed]:
    """Return the points that signals could have given, most first.

    The reasons of a credit score are ranked likewise, by the maximum less what was obtained; here
    what the bounds of the group would take away again is no loss.
    """
    found: list[Missed] = []
    for each in groups:
        for signal, award in each.awards:
            highest = signal.scale.range[1]
            if highest is None:  # only where the group has a bound; enough to reach it
                highest = award.points + max(0, (each.group.highest or 0) - each.sum)
            rise = each.group.clamp(each.sum - award.points + highest) - each.points
            if rise > 0:
                found.append(Missed(signal.name, rise, award.known))
    return sorted(found, key=lambda one: (-one.points, one.signal))
