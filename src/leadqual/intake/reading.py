"""What is found on the way through the cells of one record."""

from typing import NamedTuple, final

from leadqual.intake.problems import Code


class Finding(NamedTuple):
    """Name a fault of one cell, before it has a place in a file."""

    code: Code
    column: int | None = None
    message: str = ""


@final
class Reading:
    """Collect what is found in one record.

    Attributes:
        texts: The cells without white space around them, blank words made empty.
        findings: What is wrong.
        kept: The indexes of cells whose text the contact must keep, because it was not used as it is.
    """

    __slots__ = ("findings", "kept", "texts")

    def __init__(self, texts: list[str]) -> None:
        """Start with nothing found."""
        self.texts = texts
        self.findings: list[Finding] = []
        self.kept: set[int] = set()

    def note(self, code: Code, column: int | None, message: str = "") -> None:
        """Note a fault, and keep the text of its cell."""
        self.findings.append(Finding(code, column, message))
        if column is not None:
            self.kept.add(column)
