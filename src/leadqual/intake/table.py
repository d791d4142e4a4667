"""A file as a table: every record as a mapping of its columns to its cells, whatever they mean."""

from typing import final

from attrs import frozen

from leadqual.intake.codes import Code
from leadqual.intake.decoding import FileSource, read_chunks, text_chunks
from leadqual.intake.json_lines import JsonReader
from leadqual.intake.lines import split_lines
from leadqual.intake.opening import delimiter_of, header_of
from leadqual.intake.problems import LIMITS, refuse
from leadqual.intake.records import Record, RecordReader, shape


@final
@frozen
class Table:
    """Hold the records of a file.

    Attributes:
        names: The columns.
        rows: Each record with the first line that it stands on, its cells without white space around.
        skipped: How many records could not be read; `check` says why.
    """

    names: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]
    skipped: int


def read_table(source: FileSource, *, encoding: str | None = None) -> Table:
    """Return the records of a CSV or JSON Lines file.

    Raises:
        FileRefused: If the file has no usable header or is no text.
    """
    chunks = read_chunks(source)
    try:
        found, text = text_chunks(chunks, encoding)
        reader = _begun(RecordReader(split_lines(text, LIMITS.record_bytes), found), found)
        rows: list[tuple[int, dict[str, str]]] = []
        skipped = 0
        for record in reader:
            if record.blank:
                continue
            if record.fault is not None or reader.misfit(record.cells):
                skipped += 1
            else:
                cells = zip(reader.header.names, map(str.strip, record.cells), strict=False)
                rows.append((record.first, dict(cells)))
        return Table(reader.header.names, tuple(rows), skipped)
    finally:
        chunks.close()


def _begun(reader: RecordReader, encoding: str) -> RecordReader | JsonReader:
    """Return what reads the records after the header, which is the first line that says anything."""
    if reader.peek().lstrip("\ufeff \t").startswith("{"):
        return JsonReader(reader.rest(), encoding, LIMITS)
    first: Record | None = None
    while first is None or first.blank:
        reader.shape = shape(delimiter_of(reader.peek()))
        first = next(reader, None)
        if first is None:
            raise refuse(Code.FILE_EMPTY)
    header = header_of(first, 1, reader.delimiter, LIMITS)
    reader.begin(header, pads=False)
    return reader
