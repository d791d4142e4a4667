"""How the command line speaks: tables for people, JSON for programs."""

import json
from typing import Annotated, Final

from cyclopts import App, Parameter
from rich.console import Console
from rich.table import Table

from leadqual.serialization import to_data

app: Final = App(
    name="leadqual",
    help="The words of network marketing, held to their meaning.",
    version_flags=["--version"],
    help_format="plaintext",
)
"""The application that every command registers with."""

AsJson = Annotated[bool, Parameter(name="--json", negative="", help="Print JSON instead of text.")]
"""The option that every command has."""


def console() -> Console:
    """Return a console over the standard output of this moment; it colours only a terminal."""
    return Console(highlight=False, soft_wrap=True)


def table(title: str, *columns: str, numbers_from: int | None = None) -> Table:
    """Return an empty table; the columns from *numbers_from* on are set to the right."""
    result = Table(title=title, title_justify="left", title_style="bold")
    for index, column in enumerate(columns):
        is_number = numbers_from is not None and index >= numbers_from
        result.add_column(column, justify="right" if is_number else "left", overflow="fold")
    return result


def print_json(value: object) -> None:
    """Print a public value as JSON, two spaces deep."""
    console().print(
        json.dumps(to_data(value), ensure_ascii=False, indent=2), markup=False, emoji=False, soft_wrap=True
    )
