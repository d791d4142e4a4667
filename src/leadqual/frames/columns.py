"""Which columns of a table are facts, and what they say."""

from collections.abc import Mapping
from typing import Any, Final

import narwhals.stable.v2 as nw
from narwhals.exceptions import NarwhalsError

from leadqual.errors import Fault, WrongType
from leadqual.facts import Fact
from leadqual.frames.door import WORDS, Table, refuse_if
from leadqual.frames.expressions import Condition
from leadqual.frames.translation import Known, closed, denied
from leadqual.vocabulary import fold

Facts = Mapping[Fact, Any] | Mapping[str, Any]
"""Facts, or their words, each with the name of a column or an expression of ``narwhals``."""

_IS_GIVEN: Final = (nw.Date, nw.Datetime)
"""The types of a column that says when: the fact is established where the column is not null."""


def known_from(table: Table, facts: Facts | None) -> tuple[Table, Known]:
    """Return the table ready to be read, and what its columns say of the facts.

    Raises:
        FrameRefused: If a column cannot be a fact, or no column is one.
        UnknownWord: If a word is no fact.
        WrongType: If *facts* is no mapping.
    """
    columns, faults = _columns(table, facts)
    if not columns and not faults:
        words = ", ".join(map(str, Fact))
        map_them = "or map them: facts={fact: column}"
        faults.append(Fault("facts", f"no column is one; name columns {words}, {map_them}"))
    refuse_if(faults)
    table = table.reading(column for column in columns.values() if isinstance(column, str))
    yes: dict[Fact, Condition] = {}
    no: dict[Fact, Condition] = {}
    for fact, column in columns.items():
        try:
            yes[fact], no[fact] = _said(table, fact, column)
        except _NotAFact as problem:
            faults.append(Fault(f"facts[{fact}]", str(problem)))
    refuse_if(faults)
    established = closed(yes)
    return table, Known(established, denied(no, established))


def _columns(table: Table, facts: Facts | None) -> tuple[dict[Fact, str | nw.Expr], list[Fault]]:
    """Return the column of each fact, as mapped or else by its name, and what is wrong with that."""
    columns: dict[Fact, str | nw.Expr] = {}
    faults: list[Fault] = []
    if not isinstance(facts, Mapping | None):  # pyright: ignore[reportUnnecessaryIsInstance] (callers may not check types)
        raise WrongType("facts", "a mapping of facts to columns", type(facts).__name__)

    def take(fact: Fact, column: str | nw.Expr) -> None:
        if fact in columns:
            one = f"facts={{{str(fact)!r}: {column!r}}}"
            reason = f"both {columns[fact]!r} and {column!r} are given; keep one, or map it: {one}"
            faults.append(Fault(f"facts[{fact}]", reason))
        columns[fact] = column

    for key, column in (facts or {}).items():
        fact = key if isinstance(key, Fact) else Fact.parse(key)
        if isinstance(column, str):
            faults += table.missing(f"facts[{fact}]", column)
        take(fact, column)
    mapped = set(columns)
    by_word = {str(fact): fact for fact in Fact if fact not in mapped}
    for name in table.schema:
        word = fold(str(name))
        if word in by_word:
            take(by_word[word], name)
    return columns, faults


class _NotAFact(Exception):
    """Say why a column cannot be a fact."""


def _said(table: Table, fact: Fact, column: str | nw.Expr) -> tuple[Condition, Condition]:
    """Return the conditions that a column says yes, and that it says no."""
    if not isinstance(column, str):
        dtype, value = _type_of(table, column), column
    elif table.is_empty(column):
        return None, None
    else:
        dtype, value = table.schema[column], nw.col(column)
    if dtype == nw.Boolean:
        return value, ~value
    if dtype in _IS_GIVEN:
        return ~value.is_null(), None
    name = column if isinstance(column, str) else "..."
    test = f"nw.col({name!r}) == {1 if dtype.is_numeric() else 'yes'!r}"
    if not dtype.is_numeric() and dtype not in (*WORDS, nw.Object):
        test = f"~nw.col({name!r}).is_null()"
    found = f"{column if isinstance(column, str) else 'the expression'} holds {dtype}"
    how = f"say what means yes: facts={{{str(fact)!r}: {test}}}"
    raise _NotAFact(f"{found}, not booleans or dates; {how}")


def _type_of(table: Table, expression: nw.Expr) -> Any:  # noqa: ANN401 (a type of narwhals)
    try:
        return table.frame.lazy().select(x=expression).collect_schema()["x"]
    except NarwhalsError as problem:
        advice = f"{str(problem).splitlines()[0]}; give the name of a column or an expression of narwhals"
        raise _NotAFact(advice) from None
