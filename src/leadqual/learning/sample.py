"""Samples: cases with their columns read, in an order that does not depend on that of the rows."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from hashlib import blake2b
from typing import Final, final

from attrs import evolve, frozen

from leadqual.errors import Fault, WrongValue
from leadqual.learning.bands import Column, is_identifier, read_column, read_filled
from leadqual.learning.records import Case, Names, Records, columns_of
from leadqual.scoring.scales import Order
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.vocabulary import normalize

_IDENTITY: Final = frozenset({"id", "name", "email", "phone"})
_IDENTIFIER: Final = "has a different value in every row; name it in signals if it is not an identifier"
_IMPLIES: Final = {str(fact): frozenset(map(str, fact.implies)) for fact in Fact}


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
