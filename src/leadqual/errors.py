"""The base class of all errors, the errors that every module may raise, and checks of arguments."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib import import_module
from types import UnionType
from typing import Any, cast, final

from attrs import frozen


@frozen
class Fault:
    """One thing that is wrong, and where.

    Attributes:
        where: The place: an argument, a field, a key of a file, a part of a policy; empty if it has none.
        reason: What is wrong, and what would be right.
    """

    where: str
    reason: str

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}" if self.where else self.reason


class LeadqualError(Exception):
    """Base class of every error that this library raises on purpose.

    Errors are values: they carry their fields, compare equal when class and fields do, and can be
    pickled. They never carry a contact's data.
    """

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.args == other.args

    def __hash__(self) -> int:
        return hash((type(self), self.args))

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Return everything that is wrong, each with its place."""
        return (Fault("", str(self)),)


@final
class WrongType(LeadqualError, TypeError):
    """An argument has the wrong type.

    Attributes:
        argument: The name of the argument.
        expected: What would have been right.
        found: The name of the type that was given.
        advice: What to do instead, or an empty string.
    """

    def __init__(self, argument: str, expected: str, found: str, advice: str = "") -> None:
        super().__init__(argument, expected, found, advice)
        self.argument = argument
        self.expected = expected
        self.found = found
        self.advice = advice

    @property
    def faults(self) -> tuple[Fault, ...]:
        reason = f"must be {self.expected}, not {self.found}"
        return (Fault(self.argument, "; ".join(filter(None, (reason, self.advice)))),)

    def __str__(self) -> str:
        return f"{self.argument} {self.faults[0].reason}"


@final
class WrongValue(LeadqualError, ValueError):
    """An argument has a value that cannot be used.

    Attributes:
        argument: The name of the argument.
        reason: Why the value cannot be used.
        advice: What to do instead, or an empty string.
    """

    def __init__(self, argument: str, reason: str, advice: str = "") -> None:
        super().__init__(argument, reason, advice)
        self.argument = argument
        self.reason = reason
        self.advice = advice

    @property
    def faults(self) -> tuple[Fault, ...]:
        return (Fault(self.argument, "; ".join(filter(None, (self.reason, self.advice)))),)

    def __str__(self) -> str:
        return str(self.faults[0])


def require(
    argument: str, value: object, kind: type | UnionType | tuple[type, ...], expected: str, advice: str = ""
) -> None:
    if not isinstance(value, kind):
        raise WrongType(argument, expected, type(value).__name__, advice)


def require_items(argument: str, values: object, items: str, advice: str = "") -> None:
    """Refuse a value that is not iterable, and texts and mappings."""
    if isinstance(values, (str, bytes, Mapping)) or not isinstance(values, Iterable):
        raise WrongType(argument, f"an iterable of {items}", type(values).__name__, advice)  # pyright: ignore[reportUnknownArgumentType] (anything)


def pairs_of(argument: str, values: Mapping[Any, Any] | Iterable[Any], parts: str) -> list[tuple[Any, Any]]:
    """Return the pairs of a mapping, or of an iterable of pairs."""
    if isinstance(values, Mapping):
        return list(values.items())  # pyright: ignore[reportUnknownVariableType,reportUnknownArgumentType,reportUnknownMemberType] (anything)
    if not isinstance(values, (tuple, list)):
        require_items(argument, values, f"pairs of {parts}")
    pairs: list[Any] = list(values)
    for pair in pairs:
        if not isinstance(pair, (tuple, list)) or len(cast("Sequence[object]", pair)) != 2:  # noqa: PLR2004 (a pair)
            raise WrongType(f"each of {argument}", f"a pair of {parts}", type(cast("object", pair)).__name__)
    return pairs


def instant(argument: str, value: datetime, advice: str = "") -> datetime:
    """Return an aware datetime in UTC."""
    advice = advice or "give the instant, or datetime.combine(day, time(), zone)"
    require(argument, value, datetime, "an aware datetime", advice)
    if value != value:  # noqa: PLR0124 (NaT of pandas is a datetime, and differs from itself)
        raise WrongType(argument, "an aware datetime", type(value).__name__, advice)
    if value.tzinfo is UTC:
        return value
    if value.utcoffset() is None:
        raise WrongValue(argument, "has no time zone", "give an aware datetime: value.replace(tzinfo=...)")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise WrongValue(argument, "lies outside the years 1 to 9999 in UTC", "correct the year") from None


class Refused(LeadqualError, ValueError):
    """Base class of errors that report every fault, in the order of what was read."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(faults)
        self._faults = faults

    @property
    def faults(self) -> tuple[Fault, ...]:
        return self._faults

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))


@final
class ExtraMissing(LeadqualError, ImportError):
    """An optional part of the library needs packages that are not installed.

    Attributes:
        purpose: What was asked for.
        extra: The name of the extra that brings it.
    """

    def __init__(self, purpose: str, extra: str) -> None:
        super().__init__(purpose, extra)
        self.purpose = purpose
        self.extra = extra

    def __str__(self) -> str:
        command = f"pip install 'leadqual[{self.extra}]' (in a checkout: pip install '.[{self.extra}]')"
        return f"{self.purpose} needs packages that are not installed; run: {command}"


def import_extra(module: str, purpose: str, extra: str) -> Any:  # noqa: ANN401 (a module)
    try:
        return import_module(module)
    except ImportError:
        raise ExtraMissing(purpose, extra) from None
