"""The levels of a funnel, the conversions between them, and the patterns of stages that are counted."""

from collections.abc import Mapping
from typing import Any, Final, Literal, Self, final

from attrs import field, frozen

from leadqual.classification.classification import Classification
from leadqual.errors import WrongType, WrongValue, require
from leadqual.funnel.proportions import Proportion, whole
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.stages import Qualification, Stage, down_set, topmost
from leadqual.taxonomy.vocabulary import normalize

Level = Stage | Literal[Fact.CONTACTED]  # the base of “you talk to 100 people”
LEVELS: Final[tuple[Level, ...]] = (Stage.NAME, Fact.CONTACTED, *(stage for stage in Stage if stage.below))
# The columns of a counted row that say whether a stage's own rule holds.
EARNED: Final[Mapping[Stage, str]] = {stage: f"earned_{stage}" for stage in Stage if stage.below}
CONTACTED: Final = str(Fact.CONTACTED)
QUALIFIED: Final = str(Qualification.QUALIFIED)
CONTACTS: Final = "contacts"
COLUMNS: Final = (*EARNED.values(), CONTACTED, QUALIFIED, CONTACTS)  # of a counted row


def level(given: object) -> Level:
    if isinstance(given, str):
        return Fact.CONTACTED if normalize(given) == CONTACTED else Stage.parse(given)
    if isinstance(given, Stage) or given is Fact.CONTACTED:
        return given
    advice = "only CONTACTED is counted of the facts" if isinstance(given, Fact) else ""
    raise WrongType("level", "a Stage or Fact.CONTACTED", type(given).__name__, advice)


def precedes(base: Level, target: Level) -> bool:
    """Return whether everybody at *target* is counted at *base* too; every lead counts as contacted."""
    if target is Fact.CONTACTED:
        return base is Stage.NAME
    return (Stage.NAME if base is Fact.CONTACTED else base).precedes(target)


def base_of(stage: Stage) -> Stage:
    """Return the stage directly below *stage*: NAME for LEAD, PROSPECT for CUSTOMER and REP."""
    return topmost(stage.below)[0]


@final
@frozen
class Conversion(Proportion):
    """The share of the people at a base who also reached a target.

    Attributes:
        count: The people who reached both.
        total: The people who reached the base.
        base: The stage, or CONTACTED, that people came from.
        target: The stage that they came to.

    Source: article 1, “How many people you convert from one section to another that called Conversion.”

    Raises:
        WrongType: If *base* or *target* is not a level.
        WrongValue: If *base* does not come before *target*, or *count* is above *total*.
    """

    base: Level = field(converter=level)
    target: Level = field(converter=level)

    def __attrs_post_init__(self) -> None:
        Proportion.__attrs_post_init__(self)
        check_order(self.base, self.target)


def check_order(base: Level, target: Level) -> None:
    if precedes(base, target):
        return
    if precedes(target, base):
        reason = f"{target} comes before {base}, so everybody who came to {base} came to {target} too"
        raise WrongValue("rate", reason, f"ask for it from {target} to {base}")
    reason = f"{base} twice" if base is target else f"neither of {base} and {target} comes before the other"
    raise WrongValue("rate", reason, "ask for it from an earlier level to a later one")


@final
@frozen
class Pattern:
    """The stages whose own rule holds, and whether a person was contacted and is qualified."""

    earned: frozenset[Stage]
    contacted: bool
    qualified: bool

    def came_to(self, where: Level, *, witnessed: bool = False) -> bool:
        if isinstance(where, Stage):
            return where in (self.earned | {Stage.NAME} if witnessed else down_set(self.earned))
        return self.contacted or (not witnessed and bool(self.earned))

    @classmethod
    def of(cls, answer: Classification) -> Self:
        earned = answer.reached.difference(answer.implied, {Stage.NAME})
        return cls(earned, Fact.CONTACTED in answer.evidence, answer.qualification is Qualification.QUALIFIED)

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> tuple[Self, int]:
        advice = "turn a frame into rows first, as with frame.rows(named=True)"
        require("each row", row, Mapping, "a mapping of columns", advice)
        for column in COLUMNS:
            if column not in row:
                raise WrongValue(f"column {column}", "is missing", f"a row has {', '.join(COLUMNS)}")
            if column != CONTACTS:
                require(f"column {column}", row[column], bool, "True or False")
        earned = frozenset(stage for stage, column in EARNED.items() if row[column])
        return cls(earned, row[CONTACTED], row[QUALIFIED]), whole(f"column {CONTACTS}", row[CONTACTS])

    def to_row(self, contacts: int) -> dict[str, bool | int]:
        row: dict[str, bool | int] = {column: stage in self.earned for stage, column in EARNED.items()}
        return row | {CONTACTED: self.contacted, QUALIFIED: self.qualified, CONTACTS: contacts}


Patterns = tuple[tuple[Pattern, int], ...]  # how many people there are of each, in a fixed order
