"""A record as read from a file, and the patterns that split its text into cells."""

import csv
import re
from collections.abc import Callable, Collection, Iterable
from functools import cache
from itertools import repeat
from typing import Final, NamedTuple, final

from attrs import frozen

from leadqual.intake.codes import Code
from leadqual.intake.problems import Limits

DELIMITERS: Final = (",", ";", "\t", "|")
CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
SURROGATE: Final = re.compile("[\ud800-\udfff]")
# What a cell of prose seldom is: an address, a number, a code, a date.
_KEY: Final = re.compile(r"[^\s@]+@[^\s@]+|(?=\S*[0-9])\S+|[0-9+ ().-]{7,}")


class Record(NamedTuple):
    """What was read of one record, complete with its fault; its meaning is not judged yet."""

    first: int
    last: int
    offset: int
    length: int
    text: str | None  # with all line ends; None where it was too long to be kept
    cells: list[str]  # empty if the record cannot be split
    fault: Code | None = None  # why it cannot be used, or a warning
    detail: str = ""  # the fault in words, where they differ from its meaning
    lines_to_recheck: tuple[int, int] | None = None  # lines that may belong to it and were read on their own
    doubtful: bool = False  # whether it is read from such lines of another record

    @property
    def usable(self) -> bool:
        return self.fault is None or self.fault is Code.ROWS_IN_QUOTES

    @property
    def blank(self) -> bool:
        return not any(map(str.strip, self.cells)) and self.usable


@final
class Uncomputed(str):
    """The text of a cell that has no value: an error, or a formula without a result."""

    __slots__ = ()


@final
@frozen
class Dialect:
    delimiter: str
    closed: Callable[[str], object]  # matches a whole record
    opened: Callable[[str], object]  # matches a line that ends inside a quoted cell
    continues: Callable[[str], object]  # matches a line that begins and ends inside a quoted cell
    ends: Callable[[str], object]  # matches a line that begins inside a quoted cell and ends the record
    left_open: Callable[[str], object]  # finds an unclosed quote at a cell's start in a line with a stray one
    _each_cell: Callable[[str], list[tuple[str, str]]]

    def strict_splitter(self) -> Callable[[str], list[str] | None]:
        """Return what splits a record by `csv`, which is faster; it gives None where `cells` may differ."""
        bodies: list[str] = []
        rows = csv.reader(map(bodies.pop, repeat(-1)), delimiter=self.delimiter, strict=True)

        def split(body: str) -> list[str] | None:
            bodies.append(body)
            try:
                cells = next(rows)
            except (csv.Error, IndexError):  # the latter where a quoted cell goes on
                return None
            inside = "".join(cells).count('"')
            # They were all doubled, unless one was stray in a cell without quotes around it.
            return cells if not inside or body.count('"') == 2 * (len(cells) + inside) else None

        return split

    def cells(self, body: str) -> list[str]:
        if '"' not in body:
            return body.split(self.delimiter)
        found = self._each_cell(body + self.delimiter)
        return [quoted.replace('""', '"') if quoted else bare for quoted, bare in found]


@cache
def dialect(delimiter: str, *, padded: bool = False) -> Dialect:
    """Return what splits at a delimiter; where it is *padded*, blanks may stand before a quoted cell."""
    d, quote = re.escape(delimiter), ' *+"' if padded else '"'
    inner = r'[^"]*+(?:""[^"]*+)*+'
    end = rf"(?={d}|\Z)"
    cell = rf'(?:{quote}{inner}"{end}|[^"{d}]*+{end})'
    begun = rf"(?:{cell}{d})*+{quote}{inner}\Z"
    return Dialect(
        delimiter,
        re.compile(rf"{cell}(?:{d}{cell})*+\Z").match,
        re.compile(begun).match,
        re.compile(rf'{inner}(?:\Z|"{d}{begun})').match,
        re.compile(rf'{inner}"(?:{d}{cell})*+\Z').match,
        re.compile(rf"(?:\A|{d}){quote}{inner}\Z").search,
        re.compile(rf'(?:{quote}({inner})"|([^"{d}]*+)){d}').findall,
    )


def fault_in(cells: Collection[str], limits: Limits) -> Code | None:
    text, most = "".join(cells), limits.cell_characters
    if SURROGATE.search(text):
        return Code.NOT_TEXT
    if CONTROL.search(text):
        return Code.CONTROL_CHARACTER
    return Code.CELL_TOO_LONG if len(text) > most and max(map(len, cells)) > most else None


def body_of(text: str) -> str:
    return text.rstrip("\r\n").lstrip("\ufeff")


def are_keys(cells: Iterable[str]) -> bool:
    """Return whether most cells that are not blank are addresses, numbers, codes or dates."""
    keys = [_KEY.fullmatch(text) is not None for text in map(str.strip, cells) if text]
    return 2 * sum(keys) > len(keys)
