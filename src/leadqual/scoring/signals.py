"""Signals: what a company knows of a contact, each with the scale that gives its points."""

from collections.abc import Mapping
from typing import Any, Final, Self, final

from attrs import Attribute, field, frozen

from leadqual.errors import require
from leadqual.scoring.scales import Dated, Filled, Number, Order, Scale, Words, YesNo
from leadqual.taxonomy.facts import Fact

DEFAULT_GROUP: Final = "signals"
"""The group of a signal that names none."""


def _text(_: object, attribute: "Attribute[Any]", value: object) -> None:
    require(attribute.name, value, str, "a text")


def _scale(_: object, attribute: "Attribute[Any]", value: object) -> None:
    advice = "make the signal with Signal.yes, filled, words, number or dated"
    require(attribute.name, value, Scale, "a scale", advice)


def _word(name: str | Fact) -> str:
    return str(name) if isinstance(name, Fact) else name


def _column(column: str, name: str | Fact) -> str:
    return _word(name) if isinstance(column, str) and not column else column  # pyright: ignore[reportUnnecessaryIsInstance] (callers may not check types)


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
    group: str = field(default=DEFAULT_GROUP, validator=_text)

    @classmethod
    def yes(
        cls, name: str | Fact, points: int, *, no: int = 0, group: str = DEFAULT_GROUP, column: str = ""
    ) -> Self:
        """Return a signal that gives *points* for a yes, and those of *no* for a no."""
        return cls(_word(name), YesNo(points, no), _column(column, name), group)

    @classmethod
    def filled(
        cls, name: str, points: int, *, blank: int = 0, group: str = DEFAULT_GROUP, column: str = ""
    ) -> Self:
        """Return a signal that gives *points* if the column says anything, else those of *blank*."""
        return cls(name, Filled(points, blank), _column(column, name), group)

    @classmethod
    def words(
        cls,
        name: str,
        words: Mapping[str, int],
        *,
        other: int = 0,
        group: str = DEFAULT_GROUP,
        column: str = "",
    ) -> Self:
        """Return a signal that gives each of *words* its points, and any other word those of *other*."""
        return cls(name, Words(words, other), _column(column, name), group)

    @classmethod
    def number(
        cls,
        name: str,
        at_least: Mapping[float, int],
        *,
        below: int = 0,
        order: Order = "",
        group: str = DEFAULT_GROUP,
        column: str = "",
    ) -> Self:
        """Return a signal that gives a number the points of the highest threshold that it reaches."""
        return cls(name, Number(at_least, below, order), _column(column, name), group)

    @classmethod
    def dated(
        cls,
        name: str | Fact,
        each: int,
        *,
        cap: int | None = None,
        half_life: int | None = None,
        window: int | None = None,
        group: str = DEFAULT_GROUP,
        column: str = "",
    ) -> Self:
        """Return a signal that gives points for each dated occurrence, by its age in days."""
        return cls(_word(name), Dated(each, cap, half_life, window), _column(column, name), group)


@final
@frozen
class Group:
    """The name of signals that are counted together, with the bounds of their sum, if any."""

    name: str = field(validator=_text)
    lowest: int | None = None
    highest: int | None = None

    def clamp(self, points: int) -> int:
        """Return *points* within the bounds."""
        if self.highest is not None:
            points = min(points, self.highest)
        return points if self.lowest is None else max(points, self.lowest)
