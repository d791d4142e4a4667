"""Signals: what a company knows of a contact, each with the scale that gives its points."""

from collections.abc import Mapping
from typing import Any, Final, Self, final

from attrs import Attribute, field, frozen

from leadqual.errors import require
from leadqual.scoring.scales import Dated, Filled, Number, Order, Scale, Words, YesNo
from leadqual.taxonomy.facts import Fact

GROUP: Final = "signals"  # of a signal that names none


def _text(_: object, attribute: "Attribute[Any]", value: object) -> None:
    require(attribute.name, value, str, "a text")


def _scale(_: object, attribute: "Attribute[Any]", value: object) -> None:
    advice = "make the signal with Signal.yes, filled, words, number or dated"
    require(attribute.name, value, Scale, "a scale", advice)


@final
@frozen
class Signal:
    """Something that a company knows of a contact, and its points.

    Make it with `yes`, `filled`, `words`, `number` or `dated`. A signal that reads a column called
    like a fact reads that fact of a contact (its events, if it is dated), and the cell of any other
    record. An invalid one is refused when a `Scorecard` is made.

    Attributes:
        name: What it is called in lines and files.
        scale: How a cell becomes points.
        column: The column that it reads.
        group: The group that it belongs to, such as ``"fit"`` or ``"engagement"``.
    """

    name: str = field(validator=_text)
    scale: Scale = field(validator=_scale)
    column: str = field(validator=_text)
    group: str = field(default=GROUP, validator=_text)

    @classmethod
    def _of(cls, name: str | Fact, scale: Scale, column: str, group: str) -> Self:
        word = str(name) if isinstance(name, Fact) else name
        is_unnamed = isinstance(column, str) and not column  # pyright: ignore[reportUnnecessaryIsInstance] (callers may not check types)
        return cls(word, scale, word if is_unnamed else column, group)

    @classmethod
    def yes(cls, name: str | Fact, points: int, *, no: int = 0, group: str = GROUP, column: str = "") -> Self:
        """Return a signal that gives *points* for a yes; *no* are the points for a no."""
        return cls._of(name, YesNo(points, no), column, group)

    @classmethod
    def filled(cls, name: str, points: int, *, blank: int = 0, group: str = GROUP, column: str = "") -> Self:
        """Return a signal that gives *points* if the column says anything, else those of *blank*."""
        return cls._of(name, Filled(points, blank), column, group)

    @classmethod
    def words(
        cls, name: str, words: Mapping[str, int], *, other: int = 0, group: str = GROUP, column: str = ""
    ) -> Self:
        """Return a signal that gives each of *words* its points, and any other word those of *other*."""
        return cls._of(name, Words(words, other), column, group)

    @classmethod
    def number(
        cls,
        name: str,
        at_least: Mapping[float, int],
        *,
        below: int = 0,
        order: Order = "",
        group: str = GROUP,
        column: str = "",
    ) -> Self:
        """Return a signal that gives a number the points of the highest threshold that it reaches."""
        return cls._of(name, Number(at_least, below, order), column, group)

    @classmethod
    def dated(
        cls,
        name: str | Fact,
        each: int,
        *,
        cap: int | None = None,
        half_life: int | None = None,
        window: int | None = None,
        group: str = GROUP,
        column: str = "",
    ) -> Self:
        """Return a signal that gives points for each dated occurrence, by its age in days."""
        return cls._of(name, Dated(each, cap, half_life, window), column, group)


@final
@frozen
class Group:
    """A name for signals whose points are added up, and the bounds of the sum, if any."""

    name: str = field(validator=_text)
    lowest: int | None = None
    highest: int | None = None

    def clamp(self, points: int) -> int:
        if self.highest is not None:
            points = min(points, self.highest)
        return points if self.lowest is None else max(points, self.lowest)
