"""Which columns of a table are facts, and what they say."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, final

import narwhals.stable.v2 as nw
from attrs import field, frozen
from narwhals.exceptions import NarwhalsError

from leadqual.cells import NO, YES
from leadqual.errors import Fault, WrongType
from leadqual.facts import Fact
from leadqual.frames.door import WORDS, Table, refuse_if
from leadqual.frames.expressions import YES as ALWAYS
from leadqual.frames.expressions import Condition, any_of, unless
from leadqual.frames.translation import Known, closed, denied
from leadqual.scoring.priority import forbidding
from leadqual.standard import STANDARD
from leadqual.vocabulary import fold

Facts = Mapping[Fact, Any] | Mapping[str, Any]
"""Facts, or their words, each with the name of a column or an expression of ``narwhals``."""

_IS_GIVEN: Final = (nw.Date, nw.Datetime)
"""The types of a column that says when: the fact is established where the column is not null."""


@final
@frozen
class YesNoWords:
    """Read a column of words or of 1 and 0 by the closed words for yes and no, as `check` does.

    What is null or blank is unknown. Any other word is unknown too, unless *otherwise* says what it
    means: of an opt-out give True, so that what cannot be read forbids contact.

    Attributes:
        column: The name of the column.
        otherwise: What a word means that is neither yes nor no.
    """

    column: str
    otherwise: bool | None = field(default=None, kw_only=True)


Column = str | nw.Expr | YesNoWords
"""The name of a column, an expression of ``narwhals``, or how a column of words is read."""

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
    table = table.reading(names(columns.values()))
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
        name = column.column if isinstance(column, YesNoWords) else column
        if isinstance(name, str):
            faults += table.missing(f"{argument}[{word}]", name)
        take(word, column)
    named = [(fold(word), word) for word in words if word not in columns]
    for name in table.schema:
        folded = fold(str(name))
        for _, word in (each for each in named if each[0] == folded):
            take(word, name)
    return columns, faults


def names(columns: Iterable[Column]) -> Iterator[str]:
    """Yield those of *columns* that are in the table."""
    for column in columns:
        if isinstance(column, str | YesNoWords):
            yield column.column if isinstance(column, YesNoWords) else column


class Unfit(Exception):
    """Say why a column cannot be read."""


def unfit(column: Column, dtype: Any, wanted: str, advice: str) -> Unfit:  # noqa: ANN401 (a type of narwhals)
    """Return why a column of that type cannot be read."""
    name = next(names([column]), "the expression")
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
    if isinstance(column, YesNoWords):
        raise Unfit("words for yes and no are read of facts; give a column or an expression of narwhals")
    if not isinstance(column, str):
        return _type_of(table, column), column
    return None if table.is_empty(column) else (table.schema[column], nw.col(column))


def said(table: Table, argument: str, word: str, column: Column) -> tuple[Condition, Condition]:
    """Return the conditions that a column says yes, and that it says no."""
    if isinstance(column, YesNoWords):
        return _by_words(table, column)
    found = cells(table, column)
    if found is None:
        return None, None
    dtype, value = found
    if dtype == nw.Boolean:
        return value, ~value
    if dtype in _IS_GIVEN:
        return ~value.is_null(), None
    advice = meaning_yes(argument, word, column, dtype)
    if isinstance(column, str) and (dtype.is_numeric() or dtype in (*WORDS, nw.Object)):
        more = ", otherwise=True" if Fact(word) in forbidding(STANDARD) else ""
        advice = f"read its words: {argument}={{{word!r}: frames.YesNoWords({column!r}{more})}}"
    raise unfit(column, dtype, "booleans or dates", advice)


def _by_words(table: Table, column: YesNoWords) -> tuple[Condition, Condition]:
    """Return the conditions that a column of words, or of 1 and 0, says yes, and that it says no."""
    if table.is_empty(column.column):
        return None, None
    dtype, value = table.schema[column.column], nw.col(column.column)
    if dtype in WORDS:
        word = table.word_of(column.column)
        yes, no, blank = word.is_in(sorted(YES)), word.is_in(sorted(NO)), value.is_null() | (word == "")
    elif dtype.is_numeric():
        yes, no, blank = value == 1, value == 0, value.is_null()
    else:
        raise unfit(column, dtype, "words or numbers", "give its name alone, or an expression of narwhals")
    # Engines differ in what a comparison says of null.
    said, denied = unless(blank, yes), unless(blank, no)
    if column.otherwise is None:
        return said, denied
    other = unless(any_of([blank, yes, no]), ALWAYS)
    return (any_of([said, other]), denied) if column.otherwise else (said, any_of([denied, other]))


def _type_of(table: Table, expression: nw.Expr) -> Any:  # noqa: ANN401 (a type of narwhals)
    try:
        return table.frame.lazy().select(x=expression).collect_schema()["x"]
    except NarwhalsError as problem:
        advice = f"{str(problem).splitlines()[0]}; give the name of a column or an expression of narwhals"
        raise Unfit(advice) from None
