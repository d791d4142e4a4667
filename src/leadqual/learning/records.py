"""Records with a known outcome."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import ceil
from typing import Final, cast, final

from attrs import frozen

from leadqual.classification.classification import Classifiable, classify
from leadqual.contacts.values import day, is_blank, number, truth
from leadqual.errors import LeadqualError, WrongType, WrongValue, require, require_items
from leadqual.policy.policy import Policy
from leadqual.scoring.priority import FACTS, Reader, kept_cells, reader
from leadqual.taxonomy.facts import Evidence, Fact
from leadqual.taxonomy.vocabulary import nearest, normalize

Row = Classifiable | Mapping[str, object]
Names = Iterable[str]

ENOUGH: Final = 40  # records of either outcome to learn from
_MOST: Final = 0.9  # of the conversions, which come within the usual number of days
_CONTACT: Final = ("source", "campaign", *FACTS)


@final
class TooFewOutcomes(LeadqualError, ValueError):
    """Raised where too few records have one of the outcomes.

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
        counts = {"that converted": self.converted, "that did not": self.others}
        found = " and ".join(f"{count:,} {who}" for who, count in counts.items())
        missing = {who: self.needed - count for who, count in counts.items() if count < self.needed}
        needed = ", ".join(f"{count:,} more needed {who}" for who, count in missing.items())
        return f"there are {found}, and {self.needed} of either are needed: {needed}"


@final
@frozen
class Case:
    """A record as known on its day, with its outcome and, if any column is a fact, its rule score."""

    read: Reader
    converted: bool
    day: date | None
    rule_score: int | None


@final
@frozen
class Records:
    """The cases in the order given, the names of their columns, sorted, and limits of the data."""

    outcome: str
    at: str | None
    names: tuple[str, ...]
    cases: tuple[Case, ...]
    too_recent: int
    limits: tuple[str, ...]


def read_records(
    rows: Iterable[Row],
    outcome: str,
    at: str | None,
    positive: str | None,
    as_of: date | None,
    *,
    policy: Policy,
    usual_days: int | None = None,
    drop_recent: bool = False,
) -> Records:
    require_items("rows", rows, "contacts or mappings", "of a table, give its rows as mappings")
    require("outcome", outcome, str, "the name of a column")
    require("at", at, str | None, "the name of a column")
    require("positive", positive, str | None, "the text in the column of the outcome")
    require("drop_recent", drop_recent, bool, "True or False")
    if usual_days is not None and (type(usual_days) is not int or usual_days < 0):
        reason = f"is not a number of days: {usual_days!r}"
        raise WrongValue("days_to_convert", reason, "give a whole number, such as 30")
    subjects = list(rows)
    reads = [reader(subject, policy, None) for subject in subjects]
    names = _names(subjects)
    columns_of("outcome", [outcome], names)
    columns_of("at", [] if at is None else [at], names)
    answers, won = _outcomes([read(outcome) for read in reads], positive)
    days = [None if at is None else day(read(at)) for read in reads]
    limits: list[str] = []
    if unknown := answers.count(None):
        limits.append(f"{unknown:,} are left out, because their outcome is unknown")
    if at is None:
        limits.append("without the day of each (at=…) it is not known whether this holds later")
    elif undated := days.count(None):
        limits.append(f"{undated:,} have no readable day, and take no part in the test over time")
    known, as_of = [found for found in (*days, *won) if found is not None], day_of("as_of", as_of)
    if as_of is not None and (late := sum(found > as_of for found in known)):
        raise WrongValue("as_of", f"{late:,} days lie after it", "leave those rows out, or give a later day")
    last = as_of or max(known, default=None)
    waits = sorted((until - since).days for since, until in zip(days, won, strict=True) if since and until)
    usual = waits[ceil(_MOST * len(waits)) - 1] if usual_days is None and waits else usual_days
    facts = {FACTS[normalize(name)]: name for name in names if normalize(name) in FACTS and name != outcome}
    cases: list[Case] = []
    too_recent = 0
    for subject, answer, found in zip(subjects, answers, days, strict=True):
        recent = found is not None and last is not None and usual is not None and (last - found).days < usual
        too_recent += recent and answer is False
        if answer is not None and not (drop_recent and recent):
            read = reader(subject, policy, found)
            cases.append(Case(read, answer, found, _rule_score(read, facts, policy) if facts else None))
    if too_recent:
        told = "are left out" if drop_recent else "count as not converted, and may yet convert"
        limits.append(f"{too_recent:,} are younger than {usual} days, the usual time to convert, and {told}")
    elif last is None or usual is None:
        limits.append("without days of conversion it is not known who may yet convert")
    return Records(outcome, at, names, tuple(cases), too_recent, tuple(limits))


def day_of(argument: str, value: object) -> date | None:
    found = None if isinstance(value, str) else day(value)
    if value is not None and found is None:
        expected, advice = "a date or an aware datetime", "such as date(2026, 1, 15)"
        raise WrongType(argument, expected, type(value).__name__, advice)
    return found


def _names(subjects: Sequence[object]) -> tuple[str, ...]:
    found: set[object] = set()
    for subject in subjects:
        found.update(kept_cells(subject), () if isinstance(subject, Mapping) else _CONTACT)
    if not all(isinstance(name, str) for name in found):
        advice = "name every column by a text; csv.DictReader puts surplus cells under None"
        raise WrongValue("rows", "have cells under a key that is not the name of a column", advice)
    return tuple(sorted(cast("set[str]", found)))


def columns_of(argument: str, columns: Names, names: Sequence[str]) -> set[str]:
    require_items(argument, columns, "names of columns", "put a single one into a list")
    found = list(columns)
    for name in found:
        require(argument, name, str, "names of columns")
    for name in found:
        if name not in names:
            near = nearest(name, names)
            advice = f"did you mean {' or '.join(map(repr, near))}?" if near else "name one of the columns"
            raise WrongValue(argument, f"no row has a column {name!r}", advice)
    return set(found)


def _outcomes(cells: Sequence[object], positive: str | None) -> tuple[list[bool | None], list[date | None]]:
    """Return each outcome, and the day of the conversion where the outcome is a day."""
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
    reason = f"has {count:,} different values, not yes and no" if count > 1 else "has only one value"
    raise WrongValue("outcome", reason, "name the one that means converted: positive=…")


def _answer(cell: object) -> bool | None:
    """Return the yes or no in a cell; tables with blank cells may write 1.0 and 0.0."""
    answer = truth(cell)
    return {1.0: True, 0.0: False, None: None}.get(number(cell)) if answer is None else answer


def _text(cell: object) -> str:
    return str(cell).strip()


def _rule_score(read: Reader, facts: Mapping[Fact, str], policy: Policy) -> int:
    """Return the score of the columns that are facts; a day counts as yes."""
    known: dict[Fact, bool | None] = {}
    for fact, name in facts.items():
        cell = read(name)
        answer = truth(cell)
        known[fact] = True if answer is None and day(cell) is not None else answer
    return classify(Evidence.from_mapping(known), policy).score
