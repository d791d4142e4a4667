"""The commands of scorecards: learn one, prioritize contacts with one, evaluate one."""

from contextlib import ExitStack
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

from attrs import asdict, frozen

from leadqual import evaluate, learn
from leadqual.cli import DONE, FOUND
from leadqual.cli.application import INTERVALS, Flat, Output, command, options
from leadqual.cli.files import naming, writing
from leadqual.cli.terminal import print_json, print_list, say, table
from leadqual.errors import WrongValue
from leadqual.intake.opening import read_table
from leadqual.intake.output import TableWriter, open_target
from leadqual.learning.evaluation import Evaluation
from leadqual.learning.learned import Learned, Readiness
from leadqual.learning.picture import bars
from leadqual.learning.picture import svg as draw
from leadqual.scoring.scorecard_file import read_scorecard, scorecard_to_toml
from leadqual.systems.layout import OURS
from leadqual.taxonomy.vocabulary import normalize

Columns = tuple[str, ...]
Row = dict[str, str]

_FIRST: Final = 20
_ADVICE: Final = {
    Readiness.NOT_READY: "Do not use it yet.",
    Readiness.USABLE: "You may use it to sort, subject to the warnings below.",
    Readiness.READY: "Use it.",
}


@options
@frozen(kw_only=True)
class Learning:
    outcome: str
    positive: str | None = None
    at: str | None = None
    as_of: date | None = None
    signals: Columns = ()
    filled: Columns = ()
    rising: Columns = ()
    falling: Columns = ()
    known_before: Columns = ()
    days_to_convert: int | None = None
    drop_recent: bool = False


@command
def learn_scorecard(
    file: Path,
    *,
    learning: Annotated[Learning, Flat],
    leave_out: Columns = (),
    blank: Columns = (),
    output: Output = None,
    svg: Path | None = None,
    encoding: str | None = None,
    json: bool = False,
) -> int:
    with writing({"--output": output, "--svg": svg}, file) as where:
        rows, skipped = _read(file, encoding, blank, leave_out)
        arguments: dict[str, Any] = asdict(learning) | {"signals": learning.signals or None}
        learned = learn(rows, name=(output or file).stem, **arguments)
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


@command
def prioritize(
    file: Path,
    *,
    scorecard: Path,
    as_of: date | None = None,
    output: Output = None,
    consent_in: Columns = (),
    no_consent_in: Columns = (),
    blank: Columns = (),
    encoding: str | None = None,
    json: bool = False,
) -> int:
    with writing({"--output": output}, file, scorecard) as where, ExitStack() as opened:
        card = read_scorecard(scorecard)
        with naming(file):
            found = read_table(file, encoding=encoding)
        rank = partial(card.priority, as_of=as_of, consent_in=consent_in, no_consent_in=no_consent_in)
        ranked = [(line, row, rank(_cleaned(row, blank))) for line, row in found.rows]
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
        return FOUND if found.skipped else DONE
    rows = (
        (line, priority.total, "do not contact; " * priority.do_not_contact + priority.brief)
        for line, _, priority in ranked[:_FIRST]
    )
    say(table(f"Whom to call first, by {card.name} {card.version}", ("line", "priority", "because"), rows))
    if len(ranked) > _FIRST:
        say(f"and {len(ranked) - _FIRST:,} more; --output writes all of them.")
    _print_skipped(found.skipped)
    if not {normalize(each.column) for each in card.signals} & {*map(normalize, found.names)}:
        say("\nwarning: the file has none of the columns that the scorecard reads")
    return FOUND if found.skipped else DONE


@command
def evaluate_scorecard(
    file: Path,
    *,
    scorecard: Path,
    outcome: str,
    positive: str | None = None,
    at: str | None = None,
    as_of: date | None = None,
    split: date | None = None,
    blank: Columns = (),
    svg: Path | None = None,
    encoding: str | None = None,
    json: bool = False,
) -> int:
    with writing({"--svg": svg}, file, scorecard) as where:
        card = read_scorecard(scorecard)
        rows, skipped = _read(file, encoding, blank)
        result = evaluate(card, rows, outcome=outcome, at=at, split=split, as_of=as_of, positive=positive)
        if svg is not None:
            where["--svg"].write_text(draw(result, card.name), "utf-8")
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
    return [{name: row[name] for name in row if name not in leave_out} for row in cleaned], found.skipped


def _cleaned(row: Row, blank: Columns) -> Row:
    return {name: "" if (cell := text.strip()) in blank else cell for name, text in row.items()}


def _print_learned(learned: Learned) -> None:
    say(f". {_ADVICE[learned.verdict]}", bold=str(learned))
    title = f"What counts most; the average contact has {learned.card.base} points"
    rows = ((each.name, "{:+d} to {:+d}".format(*each.scale.range)) for each in learned.card.signals)
    say(table(title, ("signal", "points"), rows))
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
    say(f"converted: {evaluation.outcome}\n{INTERVALS}")
    print_list("Later against earlier", evaluation.drift)


def _print_skipped(skipped: int) -> None:
    if skipped:
        say(f"\nrecords that cannot be read: {skipped:,}; `leadqual check` says why.")
