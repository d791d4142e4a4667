"""The records of a file, accepted, rejected or blank, and the counts of each kind."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import final

from attrs import field, frozen

from leadqual.classification.classification import Classification
from leadqual.contacts.contact import Contact
from leadqual.errors import require
from leadqual.history.history import shown_by_repr
from leadqual.intake.codes import Code
from leadqual.intake.problems import Problem
from leadqual.serialization.converter import PRIVATE
from leadqual.taxonomy.severity import Severity
from leadqual.taxonomy.stages import Qualification, Stage, Standing


@final
@frozen
class Accepted:
    """A record that became a contact.

    Attributes:
        record: Its number as a spreadsheet counts rows.
        lines: Its first and its last line.
        contact: The contact.
        verdict: Where the contact stands.
        problems: What is worth a look.
        repeats: The number of the earlier record that was merged with this one; None for a new contact.
        held_back: Whether it is not written for the destination.
    """

    record: int
    lines: tuple[int, int]
    contact: Contact
    verdict: Classification
    problems: tuple[Problem, ...] = ()
    repeats: int | None = None
    held_back: bool = False

    def cell(self, problem: Problem) -> str | None:
        """Return the text that a problem is about, which is data of a person, if the contact keeps it."""
        return next((str(value) for name, value in self.contact.extra if name == problem.header), None)


@final
@shown_by_repr
@frozen
class Rejected:
    """A record that cannot be used, with every reason.

    Attributes:
        record: Its number as a spreadsheet counts rows.
        lines: Its first and its last line.
        problems: Every fault and every warning.
        offset: The number of bytes before it in the file; 0 for a row of a sheet.
        length: The number of its bytes; 0 likewise.
        text: The text as it stands in the file; None if it was too long to be kept, or is a row of a
            sheet. Not in the ``repr``.
        cells: The cells, as far as the record could be split. Not in the ``repr`` either.
        contact: What could be read of the cells, for its opt-out; None if nothing could be read.
    """

    record: int
    lines: tuple[int, int]
    problems: tuple[Problem, ...]
    offset: int
    length: int
    text: str | None = field(default=None, repr=False, metadata={PRIVATE: True})
    cells: tuple[str, ...] = field(default=(), repr=False, metadata={PRIVATE: True})
    contact: Contact | None = field(default=None, repr=False, metadata={PRIVATE: True})

    def cell(self, problem: Problem) -> str | None:
        """Return the text that a problem is about, which is data of a person."""
        require("problem", problem, Problem, "one of the row's problems")
        if problem.column is None or problem.column > len(self.cells):
            return self.text
        return self.cells[problem.column - 1]


@final
@frozen
class Blank:
    """A record without any text.

    Attributes:
        record: Its number as a spreadsheet counts rows.
        lines: Its first and its last line.
    """

    record: int
    lines: tuple[int, int]


Row = Accepted | Rejected | Blank


@final
@frozen
class Counts:
    """How many lines and records of a file there are of each kind.

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
        held_back: The accepted records that are not written for the destination.
        problems: How often each fault was found.
        errors: How often each was found as an error.
        stages: How many contacts of each stage and qualification.
        standings: How many contacts of each standing.
        unit: What is counted as lines: ``line``, ``row`` of a sheet, or ``item`` of a JSON array.
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
    held_back: int = 0
    problems: Mapping[Code, int] = field(factory=Counter[Code])
    errors: Mapping[Code, int] = field(factory=Counter[Code])
    stages: Mapping[tuple[Stage, Qualification], int] = field(factory=Counter[tuple[Stage, Qualification]])
    standings: Mapping[Standing, int] = field(factory=Counter[Standing])
    unit: str = "line"

    @property
    def rows(self) -> int:
        """Return the records that hold something: the accepted and the rejected ones."""
        return self.accepted + self.rejected

    @property
    def clear(self) -> bool:
        """Return whether no error was found, in a row or in the file."""
        return not self.errors

    @property
    def ready(self) -> int:
        """Return the accepted records that can be written for the destination."""
        return self.accepted - self.held_back

    def severity(self, code: Code) -> Severity:
        """Return the severity of a code as it was found; an unsure demand of a destination only warns."""
        unsure = code.severity is Severity.ERROR and code not in self.errors
        return Severity.WARNING if unsure else code.severity

    @property
    def balanced(self) -> bool:
        """Return whether every line is counted exactly once; anything else is a defect of this library."""
        return self.lines == self.header_lines + self.accepted_lines + self.rejected_lines + self.blank_lines


@final
class Tally:
    def __init__(self, header_lines: int, header_problems: tuple[Problem, ...], unit: str) -> None:
        self._unit = unit
        self._numbers = Counter(header_lines=header_lines)
        self._problems, self._errors = Counter[Code](), Counter[Code]()
        self._stages, self._standings = Counter[tuple[Stage, Qualification]](), Counter[Standing]()
        self._count(header_problems)

    def add(self, row: Row) -> None:
        kind = type(row).__name__.lower()
        self._numbers[kind] += 1
        self._numbers[f"{kind}_lines"] += row.lines[1] - row.lines[0] + 1
        if not isinstance(row, Blank):
            self._count(row.problems)
        if isinstance(row, Accepted):
            self._numbers["held_back"] += row.held_back
            if row.repeats is not None:
                self._numbers["merged"] += 1
                return
            self._stages[row.verdict.stage, row.verdict.qualification] += 1
            self._standings[row.verdict.standing] += 1

    def _count(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            self._problems[problem.code] += 1
            if problem.severity is Severity.ERROR:
                self._errors[problem.code] += 1

    def counts(self, lines: int, problems: Iterable[Problem] = ()) -> Counts:
        found = tuple(problems)
        errors = Counter(problem.code for problem in found if problem.severity is Severity.ERROR)
        return Counts(
            lines,
            **self._numbers,
            problems=dict(self._problems + Counter(problem.code for problem in found)),
            errors=dict(self._errors + errors),
            stages=dict(self._stages),
            standings=dict(self._standings),
            unit=self._unit,
        )
