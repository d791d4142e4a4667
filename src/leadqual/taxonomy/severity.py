"""How much a fault matters, and what every stable code of one carries."""

from collections.abc import Mapping
from enum import Enum
from typing import Final, TypeVar, final


@final
class Severity(Enum):
    """What a fault costs: everything, its own part, a look, or nothing."""

    REFUSAL = "refusal"
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    def __str__(self) -> str:
        return self.value


class StableCode(Enum):
    """Be the base of the codes that users meet: names that stay, with meaning and remedy as data."""

    def __str__(self) -> str:
        return str(self.value)

    @property
    def severity(self) -> Severity:
        """Return what the fault costs."""
        return _TABLE[self][0]

    @property
    def meaning(self) -> str:
        """Return what is wrong, in one clause."""
        return _TABLE[self][1]

    @property
    def remedy(self) -> str:
        """Return what to do about it."""
        return _TABLE[self][2]


# As of the words of a vocabulary.
StableCode.__hash__ = object.__hash__  # type: ignore[method-assign]

CodeT = TypeVar("CodeT", bound=StableCode)

_TABLE: Final[dict[StableCode, tuple[Severity, str, str]]] = {}


def describe(codes: Mapping[CodeT, tuple[Severity, str, str]]) -> None:
    """Give codes their severity, meaning and remedy, in the module that holds them."""
    for code, described in codes.items():
        _TABLE[code] = described
