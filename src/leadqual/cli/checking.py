"""The commands about lead files: what is in one, and which layout it has."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, BinaryIO, Final, TextIO

from cyclopts import Parameter
from rich.progress import Progress

from leadqual.cli import DONE, FOUND
from leadqual.cli.files import STREAM, naming, writing
from leadqual.cli.summaries import (
    Shown,
    as_data,
    print_recognition,
    print_summary,
    recognised_as_data,
)
from leadqual.cli.terminal import AsJson, console, print_json, say
from leadqual.cli.words import PolicyFile, load_policy
from leadqual.errors import WrongValue
from leadqual.intake import (
    Accepted,
    Blank,
    Code,
    ContactsWriter,
    FileRefused,
    Problem,
    Rejected,
    RejectsWriter,
    Report,
    Run,
    Severity,
    iter_check,
)
from leadqual.intake import check as check_whole
from leadqual.intake.drafting import draft as drafted
from leadqual.intake.drafting import says_anything
from leadqual.intake.duplicates import DuplicatesChoice
from leadqual.intake.opening import read_header
from leadqual.intake.rows import Row

SHOWN: Final = 20
"""How many problems are shown one by one; the summary counts them all."""

LONG_FILE: Final = 5_000_000
"""From how many bytes a file gets a bar of progress."""

LayoutName = Annotated[
    str | None, Parameter(help="The name of a built-in layout or a TOML file; else told by the header.")
]
Encoding = Annotated[str | None, Parameter(help="The encoding, if it is not UTF-8 or UTF-16.")]


def check(
    file: Annotated[Path, Parameter(help="The file, or - for standard input.")],
    *,
    layout: LayoutName = None,
    region: Annotated[str | None, Parameter(help="The country of telephone numbers without +.")] = None,
    encoding: Encoding = None,
    rejects: Annotated[Path | None, Parameter(help="Write the rejected rows here, to be corrected.")] = None,
    output: Annotated[
        Path | None, Parameter(name=["--output", "-o"], help="Write the contacts here, as CSV or .jsonl.")
    ] = None,
    duplicates: Annotated[DuplicatesChoice, Parameter(help="What to do about duplicates.")] = "report",
    trust_stage: Annotated[bool, Parameter(negative="", help="Take claimed stages at their word.")] = False,
    show_values: Annotated[bool, Parameter(negative="", help="Show the cells that are wrong.")] = False,
    policy: PolicyFile = None,
    exit_zero: Annotated[
        bool, Parameter(negative="", help="Report what is wrong, and exit with 0 all the same.")
    ] = False,
    json: AsJson = False,
) -> int:
    """Check a lead file: what is fine, what is not and why, and where the contacts stand.

    The exit status is 1 if a row is rejected, and 2 if the file or the call cannot be used.
    """
    shown: list[Shown] = []
    kept: Counter[type[Row]] = Counter()
    with (
        writing({"--output": output, "--rejects": rejects}, file, layout, policy) as where,
        naming(file),
        ExitStack() as opened,
    ):
        # To merge takes all rows; everything else is told row by row, in memory that does not grow.
        open_it = check_whole if duplicates == "merge" else iter_check
        result = open_it(
            _source(file),
            layout=layout,
            region=region,
            encoding=encoding,
            duplicates=duplicates,
            trust_stage=trust_stage,
            policy=load_policy(policy),
        )
        if isinstance(result, Run):
            opened.enter_context(result)
        bad = opened.enter_context(RejectsWriter(where["--rejects"], result.header)) if rejects else None
        good = (
            opened.enter_context(ContactsWriter(where["--output"], result.extra_columns)) if output else None
        )
        shown += [(problem, None) for problem in result.header_problems]
        for row in _watched(result, file):
            if isinstance(row, Blank):
                continue
            if json or kept[type(row)] < SHOWN:
                shown += [
                    (problem, _value(row, problem) if show_values else None) for problem in row.problems
                ]
                kept[type(row)] += len(row.problems)
            if isinstance(row, Rejected):
                if bad is not None:
                    bad.write(row)
            elif good is not None and row.repeats is None:
                good.write(row.contact, row.verdict)
    if json:
        print_json(as_data(result, shown))
    else:
        # What rejects a row comes first, or a long file might show nothing but warnings.
        gravest_first = sorted(shown, key=lambda each: each[0].severity is Severity.WARNING)
        print_summary(str(file), result, gravest_first[:SHOWN], written=bool(rejects or output))
    return FOUND if result.counts.rejected and not exit_zero else DONE


def _source(file: Path) -> Path | BinaryIO:
    """Return what to read.

    Raises:
        WrongValue: If it is standard input, and that is closed.
    """
    if file != STREAM:
        return file
    stdin: TextIO | None = sys.stdin
    if stdin is None:
        raise WrongValue("-", "standard input is closed", "name a file, or send one to standard input")
    return stdin.buffer


def _watched(result: Run | Report, file: Path) -> Iterator[Row]:
    """Yield the rows, with a bar of progress where the file is long and a person is watching."""
    errors = console(stderr=True)
    size = file.stat().st_size if file.is_file() else 0
    if isinstance(result, Report) or size < LONG_FILE or not errors.is_terminal:
        yield from result
        return
    with Progress(console=errors, transient=True) as progress:
        task = progress.add_task("reading", total=size)
        for row in result:
            yield row
            progress.update(task, completed=result.bytes_read)


def _value(row: Accepted | Rejected, problem: Problem) -> str | None:
    """Return the text that a problem is about, which its caller has asked to see."""
    if isinstance(row, Rejected):
        return row.cell(problem)
    return next((str(value) for column, value in row.contact.extra if column == problem.header), None)


def layout(
    file: Path,
    *,
    layout: LayoutName = None,
    encoding: Encoding = None,
    draft: Annotated[bool, Parameter(negative="", help="Draft a layout, also for a known file.")] = False,
    json: AsJson = False,
) -> int:
    """Say which layout a file has and what becomes of each column; for an unknown one, draft a layout."""
    if draft:
        say(drafted(read_header(file, encoding=encoding)), end="")
        return DONE
    try:
        with naming(file), iter_check(file, layout=layout, encoding=encoding) as run:
            recognition = run.recognition
    except FileRefused as refusal:
        if refusal.problem.code is not Code.LAYOUT_UNKNOWN:
            raise
        header = read_header(file, encoding=encoding)
        # Names of which none says anything may be those of a person.
        if not says_anything(header):
            raise
        say(drafted(header), end="")
        return FOUND
    if json:
        print_json(recognised_as_data(recognition))
    else:
        print_recognition(recognition)
    return DONE
