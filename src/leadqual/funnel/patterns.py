"""People who count alike, and the rows that a data frame counts them in."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final, Self, final

from attrs import frozen

from leadqual.classification.classification import Classification
from leadqual.errors import WrongValue, require
from leadqual.funnel.conversions import Level
from leadqual.funnel.proportions import whole
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.stages import Qualification, Stage, down_set

EARNED: Final[Mapping[Stage, str]] = {stage: f"earned_{stage}" for stage in Stage if stage.below}
"""The column of a counted row that says whether a stage's own rule holds."""

CONTACTED: Final = str(Fact.CONTACTED)
"""The column of a counted row that says whether the people were contacted."""

QUALIFIED: Final = str(Qualification.QUALIFIED)
"""The column of a counted row that says whether the people are qualified."""

CONTACTS: Final = "contacts"
"""The column of a counted row that says how many people it stands for."""

COLUMNS: Final = (*EARNED.values(), CONTACTED, QUALIFIED, CONTACTS)
"""The columns of a counted row."""


@final
@frozen
class Pattern:
    """Describe people who count alike.

    Attributes:
        earned: The stages whose own rule holds: the witnessed ones, without NAME.
        contacted: Whether CONTACTED is established.
        qualified: Whether the people are QUALIFIED.
    """

    earned: frozenset[Stage]
    contacted: bool
    qualified: bool

    def came_to(self, where: Level, *, witnessed: bool = False) -> bool:
        """Return whether these people count at a level; everybody is witnessed to be a name."""
        if isinstance(where, Stage):
            return where in (self.earned | {Stage.NAME} if witnessed else down_set(self.earned))
        return self.contacted or (not witnessed and bool(self.earned))

    @classmethod
    def of(cls, verdict: Classification) -> Self:
        """Return how the person of *verdict* counts."""
        earned = verdict.reached.difference(verdict.implied, {Stage.NAME})
        qualified = verdict.qualification is Qualification.QUALIFIED
        return cls(earned, Fact.CONTACTED in verdict.evidence, qualified)

    @classmethod
    def from_row(cls, row: Mapping[str, object]) -> Self:
        """Return how the people of a counted row count."""
        earned = frozenset(stage for stage, column in EARNED.items() if _flag(row, column))
        return cls(earned, _flag(row, CONTACTED), _flag(row, QUALIFIED))

    def to_row(self, contacts: int) -> dict[str, bool | int]:
        """Return the counted row of so many people."""
        row: dict[str, bool | int] = {column: stage in self.earned for stage, column in EARNED.items()}
        return row | {CONTACTED: self.contacted, QUALIFIED: self.qualified, CONTACTS: contacts}


def _cell(row: Mapping[str, object], column: str) -> object:
    advice = "turn a frame into rows first, as with frame.rows(named=True)"
    require("each row", row, Mapping, "a mapping of columns", advice)
    if column not in row:
        raise WrongValue(f"column {column}", "is missing", f"a row has {', '.join(COLUMNS)}")
    return row[column]


def _flag(row: Mapping[str, object], column: str) -> bool:
    value = _cell(row, column)
    require(f"column {column}", value, bool, "True or False")
    return value is True


Patterns = tuple[tuple[Pattern, int], ...]
"""How many people there are of each pattern, in a fixed order."""


def patterns_of(counts: Mapping[Pattern, int]) -> Patterns:
    """Return the patterns that people were counted in, those of nobody left out."""
    counted = ((pattern, n) for pattern, n in counts.items() if n)
    return tuple(sorted(counted, key=lambda item: tuple(item[0].to_row(0).values())))


def read_rows(rows: Iterable[Mapping[str, object]]) -> Patterns:
    """Return the patterns of counted rows; those that count alike add up.

    Raises:
        WrongType: If a row is no mapping, or a column holds something else.
        WrongValue: If a column is missing, or a number is negative.
    """
    counts: Counter[Pattern] = Counter()
    for row in rows:
        counts[Pattern.from_row(row)] += whole(f"column {CONTACTS}", _cell(row, CONTACTS))
    return patterns_of(counts)


def came_to(patterns: Patterns, where: Level, *, witnessed: bool = False) -> int:
    """Return how many people count at a level."""
    return sum(n for pattern, n in patterns if pattern.came_to(where, witnessed=witnessed))
