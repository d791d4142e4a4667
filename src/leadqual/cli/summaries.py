"""What a check says at its end, to people and to programs."""

from collections.abc import Sequence

from rich.table import Table

from leadqual.cli.terminal import console, say, show, table
from leadqual.intake import Code, Counts, Problem, Report, Run, Severity
from leadqual.intake.recognition import Recognition
from leadqual.taxonomy.stages import Qualification, Stage, Standing
from leadqual.taxonomy.vocabulary import counted

Shown = tuple[Problem, str | None]
"""A problem, with the text that it is about where somebody asked to see it."""


def as_data(result: Run | Report, shown: Sequence[Shown]) -> dict[str, object]:
    """Return a check as plain data."""
    counts = result.counts
    return {
        "layout": result.layout.name,
        "rows": counts.rows,
        "accepted": counts.accepted,
        "rejected": counts.rejected,
        "blank": counts.blank,
        "merged": counts.merged,
        "lines": counts.lines,
        "contacts": [
            {"stage": str(stage), "qualification": str(qualification), "contacts": number}
            for (stage, qualification), number in sorted(counts.stages.items(), key=_cell_order)
        ],
        "standings": {str(standing): counts.standings.get(standing, 0) for standing in Standing},
        "codes": {str(code): number for code, number in by_frequency(counts)},
        "problems": [_problem_as_data(problem, value) for problem, value in shown],
    }


def _problem_as_data(problem: Problem, value: str | None) -> dict[str, object]:
    told: dict[str, object] = {
        "code": str(problem.code),
        "severity": str(problem.severity),
        "record": problem.record,
        "line": problem.line,
        "column": problem.column,
        "header": problem.header,
        "message": problem.message,
    }
    return told if value is None else {**told, "value": value}


def _cell_order(item: tuple[tuple[Stage, Qualification], int]) -> tuple[int, int]:
    (stage, qualification), _ = item
    return list(Stage).index(stage), list(Qualification).index(qualification)


def by_frequency(counts: Counts) -> list[tuple[Code, int]]:
    """Return the faults, those that reject a row first, the most frequent first."""
    return sorted(counts.problems.items(), key=lambda item: (item[0].severity is Severity.WARNING, -item[1]))


def print_summary(file: str, result: Run | Report, shown: Sequence[Shown], *, written: bool) -> None:
    """Print what came in, what is fine, what is not and why, what to do first, and what to try next.

    *written* says whether rows were written to files.
    """
    counts = result.counts
    for problem, value in shown:
        say(f"{problem.severity}: {show(problem)}" + ("" if value is None else f" | {value!r}"))
    more = sum(counts.problems.values()) - len(shown)
    if more > 0:
        advice = "--rejects FILE writes every rejected row with its reasons"
        say(f"… and {more:,} more; {advice if counts.rejected else '--json has them all'}")
    if shown:
        say()
    say(
        f": {counted(counts.rows, 'row')} read, {counts.accepted:,} accepted, {counts.rejected:,} rejected; "
        f"{counts.blank:,} blank (layout {show(result.layout.name)})",
        bold=show(file),
    )
    if counts.merged:
        say(f"{counted(counts.merged, 'accepted row')} merged with an earlier one.")
    for code, number in by_frequency(counts):
        say(f"{number:>9,} × {code.severity}: {code}: {code.meaning}")  # noqa: RUF001 (times)
    console().print(_contacts_table(counts))
    held_back = counts.standings.get(Standing.DO_NOT_CONTACT, 0)
    if held_back:
        say(f"{held_back:,} of them must not be contacted.")
    if counts.problems:
        code, number = by_frequency(counts)[0]
        say(f" ({number:,} × {code}): {code.remedy}.", bold="Do this first")  # noqa: RUF001 (times)
    if not written:
        say(": --rejects FILE, for the rows to correct; --output FILE, for the contacts.", bold="Try next")


def _contacts_table(counts: Counts) -> Table:
    result = table("Contacts", "stage", *map(str, Qualification), "all", numbers_from=1)
    for stage in Stage:
        numbers = [counts.stages.get((stage, qualification), 0) for qualification in Qualification]
        result.add_row(str(stage), *(f"{number:,}" for number in (*numbers, sum(numbers))))
    return result


def recognised_as_data(recognition: Recognition) -> dict[str, object]:
    """Return as plain data which layout a file has."""
    return {
        "layout": recognition.layout.name,
        "confidence": recognition.confidence,
        "runner_up": recognition.runner_up or None,
        "runner_up_confidence": recognition.runner_up_confidence,
        "mapped": [{"column": column, "for": word} for column, word in recognition.mapped],
        "ignored": list(recognition.ignored),
        "unmapped": list(recognition.unmapped),
        "absent": list(recognition.absent),
    }


def print_recognition(recognition: Recognition) -> None:
    """Print which layout a file has, and what becomes of each column."""
    second = (
        f"; next best {show(recognition.runner_up)}, {recognition.runner_up_confidence:.0%}"
        if recognition.runner_up
        else ""
    )
    say(
        f": {recognition.confidence:.0%} of the columns are known{second}", bold=show(recognition.layout.name)
    )
    result = table("Columns", "column", "becomes")
    for column, word in recognition.mapped:
        result.add_row(column, word)
    for column in recognition.ignored:
        result.add_row(column, "kept; says nothing that the layout may use")
    for column in recognition.unmapped:
        result.add_row(column, "kept; not known to the layout")
    console().print(result)
