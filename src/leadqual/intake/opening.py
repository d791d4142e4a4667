"""How a file is opened, down to its header, and read as a table, whatever its columns mean."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple, TypeAlias, TypeVar, cast

from attrs import evolve

from leadqual.errors import WrongValue
from leadqual.intake.codes import Code
from leadqual.intake.decoding import FileSource, SheetChoice, peeked, read_chunks, text_chunks, unpacked
from leadqual.intake.dialects import DELIMITERS, Dialect, Record, dialect
from leadqual.intake.headers import Header, unescape
from leadqual.intake.json_lines import array_items, line_items
from leadqual.intake.lines import split_lines
from leadqual.intake.objects import ObjectReader
from leadqual.intake.problems import LIMITS, FileRefused, Limits, refuse
from leadqual.intake.recognition import Recognition, recognise
from leadqual.intake.records import RecordReader
from leadqual.intake.vcards import card_items
from leadqual.intake.workbooks import SheetReader
from leadqual.taxonomy.vocabulary import counted

R = TypeVar("R", bound=Recognition | None)
Reader: TypeAlias = RecordReader | ObjectReader | SheetReader
"""An iterator over the records of a file, positioned after the header, with the same attributes for all."""

_TopRecord: TypeAlias = tuple[int, Record, str]  # which may be the header: its number, and its delimiter
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
    columns: Sequence[str] = (),
) -> tuple[Reader, R]:
    """Return the reader that the first bytes ask for, and the recognition of the header.

    *recognition_of* refuses a header that has no layout, and returns None where any header will do.
    *columns* are the names where no record holds them.
    """
    head, chunks = unpacked(chunks, limits)
    reader: RecordReader | SheetReader
    objects: ObjectReader | None = None
    top: Iterator[_TopRecord]
    sign = ","
    if head.startswith(_ARCHIVE):
        reader = SheetReader(chunks, sheet, limits)
        top = ((row.first, row, ",") for row in islice(reader, _TOP_RECORDS) if not row.blank)
    else:
        if sheet is not None:
            raise WrongValue("sheet", "is for a workbook, which this file is not", "leave it out")
        found, chunks = text_chunks(chunks, encoding)
        head, chunks = peeked(chunks)
        lines = split_lines(chunks, limits.record_bytes)
        reader = RecordReader(lines, found, limits)
        top = _top_records(reader)
        if _ARRAY.match(head):
            objects = ObjectReader(array_items(chunks, found, limits), limits, "item")
        elif _CARD.match(head):
            objects = ObjectReader(card_items(lines, found, limits), limits, delimiter=sign)
        else:
            first = next(filter(str.strip, map(reader.peek, range(_TOP_RECORDS))), "")
            reader.dialect = _dialect_of(first)
            sign = reader.dialect.delimiter
            if first.lstrip().startswith("{"):
                objects = ObjectReader(line_items(reader.rest(), found), limits)
    if objects:
        if columns:
            raise WrongValue("columns", "are for a file without names, which this one has", "leave them out")
        return objects, recognition_of(objects.header)
    if any(map(str.strip, columns)):
        header = Header.of(columns, delimiter=sign)
        recognition = recognition_of(header)
    else:
        header, recognition = _first_header(top, limits, recognition_of)
    pads = recognition is not None and recognition.layout.pads
    reader.begin(evolve(header, titles=reader.titles + header.titles), pads=pads)
    return reader, recognition


def _first_header(
    top: Iterator[_TopRecord], limits: Limits, recognition_of: Callable[[Header], R]
) -> tuple[Header, R]:
    """Return the first record that is a header, and its recognition.

    Lines above it are a title where the layout expects one, or where they hold no address and at most half
    as many cells.
    """
    refusal, widest, titles = None, 0, list[str]()
    for number, record, delimiter in top:
        try:
            header = _header_of(record, number, delimiter, limits)
            recognition = recognition_of(header)
        except FileRefused as error:
            refusal = refusal or error
            text = record.text or " ".join(record.cells) or "@"
            filled = [cell.strip() for cell in record.cells if cell.strip()]
            titles.append(" ".join(filled))
            widest = max(widest, limits.columns if "@" in text else len(filled))
            continue
        known = cast("Recognition | None", recognition)
        narrow = known and len(known.mapped) > 1 and 2 * widest <= len(header.names)
        if refusal is None or narrow or (known and known.layout.preamble):
            return evolve(header, titles=tuple(titles)), recognition
        if refusal.problem.code is Code.LAYOUT_UNKNOWN:
            message = f"the column names are on line {record.first}; remove the lines above it"
            refusal = refuse(Code.HEADER_MISSING, message)
        break
    raise refusal or refuse(Code.FILE_EMPTY)


def _top_records(reader: RecordReader) -> Iterator[_TopRecord]:
    """Yield the records that may be the header, and choose their delimiter."""
    named = ""
    for number in range(1, _TOP_RECORDS + 1):
        line = reader.peek()
        reader.dialect = _dialect_of(line, named)
        record = next(reader, None)
        if record is None:
            return
        if match := _SEPARATOR.fullmatch(line):
            named = match[1]
        elif record.fault or any(map(str.strip, record.cells)):
            yield number, record, reader.dialect.delimiter


def _dialect_of(line: str, named: str = "") -> Dialect:
    padded = {sign: 0 < line.count(sign) == line.count(f"{sign} ") for sign in named or DELIMITERS}
    splits = (dialect(sign, padded=blanks) for sign, blanks in padded.items())

    def count_cells(split: Dialect) -> int:
        whole = f'{line}"' if split.opened(line) else line
        return len(split.cells(whole)) if split.closed(whole) else 0

    return max(splits, key=count_cells)


def _header_of(record: Record, number: int, delimiter: str, limits: Limits) -> Header:
    if record.fault is Code.NOT_TEXT:
        example = "such as 'cp1252' (--encoding cp1252, encoding=\"cp1252\")"
        raise refuse(Code.ENCODING_UNKNOWN, f"the column names are not UTF-8; name the encoding, {example}")
    if record.fault is Code.RECORD_TOO_LONG or len(record.cells) > limits.columns:
        columns = counted(limits.columns, "column")
        raise refuse(Code.LIMIT_EXCEEDED, f"the header has more than {columns} or is too long to be one")
    if record.fault is not None:
        raise refuse(Code.HEADER_BROKEN, f"the line of column names cannot be used: {record.fault.meaning}")
    header = Header.of(record.cells, record.last, number, delimiter)
    if all(len(name) > 1 and name[0] == name[-1] == "'" for name in header.cells):
        raise refuse(Code.HEADER_BROKEN, "the cells stand in apostrophes; put them in double quotes instead")
    for column, name in enumerate(header.names, 1):
        if _PERSONAL.fullmatch(name):
            message = (
                f"column {column} of the first line holds an address or a number where its name should be"
            )
            raise refuse(Code.HEADER_MISSING, message)
    return header


class Table(NamedTuple):
    names: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]  # each with its first line, its cells not escaped
    skipped: int  # how many records could not be read; `check` says why


def read_table(source: FileSource, *, encoding: str | None = None) -> Table:
    data = b"".join(read_chunks(source))
    try:  # by a layout, which may accept more rows, or else as any table
        reader = open_file(iter((data,)), encoding, LIMITS, recognise)[0]
    except FileRefused:
        reader = open_file(iter((data,)), encoding, LIMITS, lambda _: None)[0]
    rows: list[tuple[int, dict[str, str]]] = []
    skipped = 0
    for record in reader:
        if record.usable and not record.blank:
            names = reader.header.names
            cells = map(unescape, record.cells) if reader.header.escaped else record.cells
            rows.append((record.first, dict.fromkeys(names, "") | dict(zip(names, cells, strict=False))))
        skipped += not record.usable
    return Table(reader.header.names, tuple(rows), skipped)
