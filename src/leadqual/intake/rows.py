"""What became of the records of a file."""

from typing import final

from attrs import field, frozen

from leadqual.classification.classification import Classification
from leadqual.contacts.contact import Contact
from leadqual.errors import require
from leadqual.history.privacy import shown_by_repr
from leadqual.intake.problems import Problem
from leadqual.serialization import PRIVATE


@final
@frozen
class Accepted:
    """Hold a record that became a contact.

    Attributes:
        record: Its number as a spreadsheet counts rows.
        lines: Its first and its last line.
        contact: The contact.
        verdict: Where the contact stands.
        problems: What is worth a look.
        repeats: The number of the earlier record that was merged with this one; None for a new contact.
    """

    record: int
    lines: tuple[int, int]
    contact: Contact
    verdict: Classification
    problems: tuple[Problem, ...] = ()
    repeats: int | None = None


@final
@shown_by_repr
@frozen
class Rejected:
    """Hold a record that cannot be used, with every reason.

    Attributes:
        record: Its number as a spreadsheet counts rows.
        lines: Its first and its last line.
        problems: Every fault and every warning.
        offset: The number of bytes before it in the file.
        length: The number of its bytes.
        text: The text as it stands in the file; None if it was too long to be kept. Not in the ``repr``.
        cells: The cells, as far as they could be told. Not in the ``repr`` either.
        contact: What could be read of the cells, for its opt-out; None where none could be told.
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
        """Return the text that a problem is about, for whoever may see the data of a person."""
        require("problem", problem, Problem, "one of the row's problems")
        if problem.column is None or problem.column > len(self.cells):
            return self.text
        return self.cells[problem.column - 1]


@final
@frozen
class Blank:
    """Hold a record without any text.

    Attributes:
        record: Its number as a spreadsheet counts rows.
        lines: Its first and its last line.
    """

    record: int
    lines: tuple[int, int]


Row = Accepted | Rejected | Blank
