"""How a file is opened, down to its header."""

import re
from collections.abc import Iterator
from contextlib import closing
from typing import Final

from leadqual.intake.codes import Code
from leadqual.intake.decoding import FileSource, read_chunks, text_chunks
from leadqual.intake.headers import Header
from leadqual.intake.json_lines import JsonReader
from leadqual.intake.layout_file import LAYOUTS
from leadqual.intake.layouts import Layout
from leadqual.intake.lines import Line, split_lines
from leadqual.intake.problems import LIMITS, FileRefused, Limits, refuse
from leadqual.intake.recognition import Recognition, map_columns, recognise
from leadqual.intake.records import RecordReader
from leadqual.intake.shapes import DELIMITERS, Record, shape
from leadqual.taxonomy.vocabulary import counted

_TOP_RECORDS: Final = 20
_SEPARATOR: Final = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_PERSONAL: Final = re.compile(
    r".*[^@\s]@[^@\s]+\.[^@\s].*|(?:'|p:)?\+?[0-9 ().-]{7,}"
    r"|[0-9][0-9.,:/-]*(?:[ T][0-9:.]+(?:Z|[+-][0-9:]+)?)?",
    re.DOTALL,
)


def open_records(
    lines: Iterator[Line], encoding: str, chosen: Layout | None, limits: Limits
) -> tuple[RecordReader | JsonReader, Recognition]:
    """Return what reads the records after the header, and what the header tells.

    Raises:
        FileRefused: If there is no usable header, or no layout can be told.
    """
    reader = RecordReader(lines, encoding, limits)
    if _is_json(reader):
        json_reader = JsonReader(reader.rest(), encoding, limits)
        header = json_reader.header
        return json_reader, map_columns(header, chosen) if chosen else recognise(
            header, list(LAYOUTS.values())
        )
    header, recognition = _find_header(reader, chosen, limits)
    reader.begin(header, pads=recognition.layout.pads)
    return reader, recognition


def read_header(source: FileSource, *, encoding: str | None = None, limits: Limits = LIMITS) -> Header:
    """Return the column names of a file, whatever its layout.

    Raises:
        FileRefused: If there is no usable header.
    """
    with closing(read_chunks(source)) as chunks:
        found, text = text_chunks(chunks, encoding)
        return open_table(split_lines(text, limits.record_bytes), found, limits).header


def open_table(lines: Iterator[Line], encoding: str, limits: Limits) -> RecordReader | JsonReader:
    """Return what reads the records after the header, whatever its layout.

    Raises:
        FileRefused: If there is no usable header.
    """
    reader = RecordReader(lines, encoding, limits)
    if _is_json(reader):
        return JsonReader(reader.rest(), encoding, limits)
    for number, record in _top_records(reader):
        reader.begin(_header_of(record, number, reader.delimiter, limits), pads=False)
        return reader
    raise refuse(Code.FILE_EMPTY)


def _is_json(reader: RecordReader) -> bool:
    lines = (reader.peek(index).strip() for index in range(_TOP_RECORDS))
    return next(filter(None, lines), "").startswith("{")


def _find_header(reader: RecordReader, chosen: Layout | None, limits: Limits) -> tuple[Header, Recognition]:
    """Read the header, and tell the layout by it unless one was *chosen*.

    Raises:
        FileRefused: If there is no usable header, or no layout can be told.
    """
    refusal = None
    for number, record in _top_records(reader):
        try:
            header = _header_of(record, number, reader.delimiter, limits)
            recognition = map_columns(header, chosen) if chosen else recognise(header, list(LAYOUTS.values()))
        except FileRefused as error:
            refusal = refusal or error
            continue
        if refusal is None or recognition.layout.preamble:
            return header, recognition
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
        reader.shape = shape(named or _delimiter_of(line))
        record = next(reader, None)
        if record is None:
            return
        match = _SEPARATOR.fullmatch(line)
        if match:
            named = match[1]
        elif record.fault or any(map(str.strip, record.cells)):
            yield number, record


def _delimiter_of(line: str) -> str:
    """Return the delimiter that gives the line most cells."""
    counts = {delimiter: _count(line, delimiter) for delimiter in DELIMITERS}
    return max(DELIMITERS, key=counts.__getitem__)


def _count(body: str, delimiter: str) -> int:
    split = shape(delimiter)
    if split.opened(body):
        body += '"'
    return len(split.cells(body)) if split.closed(body) else 0


def _header_of(record: Record, number: int, delimiter: str, limits: Limits) -> Header:
    """Return the header that a record is.

    Raises:
        FileRefused: If it cannot be split, is no text, is too wide, or is a person's data.
    """
    if record.fault is Code.NOT_TEXT:
        raise refuse(
            Code.ENCODING_UNKNOWN,
            "the column names are no UTF-8; name the encoding, such as 'cp1252' "
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
