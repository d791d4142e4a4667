"""How well a priority ranks people whose outcome is known."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final, TypeVar, final

from attrs import frozen

from leadqual.errors import WrongValue
from leadqual.funnel.proportions import Proportion
from leadqual.learning.cases import Row, TooFewOutcomes, read_cases
from leadqual.learning.ranking import (
    Auc,
    CalibrationBand,
    Drift,
    Lift,
    area,
    auc,
    calibration,
    compare,
    lifts,
    pooled,
    stability,
)
from leadqual.policy import Policy
from leadqual.scoring.priority import Reader
from leadqual.scoring.scorecard import Scorecard
from leadqual.standard import STANDARD

T = TypeVar("T")


@final
@frozen
class Evaluation:
    """Say how well a priority ranks people whose outcome is known.

    Attributes:
        outcome: How many of them converted.
        auc: How often somebody who converted is ranked above somebody who did not.
        rule_auc: The same of the rule score; None if no column is a fact.
        worse_than_rules: Whether the priority surely ranks worse than the rule score.
        lifts: How much better than chance the first of the ranking are.
        calibration: What became of each band of the ranking.
        drift: How far later people differ from earlier ones, in the total, then in each signal; empty
            where there are no days.
        limits: What is to be said about the records.
    """

    outcome: Proportion
    auc: Auc
    rule_auc: Auc | None
    worse_than_rules: bool
    lifts: tuple[Lift, ...]
    calibration: tuple[CalibrationBand, ...]
    drift: tuple[Drift, ...] = ()
    limits: tuple[str, ...] = ()


@final
@frozen
class Ranked:
    """Hold people who were ranked together.

    Attributes:
        totals: The total of each.
        converted: Whether each converted.
        grades: The rule score of each, or None.
    """

    totals: Sequence[int]
    converted: Sequence[bool]
    grades: Sequence[int] | None

    def split(self, numbers: Iterable[T]) -> tuple[list[T], list[T]]:
        """Return the numbers of those who converted, and of the others."""
        pairs = list(zip(numbers, self.converted, strict=True))
        return [number for number, yes in pairs if yes], [number for number, yes in pairs if not yes]


def evaluation_of(
    groups: Sequence[Ranked],
    *,
    widen: float = 1.0,
    drift: Iterable[Drift] = (),
    limits: Iterable[str] = (),
) -> Evaluation:
    """Return the figures of people ranked group by group, each group with both outcomes.

    *widen* multiplies the standard error of the area under the curve.
    """
    yes: Counter[int] = Counter()
    no: Counter[int] = Counter()
    for group in groups:
        for total, converted in zip(group.totals, group.converted, strict=True):
            (yes if converted else no)[total] += 1
    return Evaluation(
        outcome=Proportion(yes.total(), yes.total() + no.total()),
        auc=auc([area(*each.split(each.totals)) for each in groups], widen),
        rule_auc=_rules(groups, widen),
        worse_than_rules=_worse(groups, widen),
        lifts=lifts(yes, no),
        calibration=calibration(yes, no),
        drift=tuple(drift),
        limits=tuple(limits),
    )


def _rules(groups: Sequence[Ranked], widen: float) -> Auc | None:
    areas = [area(*each.split(each.grades)) for each in groups if each.grades is not None]
    return auc(areas, widen) if areas else None


def _worse(groups: Sequence[Ranked], widen: float) -> bool:
    pairs = [
        compare(*each.split(zip(each.totals, each.grades, strict=True)))
        for each in groups
        if each.grades is not None
    ]
    return bool(pairs) and pooled(pairs, widen)[2] < 0


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
    """Return how well any card ranks records whose outcome is known.

    *outcome* and *at* name columns as in `learn`; each record is read as on its day, or as on *as_of*
    if it has none. With *split* the figures are those of the records from that day on; the drift
    compares them with the earlier ones, or the later half with the earlier half without *split*. A
    card that was learned from the same records is flattered here; `learn` tells what it is worth.

    Raises:
        WrongValue: If a column is missing, the outcome is not one of two things, or *split* is given
            without *at*.
        TooFewOutcomes: If fewer than two have either outcome.
    """
    cases = read_cases(
        rows,
        outcome=outcome,
        at=at,
        positive=positive,
        as_of=as_of,
        usual_days=None,
        leave_out_young=False,
        policy=policy,
    )
    if split is not None and at is None:
        raise WrongValue("split", "is a day, and the records have none", "name their day: at=…")
    if card.ages and as_of is None and None in cases.days:
        raise WrongValue("as_of", "is missing, and this card lets points age", "give the day, or at=…")
    points = [
        _points(card, read, found or as_of) for read, found in zip(cases.cells, cases.days, strict=True)
    ]
    middle = split or middle_day(cases.days)
    chosen = [place for place, found in enumerate(cases.days) if not split or (found and found >= split)]
    converted = [cases.converted[place] for place in chosen]
    if min(sum(converted), len(converted) - sum(converted)) < _FEWEST:
        raise TooFewOutcomes(sum(converted), len(converted) - sum(converted), _FEWEST)
    grades = None if cases.grades is None else [cases.grades[place] for place in chosen]
    ranked = Ranked([points[place]["total"] for place in chosen], converted, grades)
    return evaluation_of([ranked], drift=drift_of(points, cases.days, middle), limits=cases.limits)


_FEWEST: Final = 2
"""How many people of either outcome an area under the curve needs."""


def _points(card: Scorecard, read: Reader, as_of: date | None) -> dict[str, int]:
    """Return the total and the points of each signal."""
    tallies = card.tallies(read, as_of)
    return {
        "total": card.base + sum(each.points for each in tallies),
        **{signal.name: award.points for each in tallies for signal, award in each.awards},
    }


def middle_day(days: Iterable[date | None]) -> date | None:
    """Return the day on which the later half begins; None where there are fewer than two days."""
    known = sorted(found for found in days if found is not None)
    later = [found for found in known[len(known) // 2 :] if found > known[0]]
    return later[0] if later else None


def drift_of(
    points: Sequence[Mapping[str, int]], days: Sequence[date | None], middle: date | None
) -> Iterator[Drift]:
    """Yield how far those from the day *middle* on differ from the earlier ones, number by number."""
    if middle is None:
        return
    dated = [(each, found >= middle) for each, found in zip(points, days, strict=True) if found is not None]
    earlier, later = ([each for each, late in dated if late is wanted] for wanted in (False, True))
    if earlier and later:
        for name in earlier[0]:
            counts = (Counter(each[name] for each in half) for half in (earlier, later))
            yield Drift(name, stability(*counts))
