"""Which columns of a table are facts, and what they say."""

from collections.abc import Iterable, Mapping
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


Column = str | nw.Expr
"""The name of a column, or an expression of ``narwhals``."""

Cells = tuple[Any, nw.Expr]
"""The type of a column, and its values."""


def known_from(table: Table, facts: Facts | None) -> tuple[Table, Known]:
    """Return the table ready to be read, and what its columns say of the facts.

    Raises:
        FrameRefused: If a column cannot be a fact, or no column is one.
        UnknownWord: If a word is no fact.
        WrongType: If *facts* is no mapping.
    """
    if not isinstance(facts, Mapping | None):  # pyright: ignore[reportUnnecessaryIsInstance] (callers may not check types)
        raise WrongType("facts", "a mapping of facts to columns", type(facts).__name__)
    given = [
        (str(key if isinstance(key, Fact) else Fact.parse(key)), column)
        for key, column in (facts or {}).items()
    ]
    columns, faults = columns_for(table, "facts", map(str, Fact), given)
    if not columns and not faults:
        words = ", ".join(map(str, Fact))
        map_them = "or map them: facts={fact: column}"
        faults.append(Fault("facts", f"no column is one; name columns {words}, {map_them}"))
    refuse_if(faults)
    table = table.reading(column for column in columns.values() if isinstance(column, str))
    yes: dict[Fact, Condition] = {}
    no: dict[Fact, Condition] = {}
    for word, column in columns.items():
        try:
            yes[Fact(word)], no[Fact(word)] = said(table, "facts", word, column)
        except Unfit as problem:
            faults.append(Fault(f"facts[{word}]", str(problem)))
    refuse_if(faults)
    established = closed(yes)
    return table, Known(established, denied(no, established))


def columns_for(
    table: Table, argument: str, words: Iterable[str], given: Iterable[tuple[str, Column]]
) -> tuple[dict[str, Column], list[Fault]]:
    """Return the column of each word, as given or else by its name, and what is wrong with that."""
    columns: dict[str, Column] = {}
    faults: list[Fault] = []

    def take(word: str, column: Column) -> None:
        if word in columns:
            one = f"{argument}={{{word!r}: {column!r}}}"
            reason = f"both {columns[word]!r} and {column!r} are given; keep one, or map it: {one}"
            faults.append(Fault(f"{argument}[{word}]", reason))
        columns[word] = column

    for word, column in given:
        if isinstance(column, str):
            faults += table.missing(f"{argument}[{word}]", column)
        take(word, column)
    named = [(fold(word), word) for word in words if word not in columns]
    for name in table.schema:
        folded = fold(str(name))
        for _, word in (each for each in named if each[0] == folded):
            take(word, name)
    return columns, faults


class Unfit(Exception):
    """Say why a column cannot be read."""


def unfit(column: Column, dtype: Any, wanted: str, advice: str) -> Unfit:  # noqa: ANN401 (a type of narwhals)
    """Return why a column of that type cannot be read."""
    name = column if isinstance(column, str) else "the expression"
    return Unfit(f"{name} holds {dtype}, not {wanted}; {advice}")


def spelt(column: Column) -> str:
    """Return a column as a ``narwhals`` expression is written."""
    return f"nw.col({column if isinstance(column, str) else '...'!r})"


def meaning_yes(argument: str, word: str, column: Column, dtype: Any) -> str:  # noqa: ANN401 (see above)
    """Return how a column of that type is made booleans."""
    test = f"{spelt(column)} == {1 if dtype.is_numeric() else 'yes'!r}"
    if not dtype.is_numeric() and dtype not in (*WORDS, nw.Object):
        test = f"~{spelt(column)}.is_null()"
    return f"say what means yes: {argument}={{{word!r}: {test}}}"


def cells(table: Table, column: Column) -> Cells | None:
    """Return the type and the values of a column, or None if it is known to hold nothing."""
    if not isinstance(column, str):
        return _type_of(table, column), column
    return None if table.is_empty(column) else (table.schema[column], nw.col(column))


def said(table: Table, argument: str, word: str, column: Column) -> tuple[Condition, Condition]:
    """Return the conditions that a column says yes, and that it says no."""
    found = cells(table, column)
    if found is None:
        return None, None
    dtype, value = found
    if dtype == nw.Boolean:
        return value, ~value
    if dtype in _IS_GIVEN:
        return ~value.is_null(), None
    raise unfit(column, dtype, "booleans or dates", meaning_yes(argument, word, column, dtype))


def _type_of(table: Table, expression: nw.Expr) -> Any:  # noqa: ANN401 (a type of narwhals)
    try:
        return table.frame.lazy().select(x=expression).collect_schema()["x"]
    except NarwhalsError as problem:
        advice = f"{str(problem).splitlines()[0]}; give the name of a column or an expression of narwhals"
        raise Unfit(advice) from None
