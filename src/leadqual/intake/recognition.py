"""Which layout a file has, told by its header."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, final

from attrs import frozen

from leadqual.contacts.cells import opts_out
from leadqual.errors import WrongType
from leadqual.intake.codes import Code
from leadqual.intake.headers import Header
from leadqual.intake.layout_file import LAYOUTS, from_toml
from leadqual.intake.layouts import NUMBER, Layout
from leadqual.intake.problems import refuse
from leadqual.taxonomy.vocabulary import UnknownWord, counted, normalize

LayoutChoice = Layout | str | os.PathLike[str] | None
"""A layout, the name of a built-in one, a TOML file, or None to tell it by the header."""

_CLOSE: Final = 0.1


@final
@frozen
class Recognition:
    """Say which layout a file has, how sure that is, and what becomes of each column.

    Attributes:
        layout: The layout.
        sureness: The share of the file's columns that the layout knows, from 0 to 1.
        runner_up: The name of the next best layout; empty if there is none.
        runner_up_sureness: Its sureness.
        mapped: Each column that is read, with the word of a field or fact it is read for.
        ignored: The columns that the layout knows and does not use.
        unmapped: The columns that no layout knows; they are kept as extra ones.
        absent: The columns that the layout reads and the file does not have.
    """

    layout: Layout
    sureness: float
    runner_up: str
    runner_up_sureness: float
    mapped: tuple[tuple[str, str], ...]
    ignored: tuple[str, ...]
    unmapped: tuple[str, ...]
    absent: tuple[str, ...]

    @property
    def consent_unmapped(self) -> tuple[str, ...]:
        """Return the unmapped columns whose names look like an opt-out, which nobody may overlook."""
        return tuple(name for name in self.unmapped if opts_out(name) is not False)


def choose_layout(layout: LayoutChoice) -> Layout | None:
    """Return the layout that is named, or None if it is to be told by the header.

    Raises:
        UnknownWord: If no built-in layout is called so.
        FileRefused: If a layout file cannot be read or used.
        WrongType: If *layout* is nothing of the kind.
    """
    if layout is None or isinstance(layout, Layout):
        return layout
    if isinstance(layout, str) and not layout.endswith(".toml"):
        if layout not in LAYOUTS:
            raise UnknownWord("layout", layout, tuple(LAYOUTS))
        return LAYOUTS[layout]
    if not isinstance(layout, str | os.PathLike):  # pyright: ignore[reportUnnecessaryIsInstance] (callers may not check types)
        raise WrongType("layout", "a Layout, a name or the path of a TOML file", type(layout).__name__)
    path = Path(layout)
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        message = f"the layout file cannot be read: {error.strerror}"
    except ValueError:
        message = "the layout file cannot be read as text in UTF-8"
    else:
        return from_toml(text, path.name)
    raise refuse(Code.LAYOUT_INVALID, message)


def used(header: Header, layout: Layout) -> Recognition:
    """Return what becomes of the columns in a layout that was named.

    Raises:
        FileRefused: If the file has none of the layout's columns.
    """
    recognition = _recognition(header, layout, "", 0.0)
    if not (recognition.mapped or _is_ours(header)):
        raise refuse(Code.LAYOUT_UNKNOWN, f"the file has none of the columns of the layout {layout.name!r}")
    return recognition


def recognise(header: Header, layouts: Sequence[Layout]) -> Recognition:
    """Return which of *layouts* the header has.

    Raises:
        FileRefused: If it has none, or two that would read one of its columns differently.
    """
    if _is_ours(header):
        return used(header, LAYOUTS["plain"])
    ranked = sorted(
        ((_sureness(header, layout), layout) for layout in layouts if _signed(header.names, layout)),
        key=lambda pair: (-pair[0], -_spelt_alike(header, pair[1])),
    )
    if not ranked:
        raise refuse(
            Code.LAYOUT_UNKNOWN,
            f"no known layout has the {counted(len(header.names), 'column')} of the file",
        )
    sureness, best = ranked[0]
    for other_sureness, other in ranked[1:]:
        if sureness - other_sureness < _CLOSE and _disagree(header, best, other):
            raise refuse(
                Code.LAYOUT_UNKNOWN,
                f"the file may have the layout {best.name!r} or {other.name!r}, which read it differently; name one",
            )
    runner_up = ranked[1] if len(ranked) > 1 else (0.0, None)
    return _recognition(header, best, runner_up[1].name if runner_up[1] else "", runner_up[0])


def _is_ours(header: Header) -> bool:
    """Return whether we wrote a file: contacts, or rejected lines of which none could be read."""
    return header.holds_contacts or all(map(header.is_ours, range(len(header.names))))


def _signed(names: Iterable[str], layout: Layout) -> bool:
    """Return whether one column of each group of the signature is there."""
    folded = set(map(normalize, names))
    return bool(layout.signature) and all(
        any(normalize(column).replace(NUMBER, "1") in folded for column in group)
        for group in layout.signature
    )


def _spelt_alike(header: Header, layout: Layout) -> int:
    """Return how many columns are spelt exactly as the layout spells them."""
    return len(set(header.names) & {column for column, _ in layout.uses})


def _columns(header: Header, columns: Iterable[str]) -> dict[int, str]:
    """Return the indexes of those of *columns* that the header has."""
    return {index: column for column in columns for index in header.find(column)}


def _sureness(header: Header, layout: Layout) -> float:
    known = _columns(header, [*(column for column, _ in layout.uses), *layout.ignored])
    theirs = [index for index in range(len(header.names)) if not header.is_ours(index)]
    return len(known.keys() & set(theirs)) / max(len(theirs), 1)


def _disagree(header: Header, one: Layout, other: Layout) -> bool:
    uses = [
        {
            index: {word for column, word in layout.uses if index in header.find(column)}
            for index in _columns(header, (column for column, _ in layout.uses))
        }
        for layout in (one, other)
    ]
    return any(uses[0][index] != uses[1][index] for index in uses[0].keys() & uses[1].keys())


def _recognition(header: Header, layout: Layout, runner_up: str, runner_up_sureness: float) -> Recognition:
    mapped: list[tuple[int, str]] = []
    absent: list[str] = []
    for column, word in layout.uses:
        indexes = header.find(column)
        mapped += [(index, word) for index in indexes]
        if not indexes:
            absent.append(column)
    ignored = _columns(header, layout.ignored)
    read = {index for index, _ in mapped}
    return Recognition(
        layout=layout,
        sureness=_sureness(header, layout),
        runner_up=runner_up,
        runner_up_sureness=runner_up_sureness,
        mapped=tuple((header.names[index], word) for index, word in dict.fromkeys(mapped)),
        ignored=tuple(header.names[index] for index in sorted(ignored.keys() - read)),
        unmapped=tuple(
            name
            for index, name in enumerate(header.names)
            if index not in read and index not in ignored and not header.is_ours(index)
        ),
        absent=tuple(dict.fromkeys(absent)),
    )
