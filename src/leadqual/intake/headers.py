"""The column names of a file, and how its cells are kept from running as formulas.

Output cannot run in a program that splits at the file's own delimiter. Writing and reading are each
other's inverse: a cell that could run, even after apostrophes, gets one more apostrophe.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import count, filterfalse
from typing import Final, Self, final

from attrs import frozen

from leadqual.intake.codes import Code
from leadqual.intake.problems import refuse
from leadqual.systems.layout import NUMBER, OURS
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.vocabulary import normalize

PROBLEMS: Final = f"{OURS}problems"  # the first column of a file of rejected rows
RENAMED: Final = "extra "  # the prefix of a column of another system that has one of our names

# A character that begins a formula, or that a program may strip before one.
LIVE: Final = "[=+\\-@\t\r\n\x00\uff1d\uff0b\uff0d\uff20]"
# Numbers, telephone numbers with ``+`` among them.
HARMLESS: Final = r"[+-]?[0-9]+(?:\.[0-9]+)?"
_LIVE: Final = re.compile(f"'*{LIVE}")
_HARMLESS: Final = re.compile(HARMLESS)


def escape(text: str) -> str:
    """Return *text* as it is written to a file that a spreadsheet may open."""
    return f"'{text}" if _LIVE.match(text) and not _HARMLESS.fullmatch(text) else text


def unescape(text: str) -> str:
    return text[1:] if text.startswith("'") and _LIVE.match(text) else text


@final
@frozen
class Header:
    cells: tuple[str, ...]  # the names as they are written, without white space around them
    last_line: int
    records: int  # how many records a spreadsheet sees down to here
    delimiter: str  # empty for JSON Lines
    width: int  # how many cells the line of names has, with the blank ones at its end that are no columns
    names: tuple[str, ...]  # made distinct: the second "x" is "x (2)", a blank third one "column 3"
    doubled: frozenset[int]  # the indexes of columns whose name had been there before
    titles: tuple[str, ...] = ()  # the lines above, and the names of the sheets of a workbook

    @classmethod
    def of(cls, cells: Sequence[str], last_line: int = 0, records: int = 0, delimiter: str = "") -> Self:
        """Return the header that has *cells*; blank ones at the end are no columns, save for JSON Lines."""
        written = list(map(str.strip, cells))
        while delimiter and written and not written[-1]:
            written.pop()
        if delimiter and any(name.startswith(OURS) for name in written):
            written = list(map(unescape, written))
        taken, seen = set(written), set[str]()
        spare: dict[str, Iterator[int]] = {}
        names: list[str] = []
        doubled: set[int] = set()
        for index, cell in enumerate(written):
            if cell in seen:
                doubled.add(index)
            if cell and cell not in seen:
                seen.add(cell)
                names.append(cell)
                continue
            name = cell or f"column {index + 1}"
            numbers = spare.setdefault(name, count(1))
            numbered = (name if number == 1 else f"{name} ({number})" for number in numbers)
            names.append(next(filterfalse(taken.__contains__, numbered)))
            taken.add(names[-1])
        return cls(
            tuple(written), last_line, records, delimiter, len(cells), tuple(names), frozenset(doubled)
        )

    @cached_property
    def escaped(self) -> bool:
        """Return whether this library wrote the file, so that its cells are kept from running."""
        return bool(self.delimiter) and any(name.startswith(OURS) for name in self.names)

    @cached_property
    def holds_contacts(self) -> bool:
        """Return whether the file contains accepted contacts written by this library."""
        # Another system's file may have been classified; its opt-outs are not in a column of ours.
        return f"{OURS}stage" in self.names and (not self.delimiter or str(Fact.OPTED_OUT) in self.names)

    @cached_property
    def _places(self) -> Mapping[str, tuple[int, ...]]:
        places: dict[str, tuple[int, ...]] = {}
        for index, name in enumerate(self.names):
            key = normalize(self.cells[index] if index in self.doubled else name)
            places[key] = (*places.get(key, ()), index)
        return places

    def repeated_by(self, cells: list[str]) -> bool:
        skipped = int(self.cells[0] == PROBLEMS)
        if min(len(cells), len(self.cells)) <= skipped or cells[skipped].strip() != self.cells[skipped]:
            return False
        return tuple(map(str.strip, cells[skipped : len(self.cells)])) == self.cells[skipped:]

    def is_ours(self, index: int) -> bool:
        return self.names[index].startswith(OURS)

    def find(self, column: str) -> tuple[int, ...]:
        """Return the indexes of a column of this name, exact or else in another case or spacing."""
        if NUMBER not in column:
            near = self._places.get(normalize(column), ())
            return tuple(index for index in near if self.cells[index] == column) or near
        before, _, after = normalize(column).partition(NUMBER)
        match = re.compile(rf"{re.escape(before)}([0-9]+){re.escape(after)}").fullmatch
        found = (match(normalize(name)) for name in self.names)
        return tuple(index for _, index in sorted((int(each[1]), i) for i, each in enumerate(found) if each))

    def find_one(self, column: str) -> tuple[int, ...]:
        """Return what `find` does; refuse two columns of one name that are not numbered."""
        found = self.find(column)
        if len(found) > 1 and NUMBER not in column:
            places = " and ".join(str(index + 1) for index in found)
            message = f"columns {places} have the name that one field is read from: {column}"
            raise refuse(Code.HEADER_AMBIGUOUS, message)
        return found
