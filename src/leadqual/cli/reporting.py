"""How the result of a check is shown to people."""

from collections.abc import Mapping, Sequence
from typing import Final

from rich.table import Table
from rich.text import Text

from leadqual import Standing
from leadqual.cli.terminal import console, hang, say, stage_table
from leadqual.intake import Counts, Severity
from leadqual.intake.places import Result, Shown, by_frequency, place_of
from leadqual.intake.recognition import SUGGESTED
from leadqual.intake.suggesting import to_toml
from leadqual.taxonomy.vocabulary import counted

PLACES: Final = 3  # of each code are shown; the summary counts all of them

_GOOD, _LOOK, _BAD = "bold green", "bold yellow", "bold red"
_NAMES_ONLY: Final = "Nothing in this file says what anybody did: all {:,} are names because nothing is known, not because of evidence."


def print_report(
    file: str, result: Result, shown: Sequence[Shown], *, sheet: str | None, offers: Mapping[str, str]
) -> None:
    """Print the summary, the problems by code, and the *offers*: options to give next, with their effects."""
    counts, understood = result.counts, result.understanding
    hang(0, (file, "bold"), (f": layout {result.layout.name}; {understood}", ""))
    stages: Table | Text = stage_table(counts.stages)
    if understood.notes:
        stages = Text(_NAMES_ONLY.format(counts.accepted))
    summary = Table.grid(padding=(0, 4))
    summary.add_row(_numbers(counts), stages if counts.accepted else "")
    say()
    say(summary)
    if result.layout.name == SUGGESTED:
        say(f" (layout FILE --draft keeps it)\n{to_toml(result.layout)}", bold="\nSuggested layout", end="")
    say()
    for code, number in by_frequency(counts):
        style = _LOOK if code.severity is Severity.WARNING else _BAD
        hang(0, (f"{number:,} × {code.severity} {code}", style), (f": {code.meaning}", ""))  # noqa: RUF001 (times)
        _print_places(file, sheet, [each for each in shown if each[0].code is code][:PLACES])
        hang(4, ("To do: ", "bold"), (code.remedy, ""))
    _print_verdict(counts)
    if offers:
        actions = Table.grid(padding=(0, 2))
        for option, effect in offers.items():
            actions.add_row(f"  {option}", effect)
        say(bold="Next")
        say(actions)


def _numbers(counts: Counts) -> Table:
    unit = "" if counts.unit == "line" else f", counted in {counts.unit}s"
    numbers = Table.grid(padding=(0, 2))
    numbers.add_column(justify="right")
    for number, label, style in (
        (counts.rows, f"rows read{unit}", ""),
        (counts.accepted, "accepted", _GOOD),
        (counts.merged, "of them: merged with an earlier one", ""),
        (counts.standings.get(Standing.DO_NOT_CONTACT, 0), "of them: do not contact", _LOOK),
        (counts.rejected, "rejected", _BAD),
        (counts.blank, "blank", ""),
    ):
        if number or not label.startswith("of them"):
            numbers.add_row(Text(f"  {number:,}", style if number else ""), label)
    return numbers


def _print_places(file: str, sheet: str | None, shown: Sequence[Shown]) -> None:
    """Print where problems of one code are, and what is wrong there unless it was said just before."""
    said = ""
    for problem, value in shown:
        message = problem.message.removeprefix(problem.code.meaning).lstrip(":; ")
        column = f" ({problem.header})" if problem.header else ""
        cell = "" if value is None else f" | {value!r}"
        new = f": {message}" if message not in ("", said) else ""
        hang(4, (place_of(problem, file, sheet), "cyan"), (f"{column}{new}{cell}", ""))
        said = message


def _print_verdict(counts: Counts) -> None:
    grave = sum(number for code, number in counts.problems.items() if code.severity is Severity.ERROR)
    slight = sum(counts.problems.values()) - grave
    found = " and ".join(counted(n, kind) for n, kind in ((grave, "error"), (slight, "warning")) if n)
    rejected = f"; {counts.rejected:,} of {counted(counts.rows, 'row')} rejected" if counts.rejected else ""
    style = _BAD if grave else _LOOK if slight else _GOOD
    console().print(Text(f"{found or 'No problems'} found{rejected}.", style))
