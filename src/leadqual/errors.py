"""How failure is told: one base class, and the refusals that every module may need."""

from collections.abc import Iterable, Mapping
from types import UnionType
from typing import final

from attrs import frozen


class LeadqualError(Exception):
    """Be the base of every error that this library raises on purpose.

    Errors are values: they carry their fields, compare equal when class and fields do, and can be
    pickled. They never carry a contact's data.
    """

    def __eq__(self, other: object) -> bool:
        """Compare by class and fields."""
        return type(other) is type(self) and self.args == other.args

    def __hash__(self) -> int:
        """Hash by class and fields."""
        return hash((type(self), self.args))


@final
class WrongType(LeadqualError, TypeError):
    """Say which argument has a type that cannot be meant, and what to give instead.

    Attributes:
        argument: The name of the argument.
        expected: What would have been right.
        found: The name of the type that was given.
        advice: What to do instead, or an empty string.
    """

    def __init__(self, argument: str, expected: str, found: str, advice: str = "") -> None:  # noqa: D107
        super().__init__(argument, expected, found, advice)
        self.argument = argument
        self.expected = expected
        self.found = found
        self.advice = advice

    def __str__(self) -> str:
        """Return the message."""
        advice = f"; {self.advice}" if self.advice else ""
        return f"{self.argument} must be {self.expected}, not {self.found}{advice}"


@final
class WrongValue(LeadqualError, ValueError):
    """Say which argument has a value that cannot be used, why, and what to give instead.

    Attributes:
        argument: The name of the argument.
        reason: Why the value cannot be used.
        advice: What to do instead, or an empty string.
    """

    def __init__(self, argument: str, reason: str, advice: str = "") -> None:  # noqa: D107
        super().__init__(argument, reason, advice)
        self.argument = argument
        self.reason = reason
        self.advice = advice

    def __str__(self) -> str:
        """Return the message."""
        advice = f"; {self.advice}" if self.advice else ""
        return f"{self.argument}: {self.reason}{advice}"


def require(
    argument: str, value: object, kind: type | UnionType | tuple[type, ...], expected: str, advice: str = ""
) -> None:
    """Refuse a *value* that is not of *kind*.

    Raises:
        WrongType: It says what was *expected*.
    """
    if not isinstance(value, kind):
        raise WrongType(argument, expected, type(value).__name__, advice)


def require_items(argument: str, values: object, items: str, advice: str = "") -> None:
    """Refuse what cannot be iterated over, and the texts and mappings that rarely mean their parts.

    Raises:
        WrongType: It says which *items* were expected.
    """
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        raise WrongType(argument, f"an iterable of {items}", type(values).__name__, advice)


@frozen
class Fault:
    """Name one thing that is wrong, and where.

    Attributes:
        where: The place: a field, a key of a file, a part of a policy.
        reason: What is wrong, and what would be right.
    """

    where: str
    reason: str

    def __str__(self) -> str:
        """Return the place and the reason."""
        return f"{self.where}: {self.reason}"


class Faulty(LeadqualError, ValueError):
    """Be the base of the refusals that tell every fault at once.

    Attributes:
        faults: Everything found, in the order of what was read.
    """

    def __init__(self, faults: tuple[Fault, ...]) -> None:  # noqa: D107
        super().__init__(faults)
        self.faults = faults

    def __str__(self) -> str:
        """Return one fault a line."""
        return "\n".join(map(str, self.faults))


@final
class ExtraMissing(LeadqualError, ImportError):
    """Say what an optional part of the library needs, with the line that installs it.

    Attributes:
        purpose: What was asked for.
        extra: The name of the extra that brings it.
    """

    def __init__(self, purpose: str, extra: str) -> None:  # noqa: D107
        super().__init__(purpose, extra)
        self.purpose = purpose
        self.extra = extra

    def __str__(self) -> str:
        """Return the message."""
        return (
            f"{self.purpose} needs packages that are not installed; run: pip install 'leadqual[{self.extra}]'"
        )
