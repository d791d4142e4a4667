"""Samples: cases with their columns read, in an order that does not depend on that of the rows."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from hashlib import blake2b
from typing import Final, final

from attrs import evolve, frozen

from leadqual.errors import Fault, WrongValue
from leadqual.facts import Fact
from leadqual.learning.bands import Column, is_identifier, read_column, read_filled
from leadqual.learning.cases import Cases, must_be_there
from leadqual.scoring.scales import Order
from leadqual.vocabulary import fold

_ORDERS: Final[tuple[Order, Order]] = ("rising", "falling")
_IDENTITY: Final = frozenset({"id", "name", "email", "phone"})


@final
@frozen
class Sample:
    """Hold what can be learned from.

    Attributes:
        columns: The columns, each with what every case says.
        converted: Whether each case converted.
        days: The day of each, or None.
        grades: The rule score of each, or None.
        left_out: The columns that nothing can be learned from, with the reason.
    """

    columns: tuple[Column, ...]
    converted: tuple[bool, ...]
    days: tuple[date | None, ...]
    grades: tuple[int, ...] | None
    left_out: tuple[Fault, ...]

    def rarer(self, rows: Iterable[int]) -> int:
        """Return how many of *rows* have the rarer outcome."""
        outcomes = [self.converted[row] for row in rows]
        return min(sum(outcomes), len(outcomes) - sum(outcomes))


def read_sample(
    cases: Cases,
    *,
    outcome: str,
    at: str | None,
    signals: Iterable[str] | None,
    filled: Iterable[str],
    rising: Iterable[str],
    falling: Iterable[str],
) -> Sample:
    """Return the sample of *cases*; see `learn` for the arguments.

    Raises:
        WrongValue: If a column is missing or cannot have the order asked for, or none is left.
    """
    wanted = None if signals is None else frozenset(signals)
    orders: dict[str, Order] = dict.fromkeys(rising, _ORDERS[0])
    orders.update(dict.fromkeys(falling, _ORDERS[1]))
    filled = tuple(filled)
    for argument, names in (("signals", wanted or ()), ("filled", filled), ("rising, falling", orders)):
        must_be_there(argument, names, cases.names)
    columns: list[Column] = []
    left_out: list[Fault] = []
    for name in cases.names:
        if name in {outcome, at} or (wanted is not None and name not in wanted):
            continue
        reason = None if wanted is not None else _set_aside(name, outcome)
        column = reason or read_column(name, [read(name) for read in cases.cells], orders.get(name, ""))
        if isinstance(column, Column) and wanted is None and is_identifier(column, len(cases.cells)):
            column = "says something of its own in every row; name it in signals if it is no identifier"
        _sort_in(columns, left_out, name, column)
    for name in sorted(set(filled)):
        column = read_filled(name, [read(name) for read in cases.cells])
        _sort_in(columns, left_out, f"{name} filled", column)
    for column in columns:
        if column.order and column.kind == "words":
            raise WrongValue(
                column.order, f"{column.name!r} holds words", "name a column of numbers or answers"
            )
    if not columns:
        raise WrongValue("rows", "have no column to learn from", "; ".join(map(str, left_out)))
    return _in_order(Sample(tuple(columns), cases.converted, cases.days, cases.grades, tuple(left_out)))


def _sort_in(columns: list[Column], left_out: list[Fault], name: str, column: Column | str) -> None:
    if isinstance(column, Column):
        columns.append(column)
    else:
        left_out.append(Fault(name, column))


def _set_aside(name: str, outcome: str) -> str | None:
    """Return why a column is not used unless it is named."""
    word, result = fold(name), Fact._value2member_map_.get(fold(outcome))
    if word in _IDENTITY:
        return "says who it is, and nothing about anybody else"
    if word == "source":
        return "is where the contact comes from, which is learned only where it is named in signals"
    fact = Fact._value2member_map_.get(word)
    if (
        isinstance(fact, Fact)
        and isinstance(result, Fact)
        and (result in fact.implies or fact in result.implies)
    ):
        return f"is known of whom {result} is known, because the one implies the other"
    return None


def _in_order(sample: Sample) -> Sample:
    """Return the sample in an order made from what the cases say, whatever order they came in."""
    said: list[Sequence[object]] = [column.cells for column in sample.columns]
    said += [sample.converted, sample.days, sample.grades or sample.converted]
    # Copies of a case are numbered: side by side, the folds would be copies of each other too.
    copies: Counter[str] = Counter()
    keys: list[bytes] = []
    for case in zip(*said, strict=True):
        text = repr(case)
        copies[text] += 1
        keys.append(blake2b(f"{text}{copies[text]}".encode(), digest_size=8).digest())
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return Sample(
        columns=tuple(
            evolve(column, cells=tuple(map(column.cells.__getitem__, order))) for column in sample.columns
        ),
        converted=tuple(map(sample.converted.__getitem__, order)),
        days=tuple(map(sample.days.__getitem__, order)),
        grades=sample.grades and tuple(map(sample.grades.__getitem__, order)),
        left_out=sample.left_out,
    )
