"""The rows of frames: classification and replay beside queries written by hand, and the cost of texts.

``python benchmarks/bench_frames.py [MILLIONS OF ROWS] [MILLIONS OF EVENTS] [--spark]``; without numbers 10
and 10. Facts are random and nullable. Labels are of a closed type on both sides where the engine has one.
"""

import resource
import subprocess
import sys
import tempfile
import threading
import time
from functools import reduce
from operator import add
from pathlib import Path

import duckdb
import polars as pl
from interleaved import ratios

from leadqual import STANDARD, Evidence, Fact, Stage, classify, frames
from leadqual.taxonomy.stages import Qualification, Standing

arguments = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
ROWS = int(float(arguments[0] if arguments else 10) * 1_000_000)
EVENTS = int(float(arguments[1] if len(arguments) > 1 else 10) * 1_000_000)
ENUMS = {
    name: pl.Enum([str(word) for word in words])
    for name, words in (("stage", Stage), ("qualification", Qualification), ("standing", Standing))
}


def table(rows: int, nulls: float = 0.3) -> pl.DataFrame:
    """Return random facts, each True for one in five."""
    generator = pl.select(pl.int_range(rows).alias("row")).lazy()
    columns = []
    for seed, fact in enumerate(Fact):
        chance = (pl.col("row").hash(seed=seed) % 1_000) / 1_000
        columns.append(pl.when(chance >= nulls).then(chance >= 1 - 0.2 * (1 - nulls)).alias(str(fact)))
    return generator.select(columns).collect()


def hand_polars(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Classify as somebody would who knows Polars well: integers of eight bits, labels of closed types."""
    c = pl.col
    asked = c("asked_for_more")
    interested = c("interested_in_offer") | c("sought_you_out") | asked
    responded = c("responded") | interested
    signed_up = c("signed_up") | c("became_leader")
    knows = c("knows_industry") | c("likes_industry")
    saw = c("saw_business") | asked
    seminar = c("attended_seminar") & c("interested_in_industry")
    qualified = interested | (knows & c("wants_in")) | seminar | c("purchased") | signed_up

    def label(name: str, word: str) -> pl.Expr:
        return pl.lit(word, dtype=ENUMS[name])

    def points(condition: pl.Expr, number: int) -> pl.Expr:
        return pl.when(condition).then(pl.lit(number, pl.Int8)).otherwise(pl.lit(0, pl.Int8))

    return frame.with_columns(
        stage=pl.when(c("became_leader"))
        .then(label("stage", "leader"))
        .when(signed_up)
        .then(label("stage", "rep"))
        .when(c("purchased"))
        .then(label("stage", "customer"))
        .when(asked)
        .then(label("stage", "prospect"))
        .when(responded)
        .then(label("stage", "lead"))
        .otherwise(label("stage", "name")),
        qualification=pl.when(qualified)
        .then(label("qualification", "qualified"))
        .otherwise(label("qualification", "generic")),
        standing=pl.when(c("opted_out"))
        .then(label("standing", "do_not_contact"))
        .when(c("declined"))
        .then(label("standing", "declined"))
        .when(c("lapsed"))
        .then(label("standing", "lapsed"))
        .otherwise(label("standing", "active")),
        score=reduce(
            add,
            [
                points(qualified, 50),
                points(responded, 4),
                points(interested, 3),
                points(c("sought_you_out"), 6),
                points(saw, 3),
                points(asked, 8),
                points(c("attended_seminar"), 1),
                points(c("interested_in_industry"), 1),
                points(knows, 2),
                points(c("likes_industry"), 3),
                points(c("wants_in"), 4),
                points(c("never_joining"), -9),
                points(c("declined"), -4),
                points(c("lapsed"), -2),
            ],
            pl.lit(15, pl.Int8),
        ),
    )


def hand_sql(source: str, *, enums: bool) -> str:
    """Return the same as SQL."""
    interested = "(interested_in_offer OR sought_you_out OR asked_for_more)"
    responded = f"(responded OR {interested})"
    knows = "(knows_industry OR likes_industry)"
    seminar = "(attended_seminar AND interested_in_industry)"
    bought = "(purchased OR signed_up OR became_leader)"
    qualified = f"({interested} OR ({knows} AND wants_in) OR {seminar} OR {bought})"

    def typed(words: type, expression: str) -> str:
        values = ", ".join(f"'{word}'" for word in words)
        return f"CAST({expression} AS ENUM({values}))" if enums else expression

    def points(condition: str, number: int) -> str:
        return f"CASE WHEN {condition} THEN CAST({number} AS TINYINT) ELSE CAST(0 AS TINYINT) END"

    score = " + ".join(
        [
            "CAST(15 AS TINYINT)",
            points(qualified, 50),
            points(responded, 4),
            points(interested, 3),
            points("sought_you_out", 6),
            points("(saw_business OR asked_for_more)", 3),
            points("asked_for_more", 8),
            points("attended_seminar", 1),
            points("interested_in_industry", 1),
            points(knows, 2),
            points("likes_industry", 3),
            points("wants_in", 4),
            points("never_joining", -9),
            points("declined", -4),
            points("lapsed", -2),
        ]
    )
    stage = (
        "CASE WHEN became_leader THEN 'leader' WHEN signed_up THEN 'rep' WHEN purchased THEN 'customer' "
        f"WHEN asked_for_more THEN 'prospect' WHEN {responded} THEN 'lead' ELSE 'name' END"
    )
    standing = (
        "CASE WHEN opted_out THEN 'do_not_contact' WHEN declined THEN 'declined' WHEN lapsed THEN 'lapsed' "
        "ELSE 'active' END"
    )
    qualification = f"CASE WHEN {qualified} THEN 'qualified' ELSE 'generic' END"
    return (
        f"SELECT *, {typed(Stage, stage)} AS stage, "  # noqa: S608 (our own words)
        f"{typed(Qualification, qualification)} AS qualification, "
        f"{typed(Standing, standing)} AS standing, {score} AS score FROM {source}"
    )


def peak(work) -> tuple[float, float]:  # noqa: ANN001 (anything that can be called)
    """Return the seconds that some work takes, and by how many MiB the resident memory grows at most."""
    page = resource.getpagesize()

    def resident() -> int:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * page

    base = most = resident()
    done = threading.Event()

    def watch() -> None:
        nonlocal most
        while not done.wait(0.005):
            most = max(most, resident())

    watcher = threading.Thread(target=watch)
    watcher.start()
    start = time.perf_counter()
    work()
    seconds = time.perf_counter() - start
    done.set()
    watcher.join()
    return seconds, (most - base) / 2**20


def show(title: str, measured: dict[str, tuple[float, float]], per: int) -> None:
    """Print nanoseconds a row and the ratio of each variant."""
    print(f"\n{title}")
    for name, (seconds, ratio) in measured.items():
        print(f"  {name:<46} {seconds:>8.3f} s {seconds / per * 1e9:>8.1f} ns/row {ratio:>8.2f} x")


def bench_polars() -> None:
    """Compare with the best query by hand, and show what texts cost."""
    for nulls in (0.0, 0.3):
        frame = table(ROWS, nulls)
        ours, theirs = frames.classify(frame).head(50_000), hand_polars(frame.lazy()).collect().head(50_000)
        assert ours.equals(theirs)
        measured = ratios(
            "by hand",
            rounds=9,
            **{
                "by hand": lambda frame=frame: hand_polars(frame.lazy()).collect(),
                "frames.classify": lambda frame=frame: frames.classify(frame.lazy()).collect(),
                "by hand, again": lambda frame=frame: hand_polars(frame.lazy()).collect(),
            },
        )
        show(f"Polars, {ROWS:,} rows, {nulls:.0%} null (must reach 1.1 to 1.2)", measured, ROWS)
    some = table(max(ROWS // 10, 100_000))
    measured = ratios(
        "frames.classify",
        rounds=5,
        **{
            "frames.classify": lambda: frames.classify(some),
            "... with reasons": lambda: frames.classify(some, reasons=True),
        },
    )
    show(f"What texts cost, Polars, {some.height:,} rows", measured, some.height)
    few = some.head(100_000).to_dicts()

    def rows() -> None:
        for row in few:
            verdict = classify(Evidence.from_mapping(row))
            _ = verdict.stage, verdict.qualification, verdict.standing, verdict.score

    head = some.head(100_000)
    measured = ratios(
        "frames.classify",
        rounds=3,
        **{"frames.classify": lambda: frames.classify(head), "row by row, from dicts": rows},
    )
    show("The same people row by row, 100,000 rows", measured, 100_000)


def bench_duckdb() -> None:
    """Compare with SQL by hand, and with Python's other engines among themselves."""
    rows = max(ROWS // 5, 100_000)
    duckdb.register("people", table(rows).to_arrow())
    duckdb.sql("CREATE TABLE contacts AS SELECT * FROM people")
    relation = duckdb.sql("SELECT * FROM contacts")
    sql = hand_sql("contacts", enums=True)
    measured = ratios(
        "by hand",
        rounds=9,
        **{
            "by hand": lambda: duckdb.sql(sql).to_arrow_table(),
            "frames.classify": lambda: frames.classify(relation).to_arrow_table(),
            "by hand, again": lambda: duckdb.sql(sql).to_arrow_table(),
        },
    )
    show(f"DuckDB, {rows:,} rows (must reach 1.1)", measured, rows)


FROM_FILE_TO_FILE = """
import re, sys, time
from pathlib import Path
import polars as pl
from leadqual import frames

def most_kib():
    # Not of getrusage, which goes on counting from the process that started this one.
    return re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text("ascii"))[1]

base = most_kib()
start = time.perf_counter()
frames.classify(pl.scan_parquet(sys.argv[1])).sink_parquet(sys.argv[2])
seconds = time.perf_counter() - start
print(seconds, base, most_kib())
"""


def bench_files() -> None:
    """Show that from file to file memory stays flat: the most that a process of its own ever held."""
    print("\nParquet to Parquet by Polars, each in a fresh process (must stay below 512 MiB)")
    with tempfile.TemporaryDirectory() as folder:
        for rows in (ROWS // 10, ROWS, ROWS * 5):
            source, target = Path(folder, "in.parquet"), Path(folder, "out.parquet")
            parts = [table(rows // 5) for _ in range(5)]
            pl.concat(parts).write_parquet(source)
            del parts
            command = [sys.executable, "-c", FROM_FILE_TO_FILE, str(source), str(target)]
            said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()  # noqa: S603 (our own words)
            seconds, base, most = (float(number) for number in said)
            grown = f"{most / 1024:>8.0f} MiB at most, {(most - base) / 1024:>6.0f} MiB more than before"
            print(f"  {rows:>12,} rows {seconds:>8.2f} s {grown}")


def events(number: int) -> pl.DataFrame:
    """Return events of every kind, five for each person."""
    kinds = [(str(kind.fact), kind.reverses) for kind in STANDARD.replay.rank]
    row = pl.int_range(number)
    return (
        pl.select(
            person=row.hash(seed=1) % (number // 5),
            kind=(row.hash(seed=2) % len(kinds)).cast(pl.Int64),
            at=(pl.lit(1_767_225_600_000_000) + (row.hash(seed=3) % 10**12).cast(pl.Int64)).cast(
                pl.Datetime("us", "UTC")
            ),
        )
        .with_columns(
            fact=pl.col("kind").replace_strict(range(len(kinds)), [fact for fact, _ in kinds]),
            reverses=pl.col("kind").replace_strict(range(len(kinds)), [back for _, back in kinds]),
        )
        .drop("kind")
    )


def hand_replay(table: pl.LazyFrame) -> pl.LazyFrame:
    """Take the last instant of every kind by hand; what stands in the end is left to whoever wrote it."""
    instants = [
        pl.col("at")
        .filter((pl.col("fact") == str(kind.fact)) & (pl.col("reverses") == kind.reverses))
        .max()
        .alias(str(kind))
        for kind in STANDARD.replay.rank
    ]
    return table.group_by("person").agg(instants)


def bench_events() -> None:
    """Compare the replay of many events with the aggregation that a hand-written query begins with."""
    given = events(EVENTS)
    names = {"person": "person", "fact": "fact", "at": "at", "reverses": "reverses"}
    print(f"\nReplay by Polars, {EVENTS:,} events of {EVENTS // 5:,} people")
    seconds: dict[str, list[float]] = {}
    for _ in range(3):
        for name, work in {
            "by hand: the last instants only": lambda: hand_replay(given.lazy()).collect(),
            "frames.replay": lambda: frames.replay(given.lazy(), **names).collect(),
            "frames.replay, then classify": lambda: frames.classify(
                frames.replay(given.lazy(), **names)
            ).collect(),
        }.items():
            taken, grown = peak(work)
            seconds.setdefault(name, []).append(taken)
            base = min(seconds["by hand: the last instants only"])
            best = min(seconds[name])
            last = f"  {name:<46} {best:>8.3f} s {best / EVENTS * 1e9:>8.1f} ns/event {best / base:>6.2f} x"
            print(f"{last} {grown:>6.0f} MiB more")


def bench_spark() -> None:
    """Compare with Spark SQL by hand, on two local cores."""
    from pyspark.sql import SparkSession  # noqa: PLC0415 (needs Java)

    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    spark = builder.config("spark.driver.memory", "4g").getOrCreate()
    rows = ROWS
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "in.parquet"))
        table(rows).write_parquet(path)
        people = spark.read.parquet(path)
        people.createOrReplaceTempView("people")
        sql = hand_sql("people", enums=False)

        def run(frame) -> None:  # noqa: ANN001 (of Spark)
            frame.write.format("noop").mode("overwrite").save()

        run(frames.classify(people))
        measured = ratios(
            "by hand",
            rounds=5,
            **{
                "by hand": lambda: run(spark.sql(sql)),
                "frames.classify": lambda: run(frames.classify(people)),
                "by hand, again": lambda: run(spark.sql(sql)),
            },
        )
        show(f"PySpark, local[2], {rows:,} rows (must reach 1.3)", measured, rows)
    spark.stop()


if __name__ == "__main__":
    bench_polars()
    bench_duckdb()
    bench_files()
    bench_events()
    if "--spark" in sys.argv:
        bench_spark()
