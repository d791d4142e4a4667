"""Which column of a file means which field or fact."""

from enum import Enum
from typing import Final, final

from attrs import frozen

from leadqual.facts import Fact
from leadqual.vocabulary import fold

NUMBER: Final = "{n}"
"""What stands for the number in the name of numbered columns, such as ``E-mail {n} - Value``."""


@final
@frozen
class FieldRule:
    """Say from which columns a field is read.

    Attributes:
        columns: The columns; the first that is present and not blank gives the value. A name with
            ``{n}`` stands for all columns with a number in its place.
        joined: The columns whose cells are joined by a space where no other gives a value.
        split: What separates several values in one cell, of which the first is used; empty for none.
        words: For a source or a stage, what each word means; empty where the library's own are used.
        none_of: Words that are known and mean nothing.
    """

    columns: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    split: str = ""
    words: tuple[tuple[str, str], ...] = ()
    none_of: tuple[str, ...] = ()


@final
class Asks(Enum):
    """What a test asks of a cell that is not blank: a closed set."""

    FILLED = "filled"
    YES_NO = "yes_no"
    ANY_OF = "any_of"
    AT_LEAST = "at_least"
    DATE = "date"


@final
@frozen
class CellTest:
    """Say what a cell must hold to establish a fact.

    Attributes:
        column: The column.
        asks: The kind of the test.
        yes: The words that establish the fact; for YES_NO, empty where the library's own are used.
        no: The words that mean no; for ANY_OF, those that deny the fact.
        none_of: Words that are known and say nothing; where there are any, others are reported.
        at_least: The least number that establishes the fact.
        denies: Whether a no denies the fact. An unticked box does not.
        split: What separates several values in one cell; empty for none.
    """

    column: str
    asks: Asks
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    at_least: float = 0
    denies: bool = False
    split: str = ""


@final
@frozen
class Layout:
    """Say how a kind of file is to be read.

    Attributes:
        name: What the layout is called.
        signature: Groups of columns; a file has the layout if it has one column of each group.
        fields: Which columns each field of a contact is read from.
        facts: Which tests establish each fact; one that holds is enough.
        constants: Fields that are the same for the whole file.
        ignored: Columns that are known and not used.
        blank: Words that mean an empty cell.
        dates: ``iso``, or a format as for ``strptime``.
        zone: The time zone of dates without one, such as ``UTC``; empty for none.
        region: The country of telephone numbers without ``+``; empty for none.
        encoding: The encoding where the layout is named and the file has no mark; empty for UTF-8.
        pads: Whether rows with too few cells are read as if they ended in blank ones.
        preamble: Whether the header may come after other lines, within the first 20 records.
    """

    name: str
    signature: tuple[tuple[str, ...], ...] = ()
    fields: tuple[tuple[str, FieldRule], ...] = ()
    facts: tuple[tuple[Fact, tuple[CellTest, ...]], ...] = ()
    constants: tuple[tuple[str, str], ...] = ()
    ignored: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()
    dates: str = "iso"
    zone: str = ""
    region: str = ""
    encoding: str = ""
    pads: bool = False
    preamble: bool = False

    @property
    def mapped(self) -> frozenset[str]:
        """Return the folded names of the columns that are read."""
        return frozenset(fold(column) for column, _ in self.uses)

    @property
    def uses(self) -> tuple[tuple[str, str], ...]:
        """Return each column that is read with the word of the field or fact it is read for."""
        return (
            *((column, name) for name, rule in self.fields for column in rule.columns + rule.joined),
            *((test.column, str(fact)) for fact, tests in self.facts for test in tests),
        )
