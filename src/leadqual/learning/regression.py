"""Logistic regression on bands, in whole points."""

from collections.abc import Sequence
from math import exp, log
from typing import Final

from leadqual.scoring.scales import Order

PENALTY: Final = 5.0
"""How many people's worth of doubt holds the weight of a band back."""

DOUBLING: Final = 10.0
"""How many points stand for twice the odds, unless the points would leave 0 to 100."""

AVERAGE: Final = 50
"""The total of the average contact, unless the points would leave 0 to 100."""

_SPAN: Final = 100
_SWEEPS: Final = 25
_STILL: Final = 0.1
_STEP: Final = 2.0
_SHRINK: Final = 0.995


def fit(
    codes: Sequence[Sequence[int]], converted: Sequence[bool], sizes: Sequence[int], orders: Sequence[Order]
) -> list[list[float]]:
    """Return the weight of each band of each column, in logarithms of odds.

    *codes* holds for each column the band of each row; the band ``sizes[column]`` is unknown and has
    no weight, and the known bands of a column average 0 over those who are in one, so that unknown
    is neither good nor bad. An order is kept by pooling neighbours. Each column is solved for itself
    by one Newton step with an L2 penalty, over and over until nothing moves.

    Source: R. E. Barlow and others, Statistical inference under order restrictions (1972), for the
    pooling; the block steps are coordinate descent as in J. Friedman, T. Hastie, R. Tibshirani,
    Regularization paths for generalized linear models, Journal of Statistical Software 33 (2010).
    """
    members = [_members(column, size) for column, size in zip(codes, sizes, strict=True)]
    weights = [[0.0] * (size + 1) for size in sizes]
    rate = sum(converted) / len(converted)
    logits = [log(rate / (1 - rate))] * len(converted)
    for _ in range(_SWEEPS):
        moved = 0.0
        for column, bands, mine, order in zip(codes, members, weights, orders, strict=True):
            chances = [1 / (1 + exp(-logit)) for logit in logits]
            gaps = [actual - chance for actual, chance in zip(converted, chances, strict=True)]
            spreads = [chance - chance * chance for chance in chances]
            gradients = [sum(map(gaps.__getitem__, rows)) for rows in bands]
            curvatures = [sum(map(spreads.__getitem__, rows)) for rows in bands]
            shift = sum(gradients) / sum(curvatures)
            proposed = _newton(mine, gradients, curvatures, shift)
            if order:
                proposed = _in_order(proposed, [curvature + PENALTY for curvature in curvatures], order)
            proposed = _centred(proposed, [len(rows) for rows in bands])
            changes = [shift + new - old for new, old in zip([*proposed, 0.0], mine, strict=True)]
            logits = [
                logit + change for logit, change in zip(logits, map(changes.__getitem__, column), strict=True)
            ]
            moved = max([moved, *(abs(new - old) for new, old in zip(proposed, mine, strict=False))])
            mine[:-1] = proposed
        if moved < _STILL:
            break
    return weights


def _members(codes: Sequence[int], size: int) -> list[list[int]]:
    rows: list[list[int]] = [[] for _ in range(size + 1)]
    for row, code in enumerate(codes):
        rows[code].append(row)
    return rows


def _newton(
    weights: Sequence[float], gradients: Sequence[float], curvatures: Sequence[float], shift: float
) -> list[float]:
    """Return the weights of the known bands after one step, once everybody has been shifted."""
    return [
        weight
        + max(-_STEP, min(_STEP, (gradient - curvature * shift - PENALTY * weight) / (curvature + PENALTY)))
        for weight, gradient, curvature in zip(weights[:-1], gradients, curvatures, strict=False)
    ]


def _in_order(values: Sequence[float], masses: Sequence[float], order: Order) -> list[float]:
    """Return the nearest values that rise, or fall, by pooling neighbours that do not."""
    sign = 1 if order == "rising" else -1
    pools: list[tuple[float, float, int]] = []  # value, mass, length
    for value, mass in zip(values, masses, strict=False):
        pool = (sign * value, mass, 1)
        while pools and pools[-1][0] > pool[0]:
            before = pools.pop()
            together = before[1] + pool[1]
            mean = (before[0] * before[1] + pool[0] * pool[1]) / together
            pool = (mean, together, before[2] + pool[2])
        pools.append(pool)
    return [sign * value for value, _, length in pools for _ in range(length)]


def _centred(values: Sequence[float], counts: Sequence[int]) -> list[float]:
    """Return values that average 0 over the people who have one."""
    people = sum(counts[:-1])
    mean = (
        sum(value * count for value, count in zip(values, counts, strict=False)) / people if people else 0.0
    )
    return [value - mean for value in values]


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
