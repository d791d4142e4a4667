"""How well a scorecard ranks records: area under the curve, lift, calibration, drift."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from math import log, sqrt
from typing import Any, Final, NamedTuple, final

from attrs import frozen

from leadqual.errors import WrongValue, require
from leadqual.funnel.proportions import CONFIDENCE, Proportion, deviate
from leadqual.learning.records import Case, TooFewOutcomes, day_of, read_records
from leadqual.policy.policy import Policy
from leadqual.policy.standard import STANDARD
from leadqual.scoring.scorecard import Row, Scorecard

_SHIFTED: Final = 0.25  # the population stability index of a shift
_WATCH: Final = 0.10  # the index of a change to be watched
_BINS: Final = 10

_SHARES: Final = (0.1, 0.2, 0.3)  # of the records, best first, for which the lift is given
_FEWEST: Final = 20  # records in a band of the calibration, if there are so many
_STEP: Final = 10
_NEEDED: Final = 2  # records of either outcome for an area under the curve


@final
@frozen
class Auc:
    """The area under the curve, with its interval at 95 %; 0.5 is chance, 1 is perfect."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


@final
@frozen
class Lift:
    """The rate of conversion in the share ranked first, and that rate divided by the rate of all."""

    share: float
    rate: float
    lift: float


@final
@frozen
class CalibrationBand:
    """The outcome of the records whose totals lie from *low* to *high*; its `interval` is Wilson's."""

    low: int
    high: int
    outcome: Proportion


@final
@frozen
class Drift:
    """The population stability index of a signal or of the ``"total"``, later against earlier."""

    name: str
    index: float

    @property
    def has_shifted(self) -> bool:
        return self.index >= _SHIFTED

    def __str__(self) -> str:
        word = "shifted" if self.has_shifted else "watch" if self.index >= _WATCH else "stable"
        return f"{self.name}: {self.index:.2f}, {word}"


@final
@frozen
class Evaluation:
    """How well a priority ranks records with known outcomes.

    Attributes:
        outcome: How many of them converted.
        auc: How often a record that converted is ranked above one that did not.
        rule_auc: The same of the rule score; None if no column is a fact.
        worse_than_rules: Whether the priority ranks significantly worse than the rule score.
        lifts: How much better than chance the first of the ranking are.
        calibration: The outcome in each band of the ranking.
        drift: How far later records differ from earlier ones, in total and by signal; empty without days.
        limits: The limits of the data.
    """

    outcome: Proportion
    auc: Auc
    rule_auc: Auc | None
    worse_than_rules: bool
    lifts: tuple[Lift, ...]
    calibration: tuple[CalibrationBand, ...]
    drift: tuple[Drift, ...] = ()
    limits: tuple[str, ...] = ()


class ScoredCase(NamedTuple):
    total: int
    points: Mapping[str, int]  # of each signal
    case: Case


Group = Sequence[ScoredCase]  # that were ranked together
Counts = Counter[Any]  # how many records have each number


def figures_of(
    groups: Sequence[Group], *, widen: float = 1.0, drift: Iterable[Drift] = (), limits: Iterable[str] = ()
) -> Evaluation:
    """Return the figures of cases ranked group by group; *widen* multiplies the standard error of the area."""
    ranked = [_scores_by_outcome(group) for group in groups]
    yes, no = (Counter(total for pairs in side for total, _ in pairs) for side in zip(*ranked, strict=True))
    scored = all(each.case.rule_score is not None for group in groups for each in group)

    def area_by(number: int) -> Auc:
        return auc([area(*([pair[number] for pair in pairs] for pairs in sides)) for sides in ranked], widen)

    return Evaluation(
        outcome=Proportion(yes.total(), yes.total() + no.total()),
        auc=area_by(0),
        rule_auc=area_by(1) if scored else None,
        worse_than_rules=scored and pooled([compare(*sides) for sides in ranked], widen)[2] < 0,
        lifts=tuple(lifts(yes, no)),
        calibration=calibration(yes, no),
        drift=tuple(drift),
        limits=tuple(limits),
    )


def _scores_by_outcome(group: Group) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    pairs = [((total, case.rule_score or 0), case.converted) for total, _, case in group]
    return [pair for pair, yes in pairs if yes], [pair for pair, yes in pairs if not yes]


@final
@frozen
class Comparison:
    """An area under the curve less 0.5, or the difference of two, its variance, and the pairs compared."""

    value: float
    variance: float
    weight: int


def compare(converted: Sequence[tuple[float, float]], others: Sequence[tuple[float, float]]) -> Comparison:
    """Return by how much the first number of each pair ranks better than the second; neither may be empty.

    Source: E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, Comparing the areas under two or more
    correlated receiver operating characteristic curves, Biometrics 44 (1988), 837-845.
    """
    counts = [map(Counter, zip(*pairs, strict=True)) for pairs in (converted, others)]
    (first_yes, first_no), (second_yes, second_no) = (
        (_placements(yes, no), _placements(no, yes)) for yes, no in zip(*counts, strict=True)
    )
    above = [(first_yes[a] - second_yes[b], count) for (a, b), count in Counter(converted).items()]
    below = [(second_no[b] - first_no[a], count) for (a, b), count in Counter(others).items()]
    difference = sum(value * count for value, count in sorted(above)) / len(converted)
    variance = _variance(above, difference, len(converted)) + _variance(below, difference, len(others))
    return Comparison(difference, variance, len(converted) * len(others))


def _placements(mine: Counts, others: Counts) -> dict[float, float]:
    """Return for each number the share of the others below it, ties counted half."""
    total, below = others.total(), 0
    shares: dict[float, float] = {}
    for number in sorted({*mine, *others}):
        shares[number] = (below + others[number] / 2) / total
        below += others[number]
    return shares


def _variance(values: Iterable[tuple[float, int]], mean: float, total: int) -> float:
    """Return the variance of the mean of values, each given with how many have it."""
    return sum(count * (value - mean) ** 2 for value, count in values) / max(1, total - 1) / total


def area(converted: Iterable[float], others: Iterable[float]) -> Comparison:
    return compare([(number, 0) for number in converted], [(number, 0) for number in others])


def pooled(comparisons: Sequence[Comparison], widen: float = 1.0) -> tuple[float, float, float]:
    """Return the mean of comparisons, weighted by their pairs, and its interval, widened by a factor."""
    total = sum(each.weight for each in comparisons)
    mean = sum(each.weight * each.value for each in comparisons) / total
    error = sqrt(sum(each.weight**2 * each.variance for each in comparisons)) / total
    reach = deviate(CONFIDENCE) * error * widen
    return mean, mean - reach, mean + reach


def auc(comparisons: Sequence[Comparison], widen: float = 1.0) -> Auc:
    value, low, high = (0.5 + each for each in pooled(comparisons, widen))
    return Auc(value, max(0.0, low), min(1.0, high))


def lifts(converted: Counts, others: Counts) -> Iterator[Lift]:
    """Yield the lift of each share; records of equal rank are shared out."""
    total = converted.total() + others.total()
    for share in _SHARES:
        found, places = 0.0, share * total
        for number in sorted({*converted, *others}, reverse=True):
            here = converted[number] + others[number]
            taken = min(places, here)
            found += converted[number] * taken / here
            places -= taken
        rate = found / (share * total)
        yield Lift(share, rate, rate * total / converted.total())


def calibration(converted: Counts, others: Counts) -> tuple[CalibrationBand, ...]:
    """Return the outcome in each band of ten points; neighbours of few records are one band."""
    bands: list[list[int]] = []  # low, high, converted, all
    for total in sorted({*converted, *others}):
        low = min(total // _STEP * _STEP, 100 - _STEP)
        if not bands or (low > bands[-1][1] and bands[-1][3] >= _FEWEST):
            bands.append([low, low, 0, 0])
        bands[-1][1] = 100 if low == 100 - _STEP else low + _STEP - 1
        bands[-1][2] += converted[total]
        bands[-1][3] += converted[total] + others[total]
    if len(bands) > 1 and bands[-1][3] < _FEWEST:
        _, high, yes, count = bands.pop()
        bands[-1][1:] = [high, bands[-1][2] + yes, bands[-1][3] + count]
    return tuple(CalibrationBand(low, high, Proportion(yes, count)) for low, high, yes, count in bands)


def stability(earlier: Counts, later: Counts) -> float:
    """Return the population stability index of a number, over the deciles of the earlier records."""
    size = earlier.total() / _BINS
    ends: list[float] = []
    held = 0
    for number in sorted(earlier):
        held += earlier[number]
        if held >= size:
            ends.append(number)
            held = 0
    # Half a record in each bin keeps the index finite.
    sides = [[0.5] * (len(ends) + 1) for _ in range(2)]
    for bins, counts in zip(sides, (earlier, later), strict=True):
        for number, count in counts.items():
            bins[bisect_left(ends, number)] += count
    shares = zip(*([count / sum(bins) for count in bins] for bins in sides), strict=True)
    return sum(((after - before) * log(after / before) for before, after in shares), 0.0)


def evaluate(
    card: Scorecard,
    rows: Iterable[Row],
    *,
    outcome: str,
    at: str | None = None,
    split: date | None = None,
    as_of: date | None = None,
    positive: str | None = None,
    policy: Policy = STANDARD,
) -> Evaluation:
    """Return how well any card ranks records with known outcomes.

    *outcome* and *at* name columns as in `learn`; each record is read as on its day, or as on *as_of*
    if it has none. With *split* the figures are those of the records from that day on; the drift
    compares them with the earlier ones, or the later half with the earlier half without *split*. The
    figures are too optimistic for a card that was learned from the same records; use those of `learn`.

    Raises:
        WrongValue: If a column is missing, the outcome is not one of two things, or *split* lacks *at*.
        WrongType: If a row is neither a contact nor a mapping, or an argument has another type.
        TooFewOutcomes: If fewer than two have either outcome.
    """
    require("card", card, Scorecard, "a Scorecard", "the card comes first, then the records")
    found = read_records(rows, outcome, at, positive, as_of, policy=policy)
    split, as_of = day_of("split", split), day_of("as_of", as_of)
    if split is not None and at is None:
        raise WrongValue("split", "is a day, and the records have none", "name their day: at=…")
    days = [case.day for case in found.cases]
    if card.ages and as_of is None and None in days:
        raise WrongValue("as_of", "is missing, and this card lets points age", "give the day, or at=…")
    scored = scores_of(card, found.cases, as_of)
    group = [each for each in scored if split is None or (each.case.day and each.case.day >= split)]
    converted = sum(each.case.converted for each in group)
    if min(converted, len(group) - converted) < _NEEDED:
        raise TooFewOutcomes(converted, len(group) - converted, _NEEDED)
    return figures_of([group], drift=drift_of(scored, split or middle_day(days)), limits=found.limits)


def scores_of(card: Scorecard, cases: Iterable[Case], as_of: date | None = None) -> list[ScoredCase]:
    """Return the scores of the cases as on their days, or as on *as_of* if they have none."""
    result: list[ScoredCase] = []
    for case in cases:
        tallies = card.tallies(case.read, case.day or as_of)
        points = {signal.name: award.points for each in tallies for signal, award in each.awards}
        result.append(ScoredCase(card.base + sum([each.points for each in tallies]), points, case))
    return result


def middle_day(days: Iterable[date | None]) -> date | None:
    """Return the first day of the later half, if there are two days."""
    known = sorted(found for found in days if found is not None)
    return next((found for found in known[len(known) // 2 :] if found > known[0]), None)


def drift_of(scored: Iterable[ScoredCase], middle: date | None) -> Iterator[Drift]:
    halves: tuple[list[ScoredCase], list[ScoredCase]] = ([], [])
    for each in scored:
        if middle is not None and each.case.day is not None:
            halves[each.case.day >= middle].append(each)
    if all(halves):
        yield Drift("total", stability(*(Counter([each.total for each in half]) for half in halves)))
        for name in halves[0][0].points:
            yield Drift(name, stability(*(Counter([each.points[name] for each in half]) for half in halves)))
