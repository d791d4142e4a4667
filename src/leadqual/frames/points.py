"""The points of the cells of a signal, as expressions over columns; sums have 64 bits."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, cast

import narwhals.stable.v2 as nw

from leadqual.frames.columns import Cells, ColumnSource, as_code, unfit
from leadqual.frames.expressions import Condition, comparable, first_match
from leadqual.frames.table import BLANKS, WORDS
from leadqual.scoring.scales import Dated, Filled, Number, Scale, Words
from leadqual.scoring.signals import Signal


def points_column(signal: Signal) -> str:
    """Return the name of the column with the points of the occurrences of a signal."""
    return f"{signal.name}_points"


def whole(number: int) -> nw.Expr:
    return nw.lit(number, dtype=nw.Int64)


def is_day(dtype: Any) -> bool:  # noqa: ANN401 (a type of narwhals)
    """Return whether a type tells the day: by a date, or by an instant with its time zone."""
    return dtype == nw.Date or (dtype == nw.Datetime and dtype.time_zone is not None)


Valued = Filled | Words | Number | Dated
"""Every scale but `YesNo`, which `yes_and_no` reads."""

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
    """Return the points of a signal by its column, before any cap."""
    scale = cast("Valued", signal.scale)
    if cells is None:
        return points_of_blank(scale)
    is_readable, wanted, target = _READABLE[type(scale)]
    if not is_readable(cells[0]):
        advice = f"convert it: columns={{{signal.column!r}: {as_code(column)}.cast({target})}}"
        raise unfit(column, cells[0], wanted, advice)
    cases = ((condition, whole(points)) for condition, points in _cases(scale, *cells, until))
    return first_match(cases, points_of_blank(scale))


def points_of_blank(scale: Scale) -> nw.Expr:
    return whole(scale.blank if isinstance(scale, Filled) else 0)


def _cases(scale: Valued, dtype: Any, value: nw.Expr, until: date | None) -> list[tuple[Condition, int]]:  # noqa: ANN401 (see above)
    """Return the points of a cell by its value; the first case that applies counts."""
    match scale:
        case Filled():
            return [(_is_filled(dtype, value), scale.filled)]
        case Words():
            by_points: dict[int, list[str]] = {}
            for word, points in scale.words:
                by_points.setdefault(points, []).append(word)
            text = _stripped(dtype, value)
            cases: list[tuple[Condition, int]] = [(text.is_in(words), n) for n, words in by_points.items()]
            return [*cases, (_is_filled(dtype, value), scale.other)]
        case Number():
            # Divided, since PyArrow refuses to cast whole numbers that no float holds exactly.
            number = (value / 1 if dtype.is_integer() else value).cast(nw.Float64)
            number = nw.when(number.is_finite()).then(number)
            cases = [(number >= least, points) for least, points in reversed(scale.at_least)]
            return [*cases, (~number.is_null(), scale.below)]
        case _:
            if until is None:
                return [(~value.is_null(), scale.each)]
            return [(_by(dtype, value, until, age), n) for age, n in reversed(scale.ages_and_points)]


def _stripped(dtype: Any, value: nw.Expr) -> nw.Expr:  # noqa: ANN401 (see above)
    return (value if dtype == nw.String else value.cast(nw.String)).str.strip_chars(BLANKS)


def _is_filled(dtype: Any, value: nw.Expr) -> Condition:  # noqa: ANN401 (see above)
    """Return whether a cell is neither null nor blank nor NaN."""
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
