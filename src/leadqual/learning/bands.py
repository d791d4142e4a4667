"""Columns cut into bands: a few ranges or words, each with enough records to learn from."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal, final

from attrs import frozen

from leadqual.contacts.values import day, is_blank, number, truth
from leadqual.scoring.scales import Filled, Number, Order, Scale, Words, YesNo

Kind = Literal["yes", "filled", "number", "words"]

FEW: Final = 100
"""Below so many records of the minority outcome, fewer bands are made, of fewer records each."""

_SHARE: Final = 0.02


@final
@frozen
class Column:
    """A column as read: its distinct values, sorted, and for each row the place of its value, or -1."""

    name: str
    source: str
    kind: Kind
    order: Order
    levels: tuple[Any, ...]
    cells: tuple[int, ...]


@final
@frozen
class Banding:
    """The band of each level of a column, and at the end that of a blank cell, which is *size*: unknown.

    *cuts* tells where each band of numbers but the first begins; *words* have a band of their own, and
    the others share the last band if there is one more.
    """

    codes: tuple[int, ...]
    size: int
    cuts: tuple[float, ...] = ()
    words: tuple[str, ...] = ()


def read_column(name: str, cells: Sequence[object], order: Order = "") -> Column | str:
    """Return a column as its cells read, or why nothing can be learned from it.

    Cells that all answer yes or no are read so; otherwise as numbers, if all are; otherwise as words.
    """
    known = [(type(cell), cell) for cell in cells if not is_blank(cell)]
    if not known:
        return "says nothing; fill it"
    try:
        distinct = list(dict.fromkeys(known))
    except TypeError:  # what cannot be hashed
        return _NO_KIND
    if all(day(cell) is not None for _, cell in distinct):
        return _NO_KIND
    readable: Iterator[Kind] = (
        kind for kind, read in _KINDS.items() if all(read(cell) is not None for _, cell in distinct)
    )
    kind = next(readable, None)
    if kind is None:
        return _NO_KIND
    values: dict[Any, Any] = {cell: _KINDS[kind](cell[1]) for cell in distinct}
    levels = tuple(sorted(set(values.values())))
    if len(levels) == 1:
        return "says the same wherever it says anything; a constant tells nothing, but filled may"
    places = {level: place for place, level in enumerate(levels)}
    found = (-1 if is_blank(cell) else places[values[type(cell), cell]] for cell in cells)
    return Column(name, name, kind, order, levels, tuple(found))


_NO_KIND: Final = (
    "holds neither answers only, nor finite numbers, nor texts; "
    "make its cells one kind, a day a number of days, or use filled"
)


def _word(cell: object) -> str | None:
    return cell.strip() if isinstance(cell, str) else None


_KINDS: Final[Mapping[Kind, Callable[[object], Any]]] = {"yes": truth, "number": number, "words": _word}


def read_filled(source: str, cells: Sequence[object]) -> Column | str:
    """Return whether each cell of a column says anything, or why that tells nothing."""
    filled = tuple(int(not is_blank(cell)) for cell in cells)
    if len(set(filled)) == 1:
        return "is filled everywhere or nowhere, which tells nothing"
    return Column(f"{source} filled", source, "filled", "", (False, True), filled)


def is_identifier(column: Column) -> bool:
    """Return whether every row has a value of its own: a word or a whole number."""
    whole = column.kind != "number" or all(float(level).is_integer() for level in column.levels)
    return column.kind in {"number", "words"} and whole and len(column.levels) == len(column.cells)


def cut(column: Column, rows: Sequence[int], minority: int) -> Banding:
    """Return the bands of a column, made from what *rows* say and never from their outcomes."""
    need = 10 if minority < FEW else max(20, int(_SHARE * len(rows)))
    counts = Counter(map(column.cells.__getitem__, rows))
    known = [counts[place] for place in range(len(column.levels))]
    if column.kind == "words":
        return _cut_words(column, known, need)
    if column.kind == "number":
        return _cut_numbers(column, known, need, 3 if minority < FEW else 5)
    return Banding((0, 1, 2), 2)


def _cut_words(column: Column, known: Sequence[int], need: int) -> Banding:
    own = [place for place, count in enumerate(known) if count >= need]
    rest = sum(known) - sum(known[place] for place in own)
    size = len(own) + (rest >= need)
    bands = {place: band for band, place in enumerate(own)}
    # Too few other words to say anything about are as good as unknown.
    codes = (*(bands.get(place, len(own)) for place in range(len(known))), size)
    return Banding(codes, size, words=tuple(column.levels[place] for place in own))


def _cut_numbers(column: Column, known: Sequence[int], need: int, bands: int) -> Banding:
    """Walk the numbers upwards; a band is closed when it is large enough, if enough remain."""
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
    codes = (*(bisect_right(cuts, level) for level in column.levels), len(cuts) + 1)
    return Banding(codes, len(cuts) + 1, tuple(cuts))


def scale(column: Column, banding: Banding, points: Sequence[int]) -> Scale:
    """Return the scale that gives each band its points."""
    match column.kind:
        case "yes":
            return YesNo(yes=points[1], no=points[0])
        case "filled":
            return Filled(filled=points[1], blank=points[0])
        case "number":
            return Number(list(zip(banding.cuts, points[1:], strict=False)), points[0], column.order)
        case _:
            own = dict(zip(banding.words, points, strict=False))
            return Words(own, points[len(own)] if banding.size > len(own) else 0)
