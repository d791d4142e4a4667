"""The command that classifies a table larger than memory."""

from functools import partial
from glob import escape
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import Parameter

from leadqual.cli import DONE
from leadqual.cli.application import ConsentIn, Json, NoConsentIn, PolicyFile, app, load_policy
from leadqual.cli.files import writing
from leadqual.cli.terminal import console, print_json, print_stages, show, stages_as_data
from leadqual.contacts.consent import OPT_OUT, fact_named
from leadqual.errors import ExtraMissing, WrongValue
from leadqual.intake.headers import HARMLESS, LIVE
from leadqual.systems.layout import OURS
from leadqual.taxonomy.stages import Qualification, Stage
from leadqual.taxonomy.vocabulary import counted

if TYPE_CHECKING:
    import polars as pl
    from polars.lazyframe.in_process import InProcessQuery

_PAUSE: Final = 0.02  # seconds between two checks whether a file is written
_RUNNING: Final[list["InProcessQuery"]] = []  # the queries of Polars, interrupted ones included
_SYSTEM_ERROR: Final = "(os error "  # in messages of Polars about an error of the operating system
_FORMATS: Final = {".parquet": "parquet", ".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson"}


@app.command
def classify(
    file: Path,
    *,
    output: Annotated[Path, Parameter(alias="-o", help="A .parquet, .csv, .ndjson or .jsonl file to write.")],
    prefix: Annotated[str, Parameter(help="The prefix of the added columns.")] = "",
    reasons: Annotated[bool, Parameter(help="Add a column with the reasons, as text.")] = False,
    consent_in: ConsentIn = (),
    no_consent_in: NoConsentIn = (),
    policy: PolicyFile = None,
    json: Json = False,
) -> int:
    """Add stage, qualification, standing and score to each row of a table of any size.

    FILE is a .parquet, .csv, .ndjson or .jsonl file with a column for each known fact, named like the
    fact. In CSV a fact is true, false or empty, an opt-out is any word for yes or no, and all other
    columns are kept unchanged.
    """
    try:
        import polars as pl  # noqa: PLC0415 (slow to import, and only needed here)

        from leadqual import frames  # noqa: PLC0415 (see above)
    except ImportError:
        raise ExtraMissing("leadqual classify", "tables") from None

    reads, writes = _format(file), _format(output)
    with writing({"--output": output}, file, policy) as where:
        rules = load_policy(policy)
        try:
            file.open("rb").close()
        except OSError as error:
            # Polars would not name the file.
            reason = f"cannot be read: {error.strerror}"
            raise WrongValue(str(file), reason, "check the path and the permissions") from None
        try:
            # Escaped, because Polars reads a path as a pattern.
            scan = partial(getattr(pl, f"scan_{reads}"), escape(str(file)))
            options: dict[str, Any] = {}
            if reads == "csv":
                # Facts are booleans; opt-outs and all other columns stay text.
                header = scan(infer_schema=False).collect_schema()
                facts = {name: pl.Boolean for name in header if fact_named(name) not in (None, OPT_OUT)}
                options = {"infer_schema": False, "schema_overrides": facts}
            scanned = scan(**options)
            scanned.collect_schema()
            answered = frames.classify(
                scanned,
                rules,
                prefix=prefix,
                reasons=reasons,
                consent_in=consent_in,
                no_consent_in=no_consent_in,
            )
            written = _without_formulas(scanned, answered) if writes == "csv" else answered
            with console(stderr=True).status(f"writing {show(output)}"):
                _write(written, writes, where["--output"])
            columns = [f"{prefix}{name}" for name in ("stage", "qualification")]
            stages = answered.group_by(columns).len().collect(engine="streaming")
        except pl.exceptions.PolarsError as error:
            # Its message would show contents of the file.
            if _SYSTEM_ERROR in str(error):
                raise OSError(str(error).rpartition(": ")[2]) from None
            advice = "check that it is complete and has the format of its file extension"
            if reads == "csv":
                advice = f"facts must be true, false or empty; this prepares it: leadqual check {file} -o ready.csv"
            raise WrongValue(str(file), f"cannot be read as {reads}", advice) from None
    counts = {(Stage(stage), Qualification(kind)): number for stage, kind, number in stages.rows()}
    rows = sum(counts.values())
    if json:
        print_json({"output": str(output), "rows": rows, "contacts": stages_as_data(counts)})
    else:
        print_stages(f"{output}: {counted(rows, 'row')}", counts, total=False)
    return DONE


def _write(frame: "pl.LazyFrame", writes: str, path: Path) -> None:
    """Write a table in the background, so that signals are handled meanwhile."""
    # Polars gets the open file, because it would create a removed one again after a signal.
    with path.open("wb") as file:
        query = getattr(frame, f"sink_{writes}")(file, lazy=True)
        running = query.collect(engine="streaming", background=True)
        # Polars aborts the process if a query ends after its last reference is gone.
        _RUNNING.append(running)
        while running.fetch() is None:
            sleep(_PAUSE)
        _RUNNING.remove(running)


def _without_formulas(scanned: "pl.LazyFrame", answered: "pl.LazyFrame") -> "pl.LazyFrame":
    """Return the frame with an apostrophe before every text that a spreadsheet would run as a formula.

    A text that begins with an apostrophe is left, so that a file may be classified repeatedly. It gets one
    more only if the result has columns of the library and the source has none, because such a file is read
    back without the first apostrophe.
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
    if name := _FORMATS.get(path.suffix.lower()):
        return name
    raise WrongValue(str(path), "has an unknown file extension", f"one of {', '.join(_FORMATS)}")
