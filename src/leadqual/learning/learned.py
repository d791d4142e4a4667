"""Scorecards learned from the outcomes of a company's own contacts."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from math import sqrt
from typing import Final, final

from attrs import frozen

from leadqual.errors import Fault, WrongValue
from leadqual.funnel.proportions import wilson
from leadqual.learning.evaluation import Evaluation, Group, auc, drift_of, figures_of, middle_day, scores_of
from leadqual.learning.leaks import LeakWarning, areas, conversions, leaks
from leadqual.learning.records import ENOUGH, Sample, TooFewOutcomes, columns_of, read_records, read_sample
from leadqual.learning.regression import Model
from leadqual.policy.policy import Policy
from leadqual.policy.standard import STANDARD
from leadqual.scoring.scorecard import Row, Scorecard
from leadqual.taxonomy.vocabulary import Word

_FOLDS: Final = 5
# The folds share training data. Source: C. Nadeau, Y. Bengio, Inference for the generalization error,
# Machine Learning 52 (2003).
_WIDEN: Final = sqrt(1 + _FOLDS / (_FOLDS - 1))
_BLOCKS: Final = 6
_CHANCE: Final = 0.5
_GOOD: Final = 0.55
_MANY: Final = 100
_BEFORE: Final = ENOUGH // 2
_WITHIN: Final = 10
_RARE: Final = 3
_NO_POINTS: Final = "made no difference, or has too few records for each value"
_NO_CARDS: Final = "the articles do not mention scorecards"


@final
class Readiness(Word):
    """Whether a learned card should be used."""

    NOT_READY = "not_ready", _NO_CARDS
    USABLE = "usable", _NO_CARDS
    READY = "ready", _NO_CARDS


@final
@frozen
class Learned:
    """A learned scorecard, with how well it ranks.

    Attributes:
        card: An ordinary scorecard, made from all records.
        verdict: Whether it should be used.
        needs: What keeps it from being ready.
        evaluation: How well such a card ranks records that it was not made from: five times, a card
            made from four fifths of the records is tried on the last fifth.
        out_of_time: How well such a card ranks later records: the time is cut into six blocks of equally
            many records, and each block is ranked by a card made from all before it; the drift is that
            of the later half under the card of the earlier half. None without days, or with too few records.
        warnings: The columns that may have been filled only after the outcome.
        ask: The columns that alone rank so well that you should ask yourself when they were known, with
            their areas, without those in *known_before*.
        left_out: The columns that nothing was learned from, with the reason.
        too_recent: How many have not converted yet and are younger than the usual time to convert.
        limits: What no figure here can tell.
    """

    card: Scorecard
    verdict: Readiness
    needs: tuple[str, ...]
    evaluation: Evaluation
    out_of_time: Evaluation | None
    warnings: tuple[LeakWarning, ...]
    ask: tuple[str, ...]
    left_out: tuple[Fault, ...]
    too_recent: int
    limits: tuple[str, ...]

    def __str__(self) -> str:
        word = str(self.verdict).replace("_", " ")
        if self.verdict is Readiness.NOT_READY:
            return f"{word}: the card needs {self.needs[0]}"
        later = "" if self.out_of_time else "; nothing is known of how it ranks later people"
        columns = ", ".join(self.ask)
        ask = f"; first ask whether {columns} was known when you would have called" if columns else ""
        return f"{word}: the card {self.verdict.definition}{later}{ask}"


def learn(
    rows: Iterable[Row],
    *,
    outcome: str,
    at: str | None = None,
    signals: Iterable[str] | None = None,
    filled: Iterable[str] = (),
    rising: Iterable[str] = (),
    falling: Iterable[str] = (),
    known_before: Iterable[str] = (),
    positive: str | None = None,
    as_of: date | None = None,
    days_to_convert: int | None = None,
    drop_recent: bool = False,
    name: str = "learned",
    version: str = "1",
    policy: Policy = STANDARD,
) -> Learned:
    """Learn a scorecard from records with known outcomes.

    The points are those of a logistic regression on bands: 50 is the average contact, 10 points double
    the odds (fewer where the total would leave 0 to 100), and unknown is neither good nor bad. Points
    rank; as odds they hold only where as many convert as among these records. Every figure is that of
    a card on records that it was not made from. The same records give the same card, in whatever order.

    Args:
        rows: Contacts, or mappings of columns to cells; a contact is read as on its day.
        outcome: The column of the outcome: yes and no, or the day of the conversion, blank where there
            was none. Records with unknown outcomes are left out.
        at: The column of the day on which each became known; without it there is no test on later records.
        signals: The columns to learn from; None means all, but for identifiers and the source.
        filled: The columns that also count by whether they are filled.
        rising: The columns where more must never lower the points.
        falling: The columns where more must never raise the points.
        known_before: The columns that you say were known when you would have called.
        positive: The outcome that means converted, where it is not yes or no.
        as_of: The day of the export; None means the last day on record.
        days_to_convert: How long a contact usually takes to convert; None means what nine in ten took.
        drop_recent: Whether to leave out contacts younger than that, because "not yet" is not "no".
        name: The name of the card.
        version: The company's version of it.
        policy: The rules whose score the card is compared with, where columns are called like facts.

    Raises:
        TooFewOutcomes: If fewer than 40 converted, or fewer than 40 did not.
        WrongValue: If a column is missing, the outcome is not one of two things, no column tells
            anything, or a day lies after *as_of*.
        WrongType: If a row is neither a contact nor a mapping, or an argument has another type.
    """
    found = read_records(
        rows, outcome, at, positive, as_of, policy=policy, usual_days=days_to_convert, drop_recent=drop_recent
    )
    known = columns_of("known_before", known_before, found.names)
    converted = sum(case.converted for case in found.cases)
    if min(converted, len(found.cases) - converted) < ENOUGH:
        raise TooFewOutcomes(converted, len(found.cases) - converted)
    sample = read_sample(found, signals=signals, filled=filled, rising=rising, falling=falling)
    model = Model.of(sample, range(len(sample.cases)), name, version)
    if all(part.size <= 1 for part in model.parts):
        advice = "name other columns, or bring more rows"
        raise WrongValue("rows", "have no column with enough records for two values", advice)
    ranked, aucs = _cross_validated(sample)
    evaluation = figures_of(ranked, widen=_WIDEN, limits=found.limits)
    out_of_time, last = _forward(sample)
    warnings, ask = leaks(model, sample, aucs, known)
    obstacles = tuple(_reasons_not_to_use(evaluation, out_of_time, warnings))
    shortfalls = tuple(_missing_for_ready(evaluation, out_of_time, last, dated=at is not None))
    names = (part.column.name for part in model.parts)
    pointless = sorted(name for name, points in zip(names, model.points, strict=True) if not any(points))
    return Learned(
        card=model.card,
        verdict=Readiness.NOT_READY if obstacles else Readiness.USABLE if shortfalls else Readiness.READY,
        needs=(*obstacles, *shortfalls),
        evaluation=evaluation,
        out_of_time=out_of_time,
        warnings=warnings,
        ask=ask,
        left_out=(*sample.left_out, *(Fault(column, _NO_POINTS) for column in pointless)),
        too_recent=found.too_recent,
        limits=(*found.limits, *_limits(model, sample)),
    )


def _cross_validated(sample: Sample) -> tuple[Sequence[Group], list[float]]:
    """Return every fifth ranked by a card made from the others, and the area of each single column."""
    yes, no = ([row for row, won in enumerate(sample.converted) if won is wanted] for wanted in (True, False))
    folds = [sorted(yes[first::_FOLDS] + no[first::_FOLDS]) for first in range(_FOLDS)]
    trains = [sorted({*range(len(sample.cases))}.difference(test)) for test in folds]
    splits = [(Model.of(sample, train), train, test) for train, test in zip(trains, folds, strict=True)]
    ranked = [scores_of(model.card, [sample.cases[row] for row in test]) for model, _, test in splits]
    singles = zip(*(areas(model, sample, train, test) for model, train, test in splits), strict=True)
    return ranked, [auc(column).value for column in singles]


def _forward(sample: Sample) -> tuple[Evaluation | None, Evaluation | None]:
    """Return how well cards made from earlier records rank later ones, all and those of the last block."""
    dated = [(case.day, row) for row, case in enumerate(sample.cases) if case.day is not None]
    days = sorted(found for found, _ in dated)
    middle = middle_day(days)
    if middle is None:
        return None, None
    starts = sorted({middle, *(days[len(days) * k // _BLOCKS] for k in range(1, _BLOCKS))} - {days[0]})
    ranked: list[Group] = []
    halves: Group = ()
    last: Evaluation | None = None
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        earlier = [row for found, row in dated if found < start]
        block = [row for found, row in dated if found >= start and (end is None or found < end)]
        if sample.minority(earlier) < _BEFORE:
            continue
        model = Model.of(sample, earlier)
        if start == middle:
            halves = scores_of(model.card, [sample.cases[row] for _, row in dated])
        if sample.minority(block) >= _WITHIN:
            ranked.append(scores_of(model.card, [sample.cases[row] for row in block]))
            if end is None:
                last = figures_of(ranked[-1:])
    return (figures_of(ranked, drift=drift_of(halves, middle)) if ranked else None), last


def _reasons_not_to_use(
    evaluation: Evaluation, out_of_time: Evaluation | None, warnings: Iterable[LeakWarning]
) -> Iterator[str]:
    suspected = ", ".join(warning.column for warning in warnings if not warning.answered)
    if suspected:
        yield f"an answer: was {suspected} known when you would have called? Name it in known_before, or leave it out"
    if (low := evaluation.auc.low) <= _CHANCE:
        yield f"more people, or columns that say more: it may rank no better than chance (from {low:.2f})"
    if out_of_time is not None:
        if (low := out_of_time.auc.low) <= _CHANCE:
            yield f"to rank later people better than chance, which is not certain (from {low:.2f})"
        if out_of_time.drift and (total := out_of_time.drift[0]).has_shifted:
            yield f"people like the earlier ones: the totals of later people have shifted ({total.index:.2f})"


def _missing_for_ready(
    evaluation: Evaluation, out_of_time: Evaluation | None, last: Evaluation | None, *, dated: bool
) -> Iterator[str]:
    outcome = evaluation.outcome
    for who, count in (("that converted", outcome.count), ("that did not", outcome.total - outcome.count)):
        if count < _MANY:
            yield f"{_MANY - count} more {who}"
    if evaluation.worse_than_rules:
        yield "to rank no worse than the rule score, but it ranks significantly worse"
    if not dated:
        yield "the day of each (at=…), to be tried on later people"
    elif out_of_time is None or last is None or not out_of_time.drift:
        yield f"at least {_WITHIN} of either outcome in the last sixth of the time, and {_BEFORE} in the first half"
    else:
        if (low := out_of_time.auc.low) < _GOOD:
            yield f"an area of later people significantly above {_GOOD:.2f}, and it may be {low:.2f}"
        if (low := last.auc.low) <= _CHANCE:
            yield f"to rank the last sixth of the time significantly better than chance, and it may be {low:.2f}"


def _limits(model: Model, sample: Sample) -> Iterator[str]:
    rows = range(len(sample.cases))
    bands = [yes for part in model.parts for yes, _ in conversions(part, sample, rows)[:-1]]
    if few := sum(count < _RARE for count in bands):
        yield f"{few:,} of {len(bands):,} bands hold fewer than {_RARE} that converted; their points are guesses"
    found: list[str] = []
    counted = {column.source for column in sample.columns if column.kind == "filled"}
    for column in sample.columns:
        blank, filled = (
            [yes for cell, yes in zip(column.cells, sample.converted, strict=True) if (cell < 0) is empty]
            for empty in (True, False)
        )
        one, other = (wilson(sum(each), len(each)) for each in (blank or filled, filled))
        if column.source not in counted and (one.low > other.high or one.high < other.low):
            found.append(column.name)
    if found:
        yield f"records with a blank cell convert at another rate: see whether filled ranks better for {', '.join(sorted(found))}"
    yield "no figure shows whether a column was known when you would have called: ask this about each column"
