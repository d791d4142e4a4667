"""Scales: how one cell of a record becomes points."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import pairwise
from math import isfinite
from typing import Any, Final, Literal, cast, final

from attrs import field, frozen

from leadqual.errors import WrongType, pairs_of
from leadqual.scoring.values import as_float, day, is_blank, number, said

Order = Literal["", "rising", "falling"]
"""Whether more of a number must never lower its points, never raise them, or either."""

Range = tuple[int | None, int | None]
"""The fewest and the most points; None where there is no bound."""

Pairs = Mapping[Any, int] | Iterable[tuple[Any, int]]


@final
@frozen
class Award:
    """Hold what one cell is worth.

    Attributes:
        known: Whether the cell says anything.
        steps: Each step with its points, in the order in which they were taken.
        unused: What the cell says beside that, with the reason why it does not count.
    """

    known: bool
    steps: tuple[tuple[str, int], ...] = ()
    unused: tuple[str, ...] = ()

    @property
    def points(self) -> int:
        """Return the sum of the steps."""
        return sum(points for _, points in self.steps)


UNKNOWN: Final = Award(known=False)

LARGEST: Final = 1_000_000
"""The largest number of points or days that a card holds, so that no sum leaves the 64 bits of a table."""


def _unreadable(expected: str) -> Award:
    return Award(known=False, unused=(f"is not {expected}",))


def _whole(where: str, points: object) -> Iterator[tuple[str, str]]:
    if type(points) is not int:
        yield where, f"must be a whole number of points, not {points!r}"
    elif abs(points) > LARGEST:
        yield where, f"must be at most {LARGEST:,} points"


@final
@frozen
class YesNo:
    """Give points for an answer: for yes, or a day that says since when, and for no. Unknown is neither.

    Attributes:
        yes: The points of a yes.
        no: The points of a no.
    """

    yes: int
    no: int = 0

    @property
    def range(self) -> Range:
        """Return the fewest and the most points."""
        return min(self.yes, self.no, 0), max(self.yes, self.no, 0)

    def award(self, value: object, as_of: date | None) -> Award:  # noqa: ARG002 (an answer has no age)
        """Return what a cell is worth."""
        answer = said(value)
        if answer is None:
            return UNKNOWN if is_blank(value) else _unreadable("yes or no")
        return Award(known=True, steps=(("yes", self.yes) if answer else ("no", self.no),))

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield what keeps the scale from being used: the place, and what would be right."""
        yield from _whole("yes", self.yes)
        yield from _whole("no", self.no)


@final
@frozen
class Filled:
    """Give points for a cell that says anything, and for one that says nothing.

    Attributes:
        filled: The points of a cell that is filled.
        blank: The points of one that is not.
    """

    filled: int
    blank: int = 0

    @property
    def range(self) -> Range:
        """Return the fewest and the most points."""
        return min(self.filled, self.blank), max(self.filled, self.blank)

    def award(self, value: object, as_of: date | None) -> Award:  # noqa: ARG002 (filled has no age)
        """Return what a cell is worth."""
        return Award(
            known=True, steps=(("blank", self.blank) if is_blank(value) else ("filled", self.filled),)
        )

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield what keeps the scale from being used: the place, and what would be right."""
        yield from _whole("filled", self.filled)
        yield from _whole("blank", self.blank)


def _pairs(argument: str, given: Pairs) -> tuple[tuple[Any, int], ...]:
    pairs = tuple((key, points) for key, points in pairs_of(argument, given, "each and its points"))
    try:
        hash(pairs)
    except TypeError:
        raise WrongType(argument, "a mapping of each to its points", type(given).__name__) from None
    return pairs


def _words(words: Pairs) -> tuple[tuple[str, int], ...]:
    return tuple(dict(_pairs("words", words)).items())


@final
@frozen
class Words:
    """Give points for one of a set of words, compared as they stand but for blanks around.

    Attributes:
        words: Each word with its points.
        other: The points of any other word.
    """

    words: tuple[tuple[str, int], ...] = field(converter=_words)
    other: int = 0

    @property
    def range(self) -> Range:
        """Return the fewest and the most points."""
        points = [0, self.other, *(points for _, points in self.words)]
        return min(points), max(points)

    def award(self, value: object, as_of: date | None) -> Award:  # noqa: ARG002 (a word has no age)
        """Return what a cell is worth."""
        if is_blank(value):
            return UNKNOWN
        if not isinstance(value, str):
            return _unreadable("a word")
        text = value.strip()
        for word, points in self.words:
            if word == text:
                return Award(known=True, steps=((word, points),))
        unused = () if self.other else ("is none of the words of the card",)
        return Award(known=True, steps=(("another word", self.other),), unused=unused)

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield what keeps the scale from being used: the place, and what would be right."""
        if not self.words:
            yield "words", "names no word; give each word that counts its points"
        if any(not isinstance(word, str) or not word or word != word.strip() for word, _ in self.words):  # pyright: ignore[reportUnnecessaryIsInstance] (callers may not check types)
            yield "words", "a word is no text, is empty or has blanks around it; an empty cell is unknown"
        for word, points in self.words:
            yield from _whole(f"words.{word}", points)
        yield from _whole("other", self.other)


def _thresholds(at_least: Pairs) -> tuple[tuple[float, int], ...]:
    return tuple((as_float(least), points) for least, points in _pairs("at_least", at_least))


@final
@frozen
class Number:
    """Give points for a number: those of the highest threshold that it reaches.

    Attributes:
        at_least: Each threshold with its points, rising.
        below: The points of a number below the first threshold.
        order: ``"rising"`` if more must never lower the points, ``"falling"`` if it must never raise
            them, or empty.
    """

    at_least: tuple[tuple[float, int], ...] = field(converter=_thresholds)
    below: int = 0
    order: Order = ""

    @property
    def range(self) -> Range:
        """Return the fewest and the most points."""
        points = [0, self.below, *(points for _, points in self.at_least)]
        return min(points), max(points)

    def award(self, value: object, as_of: date | None) -> Award:  # noqa: ARG002 (a number has no age)
        """Return what a cell is worth."""
        read = number(value)
        if read is None:
            return UNKNOWN if is_blank(value) else _unreadable("a number")
        step, points = f"below {self.at_least[0][0]:g}", self.below
        for threshold, more in self.at_least:
            if read < threshold:
                break
            step, points = f"at least {threshold:g}", more
        return Award(known=True, steps=((step, points),))

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield what keeps the scale from being used: the place, and what would be right."""
        if not self.at_least:
            yield "at_least", "names no threshold; give each threshold its points"
        thresholds = [threshold for threshold, _ in self.at_least]
        if any(type(threshold) is not float or not isfinite(threshold) for threshold in thresholds):
            yield "at_least", "a threshold must be a number"
        elif any(after <= before for before, after in pairwise(thresholds)):
            yield "at_least", "the thresholds must rise from one to the next"
        whole = [
            *_whole("below", self.below),
            *(problem for _, points in self.at_least for problem in _whole("at_least", points)),
        ]
        yield from whole
        if not isinstance(self.order, str) or self.order not in {"", "rising", "falling"}:  # pyright: ignore[reportUnnecessaryIsInstance] (callers may not check types)
            yield "order", f"must be 'rising' or 'falling', or left out, not {self.order!r}"
        elif self.order and not whole:
            points = [self.below, *(points for _, points in self.at_least)]
            if points != sorted(points, reverse=self.order == "falling"):
                yield "order", f"is {self.order}, but the points are {', '.join(map(str, points))}"


@final
@frozen
class Dated:
    """Give points for each of any number of dated occurrences, fewer for older ones.

    An occurrence after k whole half-lives is worth its points shifted right by k. Days are whole days
    in UTC, and a day as_of counts to its end.

    Attributes:
        each: The points of an occurrence.
        cap: The most that all of them together can move the total, a size without sign; None for no
            bound.
        half_life: The days after which an occurrence is worth half; None if it keeps its worth.
        window: The days after which an occurrence is worth nothing; None if it keeps its worth.
    """

    each: int
    cap: int | None = None
    half_life: int | None = None
    window: int | None = None

    @property
    def ages(self) -> bool:
        """Return whether the points depend on the day."""
        return self.half_life is not None or self.window is not None

    @property
    def range(self) -> Range:
        """Return the fewest and the most points."""
        if self.each < 0:
            return None if self.cap is None else -self.cap, 0
        return 0, self.cap

    def worth(self, age: int) -> int:
        """Return the points of an occurrence *age* days ago."""
        size = abs(self.each)
        if self.half_life is not None:
            size >>= age // self.half_life
        if self.window is not None and age >= self.window:
            size = 0
        return size if self.each > 0 else -size

    @property
    def ages_and_points(self) -> list[tuple[int, int]]:
        """Return the ages in days from which an occurrence has other points, with these, youngest first."""
        if self.half_life is not None:
            halvings = range(abs(self.each).bit_length() + 1)
            return [(k * self.half_life, self.worth(k * self.half_life)) for k in halvings]
        return [(0, self.each)] if self.window is None else [(0, self.each), (self.window, 0)]

    def award(self, value: object, as_of: date | None) -> Award:
        """Return what a cell is worth: a date, several dates, or dates by the ids of occurrences."""
        given = list(_occurrences(value))
        days = [found for one in given if (found := day(one)) is not None]
        unused: list[str] = []
        if len(days) < len(given):
            unused.append(_times(len(given) - len(days), "no date, or an instant without a time zone"))
        past = days if as_of is None else [at for at in days if at <= as_of]
        if len(past) < len(days):
            unused.append(_times(len(days) - len(past), f"after {as_of}"))
        if not past:
            return Award(known=bool(days), unused=tuple(unused))
        steps = [(f"{len(past)} times {self.each}", len(past) * self.each)]
        if as_of is not None and self.ages:
            worths = [self.worth((as_of - at).days) for at in past]
            if not all(worths):
                unused.append(_times(worths.count(0), "too old to count"))
            _step(steps, "age", sum(worths))
        if self.cap is not None:
            _step(steps, "cap", max(-self.cap, min(self.cap, sum(points for _, points in steps))))
        return Award(known=True, steps=tuple(steps), unused=tuple(unused))

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield what keeps the scale from being used: the place, and what would be right."""
        yield from _whole("each", self.each)
        for name, unit in (("cap", "points"), ("half_life", "days"), ("window", "days")):
            size = getattr(self, name)
            if size is not None and (type(size) is not int or not 0 < size <= LARGEST):
                yield (
                    name,
                    f"must be a whole number of {unit} from 1 to {LARGEST:,}, or left out, not {size!r}",
                )
        if self.half_life is not None and self.window is not None:
            yield "window", "stands beside a half-life; keep the one that is meant"


def _occurrences(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        value = tuple(cast("Mapping[object, object]", value).values())
    if isinstance(value, (list, tuple, set, frozenset)):
        several = cast("Iterable[object]", value)
        return [one for one in several if not is_blank(one)]
    return () if is_blank(value) else (value,)


def _times(count: int, reason: str) -> str:
    return f"{count} of them: {reason}"


def _step(steps: list[tuple[str, int]], name: str, becomes: int) -> None:
    """Add the step that makes the sum what it becomes, if it makes any difference."""
    difference = becomes - sum(points for _, points in steps)
    if difference:
        steps.append((name, difference))


Scale = YesNo | Filled | Words | Number | Dated
