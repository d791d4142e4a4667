"""A model: the bands of every column, and the card with the points that were learned for them."""

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
    """Bands, and a card with their points.

    Attributes:
        columns: The columns of the sample that it was made from.
        bandings: The bands of each.
        codes: For each column the band of each row of the sample.
        points: The points of each band of each, and at the end those of unknown: 0.
        card: The scorecard, the signals that count most first, those that do not left out.
    """

    columns: tuple[Column, ...]
    bandings: tuple[Banding, ...]
    codes: tuple[Sequence[int], ...]
    points: tuple[tuple[int, ...], ...]
    card: Scorecard

    @classmethod
    def of(cls, sample: Sample, rows: Sequence[int], name: str = "learned", version: str = "1") -> Self:
        """Return the model of those *rows* of a sample, of which both outcomes occur."""
        columns, rarer = sample.columns, sample.rarer(rows)
        bandings = tuple(cut(column, rows, rarer) for column in columns)
        codes = tuple(
            [banding.codes[cell] for cell in column.cells]
            for column, banding in zip(columns, bandings, strict=True)
        )
        weights = fit(
            [list(map(column.__getitem__, rows)) for column in codes],
            [sample.cases[row].converted for row in rows],
            [banding.size for banding in bandings],
            [column.order for column in columns],
            [column.kind == "number" for column in columns],
        )
        points, base, doubling = in_points(weights)
        spread = sorted(
            zip(columns, bandings, points, strict=True),
            key=lambda part: (min(part[2]) - max(part[2]), part[0].name),
        )
        card = Scorecard(
            name,
            version=version,
            base=base,
            signals=[
                Signal(column.name, scale(column, banding, mine), column.source)
                for column, banding, mine in spread
                if any(mine)
            ]
            or [Signal.filled(columns[0].name, 0, column=columns[0].source)],  # a card has a signal
            points_to_double_odds=round(doubling, 2),
        )
        return cls(columns, bandings, codes, tuple(map(tuple, points)), card)
