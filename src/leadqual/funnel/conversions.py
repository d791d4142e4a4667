"""The share of those who came to one level that also came to a later one."""

from collections.abc import Mapping
from typing import Final, Literal, final

from attrs import field, frozen

from leadqual.errors import WrongType, WrongValue
from leadqual.funnel.proportions import Proportion
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.stages import Stage, topmost
from leadqual.taxonomy.vocabulary import normalize

Level = Stage | Literal[Fact.CONTACTED]
"""What people are counted at: a stage, or CONTACTED, the base of “you talk to 100 people”."""

LEVELS: Final[tuple[Level, ...]] = (Stage.NAME, Fact.CONTACTED, *(stage for stage in Stage if stage.below))
"""Every level, in the order of the funnel."""

_BY_WORD: Final[Mapping[object, Level]] = {str(level): level for level in LEVELS}


def level(given: object) -> Level:
    """Return the level that *given* is, or names.

    Raises:
        UnknownWord: If a word, in any case, names no stage, nor ``"contacted"``.
        WrongType: If it is neither a level nor a word.
    """
    if isinstance(given, str):
        return _BY_WORD[word] if (word := normalize(given)) in _BY_WORD else Stage.parse(given)
    for known in LEVELS:
        if given is known:
            return known
    advice = "only CONTACTED is counted of the facts" if isinstance(given, Fact) else ""
    raise WrongType("level", "a Stage or Fact.CONTACTED", type(given).__name__, advice)


def precedes(base: Level, target: Level) -> bool:
    """Return whether everybody at *target* is counted at *base* too; whoever is a lead was contacted."""
    if isinstance(base, Stage) and isinstance(target, Stage):
        return base.precedes(target)
    if isinstance(base, Stage):
        return base is Stage.NAME
    return isinstance(target, Stage) and Stage.NAME.precedes(target)


def base_of(stage: Stage) -> Stage:
    """Return the stage directly below *stage*: NAME for LEAD, PROSPECT for CUSTOMER and REP."""
    return topmost(stage.below)[0]


@final
@frozen
class Conversion(Proportion):
    """Hold how many of those who came to a base also came to a target.

    Attributes:
        count: Who came to both.
        total: Who came to the base.
        base: The stage, or CONTACTED, that people came from.
        target: The stage that they came to.

    Source: article 1, “How many people you convert from one section to another that called
    Conversion.”

    Raises:
        WrongType: If *base* or *target* is no level.
        WrongValue: If *base* does not come before *target*, or *count* is above *total*.
    """

    base: Level = field(converter=level)
    target: Level = field(converter=level)

    def __attrs_post_init__(self) -> None:
        refuse_unordered(self.base, self.target)


def refuse_unordered(base: Level, target: Level) -> None:
    """Refuse a conversion whose *base* does not come before its *target*.

    Raises:
        WrongValue: It says which way round would be right.
    """
    if precedes(base, target):
        return
    if precedes(target, base):
        reason = f"{target} comes before {base}, so everybody who came to {base} came to {target} too"
        raise WrongValue("rate", reason, f"ask for it from {target} to {base}")
    reason = (
        f"neither of {base} and {target} comes before the other" if base is not target else f"{base} twice"
    )
    raise WrongValue("rate", reason, "ask for it from an earlier level to a later one")
