"""Text and tables for people and JSON for programs, safe to print."""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from leadqual import Qualification, Stage, to_data

_NARROWEST: Final = 20  # the smallest width in which help and tables can be laid out
# Whether text goes to standard error, because standard output holds data.
TO_STDERR: Final[ContextVar[bool]] = ContextVar("TO_STDERR", default=False)


def console(*, stderr: bool = False) -> Console:
    """Return a console over the current standard output, with colours on a terminal only."""
    on_stderr = stderr or TO_STDERR.get()
    result = Console(stderr=on_stderr, highlight=False, soft_wrap=True, markup=False, emoji=False)
    result.width = max(result.width, _NARROWEST)
    return result


def show(value: object) -> str:
    """Return the text of *value* on one line, with every unprintable character escaped.

    Every name and every text from a file is printed through this function: control characters, and
    characters that have no width or turn the direction of text, could command a terminal.
    """
    text = str(value)
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def say(value: object = "", *, bold: str = "", end: str = "\n") -> None:
    """Print the lines of a text, after some words in bold type; or a table."""
    heading, text = ("\n".join(map(show, str(part).split("\n"))) for part in (bold, value))
    console().print(value if isinstance(value, Table) else Text.assemble((heading, "bold"), text), end=end)


def hang(indent: int, *parts: tuple[object, str]) -> None:
    """Print texts with their styles in one line, indented; on a terminal, in lines that hang below it."""
    out, text = console(), Text.assemble(*((show(part), style) for part, style in parts))
    width = out.width - indent - 2
    # A place that is longer than a line is not broken, so that it can be clicked.
    wraps = out.is_terminal and max(map(len, text.plain.split())) <= width
    for number, line in enumerate(text.wrap(out, width) if wraps else [text]):
        line.rstrip()
        out.print(Text(" " * (indent + 2 * (number > 0))) + line)


def table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, numbers_from: int | None = None
) -> Table:
    """Return a table; the columns from *numbers_from* on are aligned to the right."""
    result = Table(title=show(title) or None, title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    result.show_edge = result.pad_edge = False
    for index, column in enumerate(columns):
        is_number = numbers_from is not None and index >= numbers_from
        result.add_column(column, justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        result.add_row(*map(show, row))
    return result


def print_list(title: str, items: Iterable[object]) -> None:
    if lines := [f"  {show(item)}" for item in items]:
        say("\n".join(lines), bold=f"\n{title}\n")


def stage_table(counts: Mapping[tuple[Stage, Qualification], int], title: str = "") -> Table:
    numbers = {stage: [counts.get((stage, each), 0) for each in Qualification] for stage in Stage}
    found = ((stage, (*each, sum(each))) for stage, each in numbers.items() if any(each))
    rows = [[stage, *(f"{number:,}" if number else "-" for number in each)] for stage, each in found]
    return table(title, ("stage", *map(str, Qualification), "all"), rows, numbers_from=1)


def print_json(value: object) -> None:
    """Print a public value as indented JSON, with every unprintable character escaped."""
    out = console()
    text = json.dumps(to_data(value), ensure_ascii=not out.encoding.startswith("utf"), indent=2)
    escaped = (sign if sign.isprintable() or sign == "\n" else json.dumps(sign)[1:-1] for sign in text)
    out.out("".join(escaped), highlight=False)
