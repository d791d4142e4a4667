"""The points of the cells of a signal, as expressions over columns; sums have 64 bits."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, cast

import narwhals.stable.v2 as nw

from leadqual.frames.columns import Cells, ColumnSource, spelt, unfit
from leadqual.frames.expressions import Condition, first_that_applies, in_one_zone
from leadqual.frames.table import BLANKS, WORDS
from leadqual.scoring.scales import Dated, Filled, Number, Scale, Words
from leadqual.scoring.signals import Signal


def points_column(signal: Signal) -> str:
    """Return the name of the column with the points of the occurrences of a signal."""
    return f"{signal.name}_points"


def whole(number: int) -> nw.Expr:
    """Return a number as it is added up."""
    return nw.lit(number, dtype=nw.Int64)


def bounded(points: nw.Expr, lowest: int | None, highest: int | None) -> nw.Expr:
    """Return *points* within the bounds."""
    return points if lowest is None and highest is None else points.clip(lowest, highest)


def is_day(dtype: Any) -> bool:  # noqa: ANN401 (a type of narwhals)
    """Return whether a type tells the day: by a date, or by an instant with its time zone."""
    return dtype == nw.Date or (dtype == nw.Datetime and dtype.time_zone is not None)


Valued = Filled | Words | Number | Dated
"""The scales of more than an answer of yes or no, which `columns.said` reads."""

_READABLE: Final[Mapping[type[Scale], tuple[Callable[[Any], bool], str, str]]] = {
    Filled: (lambda dtype: dtype != nw.Object, "values of one type", "nw.String"),
    Words: (lambda dtype: dtype in WORDS, "text", "nw.String"),
    Number: (lambda dtype: dtype.is_numeric(), "numbers", "nw.Float64"),
    Dated: (is_day, "days or instants with a time zone", "nw.Date"),
}
"""Which columns a scale reads, what they hold, and what any other is converted to."""

_CALENDAR: Final = (date.fromisoformat("0001-01-03"), date.fromisoformat("9999-12-29"))
_NANOSECONDS: Final = (date.fromisoformat("1677-09-23"), date.fromisoformat("2262-04-10"))
"""The first and the last day that instants are compared with: any zone can say when it ends."""


def worth(signal: Signal, column: ColumnSource, cells: Cells | None, until: date | None) -> nw.Expr:
    """Return the points of a signal by its column, before any cap."""
    scale, word = cast("Valued", signal.scale), signal.column
    if cells is None:
        return nothing(scale)
    dtype = cells[0]
    is_readable, wanted, target = _READABLE[type(scale)]
    if not is_readable(dtype):
        advice = f"convert it: columns={{{word!r}: {spelt(column)}.cast({target})}}"
        raise unfit(column, dtype, wanted, advice)
    return first_that_applies(_lines(scale, *cells, until), nothing(scale))


def nothing(scale: Scale) -> nw.Expr:
    """Return the points of a cell that says nothing."""
    return whole(scale.blank if isinstance(scale, Filled) else 0)


def _lines(scale: Valued, dtype: Any, value: nw.Expr, until: date | None) -> list[tuple[Condition, nw.Expr]]:  # noqa: ANN401 (see above)
    """Return the points of a cell by what it says; the first line that applies counts."""
    lines: list[tuple[Condition, int]]
    match scale:
        case Filled():
            lines = [(_says_anything(dtype, value), scale.filled)]
        case Words():
            by_points: dict[int, list[str]] = {}
            for word, points in scale.words:
                by_points.setdefault(points, []).append(word)
            said = _stripped(dtype, value)
            lines = [(said.is_in(words), points) for points, words in by_points.items()]
            lines.append((_says_anything(dtype, value), scale.other))
        case Number():
            # Divided, since PyArrow refuses to cast whole numbers that no float holds exactly.
            number = (value / 1 if dtype.is_integer() else value).cast(nw.Float64)
            number = nw.when(number.is_finite()).then(number)
            lines = [(number >= least, points) for least, points in reversed(scale.at_least)]
            lines.append((~number.is_null(), scale.below))
        case _:
            lines = [(~value.is_null(), scale.each)]
            if until is not None:
                ages = reversed(scale.ages_and_points)
                lines = [(_by(dtype, value, until, age), points) for age, points in ages]
    return [(condition, whole(points)) for condition, points in lines]


def _stripped(dtype: Any, value: nw.Expr) -> nw.Expr:  # noqa: ANN401 (see above)
    return (value if dtype == nw.String else value.cast(nw.String)).str.strip_chars(BLANKS)


def _says_anything(dtype: Any, value: nw.Expr) -> Condition:  # noqa: ANN401 (see above)
    """Return whether a cell is neither null nor blank nor what is no number."""
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
    instants, end = in_one_zone(dtype, value, datetime.combine(day + timedelta(days=1), time.min, UTC))
    return instants < end
