"""The command that checks a lead file before it is imported."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.markup import escape
from rich.table import Table

from leadqual.cli import DONE, FOUND
from leadqual.cli.terminal import AsJson, console, print_json, table
from leadqual.cli.words import PolicyFile, load_policy
from leadqual.intake import Accepted, Counts, Problem, Rejected, Run, iter_check
from leadqual.stages import Qualification, Stage, Standing


def check(
    file: Path,
    *,
    layout: Annotated[
        str | None, Parameter(help="The name of a built-in layout or a TOML file; else told by the header.")
    ] = None,
    region: Annotated[str | None, Parameter(help="The country of telephone numbers without +.")] = None,
    encoding: Annotated[str | None, Parameter(help="The encoding, if it is not UTF-8 or UTF-16.")] = None,
    policy: PolicyFile = None,
    json: AsJson = False,
) -> int:
    """Check a lead file: what is fine, what is not and why, and where the contacts stand."""
    rules = load_policy(policy)
    with iter_check(file, layout=layout, region=region, encoding=encoding, policy=rules) as run:
        problems = list(run.header_problems)
        for row in run:
            if isinstance(row, Accepted | Rejected):
                problems += row.problems
        if json:
            print_json(_report(run, problems))
        else:
            _print_report(file, run, problems)
    return FOUND if run.counts.rejected else DONE


def _report(run: Run, problems: list[Problem]) -> dict[str, object]:
    counts = run.counts
    return {
        "layout": run.layout.name,
        "rows": counts.rows,
        "accepted": counts.accepted,
        "rejected": counts.rejected,
        "blank": counts.blank,
        "lines": counts.lines,
        "contacts": [
            {"stage": str(stage), "qualification": str(qualification), "contacts": number}
            for (stage, qualification), number in sorted(counts.stages.items(), key=_cell_order)
        ],
        "standings": {str(standing): counts.standings.get(standing, 0) for standing in Standing},
        "problems": [
            {
                "code": str(problem.code),
                "severity": str(problem.severity),
                "record": problem.record,
                "line": problem.line,
                "column": problem.column,
                "header": problem.header,
                "message": problem.message,
            }
            for problem in problems
        ],
    }


def _cell_order(item: tuple[tuple[Stage, Qualification], int]) -> tuple[int, int]:
    (stage, qualification), _ = item
    return list(Stage).index(stage), list(Qualification).index(qualification)


def _print_report(file: Path, run: Run, problems: list[Problem]) -> None:
    out, counts = console(), run.counts
    for problem in problems:
        out.print(f"{problem.severity}: {problem}", markup=False)
    if problems:
        out.print()
    out.print(
        f"[bold]{escape(str(file))}[/bold]: {counts.rows:,} rows read, {counts.accepted:,} accepted, "
        f"{counts.rejected:,} rejected; {counts.blank:,} blank (layout {run.layout.name})"
    )
    out.print(_contacts_table(counts))
    held_back = counts.standings.get(Standing.DO_NOT_CONTACT, 0)
    if held_back:
        out.print(f"{held_back:,} of them must not be contacted.")


def _contacts_table(counts: Counts) -> Table:
    result = table("Contacts", "stage", *map(str, Qualification), "all", numbers_from=1)
    for stage in Stage:
        numbers = [counts.stages.get((stage, qualification), 0) for qualification in Qualification]
        result.add_row(str(stage), *(f"{number:,}" for number in (*numbers, sum(numbers))))
    return result
