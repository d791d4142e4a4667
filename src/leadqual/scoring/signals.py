"""Signals: what a company knows of a contact, each with the scale by which one cell becomes points."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from math import isfinite
from operator import itemgetter
from typing import Any, Final, Literal, Self, cast, final

from attrs import field, frozen

from leadqual.contacts.values import as_float, day, is_blank, number, truth_or_dated
from leadqual.errors import WrongType, pairs_of
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.vocabulary import is_a

Order = Literal["", "rising", "falling"]  # whether points never fall, or never rise, with the number
Range = tuple[int, int]  # the fewest and the most points
Problem = tuple[str, str]  # the key of a scale, and what is wrong with its value
Pairs = Mapping[Any, int] | Iterable[tuple[Any, int]]


@final
@frozen
class Award:
    """The points of one cell by step, and the reasons why other contents of it do not count."""

    known: bool
    steps: tuple[tuple[str, int], ...] = ()
    unused: tuple[str, ...] = ()

    @property
    def points(self) -> int:
        return sum(points for _, points in self.steps)


LARGEST: Final = 1_000_000  # points or days on a card, so that sums fit in the 64 bits of a table
UNBOUNDED: Final = 1 << 60  # the most points of a scale without a bound


def _unread(value: object, expected: str) -> Award:
    return Award(known=False, unused=() if is_blank(value) else (f"is not {expected}",))


def _whole(*given: tuple[str, object]) -> Iterator[Problem]:
    for where, points in given:
        if type(points) is not int:
            yield where, f"must be a whole number of points, not {points!r}"
        elif abs(points) > LARGEST:
            yield where, f"must be at most {LARGEST:,} points"


def _span(*points: int) -> Range:
    return min(points), max(points)


@final
@frozen
class YesNo:
    """Points for yes, or a day that says since when, and for no; unknown is neither."""

    yes: int
    no: int = 0

    @property
    def range(self) -> Range:
        return _span(self.yes, self.no, 0)

    def award(self, value: object, as_of: date | None) -> Award:  # noqa: ARG002 (an answer has no age)
        if (answer := truth_or_dated(value)) is None:
            return _unread(value, "yes or no")
        return Award(known=True, steps=(("yes", self.yes) if answer else ("no", self.no),))

    def problems(self) -> Iterator[Problem]:
        yield from _whole(("yes", self.yes), ("no", self.no))


@final
@frozen
class Filled:
    """Points for a cell that says anything, and for a blank one."""

    filled: int
    blank: int = 0

    @property
    def range(self) -> Range:
        return _span(self.filled, self.blank)

    def award(self, value: object, as_of: date | None) -> Award:  # noqa: ARG002 (filled has no age)
        step = ("blank", self.blank) if is_blank(value) else ("filled", self.filled)
        return Award(known=True, steps=(step,))

    def problems(self) -> Iterator[Problem]:
        yield from _whole(("filled", self.filled), ("blank", self.blank))


def _pairs(argument: str, given: Pairs) -> tuple[tuple[Any, int], ...]:
    pairs = tuple((key, points) for key, points in pairs_of(argument, given, "each and its points"))
    try:
        hash(tuple(key for key, _ in pairs))
    except TypeError:
        raise WrongType(argument, "a mapping of each to its points", type(given).__name__) from None
    return pairs


def _words(words: Pairs) -> tuple[tuple[str, int], ...]:
    return tuple(dict(_pairs("words", words)).items())


@final
@frozen
class Words:
    """Points for each of a set of words, compared exactly after stripping, and for any other word."""

    words: tuple[tuple[str, int], ...] = field(converter=_words)
    other: int = 0

    @property
    def range(self) -> Range:
        return _span(0, self.other, *(points for _, points in self.words))

    def award(self, value: object, as_of: date | None) -> Award:  # noqa: ARG002 (a word has no age)
        text = value.strip() if isinstance(value, str) else ""
        if not text:
            return _unread(value, "a word")
        if (points := dict(self.words).get(text)) is not None:
            return Award(known=True, steps=((text, points),))
        unused = () if self.other else ("is none of the words of the card",)
        return Award(known=True, steps=(("another word", self.other),), unused=unused)

    def problems(self) -> Iterator[Problem]:
        if not self.words:
            yield "words", "is empty; give each word that counts its points"
        if any(not isinstance(word, str) or not word or word != word.strip() for word, _ in self.words):  # pyright: ignore[reportUnnecessaryIsInstance] (callers may not check types)
            yield "words", "a word is not a text, is empty or has blanks around it; an empty cell is unknown"
        yield from _whole(*((f"words.{word}", points) for word, points in self.words), ("other", self.other))


def _thresholds(at_least: Pairs) -> tuple[tuple[float, int], ...]:
    return tuple((as_float(least), points) for least, points in _pairs("at_least", at_least))


@final
@frozen
class Number:
    """Points of the highest threshold that a number reaches, or of a number *below* them all."""

    at_least: tuple[tuple[float, int], ...] = field(converter=_thresholds)
    below: int = 0
    order: Order = ""

    @property
    def range(self) -> Range:
        return _span(0, self.below, *(points for _, points in self.at_least))

    def award(self, value: object, as_of: date | None) -> Award:  # noqa: ARG002 (a number has no age)
        if (read := number(value)) is None:
            return _unread(value, "a number")
        if reached := bisect_right(self.at_least, read, key=itemgetter(0)):
            threshold, points = self.at_least[reached - 1]
            return Award(known=True, steps=((f"at least {threshold:g}", points),))
        return Award(known=True, steps=((f"below {self.at_least[0][0]:g}", self.below),))

    def problems(self) -> Iterator[Problem]:
        if not self.at_least:
            yield "at_least", "is empty; give each threshold its points"
        thresholds = [threshold for threshold, _ in self.at_least]
        if any(type(threshold) is not float or not isfinite(threshold) for threshold in thresholds):
            yield "at_least", "a threshold must be a number"
        elif thresholds != sorted(set(thresholds)):
            yield "at_least", "the thresholds must rise from one to the next"
        points = [self.below, *(points for _, points in self.at_least)]
        whole = list(_whole(("below", self.below), *(("at_least", each) for each in points[1:])))
        yield from whole
        if not isinstance(self.order, str) or self.order not in {"", "rising", "falling"}:  # pyright: ignore[reportUnnecessaryIsInstance] (callers may not check types)
            yield "order", f"must be 'rising' or 'falling', or left out, not {self.order!r}"
        elif self.order and not whole and points != sorted(points, reverse=self.order == "falling"):
            yield "order", f"is {self.order}, but the points are {', '.join(map(str, points))}"


@final
@frozen
class Dated:
    """Points for each dated occurrence, shifted right by one for each half-life, and 0 after the window.

    Ages are whole days (UTC). The cap bounds the points of all occurrences, in both directions.
    """

    each: int
    cap: int | None = None
    half_life: int | None = None
    window: int | None = None

    @property
    def ages(self) -> bool:
        return self.half_life is not None or self.window is not None

    @property
    def range(self) -> Range:
        most = UNBOUNDED if self.cap is None else self.cap
        return (-most, 0) if self.each < 0 else (0, most)

    def points_at(self, age: int) -> int:
        if self.window is not None and age >= self.window:
            return 0
        size = abs(self.each) >> (0 if self.half_life is None else age // self.half_life)
        return size if self.each > 0 else -size

    @property
    def ages_and_points(self) -> list[tuple[int, int]]:
        """Return the ages from which an occurrence has other points, ascending, with these points."""
        if self.half_life is not None:
            halvings = range(abs(self.each).bit_length() + 1)
            return [(k * self.half_life, self.points_at(k * self.half_life)) for k in halvings]
        return [(0, self.each)] if self.window is None else [(0, self.each), (self.window, 0)]

    def award(self, value: object, as_of: date | None) -> Award:
        """Return the points of a date, of several dates, or of a mapping of ids of occurrences to dates."""
        given = _occurrences(value)
        days = [found for one in given if (found := day(one)) is not None]
        past = days if as_of is None else [at for at in days if at <= as_of]
        full = len(past) * self.each
        aging = [self.points_at((as_of - at).days) for at in past] if as_of and self.ages else None
        aged = full if aging is None else sum(aging)
        total = aged if self.cap is None else max(-self.cap, min(self.cap, aged))
        steps = [(f"{len(past)} times {self.each}", full)] if past else []
        steps += [(step, points) for step, points in (("age", aged - full), ("cap", total - aged)) if points]
        uncounted = (
            (len(given) - len(days), "no date, or an instant without a time zone"),
            (len(days) - len(past), f"after {as_of}"),
            (0 if aging is None else aging.count(0), "too old to count"),
        )
        unused = tuple(f"{count} of them: {reason}" for count, reason in uncounted if count)
        return Award(known=bool(days), steps=tuple(steps), unused=unused)

    def problems(self) -> Iterator[Problem]:
        yield from _whole(("each", self.each))
        for name, unit in (("cap", "points"), ("half_life", "days"), ("window", "days")):
            size = getattr(self, name)
            if size is not None and (type(size) is not int or not 0 < size <= LARGEST):
                must_be = f"must be a whole number of {unit} from 1 to {LARGEST:,}, or left out"
                yield name, f"{must_be}, not {size!r}"
        if self.half_life is not None and self.window is not None:
            yield "window", "is given together with a half-life; keep one of them"


def _occurrences(value: object) -> list[object]:
    if isinstance(value, Mapping):
        value = list(cast("Mapping[object, object]", value).values())
    given = cast("Iterable[object]", value) if isinstance(value, (list, tuple, set, frozenset)) else [value]
    return [one for one in given if not is_blank(one)]


Scale = YesNo | Filled | Words | Number | Dated

GROUP: Final = "signals"  # of a signal that names none
_TEXT: Final = is_a(str, "a text")
_SCALE: Final = is_a(Scale, "a scale", "make the signal with Signal.yes, filled, words, number or dated")


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

    name: str = field(validator=_TEXT)
    scale: Scale = field(validator=_SCALE)
    column: str = field(validator=_TEXT)
    group: str = field(default=GROUP, validator=_TEXT)

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

    name: str = field(validator=_TEXT)
    lowest: int | None = None
    highest: int | None = None

    def clamp(self, points: int) -> int:
        if self.highest is not None:
            points = min(points, self.highest)
        return points if self.lowest is None else max(points, self.lowest)
