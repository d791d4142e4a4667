"""The commands about lead files: what is in one, and which layout it has."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import Annotated, BinaryIO, Final, TextIO

from attrs import asdict
from cyclopts import Parameter
from rich.progress import Progress

from leadqual import intake
from leadqual.cli import DONE, FOUND
from leadqual.cli.application import (
    STREAM,
    ConsentIn,
    Destination,
    DoNotContact,
    Encoding,
    Fill,
    Json,
    LayoutName,
    NoConsentIn,
    PolicyFile,
    Region,
    StandardFields,
    app,
    load_policy,
)
from leadqual.cli.files import naming, opt_out_file, writing
from leadqual.cli.terminal import console, print_json, print_stages, print_table, say, show, stages_as_data
from leadqual.errors import WrongValue
from leadqual.intake.duplicates import DuplicatesChoice
from leadqual.intake.recognition import SUGGESTED, Recognition
from leadqual.intake.rows import Row
from leadqual.intake.suggesting import draft as drafted
from leadqual.intake.suggesting import to_toml
from leadqual.systems.system import System
from leadqual.taxonomy.severity import Severity
from leadqual.taxonomy.stages import Standing
from leadqual.taxonomy.vocabulary import counted

SHOWN: Final = 20  # problems are printed one by one; the summary counts all of them
LONG_FILE: Final = 5_000_000  # files of at least this many bytes get a progress bar

_COUNTS: Final = ("rows", "accepted", "rejected", "blank", "merged", "lines", "unit")
_PARTS: Final = ("code", "severity", "record", "line", "column", "header", "message")

Sheet = Annotated[str | None, Parameter(help="The sheet of a workbook: its name, or its number.")]
Result = intake.Run | intake.Report
Shown = tuple[intake.Problem, str | None]  # with the text of its cell if --show-values asks for it


@app.command
def check(
    file: Annotated[Path, Parameter(help="The file, or - for standard input.")],
    *,
    layout: LayoutName = None,
    region: Region = None,
    encoding: Encoding = None,
    sheet: Sheet = None,
    columns: Annotated[str | None, Parameter(help="Names for a file without any: email,name,...")] = None,
    rejects: Annotated[Path | None, Parameter(help="Write the rejected rows, to be corrected.")] = None,
    output: Annotated[Path | None, Parameter(alias="-o", help="Write the contacts as CSV or .jsonl.")] = None,
    destination: Destination = None,
    fill: Fill = (),
    standard_fields: StandardFields = False,
    do_not_contact: DoNotContact = None,
    duplicates: Annotated[DuplicatesChoice, Parameter(help="What to do about duplicates.")] = "report",
    trust_stage: Annotated[bool, Parameter(help="Accept the stages that the file states.")] = False,
    consent_in: ConsentIn = (),
    no_consent_in: NoConsentIn = (),
    names_only: Annotated[bool, Parameter(help="The file holds names; nobody did anything yet.")] = False,
    show_values: Annotated[bool, Parameter(help="Show the faulty cells.")] = False,
    policy: PolicyFile = None,
    exit_zero: Annotated[bool, Parameter(help="Exit with 0 whatever is found.")] = False,
    json: Json = False,
) -> int:
    """Check a lead file: count its valid and faulty rows, explain the faults, and classify the contacts.

    With --for, every contact is held to what that system demands of an import, and --output writes the two
    files to import: people to contact, and, in NAME.do-not-contact.csv, people who opted out.

    The exit status is 1 if a row is rejected or held back or the file is not understood, and 2 if the file or the call cannot be used.
    """
    shown: list[Shown] = []
    kept: Counter[type[Row]] = Counter()
    opt_outs = opt_out_file(output, do_not_contact, destination)
    targets = {"--output": output, "--rejects": rejects, "--do-not-contact": opt_outs}
    with writing(targets, file, layout, policy, destination) as where, naming(file), ExitStack() as opened:
        # Merging needs all rows in memory, and an opt-out applies to earlier rows of a file to import.
        result = (intake.check if duplicates == "merge" or destination else intake.iter_check)(
            _source(file),
            layout=layout,
            region=region,
            encoding=encoding,
            sheet=sheet,
            columns=columns.split(",") if columns else (),
            duplicates=duplicates,
            trust_stage=trust_stage,
            consent_in=consent_in,
            no_consent_in=no_consent_in,
            names_only=names_only,
            policy=load_policy(policy),
            destination=destination,
            fill=_filled(fill),
            standard_fields=standard_fields,
        )
        enter = opened.enter_context
        if isinstance(result, intake.Run):
            enter(result)
        bad = enter(intake.RejectsWriter(where["--rejects"], result.header)) if rejects else None
        good = _contacts_writer(result, where) if output else None
        opened.enter_context(good or nullcontext())
        for row in _with_progress(result, file):
            if isinstance(row, intake.Blank):
                continue
            if json or kept[type(row)] < SHOWN:
                shown += [(each, _value(row, each) if show_values else None) for each in row.problems]
                kept[type(row)] += len(row.problems)
            if isinstance(good, intake.ImportWriter):
                good.write(row)
            elif isinstance(row, intake.Accepted) and good is not None and row.repeats is None:
                good.write(row.contact, row.verdict)
            if isinstance(row, intake.Rejected) and bad is not None:
                bad.write(row)
    found = result.understanding
    of_import = result.preflight.problems if result.preflight else ()
    of_file = (*result.header_problems, *found.problems, *of_import, *(found.notes if json else ()))
    shown[:0] = [(problem, None) for problem in of_file]
    if json:
        print_json(_as_data(result, shown))
    else:
        if result.layout.name == SUGGESTED:
            say(f" (layout FILE --draft keeps it)\n{to_toml(result.layout)}", bold="Suggested layout")
        # Errors come first, or a long file might show nothing but warnings.
        gravest_first = sorted(shown, key=lambda each: each[0].severity is Severity.WARNING)
        _print_summary(str(file), result, gravest_first[:SHOWN], written=bool(rejects or output))
    return DONE if result.counts.clear or exit_zero else FOUND


def _contacts_writer(
    result: Result, where: Mapping[str, Path]
) -> intake.ContactsWriter | intake.ImportWriter:
    if result.preflight:
        return intake.ImportWriter(where["--output"], where["--do-not-contact"], result.preflight)
    return intake.ContactsWriter(where["--output"], result.extra_columns)


def _filled(texts: Sequence[str]) -> dict[str, str]:
    for text in texts:
        if not all(text.partition("=")):
            raise WrongValue("--fill", f"is {text!r}", "write the column and its text, such as Company=None")
    return {column: value for column, _, value in (text.partition("=") for text in texts)}


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


def _as_data(result: Result, shown: Sequence[Shown]) -> dict[str, object]:
    counts = result.counts
    return {
        "layout": result.layout.name,
        **({"suggested": to_toml(result.layout)} if result.layout.name == SUGGESTED else {}),
        **{name: getattr(counts, name) for name in _COUNTS},
        **({"destination": preflight.system.name} if (preflight := result.preflight) else {}),
        **({name: getattr(counts, name) for name in ("ready", "held_back")} if preflight else {}),
        "contacts": stages_as_data(counts.stages),
        "standings": {standing: counts.standings.get(standing, 0) for standing in Standing},
        "understanding": result.understanding,
        "clear": counts.clear,
        "codes": dict(_by_frequency(counts)),
        "problems": [
            {name: getattr(problem, name) for name in _PARTS}
            | ({"theirs": problem.theirs} if problem.theirs else {})
            | ({} if value is None else {"value": value})
            for problem, value in shown
        ],
    }


def _by_frequency(counts: intake.Counts) -> list[tuple[intake.Code, int]]:
    return sorted(
        counts.problems.items(), key=lambda item: (counts.severity(item[0]) is Severity.WARNING, -item[1])
    )


def _print_contacts(result: Result) -> None:
    counts = result.counts
    if result.understanding.notes and counts.accepted:
        say(
            f"Nothing in this file says what anybody did: all {counts.accepted:,} are names because nothing "
            "is known, not because of evidence."
        )
    else:
        print_stages("Contacts", counts.stages, total=True)
    if held_back := counts.standings.get(Standing.DO_NOT_CONTACT, 0):
        say(f"{held_back:,} of them must not be contacted.")
        if isinstance(result, intake.Run):
            say("An opt-out counts for its own row; --duplicates merge applies it to every row of a person.")


def _print_import(system: System, counts: intake.Counts) -> None:
    opted_out = counts.standings.get(Standing.DO_NOT_CONTACT, 0)
    verdicts = f"{counts.ready:,} ready, {counts.held_back:,} held back, {counts.rejected:,} rejected"
    say(f": {verdicts}; {opted_out:,} do not contact.", bold=f"For {show(system.title)}")
    note = system.destination and system.destination.opt_out.note
    if note:
        advice = "Of the two files of --output, import the one of opt-outs last, and again after every later import"
        say(f"{advice}: {show(note)}.")


def _print_summary(file: str, result: Result, shown: Sequence[Shown], *, written: bool) -> None:
    counts = result.counts
    for problem, value in shown:
        say(f"{problem.severity}: {show(problem)}" + ("" if value is None else f" | {value!r}"))
    if more := sum(counts.problems.values()) - len(shown):
        advice = "--rejects FILE writes every rejected row with its reasons"
        say(f"… and {more:,} more; {advice if counts.rejected else '--json lists them all'}")
    if shown:
        say()
    unit = "" if counts.unit == "line" else f", counted in {counts.unit}s"
    say(
        f": {counted(counts.rows, 'row')} read, {counts.accepted:,} accepted, {counts.rejected:,} rejected; "
        f"{counts.blank:,} blank (layout {show(result.layout.name)}{unit})",
        bold=show(file),
    )
    say(f"{show(result.understanding)}.")
    if counts.merged:
        say(f"{counted(counts.merged, 'accepted row')} merged with an earlier one.")
    for code, number in _by_frequency(counts):
        say(f"{number:>9,} × {counts.severity(code)}: {code}: {code.meaning}")  # noqa: RUF001 (times)
    _print_contacts(result)
    if result.preflight:
        _print_import(result.preflight.system, counts)
    if counts.problems:
        code, number = _by_frequency(counts)[0]
        say(f" ({number:,} × {code}): {code.remedy}.", bold="Do this first")  # noqa: RUF001 (times)
    if not written:
        say(": --rejects FILE, for the rows to correct; --output FILE, for the contacts.", bold="Try next")


@app.command
def layout(
    file: Path,
    *,
    layout: LayoutName = None,
    encoding: Encoding = None,
    sheet: Sheet = None,
    draft: Annotated[bool, Parameter(help="Write the draft of a layout, also if the file has one.")] = False,
    json: Json = False,
) -> int:
    """Print the layout of a file and the use of each column; if it is unknown, draft a layout."""
    recognition: Recognition | None = None
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
        _print_recognition(recognition)
    return DONE


def _print_recognition(recognition: Recognition) -> None:
    known = f": {recognition.confidence:.0%} of the columns are known"
    if recognition.runner_up:
        known += f"; next best {show(recognition.runner_up)}, {recognition.runner_up_confidence:.0%}"
    say(known, bold=show(recognition.layout.name))
    rows = [
        *recognition.mapped,
        *((column, "kept; says nothing that the layout may use") for column in recognition.ignored),
        *((column, "kept; not known to the layout") for column in recognition.unmapped),
    ]
    print_table("Columns", ("column", "becomes"), rows)
