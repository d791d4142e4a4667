"""The commands of scorecards: learn one, prioritize contacts with one, evaluate one."""

from collections import Counter
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from leadqual.cli import DONE, FOUND
from leadqual.cli.application import Encoding, Json, app
from leadqual.cli.files import naming, writing
from leadqual.cli.terminal import print_json, print_list, print_table, say
from leadqual.errors import WrongValue
from leadqual.intake.opening import read_table
from leadqual.intake.output import TableWriter, open_target
from leadqual.learning.evaluation import evaluate
from leadqual.learning.learned import Learned, Readiness, learn
from leadqual.learning.metrics import Evaluation
from leadqual.learning.picture import bars
from leadqual.learning.picture import svg as draw
from leadqual.scoring.priority import Priority
from leadqual.scoring.scorecard import Scorecard
from leadqual.scoring.scorecard_file import read_scorecard, scorecard_to_toml
from leadqual.systems.layout import OURS
from leadqual.taxonomy.vocabulary import normalize

Columns = tuple[str, ...]
Row = dict[str, str]
Ranked = tuple[int, Row, Priority]

Blank = Annotated[Columns, Parameter(help="Words that mean an empty cell, such as Select or unknown.")]
ScorecardFile = Annotated[Path, Parameter(name="--scorecard", help="The scorecard, as a TOML file.")]
Outcome = Annotated[str, Parameter(help="The column with the outcome: yes and no, or a day.")]
At = Annotated[str | None, Parameter(help="The column with the day on which a contact became known.")]
Positive = Annotated[str | None, Parameter(help="The outcome of those who converted.")]
AsOf = Annotated[date | None, Parameter(help="The day of the file, if the scorecard has a half-life.")]
Signals = Annotated[Columns, Parameter(help="Columns to learn from; default: all but ids and source.")]
Known = Annotated[Columns, Parameter(help="Columns that you say were known when you would have called.")]
DaysToConvert = Annotated[int | None, Parameter(help="How many days a contact usually takes to convert.")]
DropRecent = Annotated[
    bool, Parameter(help="Leave out contacts younger than that, because not yet is not no.")
]
ScorecardOutput = Annotated[Path | None, Parameter(alias="-o", help="Write the scorecard to this TOML file.")]
RowsOutput = Annotated[Path | None, Parameter(alias="-o", help="Write all rows and priorities as CSV.")]
Svg = Annotated[Path | None, Parameter(help="Write calibration and lift as a picture to this file.")]

_FIRST: Final = 20
_ADVICE: Final = {
    Readiness.NOT_READY: "Do not use it yet.",
    Readiness.USABLE: "You may use it to sort, subject to the warnings below.",
    Readiness.READY: "Use it.",
}


@app.command(name="learn")
def learn_scorecard(
    file: Path,
    *,
    outcome: Outcome,
    at: At = None,
    output: ScorecardOutput = None,
    signals: Signals = (),
    leave_out: Annotated[Columns, Parameter(help="Columns to leave out, such as those filled later.")] = (),
    filled: Annotated[Columns, Parameter(help="Columns that get points for being filled or empty.")] = (),
    rising: Annotated[Columns, Parameter(help="Columns in which more never lowers the points.")] = (),
    falling: Annotated[Columns, Parameter(help="Columns in which more never raises the points.")] = (),
    known_before: Known = (),
    blank: Blank = (),
    positive: Positive = None,
    as_of: AsOf = None,
    days_to_convert: DaysToConvert = None,
    drop_recent: DropRecent = False,
    svg: Svg = None,
    encoding: Encoding = None,
    json: Json = False,
) -> int:
    """Learn a scorecard from records with known outcomes.

    The first line says whether to use the scorecard, with the reason; then come the points of each signal,
    how well the scorecard ranks, with intervals, and warnings. The exit status is 1 if it is not ready.
    """
    with writing({"--output": output, "--svg": svg}, file) as where:
        rows, skipped = _read(file, encoding, blank, leave_out)
        learned = learn(
            rows,
            outcome=outcome,
            at=at,
            signals=signals or None,
            filled=filled,
            rising=rising,
            falling=falling,
            known_before=known_before,
            positive=positive,
            as_of=as_of,
            days_to_convert=days_to_convert,
            drop_recent=drop_recent,
            name=output.stem if output else file.stem,
        )
        if output is not None:
            where["--output"].write_text(scorecard_to_toml(learned.card), "utf-8", newline="")
        if svg is not None:
            where["--svg"].write_text(draw(learned.evaluation, learned.card.name), "utf-8")
    if json:
        print_json(learned)
    else:
        _print_learned(learned)
        _print_skipped(skipped)
    return FOUND if learned.verdict is Readiness.NOT_READY else DONE


@app.command
def prioritize(
    file: Path,
    *,
    scorecard: ScorecardFile,
    as_of: AsOf = None,
    output: RowsOutput = None,
    blank: Blank = (),
    encoding: Encoding = None,
    json: Json = False,
) -> int:
    """Sort contacts by whom to call first, according to a scorecard.

    Prints the first twenty, by their line in the file, with the reasons for the points; --output writes
    every row in this order, with its priority. The exit status is 1 if rows could not be read.
    """
    with writing({"--output": output}, file, scorecard) as where, ExitStack() as opened:
        chosen = read_scorecard(scorecard)
        with naming(file):
            found = read_table(file, encoding=encoding)
        ranked = [(line, row, chosen.priority(_cleaned(row, blank), as_of=as_of)) for line, row in found.rows]
        ranked.sort(key=lambda each: (each[2].do_not_contact, -each[2].total, each[0]))
        if output is not None:
            added = (f"{OURS}priority", f"{OURS}do_not_contact")
            kept = [name for name in found.names if name not in added]
            writer = TableWriter(open_target(where["--output"], opened), (*kept, *added))
            for _, row, priority in ranked:
                flag = "yes" if priority.do_not_contact else "no"
                writer.write((*(row.get(name, "") for name in kept), str(priority.total), flag))
    if json:
        print_json([{"line": line, "priority": priority} for line, _, priority in ranked])
    else:
        _print_ranked(chosen, ranked)
        _print_skipped(found.skipped)
        if not {normalize(each.column) for each in chosen.signals} & {*map(normalize, found.names)}:
            say("\nwarning: the file has none of the columns that the scorecard reads")
    return FOUND if found.skipped else DONE


@app.command(name="evaluate")
def evaluate_scorecard(
    file: Path,
    *,
    scorecard: ScorecardFile,
    outcome: Outcome,
    at: At = None,
    split: Annotated[date | None, Parameter(help="Evaluate the records from this day on.")] = None,
    as_of: AsOf = None,
    blank: Blank = (),
    positive: Positive = None,
    svg: Svg = None,
    encoding: Encoding = None,
    json: Json = False,
) -> int:
    """Evaluate how well a scorecard ranks records with known outcomes."""
    with writing({"--svg": svg}, file, scorecard) as where:
        chosen = read_scorecard(scorecard)
        rows, skipped = _read(file, encoding, blank)
        result = evaluate(chosen, rows, outcome=outcome, at=at, split=split, as_of=as_of, positive=positive)
        if svg is not None:
            where["--svg"].write_text(draw(result, chosen.name), "utf-8")
    if json:
        print_json(result)
    else:
        _print_evaluation(result)
        print_list("What to distrust", result.limits)
        _print_skipped(skipped)
    return DONE


def _read(file: Path, encoding: str | None, blank: Columns, leave_out: Columns = ()) -> tuple[list[Row], int]:
    """Return the cleaned records of a file without the columns to leave out, and how many were skipped."""
    with naming(file):
        found = read_table(file, encoding=encoding)
    for name in sorted({*leave_out} - {*found.names}):
        raise WrongValue("--leave-out", f"the file has no column {name!r}", "name one of its columns")
    cleaned = (_cleaned(row, blank) for _, row in found.rows)
    rows = [{name: cell for name, cell in row.items() if name not in leave_out} for row in cleaned]
    return rows, found.skipped


def _cleaned(row: Row, blank: Columns) -> Row:
    """Return the cells without surrounding white space, and empty where they hold a word of *blank*."""
    return {name: "" if (cell := text.strip()) in blank else cell for name, text in row.items()}


def _print_learned(learned: Learned) -> None:
    say(f". {_ADVICE[learned.verdict]}", bold=str(learned))
    title = f"What counts most; the average contact has {learned.card.base} points"
    rows = ((each.name, "{:+d} to {:+d}".format(*each.scale.range)) for each in learned.card.signals)
    print_table(title, ("signal", "points"), rows)
    _print_evaluation(learned.evaluation)
    if learned.out_of_time is not None:
        say(f"made from earlier people, on later ones: {learned.out_of_time.auc}")
        print_list("How people have changed", learned.out_of_time.drift)
    print_list("What it still needs", learned.needs)
    print_list("What to distrust", (*learned.warnings, *learned.limits))
    print_list("What was left out", learned.left_out)


def _print_evaluation(evaluation: Evaluation) -> None:
    say(f"\n{bars(evaluation)}\n")
    say(f"ranked in the right order (0.5 is chance, 1 is perfect): {evaluation.auc}")
    if evaluation.rule_auc is not None:
        say(f"the rule score alone: {evaluation.rule_auc}")
    say(f"converted: {evaluation.outcome}")
    print_list("Later against earlier", evaluation.drift)


def _print_skipped(skipped: int) -> None:
    if skipped:
        say(f"\nrecords that cannot be read: {skipped:,}; `leadqual check` says why.")


def _print_ranked(card: Scorecard, ranked: list[Ranked]) -> None:
    rows = [
        (line, priority.total, ("do not contact; " if priority.do_not_contact else "") + _reasons(priority))
        for line, _, priority in ranked[:_FIRST]
    ]
    print_table(f"Whom to call first, by {card.name} {card.version}", ("line", "priority", "because"), rows)
    if len(ranked) > _FIRST:
        say(f"and {len(ranked) - _FIRST:,} more; --output writes all of them.")


def _reasons(priority: Priority) -> str:
    """Return the signals with their points, the most points first, without contents of the record."""
    sums: Counter[str] = Counter()
    for line in priority.lines[1:]:
        sums[line.subject] += line.points
    ordered = sorted(sums.items(), key=lambda pair: -abs(pair[1]))
    return "; ".join(f"{name} {points:+d}" for name, points in ordered)
