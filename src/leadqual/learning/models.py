"""A model: the bands of every column with the points that were learned for them."""

from collections.abc import Sequence
from typing import Self, final

from attrs import frozen

from leadqual.learning.bands import Banding, Column, cut, scale
from leadqual.learning.regression import fit, in_points
from leadqual.learning.samples import Sample
from leadqual.scoring.scorecard import Scorecard
from leadqual.scoring.signals import Signal


@final
@frozen
class Model:
    """Hold bands and points.

    Attributes:
        columns: The columns of the sample that it was made from.
        bandings: The bands of each.
        points: The points of each band of each, and at the end those of unknown: 0.
        base: What everybody starts with.
        doubling: How many points stand for twice the odds.
    """

    columns: tuple[Column, ...]
    bandings: tuple[Banding, ...]
    points: tuple[tuple[int, ...], ...]
    base: int
    doubling: float

    @classmethod
    def of(cls, sample: Sample, rows: Sequence[int]) -> Self:
        """Return the model of those *rows* of a sample, of which both outcomes occur."""
        rarer = sample.rarer(rows)
        bandings = tuple(cut(column, rows, rarer) for column in sample.columns)
        codes = [
            [banding.codes[cell] for cell in map(column.cells.__getitem__, rows)]
            for column, banding in zip(sample.columns, bandings, strict=True)
        ]
        converted = [sample.converted[row] for row in rows]
        sizes = [banding.size for banding in bandings]
        weights = fit(codes, converted, sizes, [column.order for column in sample.columns])
        points, base, doubling = in_points(weights)
        return cls(sample.columns, bandings, tuple(map(tuple, points)), base, doubling)

    @property
    def silent(self) -> list[str]:
        """Return the columns that got no points."""
        return [
            column.name for column, points in zip(self.columns, self.points, strict=True) if not any(points)
        ]

    def points_of(self, rows: Sequence[int]) -> list[list[int]]:
        """Return for each column the points of each of *rows*."""
        result: list[list[int]] = []
        for column, banding, points in zip(self.columns, self.bandings, self.points, strict=True):
            by_level = [points[code] for code in banding.codes]
            result.append([by_level[cell] for cell in map(column.cells.__getitem__, rows)])
        return result

    def totals(self, rows: Sequence[int]) -> list[int]:
        """Return the total of each of *rows*."""
        return [self.base + sum(points) for points in zip(*self.points_of(rows), strict=True)]

    def card(self, name: str, version: str) -> Scorecard:
        """Return the scorecard, the signals that count most first, those that do not left out."""
        spread = sorted(
            zip(self.columns, self.bandings, self.points, strict=True),
            key=lambda part: (min(part[2]) - max(part[2]), part[0].name),
        )
        nothing = not any(map(any, self.points))
        return Scorecard(
            name,
            version=version,
            base=self.base,
            signals=[
                Signal(column.name, scale(column, banding, points), column.source)
                for column, banding, points in spread
                if any(points) or (nothing and banding.size > 1)
            ],
            doubling=round(self.doubling, 2),
        )
