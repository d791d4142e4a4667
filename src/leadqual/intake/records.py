"""How lines become records, each with the span of its lines.

A record is one line, or several where a quoted cell holds line ends (RFC 4180). What cannot be split
costs its own line only, and reading goes on at the next line. That is linear: a line that ends inside
an open quote has an odd number of quotes, one that begins and ends inside has an even number, so no
line inside an attempt can begin another one, and every line is looked at twice at most.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain
from typing import Final, NamedTuple, final

from attrs import frozen

from leadqual.intake.codes import Code
from leadqual.intake.headers import Header
from leadqual.intake.lines import Line
from leadqual.intake.problems import LIMITS, Limits

DELIMITERS: Final = (",", ";", "\t", "|")


@final
@frozen
class Shape:
    """Split lines at one delimiter.

    Attributes:
        delimiter: The character between two cells.
        closed: Matches what is a whole record.
        opened: Matches a line that ends inside a quoted cell.
        goes_on: Matches a line that begins and ends inside a quoted cell.
    """

    delimiter: str
    closed: Callable[[str], object]
    opened: Callable[[str], object]
    goes_on: Callable[[str], object]
    _each_cell: Callable[[str], list[tuple[str, str]]]

    def cells(self, body: str) -> list[str]:
        """Return the cells of a record that is `closed`."""
        if '"' not in body:
            return body.split(self.delimiter)
        return [
            quoted.replace('""', '"') if quoted else bare
            for quoted, bare in self._each_cell(body + self.delimiter)
        ]


@cache
def shape(delimiter: str) -> Shape:
    """Return what splits lines at *delimiter*."""
    d = re.escape(delimiter)
    inner = r'[^"]*+(?:""[^"]*+)*+'
    end = rf"(?={d}|\Z)"
    cell = rf'(?:"{inner}"{end}|[^"{d}]*+{end})'
    begun = rf'(?:{cell}{d})*+"{inner}\Z'
    return Shape(
        delimiter,
        re.compile(rf"{cell}(?:{d}{cell})*+\Z").match,
        re.compile(begun).match,
        re.compile(rf'{inner}(?:\Z|"{d}{begun})').match,
        re.compile(rf'(?:"({inner})"|([^"{d}]*+)){d}').findall,
    )


class Record(NamedTuple):
    """Hold what was read of one record, before anybody asks what it means.

    Attributes:
        first: Its first line, from 1.
        last: Its last line.
        offset: The number of bytes before it.
        length: The number of its bytes.
        text: Its text with all line ends; None where it was too long to be kept.
        cells: Its cells; empty if they could not be told.
        fault: Why it cannot be used, or a warning; None if it can.
        aside: How many following lines were inside the cell that did not close.
    """

    first: int
    last: int
    offset: int
    length: int
    text: str | None
    cells: list[str]
    fault: Code | None = None
    aside: int = 0

    @property
    def blank(self) -> bool:
        """Return whether there is nothing but white space in it."""
        return self.fault in _LEFT_TO_JUDGE and not any(map(str.strip, self.cells))


_LEFT_TO_JUDGE: Final = (None, Code.ROWS_IN_QUOTES)
CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@final
class RecordReader:
    """Read the records of a stream of lines, forwards only.

    Attributes:
        shape: What splits the lines; set it before the next record is read.
        header: The column names; none until `begin` was called.
    """

    def __init__(self, lines: Iterator[Line], encoding: str, limits: Limits = LIMITS) -> None:
        """Start before the first line."""
        self._lines = lines
        self._ahead: deque[Line] = deque()
        self._encoding = encoding
        self._limits = limits
        self._next_line = 1
        self._offset = 0
        self.shape: Shape = shape(DELIMITERS[0])
        self.header: Header = Header.of(())
        self._width = 0
        self._first_name = ""
        self._pads = False

    def begin(self, header: Header, *, pads: bool) -> None:
        """Say which cells a record has, and whether shorter ones are as good."""
        self.header = header
        self._width = len(header.names)
        self._pads = pads
        self._first_name = "" if header.escaped else header.cells[0]

    @property
    def delimiter(self) -> str:
        """Return the character between two cells."""
        return self.shape.delimiter

    @property
    def bytes_read(self) -> int:
        """Return how many bytes were read."""
        return self._offset

    @property
    def lines_read(self) -> int:
        """Return how many lines were read."""
        return self._next_line - 1

    def peek(self, index: int = 0) -> str:
        """Return the text of the next line but *index*, without reading it; empty after the end."""
        line = self._look_ahead(index)
        return self._decode(line)[0] if isinstance(line, bytes) else ""

    def rest(self) -> Iterator[Line]:
        """Return the lines that were not read as records, for another reader."""
        return chain(self._ahead, self._lines)

    def __iter__(self) -> Iterator[Record]:
        """Return the reader itself."""
        return self

    def __next__(self) -> Record:
        """Return the next record."""
        line = self._ahead.popleft() if self._ahead else next(self._lines)
        first, offset = self._next_line, self._offset
        self._next_line += 1
        if isinstance(line, int):
            self._offset += line
            return Record(first, first, offset, line, None, [], Code.RECORD_TOO_LONG)
        self._offset += len(line)
        text, fault = self._decode(line)
        body = text.rstrip("\r\n")
        if '"' not in body:
            cells = body.split(self.shape.delimiter)
        elif self.shape.closed(body):
            cells = self.shape.cells(body)
        elif self.shape.opened(body):
            return self._several_lines(first, offset, line, text, fault)
        else:
            return Record(first, first, offset, len(line), text, [], fault or Code.QUOTE_STRAY)
        return Record(first, first, offset, len(line), text, cells, fault or self._fault_in(body, cells))

    def _decode(self, line: bytes) -> tuple[str, Code | None]:
        try:
            return line.decode(self._encoding), None
        except UnicodeDecodeError:
            return line.decode(self._encoding, "surrogateescape"), Code.NOT_TEXT

    def _fault_in(self, body: str, cells: list[str]) -> Code | None:
        if not body.isprintable() and CONTROL.search(body):
            return Code.CONTROL_CHARACTER
        longest = self._limits.cell_characters
        if len(body) > longest and max(map(len, cells)) > longest:
            return Code.CELL_TOO_LONG
        return None

    def _several_lines(self, first: int, offset: int, line: bytes, text: str, fault: Code | None) -> Record:
        """Return the record that goes on after its first line, or that line alone."""
        texts, read, length = [text], 0, len(line)
        alone = Record(first, first, offset, len(line), text, [], Code.QUOTE_UNCLOSED)
        while read + 1 < self._limits.lines and length <= self._limits.record_bytes:
            following = self._look_ahead(read)
            if following is None or isinstance(following, int):
                break
            read, length = read + 1, length + len(following)
            text, damage = self._decode(following)
            texts.append(text)
            fault = fault or damage
            body = text.rstrip("\r\n")
            if self.shape.goes_on(body):
                continue
            whole = "".join(texts)
            body = whole.rstrip("\r\n")
            if not self.shape.closed(body):
                break
            cells = self.shape.cells(body)
            if not self._fits(cells) and any(map(self._is_row, texts[1:])):
                break
            for _ in range(read):
                self._ahead.popleft()
            self._next_line += read
            self._offset = offset + length
            if length > self._limits.record_bytes:
                return Record(first, first + read, offset, length, None, [], Code.RECORD_TOO_LONG)
            fault = fault or self._fault_in(body, cells) or self._suspicion(cells, texts)
            return Record(first, first + read, offset, length, whole, cells, fault)
        return alone._replace(aside=read)

    def _look_ahead(self, index: int) -> Line | None:
        if index < len(self._ahead):
            return self._ahead[index]
        line = next(self._lines, None)
        if line is not None:
            self._ahead.append(line)
        return line

    def misfit(self, cells: list[str]) -> tuple[Code, str] | None:
        """Return what is wrong with the number of cells of a record."""
        # The first name is looked for where it could be, before the rest is compared.
        if self._first_name in cells[0] and self.header.repeated_by(cells):
            return Code.HEADER_REPEATED, ""
        if self._fits(cells):
            return None
        if len(cells) == 1 and self._is_row(cells[0]):
            return Code.ROW_IN_QUOTES, ""
        code = Code.CELLS_MISSING if len(cells) < self._width else Code.CELLS_EXTRA
        return code, f"the row has {len(cells)} cells, the header has {self._width}"

    def _fits(self, cells: list[str]) -> bool:
        """Return whether a record has the cells that the header asks for."""
        width, count = self._width, len(cells)
        if count == width or not width:
            return True
        return self._pads if count < width else not any(map(str.strip, cells[width:]))

    def _is_row(self, text: str) -> bool:
        body = text.rstrip("\r\n")
        return bool(self.shape.closed(body)) and len(self.shape.cells(body)) == self._width

    def _suspicion(self, cells: list[str], texts: list[str]) -> Code | None:
        delimiter, needed = self.shape.delimiter, max(self._width - 1, 1)
        if self._fits(cells) and any(text.count(delimiter) >= needed for text in texts[1:]):
            return Code.ROWS_IN_QUOTES
        return None
