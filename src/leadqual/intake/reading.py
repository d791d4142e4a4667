"""What is found on the way through the cells of one record."""

from typing import NamedTuple, final

from attrs import Factory, define

from leadqual.history.history import Event
from leadqual.intake.codes import Code


class Finding(NamedTuple):
    """Name a fault of one cell, before it has a place in a file."""

    code: Code
    column: int | None = None
    message: str = ""


@final
@define
class Reading:
    """Collect what is found in one record.

    Attributes:
        texts: The cells without white space around them, blank words made empty.
        findings: What is wrong.
        events: What happened when.
        kept: The indexes of cells whose text the contact must keep, because it was not used as it is.
    """

    texts: list[str]
    findings: list[Finding] = Factory(list[Finding])
    events: list[Event] = Factory(list[Event])
    kept: set[int] = Factory(set[int])

    def note(self, code: Code, column: int | None, message: str = "") -> None:
        """Note a fault."""
        self.findings.append(Finding(code, column, message))

    def note_and_keep(self, code: Code, column: int, message: str = "") -> None:
        """Note a fault, and that the text of its cell must not be lost."""
        self.findings.append(Finding(code, column, message))
        self.kept.add(column)
