"""The severity of a problem, and the codes that carry one."""

import tomllib
from collections.abc import Mapping
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Self, final


@final
class Severity(Enum):
    """Severity of a problem: refusal of the whole, error in a part, warning, or note."""

    REFUSAL = "refusal"
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    def __str__(self) -> str:
        return self.value


@cache
def _texts(module: str) -> Mapping[str, Mapping[str, str]]:
    """Return the texts of the codes of a module, out of the TOML file beside it."""
    package, _, name = module.rpartition(".")
    return tomllib.loads((files(package) / f"{name}.toml").read_text("utf-8"))


class StableCode(Enum):
    """Base class of the codes that users see: stable names, each with a meaning and a remedy.

    Attributes:
        severity: The severity of the problem.
    """

    _value_: str
    severity: Severity

    def __new__(cls, word: str, severity: Severity = Severity.ERROR) -> Self:
        code = object.__new__(cls)
        code._value_ = word
        code.severity = severity
        return code

    @property
    def meaning(self) -> str:
        """Return what is wrong, in one clause."""
        return _texts(type(self).__module__)[self._value_]["meaning"]

    @property
    def remedy(self) -> str:
        """Return what to do about it."""
        return _texts(type(self).__module__)[self._value_]["remedy"]

    def __str__(self) -> str:
        return self._value_


# Hashing by identity is faster, as for `Word`.
StableCode.__hash__ = object.__hash__  # type: ignore[method-assign]
