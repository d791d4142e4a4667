"""How a file is opened, down to its header."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final, TypeVar, cast

from leadqual.intake.codes import Code
from leadqual.intake.decoding import text_chunks
from leadqual.intake.dialects import DELIMITERS, Record, dialect
from leadqual.intake.headers import Header
from leadqual.intake.json_lines import JsonReader
from leadqual.intake.lines import split_lines
from leadqual.intake.problems import FileRefused, Limits, refuse
from leadqual.intake.recognition import Recognition
from leadqual.intake.records import RecordReader
from leadqual.taxonomy.vocabulary import counted

R = TypeVar("R", bound=Recognition | None)

_TOP_RECORDS: Final = 20
_SEPARATOR: Final = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_PERSONAL: Final = re.compile(
    r".*[^@\s]@[^@\s]+\.[^@\s].*|(?:'|p:)?\+?[0-9 ().-]{7,}"
    r"|[0-9][0-9.,:/-]*(?:[ T][0-9:.]+(?:Z|[+-][0-9:]+)?)?",
    re.DOTALL,
)


def open_file(
    chunks: Iterator[bytes], encoding: str | None, limits: Limits, recognition_of: Callable[[Header], R]
) -> tuple[RecordReader | JsonReader, R]:
    """Return the record reader, positioned after the header, and the recognition of the header.

    *recognition_of* refuses a header that has no layout, and returns None where any header will do.
    """
    found, chunks = text_chunks(chunks, encoding)
    reader = RecordReader(split_lines(chunks, limits.record_bytes), found, limits)
    top = (reader.peek(index).strip() for index in range(_TOP_RECORDS))
    if next(filter(None, top), "").startswith("{"):
        json_reader = JsonReader(reader.rest(), found, limits)
        return json_reader, recognition_of(json_reader.header)
    refusal = None
    for number, record in _top_records(reader):
        try:
            header = _header_of(record, number, reader.dialect.delimiter, limits)
            recognition = recognition_of(header)
        except FileRefused as error:
            refusal = refusal or error
            continue
        known = cast("Recognition | None", recognition)
        layout = known.layout if known else None
        if refusal is None or (layout and layout.preamble):
            reader.begin(header, pads=bool(layout and layout.pads))
            return reader, recognition
        if refusal.problem.code is Code.LAYOUT_UNKNOWN:
            message = f"the column names stand on line {record.first}; remove the lines above it"
            refusal = refuse(Code.HEADER_MISSING, message)
        break
    raise refusal or refuse(Code.FILE_EMPTY)


def _top_records(reader: RecordReader) -> Iterator[tuple[int, Record]]:
    """Yield the records that may be the header, each with its number, and choose their delimiter."""
    named = ""
    for number in range(1, _TOP_RECORDS + 1):
        line = reader.peek()
        reader.dialect = dialect(named or max(DELIMITERS, key=partial(_count_cells, line)))
        record = next(reader, None)
        if record is None:
            return
        match = _SEPARATOR.fullmatch(line)
        if match:
            named = match[1]
        elif record.fault or any(map(str.strip, record.cells)):
            yield number, record


def _header_of(record: Record, number: int, delimiter: str, limits: Limits) -> Header:
    """Return a record as a header; refuse one that cannot be split, is too wide, or looks like data."""
    if record.fault is Code.NOT_TEXT:
        example = "such as 'cp1252' (--encoding cp1252, encoding=\"cp1252\")"
        raise refuse(Code.ENCODING_UNKNOWN, f"the column names are not UTF-8; name the encoding, {example}")
    if record.fault is Code.RECORD_TOO_LONG or len(record.cells) > limits.columns:
        columns = counted(limits.columns, "column")
        raise refuse(Code.LIMIT_EXCEEDED, f"the header has more than {columns} or is too long to be one")
    if record.fault is not None:
        raise refuse(Code.HEADER_BROKEN, f"the line of column names cannot be used: {record.fault.meaning}")
    header = Header.of(record.cells, record.last, number, delimiter)
    for column, name in enumerate(header.names, 1):
        if _PERSONAL.fullmatch(name):
            message = (
                f"column {column} of the first line holds an address or a number where its name should be"
            )
            raise refuse(Code.HEADER_MISSING, message)
    return header


def _count_cells(line: str, delimiter: str) -> int:
    split = dialect(delimiter)
    if split.opened(line):
        line += '"'
    return len(split.cells(line)) if split.closed(line) else 0
