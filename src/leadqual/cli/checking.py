"""The commands about lead files: what is in one, and which layout it has."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Final, Literal, TextIO

from attrs import frozen
from cyclopts import Parameter
from rich.progress import Progress
from rich.table import Column, Table
from rich.text import Text

from leadqual import Standing, intake
from leadqual.cli import DONE, FOUND, tell
from leadqual.cli.application import READING, STREAM, Flat, Output, ReadingOptions, command, options
from leadqual.cli.files import naming, opt_out_file, writing
from leadqual.cli.terminal import console, hang, print_json, say, show, stage_table, table
from leadqual.errors import WrongValue
from leadqual.intake import places
from leadqual.intake.duplicates import DuplicatesChoice
from leadqual.intake.page import LISTED, by_frequency, page, uses_of
from leadqual.intake.places import Result, Shown
from leadqual.intake.rows import Row
from leadqual.intake.suggesting import draft as drafted
from leadqual.taxonomy.vocabulary import counted

PLACES: Final = 3  # of each code are shown to people; the summary counts all of them
LONG_FILE: Final = 5_000_000  # files of at least this many bytes get a progress bar

_GOOD, _LOOK, _BAD = "bold green", "bold yellow", "bold red"
_STYLES: Final = {"accepted": _GOOD, "of them: do not contact": _LOOK, "rejected": _BAD}
_NAMES_ONLY: Final = "Nothing in this file says what anybody did: all {:,} are names because nothing is known, not because of evidence."

_LAST: Final = (
    "Of the two files of --output, import the one of opt-outs last, and again after every later import: "
)


@options
@frozen(kw_only=True)
class Importing:
    destination: Annotated[str | None, Parameter(name="--for")] = None
    fill: tuple[str, ...] = ()
    standard_fields: bool = False
    do_not_contact: Path | None = None

    def arguments(self) -> dict[str, Any]:
        for text in self.fill:
            if not all(text.partition("=")):
                raise WrongValue(
                    "--fill", f"is {text!r}", "write the column and its text, such as Company=None"
                )
        filled = [text.partition("=")[::2] for text in self.fill]
        return {"destination": self.destination, "fill": filled, "standard_fields": self.standard_fields}


IMPORTING: Final = Importing()


@command
def check(
    *files: Path,
    reading: ReadingOptions = READING,
    importing: Annotated[Importing, Flat] = IMPORTING,
    duplicates: DuplicatesChoice = "report",
    names_only: bool = False,
    rejects: Path | None = None,
    output: Output = None,
    html: Path | None = None,
    show_values: bool = False,
    exit_zero: bool = False,
    format: Literal["text", "json", "github"] = "text",  # noqa: A002 (the word of the call)
    json: bool = False,
) -> int:
    format = "json" if json else format  # noqa: A001 (see above)
    opt_outs = opt_out_file(output, importing.do_not_contact, importing.destination)
    targets = {"--output": output, "--rejects": rejects, "--html": html, "--do-not-contact": opt_outs}
    if not files:
        raise WrongValue("FILES", "none is named", "name one, such as: leadqual check leads.csv")
    if len(files) > 1 and (format == "json" or any(targets.values())):
        named = "--json, --output, --rejects and --html"
        raise WrongValue(named, "are for one file", "check the files one by one")
    arguments = reading.arguments() | importing.arguments()
    arguments |= {"duplicates": duplicates, "names_only": names_only}
    status = DONE
    for number, file in enumerate(files):
        try:
            with writing(targets, file, reading.layout, reading.policy) as where, naming(file):
                # For people, as many places of each code are kept as are shown, so that memory is bounded.
                most = LISTED if html else PLACES if format == "text" else sys.maxsize
                result, shown = _checked(file, arguments, where, most, show_values=show_values)
                if html:
                    report = page(str(file), result.recognition, result.understanding, result.counts, shown)
                    where["--html"].write_text(report, "utf-8")
        except intake.FileRefused as refusal:
            if format == "github":
                say(places.annotation(refusal.problem, str(file)))
            status = tell(refusal)
            continue
        if format == "json":
            print_json(places.report_as_data(result, shown))
        elif format == "github":
            for problem, _ in shown:
                say(places.annotation(problem, str(file)))
        else:
            say(end="\n" if number else "")
            _print_report(str(file), result, shown, sheet=reading.sheet, offers=_offers(result, targets))
        status = max(status, DONE if result.counts.clear or exit_zero else FOUND)
    return status


def _checked(
    file: Path, arguments: dict[str, Any], where: Mapping[str, Path], most: int, *, show_values: bool
) -> tuple[Result, list[Shown]]:
    """Check a file and write its rows; return the result and its problems, at most so many of each code."""
    shown, kept = list[Shown](), Counter[intake.Code]()
    with ExitStack() as opened:
        # Only merging needs all rows in memory.
        merging = arguments["duplicates"] == "merge"
        result: Result = (intake.check if merging else intake.iter_check)(_source(file), **arguments)
        if isinstance(result, intake.Run):
            opened.enter_context(result)
        writers = _writers(result, where, opened)
        for row in _with_progress(result, file):
            if isinstance(row, intake.Blank):
                continue
            for problem in row.problems:
                kept[problem.code] += 1
                if kept[problem.code] <= most:
                    shown.append((problem, row.cell(problem) if show_values else None))
            for write in writers:
                write(row)
    return result, [*((problem, None) for problem in places.problems_of_file(result)), *shown]


def _writers(result: Result, where: Mapping[str, Path], opened: ExitStack) -> list[Callable[[Row], None]]:
    """Return a function for each file that the call names, which writes a row if it belongs there."""
    writers: list[Callable[[Row], None]] = []
    if path := where.get("--rejects"):
        rejects = opened.enter_context(intake.RejectsWriter(path, result.header))

        def write_rejected(row: Row) -> None:
            if isinstance(row, intake.Rejected):
                rejects.write(row)

        writers.append(write_rejected)
    if (path := where.get("--output")) and result.preflight:
        opt_outs = where["--do-not-contact"]
        writers.append(opened.enter_context(intake.ImportWriter(path, opt_outs, result.preflight)).write)
    elif path:
        contacts = opened.enter_context(intake.ContactsWriter(path, result.extra_columns))

        def write_contact(row: Row) -> None:
            if isinstance(row, intake.Accepted) and row.repeats is None:
                contacts.write(row.contact, row.verdict)

        writers.append(write_contact)
    return writers


def _offers(result: Result, targets: Mapping[str, Path | None]) -> dict[str, str]:
    counts = result.counts
    opted_out = counts.standings.get(Standing.DO_NOT_CONTACT) and isinstance(result, intake.Run)
    offers = (
        ("--rejects rejects.csv", "writes the rejected rows, to be corrected", counts.rejected),
        ("--output contacts.csv", "writes the contacts", counts.accepted),
        ("--duplicates merge", "applies an opt-out to every row of a person, not only its own", opted_out),
        ("--format json", "lists every place", max(counts.problems.values(), default=0) > PLACES),
    )
    needed = (each[:2] for each in offers if each[2] and not targets.get(each[0].split()[0]))
    return dict(needed)


def _source(file: Path) -> Path | BinaryIO:
    if file != STREAM:
        return file
    stdin: TextIO | None = sys.stdin
    if stdin is None:
        raise WrongValue("-", "standard input is closed", "name a file, or send one to standard input")
    return stdin.buffer


def _with_progress(result: Result, file: Path) -> Iterator[Row]:
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


def _print_report(
    file: str, result: Result, shown: list[Shown], *, sheet: str | None, offers: Mapping[str, str]
) -> None:
    counts, understood = result.counts, result.understanding
    hang(0, (file, "bold"), (f": layout {result.layout.name}; {understood}", ""))
    unsaid = Text(_NAMES_ONLY.format(counts.accepted)) if understood.notes else None
    summary = Table.grid(padding=(0, 4))
    summary.add_row(_numbers(counts), (unsaid or stage_table(counts.stages)) if counts.accepted else "")
    say()
    say(summary)
    if suggested := places.suggested_toml(result):
        say(f" (layout FILE --draft keeps it)\n{suggested}", bold="\nSuggested layout", end="")
    say()
    for code, number in by_frequency(counts):
        severity = counts.severity(code)
        style = _LOOK if severity is intake.Severity.WARNING else _BAD
        hang(0, (f"{number:,} × {severity} {code}", style), (f": {code.meaning}", ""))  # noqa: RUF001 (times)
        _print_places(file, sheet, [each for each in shown if each[0].code is code][:PLACES])
        hang(4, ("To do: ", "bold"), (code.remedy, ""))
    _print_verdict(counts)
    if preflight := result.preflight:
        opted_out = counts.standings.get(Standing.DO_NOT_CONTACT, 0)
        numbers = f"{counts.ready:,} ready, {counts.held_back:,} held back, {counts.rejected:,} rejected"
        say(f": {numbers}; {opted_out:,} do not contact.", bold=f"For {show(preflight.system.title)}")
        destination = preflight.system.destination
        if destination and destination.opt_out.note:
            hang(0, (_LAST, ""), (destination.opt_out.note, ""))
    if offers:
        actions = Table.grid(padding=(0, 2))
        for option, effect in offers.items():
            actions.add_row(f"  {option}", effect)
        say(bold="Next")
        say(actions)


def _numbers(counts: intake.Counts) -> Table:
    numbers = Table.grid(Column(justify="right"), Column(), padding=(0, 2))
    for label, number in places.summary_of(counts):
        numbers.add_row(Text(f"  {number:,}", _STYLES.get(label, "") if number else ""), label)
    return numbers


def _print_places(file: str, sheet: str | None, shown: list[Shown]) -> None:
    said = ""
    for problem, value in shown:
        message = places.message_of(problem)
        column = f" ({problem.header})" if problem.header else ""
        cell = "" if value is None else f" | {value!r}"
        new = f": {message}" if message not in ("", said) else ""
        hang(4, (places.place_of(problem, file, sheet), "cyan"), (f"{column}{new}{cell}", ""))
        said = message


def _print_verdict(counts: intake.Counts) -> None:
    errors = (code for code in counts.problems if counts.severity(code) is intake.Severity.ERROR)
    grave = sum(map(counts.problems.__getitem__, errors))
    slight = sum(counts.problems.values()) - grave
    found = " and ".join(counted(n, kind) for n, kind in ((grave, "error"), (slight, "warning")) if n)
    rejected = f"; {counts.rejected:,} of {counted(counts.rows, 'row')} rejected" if counts.rejected else ""
    hang(0, (f"{found or 'No problems'} found{rejected}.", _BAD if grave else _LOOK if slight else _GOOD))


@command
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
        print_json(places.recognition_as_data(recognition))
    else:
        known = f": {recognition.confidence:.0%} of the columns are known"
        if recognition.runner_up:
            known += f"; next best {show(recognition.runner_up)}, {recognition.runner_up_confidence:.0%}"
        say(known, bold=show(recognition.layout.name))
        say(table("Columns", ("column", "becomes"), uses_of(recognition)))
    return DONE
