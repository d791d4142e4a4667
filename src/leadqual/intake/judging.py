"""How a record becomes a row that is accepted, rejected or blank."""

import re
from collections.abc import Callable
from itertools import accumulate
from typing import Final, final

from attrs import evolve

from leadqual.classification.classification import classify
from leadqual.intake.codes import Code
from leadqual.intake.contact_reader import ContactReader
from leadqual.intake.duplicates import Repeat
from leadqual.intake.headers import Header
from leadqual.intake.json_lines import JsonReader
from leadqual.intake.problems import Limits, Problem
from leadqual.intake.reading import Finding
from leadqual.intake.records import RecordReader
from leadqual.intake.rows import Accepted, Blank, Rejected, Row
from leadqual.intake.shapes import CONTROL, Record
from leadqual.policy.policy import Policy
from leadqual.taxonomy.severity import Severity

_NO_TEXT: Final = re.compile("[\udc80-\udcff]")
_DAMAGED: Final = re.compile(
    "[\ufffd\x80-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
    "|\u00c3[\u0080-\u00bf\u0192\u201a-\u2122]|\u00e2\u20ac|\u00c2[\u00a0-\u00bf]"
)
_ERRORS: Final = frozenset(code for code in Code if code.severity is Severity.ERROR)
# Faults of one cell, after which the others are still worth reading.
_IN_ONE_CELL: Final = frozenset(
    {Code.NOT_TEXT, Code.CONTROL_CHARACTER, Code.CELL_TOO_LONG, Code.ROWS_IN_QUOTES}
)


@final
class Judge:
    """Judge the records of one file."""

    def __init__(
        self,
        reader: RecordReader | JsonReader,
        columns_of: Callable[[Header], ContactReader],
        policy: Policy,
        limits: Limits,
    ) -> None:
        self._reader = reader
        self._header = reader.header
        self._columns_of = columns_of
        self._columns = columns_of(reader.header)
        self._policy = policy
        self._limits = limits

    def row(self, record: Record, number: int) -> Row:
        """Return what becomes of a record, which is the file's *number*."""
        lines = (record.first, record.last)
        if record.blank:
            return Blank(number, lines)
        late = range(0)
        if self._header is not self._reader.header:
            late = range(len(self._header.names), len(self._reader.header.names))
            self._header = self._reader.header
            self._columns = self._columns_of(self._header)
        found, contact = self._broken(record), None
        findings = [Finding(Code.COLUMN_LATE, index) for index in late if not self._header.is_ours(index)]
        findings += [] if found is None else [found]
        if record.doubtful:
            findings.append(Finding(Code.READ_AFTER_DAMAGE))
        if found is None or (found.code in _IN_ONE_CELL and record.cells):
            contact, in_cells = self._columns.read(record.cells)
            findings += in_cells
            if record.text is not None and not record.text.isascii() and _DAMAGED.search(record.text):
                findings += self._damaged(record.cells)
        problems: tuple[Problem, ...] = ()
        if findings:
            findings.sort(key=_in_order)
            problems = self._problems(findings, record, number)
        if contact is None or (problems and any(problem.code in _ERRORS for problem in problems)):
            cells = tuple(record.cells)
            return Rejected(
                number, lines, problems, record.offset, record.length, record.text, cells, contact
            )
        verdict = classify(contact if contact.history.events else contact.evidence, self._policy)
        if contact.claimed_stage is not None and contact.claimed_stage not in verdict.reached:
            column = self._columns.column_of("claimed_stage")
            problems += self._problems([Finding(Code.CLAIM_UNPROVED, column)], record, number)
        return Accepted(number, lines, contact, verdict, problems)

    @property
    def extra_columns(self) -> tuple[str, ...]:
        """Return the columns that extra values may come from."""
        return self._columns.extra_columns

    def with_repeats(self, row: Accepted, repeats: tuple[Repeat, ...]) -> Accepted:
        """Return the row with the earlier ones that it repeats among its problems."""
        found = (repeat.finding(self._columns.column_of(repeat.field)) for repeat in repeats)
        problems = (self._placed(finding, row.record, row.lines[0]) for finding in found)
        return evolve(row, problems=(*row.problems, *problems))

    def _broken(self, record: Record) -> Finding | None:
        """Return what is wrong with a record before its cells are read."""
        fault, cells = record.fault, record.cells
        if fault is not None and record.aside:
            first, last = record.aside
            told = f"lines {first} to {last} were read on their own, look at them too"
            if first == last:
                told = f"line {first} was read on its own, look at it too"
            return Finding(fault, None, f"{fault.meaning}; {told}")
        if fault is not None:
            return Finding(fault, self._place(fault, cells))
        misfit = self._reader.misfit(cells)
        return Finding(misfit[0], None, misfit[1]) if misfit else None

    def _place(self, fault: Code, cells: list[str]) -> int | None:
        """Return the column that a fault of the text lies in."""
        for index, cell in enumerate(cells):
            if (
                (fault is Code.NOT_TEXT and _NO_TEXT.search(cell))
                or (fault is Code.CONTROL_CHARACTER and CONTROL.search(cell))
                or (fault is Code.CELL_TOO_LONG and len(cell) > self._limits.cell_characters)
            ):
                return index
        return None

    def _damaged(self, cells: list[str]) -> list[Finding]:
        return [
            Finding(Code.TEXT_DAMAGED, index) for index, cell in enumerate(cells) if _DAMAGED.search(cell)
        ]

    def _problems(self, findings: list[Finding], record: Record, number: int) -> tuple[Problem, ...]:
        several = record.cells[:-1] if record.last > record.first else []
        begins = list(accumulate(map(_line_ends, several), initial=record.first))
        problems: list[Problem] = []
        for finding in findings:
            line = record.first if finding.column is None else begins[min(finding.column, len(begins) - 1)]
            problem = self._placed(finding, number, line)
            if finding.code is Code.ROW_IN_QUOTES:
                problem = evolve(problem, repair=record.cells[0])
            problems.append(problem)
        return tuple(problems)

    def _placed(self, finding: Finding, number: int, line: int) -> Problem:
        column, names = finding.column, self._header.names
        return Problem(
            code=finding.code,
            message=finding.message or finding.code.meaning,
            record=number,
            line=line,
            column=None if column is None else column + 1,
            header=names[column] if column is not None and column < len(names) else None,
        )


def _in_order(finding: Finding) -> int:
    return -1 if finding.column is None else finding.column


def _line_ends(cell: str) -> int:
    return max(len(cell.encode("utf-8", "surrogateescape").splitlines()) - 1, 0)
