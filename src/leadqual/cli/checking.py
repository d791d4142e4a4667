"""The commands about lead files: what is in one, and which layout it has."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal, TextIO

from attrs import asdict
from rich.progress import Progress

from leadqual import Standing, intake
from leadqual.cli import DONE, FOUND, tell
from leadqual.cli.application import READING, STREAM, Output, ReadingOptions, command
from leadqual.cli.files import naming, writing
from leadqual.cli.reporting import PLACES, print_report
from leadqual.cli.terminal import console, print_json, say, show, table
from leadqual.errors import WrongValue
from leadqual.intake.duplicates import DuplicatesChoice
from leadqual.intake.places import Result, Shown, annotation, report_as_data
from leadqual.intake.rows import Row
from leadqual.intake.suggesting import draft as drafted

LONG_FILE: Final = 5_000_000  # files of at least this many bytes get a progress bar


@command("check")
def check(
    *files: Path,
    reading: ReadingOptions = READING,
    duplicates: DuplicatesChoice = "report",
    names_only: bool = False,
    rejects: Path | None = None,
    output: Output = None,
    show_values: bool = False,
    exit_zero: bool = False,
    format: Literal["text", "json", "github"] = "text",  # noqa: A002 (the word of the call)
    json: bool = False,
) -> int:
    format = "json" if json else format  # noqa: A001 (see above)
    targets = {"--output": output, "--rejects": rejects}
    given = {option for option, path in targets.items() if path}
    if not files:
        raise WrongValue("FILES", "none is named", "name one, such as: leadqual check leads.csv")
    if len(files) > 1 and (given or format == "json"):
        raise WrongValue("--json, --output and --rejects", "are for one file", "check the files one by one")
    arguments = reading.arguments() | {"duplicates": duplicates, "names_only": names_only}
    status = DONE
    for file in files:
        try:
            with writing(targets, file, reading.layout, reading.policy) as where, naming(file):
                # For people, as many places of each code are kept as are shown, so that memory is bounded.
                most = PLACES if format == "text" else sys.maxsize
                result, shown = _checked(file, arguments, where, most, show_values=show_values)
        except intake.FileRefused as refusal:
            if format == "github":
                say(annotation(refusal.problem, str(file)))
            status = tell(refusal)
            continue
        if format == "json":
            print_json(report_as_data(result, shown))
        elif format == "github":
            for problem, _ in shown:
                say(annotation(problem, str(file)))
        else:
            print_report(str(file), result, shown, sheet=reading.sheet, offers=_offers(result, given))
        status = max(status, DONE if result.counts.clear or exit_zero else FOUND)
    return status


def _checked(
    file: Path, arguments: dict[str, Any], where: Mapping[str, Path], most: int, *, show_values: bool
) -> tuple[Result, list[Shown]]:
    """Check a file and write its rows; return the result and its problems, at most so many of each code."""
    shown: list[Shown] = []
    kept: Counter[intake.Code] = Counter()
    with ExitStack() as opened:
        # Only merging needs all rows in memory.
        merging = arguments["duplicates"] == "merge"
        result: Result = (intake.check if merging else intake.iter_check)(_source(file), **arguments)
        if isinstance(result, intake.Run):
            opened.enter_context(result)
        rejects = contacts = None
        if path := where.get("--rejects"):
            rejects = opened.enter_context(intake.RejectsWriter(path, result.header))
        if path := where.get("--output"):
            contacts = opened.enter_context(intake.ContactsWriter(path, result.extra_columns))
        for row in _with_progress(result, file):
            if isinstance(row, intake.Blank):
                continue
            for problem in row.problems:
                kept[problem.code] += 1
                if kept[problem.code] <= most:
                    shown.append((problem, _value(row, problem) if show_values else None))
            if rejects and isinstance(row, intake.Rejected):
                rejects.write(row)
            elif contacts and isinstance(row, intake.Accepted) and row.repeats is None:
                contacts.write(row.contact, row.verdict)
    found = result.understanding
    of_file = (*result.header_problems, *found.problems, *found.notes)
    return result, [*((problem, None) for problem in of_file), *shown]


def _offers(result: Result, given: set[str]) -> dict[str, str]:
    """Return the options to give next, each with its effect."""
    counts = result.counts
    opted_out = counts.standings.get(Standing.DO_NOT_CONTACT) and isinstance(result, intake.Run)
    offers = (
        ("--rejects rejects.csv", "writes the rejected rows, to be corrected", counts.rejected),
        ("--output contacts.csv", "writes the contacts", counts.accepted),
        ("--duplicates merge", "applies an opt-out to every row of a person, not only its own", opted_out),
        ("--format json", "lists every place", max(counts.problems.values(), default=0) > PLACES),
    )
    return {option: effect for option, effect, needed in offers if needed and option.split()[0] not in given}


def _source(file: Path) -> Path | BinaryIO:
    if file != STREAM:
        return file
    stdin: TextIO | None = sys.stdin
    if stdin is None:
        raise WrongValue("-", "standard input is closed", "name a file, or send one to standard input")
    return stdin.buffer


def _with_progress(result: Result, file: Path) -> Iterator[Row]:
    """Yield the rows, with a progress bar if the file is long and the output a terminal."""
    errors = console(stderr=True)
    size = file.stat().st_size if file.is_file() else 0
    if isinstance(result, intake.Report) or size < LONG_FILE or not errors.is_terminal:
        yield from result
        return
    with Progress(console=errors, transient=True) as progress:
        task = progress.add_task("reading", total=size)
        for row in result:
            yield row
            progress.update(task, completed=result.bytes_read)


def _value(row: intake.Accepted | intake.Rejected, problem: intake.Problem) -> str | None:
    if isinstance(row, intake.Rejected):
        return row.cell(problem)
    return next((str(value) for column, value in row.contact.extra if column == problem.header), None)


@command("layout")
def layout(
    file: Path,
    *,
    layout: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    draft: bool = False,
    json: bool = False,
) -> int:
    recognition = None
    with naming(file):
        try:
            if not draft:
                with intake.iter_check(file, layout=layout, encoding=encoding, sheet=sheet) as run:
                    recognition = run.recognition
        except intake.FileRefused as refusal:
            # A pipe cannot be read twice.
            if refusal.problem.code is not intake.Code.LAYOUT_UNKNOWN or layout or not file.is_file():
                raise
        if recognition is None:
            say(drafted(_source(file), encoding=encoding, sheet=sheet), end="")
            return DONE if draft else FOUND
    if json:
        mapped = [{"column": column, "for": word} for column, word in recognition.mapped]
        runner_up = recognition.runner_up or None
        changed = {"layout": recognition.layout.name, "runner_up": runner_up, "mapped": mapped}
        print_json(asdict(recognition, recurse=False) | changed)
    else:
        known = f": {recognition.confidence:.0%} of the columns are known"
        if recognition.runner_up:
            known += f"; next best {show(recognition.runner_up)}, {recognition.runner_up_confidence:.0%}"
        say(known, bold=show(recognition.layout.name))
        ignored = ((column, "kept; says nothing that the layout may use") for column in recognition.ignored)
        unknown = ((column, "kept; not known to the layout") for column in recognition.unmapped)
        say(table("Columns", ("column", "becomes"), [*recognition.mapped, *ignored, *unknown]))
    return DONE
