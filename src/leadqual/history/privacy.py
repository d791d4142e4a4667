"""Values whose every printed form hides what nobody asked to see."""

from collections.abc import Iterator
from typing import Any, TypeVar

ClassT = TypeVar("ClassT", bound=type)


class _Shown:
    """Have a text as ``repr``."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def hidden(value: object) -> str:
    """Return what stands for a value in a ``repr`` that says only whether there is one."""
    return "…" if value else repr(value)


def shown_by_repr(cls: ClassT) -> ClassT:
    """Have rich, IPython, Hypothesis and pytest print the values of a class of attrs by their ``repr``.

    Each of them would read the fields, the hidden ones included; pytest does so to explain why two
    values differ, unless their class compares them itself.
    """
    generated = vars(cls)["__eq__"]

    def compare(self: object, other: object) -> Any:  # noqa: ANN401 (NotImplemented, too)
        return generated(self, other)

    def rich(self: object) -> Iterator[_Shown]:
        yield _Shown(repr(self).partition("(")[2][:-1])

    def pretty(self: object, printer: Any, _: bool) -> None:  # noqa: ANN401, FBT001 (the protocol of IPython)
        printer.text(repr(self))

    for name, method in (("__eq__", compare), ("__rich_repr__", rich), ("_repr_pretty_", pretty)):
        setattr(cls, name, method)
    return cls
