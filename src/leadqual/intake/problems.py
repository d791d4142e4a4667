"""One fault of a lead file at its place, and the limits that some are about."""

from typing import Final, NamedTuple, final

from attrs import Factory, asdict, field, frozen

from leadqual.errors import LeadqualError, WrongValue
from leadqual.history.history import Event, shown_by_repr
from leadqual.intake.codes import Code
from leadqual.serialization.converter import PRIVATE
from leadqual.taxonomy.severity import Severity
from leadqual.taxonomy.stages import Source, Stage


@final
@shown_by_repr
@frozen
class Problem:
    """A problem of a file or of a record, without the data of a person.

    Attributes:
        code: The stable name of the problem.
        message: What is wrong here, in words.
        record: The number of the record as a spreadsheet counts rows, the header being 1; None for a file.
        line: The physical line of the problem, from 1; None for a file.
        column: The number of the column, from 1; None if the problem belongs to no column.
        header: The name of the column; None if the problem belongs to no column.
        repair: What the text should have been where that is certain. It is data of a person, and is
            left out of ``repr``, ``str`` and JSON.
        unit: What the line is: ``line``, ``row`` of a sheet, or ``item`` of a JSON array.
        theirs: The destination's own name for the problem; empty if it has none that is known.
        severity: The severity of the code, or a warning where a demand of a destination is not sure.
    """

    code: Code
    message: str
    record: int | None = None
    line: int | None = None
    column: int | None = None
    header: str | None = None
    repair: str | None = field(default=None, repr=False, metadata={PRIVATE: True})
    unit: str = "line"
    theirs: str = ""
    severity: Severity = field(default=Factory(lambda self: self.code.severity, takes_self=True))

    @property
    def place(self) -> str:
        """Return line and column in words; empty for a file."""
        header = f" ({self.header})" if self.header else ""
        places = ((self.unit, self.line, ""), ("column", self.column, header))
        return ", ".join(f"{kind} {number}{name}" for kind, number, name in places if number is not None)

    def __str__(self) -> str:
        return f"{self.place}: {self.code}: {self.message}".removeprefix(": ")


@final
class FileRefused(LeadqualError, ValueError):
    """Raised for a file that cannot be used at all.

    Attributes:
        problem: The problem, with its code.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem

    def __str__(self) -> str:
        advised = "; " in self.problem.message
        return str(self.problem) if advised else f"{self.problem}; {self.problem.code.remedy}"


def refuse(code: Code, message: str = "") -> FileRefused:
    return FileRefused(Problem(code, message or code.meaning))


def other_format(advice: str) -> FileRefused:
    return refuse(Code.FILE_NOT_TEXT, f"not a lead file: {advice}")


@final
@frozen
class Limits:
    """The longest parts that a file may have; rows and bytes of the whole file have no limit.

    Attributes:
        lines: The physical lines of one record.
        record_bytes: The bytes of one record.
        cell_characters: The characters of one cell.
        columns: The columns of a file.
        unpacked_ratio: How many times larger than the file what it holds packed may be, beyond 16 MiB.
        unpacked_bytes: The bytes of a workbook when it is unpacked.

    Raises:
        WrongValue: If a limit is not a positive whole number.
    """

    lines: int = 1_000
    record_bytes: int = 1_048_576
    cell_characters: int = 65_536
    columns: int = 1_000
    unpacked_ratio: int = 100
    unpacked_bytes: int = 1_073_741_824

    def __attrs_post_init__(self) -> None:
        for name, value in asdict(self).items():
            if type(value) is not int or value < 1:
                raise WrongValue(name, "is not a limit", "give a whole number from 1")


LIMITS: Final = Limits()


class Finding(NamedTuple):
    code: Code
    column: int | None = None
    message: str = ""


class Reading(NamedTuple):
    texts: list[str]
    findings: list[Finding]
    events: list[Event]
    kept: set[int | None]  # the cells whose text the contact keeps, as it was not used as it is
    claims: list[Stage]
    sources: list[Source]

    def note(self, code: Code, column: int | None, message: str = "", *, keep: bool = False) -> None:
        self.findings.append(Finding(code, column, message))
        if keep:
            self.kept.add(column)
