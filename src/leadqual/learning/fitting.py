"""Points learned from what became of a company's own contacts."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from math import sqrt
from typing import Final, final

from attrs import frozen

from leadqual.errors import Fault, WrongValue
from leadqual.funnel.proportions import Proportion
from leadqual.learning.cases import ENOUGH, Row, TooFewOutcomes, must_be_there, read_cases
from leadqual.learning.evaluation import Evaluation, Ranked, drift_of, evaluation_of, middle_day
from leadqual.learning.leaks import LeakWarning, alone, area_alone, leaks, strong
from leadqual.learning.models import Model
from leadqual.learning.ranking import Auc, CalibrationBand, Comparison
from leadqual.learning.samples import Sample, read_sample
from leadqual.policy import Policy
from leadqual.scoring.scorecard import Scorecard
from leadqual.standard import STANDARD
from leadqual.vocabulary import Meaning, Word, define

_FOLDS: Final = 5

_WIDEN: Final = sqrt(1 + _FOLDS / (_FOLDS - 1))
"""What the folds' common training data add to the standard error.

Source: C. Nadeau, Y. Bengio, Inference for the generalization error, Machine Learning 52 (2003).
"""

_CHANCE: Final = 0.5
_NO_POINTS: Final = "made no difference, or too few say any one thing"
_GOOD: Final = 0.6
_MANY: Final = 100
_TWO: Final = 2


@final
class Readiness(Word):
    """Whether a learned card should be used."""

    NOT_READY = "not_ready"
    USABLE = "usable"
    READY = "ready"


_NO_CARDS: Final = "the articles know no scorecards"

define(
    {
        Readiness.NOT_READY: Meaning("may rank no better than chance", _NO_CARDS),
        Readiness.USABLE: Meaning("ranks better than chance", _NO_CARDS),
        Readiness.READY: Meaning(
            "ranks well, also later and without what may be known only afterwards", _NO_CARDS
        ),
    }
)


@final
@frozen
class Learned:
    """Hold a learned card with all that is known about its worth.

    Attributes:
        card: An ordinary scorecard, made from all records.
        verdict: Whether it should be used.
        needs: What keeps it from being ready.
        evaluation: How well such a card ranks people that it was not made from: five times, a card
            made from four fifths of the records is tried on the last fifth.
        out_of_time: How well a card made from the earlier half ranks the later half; None where there
            are no days, or too few people in either half.
        warnings: The columns that may have been filled only once it was known how it ended.
        left_out: The columns that nothing was learned from, with the reason.
        young: How many have not converted yet and are younger than the usual time to convert.
        limits: What no figure here can tell.
    """

    card: Scorecard
    verdict: Readiness
    needs: tuple[str, ...]
    evaluation: Evaluation
    out_of_time: Evaluation | None
    warnings: tuple[LeakWarning, ...]
    left_out: tuple[Fault, ...]
    young: int
    limits: tuple[str, ...]

    @property
    def auc(self) -> Auc:
        """Return how often somebody who converted is ranked above somebody who did not."""
        return self.evaluation.auc

    @property
    def rule_auc(self) -> Auc | None:
        """Return the same of the rule score; None if no column is a fact."""
        return self.evaluation.rule_auc

    @property
    def base_rate(self) -> Proportion:
        """Return how many of all converted."""
        return self.evaluation.outcome

    @property
    def calibration(self) -> tuple[CalibrationBand, ...]:
        """Return what became of each band of the ranking."""
        return self.evaluation.calibration


def learn(
    rows: Iterable[Row],
    *,
    outcome: str,
    at: str | None = None,
    signals: Iterable[str] | None = None,
    filled: Iterable[str] = (),
    rising: Iterable[str] = (),
    falling: Iterable[str] = (),
    known: Iterable[str] = (),
    positive: str | None = None,
    as_of: date | None = None,
    usual_days: int | None = None,
    leave_out_young: bool = False,
    name: str = "learned",
    version: str = "1",
    policy: Policy = STANDARD,
) -> Learned:
    """Return a scorecard whose points are learned from records of which it is known how they ended.

    The points are those of a logistic regression on bands: 50 is the average contact, 10 points double
    the odds (fewer where the total would leave 0 to 100), and unknown is neither good nor bad. The
    same records give the same card, in whatever order they come.

    Args:
        rows: Contacts, or mappings of columns to cells; a contact is read as on its day.
        outcome: The column of what became of them: yes and no, or the day of the conversion, blank
            where there was none. Records whose outcome is not known are left out.
        at: The column of the day on which each became known; without it nobody can tell whether the
            card holds later.
        signals: The columns to learn from; None means all, but for identifiers and the source.
        filled: The columns of which it counts by itself whether they are filled.
        rising: The columns where more must never lower the points.
        falling: The columns where more must never raise the points.
        known: The columns of which you say that they were known when you would have called.
        positive: What the outcome says of those who converted, where it is not yes or no.
        as_of: The day of the export; None means the last day on record.
        usual_days: How long a contact usually takes to convert; None means what nine in ten took.
        leave_out_young: Whether to leave out contacts younger than that, of whom "not yet" is not "no".
        name: What the card is called.
        version: The company's version of it.
        policy: The rules whose score the card is compared with, where columns are called like facts.

    Raises:
        TooFewOutcomes: If fewer than 40 converted, or fewer than 40 did not.
        WrongValue: If a column is missing, the outcome is not one of two things, no column tells
            anything, or a day lies after *as_of*.
        WrongType: If a row is neither a contact nor a mapping.
    """
    cases = read_cases(
        rows,
        outcome=outcome,
        at=at,
        positive=positive,
        as_of=as_of,
        usual_days=usual_days,
        leave_out_young=leave_out_young,
        policy=policy,
    )
    converted = sum(cases.converted)
    if min(converted, len(cases.converted) - converted) < ENOUGH:
        raise TooFewOutcomes(converted, len(cases.converted) - converted)
    known = tuple(known)
    must_be_there("known", known, cases.names)
    sample = read_sample(
        cases, outcome=outcome, at=at, signals=signals, filled=filled, rising=rising, falling=falling
    )
    model = Model.of(sample, range(len(sample.converted)))
    if all(banding.size < _TWO for banding in model.bandings):
        advice = "name other columns, or bring more rows"
        raise WrongValue("rows", "have no column in which enough people say one thing or another", advice)
    ranked, areas = _cross_validated(sample)
    evaluation = evaluation_of(ranked, widen=_WIDEN, limits=cases.limits)
    out_of_time = _out_of_time(sample)
    warnings = tuple(leaks(model, sample, areas, known))
    needs = tuple(_needs(evaluation, out_of_time, warnings, dated=at is not None))
    unlike_chance = evaluation.auc.low > _CHANCE
    return Learned(
        card=model.card(name, version),
        verdict=Readiness.NOT_READY if not unlike_chance else Readiness.USABLE if needs else Readiness.READY,
        needs=needs,
        evaluation=evaluation,
        out_of_time=out_of_time,
        warnings=warnings,
        left_out=(*sample.left_out, *(Fault(column, _NO_POINTS) for column in model.silent)),
        young=cases.young,
        limits=(*cases.limits, _blind_spot([column.name for column in sample.columns], areas)),
    )


def _cross_validated(sample: Sample) -> tuple[list[Ranked], list[float]]:
    """Return every fifth of the people ranked by a card made from the others, and each column alone."""
    folds: list[list[int]] = [[] for _ in range(_FOLDS)]
    dealt = {True: 0, False: 0}
    for row, converted in enumerate(sample.converted):
        folds[dealt[converted] % _FOLDS].append(row)
        dealt[converted] += 1
    ranked: list[Ranked] = []
    singles: list[list[Comparison]] = []
    for test in folds:
        held_out = set(test)
        train = [row for row in range(len(sample.converted)) if row not in held_out]
        model = Model.of(sample, train)
        ranked.append(_ranked(model, sample, test))
        singles.append(alone(model, sample, train, test))
    return ranked, area_alone(singles)


def _ranked(model: Model, sample: Sample, rows: Sequence[int]) -> Ranked:
    return Ranked(
        model.totals(rows),
        [sample.converted[row] for row in rows],
        sample.grades and [sample.grades[row] for row in rows],
    )


def _out_of_time(sample: Sample) -> Evaluation | None:
    """Return how well a card made from the earlier half ranks the later half."""
    middle = middle_day(sample.days)
    if middle is None:
        return None
    dated = [row for row, found in enumerate(sample.days) if found is not None]
    days = [found for found in sample.days if found is not None]
    earlier = [row for row, found in zip(dated, days, strict=True) if found < middle]
    later = [row for row, found in zip(dated, days, strict=True) if found >= middle]
    if min(sample.rarer(earlier), sample.rarer(later)) < ENOUGH // 2:
        return None
    model = Model.of(sample, earlier)
    names = ["total", *(column.name for column in model.columns)]
    points = [
        dict(zip(names, each, strict=True))
        for each in zip(model.totals(dated), *model.points_of(dated), strict=True)
    ]
    return evaluation_of([_ranked(model, sample, later)], drift=drift_of(points, days, middle))


def _needs(
    evaluation: Evaluation,
    out_of_time: Evaluation | None,
    warnings: Iterable[LeakWarning],
    *,
    dated: bool,
) -> Iterator[str]:
    """Yield what keeps a card from being ready."""
    low = evaluation.auc.low
    if low <= _CHANCE:
        yield f"more people, or columns that say more: it may rank no better than chance (from {low:.2f})"
    elif low < _GOOD:
        yield f"an area surely above {_GOOD:.2f}, and it may be {low:.2f}"
    outcome = evaluation.outcome
    for who, count in (("that converted", outcome.count), ("that did not", outcome.total - outcome.count)):
        if count < _MANY:
            yield f"{_MANY - count} more {who}"
    if evaluation.worse_than_rules:
        yield "to rank no worse than the rule score, which it surely does"
    for warning in warnings:
        if not warning.answered:
            yield f"an answer about {warning.column}: leave it out, or say that it was known before"
    if dated and out_of_time is None:
        yield f"at least {ENOUGH // 2} of either outcome in each half of the time"
    elif out_of_time is not None and out_of_time.auc.low <= _CHANCE:
        yield "to hold later: made from the earlier half it may rank the later half no better than chance"


def _blind_spot(names: Sequence[str], areas: Sequence[float]) -> str:
    """Say what statistics cannot see."""
    first = strong(names, areas)
    columns = f", first of {', '.join(first)}" if first else ""
    return f"no figure shows whether a column was known when you would have called: ask it of each{columns}"
