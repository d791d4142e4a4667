"""Samples: cases with their columns read, in an order that does not depend on that of the rows."""

from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Final, final

from attrs import evolve, frozen

from leadqual.errors import Fault, WrongValue, require, require_items
from leadqual.learning.bands import Column, is_identifier, read_column, read_filled
from leadqual.learning.cases import Case, Cases, must_be_there
from leadqual.scoring.scales import Order
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.vocabulary import normalize

_IDENTITY: Final = frozenset({"id", "name", "email", "phone"})


@final
@frozen
class Sample:
    """What can be learned from.

    Attributes:
        columns: The columns, each with what every case says, those that mostly say one thing first.
        cases: The cases.
        left_out: The columns that nothing can be learned from, with the reason.
    """

    columns: tuple[Column, ...]
    cases: tuple[Case, ...]
    left_out: tuple[Fault, ...]

    def rarer(self, rows: Iterable[int]) -> int:
        """Return how many of *rows* have the rarer outcome."""
        outcomes = [self.cases[row].converted for row in rows]
        return min(sum(outcomes), len(outcomes) - sum(outcomes))


def read_sample(
    found: Cases,
    *,
    outcome: str,
    at: str | None,
    signals: Iterable[str] | None,
    filled: Iterable[str],
    rising: Iterable[str],
    falling: Iterable[str],
) -> Sample:
    """Return the sample of the cases *found*; see `learn` for the arguments.

    Raises:
        WrongValue: If a column is missing or cannot have the order asked for, or none is left.
        WrongType: If columns are not named by texts.
    """
    wanted = None if signals is None else columns_of("signals", signals, found.names)
    orders = _orders(rising, falling, found.names)
    fills = {f"{name} filled": name for name in columns_of("filled", filled, found.names)}
    columns: list[Column] = []
    left_out: list[Fault] = []

    def sort_in(name: str, column: Column | str) -> None:
        if isinstance(column, str):
            left_out.append(Fault(name, column))
        elif column.order and column.kind == "words":
            raise WrongValue(column.order, f"{name!r} holds words", "name a column of numbers or answers")
        else:
            columns.append(column)

    for name in found.names:
        if name in {outcome, at} or (wanted is not None and name not in wanted):
            continue
        reason = None if wanted is not None else _set_aside(name, outcome)
        cells = [case.read(name) for case in found.cases]
        column = reason or read_column(name, cells, orders.get(name, ""))
        if isinstance(column, Column) and wanted is None and is_identifier(column, len(cells)):
            column = "says something of its own in every row; name it in signals if it is no identifier"
        sort_in(name, column)
    for name in sorted(fills.keys() & {column.name for column in columns}):
        raise WrongValue(
            "filled", f"there is a column {name!r} too", "rename it, or name the others in signals"
        )
    for name, source in sorted(fills.items()):
        sort_in(name, read_filled(source, [case.read(source) for case in found.cases]))
    if not columns:
        raise WrongValue("rows", "have no column to learn from", "; ".join(map(str, left_out)))
    columns.sort(key=lambda column: -max(Counter(column.cells).values()))
    return _in_order(Sample(tuple(columns), found.cases, tuple(left_out)))


def _orders(rising: Iterable[str], falling: Iterable[str], names: Sequence[str]) -> dict[str, Order]:
    """Return the order of each column that must have one."""
    rises, falls = columns_of("rising", rising, names), columns_of("falling", falling, names)
    for name in sorted(rises & falls):
        raise WrongValue("falling", f"{name!r} is among the rising columns too", "name it in one of them")
    return {**dict.fromkeys(rises, "rising"), **dict.fromkeys(falls, "falling")}


def columns_of(argument: str, columns: Iterable[str], names: Sequence[str]) -> set[str]:
    """Return the columns that an argument names.

    Raises:
        WrongType: If they are no texts.
        WrongValue: If no row has one of them.
    """
    require_items(argument, columns, "names of columns", "put a single one into a list")
    found = list(columns)
    for name in found:
        require(argument, name, str, "names of columns")
    must_be_there(argument, found, names)
    return set(found)


def _set_aside(name: str, outcome: str) -> str | None:
    """Return why a column is not used unless it is named."""
    word, result = normalize(name), Fact._value2member_map_.get(normalize(outcome))
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
    said.append([(case.converted, case.day, case.grade) for case in sample.cases])
    # Copies of a case are numbered: side by side, the folds would be copies of each other too.
    copies: Counter[str] = Counter()
    keys: list[bytes] = []
    for case in zip(*said, strict=True):
        text = repr(case)
        copies[text] += 1
        keys.append(blake2b(f"{text}{copies[text]}".encode(), digest_size=8).digest())
    order = sorted(range(len(keys)), key=keys.__getitem__)
    columns = [evolve(each, cells=tuple(map(each.cells.__getitem__, order))) for each in sample.columns]
    return evolve(sample, columns=tuple(columns), cases=tuple(map(sample.cases.__getitem__, order)))
