"""How the command line speaks: tables for people, JSON for programs, no sign that commands a terminal."""

import json
from contextvars import ContextVar
from typing import Annotated, Final

from cyclopts import App, Parameter
from rich.console import Console, RenderableType
from rich.style import StyleType
from rich.table import Table
from rich.text import Text

from leadqual.serialization import to_data

app: Final = App(
    name="leadqual",
    help="The words of network marketing, held to their meaning.",
    version_flags=["--version"],
    help_format="plaintext",
    suppress_keyboard_interrupt=False,
)
"""The application that every command registers with."""

AsJson = Annotated[bool, Parameter(name="--json", negative="", help="Print JSON instead of text.")]
"""The option that every command has."""

_NARROWEST: Final = 20
"""The fewest columns that text is set in; in fewer, help and tables never come to an end."""

_ASIDE: Final[ContextVar[bool]] = ContextVar("_ASIDE", default=False)


def speak_aside() -> None:
    """Let whatever is said go to standard error from now on, because standard output holds data."""
    _ASIDE.set(True)


def console(*, stderr: bool = False) -> Console:
    """Return a console over the standard output of this moment; it colours only a terminal."""
    result = Console(
        stderr=stderr or _ASIDE.get(), highlight=False, soft_wrap=True, markup=False, emoji=False
    )
    result.width = max(result.width, _NARROWEST)
    return result


def show(value: object) -> str:
    """Return the text of *value* on one line, with an escape for each sign that is not to be seen.

    Whatever comes from a file or is a name passes through here before it reaches a terminal: control
    characters, and those that turn the direction of text or have no width.
    """
    text = str(value)
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def show_lines(value: object) -> str:
    """Return what `show` does of each line."""
    return "\n".join(map(show, str(value).split("\n")))


def say(value: object = "", *, bold: str = "", end: str = "\n") -> None:
    """Print the lines of a text, after some words in bold type."""
    console().print(Text.assemble((show_lines(bold), "bold"), show_lines(value)), end=end)


class _Shown(Table):
    """A table whose cells are texts, and shown as such."""

    def add_row(
        self, *renderables: RenderableType | None, style: StyleType | None = None, end_section: bool = False
    ) -> None:
        """Add a row of texts."""
        super().add_row(*map(show, renderables), style=style, end_section=end_section)


def table(title: str, *columns: str, numbers_from: int | None = None) -> Table:
    """Return an empty table; the columns from *numbers_from* on are set to the right."""
    result = _Shown(title=show(title), title_justify="left", title_style="bold")
    for index, column in enumerate(columns):
        is_number = numbers_from is not None and index >= numbers_from
        result.add_column(column, justify="right" if is_number else "left", overflow="fold")
    return result


def print_json(value: object) -> None:
    """Print a public value as JSON, two spaces deep; what `show` escapes is escaped as JSON does."""
    out = console()
    text = json.dumps(to_data(value), ensure_ascii=not out.encoding.startswith("utf"), indent=2)
    out.out("\n".join("".join(map(_in_json, line)) for line in text.split("\n")), highlight=False)


def _in_json(sign: str) -> str:
    if sign.isprintable():
        return sign
    units = sign.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))
