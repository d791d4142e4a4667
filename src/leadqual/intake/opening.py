"""How a file is opened, down to its header."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice
from typing import Final, Protocol, TypeVar, cast

from leadqual.errors import WrongValue
from leadqual.intake.codes import Code
from leadqual.intake.containers import unpacked
from leadqual.intake.decoding import FileSource, SheetChoice, peeked, read_chunks, text_chunks
from leadqual.intake.dialects import DELIMITERS, Record, dialect
from leadqual.intake.headers import Header
from leadqual.intake.json_lines import array_items, line_items
from leadqual.intake.lines import split_lines
from leadqual.intake.objects import ObjectReader
from leadqual.intake.problems import LIMITS, FileRefused, Limits, refuse
from leadqual.intake.recognition import Recognition
from leadqual.intake.records import RecordReader
from leadqual.intake.vcards import card_items
from leadqual.intake.workbooks import SheetReader
from leadqual.taxonomy.vocabulary import counted

R = TypeVar("R", bound=Recognition | None)


class Reader(Protocol):
    """An iterator over the records of a file, whatever its format, positioned after the header."""

    @property
    def lines_read(self) -> int:
        """Return how many lines, rows or items the records so far took."""
        ...

    @property
    def bytes_read(self) -> int:
        """Return how many bytes of the file they took."""
        ...

    @property
    def header(self) -> Header:
        """Return the column names met so far."""
        ...

    @property
    def unit(self) -> str:
        """Return what the lines of a record are called: ``line``, ``row`` or ``item``."""
        ...

    def __iter__(self) -> Iterator[Record]: ...

    def __next__(self) -> Record: ...


_TOP_RECORDS: Final = 20
_ARCHIVE: Final = (b"PK\x03\x04", b"PK\x05\x06")
_ARRAY: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*\[\s*[{\[\]]")
_CARD: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*BEGIN:VCARD\s", re.IGNORECASE)
_SEPARATOR: Final = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_PERSONAL: Final = re.compile(
    r".*[^@\s]@[^@\s]+\.[^@\s].*|(?:'|p:)?\+?[0-9 ().-]{7,}"
    r"|[0-9][0-9.,:/-]*(?:[ T][0-9:.]+(?:Z|[+-][0-9:]+)?)?",
    re.DOTALL,
)


def open_file(
    chunks: Iterator[bytes],
    encoding: str | None,
    limits: Limits,
    recognition_of: Callable[[Header], R],
    *,
    sheet: SheetChoice = None,
) -> tuple[Reader, R]:
    """Return the reader that the first bytes ask for, and the recognition of the header.

    *recognition_of* refuses a header that has no layout, and returns None where any header will do.
    """
    head, chunks = unpacked(chunks, limits)
    reader: RecordReader | SheetReader
    top: Iterator[tuple[int, Record, str]]
    if head.startswith(_ARCHIVE):
        reader = SheetReader(chunks, sheet, limits)
        top = ((row.first, row, ",") for row in islice(reader, _TOP_RECORDS) if not row.blank)
    else:
        if sheet is not None:
            raise WrongValue("sheet", "is for a workbook, which this file is not", "leave it out")
        found, chunks = text_chunks(chunks, encoding)
        head, chunks = peeked(chunks)
        if _ARRAY.match(head):
            objects = ObjectReader(array_items(chunks, found, limits), limits, "item")
            return objects, recognition_of(objects.header)
        lines = split_lines(chunks, limits.record_bytes)
        if _CARD.match(head):
            objects = ObjectReader(card_items(lines, found, limits), limits, delimiter=",")
            return objects, recognition_of(objects.header)
        reader = RecordReader(lines, found, limits)
        first = (reader.peek(index).strip() for index in range(_TOP_RECORDS))
        if next(filter(None, first), "").startswith("{"):
            objects = ObjectReader(line_items(reader.rest(), found), limits)
            return objects, recognition_of(objects.header)
        top = _top_records(reader)
    header, recognition = _first_header(top, limits, recognition_of)
    known = cast("Recognition | None", recognition)
    reader.begin(header, pads=bool(known and known.layout.pads))
    return reader, recognition


def _first_header(
    top: Iterator[tuple[int, Record, str]], limits: Limits, recognition_of: Callable[[Header], R]
) -> tuple[Header, R]:
    """Return the first record that is a header, and its recognition; refuse lines above that are none."""
    refusal = None
    for number, record, delimiter in top:
        try:
            header = _header_of(record, number, delimiter, limits)
            recognition = recognition_of(header)
        except FileRefused as error:
            refusal = refusal or error
            continue
        known = cast("Recognition | None", recognition)
        if refusal is None or (known and known.layout.preamble):
            return header, recognition
        if refusal.problem.code is Code.LAYOUT_UNKNOWN:
            message = f"the column names stand on line {record.first}; remove the lines above it"
            refusal = refuse(Code.HEADER_MISSING, message)
        break
    raise refusal or refuse(Code.FILE_EMPTY)


def read_header(
    source: FileSource, *, encoding: str | None = None, limits: Limits = LIMITS, sheet: SheetChoice = None
) -> Header:
    """Return the column names of a file, whatever its layout; refuse one without a usable header."""
    with closing(read_chunks(source)) as chunks:
        return open_file(chunks, encoding, limits, lambda _: None, sheet=sheet)[0].header


def _top_records(reader: RecordReader) -> Iterator[tuple[int, Record, str]]:
    """Yield the records that may be the header, each with its number, and choose their delimiter."""
    named = ""
    for number in range(1, _TOP_RECORDS + 1):
        line = reader.peek()
        # The delimiter that gives the line most cells.
        counts = {delimiter: _count(line, delimiter) for delimiter in DELIMITERS}
        reader.dialect = dialect(named or max(DELIMITERS, key=counts.__getitem__))
        record = next(reader, None)
        if record is None:
            return
        match = _SEPARATOR.fullmatch(line)
        if match:
            named = match[1]
        elif record.fault or any(map(str.strip, record.cells)):
            yield number, record, reader.dialect.delimiter


def _count(body: str, delimiter: str) -> int:
    split = dialect(delimiter)
    if split.opened(body):
        body += '"'
    return len(split.cells(body)) if split.closed(body) else 0


def _header_of(record: Record, number: int, delimiter: str, limits: Limits) -> Header:
    """Return the header that a record is; refuse what cannot be split, is too wide, or is a person's data."""
    if record.fault is Code.NOT_TEXT:
        raise refuse(
            Code.ENCODING_UNKNOWN,
            "the column names are not UTF-8; name the encoding, such as 'cp1252' "
            '(--encoding cp1252, encoding="cp1252")',
        )
    if record.fault is Code.RECORD_TOO_LONG or len(record.cells) > limits.columns:
        raise refuse(
            Code.LIMIT_EXCEEDED,
            f"the header has more than {counted(limits.columns, 'column')} or is too long to be one",
        )
    if record.fault is not None:
        raise refuse(Code.HEADER_BROKEN, f"the line of column names cannot be used: {record.fault.meaning}")
    header = Header.of(record.cells, record.last, number, delimiter)
    for index, name in enumerate(header.names):
        if _PERSONAL.fullmatch(name):
            raise refuse(
                Code.HEADER_MISSING,
                f"column {index + 1} of the first line holds an address or a number where its name should be",
            )
    return header
