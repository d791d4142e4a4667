"""The columns of a frame that are facts, and the conditions that they say yes and no."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Self, final

import narwhals.stable.v2 as nw
from attrs import field, frozen
from narwhals.exceptions import NarwhalsError

from leadqual.contacts.consent import OPT_OUT, faults_in_ways_out, opts_out, words_of_opt_outs
from leadqual.contacts.headings import IDENTITY, field_of, listed
from leadqual.errors import Fault, require
from leadqual.frames.logic import YES as ALWAYS
from leadqual.frames.logic import Condition, Known, any_of, closed, denied, unless
from leadqual.frames.table import WORDS, InputFrame, refuse_if
from leadqual.policy.policy import Policy
from leadqual.scoring.priority import forbidding
from leadqual.taxonomy.facts import FACTS, Fact
from leadqual.taxonomy.vocabulary import is_a, normalize

Facts = Mapping[Fact, Any] | Mapping[str, Any]
"""Facts, or their words, each with the name of a column or an expression of ``narwhals``."""


@final
@frozen
class YesNoWords:
    """A column of words or of 1 and 0, read by the closed words for yes and no, as `check` does.

    Attributes:
        column: The name of the column.
        otherwise: The meaning of any other word; None for yes of a fact that forbids contact, such as
            an opt-out, and unknown of all others. Null and blank are always unknown.
    """

    column: str = field(validator=is_a(str, "a text"))
    otherwise: bool | None = field(
        default=None, kw_only=True, validator=is_a(bool | None, "True, False or None")
    )


ColumnSource = str | nw.Expr | YesNoWords
"""The name of a column, an expression of ``narwhals``, or how a column of words is read."""

Cells = tuple[Any, nw.Expr]
"""The type of a column, and its values."""

Conditions = dict[Fact, Condition]


def known_from(
    frame: object,
    facts: Facts | None,
    policy: Policy,
    consent_in: Iterable[str],
    no_consent_in: Iterable[str],
) -> tuple[InputFrame, Known]:
    require("facts", facts, Mapping | None, "a mapping of facts to columns")
    table = InputFrame.of(frame, consent_in, no_consent_in)
    pairs = (facts or {}).items()
    given = [(str(key if isinstance(key, Fact) else Fact.parse(key)), column) for key, column in pairs]
    columns, faults = columns_for(table, "facts", FACTS, given)
    if not faults and not columns and not table.consent_in and not any(_unread_consent(table, ())):
        advice = f"name columns {', '.join(FACTS)}, or map them: facts={{fact: column}}"
        faults.append(Fault("facts", f"no column is one; {advice}"))
    refuse_if(faults)
    table, yes, no = conditions_of(table, "facts", columns, policy, faults)
    refuse_if(faults)
    established = closed(yes)
    return table, Known(established, denied(no, established))


def conditions_of(
    table: InputFrame, argument: str, columns: Mapping[str, ColumnSource], policy: Policy, faults: list[Fault]
) -> tuple[InputFrame, Conditions, Conditions]:
    """Return the prepared frame, and the conditions under which its columns mean yes and no for facts.

    A column whose name says that a yes is an opt-out is read for it beside the one that is given, and so
    are words such as "unsubscribed" in any other column of texts.
    """
    unread = list(_unread_consent(table, columns.values()))
    for name in unread:
        if opts_out(name) is None:
            mapping = f"{argument}={{{str(OPT_OUT)!r}: {as_code(name)} == 'no'}}"
            ways = f"map it: {mapping}, or rename or drop it, or say which it is: consent_in=, no_consent_in="
            reason = f"may forbid contact, but its name does not show whether yes or no does; {ways}"
            faults.append(Fault(f"column {name}", reason))
    told = table.named(table.consent_in)
    read = {*unread, *told, *map(name_of, columns.values())}
    exempt = table.named(table.no_consent_in)
    texts = [
        name
        for name in table.schema
        if name not in read and name not in exempt and field_of(str(name)) not in IDENTITY
    ]
    table = table.reading([*read, *texts])

    def conditions(word: str, column: ColumnSource) -> tuple[Condition, Condition]:
        try:
            return yes_or_no(table, argument, word, column, forbids=Fact(word) in forbidding(policy))
        except Unfit as problem:
            faults.append(Fault(f"{argument}[{word}]", str(problem)))
            return None, None

    found = {Fact(word): conditions(word, column) for word, column in columns.items()}
    opt_outs = [conditions(str(OPT_OUT), name)[0] for name in unread if opts_out(name)]
    for name in told:
        is_bool = table.schema[name] == nw.Boolean
        _, denies = conditions(str(OPT_OUT), name if is_bool else YesNoWords(name, otherwise=False))
        opt_outs.append(denies)
    for name in texts:
        if table.schema[name] in WORDS:
            is_opt_out = table.word_of(name).is_in(words_of_opt_outs())
            opt_outs.append(unless(nw.col(name).is_null(), is_opt_out))
    yes, no = found.get(OPT_OUT, (None, None))
    opted_out = any_of(opt_outs)
    # What does not forbid contact is unknown, and denies nothing that another column says.
    found[OPT_OUT] = any_of([yes, opted_out]), unless(opted_out, no)
    return (
        table,
        {fact: yes for fact, (yes, _) in found.items()},
        {fact: no for fact, (_, no) in found.items()},
    )


def _unread_consent(table: InputFrame, columns: Collection[ColumnSource]) -> Iterator[str]:
    """Yield the columns that are or may be of consent, and that none of *columns* reads."""
    read = {*map(name_of, columns), *table.named((*table.consent_in, *table.no_consent_in))}
    expressions = [column for column in columns if name_of(column) is None]
    for name in table.schema:
        # pandas has names that are not text.
        may_be = isinstance(name, str) and name not in read and opts_out(name) is not False  # pyright: ignore[reportUnnecessaryIsInstance] (see above)
        if may_be and not any(_needs(table, expression, name) for expression in expressions):
            yield name


def _needs(table: InputFrame, expression: Any, column: str) -> bool:  # noqa: ANN401 (perhaps no expression)
    try:
        table.frame.lazy().head(0).drop(column).select(x=expression).collect_schema()
    except Exception:  # noqa: BLE001 (each engine has its own error for a missing column)
        return True
    return False


def columns_for(
    table: InputFrame, argument: str, words: Iterable[str], given: Iterable[tuple[str, ColumnSource]]
) -> tuple[dict[str, ColumnSource], list[Fault]]:
    """Return the column of each word, as given or else by its name, and the faults."""
    columns: dict[str, ColumnSource] = {}
    faults: list[Fault] = []
    pairs = list(given)
    others = {normalize(word): word for word in words} | {normalize(word): None for word, _ in pairs}
    by_name = ((others.get(normalize(str(name))), name) for name in table.schema)
    for word, column in [*pairs, *((word, name) for word, name in by_name if word is not None)]:
        if (name := name_of(column)) is not None:
            faults += table.missing([(f"{argument}[{word}]", name)])
        if word in columns:
            one = f"{argument}={{{word!r}: {column!r}}}"
            reason = f"both {columns[word]!r} and {column!r} are given; keep one, or map it: {one}"
            faults.append(Fault(f"{argument}[{word}]", reason))
        columns[word] = column
    faults += faults_in_ways_out(map(str, table.schema), table.consent_in, table.no_consent_in)
    return columns, faults


def name_of(column: ColumnSource) -> str | None:
    if isinstance(column, YesNoWords):
        return column.column
    return column if isinstance(column, str) else None


class Unfit(Exception):
    @classmethod
    def of(cls, column: ColumnSource, dtype: Any, wanted: str, advice: str) -> Self:  # noqa: ANN401 (a type of narwhals)
        name = name_of(column)
        return cls(f"{'the expression' if name is None else name} holds {dtype}, not {wanted}; {advice}")


def as_code(column: ColumnSource) -> str:
    """Return the code of a ``narwhals`` expression for a column."""
    return f"nw.col({column if isinstance(column, str) else '...'!r})"


def cells(table: InputFrame, column: ColumnSource) -> Cells | None:
    """Return the type and the values of a column, or None if it is known to hold only nulls."""
    if isinstance(column, YesNoWords):
        raise Unfit("YesNoWords gives only yes or no, not values; give a column or an expression of narwhals")
    if not isinstance(column, str):
        try:
            return table.frame.lazy().select(x=column).collect_schema()["x"], column
        except NarwhalsError as problem:
            advice = "give the name of a column or an expression of narwhals"
            raise Unfit(f"{str(problem).splitlines()[0]}; {advice}") from None
    return None if table.is_empty(column) else (table.schema[column], nw.col(column))


def yes_or_no(
    table: InputFrame, argument: str, word: str, column: ColumnSource, *, forbids: bool
) -> tuple[Condition, Condition]:
    """Return the conditions that a column says yes and no.

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
    if dtype in (nw.Date, nw.Datetime):
        return ~value.is_null(), None
    is_number, is_text = dtype.is_numeric(), dtype in (*WORDS, nw.Object)
    if isinstance(column, str) and (is_number or is_text):
        if forbids:
            return _by_words(table, YesNoWords(column), forbids=True)
        advice = f"read its words: {argument}={{{word!r}: frames.YesNoWords({column!r})}}"
    else:
        means_yes = f"{as_code(column)} == {1 if is_number else 'yes'!r}"
        if not is_number and not is_text:
            means_yes = f"~{as_code(column)}.is_null()"
        advice = f"say what means yes: {argument}={{{word!r}: {means_yes}}}"
    raise Unfit.of(column, dtype, "booleans or dates", advice)


def _by_words(table: InputFrame, column: YesNoWords, *, forbids: bool) -> tuple[Condition, Condition]:
    if table.is_empty(column.column):
        return None, None
    dtype, value = table.schema[column.column], nw.col(column.column)
    if dtype in (*WORDS, nw.Object):
        word = table.word_of(column.column)
        yes, no = (word.is_in(sorted(listed("headings", "answer", each))) for each in ("yes", "no"))
        blank = value.is_null() | (word == "")
    elif dtype.is_numeric():
        yes, no, blank = value == 1, value == 0, value.is_null()
        blank = blank | value.is_nan() if dtype.is_float() else blank
    else:
        raise Unfit.of(column, dtype, "words or numbers", "give its name alone, or an expression of narwhals")
    other = unless(any_of([blank, yes, no]), ALWAYS)
    # The result of a comparison with null depends on the engine.
    says, denies = unless(blank, yes), unless(blank, no)
    if column.otherwise is None and not forbids:
        return says, denies
    return (says, any_of([denies, other])) if column.otherwise is False else (any_of([says, other]), denies)
