"""The command that classifies a table larger than memory."""

from functools import partial
from glob import escape
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import Parameter

from leadqual.cli import DONE
from leadqual.cli.application import command, load_policy
from leadqual.cli.files import writing
from leadqual.cli.terminal import console, print_json, say, show, stage_table
from leadqual.contacts.consent import OPT_OUT, fact_named
from leadqual.errors import ExtraMissing, WrongValue
from leadqual.intake.headers import HARMLESS, LIVE
from leadqual.intake.places import stages_as_data
from leadqual.systems.layout import OURS
from leadqual.taxonomy.stages import Qualification, Stage
from leadqual.taxonomy.vocabulary import counted

if TYPE_CHECKING:
    import polars as pl
    from polars.lazyframe.in_process import InProcessQuery

_RUNNING: Final[list["InProcessQuery"]] = []  # the queries of Polars, interrupted ones included
_FORMATS: Final = {".parquet": "parquet", ".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson"}


@command
def classify(
    file: Path,
    *,
    output: Annotated[Path, Parameter(alias="-o")],
    prefix: str = "",
    reasons: bool = False,
    consent_in: tuple[str, ...] = (),
    no_consent_in: tuple[str, ...] = (),
    policy: Path | None = None,
    json: bool = False,
) -> int:
    try:
        import polars as pl  # noqa: PLC0415 (slow to import, and only needed here)

        from leadqual import frames  # noqa: PLC0415 (see above)
    except ImportError:
        raise ExtraMissing("leadqual classify", "tables") from None

    reads, writes = _format(file), _format(output)
    with writing({"--output": output}, file, policy) as where:
        try:
            file.open("rb").close()
        except OSError as error:  # Polars would not name the file
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
            consent: Any = {"consent_in": consent_in, "no_consent_in": no_consent_in}
            rules = load_policy(policy)
            answered = frames.classify(scanned, rules, prefix=prefix, reasons=reasons, **consent)
            written = _without_formulas(scanned, answered) if writes == "csv" else answered
            with console(stderr=True).status(f"writing {show(output)}"):
                _write(written, writes, where["--output"])
            columns = [f"{prefix}{name}" for name in ("stage", "qualification")]
            stages = answered.group_by(columns).len().collect(engine="streaming")
        except pl.exceptions.PolarsError as error:
            # Its message would show contents of the file.
            if "(os error " in str(error):
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
        say(stage_table(counts, f"{output}: {counted(rows, 'row')}"))
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
            sleep(0.02)  # seconds
        _RUNNING.remove(running)


def _without_formulas(scanned: "pl.LazyFrame", answered: "pl.LazyFrame") -> "pl.LazyFrame":
    """Return the frame with an apostrophe before every text that a spreadsheet would run as a formula.

    A text that begins with one gets another only if the result has columns of the library and the source has
    none: such a file is read back without the first apostrophe, and a file may be classified repeatedly.
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
