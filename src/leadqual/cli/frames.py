"""The command that classifies a table too large to hold."""

from glob import escape
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter

from leadqual.cli import DONE
from leadqual.cli.files import writing
from leadqual.cli.terminal import AsJson, console, print_json, show, table
from leadqual.cli.words import PolicyFile, load_policy
from leadqual.contacts.cells import OPT_OUT, fact_named
from leadqual.errors import WrongValue
from leadqual.intake.headers import HARMLESS, LIVE, OURS
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.stages import Qualification, Stage
from leadqual.taxonomy.vocabulary import counted

if TYPE_CHECKING:
    import polars as pl
    from polars.lazyframe.in_process import InProcessQuery

_PAUSE: Final = 0.02
"""For how many seconds nobody looks whether a file is written."""

_HELD: Final[list["InProcessQuery"]] = []
"""What Polars is doing, or was when a signal came."""

_OF_THE_SYSTEM: Final = "(os error "
"""What Polars says of an error that is not about the data."""

_FORMATS: Final = {".parquet": "parquet", ".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson"}


def classify(
    file: Path,
    *,
    output: Annotated[
        Path, Parameter(name=["--output", "-o"], help="The file to write: .parquet, .csv, .ndjson or .jsonl.")
    ],
    prefix: Annotated[str, Parameter(help="What the names of the added columns begin with.")] = "",
    reasons: Annotated[bool, Parameter(negative="", help="Add why, as text.")] = False,
    policy: PolicyFile = None,
    json: AsJson = False,
) -> int:
    """Add to each row of a table where the person stands, however large the table is.

    FILE is a .parquet, .csv, .ndjson or .jsonl file with a column for each known fact, called by its
    word. In CSV a fact is true, false or nothing, an opt-out any word for yes or no, and every other
    column passes through as it is.
    """
    import polars as pl  # noqa: PLC0415 (slow to import, and only needed here)

    from leadqual import frames  # noqa: PLC0415 (see above)

    reads, writes = _format(file), _format(output)
    with writing({"--output": output}, file, policy) as where:
        rules = load_policy(policy)
        _look_at(file)
        try:
            scanned = _csv(file) if reads == "csv" else getattr(pl, f"scan_{reads}")(_literally(file))
            scanned.collect_schema()
            answered = frames.classify(scanned, rules, prefix=prefix, reasons=reasons)
            written = _without_formulas(scanned, answered) if writes == "csv" else answered
            with console(stderr=True).status(f"writing {show(output)}"):
                _write(written, writes, where["--output"])
            columns = [f"{prefix}{name}" for name in ("stage", "qualification")]
            stages = answered.group_by(columns).len().collect(engine="streaming")
        except pl.exceptions.PolarsError as error:
            # Its message would show what the file holds.
            if _OF_THE_SYSTEM in str(error):
                raise OSError(str(error).rpartition(": ")[2]) from None
            raise WrongValue(str(file), f"cannot be read as {reads}", _advice(file, reads)) from None
    _print_counts(output, {(stage, kind): number for stage, kind, number in stages.rows()}, json=json)
    return DONE


def _look_at(file: Path) -> None:
    """Refuse a file that cannot be opened, of which Polars would not say that it is this one."""
    try:
        file.open("rb").close()
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
    else:
        return
    raise WrongValue(str(file), reason, "check the path and the permissions")


def _write(frame: "pl.LazyFrame", writes: str, path: Path) -> None:
    """Write a table to a file, so that a signal is heard meanwhile."""
    # Polars gets the open file, because it would make another one where a signal has it removed.
    with path.open("wb") as file:
        running = getattr(frame, f"sink_{writes}")(file, lazy=True).collect(
            engine="streaming", background=True
        )
        # Polars aborts the process where a query that was left alone ends and nobody holds it any more.
        _HELD.append(running)
        while running.fetch() is None:
            sleep(_PAUSE)
        _HELD.remove(running)


def _without_formulas(scanned: "pl.LazyFrame", answered: "pl.LazyFrame") -> "pl.LazyFrame":
    """Return the frame so that no cell of the CSV that it becomes can run as a formula.

    What has an apostrophe before it cannot run and is left, so that a file may pass any number of times;
    only a file that is read back without the apostrophes, and was not until now, needs one more.
    """
    import polars as pl  # noqa: PLC0415 (see above)

    def guarded(texts: pl.Expr) -> pl.Expr:
        live = texts.str.contains(f"^{before}{LIVE}") & ~texts.str.contains(f"^(?:{HARMLESS})$")
        return pl.when(live).then("'" + texts).otherwise(texts)

    names = answered.collect_schema().names()
    ours = [any(name.startswith(OURS) for name in each) for each in (scanned.collect_schema().names(), names)]
    before = "'*" if ours == [False, True] else ""
    safe = pl.DataFrame({"name": names}).select(guarded(pl.col("name"))).to_series()
    cells = answered.with_columns(guarded(pl.selectors.string().as_expr()).name.keep())
    return cells.rename(dict(zip(names, safe, strict=True)))


def _format(path: Path) -> str:
    name = _FORMATS.get(path.suffix.lower())
    if name is None:
        raise WrongValue(str(path), "has no ending that says what it is", f"one of {', '.join(_FORMATS)}")
    return name


def _literally(file: Path) -> str:
    """Return the path so that Polars takes no sign of it for a pattern."""
    return escape(str(file))


def _csv(file: Path) -> "pl.LazyFrame":
    """Return a CSV file whose facts are booleans, and whose other columns are the text that they are.

    Opt-outs stay text too, of which every word is read.
    """
    import polars as pl  # noqa: PLC0415 (see above)

    words = set(Fact) - {OPT_OUT}
    header = pl.scan_csv(_literally(file), infer_schema=False).collect_schema().names()
    facts = {name: pl.Boolean for name in header if fact_named(name) in words}
    return pl.scan_csv(_literally(file), infer_schema=False, schema_overrides=facts)


def _advice(file: Path, reads: str) -> str:
    if reads != "csv":
        return "see whether it is whole, and is what its name says"
    return f"facts are true, false or nothing; this prepares it: leadqual check {file} -o ready.csv"


def _print_counts(output: Path, found: dict[tuple[str, str], int], *, json: bool) -> None:
    cells = [(stage, qualification) for stage in Stage for qualification in Qualification]
    numbers = {cell: found.get((str(cell[0]), str(cell[1])), 0) for cell in cells}
    if json:
        contacts = [
            {"stage": str(stage), "qualification": str(qualification), "contacts": number}
            for (stage, qualification), number in numbers.items()
            if number
        ]
        print_json({"output": str(output), "rows": sum(numbers.values()), "contacts": contacts})
        return
    shown = table(
        f"{output}: {counted(sum(numbers.values()), 'row')}",
        "stage",
        *map(str, Qualification),
        numbers_from=1,
    )
    for stage in Stage:
        shown.add_row(str(stage), *(f"{numbers[stage, each]:,}" for each in Qualification))
    console().print(shown)
