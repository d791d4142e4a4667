"""Conditions, choices and instants, as expressions over columns.

A condition is an expression, or None where it can never hold. A null condition is not met; nothing
fills nulls, which would cost a third of the speed.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import reduce
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import narwhals.stable.v2 as nw

Condition = nw.Expr | None

YES: Final = nw.lit(value=True)
NO: Final = nw.lit(value=False)
NO_TEXT: Final = nw.lit(None, dtype=nw.String)


def any_of(conditions: Iterable[Condition]) -> Condition:
    possible = [condition for condition in conditions if condition is not None]
    return reduce(nw.Expr.__or__, possible) if possible else None


def all_of(conditions: Iterable[Condition]) -> Condition:
    """Return whether all of one or more conditions hold."""
    needed = list(conditions)
    possible = [condition for condition in needed if condition is not None]
    return reduce(nw.Expr.__and__, possible) if len(possible) == len(needed) else None


def choose(condition: Condition, value: nw.Expr, otherwise: nw.Expr) -> nw.Expr:
    return otherwise if condition is None else nw.when(condition).then(value).otherwise(otherwise)


def unless(exception: Condition, condition: Condition) -> Condition:
    """Return whether the condition holds and the exception does not."""
    return None if condition is None else choose(exception, NO, condition)


def never_null(condition: Condition) -> nw.Expr:
    return choose(condition, YES, NO)


def first_match(cases: Iterable[tuple[Condition, nw.Expr]], otherwise: nw.Expr) -> nw.Expr:
    """Return the value of the first case whose condition holds."""
    answer = otherwise
    for condition, value in reversed(list(cases)):
        answer = choose(condition, value, answer)
    return answer


def joined(texts: Iterable[nw.Expr], separator: str) -> nw.Expr:
    """Return one or more texts, joined without the nulls."""
    return nw.concat_str(list(texts), separator=separator, ignore_nulls=True)


def comparable(dtype: Any, value: nw.Expr, moment: datetime) -> tuple[nw.Expr, nw.Expr]:  # noqa: ANN401 (a type of narwhals)
    """Return instants and a moment in one time zone, which some engines need to compare them."""
    try:
        return value, nw.lit(moment.astimezone(ZoneInfo(dtype.time_zone)))
    except ZoneInfoNotFoundError:  # a fixed offset, which pandas and PyArrow have
        return value.dt.convert_time_zone(str(UTC)), nw.lit(moment)
