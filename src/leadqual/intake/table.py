"""A file as a table: every record as a mapping of its columns to its cells, whatever they mean."""

from typing import final

from attrs import frozen

from leadqual.intake.decoding import FileSource, read_chunks, text_chunks
from leadqual.intake.formulas import unescape
from leadqual.intake.lines import split_lines
from leadqual.intake.opening import open_table
from leadqual.intake.problems import LIMITS


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
        reader = open_table(split_lines(text, LIMITS.record_bytes), found, LIMITS)
        rows: list[tuple[int, dict[str, str]]] = []
        skipped = 0
        for record in reader:
            if record.blank:
                continue
            if not record.usable or reader.misfit(record.cells):
                skipped += 1
            else:
                cells = map(unescape, record.cells) if reader.header.escaped else record.cells
                named = zip(reader.header.names, map(str.strip, cells), strict=False)
                rows.append((record.first, dict(named)))
        return Table(reader.header.names, tuple(rows), skipped)
    finally:
        chunks.close()
