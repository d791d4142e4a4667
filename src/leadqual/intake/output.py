"""How accepted contacts and rejected rows are written to files."""

import csv
import json
import os
import re
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from functools import lru_cache
from io import IOBase, TextIOBase
from pathlib import Path
from typing import Any, Final, Literal, TextIO, final

from leadqual.classification.classification import Classification
from leadqual.contacts.contact import Contact
from leadqual.contacts.record import READERS
from leadqual.errors import WrongType, WrongValue, require, require_items
from leadqual.intake.contact_reader import BOTH, NESTED, RAW
from leadqual.intake.decoding import Closing
from leadqual.intake.dialects import DELIMITERS, dialect
from leadqual.intake.headers import PROBLEMS, RENAMED, Header, escape, unescape
from leadqual.intake.preflight import Preflight
from leadqual.intake.problems import Problem
from leadqual.intake.rows import Rejected, Row
from leadqual.serialization.converter import to_data
from leadqual.systems.crosswalk import VERDICT
from leadqual.systems.layout import OURS
from leadqual.systems.system_file import LAYOUTS
from leadqual.taxonomy.facts import Evidence, Fact
from leadqual.taxonomy.vocabulary import normalize

FileTarget = str | os.PathLike[str] | TextIO
"""Where to write: a path, or a file opened for text in UTF-8 with ``newline=""``."""

_JSON_SUFFIXES: Final = frozenset({".jsonl", ".ndjson"})
_OTHER_SUFFIXES: Final = frozenset({".json", ".ods", ".parquet", ".xls", ".xlsx"})
_ANSWERS: Final = {True: "true", False: "false", None: ""}
_COLUMNS: Final = (*READERS, *map(str, Fact), *(f"{OURS}{word}" for word in (*VERDICT, "reasons")))
_TAKEN: Final = LAYOUTS["plain"].mapped
_LINE_ENDS: Final = re.compile(r"[\r\n]\s*+")
_EARLIER: Final = re.compile(rf'(?:(?<=\{{)|,)\s*"{PROBLEMS}"\s*:\s*')


def _written_name(column: str) -> str:
    """Return a name under which a column of another system is not read as one of ours."""
    name = normalize(column)
    return f"{RENAMED}{column}" if name in _TAKEN or name.startswith((normalize(RENAMED), OURS)) else column


@lru_cache(maxsize=10_000)
def _fact_cells(evidence: Evidence) -> tuple[str, ...]:
    both = evidence.contradictions
    return tuple(BOTH if fact in both else _ANSWERS[evidence.value(fact)] for fact in Fact)


def _verdict_cells(verdict: Classification) -> tuple[str | int, ...]:
    told = (reason for reason in verdict.reasons if reason.facts)
    reasons = (f"{reason.conclusion}: {' and '.join(map(str, reason.facts))}" for reason in told)
    words = map(str, (verdict.stage, verdict.qualification, verdict.standing))
    return (*words, verdict.score, "; ".join(reasons))


def open_target(target: FileTarget, opened: ExitStack, encoding: str = "utf-8") -> TextIO:
    if not isinstance(target, str | os.PathLike):
        if isinstance(target, IOBase) and not isinstance(target, TextIOBase):
            raise WrongType("target", "a file open for text", "a binary one", 'open it with mode "w"')
        if not hasattr(target, "write") or isinstance(target, type):  # pyright: ignore[reportUnnecessaryIsInstance] (callers may not check types)
            raise WrongType("target", "a path or a file open for text", type(target).__name__)
        return target
    if Path(target).suffix.lower() in _OTHER_SUFFIXES:
        reason = "would be written as text, although its name suggests another format"
        raise WrongValue("target", reason, "name it .csv or .jsonl")
    try:
        file = open(target, "w", encoding=encoding, errors="surrogateescape", newline="")  # noqa: PTH123, SIM115 (a path may be a str; the stack closes it)
    except (OSError, ValueError) as error:
        reason = f"cannot be written: {getattr(error, 'strerror', 'the path is not usable')}"
        raise WrongValue("target", reason, "name another file") from None
    return opened.enter_context(file)


@final
class TableWriter:
    """Writer of CSV that is read back exactly and has no cell that runs as a formula."""

    def __init__(self, file: TextIO, names: Sequence[str], delimiter: str = ",") -> None:
        # A name that holds another delimiter must not make the file look split at that one.
        alike = any(sign in name for name in names for sign in DELIMITERS)
        quoting: Literal[0, 1] = csv.QUOTE_ALL if alike else csv.QUOTE_MINIMAL
        self._rows = csv.writer(file, delimiter=delimiter, quoting=quoting)
        self.write(names)

    def write(self, cells: Iterable[str]) -> None:
        self._rows.writerow(map(escape, cells))


class _FileWriter(Closing):
    def __init__(self, target: FileTarget, encoding: str) -> None:
        self._opened = ExitStack()
        self._file = open_target(target, self._opened, encoding)


@final
class ContactsWriter(_FileWriter):
    """Writer of contacts as CSV, or as JSON Lines where the name of the file ends in ``.jsonl``.

    A line has the fields, the facts and, in columns that begin with ``leadqual_``, the classification
    of the contact; then the extra columns. The plain layout reads it back to an equal contact. No cell
    runs as a formula in a program that splits at commas.
    """

    def __init__(self, target: FileTarget, extra_columns: Iterable[str] = ()) -> None:
        require_items("extra_columns", extra_columns, "column names")
        super().__init__(target, "utf-8")
        self._json = isinstance(target, str | os.PathLike) and Path(target).suffix.lower() in _JSON_SUFFIXES
        self._extra = {column: _written_name(column) for column in extra_columns}
        if not self._json:
            self._rows = TableWriter(self._file, (*_COLUMNS, *self._extra.values()))

    def write(self, contact: Contact, verdict: Classification) -> None:
        """Write one contact; CSV has no dates, only the evidence that they add up to."""
        require("contact", contact, Contact, "a Contact")
        require("verdict", verdict, Classification, "what classify answers for the contact")
        evidence = contact.evidence if self._json else verdict.evidence
        fields = [getattr(contact, name) for name in READERS]
        cells = ("" if value is None else str(value) for value in fields)
        own = (*cells, *_fact_cells(evidence), *_verdict_cells(verdict))
        extra = {column: str(value) for column, value in contact.extra}
        if not self._json:
            self._rows.write(map(str, (*own, *(extra.get(column, "") for column in self._extra))))
            return
        values: dict[str, Any] = dict(zip(_COLUMNS, own, strict=True))
        values |= {_written_name(column): value for column, value in extra.items()}
        nested = (name for name in NESTED if getattr(contact, name))
        values |= {f"{OURS}{name}": to_data(getattr(contact, name)) for name in nested}
        filled = {key: value for key, value in values.items() if value not in ("", [])}
        self._file.write(f"{json.dumps(filled, ensure_ascii=False)}\n")


@final
class ImportWriter(Closing):
    """Writer of the files to import into a destination.

    One has the people who may be contacted, in the destination's columns or, if the file is its own
    export, in those of the file, without any for opt-outs. The other has what records an opt-out there,
    also for people whose row was rejected. Rows that are held back are in neither.
    """

    def __init__(self, target: FileTarget, do_not_contact: FileTarget, preflight: Preflight) -> None:
        require("preflight", preflight, Preflight, "that of a check with a destination")
        for each in (target, do_not_contact):
            if isinstance(each, str | os.PathLike) and Path(each).suffix.lower() in _JSON_SUFFIXES:
                raise WrongValue("target", "is written as CSV for a destination", "name it .csv")
        self._preflight, files = preflight, preflight.files
        with ExitStack() as opened:
            ready = TableWriter(open_target(target, opened), files.names)
            opted_out = TableWriter(open_target(do_not_contact, opened), files.opt_out_names)
            self._files, self._opened = (ready, opted_out), opened.pop_all()

    def write(self, row: Row) -> None:
        """Write one row to the file that it belongs to."""
        require("row", row, Row, "a row of the check")
        if written := self._preflight.written(row):
            self._files[written[0]].write(written[1])


@final
class RejectsWriter(_FileWriter):
    """Writer of rejected rows as they were, each with its problems in a first column.

    The column is ignored when the corrected file is checked. A row that was wrapped in quotes is
    written as the row it holds. A row whose quotes are broken is split at every delimiter, so that the
    quote can be removed in its cell. CSV begins with a byte order mark, for spreadsheets.
    """

    def __init__(self, target: FileTarget, header: Header) -> None:
        require("header", header, Header, "the header of a report or a run")
        super().__init__(target, "utf-8-sig" if header.delimiter else "utf-8")
        self._header = header
        self._old = {index for index, name in enumerate(header.cells) if name == PROBLEMS}
        if header.delimiter:
            names = [*header.cells, *[""] * (header.width - len(header.cells))]
            self._rows = TableWriter(self._file, self._row(PROBLEMS, names), header.delimiter)

    def write(self, row: Rejected) -> None:
        """Write one row."""
        require("row", row, Rejected, "a rejected row")
        problems = "; ".join(map(_described, row.problems))
        if self._header.delimiter:
            cells = self._cells(row)
            self._rows.write(self._row(problems, map(unescape, cells) if self._header.escaped else cells))
            return
        rest = _object_of((row.text or "").strip("\ufeff \t\r\n"))[1:].lstrip()
        comma = "" if rest.startswith("}") else ", "
        self._file.write(f'{{"{PROBLEMS}": {json.dumps(problems, ensure_ascii=False)}{comma}{rest}\n')

    def _row(self, problems: str, cells: Iterable[str]) -> list[str]:
        return [problems, *(cell for index, cell in enumerate(cells) if index not in self._old)]

    def _cells(self, row: Rejected) -> Sequence[str]:
        for repair in (problem.repair for problem in row.problems if problem.repair is not None):
            return dialect(self._header.delimiter).cells(repair)
        if row.cells or row.text is None:
            return row.cells
        return row.text.rstrip("\r\n").split(self._header.delimiter)


def _object_of(line: str) -> str:
    """Return a line as a JSON object, without the problems of an earlier check."""
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        return f'{{"{RAW}": {json.dumps(line)}}}'
    line = _LINE_ENDS.sub(" ", line)  # of an array's item: inside its texts there are none
    earlier = _EARLIER.search(line) if PROBLEMS in values else None
    if earlier is None:
        return line
    rest = line[json.JSONDecoder().raw_decode(line, earlier.end())[1] :].lstrip()
    return line[: earlier.start()] + (rest if earlier[0].startswith(",") else rest.removeprefix(",").lstrip())


def _described(problem: Problem) -> str:
    place = f" ({problem.header})" if problem.header else ""
    return f"{problem.code}{place}: {problem.message}"
