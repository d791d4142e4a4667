"""Logistic regression on bands, in whole points."""

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, compress, pairwise
from math import exp, log, log1p
from operator import add, mul
from typing import Final

from leadqual.scoring.scales import Order

RIDGE: Final = 5.0
"""What the square of a weight costs, twice over."""

SMOOTH: Final = 30.0
"""What the square of a bend costs, twice over: of a second difference of neighbouring bands of numbers."""

DOUBLING: Final = 10.0
"""How many points stand for twice the odds, unless the points would leave 0 to 100."""

AVERAGE: Final = 50
"""The total of the average contact, unless the points would leave 0 to 100."""

_SPAN: Final = 100
_SHRINK: Final = 0.995
_NEAR: Final = 1e-4
_EXACT: Final = 1e-12

Vector = list[float]


def fit(
    codes: Sequence[Sequence[int]],
    converted: Sequence[bool],
    sizes: Sequence[int],
    orders: Sequence[Order],
    numbers: Sequence[bool],
) -> list[Vector]:
    """Return the weight of each band of each column, in logarithms of odds.

    *codes* holds for each column the band of each row; the band ``sizes[column]`` is unknown and has
    no weight, and the known bands of a column average 0 over those who are in one, so that unknown
    is neither good nor bad. *numbers* says which columns are penalised for bends. Neighbours that
    break the order of their column are merged, and everything is fitted again.
    """
    groups = [list(range(size + 1)) for size in sizes]
    while True:
        merged = [list(map(group.__getitem__, column)) for group, column in zip(groups, codes, strict=True)]
        weights = _minimum(merged, converted, [group[-1] for group in groups], numbers)
        unbroken = True
        for group, mine, order in zip(groups, weights, orders, strict=True):
            sign = {"": 0, "rising": 1, "falling": -1}[order]
            keeps = [sign * before <= sign * after for before, after in pairwise(mine[:-1])]
            if not all(keeps):
                joined = [*accumulate(keeps, initial=0), sum(keeps) + 1]
                group[:] = map(joined.__getitem__, group)
                unbroken = False
        if unbroken:
            return [list(map(mine.__getitem__, group)) for group, mine in zip(groups, weights, strict=True)]


def _minimum(
    codes: Sequence[Sequence[int]], converted: Sequence[bool], sizes: Sequence[int], numbers: Sequence[bool]
) -> list[Vector]:
    """Return the weights at which the penalised loss is least, by Newton's method with step halving."""
    people = Counter(zip(*codes, strict=True))
    yes = Counter(compress(zip(*codes, strict=True), converted))
    counts, won = list(people.values()), [yes[pattern] for pattern in people]
    bounds = [(0, 1), *pairwise(accumulate((size + 1 for size in sizes), initial=1))]
    columns = [[0] * len(people)]
    columns += [
        [first + code for code in column]
        for (first, _), column in zip(bounds[1:], zip(*people, strict=True), strict=True)
    ]
    members: list[list[int]] = [[] for _ in range(bounds[-1][1])]
    for column in columns:
        for row, slot in enumerate(column):
            members[slot].append(row)
    masses = [sum(map(counts.__getitem__, rows)) for rows in members]
    penalty = _penalty(bounds, numbers)
    weights = [0.0] * len(members)
    weights[0] = log(sum(converted) / (len(converted) - sum(converted)))
    loss, logits = _loss(weights, columns, counts, won, penalty)
    while True:
        chances = [1 / (1 + exp(-logit)) for logit in logits]
        gaps = [actual - count * chance for actual, count, chance in zip(won, counts, chances, strict=True)]
        spreads = [count * chance * (1 - chance) for count, chance in zip(counts, chances, strict=True)]
        gradient = [
            sum(map(gaps.__getitem__, rows)) - _dot(row, weights)
            for rows, row in zip(members, penalty, strict=True)
        ]
        curvature = _curvature(columns, members, bounds, spreads)
        curvature = [list(map(add, *rows)) for rows in zip(curvature, penalty, strict=True)]
        step = _solve(curvature, gradient, masses, bounds)
        decrement, before = _dot(gradient, step), loss
        moved = list(map(add, weights, step))
        loss, logits = _loss(moved, columns, counts, won, penalty)
        while loss > before and decrement > _NEAR:
            step = [move / 2 for move in step]
            moved = list(map(add, weights, step))
            loss, logits = _loss(moved, columns, counts, won, penalty)
        weights = moved
        if decrement <= _NEAR:
            return [weights[first:last] for first, last in bounds[1:]]


def _penalty(bounds: Sequence[tuple[int, int]], numbers: Sequence[bool]) -> list[Vector]:
    """Return the matrix of the penalty: a ridge, and the second differences of bands of numbers."""
    rows = [[0.0] * bounds[-1][1] for _ in range(bounds[-1][1])]
    for (first, last), bends in zip(bounds[1:], numbers, strict=True):
        for slot in range(first, last - 1):
            rows[slot][slot] += RIDGE
        for slot in range(first, last - 3) if bends else ():
            for one, left in enumerate(_BEND):
                for other, right in enumerate(_BEND):
                    rows[slot + one][slot + other] += SMOOTH * left * right
    return rows


_BEND: Final = (1, -2, 1)


def _loss(
    weights: Vector,
    columns: Sequence[Sequence[int]],
    counts: Sequence[int],
    won: Sequence[int],
    penalty: Sequence[Vector],
) -> tuple[float, Vector]:
    """Return the penalised loss, and the logarithm of the odds of each pattern."""
    logits = [0.0] * len(counts)
    for column in columns:
        logits = list(map(add, logits, map(weights.__getitem__, column)))
    losses = [
        count * (max(logit, 0.0) + log1p(exp(-abs(logit)))) - actual * logit
        for count, actual, logit in zip(counts, won, logits, strict=True)
    ]
    return sum(losses) + _dot(weights, [_dot(row, weights) for row in penalty]) / 2, logits


def _curvature(
    columns: Sequence[Sequence[int]],
    members: Sequence[Sequence[int]],
    bounds: Sequence[tuple[int, int]],
    spreads: Vector,
) -> list[Vector]:
    """Return the second derivatives of the loss; those of the largest band of a column follow from the others."""
    totals = [sum(map(spreads.__getitem__, rows)) for rows in members]
    result = [[0.0] * len(members) for _ in members]
    for place, (first, last) in enumerate(bounds, 1):
        largest = max(range(first, last), key=lambda slot: len(members[slot]))
        rest = [slot for slot in range(first, last) if slot != largest]
        for slot in rest:
            row, mine = result[slot], list(map(spreads.__getitem__, members[slot]))
            for column in columns[place:]:
                for other, spread in zip(map(column.__getitem__, members[slot]), mine, strict=True):
                    row[other] += spread
        for other in range(last, len(members)):
            result[largest][other] = totals[other] - sum([result[slot][other] for slot in rest])
        for slot in range(first, last):
            result[slot][slot] = totals[slot]
            for other in range(last, len(members)):
                result[other][slot] = result[slot][other]
    return result


def _solve(
    matrix: Sequence[Vector], target: Vector, masses: Sequence[int], bounds: Sequence[tuple[int, int]]
) -> Vector:
    """Return what the matrix maps to *target*, by conjugate gradients.

    Unknown stays 0, and the other bands of each column average 0 over their people.
    """
    inverse = [1 / row[slot] if row[slot] else 0.0 for slot, row in enumerate(matrix)]
    for _, last in bounds[1:]:
        inverse[last - 1] = 0.0
    pulls = list(map(mul, masses, inverse))
    firmness = [_dot(masses[first:last], pulls[first:last]) or 1.0 for first, last in bounds]

    def allowed(residual: Vector) -> Vector:
        result = residual[:1]
        for (first, last), firm in zip(bounds[1:], firmness[1:], strict=True):
            mean = _dot(residual[first:last], pulls[first:last]) / firm
            result += [
                value - mean * mass
                for value, mass in zip(residual[first:last], masses[first:last], strict=True)
            ]
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
    """Return the weights as whole points, the base, and how many points stand for twice the odds.

    The unit shrinks until the total cannot leave 0 to 100; rounding keeps every order.
    """
    unit = DOUBLING / log(2)
    while True:
        points = [[round(weight * unit) for weight in column] for column in weights]
        lowest, highest = (sum(pick(column) for column in points) for pick in (min, max))
        if highest - lowest <= _SPAN:
            base = max(-lowest, min(AVERAGE, _SPAN - highest))
            return points, base, unit * log(2)
        unit *= _SHRINK
