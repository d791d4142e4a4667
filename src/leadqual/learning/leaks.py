"""Leaks: columns that predict the outcome so well that they were probably filled after it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, final

from attrs import frozen

from leadqual.funnel.proportions import wilson
from leadqual.learning.evaluation import Comparison, area
from leadqual.learning.records import Sample
from leadqual.learning.regression import BandedColumn, Model

_TOO_GOOD: Final = 0.85  # the area under the curve from which a single column is suspected
_STRONG: Final = 0.70  # the area from which the user is asked when it was known
_NEARLY_ALL: Final = 0.9
_HARDLY_ANY: Final = 0.2


@final
@frozen
class LeakWarning:
    """A column that may have been filled after the outcome, and whether the user says that it was not."""

    column: str
    reason: str
    answered: bool

    def __str__(self) -> str:
        question, answer = "was it known when you would have called?", "you said that it was known before"
        return f"{self.column}: {self.reason}; {answer if self.answered else question}"


def areas(model: Model, sample: Sample, train: Sequence[int], test: Sequence[int]) -> Iterator[Comparison]:
    """Yield how well each column alone ranks *test*, by the rates of its bands in *train*."""
    won = sample.converted
    for part in model.parts:
        rates = [(yes + 0.5) / (count + 1) for yes, count in conversions(part, sample, train)]
        yes, no = ([rates[part.codes[row]] for row in test if won[row] is wanted] for wanted in (True, False))
        yield area(yes, no)


def conversions(part: BandedColumn, sample: Sample, rows: Iterable[int]) -> list[tuple[int, int]]:
    """Return how many of *rows* converted, and how many there are, in each band, then where unknown."""
    counts = Counter((part.codes[row], sample.converted[row]) for row in rows)
    return [(counts[band, True], counts[band, True] + counts[band, False]) for band in range(part.size + 1)]


def leaks(
    model: Model, sample: Sample, aucs: Sequence[float], known: set[str]
) -> tuple[tuple[LeakWarning, ...], tuple[str, ...]]:
    """Return a warning for each suspected column, and the strong columns to ask about, by their *aucs*."""
    rows = range(len(sample.cases))
    base = sum(sample.converted) / len(rows)
    warnings: list[LeakWarning] = []
    strong: list[tuple[float, str]] = []
    for part, value in zip(model.parts, aucs, strict=True):
        name, is_fill = part.column.name, part.column.kind == "filled"
        answered = not known.isdisjoint({name, part.column.source})
        if reasons := list(_reasons(value, conversions(part, sample, rows), base, is_fill=is_fill)):
            warnings.append(LeakWarning(name, "; ".join(reasons), answered))
        if value >= _STRONG and not answered:
            strong.append((-value, name))
    return tuple(warnings), tuple(f"{name} ({-value:.2f})" for value, name in sorted(strong))


def _reasons(value: float, bands: Sequence[tuple[int, int]], base: float, *, is_fill: bool) -> Iterator[str]:
    if value >= _TOO_GOOD:
        yield f"alone it ranks suspiciously well (area {value:.2f})"
    told = bands[1:2] if is_fill else bands[:-1]
    filled = (sum(yes for yes, _ in told), sum(count for _, count in told))
    for name, (yes, count) in (("filled", filled), ("blank", bands[0] if is_fill else bands[-1])):
        extreme = _extreme(yes, count, base)
        if extreme and count < sum(each for _, each in bands):
            yield f"{extreme} of the {count:,} converted where it is {name}"
    if not is_fill and {"nearly all", "hardly any"} <= {_extreme(*band, base) for band in bands}:
        yield "nearly all converted with one value, and hardly any with another"


def _extreme(yes: int, count: int, base: float) -> str:
    if not count:
        return ""
    interval = wilson(yes, count)
    if interval.low > _NEARLY_ALL:
        return "nearly all"
    return "hardly any" if interval.high < base * _HARDLY_ANY else ""
