"""Any, all, the first that applies, points and text, as expressions over columns.

A condition is an expression, or None where it can never hold. A null condition is not met; nothing
fills nulls, which would cost a third of the speed.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import reduce
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import narwhals.stable.v2 as nw

Condition = nw.Expr | None

YES: Final = nw.lit(value=True)
NO: Final = nw.lit(value=False)
NO_TEXT: Final = nw.lit(None, dtype=nw.String)
"""The text that is left out between others."""


def any_of(conditions: Iterable[Condition]) -> Condition:
    """Return whether any of the conditions holds."""
    possible = [condition for condition in conditions if condition is not None]
    return reduce(nw.Expr.__or__, possible) if possible else None


def all_of(conditions: Iterable[Condition]) -> Condition:
    """Return whether all of the conditions hold, of which there is at least one."""
    needed = list(conditions)
    possible = [condition for condition in needed if condition is not None]
    return reduce(nw.Expr.__and__, possible) if len(possible) == len(needed) else None


def chosen(condition: Condition, value: nw.Expr, otherwise: nw.Expr) -> nw.Expr:
    """Return *value* where the condition holds."""
    return otherwise if condition is None else nw.when(condition).then(value).otherwise(otherwise)


def unless(forbidden: Condition, condition: Condition) -> Condition:
    """Return whether the condition holds, and what is forbidden does not."""
    return None if condition is None else chosen(forbidden, NO, condition)


def certainly(condition: Condition) -> nw.Expr:
    """Return whether the condition holds as True or False, never null."""
    return chosen(condition, YES, NO)


def first_that_applies(lines: Iterable[tuple[Condition, nw.Expr]], otherwise: nw.Expr) -> nw.Expr:
    """Return the value of the first line whose condition holds."""
    answer = otherwise
    for condition, value in reversed(list(lines)):
        answer = chosen(condition, value, answer)
    return answer


def summed(start: nw.Expr, terms: Iterable[nw.Expr]) -> nw.Expr:
    """Return the sum of *start* and the terms."""
    return reduce(nw.Expr.__add__, terms, start)


def text(parts: Sequence[nw.Expr], between: str) -> nw.Expr:
    """Return the texts that are not null, joined; one or more are given."""
    return nw.concat_str(parts, separator=between, ignore_nulls=True)


def in_one_zone(dtype: Any, value: nw.Expr, moment: datetime) -> tuple[nw.Expr, nw.Expr]:  # noqa: ANN401 (see above)
    """Return instants of that type, and a moment, such that every engine compares them."""
    try:
        return value, nw.lit(moment.astimezone(ZoneInfo(dtype.time_zone)))
    except ZoneInfoNotFoundError:  # a fixed offset, which pandas and PyArrow have
        return value.dt.convert_time_zone(str(UTC)), nw.lit(moment)
