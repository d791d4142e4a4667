"""Leaks: columns that predict the outcome so well that they were probably filled after it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, final

from attrs import frozen

from leadqual.funnel.proportions import wilson
from leadqual.learning.metrics import Comparison, area
from leadqual.learning.regression import BandedColumn, Model
from leadqual.learning.sample import Sample

TOO_GOOD: Final = 0.85
"""From which area under the curve a single column is too good to be true."""

STRONG: Final = 0.70
"""From which area a single column is worth the question whether it was known."""

_NEARLY_ALL: Final = 0.9
_HARDLY_ANY: Final = 0.2


@final
@frozen
class LeakWarning:
    """A column that may have been filled only after the outcome, the reason, and whether it is answered."""

    column: str
    reason: str
    answered: bool

    def __str__(self) -> str:
        question = (
            "said to have been known before" if self.answered else "was it known when you would have called?"
        )
        return f"{self.column}: {self.reason}; {question}"


def single_column_areas(
    model: Model, sample: Sample, train: Sequence[int], test: Sequence[int]
) -> list[Comparison]:
    """Return how well each column alone ranks *test*, by the rates that its bands have in *train*."""
    won = [case.converted for case in sample.cases]
    result: list[Comparison] = []
    for part in model.parts:
        bands = _outcomes(part, won, train)
        rates = [(yes + 0.5) / (count + 1) for yes, count in bands]
        yes, no = ([rates[part.codes[row]] for row in test if won[row] is wanted] for wanted in (True, False))
        result.append(area(yes, no))
    return result


def _outcomes(part: BandedColumn, won: Sequence[bool], rows: Iterable[int]) -> list[tuple[int, int]]:
    """Return how many of *rows* converted, and how many there are, in each band and where unknown."""
    counts = Counter((part.codes[row], won[row]) for row in rows)
    bands = range(part.banding.size + 1)
    return [(counts[band, True], counts[band, True] + counts[band, False]) for band in bands]


def leaks(
    model: Model, sample: Sample, aucs: Sequence[float], known_before: set[str]
) -> Iterator[LeakWarning]:
    """Yield a warning for each column that reveals the outcome; *aucs* are those of the single columns."""
    won = [case.converted for case in sample.cases]
    base = sum(won) / len(won)
    for part, value in zip(model.parts, aucs, strict=True):
        column, bands = part.column, _outcomes(part, won, range(len(won)))
        reasons = list(_reasons(value, bands, base, is_fill=column.kind == "filled"))
        if reasons:
            answered = not known_before.isdisjoint({column.name, column.source})
            yield LeakWarning(column.name, "; ".join(reasons), answered)


def _reasons(value: float, bands: Sequence[tuple[int, int]], base: float, *, is_fill: bool) -> Iterator[str]:
    if value >= TOO_GOOD:
        yield f"alone it ranks suspiciously well (area {value:.2f})"
    told = bands[1:2] if is_fill else bands[:-1]
    blank = bands[0] if is_fill else bands[-1]
    filled = (sum(yes for yes, _ in told), sum(count for _, count in told))
    for name, (yes, count) in (("filled", filled), ("blank", blank)):
        extreme = _extreme(yes, count, base)
        if extreme and count < sum(each for _, each in bands):
            yield f"{extreme} converted of the {count:,} where it is {name}"
    if not is_fill and {"nearly all", "hardly any"} <= {_extreme(*band, base) for band in bands}:
        yield "of those who say one thing nearly all converted, and of others hardly any"


def _extreme(yes: int, count: int, base: float) -> str:
    if not count:
        return ""
    interval = wilson(yes, count)
    if interval.low > _NEARLY_ALL:
        return "nearly all"
    return "hardly any" if interval.high < base * _HARDLY_ANY else ""


def strong_columns(model: Model, aucs: Sequence[float], known_before: set[str]) -> list[str]:
    """Return the other columns that alone rank so well that one should ask when they were known."""
    found = [(value, part.column) for value, part in zip(aucs, model.parts, strict=True) if value >= STRONG]
    return [
        f"{column.name} ({value:.2f})"
        for value, column in sorted(found, key=lambda each: (-each[0], each[1].name))
        if known_before.isdisjoint({column.name, column.source})
    ]
