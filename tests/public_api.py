"""The public names as lines of text; run as a script, it writes them into ``public_api.txt``."""

import inspect
from collections.abc import Iterator
from enum import Enum
from importlib import import_module
from pathlib import Path

LISTING = Path(__file__).with_name("public_api.txt")
ROOMS = ("leadqual", "leadqual.frames", "leadqual.strategies")


def parameters(function) -> str:
    """Return the parameters of a function, without their types: what a caller's code depends on."""
    taken = []
    only_named = False
    for name, parameter in inspect.signature(function).parameters.items():
        if name in ("self", "cls"):
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not only_named:
            taken.append("*")
            only_named = True
        stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
        only_named |= stars == "*"
        optional = "" if parameter.default is parameter.empty else "=…"
        taken.append(f"{stars}{name}{optional}")
    return f"({', '.join(taken)})"


def lines_of(name: str, value: object) -> Iterator[str]:
    """Yield a line for a public name, and for each public member of a class."""
    if not isinstance(value, type):
        yield name + (parameters(value) if inspect.isroutine(value) else "")
        return
    makes = "" if issubclass(value, Enum | Exception) else parameters(value.__init__)
    yield name + makes
    members = {}
    for base in reversed(value.__mro__):
        if base.__module__.partition(".")[0] == "leadqual":
            # A member of an enumeration has what its class only declares.
            members |= inspect.get_annotations(base) | vars(base)
    for member, held in members.items():
        called = getattr(held, "__func__", held)
        if not member.startswith("_"):
            yield f"{name}.{member}" + (parameters(called) if inspect.isroutine(called) else "")


def listing(room: str) -> list[str]:
    """Return the lines of a room, in the order of the alphabet."""
    module = import_module(room)
    return sorted(
        line for name in module.__all__ for line in lines_of(f"{room}.{name}", getattr(module, name))
    )


if __name__ == "__main__":
    LISTING.write_text("".join(f"{line}\n" for room in ROOMS for line in listing(room)), "utf-8")
