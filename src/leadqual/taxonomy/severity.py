"""The severity of a problem, and the codes that carry one."""

from enum import Enum
from functools import partial
from typing import Final, Self, final


@final
class Severity(Enum):
    """Severity of a problem: refusal of the whole, error in a part, warning, or note."""

    REFUSAL = "refusal"
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    def __str__(self) -> str:
        return self.value


class StableCode(Enum):
    """Base class of the codes that users see: stable names, each with a meaning and a remedy.

    Attributes:
        severity: The severity of the problem.
        meaning: What is wrong, in one clause.
        remedy: What to do about it.
    """

    _value_: str
    severity: Severity
    meaning: str
    remedy: str

    def __new__(
        cls, word: str, severity: Severity = Severity.ERROR, meaning: str = "", remedy: str = ""
    ) -> Self:
        code = object.__new__(cls)
        code._value_ = word
        code.severity, code.meaning, code.remedy = severity, meaning, remedy
        return code

    def __str__(self) -> str:
        return self._value_


# Hashing by identity is faster, as for `Word`.
StableCode.__hash__ = object.__hash__  # type: ignore[method-assign]


def _described(severity: Severity, word: str, meaning: str, remedy: str) -> tuple[str, Severity, str, str]:
    return word, severity, meaning, remedy


# A member of a `StableCode`, by its word, meaning and remedy.
error: Final = partial(_described, Severity.ERROR)
warning: Final = partial(_described, Severity.WARNING)
note: Final = partial(_described, Severity.NOTE)
