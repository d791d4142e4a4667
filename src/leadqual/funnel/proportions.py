"""Shares of people: their intervals, their differences, and how many more people would decide."""

from bisect import bisect_left
from fractions import Fraction
from math import ceil, sqrt
from operator import index
from statistics import NormalDist
from typing import Final, Self, SupportsIndex, cast, final

from attrs import field, frozen

from leadqual.errors import WrongType, WrongValue, require
from leadqual.taxonomy import articles
from leadqual.taxonomy.vocabulary import Word

CONFIDENCE: Final = 0.95  # the share of intervals that hold the true rate, unless another is asked for
MOST: Final = 10**15  # the largest number of people, or amount of money, that is accepted


@final
class Verdict(Word):
    HIGHER = "higher", articles.COMPARE_RESULTS
    LOWER = "lower", articles.COMPARE_RESULTS
    NOT_ENOUGH_DATA = "not_enough_data", articles.COMPARE_RESULTS


def whole(argument: str, value: object) -> int:
    try:
        number = index(cast("SupportsIndex", None if isinstance(value, bool) else value))
    except TypeError:  # also for an array of several numbers
        raise WrongType(argument, "a whole number", type(value).__name__) from None
    if number < 0:
        raise WrongValue(argument, "is negative", "count people from 0")
    if number > MOST:
        raise WrongValue(argument, f"is above {MOST:,}", "count people")
    return number


def deviate(confidence: float) -> float:
    """Return how many standard deviations a two-sided interval reaches: 1.96 for 0.95."""
    require("confidence", confidence, (int, float), "a number between 0 and 1")
    if not 0 < confidence < 1:
        raise WrongValue("confidence", "must lie between 0 and 1, both excluded", "use 0.95 for 95 %")
    return -NormalDist().inv_cdf((1 - confidence) / 2)


@final
@frozen
class Interval:
    low: float
    high: float

    def __str__(self) -> str:
        return f"{100 * self.low:.1f}–{100 * self.high:.1f} %"  # noqa: RUF001 (the dash of a range)


def wilson(count: float, total: float, confidence: float = CONFIDENCE) -> Interval:
    """Return Wilson's score interval for *count* of *total*, which is above 0.

    Source: E. B. Wilson, Journal of the American Statistical Association 22 (1927), 209-212.
    """
    z = deviate(confidence)
    centre = count + z * z / 2
    reach = z * sqrt(count * (total - count) / total + z * z / 4)
    weight = total + z * z
    # Rounding may put the ends slightly outside of 0 and 1.
    low = max(0.0, (centre - reach) / weight)
    return Interval(low, min(1.0, (centre + reach) / weight) if count < total else 1.0)


def _count(value: int) -> int:
    return whole("count", value)


def _total(value: int) -> int:
    return whole("total", value)


def _is_part(proportion: "Proportion", _: object, value: int) -> None:
    if value > proportion.total:
        raise WrongValue("count", "is above the total", "count only people of the base")


@frozen
class Proportion:
    """An exact share of people: *count* of *total*."""

    count: int = field(converter=_count, validator=_is_part)
    total: int = field(converter=_total)

    @property
    def rate(self) -> Fraction | None:
        """Return the exact share, from 0 to 1; None if the total is 0."""
        return Fraction(self.count, self.total) if self.total else None

    def interval(self, confidence: float = CONFIDENCE) -> Interval | None:
        """Return Wilson's interval for the share; None if the total is 0."""
        deviate(confidence)
        return wilson(self.count, self.total, confidence) if self.total else None

    def per_success(
        self, amount: Fraction, confidence: float = CONFIDENCE
    ) -> tuple[Fraction | None, Fraction | None, Fraction | None]:
        """Return *amount* divided by the share, and by the high and low end of its interval; None for 0."""
        require("amount", amount, (int, Fraction), "a whole number or a Fraction")
        ends = self.interval(confidence)
        divisors = (self.rate, ends and Fraction(ends.high), ends and Fraction(ends.low))
        expected, least, most = (amount / divisor if divisor else None for divisor in divisors)
        return expected, least, most

    def __str__(self) -> str:
        share = f" = {100 * self.count / self.total:.1f} % ({self.interval()})" if self.total else ""
        return f"{self.count:,} of {self.total:,}{share}"


@final
@frozen
class RateComparison:
    """The shares of two groups, each multiplied by its weight, compared by Newcombe's interval.

    Source: R. G. Newcombe, Interval estimation for the difference between independent proportions,
    Statistics in Medicine 17 (1998), 873-890, method 10; for weights, G. Y. Zou and A. Donner,
    Statistics in Medicine 27 (2008), 1693-1702.
    """

    first: Proportion
    second: Proportion
    confidence: float = CONFIDENCE
    weights: tuple[Fraction, Fraction] = (Fraction(1), Fraction(1))

    def __attrs_post_init__(self) -> None:
        require("first", self.first, Proportion, "a Proportion")
        require("second", self.second, Proportion, "a Proportion")
        deviate(self.confidence)

    @property
    def difference(self) -> Fraction | None:
        """Return by how much the first share is higher, exactly; None if a group is empty."""
        first, second = self.first.rate, self.second.rate
        return None if first is None or second is None else self.weights[0] * first - self.weights[1] * second

    @property
    def interval(self) -> Interval | None:
        return None if self.difference is None else self._interval_at_least(1)

    @property
    def verdict(self) -> Verdict:
        """Return HIGHER or LOWER if the interval excludes 0, else NOT_ENOUGH_DATA."""
        interval = self.interval
        if interval is None or interval.low <= 0 <= interval.high:
            return Verdict.NOT_ENOUGH_DATA
        return Verdict.HIGHER if interval.low > 0 else Verdict.LOWER

    @property
    def still_needed(self) -> tuple[int, int] | None:
        """Return how many more people each group needs until the verdict is decided, at the observed rates.

        (0, 0) if it is decided; None if the rates are equal, a group is empty, or 10**15 people would
        not be enough. If the true rates are the observed ones, that many decide about half of the time.
        """
        if not self.difference:
            return None
        enough = 1 + bisect_left(range(1, MOST), x=True, key=self._decided_by)
        if enough == MOST:
            return None
        return max(0, enough - self.first.total), max(0, enough - self.second.total)

    def _decided_by(self, people: int) -> bool:
        interval = self._interval_at_least(people)
        return not interval.low <= 0 <= interval.high

    def _interval_at_least(self, people: int) -> Interval:
        """Return the interval if each group held at least *people*, at the observed rates."""
        down = up = difference = 0.0
        groups = (self.first, self.second)
        for sign, weight, group in zip((1, -1), map(float, self.weights), groups, strict=True):
            total = max(group.total, people)
            rate = group.count / group.total
            count = group.count if total == group.total else rate * total
            ends = wilson(count, total, self.confidence)
            below, above = weight * (rate - ends.low), weight * (ends.high - rate)
            difference += sign * weight * rate
            down += (below if sign > 0 else above) ** 2
            up += (above if sign > 0 else below) ** 2
        low, high = difference - sqrt(down), difference + sqrt(up)
        return Interval(max(-float(self.weights[1]), low), min(float(self.weights[0]), high))

    def __str__(self) -> str:
        text = f"{self.first} against {self.second}: "
        if self.verdict is not Verdict.NOT_ENOUGH_DATA:
            return text + self.verdict.definition
        text += "not enough data"
        if needed := self.still_needed:
            text += f"; at these rates {needed[0]:,} more in the first and {needed[1]:,} more in the second would be enough"
        return text


@final
@frozen
class PeopleNeeded:
    """How many people it takes until *wanted* convert; None if no number is known to be enough."""

    wanted: int
    expected: int | None
    fewest: int | None
    most: int | None

    @classmethod
    def at(cls, proportion: Proportion, wanted: int, confidence: float = CONFIDENCE) -> Self:
        ends = proportion.per_success(Fraction(whole("wanted", wanted)), confidence)
        expected, fewest, most = (end if end is None else ceil(end) for end in ends)
        return cls(wanted, expected, fewest, most)

    def __str__(self) -> str:
        ends = [f"{end:,}" if end is not None else "no limit known" for end in (self.fewest, self.most)]
        expected = "unknown" if self.expected is None else f"{self.expected:,}"
        return f"{expected} for {self.wanted:,} ({ends[0]} to {ends[1]})"
