"""The commands of scorecards: learn one, score with one, try one."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Annotated, TextIO

from cyclopts import Parameter

from leadqual.cli import DONE, FOUND
from leadqual.cli.files import naming, writing
from leadqual.cli.terminal import AsJson, console, print_json, say, show, table
from leadqual.errors import WrongValue
from leadqual.intake.headers import OURS
from leadqual.intake.output import TableWriter, open_target
from leadqual.intake.table import Table, read_table
from leadqual.learning.evaluation import evaluate
from leadqual.learning.learned import Learned, Readiness, learn
from leadqual.learning.metrics import Evaluation
from leadqual.learning.picture import bars
from leadqual.learning.picture import svg as draw
from leadqual.scoring.priority import Priority
from leadqual.scoring.scorecard import Scorecard
from leadqual.scoring.scorecard_file import read_scorecard, scorecard_to_toml
from leadqual.taxonomy.vocabulary import normalize

Blank = Annotated[
    tuple[str, ...], Parameter(negative="", help="Words that mean an empty cell, such as Select or unknown.")
]
Card = Annotated[Path, Parameter(name="--card", help="The scorecard, as a TOML file.")]
Outcome = Annotated[str, Parameter(help="The column of what became of them: yes and no, or a day.")]
At = Annotated[str | None, Parameter(help="The column of the day on which each became known.")]
Positive = Annotated[str | None, Parameter(help="What the outcome says of those who converted.")]
AsOf = Annotated[date | None, Parameter(help="The day of the file; needed by a card whose points age.")]
Encoding = Annotated[str | None, Parameter(help="The encoding, if it is not UTF-8 or UTF-16.")]
Svg = Annotated[Path | None, Parameter(help="Write calibration and lift as a picture to this file.")]

_FIRST = 20
_ADVICE = {
    Readiness.NOT_READY: "Do not use it yet.",
    Readiness.USABLE: "You may use it to sort, with the doubts below.",
    Readiness.READY: "Use it.",
}


def learn_card(
    file: Path,
    *,
    outcome: Outcome,
    at: At = None,
    output: Annotated[
        Path | None, Parameter(name=["--output", "-o"], help="Write the card to this TOML file.")
    ] = None,
    signals: Annotated[
        tuple[str, ...],
        Parameter(
            negative="", help="The columns to learn from; without them, all but identifiers and the source."
        ),
    ] = (),
    leave_out: Annotated[
        tuple[str, ...],
        Parameter(negative="", help="Columns to leave out, such as those filled only after the outcome."),
    ] = (),
    filled: Annotated[
        tuple[str, ...],
        Parameter(negative="", help="Columns of which it counts by itself whether they are filled."),
    ] = (),
    rising: Annotated[
        tuple[str, ...], Parameter(negative="", help="Columns where more must never lower the points.")
    ] = (),
    falling: Annotated[
        tuple[str, ...], Parameter(negative="", help="Columns where more must never raise the points.")
    ] = (),
    known_before: Annotated[
        tuple[str, ...],
        Parameter(negative="", help="Columns that you say were known when you would have called."),
    ] = (),
    blank: Blank = (),
    positive: Positive = None,
    as_of: AsOf = None,
    days_to_convert: Annotated[
        int | None, Parameter(help="How many days a contact usually takes to convert.")
    ] = None,
    drop_recent: Annotated[
        bool, Parameter(negative="", help="Leave out contacts younger than that, because not yet is not no.")
    ] = False,
    svg: Svg = None,
    encoding: Encoding = None,
    json: AsJson = False,
) -> int:
    """Learn a scorecard from records with known outcomes.

    The first line says whether to use the card, and why not; then follow what counts most, how well
    the card ranks and how sure that is, and what to distrust. The exit status is 1 if it is not ready.
    """
    with writing({"--output": output, "--svg": svg}, file) as where:
        found = _read(file, encoding, blank, leave_out)
        learned = learn(
            [row for _, row in found.rows],
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
        _say_skipped(found)
    return FOUND if learned.verdict is Readiness.NOT_READY else DONE


def score(
    file: Path,
    *,
    card: Card,
    as_of: AsOf = None,
    output: Annotated[
        Path | None, Parameter(name=["--output", "-o"], help="Write all rows with their priority as CSV.")
    ] = None,
    blank: Blank = (),
    encoding: Encoding = None,
    json: AsJson = False,
) -> int:
    """Say whom to call first, by a scorecard.

    Prints the first twenty by the line of the file, with what gave the points; --output writes every
    row, the first to call on top, with its priority. The exit status is 1 if rows could not be read.
    """
    with writing({"--output": output}, file, card) as where, ExitStack() as opened:
        chosen = read_scorecard(card)
        with naming(file):
            found = read_table(file, encoding=encoding)
        ranked = [(line, row, chosen.priority(_cleaned(row, blank), as_of=as_of)) for line, row in found.rows]
        ranked.sort(key=lambda each: (each[2].do_not_contact, -each[2].total, each[0]))
        if output is not None:
            _write_ranked(open_target(where["--output"], opened), found.names, ranked)
    if json:
        print_json([{"line": line, "priority": priority} for line, _, priority in ranked])
    else:
        _print_ranked(chosen, ranked)
        _say_skipped(found)
        _say_overlooked(found, chosen)
    return FOUND if found.skipped else DONE


def evaluate_card(
    file: Path,
    *,
    card: Card,
    outcome: Outcome,
    at: At = None,
    split: Annotated[date | None, Parameter(help="Take the figures of the records from this day on.")] = None,
    as_of: AsOf = None,
    blank: Blank = (),
    positive: Positive = None,
    svg: Svg = None,
    encoding: Encoding = None,
    json: AsJson = False,
) -> int:
    """Say how well a scorecard ranks records of which it is known what became of them."""
    with writing({"--svg": svg}, file, card) as where:
        chosen = read_scorecard(card)
        found = _read(file, encoding, blank, ())
        rows = [row for _, row in found.rows]
        evaluation = evaluate(
            chosen, rows, outcome=outcome, at=at, split=split, as_of=as_of, positive=positive
        )
        if svg is not None:
            where["--svg"].write_text(draw(evaluation, chosen.name), "utf-8")
    if json:
        print_json(evaluation)
    else:
        _print_evaluation(evaluation)
        _list("What to distrust", evaluation.limits)
        _say_skipped(found)
    return DONE


def _read(file: Path, encoding: str | None, blank: Iterable[str], leave_out: Iterable[str]) -> Table:
    """Return the records without the columns left out, words that mean an empty cell as empty cells."""
    with naming(file):
        found = read_table(file, encoding=encoding)
    without = frozenset(leave_out)
    for name in sorted(without - {*found.names}):
        raise WrongValue("--leave-out", f"the file has no column {name!r}", "name one of its columns")
    rows = tuple(
        (line, {name: cell for name, cell in _cleaned(row, blank).items() if name not in without})
        for line, row in found.rows
    )
    return Table(found.names, rows, found.skipped)


def _cleaned(row: dict[str, str], blank: Iterable[str]) -> dict[str, str]:
    """Return the cells without white space around them, words that mean an empty cell made empty."""
    cells = {name: cell.strip() for name, cell in row.items()}
    return {name: "" if cell in blank else cell for name, cell in cells.items()}


def _print_learned(learned: Learned) -> None:
    say(f". {_ADVICE[learned.verdict]}", bold=str(learned))
    counts = table(
        f"What counts most, from {learned.card.base} points for the average contact", "signal", "points"
    )
    for signal in learned.card.signals:
        low, high = signal.scale.range
        counts.add_row(signal.name, f"{low:+d} to {high:+d}")
    console().print(counts)
    _print_evaluation(learned.evaluation)
    if learned.out_of_time is not None:
        say(f"made from earlier people, on later ones: {learned.out_of_time.auc}")
        _list("How people have changed", learned.out_of_time.drift)
    _list("What it still needs", learned.needs)
    _list("What to distrust", (*learned.warnings, *learned.limits))
    _list("What was left out", learned.left_out)


def _print_evaluation(evaluation: Evaluation) -> None:
    say(f"\n{bars(evaluation)}\n")
    say(f"ranked in the right order (0.5 is chance, 1 is perfect): {evaluation.auc}")
    if evaluation.rule_auc is not None:
        say(f"the rule score alone: {evaluation.rule_auc}")
    say(f"converted: {evaluation.outcome}")
    _list("Later against earlier", evaluation.drift)


def _list(title: str, items: Iterable[object]) -> None:
    lines = [f"  {show(item)}" for item in items]
    if lines:
        say(bold=f"\n{title}")
        say("\n".join(lines))


def _say_skipped(found: Table) -> None:
    if found.skipped:
        say(f"\nrecords that cannot be read: {found.skipped:,}; `leadqual check` says why.")


def _say_overlooked(found: Table, card: Scorecard) -> None:
    """Say if the card reads none of the columns."""
    if not {normalize(signal.column) for signal in card.signals} & {*map(normalize, found.names)}:
        say("\nwarning: the file has none of the columns that the card reads")


Ranked = tuple[int, dict[str, str], Priority]


def _print_ranked(card: Scorecard, ranked: list[Ranked]) -> None:
    result = table(f"Whom to call first, by {card.name} {card.version}", "line", "priority", "because")
    for line, _, priority in ranked[:_FIRST]:
        because = "do not contact; " if priority.do_not_contact else ""
        result.add_row(str(line), str(priority.total), because + "; ".join(_because(priority)))
    console().print(result)
    if len(ranked) > _FIRST:
        say(f"and {len(ranked) - _FIRST:,} more; --output writes all of them.")


def _because(priority: Priority) -> Iterator[str]:
    """Yield the signals that gave or took points, most first, without what the record says."""
    sums: dict[str, int] = {}
    for line in priority.lines[1:]:
        sums[line.subject] = sums.get(line.subject, 0) + line.points
    yield from (
        f"{name} {points:+d}" for name, points in sorted(sums.items(), key=lambda pair: -abs(pair[1]))
    )


def _write_ranked(file: TextIO, names: tuple[str, ...], ranked: list[Ranked]) -> None:
    added = (f"{OURS}priority", f"{OURS}do_not_contact")
    kept = [name for name in names if name not in added]
    writer = TableWriter(file, (*kept, *added))
    for _, row, priority in ranked:
        flag = "yes" if priority.do_not_contact else "no"
        writer.write((*(row.get(name, "") for name in kept), str(priority.total), flag))
