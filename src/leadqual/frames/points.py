"""The points of cells and of dated occurrences, as expressions over columns; sums have 64 bits."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, cast

import narwhals.stable.v2 as nw

from leadqual.errors import Fault
from leadqual.frames.columns import Cells, ColumnSource, Unfit, as_code
from leadqual.frames.logic import Condition, choose, comparable, first_match
from leadqual.frames.table import BLANKS, WORDS, FrameT, InputFrame, clashes, refuse_if, require_arguments
from leadqual.scoring.scorecard import Scorecard
from leadqual.scoring.signals import Dated, Filled, Number, Scale, Signal, Words


def points_column(signal: Signal) -> str:
    return f"{signal.name}_points"


def whole(number: int) -> nw.Expr:
    return nw.lit(number, dtype=nw.Int64)


def is_day(dtype: Any) -> bool:  # noqa: ANN401 (a type of narwhals)
    return dtype == nw.Date or (dtype == nw.Datetime and dtype.time_zone is not None)


_READABLE: Final[Mapping[type[Scale], tuple[Callable[[Any], bool], str, str]]] = {
    Filled: (lambda dtype: dtype != nw.Object, "values of one type", "nw.String"),
    Words: (lambda dtype: dtype in WORDS, "text", "nw.String"),
    Number: (lambda dtype: dtype.is_numeric(), "numbers", "nw.Float64"),
    Dated: (is_day, "days or instants with a time zone", "nw.Date"),
}
"""For each scale, the columns that it reads, what they hold, and what any other is converted to."""

_CALENDAR: Final = (date.fromisoformat("0001-01-03"), date.fromisoformat("9999-12-29"))
_NANOSECONDS: Final = (date.fromisoformat("1677-09-23"), date.fromisoformat("2262-04-10"))
"""The first and the last day whose end exists as an instant in every time zone."""


def points_of(signal: Signal, column: ColumnSource, cells: Cells | None, until: date | None) -> nw.Expr:
    scale = cast("Filled | Words | Number | Dated", signal.scale)  # `yes_or_no` reads the others
    if cells is None:
        return points_of_blank(scale)
    dtype, value = cells
    is_readable, wanted, target = _READABLE[type(scale)]
    if not is_readable(dtype):
        advice = f"convert it: columns={{{signal.column!r}: {as_code(column)}.cast({target})}}"
        raise Unfit.of(column, dtype, wanted, advice)
    cases: list[tuple[Condition, int]]
    match scale:
        case Filled():
            cases = [(_is_filled(dtype, value), scale.filled)]
        case Words():
            by_points: dict[int, list[str]] = {}
            for word, points in scale.words:
                by_points.setdefault(points, []).append(word)
            text = _stripped(dtype, value)
            cases = [(text.is_in(words), points) for points, words in by_points.items()]
            cases.append((_is_filled(dtype, value), scale.other))
        case Number():
            # Divided, since PyArrow refuses to cast whole numbers that no float holds exactly.
            number = (value / 1 if dtype.is_integer() else value).cast(nw.Float64)
            number = nw.when(number.is_finite()).then(number)
            cases = [(number >= least, points) for least, points in reversed(scale.at_least)]
            cases.append((~number.is_null(), scale.below))
        case _ if until is None:
            cases = [(~value.is_null(), scale.each)]
        case _:
            cases = [(_by(dtype, value, until, age), n) for age, n in reversed(scale.ages_and_points)]
    return first_match([(each, whole(points)) for each, points in cases], points_of_blank(scale))


def points_of_blank(scale: Scale) -> nw.Expr:
    return whole(scale.blank if isinstance(scale, Filled) else 0)


def _stripped(dtype: Any, value: nw.Expr) -> nw.Expr:  # noqa: ANN401 (see above)
    return (value if dtype == nw.String else value.cast(nw.String)).str.strip_chars(BLANKS)


def _is_filled(dtype: Any, value: nw.Expr) -> Condition:  # noqa: ANN401 (see above)
    if dtype in WORDS:
        return ~value.is_null() & (_stripped(dtype, value) != "")
    return ~value.is_null() & ~value.is_nan() if dtype.is_float() else ~value.is_null()


def _by(dtype: Any, value: nw.Expr, until: date, age: int) -> Condition:  # noqa: ANN401 (see above)
    """Return whether something happened by the end of the day *until*, or that many days before."""
    first, last = _NANOSECONDS if dtype == nw.Datetime and dtype.time_unit == "ns" else _CALENDAR
    ordinal = until.toordinal() - age
    if ordinal < first.toordinal():
        return None
    if ordinal > last.toordinal():
        return ~value.is_null()
    day = date.fromordinal(ordinal)
    if dtype == nw.Date:
        return value <= nw.lit(day)
    instants, end = comparable(dtype, value, datetime.combine(day + timedelta(days=1), time.min, UTC))
    return instants < end


def occurrences(
    events: FrameT,
    card: Scorecard,
    *,
    person: str,
    signal: str,
    at: str,
    id: str | None = None,  # noqa: A002 (what an event calls it)
    as_of: date | datetime | None = None,
) -> FrameT:
    """Return one row for each person with the points of their dated occurrences on a card.

    Join it to the people, and `prioritize` takes the columns as they are: the same card, the same
    *as_of*. The answers are those of `Scorecard.priority` on lists of days, or, with *id*, on mappings
    of ids to days: redelivered events change nothing. Remove reversals and corrected events first.

    Args:
        events: A frame with one row for each occurrence.
        card: The scorecard.
        person: The column with the person.
        signal: The column with the name of what a dated signal reads, such as ``visits`` or the word of
            a fact; text, or of a type for closed sets of words.
        at: The column with the day, or with the instant and its time zone.
        id: The column with the id of the occurrence; null means none. Without it every row counts.
        as_of: The last day, in UTC, that counts; needed where the card lets points age. People whose
            occurrences are all later have a row, with no points.

    Returns:
        A frame of the same kind, lazy if it was lazy: *person*; for each dated signal its points before
        any cap, such as ``visits_points``; and ``unread_occurrences``, how many rows of the person
        were not used, because no dated signal reads the word, or the person or the day is null. The
        order of rows is the engine's.

    Raises:
        FrameRefused: If a column is missing or of another type, or the card has no dated signal;
            every fault at once, before anything is computed.
        WrongValue: If *as_of* is needed and missing, or has no time zone.
    """
    require_arguments(card=card)
    until = card.day(as_of)
    table = InputFrame.of(events)
    given = {"person": person, "signal": signal, "at": at} | ({} if id is None else {"id": id})
    require_arguments(**given)
    refuse_if(table.missing(given.items()))
    table = table.reading([signal])
    dated = [each for each in card.signals if isinstance(each.scale, Dated)]
    ours = [*map(points_column, dated), "unread_occurrences"]
    faults = [] if dated else [Fault("card", "has no dated signal; give at least one")]
    faults += table.wrong_type("signal", signal, WORDS, "text; give the column with the words of the signals")
    if not is_day(table.schema[at]):
        wanted = "days or instants with a time zone; convert it first, best to UTC"
        faults += table.wrong_type("at", at, (), wanted)
    refuse_if([*faults, *clashes([person], ours, "rename it first", "signal")])
    days = None if table.is_empty(at) else (table.schema[at], nw.col("at"))
    read = {argument: nw.col(column) for argument, column in given.items()}
    read["signal"] = table.text_of(signal)
    if days is None:
        read["at"] = nw.lit(None, dtype=nw.Datetime)
    rows = table.frame.lazy().select(**read)
    times = whole(1)
    if id is not None:
        rows = rows.group_by("person", "signal", "at", "id").agg(nw.len().alias("times"))
        times = choose(nw.col("id").is_null(), nw.col("times").cast(nw.Int64), times)
    has_person = ~nw.col("person").is_null()
    masks: dict[str, nw.Expr] = {}
    for each in dated:
        is_counted = has_person & (nw.col("signal") == each.column)
        masks[points_column(each)] = choose(is_counted, points_of(each, at, days, until) * times, whole(0))
    is_read = has_person & nw.col("signal").is_in([each.column for each in dated]) & ~nw.col("at").is_null()
    masks["unread_occurrences"] = choose(is_read, whole(0), times)
    # A condition inside of `agg` is ignored by pandas and PyArrow: it gets plain columns only.
    people = rows.select("person", **masks).group_by("person").agg(nw.col(ours).sum())
    answer = people.select(nw.col("person").alias(person), nw.col(ours).cast(nw.Int64))
    return table.returned(answer, events, objects=ours)
