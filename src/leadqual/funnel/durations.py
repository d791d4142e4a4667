"""How long people take from one stage to a later one."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, final

from attrs import frozen

from leadqual.errors import WrongValue, instant, pairs_of

QUARTERS: Final = (0.25, 0.5, 0.75)

# What thousands of multiplications may add to a share by rounding.
_ROUNDING: Final = 1e-9

_NOT_YET: Final = "give the instant, or None for who is not there yet"


@final
@frozen
class TimeToReach:
    """The times after which a quarter, half and three quarters of the people arrived; None if not yet known."""

    people: int
    arrived: int
    waiting: int
    first_quartile: timedelta | None
    median: timedelta | None
    third_quartile: timedelta | None


def time_to_reach(pairs: Iterable[tuple[datetime, datetime | None]], *, as_of: datetime) -> TimeToReach:
    """Return how long people take from one stage to a later one, as known at *as_of*.

    *pairs* hold, for each person, the aware instants at which the first and the second stage were
    reached; None where the second was not. Whoever is not there yet has waited until *as_of* and is
    counted, not dropped: each quartile is the shortest time at which the Kaplan-Meier estimate of
    those not there yet has fallen to three quarters, half or a quarter. What happened after *as_of*
    is left out.

    Source: E. L. Kaplan and P. Meier, Nonparametric estimation from incomplete observations, Journal
    of the American Statistical Association 53 (1958), 457-481.

    Raises:
        WrongType: If an instant is no datetime, or one of *pairs* no pair.
        WrongValue: If an instant has no time zone, or the second comes before the first.
    """
    as_of = instant("as_of", as_of)
    arrived: Counter[timedelta] = Counter()
    waiting: Counter[timedelta] = Counter()
    for begun, ended in pairs_of("pairs", pairs, "two instants"):
        first = instant("first", begun)
        second = None if ended is None else instant("second", ended, _NOT_YET)
        if second is not None and second < first:
            raise WrongValue("pairs", "the second instant is before the first", "give (earlier, later)")
        if first <= as_of:
            if second is None or second > as_of:
                waiting[as_of - first] += 1
            else:
                arrived[second - first] += 1
    at_risk = people = arrived.total() + waiting.total()
    absent = 1.0
    found: list[timedelta] = []
    for time in sorted(arrived | waiting):
        absent *= 1 - arrived[time] / at_risk
        at_risk -= arrived[time] + waiting[time]
        while len(found) < len(QUARTERS) and absent <= 1 - QUARTERS[len(found)] + _ROUNDING:
            found.append(time)
    first_quartile, median, third_quartile, *_ = [*found, None, None, None]
    return TimeToReach(people, arrived.total(), waiting.total(), first_quartile, median, third_quartile)
