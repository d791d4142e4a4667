"""The columns of a frame that are facts, and what they say."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final, final

import narwhals.stable.v2 as nw
from attrs import field, frozen
from narwhals.exceptions import NarwhalsError

from leadqual.contacts.cells import NO, YES
from leadqual.contacts.consent import OPT_OUT, opts_out
from leadqual.errors import Fault, require
from leadqual.frames.expressions import YES as ALWAYS
from leadqual.frames.expressions import Condition, any_of, unless
from leadqual.frames.policies import Known, closed, denied
from leadqual.frames.table import WORDS, InputFrame, refuse_if, require_arguments
from leadqual.policy.policy import Policy
from leadqual.scoring.priority import forbidding
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.vocabulary import normalize

Facts = Mapping[Fact, Any] | Mapping[str, Any]
"""Facts, or their words, each with the name of a column or an expression of ``narwhals``."""

_IS_GIVEN: Final = (nw.Date, nw.Datetime)
"""The types of a column that says when: the fact is established where the column is not null."""


@final
@frozen
class YesNoWords:
    """A column of words or of 1 and 0, read by the closed words for yes and no, as `check` does.

    What is null or blank is unknown. Any other word is unknown too, unless *otherwise* says what it
    means; of a fact that forbids contact, such as an opt-out, it is taken as yes.

    Attributes:
        column: The name of the column.
        otherwise: What a word means that is neither yes nor no; None where the fact decides.
    """

    column: str
    otherwise: bool | None = field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_arguments(column=self.column)
        require("otherwise", self.otherwise, bool | None, "True, False or None")


ColumnSource = str | nw.Expr | YesNoWords
"""The name of a column, an expression of ``narwhals``, or how a column of words is read."""

Cells = tuple[Any, nw.Expr]
"""The type of a column, and its values."""


def known_from(table: InputFrame, facts: Facts | None, policy: Policy) -> tuple[InputFrame, Known]:
    """Return the frame ready to be read, and what its columns say of the facts."""
    require("facts", facts, Mapping | None, "a mapping of facts to columns")
    given = [
        (str(key if isinstance(key, Fact) else Fact.parse(key)), column)
        for key, column in (facts or {}).items()
    ]
    columns, faults = columns_for(table, "facts", map(str, Fact), given)
    refuse_if(faults)
    table, yes, no = said_of_facts(table, "facts", columns, policy, faults)
    if not yes and not faults:
        words = ", ".join(map(str, Fact))
        map_them = "or map them: facts={fact: column}"
        faults.append(Fault("facts", f"no column is one; name columns {words}, {map_them}"))
    refuse_if(faults)
    established = closed(yes)
    return table, Known(established, denied(no, established))


Conditions = dict[Fact, Condition]


def said_of_facts(
    table: InputFrame, argument: str, columns: Mapping[str, ColumnSource], policy: Policy, faults: list[Fault]
) -> tuple[InputFrame, Conditions, Conditions]:
    """Return the frame ready to be read, and the conditions that its columns say yes and no of facts.

    A column whose name says that a yes is an opt-out is read for it beside the one that is given.
    """
    yes: Conditions = {}
    no: Conditions = {}
    unread = list(_unread_consent(table, columns.values()))
    consent = list(filter(opts_out, unread))
    for name in unread:
        if opts_out(name) is None:
            ways = f"map it: {argument}={{{str(OPT_OUT)!r}: {spelt(name)} == 'no'}}, or rename or drop it"
            reason = f"may forbid contact, and its name does not say which way; {ways}"
            faults.append(Fault(f"column {name}", reason))
    table = table.reading([*names(columns.values()), *consent])

    def read(word: str, column: ColumnSource) -> tuple[Condition, Condition]:
        try:
            return said(table, argument, word, column, forbids=Fact(word) in forbidding(policy))
        except Unfit as problem:
            faults.append(Fault(f"{argument}[{word}]", str(problem)))
            return None, None

    for word, column in columns.items():
        yes[Fact(word)], no[Fact(word)] = read(word, column)
    for name in consent:
        # What is not ticked there says nothing, and denies nothing that another column says.
        says, _ = read(str(OPT_OUT), name)
        yes[OPT_OUT] = any_of([yes.get(OPT_OUT), says])
        no[OPT_OUT] = unless(says, no.get(OPT_OUT))
    return table, yes, no


def _unread_consent(table: InputFrame, columns: Collection[ColumnSource]) -> Iterator[str]:
    """Yield the columns that are or may be of consent, and that none of *columns* reads."""
    read = set(names(columns))
    expressions = [column for column in columns if not isinstance(column, str | YesNoWords)]
    for name in table.schema:
        # pandas has names that are no text.
        may_be = isinstance(name, str) and opts_out(name) is not False and name not in read  # pyright: ignore[reportUnnecessaryIsInstance] (see above)
        if may_be and not any(_reads(table, expression, name) for expression in expressions):
            yield name


def _reads(table: InputFrame, expression: nw.Expr, column: str) -> bool:
    """Return whether an expression cannot do without a column."""
    try:
        table.frame.lazy().head(0).drop(column).select(x=expression).collect_schema()
    except Exception:  # noqa: BLE001 (each engine has an error of its own for a column that is not there)
        return True
    return False


def columns_for(
    table: InputFrame, argument: str, words: Iterable[str], given: Iterable[tuple[str, ColumnSource]]
) -> tuple[dict[str, ColumnSource], list[Fault]]:
    """Return the column of each word, as given or else by its name, and the faults."""
    columns: dict[str, ColumnSource] = {}
    faults: list[Fault] = []

    def take(word: str, column: ColumnSource) -> None:
        if word in columns:
            one = f"{argument}={{{word!r}: {column!r}}}"
            reason = f"both {columns[word]!r} and {column!r} are given; keep one, or map it: {one}"
            faults.append(Fault(f"{argument}[{word}]", reason))
        columns[word] = column

    for word, column in given:
        name = column.column if isinstance(column, YesNoWords) else column
        if isinstance(name, str):
            faults += table.missing([(f"{argument}[{word}]", name)])
        take(word, column)
    others = {normalize(word): word for word in words if word not in columns}
    for name in table.schema:
        match = others.get(normalize(str(name)))
        if match is not None:
            take(match, name)
    return columns, faults


def names(columns: Iterable[ColumnSource]) -> Iterator[str]:
    """Yield the names of those of *columns* that are no expression."""
    for column in columns:
        if isinstance(column, str | YesNoWords):
            yield column.column if isinstance(column, YesNoWords) else column


class Unfit(Exception):
    """Raised for a column that cannot be read."""


def unfit(column: ColumnSource, dtype: Any, wanted: str, advice: str) -> Unfit:  # noqa: ANN401 (a type of narwhals)
    """Return the error for a column of another type than *wanted*."""
    name = next(names([column]), "the expression")
    return Unfit(f"{name} holds {dtype}, not {wanted}; {advice}")


def spelt(column: ColumnSource) -> str:
    """Return a column as a ``narwhals`` expression is written."""
    return f"nw.col({column if isinstance(column, str) else '...'!r})"


def cells(table: InputFrame, column: ColumnSource) -> Cells | None:
    """Return the type and the values of a column, or None if it is known to hold only nulls."""
    if isinstance(column, YesNoWords):
        raise Unfit("words for yes and no say yes or no; give a column or an expression of narwhals")
    if not isinstance(column, str):
        try:
            return table.frame.lazy().select(x=column).collect_schema()["x"], column
        except NarwhalsError as problem:
            advice = "give the name of a column or an expression of narwhals"
            raise Unfit(f"{str(problem).splitlines()[0]}; {advice}") from None
    return None if table.is_empty(column) else (table.schema[column], nw.col(column))


def said(
    table: InputFrame, argument: str, word: str, column: ColumnSource, *, forbids: bool
) -> tuple[Condition, Condition]:
    """Return the conditions that a column says yes, and that it says no.

    Words and numbers are read only for a `YesNoWords`, or for a fact that *forbids* contact.
    """
    if isinstance(column, YesNoWords):
        return _by_words(table, column, forbids=forbids)
    found = cells(table, column)
    if found is None:
        return None, None
    dtype, value = found
    if dtype == nw.Boolean:
        return value, ~value
    if dtype in _IS_GIVEN:
        return ~value.is_null(), None
    is_number, is_text = dtype.is_numeric(), dtype in (*WORDS, nw.Object)
    if isinstance(column, str) and (is_number or is_text):
        if forbids:
            return _by_words(table, YesNoWords(column), forbids=True)
        advice = f"read its words: {argument}={{{word!r}: frames.YesNoWords({column!r})}}"
    else:
        means_yes = f"{spelt(column)} == {1 if is_number else 'yes'!r}"
        if not is_number and not is_text:
            means_yes = f"~{spelt(column)}.is_null()"
        advice = f"say what means yes: {argument}={{{word!r}: {means_yes}}}"
    raise unfit(column, dtype, "booleans or dates", advice)


def _by_words(table: InputFrame, column: YesNoWords, *, forbids: bool) -> tuple[Condition, Condition]:
    """Return the conditions that a column of words, or of 1 and 0, says yes, and that it says no."""
    if table.is_empty(column.column):
        return None, None
    dtype, value = table.schema[column.column], nw.col(column.column)
    if dtype in (*WORDS, nw.Object):
        word = table.word_of(column.column)
        yes, no, blank = word.is_in(sorted(YES)), word.is_in(sorted(NO)), value.is_null() | (word == "")
    elif dtype.is_numeric():
        yes, no, blank = value == 1, value == 0, value.is_null()
        blank = blank | value.is_nan() if dtype.is_float() else blank
    else:
        raise unfit(column, dtype, "words or numbers", "give its name alone, or an expression of narwhals")
    # Engines differ in what a comparison says of null.
    said, denied = unless(blank, yes), unless(blank, no)
    otherwise = forbids or None if column.otherwise is None else column.otherwise
    if otherwise is None:
        return said, denied
    other = unless(any_of([blank, yes, no]), ALWAYS)
    return (any_of([said, other]), denied) if otherwise else (said, any_of([denied, other]))
