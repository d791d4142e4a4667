"""How rejected rows are written to a file that is corrected and read again."""

import csv
import json
import re
from contextlib import ExitStack
from typing import Final, final

from leadqual.errors import require
from leadqual.intake.closable import Closable
from leadqual.intake.columns import RAW
from leadqual.intake.dialects import DELIMITERS, dialect
from leadqual.intake.formulas import escape, unescape
from leadqual.intake.headers import PROBLEMS, Header
from leadqual.intake.output import FileTarget, open_target
from leadqual.intake.problems import Problem
from leadqual.intake.rows import Rejected

_TOLD: Final = re.compile(rf'(?:(?<=\{{)|,)\s*"{PROBLEMS}"\s*:\s*')


@final
class RejectsWriter(Closable):
    """Write rejected rows as they were, each with what is wrong in a first column.

    The column is ignored when the corrected file is checked. A row that was wrapped in quotes is
    written as the row it holds. A row whose quotes are broken is split at every delimiter, so that the
    quote stands where it can be removed. CSV begins with a byte order mark, for spreadsheets.
    """

    def __init__(self, target: FileTarget, header: Header) -> None:
        require("header", header, Header, "the header of a report or a run")
        self._opened = ExitStack()
        self._header = header
        self._told = [index for index, name in enumerate(header.cells) if name == PROBLEMS][::-1]
        self._file = open_target(target, self._opened, "utf-8-sig" if header.delimiter else "utf-8")
        self._rows = csv.writer(self._file, delimiter=header.delimiter or ",")
        if header.delimiter:
            # A name that holds another delimiter must not make the file look split at that one.
            if any(sign in name for name in header.cells for sign in DELIMITERS):
                self._rows = csv.writer(self._file, delimiter=header.delimiter, quoting=csv.QUOTE_ALL)
            self._write(PROBLEMS, [*header.cells, *[""] * (header.width - len(header.cells))])

    def write(self, row: Rejected) -> None:
        """Write one row."""
        require("row", row, Rejected, "a rejected row")
        problems = "; ".join(map(_told, row.problems))
        if self._header.delimiter:
            cells = self._cells(row)
            self._write(problems, list(map(unescape, cells)) if self._header.escaped else cells)
            return
        line = _object_of((row.text or "").strip("\ufeff \t\r\n"))
        rest = line[1:].lstrip()
        told = json.dumps(problems, ensure_ascii=False)
        self._file.write(f'{{"{PROBLEMS}": {told}{"" if rest.startswith("}") else ", "}{rest}\n')

    def _write(self, problems: str, cells: list[str]) -> None:
        for index in self._told:
            del cells[index : index + 1]
        self._rows.writerow(map(escape, (problems, *cells)))

    def _cells(self, row: Rejected) -> list[str]:
        repair = next((problem.repair for problem in row.problems if problem.repair is not None), None)
        if repair is not None:
            return dialect(self._header.delimiter).cells(repair)
        if row.cells or row.text is None:
            return list(row.cells)
        return row.text.rstrip("\r\n").split(self._header.delimiter)

    def close(self) -> None:
        """Close the file, if it was opened here."""
        self._opened.close()


def _object_of(line: str) -> str:
    """Return a line as a JSON object, without what was told of it before."""
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        return f'{{"{RAW}": {json.dumps(line)}}}'
    told = _TOLD.search(line) if PROBLEMS in values else None
    if told is None:
        return line
    _, end = json.JSONDecoder().raw_decode(line, told.end())
    rest = line[end:].lstrip()
    return line[: told.start()] + (rest if told[0].startswith(",") else rest.removeprefix(",").lstrip())


def _told(problem: Problem) -> str:
    place = f" ({problem.header})" if problem.header else ""
    return f"{problem.code}{place}: {problem.message}"
