"""Leaks: columns that say too well how it ended to have been known before."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, final

from attrs import frozen

from leadqual.funnel.proportions import wilson
from leadqual.learning.models import Model
from leadqual.learning.ranking import Comparison, area, auc
from leadqual.learning.samples import Sample

TOO_GOOD: Final = 0.85
"""From which area under the curve a single column is too good to be true."""

STRONG: Final = 0.70
"""From which area a single column is worth the question whether it was known."""

_NEARLY_ALL: Final = 0.9
_HARDLY_ANY: Final = 0.2


@final
@frozen
class LeakWarning:
    """Warn of a column that may have been filled only once it was known how it ended.

    Attributes:
        column: The column.
        reason: What it gives away.
        answered: Whether the caller said that it was known before.
    """

    column: str
    reason: str
    answered: bool

    def __str__(self) -> str:
        question = (
            "said to have been known before" if self.answered else "was it known when you would have called?"
        )
        return f"{self.column}: {self.reason}; {question}"


def alone(model: Model, sample: Sample, train: Sequence[int], test: Sequence[int]) -> list[Comparison]:
    """Return how well each column alone ranks *test*, by the rates that its bands have in *train*."""
    result: list[Comparison] = []
    for codes, banding in zip(model.codes, model.bandings, strict=True):
        counts = Counter((codes[row], sample.cases[row].converted) for row in train)
        rates = [
            (counts[code, True] + 0.5) / (counts[code, True] + counts[code, False] + 1)
            for code in range(banding.size + 1)
        ]
        numbers = [(rates[codes[row]], sample.cases[row].converted) for row in test]
        result.append(
            area([number for number, yes in numbers if yes], [number for number, yes in numbers if not yes])
        )
    return result


def leaks(
    model: Model, sample: Sample, areas: Sequence[float], known: Iterable[str]
) -> Iterator[LeakWarning]:
    """Yield a warning for each column that gives the outcome away; *areas* are those of `alone`."""
    said = frozenset(known)
    converted = [case.converted for case in sample.cases]
    base = sum(converted) / len(converted)
    for column, codes, banding, value in zip(model.columns, model.codes, model.bandings, areas, strict=True):
        counts = Counter(zip(codes, converted, strict=True))
        reasons = list(_reasons(value, counts, banding.size, base, is_fill=column.kind == "filled"))
        if reasons:
            yield LeakWarning(
                column.name, "; ".join(reasons), answered=bool(said & {column.name, column.source})
            )


def _reasons(
    value: float, counts: Counter[tuple[int, bool]], size: int, base: float, *, is_fill: bool
) -> Iterator[str]:
    if value >= TOO_GOOD:
        yield f"alone it ranks suspiciously well (area {value:.2f})"
    bands = [(counts[code, True], counts[code, True] + counts[code, False]) for code in range(size + 1)]
    verdicts = [_extreme(yes, people, base) for yes, people in bands]
    if is_fill:
        groups = {"filled": bands[1], "blank": bands[0]}
    else:
        groups = {
            "filled": (sum(yes for yes, _ in bands[:-1]), sum(people for _, people in bands[:-1])),
            "blank": bands[-1],
        }
    for name, (yes, people) in groups.items():
        extreme = _extreme(yes, people, base)
        if extreme and people < sum(each for _, each in bands):
            yield f"{extreme} converted of the {people:,} where it is {name}"
    if {"nearly all", "hardly any"} <= set(verdicts) and not is_fill:
        yield "of those who say one thing nearly all converted, and of others hardly any"


def _extreme(yes: int, people: int, base: float) -> str:
    if not people:
        return ""
    interval = wilson(yes, people)
    if interval.low > _NEARLY_ALL:
        return "nearly all"
    return "hardly any" if interval.high < base * _HARDLY_ANY else ""


def strong(model: Model, areas: Sequence[float], known: Iterable[str]) -> list[str]:
    """Return the other columns that alone rank so well that one should ask when they were known."""
    said = frozenset(known)
    found = sorted(zip(areas, model.columns, strict=True), key=lambda each: (-each[0], each[1].name))
    return [
        f"{column.name} ({value:.2f})"
        for value, column in found
        if value >= STRONG and not said & {column.name, column.source}
    ]


def area_alone(folds: Sequence[Sequence[Comparison]]) -> list[float]:
    """Return the area of each column over all folds."""
    return [auc(column).value for column in zip(*folds, strict=True)]
