"""How the line of column names is found at the top of a file."""

import re
from collections.abc import Iterator
from typing import Final, Self, final

from attrs import frozen

from leadqual.intake.layouts import NUMBER
from leadqual.intake.problems import Code, Limits, refuse
from leadqual.intake.records import DELIMITERS, Record, RecordReader, shape
from leadqual.vocabulary import fold

OURS: Final = "leadqual_"
"""How the columns begin that this library adds to what it writes."""

_TOP_RECORDS: Final = 20
_SEPARATOR: Final = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_PERSONAL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+|[0-9]+|\+?[0-9 ().-]{7,}")


@final
@frozen
class Header:
    """Hold the column names of a file.

    Attributes:
        names: The names without white space around them; a column without one is called after its
            number, and a second one of the same name gets a number.
        last_line: The last line of the header; the first is line 1 of the file.
        records: How many records a spreadsheet sees down to here.
        doubled: The indexes of columns whose name had been there before.
        cells: The names as they are written.
    """

    names: tuple[str, ...]
    last_line: int
    records: int = 1
    doubled: tuple[int, ...] = ()
    cells: tuple[str, ...] = ()

    @classmethod
    def of(cls, cells: list[str], last_line: int, records: int) -> Self:
        """Return the header that has *cells*; blank ones at the end are no columns."""
        cells = list(map(_name, cells))
        while cells and not cells[-1]:
            cells.pop()
        names: list[str] = []
        doubled: list[int] = []
        taken = set(cells)
        for index, cell in enumerate(cells):
            name = cell or f"column {index + 1}"
            if name in names:
                doubled.append(index)
            number = 2
            while name in names or (name != cell and name in taken):
                name, number = f"{cell} ({number})", number + 1
            names.append(name)
        return cls(tuple(names), last_line, records, tuple(doubled), tuple(cells))

    def repeated_by(self, cells: list[str]) -> bool:
        """Return whether the cells of a later record are the names again."""
        return _name(cells[0]) == self.cells[0] and tuple(map(_name, cells[: len(self.cells)])) == self.cells

    @property
    def ours(self) -> bool:
        """Return whether this library wrote the file."""
        return any(map(self.is_ours, range(len(self.names))))

    def is_ours(self, index: int) -> bool:
        """Return whether this library added the column."""
        return self.names[index].startswith(OURS)

    def find(self, column: str) -> tuple[int, ...]:
        """Return the indexes of a column, exactly so called, or else in another case or spacing.

        There are several only for numbered columns, and for names that are there twice.
        """
        if NUMBER in column:
            return self._numbered(column)
        exact = tuple(index for index, name in enumerate(self.names) if name == column)
        if exact:
            return exact + tuple(
                index for index in self.doubled if self.names[index].startswith(f"{column} (")
            )
        return tuple(index for index, name in enumerate(self.names) if fold(name) == fold(column))

    def find_one(self, column: str) -> tuple[int, ...]:
        """Return what `find` does.

        Raises:
            FileRefused: If two columns are called so and not numbered.
        """
        found = self.find(column)
        if len(found) > 1 and NUMBER not in column:
            places = " and ".join(str(index + 1) for index in found)
            raise refuse(
                Code.HEADER_AMBIGUOUS, f"columns {places} have the name that one field is read from: {column}"
            )
        return found

    def _numbered(self, column: str) -> tuple[int, ...]:
        before, _, after = fold(column).partition(NUMBER)
        pattern = re.compile(rf"{re.escape(before)}([0-9]+){re.escape(after)}")
        found = [
            (int(match[1]), index)
            for index, name in enumerate(self.names)
            if (match := pattern.fullmatch(fold(name)))
        ]
        return tuple(index for _, index in sorted(found))


def _name(cell: str) -> str:
    return cell.strip().removeprefix("\ufeff").strip()


def top_records(reader: RecordReader) -> Iterator[tuple[int, Record]]:
    """Yield the records that may be the header, each with its number, and choose their delimiter."""
    named = ""
    for number in range(1, _TOP_RECORDS + 1):
        reader.shape = shape(named or _delimiter(reader.peek()))
        record = next(reader, None)
        if record is None:
            return
        match = _SEPARATOR.fullmatch((record.text or "").removeprefix("\ufeff"))
        if match:
            named = match[1]
        elif not record.blank:
            yield number, record


def _delimiter(line: str) -> str:
    """Return the delimiter that gives the line most cells."""
    body = line.rstrip("\r\n").removeprefix("\ufeff")
    counts = {delimiter: _count(body, delimiter) for delimiter in DELIMITERS}
    return max(DELIMITERS, key=counts.__getitem__)


def _count(body: str, delimiter: str) -> int:
    split = shape(delimiter)
    if split.opened(body):
        body += '"'
    return len(split.cells(body)) if split.closed(body) else 0


def header_of(record: Record, number: int, limits: Limits) -> Header:
    """Return the header that a record is.

    Raises:
        FileRefused: If it cannot be split, is no text, is too wide, or is a person's data.
    """
    if record.fault is Code.NOT_TEXT:
        raise refuse(
            Code.ENCODING_UNKNOWN, "the column names are no UTF-8; name the encoding, such as 'cp1252'"
        )
    if record.fault is Code.RECORD_TOO_LONG or len(record.cells) > limits.columns:
        raise refuse(
            Code.LIMIT_EXCEEDED, f"the header has more than {limits.columns} columns or is too long to be one"
        )
    if record.fault is not None:
        raise refuse(Code.HEADER_BROKEN, f"the line of column names cannot be used: {record.fault.meaning}")
    header = Header.of(record.cells, record.last, number)
    for index, name in enumerate(header.names):
        if _PERSONAL.fullmatch(name):
            raise refuse(
                Code.HEADER_MISSING,
                f"column {index + 1} of the first line holds an address or a number where its name should be",
            )
    return header
