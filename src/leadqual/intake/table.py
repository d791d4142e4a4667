"""A file as a table: every record as a mapping of its columns to its cells, whatever they mean."""

from typing import final

from attrs import frozen

from leadqual.intake.decoding import FileSource, read_chunks
from leadqual.intake.headers import unescape
from leadqual.intake.opening import open_file
from leadqual.intake.problems import LIMITS, FileRefused
from leadqual.intake.recognition import recognise


@final
@frozen
class Table:
    names: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]  # each with its first line, its cells not escaped
    skipped: int  # how many records could not be read; `check` says why


def read_table(source: FileSource, *, encoding: str | None = None) -> Table:
    """Return the records of a CSV or JSON Lines file, those whose form `check` accepts."""
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
