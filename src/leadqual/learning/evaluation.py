"""How well a priority ranks people whose outcome is known."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final, final

from attrs import frozen

from leadqual.errors import WrongValue, require
from leadqual.funnel.proportions import Proportion
from leadqual.learning.cases import Case, Row, TooFewOutcomes, day_of, read_cases
from leadqual.learning.ranking import (
    Auc,
    CalibrationBand,
    Comparison,
    Drift,
    Lift,
    auc,
    calibration,
    compare,
    lifts,
    pooled,
    stability,
)
from leadqual.policy.policy import Policy
from leadqual.policy.standard import STANDARD
from leadqual.scoring.scorecard import Scorecard


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


Group = Sequence[tuple[int, Case]]
"""Cases that were ranked together, each with its total."""


def evaluation_of(
    groups: Sequence[Group],
    *,
    widen: float = 1.0,
    drift: Iterable[Drift] = (),
    limits: Iterable[str] = (),
) -> Evaluation:
    """Return the figures of people ranked group by group, each group with both outcomes.

    *widen* multiplies the standard error of the area under the curve.
    """
    yes, no = (
        Counter([total for group in groups for total, case in group if case.converted is converted])
        for converted in (True, False)
    )
    graded = all(case.grade is not None for group in groups for _, case in group)
    return Evaluation(
        outcome=Proportion(yes.total(), yes.total() + no.total()),
        auc=auc(_compared(groups, lambda total, _: (total, 0)), widen),
        rule_auc=auc(_compared(groups, lambda _, grade: (grade, 0)), widen) if graded else None,
        worse_than_rules=graded
        and pooled(_compared(groups, lambda total, grade: (total, grade)), widen)[2] < 0,
        lifts=lifts(yes, no),
        calibration=calibration(yes, no),
        drift=tuple(drift),
        limits=tuple(limits),
    )


def _compared(groups: Sequence[Group], numbers: Callable[[int, int], tuple[int, int]]) -> list[Comparison]:
    """Return by how much the first of two numbers, made of total and rule score, ranks each group better."""
    return [
        compare(
            *(
                [numbers(total, case.grade or 0) for total, case in group if case.converted is converted]
                for converted in (True, False)
            )
        )
        for group in groups
    ]


Score = tuple[int, Mapping[str, int]]
"""A total, and the points of each signal."""


def scores_of(card: Scorecard, cases: Iterable[Case], as_of: date | None = None) -> list[Score]:
    """Return what the card gives each case as on its day, or as on *as_of* if it has none."""
    result: list[Score] = []
    for case in cases:
        tallies = card.tallies(case.read, case.day or as_of)
        points = {signal.name: award.points for each in tallies for signal, award in each.awards}
        result.append((card.base + sum([each.points for each in tallies]), points))
    return result


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
        WrongType: If a row is neither a contact nor a mapping, or an argument has another type.
        TooFewOutcomes: If fewer than two have either outcome.
    """
    require("card", card, Scorecard, "a Scorecard", "the card comes first, then the records")
    found = read_cases(rows, outcome=outcome, at=at, positive=positive, as_of=as_of, policy=policy)
    split, as_of = day_of("split", split), day_of("as_of", as_of)
    if split is not None and at is None:
        raise WrongValue("split", "is a day, and the records have none", "name their day: at=…")
    days = [case.day for case in found.cases]
    if card.ages and as_of is None and None in days:
        raise WrongValue("as_of", "is missing, and this card lets points age", "give the day, or at=…")
    scores = scores_of(card, found.cases, as_of)
    group = [
        (total, case)
        for (total, _), case in zip(scores, found.cases, strict=True)
        if split is None or (case.day is not None and case.day >= split)
    ]
    converted = sum(case.converted for _, case in group)
    if min(converted, len(group) - converted) < _FEWEST:
        raise TooFewOutcomes(converted, len(group) - converted, _FEWEST)
    drift = drift_of(scores, days, split or middle_day(days))
    return evaluation_of([group], drift=drift, limits=found.limits)


_FEWEST: Final = 2
"""How many people of either outcome an area under the curve needs."""


def middle_day(days: Iterable[date | None]) -> date | None:
    """Return the day on which the later half begins; None where there are fewer than two days."""
    known = sorted(found for found in days if found is not None)
    later = [found for found in known[len(known) // 2 :] if found > known[0]]
    return later[0] if later else None


def drift_of(scores: Sequence[Score], days: Sequence[date | None], middle: date | None) -> Iterator[Drift]:
    """Yield how far those from the day *middle* on differ from the earlier ones, number by number."""
    if middle is None:
        return
    dated = [(each, found >= middle) for each, found in zip(scores, days, strict=True) if found is not None]
    earlier, later = ([each for each, late in dated if late is wanted] for wanted in (False, True))
    if earlier and later:
        yield Drift(TOTAL, stability(*(Counter([total for total, _ in half]) for half in (earlier, later))))
        for name in earlier[0][1]:
            counts = (Counter([points[name] for _, points in half]) for half in (earlier, later))
            yield Drift(name, stability(*counts))


TOTAL: Final = "total"
"""What the drift of the total is called."""
