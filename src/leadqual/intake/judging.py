"""How a record becomes a row that is accepted, rejected or blank."""

import re
from typing import Final, final

from leadqual.classification import classify
from leadqual.intake.columns import ContactReader
from leadqual.intake.headers import Header
from leadqual.intake.problems import Code, Limits, Problem, Severity
from leadqual.intake.reading import Finding
from leadqual.intake.records import CONTROL, Record, RecordReader
from leadqual.intake.rows import Accepted, Blank, Rejected, Row
from leadqual.policy import Policy

_NO_TEXT: Final = re.compile("[\udc80-\udcff]")
_DAMAGED: Final = re.compile(
    "[\ufffd\x80-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
    "|\u00c3[\u0080-\u00bf\u0192\u201a-\u2122]|\u00e2\u20ac|\u00c2[\u00a0-\u00bf]"
)
# Faults of one cell, after which the others are still worth reading.
_IN_ONE_CELL: Final = frozenset(
    {Code.NOT_TEXT, Code.CONTROL_CHARACTER, Code.CELL_TOO_LONG, Code.ROWS_IN_QUOTES}
)


@final
class Judge:
    """Judge the records of one file."""

    def __init__(
        self, reader: RecordReader, header: Header, columns: ContactReader, policy: Policy, limits: Limits
    ) -> None:
        """Keep what does not depend on the record."""
        self._reader = reader
        self._header = header
        self._columns = columns
        self._policy = policy
        self._limits = limits

    def row(self, record: Record, number: int) -> Row:
        """Return what becomes of a record, which is the file's *number*."""
        lines = (record.first, record.last)
        findings, contact = self._findings(record), None
        if not findings or findings[0].code in _IN_ONE_CELL:
            if record.blank:
                return Blank(number, lines)
            contact, found = self._columns.read(record.cells)
            findings += found
            if record.text is not None and not record.text.isascii() and _DAMAGED.search(record.text):
                findings += self._damaged(record.cells)
        findings.sort(key=_in_order)
        problems = tuple(self._problem(finding, record, number) for finding in findings)
        if contact is None or any(problem.severity is Severity.ERROR for problem in problems):
            return Rejected(
                number, lines, problems, record.offset, record.length, record.text, tuple(record.cells)
            )
        verdict = classify(contact.evidence, self._policy)
        if contact.claimed_stage is not None and contact.claimed_stage not in verdict.reached:
            column = self._columns.claim_column
            problems += (self._problem(Finding(Code.CLAIM_UNPROVED, column), record, number),)
        return Accepted(number, lines, contact, verdict, problems)

    def _findings(self, record: Record) -> list[Finding]:
        """Return what is wrong with a record before its cells are read."""
        fault, cells = record.fault, record.cells
        if fault is Code.QUOTE_UNCLOSED and record.aside:
            first, last = record.first + 1, record.first + record.aside
            lines = f"line {first} was" if first == last else f"lines {first} to {last} were"
            return [Finding(fault, None, f"{fault.meaning}; {lines} read on their own, look at them too")]
        if fault is not None:
            return [Finding(fault, self._place(fault, cells))]
        if record.blank or self._reader.fits(cells):
            return [Finding(Code.HEADER_REPEATED)] if self._header.repeated_by(cells) else []
        if len(cells) == 1 and self._unwrapped(cells[0]):
            return [Finding(Code.ROW_IN_QUOTES)]
        missing = len(self._header.names) - len(cells)
        code = Code.CELLS_MISSING if missing > 0 else Code.CELLS_EXTRA
        return [
            Finding(code, None, f"the row has {len(cells)} cells, the header has {len(self._header.names)}")
        ]

    def _unwrapped(self, cell: str) -> bool:
        """Return whether a cell is a whole row."""
        return (
            bool(self._reader.shape.closed(cell))
            and len(self._reader.shape.cells(cell)) == self._reader.width
        )

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

    def _problem(self, finding: Finding, record: Record, number: int) -> Problem:
        code, column = finding.code, finding.column
        breaks = 0 if column is None or record.first == record.last else _line_ends(record.cells[:column])
        names = self._header.names
        return Problem(
            code=code,
            message=finding.message or code.meaning,
            record=number,
            line=record.first + breaks,
            column=None if column is None else column + 1,
            header=names[column] if column is not None and column < len(names) else None,
            repair=record.cells[0] if code is Code.ROW_IN_QUOTES else None,
        )


def _in_order(finding: Finding) -> int:
    return -1 if finding.column is None else finding.column


def _line_ends(cells: list[str]) -> int:
    return sum(len(cell.encode("utf-8", "surrogateescape").splitlines()) - 1 for cell in cells if cell)
