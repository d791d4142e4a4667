"""What is read of a record, and how its text is split into cells."""

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Final, NamedTuple, final

from attrs import frozen

from leadqual.intake.codes import Code

DELIMITERS: Final = (",", ";", "\t", "|")
CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_KEY: Final = re.compile(r"[^\s@]+@[^\s@]+|(?=\S*[0-9])\S+|[0-9+ ().-]{7,}")
"""What a cell of prose seldom is: an address, a number, a code, a date."""


class Record(NamedTuple):
    """Hold what was read of one record, before anybody asks what it means.

    Attributes:
        first: Its first line, from 1.
        last: Its last line.
        offset: The number of bytes before it.
        length: The number of its bytes.
        text: Its text with all line ends; None where it was too long to be kept.
        cells: Its cells; empty if they could not be told.
        fault: Why it cannot be used, or a warning; None if it can.
        aside: The first and the last of the lines that may belong to it and were read on their own.
        doubtful: Whether it is read from such lines of another record.
    """

    first: int
    last: int
    offset: int
    length: int
    text: str | None
    cells: list[str]
    fault: Code | None = None
    aside: tuple[int, int] | None = None
    doubtful: bool = False

    @property
    def usable(self) -> bool:
        """Return whether it could be split, and nothing but its cells is left to judge."""
        return self.fault is None or self.fault is Code.ROWS_IN_QUOTES

    @property
    def blank(self) -> bool:
        """Return whether there is nothing but white space in it."""
        return self.usable and not any(map(str.strip, self.cells))


@final
@frozen
class Shape:
    """Split lines at one delimiter.

    Attributes:
        delimiter: The character between two cells.
        closed: Matches what is a whole record.
        opened: Matches a line that ends inside a quoted cell.
        goes_on: Matches a line that begins and ends inside a quoted cell.
        ends: Matches a line that begins inside a quoted cell and ends the record.
        left_open: Finds a quote that opens a cell and is not closed, in a line with a stray one.
    """

    delimiter: str
    closed: Callable[[str], object]
    opened: Callable[[str], object]
    goes_on: Callable[[str], object]
    ends: Callable[[str], object]
    left_open: Callable[[str], object]
    _each_cell: Callable[[str], list[tuple[str, str]]]

    def quoted_cells(self, body: str) -> list[str] | None:
        """Return the cells of a record in which all are quoted and none holds a quote; None for any other."""
        cells = body[1:-1].split(f'"{self.delimiter}"')
        whole = body.startswith('"') and body.endswith('"') and body.count('"') == 2 * len(cells)
        return cells if whole else None

    def cells(self, body: str) -> list[str]:
        """Return the cells of a record that is `closed`."""
        if '"' not in body:
            return body.split(self.delimiter)
        return [
            quoted.replace('""', '"') if quoted else bare
            for quoted, bare in self._each_cell(body + self.delimiter)
        ]


@cache
def shape(delimiter: str) -> Shape:
    """Return what splits lines at *delimiter*."""
    d = re.escape(delimiter)
    inner = r'[^"]*+(?:""[^"]*+)*+'
    end = rf"(?={d}|\Z)"
    cell = rf'(?:"{inner}"{end}|[^"{d}]*+{end})'
    begun = rf'(?:{cell}{d})*+"{inner}\Z'
    return Shape(
        delimiter,
        re.compile(rf"{cell}(?:{d}{cell})*+\Z").match,
        re.compile(begun).match,
        re.compile(rf'{inner}(?:\Z|"{d}{begun})').match,
        re.compile(rf'{inner}"(?:{d}{cell})*+\Z').match,
        re.compile(rf'(?:\A|{d})"{inner}\Z').search,
        re.compile(rf'(?:"({inner})"|([^"{d}]*+)){d}').findall,
    )


def body_of(text: str) -> str:
    """Return a line, or the lines of a record, without mark and end."""
    return text.rstrip("\r\n").lstrip("\ufeff")


def are_keys(cells: Iterable[str]) -> bool:
    """Return whether most cells that are not blank are addresses, numbers, codes or dates."""
    keys = [_KEY.fullmatch(text) is not None for text in map(str.strip, cells) if text]
    return 2 * sum(keys) > len(keys)
