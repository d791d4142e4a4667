"""Cases: records of which it is known what became of them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from math import ceil
from typing import Final, cast, final

from attrs import frozen

from leadqual.classification import Classifiable, classify
from leadqual.errors import LeadqualError, WrongValue
from leadqual.facts import Evidence, Fact
from leadqual.policy import Policy
from leadqual.scoring.priority import Reader, reader
from leadqual.scoring.values import day, is_blank, truth
from leadqual.vocabulary import fold, nearest

Row = Classifiable | Mapping[str, object]

ENOUGH: Final = 40
"""How many people of either outcome learning needs at least."""

_MOST: Final = 0.9
"""The share of conversions that the usual time to convert covers."""


@final
class TooFewOutcomes(LeadqualError, ValueError):
    """Say how many more people of which outcome learning needs.

    Attributes:
        converted: How many converted.
        others: How many did not.
        needed: How many of either are needed.
    """

    def __init__(self, converted: int, others: int, needed: int = ENOUGH) -> None:  # noqa: D107
        super().__init__(converted, others, needed)
        self.converted = converted
        self.others = others
        self.needed = needed

    def __str__(self) -> str:
        """Return the message."""
        missing = [
            f"{self.needed - count:,} more needed {who}"
            for who, count in (("that converted", self.converted), ("that did not", self.others))
            if count < self.needed
        ]
        return (
            f"there are {self.converted:,} that converted and {self.others:,} that did not, "
            f"and {self.needed} of either are needed: {', '.join(missing)}"
        )


@final
@frozen
class Cases:
    """Hold records with what became of them, in the order in which they were given.

    Attributes:
        names: The columns, sorted.
        cells: What gives the cells of each record, as known on its day.
        converted: Whether each converted.
        days: The day of each, or None.
        grades: The rule score of each, or None if no column is a fact.
        young: How many had not converted yet and are younger than the usual time to convert.
        limits: What is to be said about the records.
    """

    names: tuple[str, ...]
    cells: tuple[Reader, ...]
    converted: tuple[bool, ...]
    days: tuple[date | None, ...]
    grades: tuple[int, ...] | None
    young: int
    limits: tuple[str, ...]


def read_cases(
    rows: Iterable[Row],
    *,
    outcome: str,
    at: str | None,
    positive: str | None,
    as_of: date | None,
    usual_days: int | None,
    leave_out_young: bool,
    policy: Policy,
) -> Cases:
    """Return the records whose outcome is known; see `learn` for the arguments.

    Raises:
        WrongValue: If a column is missing, the outcome is not one of two things, or a day lies after
            *as_of*.
        WrongType: If a row is neither a contact nor a mapping.
    """
    subjects = list(rows)
    reads = [reader(subject, policy, None) for subject in subjects]
    names = names_of(subjects)
    for argument, column in (("outcome", outcome), ("at", at)):
        if column is not None:
            must_be_there(argument, (column,), names)
    answers, won = _outcomes([read(outcome) for read in reads], positive)
    days = [None if at is None else day(read(at)) for read in reads]
    limits = list(_limits(answers, days, at))
    last = _last_day(days, won, as_of)
    usual = _usual(days, won) if usual_days is None else usual_days
    young = [_is_young(found, last, usual) for found in days]
    count = sum(is_young and answer is False for is_young, answer in zip(young, answers, strict=True))
    if count:
        told = "are left out" if leave_out_young else "count as not converted, and may yet convert"
        limits.append(f"{count:,} are younger than {usual} days, the usual time to convert, and {told}")
    elif last is None or usual is None:
        limits.append("without days of conversion nobody can tell who has not converted yet")
    kept = [
        place
        for place, answer in enumerate(answers)
        if answer is not None and not (leave_out_young and young[place])
    ]
    cells = tuple(reader(subjects[place], policy, days[place]) for place in kept)
    return Cases(
        names=names,
        cells=cells,
        converted=tuple(bool(answers[place]) for place in kept),
        days=tuple(days[place] for place in kept),
        grades=_grades(cells, names, outcome, policy),
        young=count,
        limits=tuple(limits),
    )


def names_of(subjects: Sequence[object]) -> tuple[str, ...]:
    """Return every column that any of the records has, sorted; of contacts also the facts."""
    found: set[str] = set()
    for subject in subjects:
        if isinstance(subject, Mapping):
            found.update(cast("Mapping[str, object]", subject))
        else:
            found.update(_CONTACT)
            extra: Mapping[str, object] = dict(getattr(subject, "extra", ()))
            found.update(extra)
    return tuple(sorted(found))


_CONTACT: Final = ("source", "campaign", *map(str, Fact))


def must_be_there(argument: str, columns: Iterable[str], names: Sequence[str]) -> None:
    """Refuse a column that no row has.

    Raises:
        WrongValue: With the columns that are called almost so.
    """
    for column in columns:
        if column not in names:
            near = nearest(column, names)
            advice = f"did you mean {' or '.join(map(repr, near))}?" if near else "name one of the columns"
            raise WrongValue(argument, f"no row has a column {column!r}", advice)


def _outcomes(cells: Sequence[object], positive: str | None) -> tuple[list[bool | None], list[date | None]]:
    """Return what became of each, and the day on which it converted where the outcome is a day."""
    nowhere: list[date | None] = [None] * len(cells)
    known = [cell for cell in cells if not is_blank(cell)]
    if not known:
        raise WrongValue("outcome", "is blank in every row", "fill it, with yes and no")
    if positive is not None:
        if positive not in map(_text, known):
            raise WrongValue("positive", "is the outcome of no row", "give it as it stands in the column")
        return [None if is_blank(cell) else _text(cell) == positive for cell in cells], nowhere
    if all(truth(cell) is not None for cell in known):
        return [truth(cell) for cell in cells], nowhere
    if all(day(cell) is not None for cell in known):
        won = [day(cell) for cell in cells]
        return [found is not None for found in won], won
    count = len(set(map(_text, known)))
    reason = f"says {count:,} different things, and not yes and no" if count > 1 else "says one thing only"
    raise WrongValue("outcome", reason, "name the one that means converted: positive=…")


def _text(cell: object) -> str:
    return str(cell).strip()


def _limits(answers: Sequence[bool | None], days: Sequence[date | None], at: str | None) -> Iterable[str]:
    if unknown := answers.count(None):
        yield f"{unknown:,} are left out, since nobody knows what became of them"
    if at is None:
        yield "without the day of each (at=…) it is not known whether this holds later"
    elif undated := days.count(None):
        yield f"{undated:,} have no readable day, and take no part in the test over time"


def _last_day(days: Sequence[date | None], won: Sequence[date | None], as_of: date | None) -> date | None:
    known = [found for found in (*days, *won) if found is not None]
    if as_of is None:
        return max(known, default=None)
    late = sum(found > as_of for found in known)
    if late:
        raise WrongValue("as_of", f"{late:,} days lie after it", "leave those rows out, or give a later day")
    return as_of


def _usual(days: Sequence[date | None], won: Sequence[date | None]) -> int | None:
    """Return within how many days most conversions came."""
    waits = sorted(
        (until - since).days
        for since, until in zip(days, won, strict=True)
        if since is not None and until is not None
    )
    return waits[ceil(_MOST * len(waits)) - 1] if waits else None


def _is_young(found: date | None, last: date | None, usual: int | None) -> bool:
    return None not in (found, last, usual) and found + timedelta(days=usual) > last  # type: ignore[operator,arg-type]  # pyright: ignore[reportOptionalOperand,reportArgumentType,reportOperatorIssue] (none of them is None)


def _grades(
    cells: Sequence[Reader], names: Sequence[str], outcome: str, policy: Policy
) -> tuple[int, ...] | None:
    """Return the rule scores, from the columns that are called like a fact."""
    facts = [(Fact(fold(name)), name) for name in names if fold(name) in _WORDS and name != outcome]
    if not facts:
        return None
    return tuple(
        classify(Evidence.from_mapping({fact: truth(read(name)) for fact, name in facts}), policy).score
        for read in cells
    )


_WORDS: Final = frozenset(map(str, Fact))
