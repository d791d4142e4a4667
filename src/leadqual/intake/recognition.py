"""Which layout a file has, told by its header."""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, Self, final

from attrs import evolve, frozen

from leadqual.errors import require
from leadqual.intake.codes import Code
from leadqual.intake.headers import Header
from leadqual.intake.layout_file import LAYOUTS, from_file
from leadqual.intake.layouts import NUMBER, Layout
from leadqual.intake.named_columns import PLAIN, names_people, plain_layout
from leadqual.intake.problems import refuse
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.vocabulary import UnknownWord, counted

LayoutChoice = Layout | str | os.PathLike[str] | None
"""A layout, the name of a built-in one, "suggested", a TOML file, or None to tell it by the header."""

SUGGESTED: Final = "suggested"
"""The name that asks for a layout suggested by the names of the columns and by their cells."""

_CLOSE: Final = 0.1


@final
@frozen
class Recognition:
    """The layout of a file, the confidence in it, and what becomes of each column."""

    layout: Layout
    confidence: float  # the share of the file's columns that the layout knows
    runner_up: str  # the name of the next best layout; empty if there is none
    runner_up_confidence: float
    mapped: tuple[tuple[str, str], ...]  # columns that are read, each with its field or fact
    ignored: tuple[str, ...]  # columns that the layout knows and does not use
    unmapped: tuple[str, ...]  # columns that the layout does not know; they are kept as extra ones
    absent: tuple[str, ...]  # columns that the layout reads and the file does not have

    def with_opt_outs(self, columns: Iterable[str]) -> Self:
        """Return the recognition with unmapped or ignored *columns* read for opt-outs."""
        found = dict.fromkeys(columns)
        return evolve(
            self,
            mapped=(*self.mapped, *((name, str(Fact.OPTED_OUT)) for name in found)),
            ignored=tuple(name for name in self.ignored if name not in found),
            unmapped=tuple(name for name in self.unmapped if name not in found),
        )


def choose_layout(layout: LayoutChoice) -> Layout | None:
    """Return the layout that is named, or None if the file is to tell it."""
    if layout in (None, SUGGESTED):
        return None
    if isinstance(layout, Layout):
        return layout
    if isinstance(layout, str) and not layout.endswith(".toml"):
        if layout not in LAYOUTS:
            raise UnknownWord("layout", layout, (*LAYOUTS, SUGGESTED))
        return LAYOUTS[layout]
    require("layout", layout, (str, os.PathLike), "a Layout, a name or the path of a TOML file")
    return from_file(Path(layout))


def map_columns(header: Header, layout: Layout) -> Recognition:
    """Return what becomes of the columns in a layout that was named."""
    recognition = _mapped(header, plain_layout(header) if layout == PLAIN else layout)
    if not (recognition.mapped or _is_ours(header)):
        raise refuse(Code.LAYOUT_UNKNOWN, f"the file has none of the columns of the layout {layout.name!r}")
    return recognition


def recognise(header: Header, layouts: Sequence[Layout]) -> Recognition:
    """Return which of *layouts* the header has."""
    if _is_ours(header):
        return map_columns(header, PLAIN)
    candidates = [layout for layout in layouts if _has_signature(header, layout)]
    if PLAIN in layouts and names_people(header):
        candidates.append(plain_layout(header))
    ranked = sorted(candidates, key=lambda layout: _rank(header, layout), reverse=True)
    if not ranked:
        columns = counted(len(header.names), "column")
        raise refuse(Code.LAYOUT_UNKNOWN, f"no known layout has the {columns} of the file")
    best, *others = ranked
    confidence = _confidence(header, best)
    for other in others:
        # Of the plain layout and one of a system, the system's knows better.
        if PLAIN.name in {best.name, other.name}:
            continue
        if confidence - _confidence(header, other) < _CLOSE and _disagree(header, best, other):
            raise refuse(
                Code.LAYOUT_UNKNOWN,
                f"the file may have the layout {best.name!r} or {other.name!r}, which read it differently; name one",
            )
    return _mapped(header, best, *others[:1])


def _is_ours(header: Header) -> bool:
    """Return whether this library wrote the file: contacts, or rejected lines that could not be read."""
    return header.holds_contacts or all(map(header.is_ours, range(len(header.names))))


def _has_signature(header: Header, layout: Layout) -> bool:
    """Return whether one column of each group of the signature is there."""
    return bool(layout.signature) and all(
        any(column.replace(NUMBER, "1") in header.names for column in group) for group in layout.signature
    )


def _rank(header: Header, layout: Layout) -> tuple[float, bool, int]:
    """Return the confidence, whether a system is told, and how many columns are spelt as the layout spells them."""
    return (
        _confidence(header, layout),
        layout.name != PLAIN.name,
        len(set(header.names) & {column for column, _ in layout.uses}),
    )


def _uses(header: Header, layout: Layout) -> Mapping[int, set[str]]:
    """Return the indexes of the columns that are read, each with the words it is read for."""
    uses: dict[int, set[str]] = {}
    for column, word in layout.uses:
        for index in header.find(column):
            uses.setdefault(index, set()).add(word)
    return uses


def _ignored(header: Header, layout: Layout) -> set[int]:
    return {index for column in layout.ignored for index in header.find(column)}


def _confidence(header: Header, layout: Layout) -> float:
    known = _uses(header, layout).keys() | _ignored(header, layout)
    theirs = {index for index in range(len(header.names)) if not header.is_ours(index)}
    return len(known & theirs) / max(len(theirs), 1)


def _disagree(header: Header, one: Layout, other: Layout) -> bool:
    first, second = _uses(header, one), _uses(header, other)
    return any(first[index] != second[index] for index in first.keys() & second.keys())


def _mapped(header: Header, layout: Layout, runner_up: Layout | None = None) -> Recognition:
    uses, ignored = _uses(header, layout), _ignored(header, layout)
    mapped = [(header.names[index], word) for column, word in layout.uses for index in header.find(column)]
    return Recognition(
        layout=layout,
        confidence=_confidence(header, layout),
        runner_up=runner_up.name if runner_up else "",
        runner_up_confidence=_confidence(header, runner_up) if runner_up else 0.0,
        mapped=tuple(dict.fromkeys(mapped)),
        ignored=tuple(header.names[index] for index in sorted(ignored - uses.keys())),
        unmapped=tuple(
            name
            for index, name in enumerate(header.names)
            if index not in uses and index not in ignored and not header.is_ours(index)
        ),
        absent=tuple(dict.fromkeys(column for column, _ in layout.uses if not header.find(column))),
    )
