"""Any scorecard tried on records with known outcomes."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from leadqual.errors import WrongValue, require
from leadqual.learning.metrics import Drift, Evaluation, ScoredCase, evaluation_of, stability
from leadqual.learning.records import Case, TooFewOutcomes, day_of, read_records
from leadqual.policy.policy import Policy
from leadqual.policy.standard import STANDARD
from leadqual.scoring.scorecard import Row, Scorecard

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
    scored = scores_of(card, found.cases, as_of)
    group = [each for each in scored if split is None or (each.case.day and each.case.day >= split)]
    converted = sum(each.case.converted for each in group)
    if min(converted, len(group) - converted) < _FEWEST:
        raise TooFewOutcomes(converted, len(group) - converted, _FEWEST)
    return evaluation_of([group], drift=drift_of(scored, split or middle_day(days)), limits=found.limits)


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
