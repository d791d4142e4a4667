"""Cases: records with a known outcome."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import ceil
from typing import Final, cast, final

from attrs import frozen

from leadqual.classification.classification import Classifiable, classify
from leadqual.errors import LeadqualError, WrongType, WrongValue, require, require_items
from leadqual.policy.policy import Policy
from leadqual.scoring.priority import Reader, reader
from leadqual.scoring.values import day, is_blank, number, truth
from leadqual.taxonomy.facts import Evidence, Fact
from leadqual.taxonomy.vocabulary import nearest, normalize

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

    def __init__(self, converted: int, others: int, needed: int = ENOUGH) -> None:
        super().__init__(converted, others, needed)
        self.converted = converted
        self.others = others
        self.needed = needed

    def __str__(self) -> str:
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
class Case:
    """A record with what became of it.

    Attributes:
        read: What gives its cells, as known on its day.
        converted: Whether it converted.
        day: Its day, or None.
        grade: Its rule score, or None if no column is a fact.
    """

    read: Reader
    converted: bool
    day: date | None
    grade: int | None


@final
@frozen
class Cases:
    """Records with a known outcome, in the order in which they were given.

    Attributes:
        names: The columns, sorted.
        cases: The records.
        young: How many had not converted yet and are younger than the usual time to convert.
        limits: What is to be said about the records.
    """

    names: tuple[str, ...]
    cases: tuple[Case, ...]
    young: int
    limits: tuple[str, ...]


def read_cases(
    rows: Iterable[Row],
    *,
    outcome: str,
    at: str | None,
    positive: str | None,
    as_of: date | None,
    usual_days: int | None = None,
    leave_out_young: bool = False,
    policy: Policy,
) -> Cases:
    """Return the records whose outcome is known; see `learn` for the arguments.

    Raises:
        WrongValue: If a column is missing, the outcome is not one of two things, or a day lies after
            *as_of*.
        WrongType: If a row is neither a contact nor a mapping, or an argument has another type.
    """
    require_items("rows", rows, "contacts or mappings", "of a table, give its rows as mappings")
    require("outcome", outcome, str, "the name of a column")
    require("at", at, str | None, "the name of a column")
    require("positive", positive, str | None, "the text in the column of the outcome")
    require("policy", policy, Policy, "a policy")
    require("leave_out_young", leave_out_young, bool, "True or False")
    if usual_days is not None and (type(usual_days) is not int or usual_days < 0):
        raise WrongValue(
            "usual_days", f"is no number of days: {usual_days!r}", "give a whole number, such as 30"
        )
    subjects = list(rows)
    reads = [reader(subject, policy, None) for subject in subjects]
    names = names_of(subjects)
    for argument, column in (("outcome", outcome), ("at", at)):
        if column is not None:
            must_be_there(argument, (column,), names)
    answers, won = _outcomes([read(outcome) for read in reads], positive)
    days = [None if at is None else day(read(at)) for read in reads]
    limits = list(_limits(answers, days, at))
    last = _last_day(days, won, day_of("as_of", as_of))
    usual = _usual(days, won) if usual_days is None else usual_days
    young = [
        found is not None and last is not None and usual is not None and (last - found).days < usual
        for found in days
    ]
    count = sum(is_young and answer is False for is_young, answer in zip(young, answers, strict=True))
    if count:
        told = "are left out" if leave_out_young else "count as not converted, and may yet convert"
        limits.append(f"{count:,} are younger than {usual} days, the usual time to convert, and {told}")
    elif last is None or usual is None:
        limits.append("without days of conversion nobody can tell who has not converted yet")
    facts = [(Fact(normalize(name)), name) for name in names if normalize(name) in _WORDS and name != outcome]
    cases: list[Case] = []
    for subject, answer, found, is_young in zip(subjects, answers, days, young, strict=True):
        if answer is not None and not (leave_out_young and is_young):
            read = reader(subject, policy, found)
            cases.append(Case(read, answer, found, _grade(read, facts, policy) if facts else None))
    return Cases(names, tuple(cases), count, tuple(limits))


def day_of(argument: str, value: object) -> date | None:
    """Return the day, in UTC, that an argument names; None if it names none.

    Raises:
        WrongType: If it is something else than a date or an aware datetime.
    """
    found = None if isinstance(value, str) else day(value)
    if value is not None and found is None:
        raise WrongType(
            argument, "a date or an aware datetime", type(value).__name__, "such as date(2026, 1, 15)"
        )
    return found


def names_of(subjects: Sequence[object]) -> tuple[str, ...]:
    """Return every column that any of the records has, sorted; of contacts also the facts.

    Raises:
        WrongValue: If a column of a mapping is not called by a text.
    """
    found: set[object] = set()
    for subject in subjects:
        if isinstance(subject, Mapping):
            found.update(cast("Mapping[object, object]", subject))
        else:
            extra: Mapping[str, object] = dict(getattr(subject, "extra", ()))
            found.update(_CONTACT, extra)
    if not all(isinstance(name, str) for name in found):
        advice = "name every column by a text; csv.DictReader puts surplus cells under None"
        raise WrongValue("rows", "have cells under what is no name of a column", advice)
    return tuple(sorted(cast("set[str]", found)))


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
    if all(_answer(cell) is not None for cell in known):
        return [_answer(cell) for cell in cells], nowhere
    if all(day(cell) is not None for cell in known):
        won = [day(cell) for cell in cells]
        return [found is not None for found in won], won
    count = len(set(map(_text, known)))
    reason = f"says {count:,} different things, and not yes and no" if count > 1 else "says one thing only"
    raise WrongValue("outcome", reason, "name the one that means converted: positive=…")


def _answer(cell: object) -> bool | None:
    """Return what a cell answers; 1.0 and 0.0 do too, as tables with blank cells write them."""
    answer = truth(cell)
    return {1.0: True, 0.0: False, None: None}.get(number(cell)) if answer is None else answer


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


def _grade(read: Reader, facts: Iterable[tuple[Fact, str]], policy: Policy) -> int:
    """Return the rule score, from the columns that are called like a fact; a day says since when."""
    said: dict[Fact, bool | None] = {}
    for fact, name in facts:
        cell = read(name)
        answer = truth(cell)
        said[fact] = True if answer is None and day(cell) is not None else answer
    return classify(Evidence.from_mapping(said), policy).score


_WORDS: Final = frozenset(map(str, Fact))
