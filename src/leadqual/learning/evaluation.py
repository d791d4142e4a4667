"""Any scorecard tried on records with known outcomes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from leadqual.errors import WrongValue, require
from leadqual.learning.metrics import Drift, Evaluation, evaluation_of, stability
from leadqual.learning.records import Case, Row, TooFewOutcomes, day_of, read_records
from leadqual.policy.policy import Policy
from leadqual.policy.standard import STANDARD
from leadqual.scoring.scorecard import Scorecard

Score = tuple[int, Mapping[str, int]]  # the total, and the points of each signal
_FEWEST: Final = 2  # records of either outcome for an area under the curve


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
        WrongValue: If a column is missing, the outcome is not one of two things, or *split* is given
            without *at*.
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


def scores_of(card: Scorecard, cases: Iterable[Case], as_of: date | None = None) -> list[Score]:
    """Return the scores of the cases as on their days, or as on *as_of* if they have none."""
    result: list[Score] = []
    for case in cases:
        tallies = card.tallies(case.read, case.day or as_of)
        points = {signal.name: award.points for each in tallies for signal, award in each.awards}
        result.append((card.base + sum([each.points for each in tallies]), points))
    return result


def middle_day(days: Iterable[date | None]) -> date | None:
    """Return the first day of the later half, if there are two days."""
    known = sorted(found for found in days if found is not None)
    return next((found for found in known[len(known) // 2 :] if found > known[0]), None)


def drift_of(scores: Sequence[Score], days: Sequence[date | None], middle: date | None) -> Iterator[Drift]:
    if middle is None:
        return
    dated = [(score, found >= middle) for score, found in zip(scores, days, strict=True) if found is not None]
    halves = [[score for score, is_late in dated if is_late is wanted] for wanted in (False, True)]
    if all(halves):
        yield Drift("total", stability(*(Counter([total for total, _ in half]) for half in halves)))
        for name in halves[0][0][1]:
            yield Drift(name, stability(*(Counter([points[name] for _, points in half]) for half in halves)))
