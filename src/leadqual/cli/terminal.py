"""Text and tables for people and JSON for programs, safe to print."""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from leadqual.serialization.converter import to_data
from leadqual.taxonomy.stages import Qualification, Stage

_NARROWEST: Final = 20  # the smallest width in which help and tables can be laid out
# Whether text goes to standard error, because standard output holds data.
TO_STDERR: Final[ContextVar[bool]] = ContextVar("TO_STDERR", default=False)


def console(*, stderr: bool = False) -> Console:
    """Return a console over the current standard output, with colours on a terminal only."""
    result = Console(
        stderr=stderr or TO_STDERR.get(), highlight=False, soft_wrap=True, markup=False, emoji=False
    )
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
    """Print the lines of a text, after some words in bold type."""
    heading, text = ("\n".join(map(show, str(part).split("\n"))) for part in (bold, value))
    console().print(Text.assemble((heading, "bold"), text), end=end)


def print_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, numbers_from: int | None = None
) -> None:
    """Print a table; the columns from *numbers_from* on are aligned to the right."""
    result = Table(title=show(title), title_justify="left", title_style="bold")
    for index, column in enumerate(columns):
        is_number = numbers_from is not None and index >= numbers_from
        result.add_column(column, justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        result.add_row(*map(show, row))
    console().print(result)


def print_list(title: str, items: Iterable[object]) -> None:
    """Print a title in bold type and the items under it; nothing without items."""
    if lines := [f"  {show(item)}" for item in items]:
        say(bold=f"\n{title}")
        say("\n".join(lines))


def print_stages(title: str, counts: Mapping[tuple[Stage, Qualification], int], *, total: bool) -> None:
    """Print how many contacts have each stage and qualification, with their sum if *total* is set."""
    rows: list[list[object]] = []
    for stage in Stage:
        numbers = [counts.get((stage, qualification), 0) for qualification in Qualification]
        rows.append([stage, *(f"{number:,}" for number in [*numbers, sum(numbers)][: None if total else -1])])
    columns = ("stage", *map(str, Qualification), *(["all"] if total else []))
    print_table(title, columns, rows, numbers_from=1)


def stages_as_data(counts: Mapping[tuple[Stage, Qualification], int]) -> list[dict[str, object]]:
    return [
        {"stage": stage, "qualification": qualification, "contacts": counts[stage, qualification]}
        for stage in Stage
        for qualification in Qualification
        if counts.get((stage, qualification))
    ]


def print_json(value: object) -> None:
    """Print a public value as indented JSON, with every unprintable character escaped."""
    out = console()
    text = json.dumps(to_data(value), ensure_ascii=not out.encoding.startswith("utf"), indent=2)
    escaped = (sign if sign.isprintable() or sign == "\n" else json.dumps(sign)[1:-1] for sign in text)
    out.out("".join(escaped), highlight=False)
