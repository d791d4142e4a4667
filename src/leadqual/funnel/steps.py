"""A funnel step by step: the rates that a report shows, as plain data and against another funnel."""

from collections.abc import Collection
from typing import Any, Final

from leadqual.funnel.counting import Funnel
from leadqual.funnel.levels import Level, base_of
from leadqual.funnel.proportions import Proportion, RateComparison
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.stages import Stage

Comparison = tuple[Level, Stage, RateComparison]

# The base and the target of each rate.
STEPS: Final[tuple[tuple[Level, Stage], ...]] = (
    *((base_of(stage), stage) for stage in Stage if stage.below),
    (Fact.CONTACTED, Stage.LEAD),
    (Stage.NAME, Stage.LEADER),
)


def comparisons(funnels: Collection[Funnel]) -> list[Comparison]:
    """Return the comparisons of two funnels, step by step; none unless there are two."""
    if len(funnels) != 2:  # noqa: PLR2004 (a pair)
        return []
    one, other = funnels
    return [(base, target, one.compare(other, base, target)) for base, target in STEPS]


def comparisons_as_data(funnels: Collection[Funnel]) -> dict[str, Any]:
    compared = [
        {"base": base, "target": target, "verdict": each.verdict, "still_needed": each.still_needed}
        for base, target, each in comparisons(funnels)
    ]
    return {"comparison": compared} if compared else {}


def funnel_as_data(group: object, funnel: Funnel) -> dict[str, Any]:
    """Return the counts, the qualified and the rates of a funnel, for JSON."""
    rates = [{"base": base, "target": end, **_share(funnel.rate(base, end))} for base, end in STEPS]
    counts = {name: getattr(funnel, name) for name in ("reached", "witnessed", "now")}
    return {"group": group, **counts, "qualified": _share(funnel.qualified), "rates": rates}


def _share(share: Proportion) -> dict[str, Any]:
    return {"count": share.count, "total": share.total, "rate": share.rate, "interval": share.interval()}
