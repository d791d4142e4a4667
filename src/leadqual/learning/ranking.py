"""How well a number ranks people: area under the curve, lift, calibration, drift."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from math import log, sqrt
from typing import Any, Final, final

from attrs import frozen

from leadqual.funnel.proportions import CONFIDENCE, Proportion, deviate

SHARES: Final = (0.1, 0.2, 0.3)
"""The shares of people, best first, for which the lift is told."""

WATCH: Final = 0.10
SHIFTED: Final = 0.25
"""From where on a population stability index asks to be watched, and says that people have changed."""

_FEWEST: Final = 20
"""How many people a row of the calibration table holds at least, if there are so many."""

_STEP: Final = 10
_BINS: Final = 10


@final
@frozen
class Auc:
    """Hold how often somebody who converted is ranked above somebody who did not.

    0.5 is chance, 1 is perfect; ties count half.

    Attributes:
        value: The area under the curve.
        low: The lower end of its interval at 95 %.
        high: The upper end.
    """

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


@final
@frozen
class Lift:
    """Say how much better than chance the first of a ranking are.

    Attributes:
        share: The share of all people, those ranked first.
        rate: The rate at which they converted; people of equal rank are shared out.
        lift: That rate divided by the rate of all.
    """

    share: float
    rate: float
    lift: float


@final
@frozen
class CalibrationBand:
    """Say what became of the people within a band of the ranking.

    Attributes:
        low: The lowest total of the band.
        high: The highest.
        outcome: How many of them converted; its `interval` is Wilson's.
    """

    low: int
    high: int
    outcome: Proportion


@final
@frozen
class Drift:
    """Say how much a number is distributed otherwise later than earlier.

    Attributes:
        name: The signal, or ``"total"``.
        index: The population stability index.
    """

    name: str
    index: float

    def __str__(self) -> str:
        word = "shifted" if self.index >= SHIFTED else "watch" if self.index >= WATCH else "stable"
        return f"{self.name}: {self.index:.2f}, {word}"


Scores = Mapping[Any, int]
"""How many people have each number."""


@final
@frozen
class Comparison:
    """Hold a difference between those who converted and those who did not, with its variance.

    Attributes:
        value: The area under the curve, or the difference of two.
        variance: Its variance by DeLong.
        weight: How many pairs it compares.
    """

    value: float
    variance: float
    weight: int


def _placements(mine: Scores, others: Scores) -> dict[float, float]:
    """Return for each number the share of the others that lie below it, ties counted half."""
    total = sum(others.values())
    numbers = sorted({*mine, *others})
    counts = [others.get(number, 0) for number in numbers]
    below = [0, *accumulate(counts)]
    return {
        number: (before + count / 2) / total
        for number, before, count in zip(numbers, below, counts, strict=False)
    }


def _variance(values: Iterable[tuple[float, int]], mean: float, total: int) -> float:
    """Return the variance of the mean of values, each given with how many have it."""
    squares = sum(count * (value - mean) ** 2 for value, count in values)
    return squares / max(1, total - 1) / total


def compare(converted: Sequence[tuple[float, float]], others: Sequence[tuple[float, float]]) -> Comparison:
    """Return by how much the first number of each person ranks better than the second.

    A second number that is the same for everybody compares with chance, so that the area is 0.5 plus
    the difference. Neither sequence may be empty.

    Source: E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, Comparing the areas under two or more
    correlated receiver operating characteristic curves, Biometrics 44 (1988), 837-845.
    """
    pairs = [Counter(converted), Counter(others)]
    tables: list[tuple[dict[float, float], dict[float, float]]] = []
    for index in (0, 1):
        yes, no = (_marginal(counted, index) for counted in pairs)
        tables.append((_placements(yes, no), _placements(no, yes)))
    (first_yes, first_no), (second_yes, second_no) = tables
    above = [(first_yes[a] - second_yes[b], count) for (a, b), count in pairs[0].items()]
    below = [(second_no[b] - first_no[a], count) for (a, b), count in pairs[1].items()]
    difference = sum(value * count for value, count in sorted(above)) / len(converted)
    variance = _variance(above, difference, len(converted)) + _variance(below, difference, len(others))
    return Comparison(difference, variance, len(converted) * len(others))


def _marginal(counted: Mapping[tuple[float, float], int], index: int) -> Counter[float]:
    result: Counter[float] = Counter()
    for pair, count in counted.items():
        result[pair[index]] += count
    return result


def area(converted: Sequence[float], others: Sequence[float]) -> Comparison:
    """Return the area under the curve less 0.5; neither sequence may be empty."""
    return compare([(number, 0) for number in converted], [(number, 0) for number in others])


def pooled(comparisons: Sequence[Comparison], widen: float = 1.0) -> tuple[float, float, float]:
    """Return the mean of comparisons, weighted by their pairs, and the ends of its interval.

    *widen* multiplies the standard error.
    """
    total = sum(each.weight for each in comparisons)
    mean = sum(each.weight * each.value for each in comparisons) / total
    error = sqrt(sum(each.weight**2 * each.variance for each in comparisons)) / total
    reach = deviate(CONFIDENCE) * error * widen
    return mean, mean - reach, mean + reach


def auc(comparisons: Sequence[Comparison], widen: float = 1.0) -> Auc:
    """Return the area under the curve over several groups of people, each ranked for itself."""
    value, low, high = (0.5 + each for each in pooled(comparisons, widen))
    return Auc(value, max(0.0, low), min(1.0, high))


def lifts(converted: Scores, others: Scores) -> tuple[Lift, ...]:
    """Return how much better than chance the first of the ranking are."""
    total, successes = sum(converted.values()) + sum(others.values()), sum(converted.values())
    return tuple(
        Lift(
            share,
            rate := _successes(converted, others, share * total) / (share * total),
            rate * total / successes,
        )
        for share in SHARES
    )


def _successes(converted: Scores, others: Scores, places: float) -> float:
    """Return how many of the first *places* converted, people of equal rank shared out."""
    found = 0.0
    for number in sorted({*converted, *others}, reverse=True):
        yes = converted.get(number, 0)
        here = yes + others.get(number, 0)
        taken = min(places, here)
        found += yes * taken / here
        places -= taken
    return found


def calibration(converted: Mapping[int, int], others: Mapping[int, int]) -> tuple[CalibrationBand, ...]:
    """Return what became of each band of ten points; neighbours of few people are one band."""
    bands: list[list[int]] = []  # low, high, converted, all
    for total in sorted({*converted, *others}):
        low = min(total // _STEP * _STEP, 100 - _STEP)
        yes = converted.get(total, 0)
        people = yes + others.get(total, 0)
        if not bands or (low > bands[-1][1] and bands[-1][3] >= _FEWEST):
            bands.append([low, low + _STEP - 1, 0, 0])
        bands[-1][1] = low + _STEP - 1
        bands[-1][2] += yes
        bands[-1][3] += people
    if len(bands) > 1 and bands[-1][3] < _FEWEST:
        _, high, yes, people = bands.pop()
        bands[-1][1:] = [high, bands[-1][2] + yes, bands[-1][3] + people]
    return tuple(
        CalibrationBand(low, 100 if high == 100 - 1 else high, Proportion(yes, people))
        for low, high, yes, people in bands
    )


def stability(earlier: Scores, later: Scores) -> float:
    """Return the population stability index of a number, over the deciles of the earlier people.

    Half a person is added to every bin, so that an empty one tells something and not everything.
    """
    size = sum(earlier.values()) / _BINS
    ends: list[float] = []
    held = 0
    for number in sorted(earlier):
        held += earlier[number]
        if held >= size:
            ends.append(number)
            held = 0
    bins = [[0.5, 0.5] for _ in range(len(ends) + 1)]
    for index, people in enumerate((earlier, later)):
        for number, count in people.items():
            bins[sum(number > end for end in ends)][index] += count
    totals = [sum(each) for each in zip(*bins, strict=True)]
    shares = [(before / totals[0], after / totals[1]) for before, after in bins]
    return sum(((after - before) * log(after / before) for before, after in shares), 0.0)
