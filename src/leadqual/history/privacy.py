"""Values that every printer shows by their ``repr``, which hides personal data."""

from collections.abc import Iterator
from typing import Any, TypeVar

ClassT = TypeVar("ClassT", bound=type)


class _Verbatim(str):
    __slots__ = ()
    __repr__ = str.__str__


def hidden(value: object) -> str:
    return "…" if value else repr(value)


def shown_by_repr(cls: ClassT) -> ClassT:
    """Make rich, IPython, Hypothesis and pytest print values of a class of attrs by their ``repr``.

    Each would read the hidden fields too; pytest does so to explain why two values differ, unless
    their class defines the comparison.
    """
    generated = vars(cls)["__eq__"]

    def compare(self: object, other: object) -> Any:  # noqa: ANN401 (NotImplemented, too)
        return generated(self, other)

    def rich(self: object) -> Iterator[_Verbatim]:
        yield _Verbatim(repr(self).partition("(")[2][:-1])

    def pretty(self: object, printer: Any, _: bool) -> None:  # noqa: ANN401, FBT001 (the protocol of IPython)
        printer.text(repr(self))

    for name, method in (("__eq__", compare), ("__rich_repr__", rich), ("_repr_pretty_", pretty)):
        setattr(cls, name, method)
    return cls
