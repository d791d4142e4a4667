"""Shares of people and the times they take: intervals, differences, and how many more people would decide."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from fractions import Fraction
from math import ceil, sqrt
from operator import index
from statistics import NormalDist
from typing import Final, Self, SupportsIndex, cast, final

from attrs import frozen

from leadqual.errors import WrongType, WrongValue, instant, pairs_of, require
from leadqual.taxonomy import articles
from leadqual.taxonomy.vocabulary import Word

CONFIDENCE: Final = 0.95  # the share of intervals that hold the true rate, unless another is asked for
MOST: Final = 10**15  # the largest number of people, or amount of money, that is accepted
_ROUNDING: Final = 1e-9  # by which a share may grow through thousands of multiplications


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


@frozen
class Proportion:
    """An exact share of people: *count* of *total*."""

    count: int
    total: int

    def __attrs_post_init__(self) -> None:
        for argument in ("count", "total"):
            object.__setattr__(self, argument, whole(argument, getattr(self, argument)))
        if self.count > self.total:
            raise WrongValue("count", "is above the total", "count only people of the base")

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


@final
@frozen
class TimeToReach:
    """The times within which a quarter, half and three quarters of the people arrived; None if not yet known."""

    people: int
    arrived: int
    waiting: int
    first_quartile: timedelta | None
    median: timedelta | None
    third_quartile: timedelta | None


def time_to_reach(pairs: Iterable[tuple[datetime, datetime | None]], *, as_of: datetime) -> TimeToReach:
    """Return how long people take from one stage to a later one, as known at *as_of*.

    *pairs* hold, for each person, the aware instants at which the first and the second stage were
    reached; None where the second was not. People who have not reached it count as waiting until
    *as_of*: each quartile is the shortest time at which the Kaplan-Meier estimate of those who have
    not has fallen to three quarters, half or a quarter. What happened after *as_of* is left out.

    Source: E. L. Kaplan and P. Meier, Nonparametric estimation from incomplete observations, Journal
    of the American Statistical Association 53 (1958), 457-481.

    Raises:
        WrongType: If an instant is not a datetime, or one of *pairs* not a pair.
        WrongValue: If an instant has no time zone, or the second comes before the first.
    """
    as_of = instant("as_of", as_of)
    arrived, waiting = Counter[timedelta](), Counter[timedelta]()
    for begun, ended in pairs_of("pairs", pairs, "two instants"):
        first = instant("first", begun)
        second = None if ended is None else instant("second", ended, "give the instant, or None")
        if second is not None and second < first:
            raise WrongValue("pairs", "the second instant is before the first", "give (earlier, later)")
        if first <= as_of:
            if second is None or second > as_of:
                waiting[as_of - first] += 1
            else:
                arrived[second - first] += 1
    at_risk = people = arrived.total() + waiting.total()
    absent = 1.0
    shares = [0.25, 0.5, 0.75]
    quartiles: list[timedelta] = []
    for time in sorted(arrived | waiting):
        absent *= 1 - arrived[time] / at_risk
        at_risk -= arrived[time] + waiting[time]
        while shares and absent <= shares[-1] + _ROUNDING:
            shares.pop()
            quartiles.append(time)
    return TimeToReach(people, arrived.total(), waiting.total(), *quartiles, *(None for _ in shares))
