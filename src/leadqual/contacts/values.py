"""What a cell of any type says: nothing, yes or no, a number, or a day."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any, TypeVar

from leadqual.contacts.cells import (
    CellUnreadable,
    is_nothing,
    read_date,
    read_instant,
    read_number,
    read_yes_no,
)

ReadT = TypeVar("ReadT")


def is_blank(value: object) -> bool:
    """Return whether a cell says nothing: None, an empty text, or what is not a number or not available."""
    value = plain(value)
    if isinstance(value, str):
        return not value.strip()
    return is_nothing(value) or (isinstance(value, Decimal) and value.is_nan())


def plain(value: Any) -> Any:  # noqa: ANN401 (a cell may be anything)
    """Return a scalar of NumPy as the one of Python, and anything else as it is."""
    return value.item() if getattr(value, "shape", None) == () else value


def as_float(number: Any) -> Any:  # noqa: ANN401 (what is no number is refused where it is used)
    """Return a whole number as a float if one can hold it, and anything else as it is."""
    return float(number) if type(number) is int and abs(number) < 1 << 1_000 else number


def truth(value: object) -> bool | None:
    """Return what a cell answers to a yes-or-no question; None where it is no answer."""
    value = plain(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _read(read_yes_no, str(value)) if isinstance(value, int | str) else None


def said(value: object) -> bool | None:
    """Return what a cell says of a fact: yes or no, and yes if it says when; None where it says neither."""
    answer = truth(value)
    if answer is None and (day(value) or (isinstance(value, date) and not is_blank(value))):
        return True
    return answer


def read_answer(value: object) -> bool | None:
    """Return what a cell says of a fact; None where it is blank. Raise `CellUnreadable` for anything else."""
    answer = said(value)
    if answer is not None or is_blank(value):
        return answer
    reason = "the word is neither" if isinstance(value, str) else f"it is of the type {type(value).__name__}"
    raise CellUnreadable("yes or no", reason, "write yes, no or a date, or leave the cell empty")


def number(value: object) -> float | None:
    """Return the number in a cell; None where it holds none."""
    value = plain(value)
    if isinstance(value, str):
        value = _read(read_number, value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        read = float(value)
    except OverflowError:
        return None
    return read if isfinite(read) else None


def day(value: object) -> date | None:
    """Return the day, in UTC, of a date or an aware instant; None for anything else."""
    value = None if is_blank(value) else plain(value)
    if isinstance(value, str):
        value = _read(read_date, value) or _read(read_instant, value)
    if isinstance(value, datetime):
        return None if value.utcoffset() is None else value.astimezone(UTC).date()
    return value if isinstance(value, date) else None


def _read(reader: Callable[[str], ReadT], text: str) -> ReadT | None:
    try:
        return reader(text)
    except CellUnreadable:
        return None
