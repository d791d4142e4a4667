"""A file as a table: every record as a mapping of its columns to its cells, whatever they mean."""

from collections.abc import Iterator
from typing import final

from attrs import frozen

from leadqual.intake.decoding import FileSource, read_chunks, text_chunks
from leadqual.intake.formulas import unescape
from leadqual.intake.json_lines import JsonReader
from leadqual.intake.lines import Line, split_lines
from leadqual.intake.opening import open_records, open_table
from leadqual.intake.problems import LIMITS, FileRefused
from leadqual.intake.records import RecordReader


@final
@frozen
class Table:
    """Hold the records of a file.

    Attributes:
        names: The columns.
        rows: Each record with the first line that it stands on, its cells as they were before this
            library kept them from running as formulas.
        skipped: How many records could not be read; `check` says why.
    """

    names: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]
    skipped: int


def read_table(source: FileSource, *, encoding: str | None = None) -> Table:
    """Return the records of a CSV or JSON Lines file, those whose shape `check` accepts.

    Raises:
        FileRefused: If the file has no usable header or is no text.
    """
    reader = _opened(b"".join(read_chunks(source)), encoding)
    rows: list[tuple[int, dict[str, str]]] = []
    skipped = 0
    for record in reader:
        if record.blank:
            continue
        if not record.usable or reader.misfit(record.cells):
            skipped += 1
        else:
            names = reader.header.names
            cells = map(unescape, record.cells) if reader.header.escaped else record.cells
            rows.append((record.first, dict.fromkeys(names, "") | dict(zip(names, cells, strict=False))))
    return Table(reader.header.names, tuple(rows), skipped)


def _opened(data: bytes, encoding: str | None) -> RecordReader | JsonReader:
    """Return what reads the records: by a layout, which may accept more rows, or else as any table."""

    def lines() -> tuple[Iterator[Line], str]:
        found, text = text_chunks(iter((data,)), encoding)
        return split_lines(text, LIMITS.record_bytes), found

    try:
        return open_records(*lines(), None, LIMITS)[0]
    except FileRefused:
        return open_table(*lines(), LIMITS)
