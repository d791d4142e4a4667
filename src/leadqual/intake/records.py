"""How lines become records, each with the span of its lines.

A record is one line, or several where a quoted cell holds line ends (RFC 4180). What cannot be split
affects its own line only, and reading goes on at the next line; what is read from lines that may belong
to it is doubtful. That is linear: a line that ends inside an open quote has an odd number of quotes, one
that begins and ends inside has an even number, so no line inside an attempt can begin another one, and
every line is looked at a few times at most.
"""

from collections import Counter, deque
from collections.abc import Iterator
from itertools import chain
from typing import Final, final

from attrs import evolve

from leadqual.intake.codes import Code
from leadqual.intake.dialects import DELIMITERS, Dialect, Record, are_keys, body_of, dialect, fault_in
from leadqual.intake.headers import Header
from leadqual.intake.lines import Line, LongLine
from leadqual.intake.problems import LIMITS, Limits

_FIRST_LINES: Final = 20  # how many lines after the header are searched for what all rows have in common
_BY_CHANCE: Final = 3  # how many lines of a cell may have the delimiters of a row without being rows


@final
class RecordReader(Iterator[Record]):
    """An iterator over the records of a stream of lines; choose the dialect, then `begin` with a header."""

    unit: Final = "line"
    titles: tuple[str, ...] = ()

    def __init__(self, lines: Iterator[Line], encoding: str, limits: Limits = LIMITS) -> None:
        self._lines, self._encoding, self._limits = lines, encoding, limits
        self._ahead: deque[Line] = deque()
        self.lines_read: int = 0
        self.bytes_read: int = 0
        self.dialect: Dialect = dialect(DELIMITERS[0])
        self.header: Header = Header.of(())
        self._split = self.dialect.strict_splitter()
        self._named = self._width = self._usual = self._doubted_to = self._searched_to = 0
        self._tail = (0, 0)  # a row and the line that ends a cell which was not opened after it
        self._whose, self._sign, self._first_name = "the header has", b"", ""
        self._keys: list[int] = []
        self._pads = False

    def begin(self, header: Header, *, pads: bool) -> None:
        """Set the header; with *pads* shorter records are read as if they ended in blank cells.

        A record has as many cells as the line of names, blank ones at its end included, or as many as
        three of four of the first rows have; cells without a name are blank.
        """
        self._named, self._width, self._pads = len(header.names), header.width, pads
        self._split = self.dialect.strict_splitter()
        self._first_name = "" if header.escaped else header.cells[0]
        self._sign = self.dialect.delimiter.encode(self._encoding, "surrogateescape")
        lines = filter(self.dialect.closed, map(self.peek, range(_FIRST_LINES)))
        rows = [cells for cells in map(self.dialect.cells, lines) if len(cells) >= self._named]
        for width, count in Counter(map(len, rows)).most_common(1):
            if width != self._width and count > 1 and 4 * count >= 3 * len(rows):
                self._width, self._whose = width, "the first rows have"
        self._usual = self._width if self._width == self._named else 0
        self.header = evolve(header, width=self._width)
        columns = zip(*(cells[: self._named] for cells in rows), strict=False)
        self._keys = [index for index, cells in enumerate(columns) if are_keys(cells)]

    def peek(self, index: int = 0) -> str:
        line = self._look_ahead(index)
        return self._body(line) if isinstance(line, bytes) else ""

    def rest(self) -> Iterator[Line]:
        return chain(self._ahead, self._lines)

    def __next__(self) -> Record:
        ahead = self._ahead
        line = ahead.popleft() if ahead else next(self._lines)
        self.lines_read = first = self.lines_read + 1
        offset = self.bytes_read
        self.bytes_read = offset + len(line)
        if not isinstance(line, bytes):
            alone = Record(first, first, offset, len(line), None, [], Code.RECORD_TOO_LONG)
            return self._several_lines(alone, None) if line.quotes % 2 else self._broken(alone, first)
        text, fault = self._decode(line)
        body = text.rstrip("\r\n").lstrip("\ufeff")
        if '"' not in body:
            cells = body.split(self.dialect.delimiter)
        elif (quoted := self._split(body)) is not None:
            cells = quoted
        elif self.dialect.closed(body):
            cells = self.dialect.cells(body)
        elif self.dialect.opened(body):
            alone = Record(first, first, offset, len(line), text, [], Code.QUOTE_UNCLOSED)
            return self._several_lines(alone, fault)
        else:
            alone = Record(first, first, offset, len(line), text, [], fault or Code.QUOTE_STRAY)
            return self._broken(alone, self._left_open(first) if self.dialect.left_open(body) else first)
        if fault is None and (not body.isprintable() or len(body) > self._limits.cell_characters):
            fault = fault_in(cells, self._limits)
        following = ahead[0] if ahead else self._look_ahead(0)
        if isinstance(following, bytes) and following.count(self._sign) < self._width - 1:
            self._doubt_after(first, cells)
        detail = ""
        if fault is None and (len(cells) != self._usual or self._first_name in cells[0]):
            fault, detail = self._misfit(cells)
        # As Record(...) makes it, in half the time: nearly every row passes here.
        return tuple.__new__(  # pyright: ignore[reportUnknownMemberType]
            Record,
            (first, first, offset, len(line), text, cells, fault, detail, None, first <= self._doubted_to),
        )

    def _decode(self, line: bytes) -> tuple[str, Code | None]:
        try:
            return line.decode(self._encoding), None
        except UnicodeDecodeError:
            return line.decode(self._encoding, "surrogateescape"), Code.NOT_TEXT

    def _body(self, line: Line) -> str:
        """Return the text of a line, without mark and end; of a long one whether it has an odd quote."""
        return '"' * (line.quotes % 2) if isinstance(line, LongLine) else body_of(self._decode(line)[0])

    def _several_lines(self, alone: Record, fault: Code | None) -> Record:
        limits, texts, read, held = self._limits, [alone.text or ""], 0, 0
        kept = alone.text is not None
        while (following := self._look_ahead(read)) is not None:
            read += 1
            if isinstance(following, bytes):
                held += len(following)
                text, damage = self._decode(following)
                fault = fault or damage
                texts.append(text)
                body = text.rstrip("\r\n")
                ends = not self.dialect.continues(body)
                if ends and not self.dialect.ends(body):
                    break
            else:
                kept = False
                ends = following.quotes % 2 == 1 and not self._mostly_rows(texts)
            if ends:
                if record := self._closed(alone, texts, fault) if kept else self._over_limit(alone, read):
                    return record
                break
            if read == limits.lines or held > limits.record_bytes:
                if self._width and not self._mostly_rows(texts):
                    return self._read_to_its_end(alone)
                if not self._width or held > limits.record_bytes:
                    break
        return self._broken(alone, alone.first + read)

    def _mostly_rows(self, texts: list[str]) -> bool:
        missing = [self._width - 1 - text.count(self.dialect.delimiter) for text in texts[1:] if text.strip()]
        return 2 * sum(number == 0 or (self._pads and number > 0) for number in missing) > len(missing)

    def _closed(self, alone: Record, texts: list[str], fault: Code | None) -> Record | None:
        """Return the record of *texts*; None if its quotes fit only because one swallowed rows."""
        first, last, offset, whole = alone.first, alone.last + len(texts) - 1, alone.offset, "".join(texts)
        cells = self._split(body_of(whole)) or self.dialect.cells(body_of(whole))
        fits = self._fits(cells)
        if not fits and any(map(self._is_row, texts[1:])):
            return None
        length = self._skip(len(texts) - 1) - offset
        self._doubt_after(first, cells)
        doubtful, detail = first <= self._doubted_to, ""
        if len(texts) > self._limits.lines or length > self._limits.record_bytes:
            return Record(first, last, offset, length, None, [], Code.RECORD_TOO_LONG, doubtful=doubtful)
        fault = fault or fault_in(cells, self._limits) or (self._rows_inside(cells, texts) if fits else None)
        if fault is None:
            fault, detail = self._misfit(cells)
        return Record(first, last, offset, length, whole, cells, fault, detail, doubtful=doubtful)

    def _skip(self, lines: int) -> int:
        self.bytes_read += sum(len(self._ahead.popleft()) for _ in range(lines))
        self.lines_read += lines
        return self.bytes_read

    def _over_limit(self, record: Record, lines: int) -> Record:
        return record._replace(
            last=record.last + lines,
            length=self._skip(lines) - record.offset,
            text=None,
            fault=Code.RECORD_TOO_LONG,
            doubtful=record.first <= self._doubted_to,
        )

    def _read_to_its_end(self, alone: Record) -> Record:
        while (line := self._look_ahead(0)) is not None:
            body = self._body(line)
            if not self.dialect.ends(body) and not self.dialect.continues(body):
                break
            alone = self._over_limit(alone, 1)
            if self.dialect.ends(body):
                return alone
        return self._broken(alone._replace(fault=Code.QUOTE_UNCLOSED), alone.last + (line is not None))

    def _broken(self, record: Record, last: int) -> Record:
        """Return a record that cannot be split; the lines to *last* may belong to it and are doubtful."""
        first = record.last + 1
        if self._tail[1] == record.first:
            first, last = self._tail[0], last if last > record.last else record.first - 1
        doubtful = record.first <= self._doubted_to
        self._doubted_to = max(self._doubted_to, last)
        return record._replace(lines_to_recheck=(first, last) if first <= last else None, doubtful=doubtful)

    def _left_open(self, first: int) -> int:
        """Return the last line that may belong to a cell which line *first* leaves open."""
        if first < self._doubted_to:
            return self._doubted_to
        for line in self._within_limits():
            first += 1
            if isinstance(line, bytes) and not self.dialect.continues(self._body(line)):
                break
        return first

    def _doubt_after(self, first: int, cells: list[str]) -> None:
        """Mark a row as doubtful if the lines after it, which are not rows, end a cell that none of them opened."""
        if self.lines_read < self._searched_to or not self._fits(cells):
            return
        last = self.lines_read
        for line in self._within_limits():
            if not isinstance(line, bytes) or line.count(self._sign) >= self._width - 1:
                break
            last += 1
            if b'"' in line:
                if self.dialect.ends(self._body(line)):
                    self._tail = (first, last)
                    self._doubted_to = max(self._doubted_to, last - 1)
                break
        self._searched_to = last

    def _within_limits(self) -> Iterator[Line]:
        held = 0
        for index in range(self._limits.lines):
            line = self._look_ahead(index) if held <= self._limits.record_bytes else None
            if line is None:
                return
            held += len(line) if isinstance(line, bytes) else 0
            yield line

    def _look_ahead(self, index: int) -> Line | None:
        if index < len(self._ahead):
            return self._ahead[index]
        line = next(self._lines, None)
        if line is not None:
            self._ahead.append(line)
        return line

    def _misfit(self, cells: list[str]) -> tuple[Code | None, str]:
        # The first name is looked for where it could be, before the rest is compared.
        if self._width and self._first_name in cells[0] and self.header.repeated_by(cells):
            return Code.HEADER_REPEATED, ""
        if self._fits(cells) or not self._width or not any(map(str.strip, cells)):
            return None, ""
        count = len(cells)
        if count == 1 and self._is_row(cells[0]):
            return Code.ROW_IN_QUOTES, ""
        if count == self._width:
            return Code.CELLS_EXTRA, f"the row has text in {count} cells, the header has {self._named} names"
        code = Code.CELLS_MISSING if count < self._width else Code.CELLS_EXTRA
        return code, f"the row has {count} cells, {self._whose} {self._width}"

    def _fits(self, cells: list[str]) -> bool:
        if len(cells) != self._width and self._width and not (self._pads and len(cells) < self._width):
            return False
        return not any(map(str.strip, cells[self._named :]))

    def _is_row(self, text: str) -> bool:
        body = body_of(text)
        return bool(self.dialect.closed(body)) and len(self.dialect.cells(body)) == self._width

    def _rows_inside(self, cells: list[str], texts: list[str]) -> Code | None:
        """Return the fault of a record whose further lines are, or look like, rows of the file."""
        needed, sign = self._width - 1, self.dialect.delimiter
        counts = [text.count(sign) for text in texts[1:]]
        if max(counts) < needed or not self._width:
            return None
        keys = self._keys or [index for index, cell in enumerate(cells) if are_keys([cell])]
        for text, count in zip(texts[1:], counts, strict=True):
            inside = text.partition('"')[0].split(sign)
            if count >= needed and are_keys(inside[index] for index in keys if index < len(inside)):
                return Code.ROWS_SWALLOWED
        same = counts.count(needed) if needed else 0
        if same > _BY_CHANCE and 4 * same > 3 * sum(map(bool, map(str.strip, texts[1:]))):
            return Code.ROWS_SWALLOWED
        return Code.ROWS_IN_QUOTES if max(counts) else None
