"""How long people take from one stage to a later one."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, final

from attrs import frozen

from leadqual.errors import WrongValue, instant, pairs_of

_ROUNDING: Final = 1e-9  # by which a share may grow through thousands of multiplications


@final
@frozen
class TimeToReach:
    """The times within which a quarter, half and three quarters of the people arrived; None if not yet known."""

    people: int
    arrived: int
    waiting: int
    first_quartile: timedelta | None
    median: timedelta | None
    third_quartile: timedelta | None


def time_to_reach(pairs: Iterable[tuple[datetime, datetime | None]], *, as_of: datetime) -> TimeToReach:
    """Return how long people take from one stage to a later one, as known at *as_of*.

    *pairs* hold, for each person, the aware instants at which the first and the second stage were
    reached; None where the second was not. People who have not reached it count as waiting until
    *as_of*: each quartile is the shortest time at which the Kaplan-Meier estimate of those who have
    not has fallen to three quarters, half or a quarter. What happened after *as_of* is left out.

    Source: E. L. Kaplan and P. Meier, Nonparametric estimation from incomplete observations, Journal
    of the American Statistical Association 53 (1958), 457-481.

    Raises:
        WrongType: If an instant is not a datetime, or one of *pairs* not a pair.
        WrongValue: If an instant has no time zone, or the second comes before the first.
    """
    as_of = instant("as_of", as_of)
    arrived, waiting = Counter[timedelta](), Counter[timedelta]()
    for begun, ended in pairs_of("pairs", pairs, "two instants"):
        first = instant("first", begun)
        second = None if ended is None else instant("second", ended, "give the instant, or None")
        if second is not None and second < first:
            raise WrongValue("pairs", "the second instant is before the first", "give (earlier, later)")
        if first <= as_of:
            if second is None or second > as_of:
                waiting[as_of - first] += 1
            else:
                arrived[second - first] += 1
    at_risk = people = arrived.total() + waiting.total()
    absent = 1.0
    shares = [0.25, 0.5, 0.75]
    quartiles: list[timedelta] = []
    for time in sorted(arrived | waiting):
        absent *= 1 - arrived[time] / at_risk
        at_risk -= arrived[time] + waiting[time]
        while shares and absent <= shares[-1] + _ROUNDING:
            shares.pop()
            quartiles.append(time)
    return TimeToReach(people, arrived.total(), waiting.total(), *quartiles, *(None for _ in shares))
