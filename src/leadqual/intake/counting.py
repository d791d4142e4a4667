"""How many records of a file there are of each kind."""

from collections import Counter
from collections.abc import Mapping
from typing import final

from attrs import field, frozen

from leadqual.intake.codes import Code
from leadqual.intake.problems import Problem
from leadqual.intake.rows import Accepted, Blank, Rejected, Row
from leadqual.taxonomy.stages import Qualification, Stage, Standing


@final
@frozen
class Counts:
    """Count what became of a file.

    Attributes:
        lines: The physical lines of the file.
        header_lines: Those of the header.
        accepted_lines: Those of accepted records.
        rejected_lines: Those of rejected records.
        blank_lines: Those of blank records.
        accepted: The accepted records.
        rejected: The rejected records.
        blank: The blank records.
        merged: The accepted records that repeat an earlier one and were merged with it.
        problems: How often each fault was found.
        stages: How many contacts of each stage and qualification.
        standings: How many contacts of each standing.
    """

    lines: int = 0
    header_lines: int = 0
    accepted_lines: int = 0
    rejected_lines: int = 0
    blank_lines: int = 0
    accepted: int = 0
    rejected: int = 0
    blank: int = 0
    merged: int = 0
    problems: Mapping[Code, int] = field(factory=Counter[Code])
    stages: Mapping[tuple[Stage, Qualification], int] = field(factory=Counter[tuple[Stage, Qualification]])
    standings: Mapping[Standing, int] = field(factory=Counter[Standing])

    @property
    def rows(self) -> int:
        """Return the records that hold something: the accepted and the rejected ones."""
        return self.accepted + self.rejected

    @property
    def balanced(self) -> bool:
        """Return whether every line lies in exactly one span; anything else would be our fault."""
        return self.lines == self.header_lines + self.accepted_lines + self.rejected_lines + self.blank_lines


@final
class Tally:
    """Count rows as they come."""

    def __init__(self, header_lines: int, header_problems: tuple[Problem, ...]) -> None:
        self._header_lines = header_lines
        self._lines: dict[type[Row], int] = {Accepted: 0, Rejected: 0, Blank: 0}
        self._records = self._lines.copy()
        self._merged = 0
        self._codes = Counter(problem.code for problem in header_problems)
        self._cells: Counter[tuple[Stage, Qualification]] = Counter()
        self._standings: Counter[Standing] = Counter()

    def add(self, row: Row) -> None:
        """Count a row."""
        kind = type(row)
        self._records[kind] += 1
        self._lines[kind] += row.lines[1] - row.lines[0] + 1
        for problem in () if isinstance(row, Blank) else row.problems:
            self._codes[problem.code] += 1
        if isinstance(row, Accepted):
            if row.repeats is not None:
                self._merged += 1
                return
            verdict = row.verdict
            self._cells[verdict.stage, verdict.qualification] += 1
            self._standings[verdict.standing] += 1

    def counts(self, lines: int) -> Counts:
        """Return what was counted in the first *lines* of the file."""
        return Counts(
            lines=lines,
            header_lines=self._header_lines,
            accepted_lines=self._lines[Accepted],
            rejected_lines=self._lines[Rejected],
            blank_lines=self._lines[Blank],
            accepted=self._records[Accepted],
            rejected=self._records[Rejected],
            blank=self._records[Blank],
            merged=self._merged,
            problems=dict(self._codes),
            stages=dict(self._cells),
            standings=dict(self._standings),
        )
