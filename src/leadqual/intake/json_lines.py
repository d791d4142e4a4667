"""How the lines of a JSON Lines file become records."""

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final, cast, final

from leadqual.intake.codes import Code
from leadqual.intake.dialects import CONTROL, Record
from leadqual.intake.headers import Header
from leadqual.intake.lines import Line, LongLine
from leadqual.intake.problems import Limits, refuse

_LOOKED_AT: Final = 100
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


@final
class JsonReader:
    """An iterator over the objects of lines; a key is a column, and later lines may bring new ones."""

    header: Header

    def __init__(self, lines: Iterator[Line], encoding: str, limits: Limits) -> None:
        self._lines = lines
        self._encoding = encoding
        self._limits = limits
        self.lines_read: int = 0
        self.bytes_read: int = 0
        self._indexes: dict[str, int] = {}
        self._ahead: deque[Line] = deque()
        self._look_ahead(_LOOKED_AT, {})
        if not self._indexes:
            reason = "this looks like JSON, but no line is an object of its own"
            raise refuse(Code.FILE_NOT_TEXT, f"not a CSV or JSON Lines file: {reason}")

    def _look_ahead(self, lines: int, values: dict[str, str]) -> None:
        """Add the keys of *values* and of the next *lines* as columns, so that new ones come seldom."""
        before, held = len(self._indexes), 0
        self._add_columns(values)
        for line in islice(self._lines, lines):
            self._ahead.append(line)
            if isinstance(line, bytes):
                self._add_columns(_values(line.decode(self._encoding, "replace")) or {})
                held += len(line)
            if held > self._limits.record_bytes:
                break
        if len(self._indexes) > before:
            self.header = Header.of(list(self._indexes))

    def _add_columns(self, values: dict[str, str]) -> None:
        for key in values:
            if len(self._indexes) < self._limits.columns:
                self._indexes.setdefault(key, len(self._indexes))

    def __iter__(self) -> Iterator[Record]:
        return self

    def __next__(self) -> Record:
        line = self._ahead.popleft() if self._ahead else next(self._lines)
        offset = self.bytes_read
        self.lines_read += 1
        self.bytes_read += len(line)
        return Record(self.lines_read, self.lines_read, offset, len(line), *self._read(line))

    def _read(self, line: Line) -> tuple[str | None, list[str], Code | None]:
        if isinstance(line, LongLine):
            return None, [], Code.RECORD_TOO_LONG
        try:
            text = line.decode(self._encoding)
        except UnicodeDecodeError:
            return line.decode(self._encoding, "surrogateescape"), [], Code.NOT_TEXT
        if not text.strip("\ufeff \t\r\n"):
            return text, [], None
        values = _values(text)
        if values is None:
            return text, [], Code.JSON_INVALID
        if not values.keys() <= self._indexes.keys():
            self._look_ahead(len(self._indexes), values)
            if not values.keys() <= self._indexes.keys():
                return text, [], Code.CELLS_EXTRA
        cells = [""] * len(self._indexes)
        for key, value in values.items():
            cells[self._indexes[key]] = value
        return text, cells, self._fault_in(values.values())

    def _fault_in(self, cells: Iterable[str]) -> Code | None:
        if any(map(_SURROGATE.search, cells)):
            return Code.NOT_TEXT
        if any(map(CONTROL.search, cells)):
            return Code.CONTROL_CHARACTER
        return Code.CELL_TOO_LONG if max(map(len, cells), default=0) > self._limits.cell_characters else None


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


def _values(text: str) -> dict[str, str] | None:
    """Return the values of an object as texts; None if the line is not an object with distinct keys."""
    try:
        values = json.loads(
            text.removeprefix("\ufeff"),
            object_pairs_hook=_distinct,
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=_refuse,
        )
        if isinstance(values, dict):
            return {key: _text(value) for key, value in cast("dict[str, Any]", values).items()}
    except (ValueError, RecursionError):
        # Python versions differ in how deep they read; what was read may still be too deep to write.
        return None
    return None


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError
    return values


def _refuse(_: str) -> None:
    raise ValueError


def _text(value: object) -> str:
    """Return a value as the text of a cell, an array or an object as JSON."""
    if isinstance(value, str):
        return str(value)
    return "" if value is None else _json(value)


def _json(value: object) -> str:
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_json, cast('list[object]', value)))}]"
    if isinstance(value, dict):
        items = cast("dict[str, object]", value).items()
        return f"{{{', '.join(f'{_json(key)}: {_json(item)}' for key, item in items)}}}"
    return json.dumps(value, ensure_ascii=False)
