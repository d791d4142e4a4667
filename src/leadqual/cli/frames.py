"""The command that classifies a table too large to hold."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter
from rich.console import Console

from leadqual.cells import OPT_OUT, fact_named
from leadqual.cli import DONE
from leadqual.cli.terminal import AsJson, console, print_json, table
from leadqual.cli.words import PolicyFile, load_policy
from leadqual.errors import WrongValue
from leadqual.facts import Fact
from leadqual.stages import Qualification, Stage

if TYPE_CHECKING:
    import polars as pl

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
    if file.resolve() == output.resolve():
        raise WrongValue("--output", "is the file that is read", "name another one")
    rules = load_policy(policy)
    part = output.with_name(f"{output.name}.part")
    try:
        scanned = _csv(file) if reads == "csv" else getattr(pl, f"scan_{reads}")(file)
        scanned.collect_schema()
        answered = frames.classify(scanned, rules, prefix=prefix, reasons=reasons)
        with Console(stderr=True).status(f"writing {output}"):
            getattr(answered, f"sink_{writes}")(part)
        part.replace(output)
    except pl.exceptions.PolarsError:
        # Its message would show what the file holds.
        raise WrongValue(str(file), f"cannot be read as {reads}", _advice(file, reads)) from None
    except OSError as error:
        reason = error.strerror or str(error).partition(" (")[0]
        raise WrongValue(f"{file} or {output}", reason, "see whether both names are right") from None
    finally:
        part.unlink(missing_ok=True)
    columns = [f"{prefix}{name}" for name in ("stage", "qualification")]
    counted = getattr(pl, f"scan_{writes}")(output).group_by(columns).len().collect()
    _print_counts(output, {(stage, kind): number for stage, kind, number in counted.rows()}, json=json)
    return DONE


def _format(path: Path) -> str:
    name = _FORMATS.get(path.suffix.lower())
    if name is None:
        raise WrongValue(str(path), "has no ending that says what it is", f"one of {', '.join(_FORMATS)}")
    return name


def _csv(file: Path) -> "pl.LazyFrame":
    """Return a CSV file whose facts are booleans, and whose other columns are the text that they are.

    Opt-outs stay text too, of which every word is read.
    """
    import polars as pl  # noqa: PLC0415 (see above)

    words = set(Fact) - {OPT_OUT}
    header = pl.scan_csv(file, infer_schema=False).collect_schema().names()
    facts = {name: pl.Boolean for name in header if fact_named(name) in words}
    return pl.scan_csv(file, infer_schema=False, schema_overrides=facts)


def _advice(file: Path, reads: str) -> str:
    if reads != "csv":
        return "see whether it is whole, and is what its name says"
    return f"facts are true, false or nothing; this prepares it: leadqual check {file} -o ready.csv"


def _print_counts(output: Path, counted: dict[tuple[str, str], int], *, json: bool) -> None:
    cells = [(stage, qualification) for stage in Stage for qualification in Qualification]
    numbers = {cell: counted.get((str(cell[0]), str(cell[1])), 0) for cell in cells}
    if json:
        contacts = [
            {"stage": str(stage), "qualification": str(qualification), "contacts": number}
            for (stage, qualification), number in numbers.items()
            if number
        ]
        print_json({"output": str(output), "rows": sum(numbers.values()), "contacts": contacts})
        return
    shown = table(
        f"{output}: {sum(numbers.values()):,} rows", "stage", *map(str, Qualification), numbers_from=1
    )
    for stage in Stage:
        shown.add_row(str(stage), *(f"{numbers[stage, each]:,}" for each in Qualification))
    console().print(shown)
