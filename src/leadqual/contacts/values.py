"""What a cell of any type says: nothing, yes or no, a number, or a day."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any, TypeVar

from leadqual.contacts import cells

ReadT = TypeVar("ReadT")


def is_blank(value: object) -> bool:
    value = plain(value)
    if isinstance(value, str):
        return not value.strip()
    return cells.is_nothing(value) or (isinstance(value, Decimal) and value.is_nan())


def plain(value: Any) -> Any:  # noqa: ANN401 (a cell may be anything)
    """Return a scalar of NumPy as one of Python, and any other value unchanged."""
    return value.item() if getattr(value, "shape", None) == () else value


def as_float(number: Any) -> Any:  # noqa: ANN401 (other values are refused where they are used)
    """Return a whole number as a float if one can hold it, and any other value unchanged."""
    return float(number) if type(number) is int and abs(number) < 1 << 1_000 else number


def truth(value: object) -> bool | None:
    value = plain(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _read(cells.read_yes_no, str(value)) if isinstance(value, int | str) else None


def truth_or_dated(value: object) -> bool | None:
    """Return the yes or no in a cell; a date or an instant, with or without a time zone, is a yes."""
    answer = truth(value)
    is_dated = answer is None and (day(value) or (isinstance(value, date) and not is_blank(value)))
    return True if is_dated else answer


def read_answer(value: object) -> bool | None:
    """Return what a cell says of a fact; None where it is blank. Raise `CellUnreadable` for anything else."""
    answer = truth_or_dated(value)
    if answer is not None or is_blank(value):
        return answer
    reason = "the word is neither" if isinstance(value, str) else f"it is of the type {type(value).__name__}"
    raise cells.CellUnreadable("yes or no", reason, "write yes, no or a date, or leave the cell empty")


def number(value: object) -> float | None:
    value = plain(value)
    if isinstance(value, str):
        value = _read(cells.read_number, value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        read = float(value)
    except OverflowError:
        return None
    return read if isfinite(read) else None


def day(value: object) -> date | None:
    """Return the day, in UTC, of a date or an aware instant."""
    value = None if is_blank(value) else plain(value)
    if isinstance(value, str):
        value = _read(cells.read_date, value) or _read(cells.read_instant, value)
    if isinstance(value, datetime):
        return None if value.utcoffset() is None else value.astimezone(UTC).date()
    return value if isinstance(value, date) else None


def _read(reader: Callable[[str], ReadT], text: str) -> ReadT | None:
    try:
        return reader(text)
    except cells.CellUnreadable:
        return None
