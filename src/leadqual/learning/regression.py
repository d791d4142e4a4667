"""Columns cut into bands, and the logistic regression on them, made into the whole points of a scorecard."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate, combinations_with_replacement, compress, pairwise, product
from math import exp, log, log1p
from operator import add, mul
from typing import Final, Self, final

from attrs import frozen

from leadqual.learning.records import Column, Sample
from leadqual.scoring.scorecard import Scorecard
from leadqual.scoring.signals import Filled, Number, Scale, Signal, Words, YesNo

_FEW: Final = 100  # records of the rarer outcome: below, there are fewer bands, of fewer records each
_SHARE: Final = 0.02  # of the records, which a band needs otherwise
RIDGE: Final = 5.0  # twice the penalty for the square of a weight
SMOOTH: Final = 30.0  # twice the penalty for the square of a second difference of bands of numbers

# Of the average contact and for twice the odds, unless the total could leave 0 to 100.
_AVERAGE: Final = 50
_POINTS_TO_DOUBLE_ODDS: Final = 10.0
_SPAN: Final = 100
_SHRINK: Final = 0.995
_NEAR: Final = 1e-4
_EXACT: Final = 1e-12
_BEND: Final = (1, -2, 1)

Vector = list[float]
Bounds = Sequence[tuple[int, int]]  # of the slots of the intercept and of each column, the last unknown


@final
@frozen
class BandedColumn:
    """A column cut into bands: one more than there are cuts; each of the words, and perhaps all others."""

    column: Column
    bands: tuple[int, ...]  # of each level, then of a blank cell: *size*, unknown
    size: int
    cuts: tuple[float, ...] = ()
    words: tuple[str, ...] = ()

    @cached_property
    def codes(self) -> Sequence[int]:
        return tuple(map(self.bands.__getitem__, self.column.cells))

    def signal(self, points: Sequence[int]) -> Signal:
        scale: Scale
        match self.column.kind:
            case "yes":
                scale = YesNo(yes=points[1], no=points[0])
            case "filled":
                scale = Filled(filled=points[1], blank=points[0])
            case "number":
                scale = Number(list(zip(self.cuts, points[1:], strict=False)), points[0], self.column.order)
            case _:
                own = dict(zip(self.words, points, strict=False))
                scale = Words(own, points[len(own)] if self.size > len(own) else 0)
        return Signal(self.column.name, scale, self.column.source)


def cut(column: Column, rows: Sequence[int], minority: int) -> BandedColumn:
    """Return a column with its bands, made from the cells of *rows* and never from their outcomes."""
    need = 10 if minority < _FEW else max(20, int(_SHARE * len(rows)))
    counts = Counter(map(column.cells.__getitem__, rows))
    known = [counts[place] for place in range(len(column.levels))]
    if column.kind == "words":
        return _cut_words(column, known, need)
    if column.kind == "number":
        return _cut_numbers(column, known, need, 3 if minority < _FEW else 5)
    return BandedColumn(column, (0, 1, 2), 2)


def _cut_words(column: Column, known: Sequence[int], need: int) -> BandedColumn:
    own = [place for place, count in enumerate(known) if count >= need]
    band_of = {place: band for band, place in enumerate(own)}
    # If the other words have too few records together, they are unknown.
    size = len(own) + (sum(count for count in known if count < need) >= need)
    bands = (*(band_of.get(place, len(own)) for place in range(len(known))), size)
    return BandedColumn(column, bands, size, words=tuple(column.levels[place] for place in own))


def _cut_numbers(column: Column, known: Sequence[int], need: int, bands: int) -> BandedColumn:
    """Close a band, from the lowest number upwards, when it is large enough, if enough records remain."""
    remaining = sum(known)
    size = max(remaining / bands, need)
    cuts: list[float] = []
    held = 0
    for level, count in zip(column.levels, known, strict=True):
        # A number that many records share, such as 0, has a band of its own.
        if count and remaining >= need and (held >= size or (count >= size and held >= need)):
            cuts.append(level)
            held = 0
        held += count
        remaining -= count
    unknown, band_of = len(cuts) + 1, (bisect_right(cuts, level) for level in column.levels)
    return BandedColumn(column, (*band_of, unknown), unknown, tuple(cuts))


@final
@frozen
class Model:
    """Columns cut into bands, the points of each band, where unknown has 0, and the card with these points."""

    parts: tuple[BandedColumn, ...]
    points: Sequence[Sequence[int]]
    card: Scorecard

    @classmethod
    def of(cls, sample: Sample, rows: Sequence[int], name: str = "learned", version: str = "1") -> Self:
        """Return the model of *rows*; the card begins with the signal with the widest range of points."""
        minority = sample.minority(rows)
        parts = tuple(cut(column, rows, minority) for column in sample.columns)
        points, base, doubling = in_points(fit(parts, sample.converted, rows))
        pairs = zip(parts, points, strict=True)
        ranked = sorted(pairs, key=lambda pair: (min(pair[1]) - max(pair[1]), pair[0].column.name))
        signals = [part.signal(mine) for part, mine in ranked if any(mine)]
        if not signals:  # a card needs one
            signals = [Signal.filled(sample.columns[0].name, 0, column=sample.columns[0].source)]
        card = Scorecard(name, version=version, base=base, signals=signals, points_to_double_odds=doubling)
        return cls(parts, points, card)


def fit(parts: Sequence[BandedColumn], converted: Sequence[bool], rows: Sequence[int]) -> list[Vector]:
    """Return the weight of each band of each column, in logarithms of odds, from the outcomes of *rows*.

    The last band is unknown and has no weight; the others average 0 over their rows. Neighbours that
    break the order of their column are merged, and everything is fitted again.
    """
    won = [converted[row] for row in rows]
    numbers = [part.column.kind == "number" for part in parts]
    groups = [list(range(part.size + 1)) for part in parts]
    while True:
        merged = [[group[part.codes[row]] for row in rows] for group, part in zip(groups, parts, strict=True)]
        sizes = [group[-1] for group in groups]
        weights = _minimum(merged, won, sizes, numbers)
        for group, mine, part in zip(groups, weights, parts, strict=True):
            sign = {"": 0, "rising": 1, "falling": -1}[part.column.order]
            keeps = [sign * before <= sign * after for before, after in pairwise(mine[:-1])]
            joined = [*accumulate(keeps, initial=0), sum(keeps) + 1]
            group[:] = map(joined.__getitem__, group)
        if sizes == [group[-1] for group in groups]:
            return [list(map(mine.__getitem__, group)) for group, mine in zip(groups, weights, strict=True)]


def _minimum(
    codes: Sequence[Sequence[int]], converted: Sequence[bool], sizes: Sequence[int], numbers: Sequence[bool]
) -> list[Vector]:
    """Return the weights with the least penalised loss, by Newton's method with step halving."""
    patterns = Counter(zip(*codes, strict=True))
    wins = Counter(compress(zip(*codes, strict=True), converted))
    counts, won = list(patterns.values()), [wins[pattern] for pattern in patterns]
    bounds = [(0, 1), *pairwise(accumulate((size + 1 for size in sizes), initial=1))]
    columns = [
        [first + band for band in bands]
        for (first, _), bands in zip(bounds, [[0] * len(patterns), *zip(*patterns, strict=True)], strict=True)
    ]
    members: list[list[int]] = [[] for _ in range(bounds[-1][1])]
    for column in columns:
        for row, slot in enumerate(column):
            members[slot].append(row)
    masses = [sum(map(counts.__getitem__, rows)) for rows in members]
    penalty = _penalty(bounds, numbers)

    def loss_of(weights: Vector) -> tuple[float, Vector]:
        logits = [0.0] * len(counts)
        for column in columns:
            logits = list(map(add, logits, map(weights.__getitem__, column)))
        losses = [
            count * (max(logit, 0.0) + log1p(exp(-abs(logit)))) - actual * logit
            for count, actual, logit in zip(counts, won, logits, strict=True)
        ]
        return sum(losses) + _dot(weights, [_dot(row, weights) for row in penalty]) / 2, logits

    weights = [0.0] * len(members)
    weights[0] = log(sum(converted) / (len(converted) - sum(converted)))
    loss, logits = loss_of(weights)
    while True:
        chances = [1 / (1 + exp(-logit)) for logit in logits]
        gaps = [actual - count * chance for actual, count, chance in zip(won, counts, chances, strict=True)]
        spreads = [count * chance * (1 - chance) for count, chance in zip(counts, chances, strict=True)]
        gradient = [
            sum(map(gaps.__getitem__, rows)) - _dot(row, weights)
            for rows, row in zip(members, penalty, strict=True)
        ]
        step = _solve(_curvature(columns, spreads, penalty), gradient, masses, bounds)
        decrement, start, before, length = _dot(gradient, step), weights, loss, 1.0
        while True:
            weights = [weight + length * move for weight, move in zip(start, step, strict=True)]
            loss, logits = loss_of(weights)
            if decrement <= _NEAR:
                return [weights[first:last] for first, last in bounds[1:]]
            if loss <= before:
                break
            length /= 2


def _penalty(bounds: Bounds, numbers: Sequence[bool]) -> list[Vector]:
    matrix = [[0.0] * bounds[-1][1] for _ in range(bounds[-1][1])]
    for (first, last), bends in zip(bounds[1:], numbers, strict=True):
        for slot in range(first, last - 1):
            matrix[slot][slot] += RIDGE
        for slot in range(first, last - 3) if bends else ():
            for (row, left), (column, right) in product(enumerate(_BEND, slot), repeat=2):
                matrix[row][column] += SMOOTH * left * right
    return matrix


def _curvature(columns: Sequence[Sequence[int]], spreads: Vector, penalty: Sequence[Vector]) -> list[Vector]:
    result = [list(row) for row in penalty]
    for column, others in combinations_with_replacement(columns, 2):
        for slot, other, spread in zip(column, others, spreads, strict=True):
            result[slot][other] += spread
    for slot, row in enumerate(result):
        for other in range(slot):
            row[other] = result[other][slot]
    return result


def _solve(matrix: Sequence[Vector], target: Vector, masses: Sequence[int], bounds: Bounds) -> Vector:
    """Return the step by conjugate gradients: unknown stays 0, the other bands of a column average 0."""
    inverse = [1 / row[slot] if row[slot] else 0.0 for slot, row in enumerate(matrix)]
    for _, last in bounds[1:]:
        inverse[last - 1] = 0.0
    pulls = list(map(mul, masses, inverse))
    firmness = [_dot(masses[first:last], pulls[first:last]) or 1.0 for first, last in bounds]

    def allowed(residual: Vector) -> Vector:
        result = residual[:1]
        for (first, last), firm in zip(bounds[1:], firmness[1:], strict=True):
            mean = _dot(residual[first:last], pulls[first:last]) / firm
            result += [residual[slot] - mean * masses[slot] for slot in range(first, last)]
        return result

    found, residual = [0.0] * len(target), allowed(target)
    direction = list(map(mul, residual, inverse))
    error = stop = _dot(residual, direction)
    while error > stop * _EXACT:
        mapped = [_dot(row, direction) for row in matrix]
        length = error / _dot(direction, mapped)
        found = [value + length * move for value, move in zip(found, direction, strict=True)]
        residual = allowed([value - length * move for value, move in zip(residual, mapped, strict=True)])
        nearer, before = list(map(mul, residual, inverse)), error
        error = _dot(residual, nearer)
        direction = [value + error / before * move for value, move in zip(nearer, direction, strict=True)]
    return found


def _dot(left: Sequence[float], right: Sequence[float]) -> float:
    return sum(map(mul, left, right), 0.0)


def in_points(weights: Sequence[Sequence[float]]) -> tuple[list[list[int]], int, float]:
    """Return the weights as whole points within the span, the base, and the points that double the odds."""
    unit = _POINTS_TO_DOUBLE_ODDS / log(2)
    while True:
        points = [[round(weight * unit) for weight in column] for column in weights]
        lowest, highest = (sum(pick(column) for column in points) for pick in (min, max))
        if highest - lowest <= _SPAN:
            return points, max(-lowest, min(_AVERAGE, _SPAN - highest)), round(unit * log(2), 2)
        unit *= _SHRINK
