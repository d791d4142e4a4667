"""Records with a known outcome, and the samples of them that cards are learned from."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from hashlib import blake2b
from math import ceil
from typing import Any, Final, Literal, cast, final

from attrs import evolve, frozen

from leadqual.classification.classification import classify
from leadqual.contacts.values import day, is_blank, number, truth, truth_or_dated
from leadqual.errors import Fault, LeadqualError, WrongType, WrongValue, require, require_items
from leadqual.policy.policy import Policy
from leadqual.scoring.priority import Reader, kept_cells, reader
from leadqual.scoring.scorecard import Row
from leadqual.scoring.signals import Order
from leadqual.taxonomy.facts import FACTS, Evidence, Fact
from leadqual.taxonomy.vocabulary import did_you_mean, normalize

Names = Iterable[str]
Kind = Literal["yes", "filled", "number", "words"]

ENOUGH: Final = 40  # records of either outcome to learn from
_MOST: Final = 0.9  # of the conversions, which come within the usual number of days
_CONTACT: Final = ("source", "campaign", *FACTS)
_IDENTITY: Final = frozenset({"id", "name", "email", "phone"})
_IDENTIFIER: Final = "has a different value in every row; name it in signals if it is not an identifier"
_IMPLIES: Final = {str(fact): frozenset(map(str, fact.implies)) for fact in Fact}


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
    outcome: str
    at: str | None
    names: tuple[str, ...]  # of all columns, sorted
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
            known_facts = {fact: truth_or_dated(read(name)) for fact, name in facts.items()}
            verdict = classify(Evidence.from_mapping(known_facts), policy) if facts else None
            cases.append(Case(read, answer, found, verdict and verdict.score))
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
        if name not in names:
            advice = did_you_mean(name, names, "name one of the columns")
            raise WrongValue(argument, f"no row has a column {name!r}", advice)
    return set(found)


def _outcomes(cells: Sequence[object], positive: str | None) -> tuple[list[bool | None], list[date | None]]:
    """Return each outcome, and the day of the conversion where the outcome is a day."""
    nowhere: list[date | None] = [None] * len(cells)
    known = [cell for cell in cells if not is_blank(cell)]
    if not known:
        raise WrongValue("outcome", "is blank in every row", "fill it, with yes and no")
    if positive is not None:
        answers = [None if is_blank(cell) else str(cell).strip() == positive for cell in cells]
        if True not in answers:
            raise WrongValue("positive", "is the outcome of no row", "give it as it stands in the column")
        return answers, nowhere
    if all(_answer(cell) is not None for cell in known):
        return [_answer(cell) for cell in cells], nowhere
    if all(day(cell) is not None for cell in known):
        won = [day(cell) for cell in cells]
        return [found is not None for found in won], won
    count = len({str(cell).strip() for cell in known})
    reason = f"has {count:,} different values, not yes and no" if count > 1 else "has only one value"
    raise WrongValue("outcome", reason, "name the one that means converted: positive=…")


def _answer(cell: object) -> bool | None:
    """Return the yes or no in a cell; tables with blank cells may write 1.0 and 0.0."""
    answer = truth(cell)
    return {1.0: True, 0.0: False, None: None}.get(number(cell)) if answer is None else answer


@final
@frozen
class Column:
    """A column as read: its distinct values, sorted, and the index of the value of each row, or -1."""

    name: str
    source: str
    kind: Kind
    order: Order
    levels: tuple[Any, ...]
    cells: tuple[int, ...]


_NO_KIND: Final = (
    "is neither all yes and no, nor all finite numbers, nor all words; "
    "make its cells one kind, days a number of days, or name it in filled"
)


def read_column(name: str, cells: Sequence[object], order: Order = "") -> Column | str:
    """Return a column of the first kind that all its cells can be read as, or why it has none."""
    known = [(type(cell), cell) for cell in cells if not is_blank(cell)]
    if not known:
        return "is blank in every row; fill it"
    try:
        distinct = list(dict.fromkeys(known))
    except TypeError:  # a cell is not hashable
        return _NO_KIND
    kinds = filter(lambda each: all(_KINDS[each](cell) is not None for _, cell in distinct), _KINDS)
    kind = next(kinds, None)
    if kind is None or all(day(cell) is not None for _, cell in distinct):
        return _NO_KIND
    values: dict[Any, Any] = {cell: _KINDS[kind](cell[1]) for cell in distinct}
    levels = tuple(sorted(set(values.values())))
    if len(levels) == 1:
        return "has one value in all its filled cells, so nothing can be learned from it; name it in filled"
    places = {level: place for place, level in enumerate(levels)}
    found = (-1 if is_blank(cell) else places[values[type(cell), cell]] for cell in cells)
    return Column(name, name, kind, order, levels, tuple(found))


def _word(cell: object) -> str | None:
    return cell.strip() if isinstance(cell, str) else None


_KINDS: Final[Mapping[Kind, Callable[[object], Any]]] = {"yes": truth, "number": number, "words": _word}


def read_filled(source: str, cells: Sequence[object]) -> Column | str:
    filled = tuple(int(not is_blank(cell)) for cell in cells)
    if len(set(filled)) == 1:
        return "is filled in every row or in none, so nothing can be learned from it"
    return Column(f"{source} filled", source, "filled", "", (False, True), filled)


def is_identifier(column: Column) -> bool:
    whole = column.kind != "number" or all(float(level).is_integer() for level in column.levels)
    return column.kind in {"number", "words"} and whole and len(column.levels) == len(column.cells)


@final
@frozen
class Sample:
    """Cases with their columns, those with one value in most rows first, and the columns left out."""

    columns: tuple[Column, ...]
    cases: tuple[Case, ...]
    left_out: tuple[Fault, ...]

    @cached_property
    def converted(self) -> tuple[bool, ...]:
        return tuple(case.converted for case in self.cases)

    def minority(self, rows: Sequence[int]) -> int:
        """Return how many of *rows* have the rarer outcome."""
        converted = sum(self.converted[row] for row in rows)
        return min(converted, len(rows) - converted)


def read_sample(
    records: Records, *, signals: Names | None, filled: Names, rising: Names, falling: Names
) -> Sample:
    cases = records.cases
    wanted = None if signals is None else columns_of("signals", signals, records.names)
    orders = _orders(rising, falling, records.names)
    fills = {f"{name} filled": name for name in columns_of("filled", filled, records.names)}
    found: list[tuple[str, Column | str]] = []
    for name in records.names:
        if name in {records.outcome, records.at} or (wanted is not None and name not in wanted):
            continue
        reason = _reason_to_leave_out(name, records.outcome) if wanted is None else None
        column = reason or read_column(name, [case.read(name) for case in cases], orders.get(name, ""))
        if isinstance(column, Column):
            if wanted is None and is_identifier(column):
                column = _IDENTIFIER
            elif column.order and column.kind == "words":
                raise WrongValue(column.order, f"{name!r} holds words", "name a column of numbers or answers")
        found.append((name, column))
    for name in sorted(fills.keys() & {name for name, column in found if isinstance(column, Column)}):
        advice = "rename it, or name the others in signals"
        raise WrongValue("filled", f"there is a column {name!r} too", advice)
    for name, source in sorted(fills.items()):
        found.append((name, read_filled(source, [case.read(source) for case in cases])))
    columns = [column for _, column in found if isinstance(column, Column)]
    left_out = tuple(Fault(name, reason) for name, reason in found if isinstance(reason, str))
    if not columns:
        raise WrongValue("rows", "have no column to learn from", "; ".join(map(str, left_out)))
    columns.sort(key=lambda column: -max(Counter(column.cells).values()))
    order = _order_by_contents(columns, cases)
    return Sample(
        tuple(evolve(column, cells=tuple(map(column.cells.__getitem__, order))) for column in columns),
        tuple(map(cases.__getitem__, order)),
        left_out,
    )


def _orders(rising: Names, falling: Names, names: Sequence[str]) -> dict[str, Order]:
    rises, falls = columns_of("rising", rising, names), columns_of("falling", falling, names)
    for name in sorted(rises & falls):
        raise WrongValue("falling", f"{name!r} is among the rising columns too", "name it in one of them")
    return {**dict.fromkeys(rises, "rising"), **dict.fromkeys(falls, "falling")}


def _reason_to_leave_out(name: str, outcome: str) -> str | None:
    word, result = normalize(name), normalize(outcome)
    if word in _IDENTITY:
        return "identifies the contact, so nothing can be learned from it about others"
    if word == "source":
        return "is the source of the contact, which is used only if it is named in signals"
    if result in _IMPLIES.get(word, ()) or word in _IMPLIES.get(result, ()):
        return f"is known wherever {result} is known, because the one implies the other"
    return None


def _order_by_contents(columns: Iterable[Column], cases: Iterable[Case]) -> list[int]:
    outcomes = [(case.converted, case.day, case.rule_score) for case in cases]
    # Copies of a case are numbered: side by side, the folds would be copies of each other too.
    copies: Counter[str] = Counter()
    keys: list[bytes] = []
    for case in zip(*(column.cells for column in columns), outcomes, strict=True):
        text = repr(case)
        copies[text] += 1
        keys.append(blake2b(f"{text}{copies[text]}".encode(), digest_size=8).digest())
    return sorted(range(len(keys)), key=keys.__getitem__)
