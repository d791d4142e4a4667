"""Columns cut into bands: a few ranges or words, each with enough records to learn from."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, Literal, final

from attrs import frozen

from leadqual.contacts.values import day, is_blank, number, truth
from leadqual.scoring.signals import Filled, Number, Order, Scale, Signal, Words, YesNo

Kind = Literal["yes", "filled", "number", "words"]

_FEW: Final = 100  # records of the rarer outcome: below, there are fewer bands, of fewer records each
_SHARE: Final = 0.02  # of the records, which a band needs otherwise


@final
@frozen
class Column:
    """A column as read: its distinct values, sorted, and the index of the value of each row, or -1."""

    name: str
    source: str
    kind: Kind
    order: Order
    levels: tuple[Any, ...]
    cells: tuple[int, ...]


@final
@frozen
class BandedColumn:
    """A column cut into bands: one more than there are cuts; each of the words, and perhaps all others."""

    column: Column
    bands: tuple[int, ...]  # of each level, then of a blank cell: *size*, unknown
    size: int
    cuts: tuple[float, ...] = ()
    words: tuple[str, ...] = ()

    @cached_property
    def codes(self) -> Sequence[int]:
        return tuple(map(self.bands.__getitem__, self.column.cells))

    def signal(self, points: Sequence[int]) -> Signal:
        scale: Scale
        match self.column.kind:
            case "yes":
                scale = YesNo(yes=points[1], no=points[0])
            case "filled":
                scale = Filled(filled=points[1], blank=points[0])
            case "number":
                scale = Number(list(zip(self.cuts, points[1:], strict=False)), points[0], self.column.order)
            case _:
                own = dict(zip(self.words, points, strict=False))
                scale = Words(own, points[len(own)] if self.size > len(own) else 0)
        return Signal(self.column.name, scale, self.column.source)


_NO_KIND: Final = (
    "is neither all yes and no, nor all finite numbers, nor all words; "
    "make its cells one kind, days a number of days, or name it in filled"
)


def read_column(name: str, cells: Sequence[object], order: Order = "") -> Column | str:
    """Return a column of the first kind that all its cells can be read as, or why it has none."""
    known = [(type(cell), cell) for cell in cells if not is_blank(cell)]
    if not known:
        return "is blank in every row; fill it"
    try:
        distinct = list(dict.fromkeys(known))
    except TypeError:  # a cell is not hashable
        return _NO_KIND
    kinds: Iterator[Kind] = (
        kind for kind, read in _KINDS.items() if all(read(cell) is not None for _, cell in distinct)
    )
    kind = next(kinds, None)
    if kind is None or all(day(cell) is not None for _, cell in distinct):
        return _NO_KIND
    values: dict[Any, Any] = {cell: _KINDS[kind](cell[1]) for cell in distinct}
    levels = tuple(sorted(set(values.values())))
    if len(levels) == 1:
        return "has one value in all its filled cells, so nothing can be learned from it; name it in filled"
    places = {level: place for place, level in enumerate(levels)}
    found = (-1 if is_blank(cell) else places[values[type(cell), cell]] for cell in cells)
    return Column(name, name, kind, order, levels, tuple(found))


def _word(cell: object) -> str | None:
    return cell.strip() if isinstance(cell, str) else None


_KINDS: Final[Mapping[Kind, Callable[[object], Any]]] = {"yes": truth, "number": number, "words": _word}


def read_filled(source: str, cells: Sequence[object]) -> Column | str:
    filled = tuple(int(not is_blank(cell)) for cell in cells)
    if len(set(filled)) == 1:
        return "is filled in every row or in none, so nothing can be learned from it"
    return Column(f"{source} filled", source, "filled", "", (False, True), filled)


def is_identifier(column: Column) -> bool:
    whole = column.kind != "number" or all(float(level).is_integer() for level in column.levels)
    return column.kind in {"number", "words"} and whole and len(column.levels) == len(column.cells)


def cut(column: Column, rows: Sequence[int], minority: int) -> BandedColumn:
    """Return a column with its bands, made from the cells of *rows* and never from their outcomes."""
    need = 10 if minority < _FEW else max(20, int(_SHARE * len(rows)))
    counts = Counter(map(column.cells.__getitem__, rows))
    known = [counts[place] for place in range(len(column.levels))]
    if column.kind == "words":
        return _cut_words(column, known, need)
    if column.kind == "number":
        return _cut_numbers(column, known, need, 3 if minority < _FEW else 5)
    return BandedColumn(column, (0, 1, 2), 2)


def _cut_words(column: Column, known: Sequence[int], need: int) -> BandedColumn:
    own = [place for place, count in enumerate(known) if count >= need]
    band_of = {place: band for band, place in enumerate(own)}
    # If the other words have too few records together, they are unknown.
    size = len(own) + (sum(count for count in known if count < need) >= need)
    bands = (*(band_of.get(place, len(own)) for place in range(len(known))), size)
    return BandedColumn(column, bands, size, words=tuple(column.levels[place] for place in own))


def _cut_numbers(column: Column, known: Sequence[int], need: int, bands: int) -> BandedColumn:
    """Close a band, from the lowest number upwards, when it is large enough, if enough records remain."""
    remaining = sum(known)
    size = max(remaining / bands, need)
    cuts: list[float] = []
    held = 0
    for level, count in zip(column.levels, known, strict=True):
        # A number that many records share, such as 0, has a band of its own.
        if count and remaining >= need and (held >= size or (count >= size and held >= need)):
            cuts.append(level)
            held = 0
        held += count
        remaining -= count
    unknown, band_of = len(cuts) + 1, (bisect_right(cuts, level) for level in column.levels)
    return BandedColumn(column, (*band_of, unknown), unknown, tuple(cuts))
