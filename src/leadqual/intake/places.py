"""Problems as others read them: at a place that an editor opens, as annotations, as plain data."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from attrs import asdict

from leadqual.intake.checking import Run
from leadqual.intake.page import by_frequency
from leadqual.intake.problems import Problem
from leadqual.intake.recognition import SUGGESTED, Recognition
from leadqual.intake.report import Report
from leadqual.intake.rows import Counts
from leadqual.intake.suggesting import to_toml_as_read
from leadqual.taxonomy.severity import Severity
from leadqual.taxonomy.stages import Qualification, Stage, Standing

Result = Run | Report
Shown = tuple[Problem, str | None]  # with the text of its cell, where that may be shown

_COUNTS: Final = ("rows", "accepted", "rejected", "blank", "merged", "lines", "unit")
_PARTS: Final = ("code", "severity", "record", "line", "column", "header", "message")
_LEVELS: Final = {Severity.WARNING: "warning", Severity.NOTE: "notice"}  # of GitHub; the others are errors
_SIGNS: Final = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_MESSAGES: Final = str.maketrans(_SIGNS)
_IN_PROPERTIES: Final = str.maketrans(_SIGNS | {":": "%3A", ",": "%2C"})


def place_of(problem: Problem, file: str, sheet: str | None = None) -> str:
    """Return a place as editors and spreadsheets read it: ``leads.csv:17:3``, ``leads.xlsx:Sheet!C17``."""
    line, column = problem.line, problem.column
    if line is None or problem.unit == "line":
        return ":".join(str(part) for part in (file, line, column) if part is not None)
    if problem.unit != "row":
        return f"{file}: {problem.unit} {line}"
    tab = f"{sheet}!" if sheet and not sheet.isdigit() else ""
    return f"{file}:{tab}{_letters(column or 0)}{line}"


def _letters(column: int) -> str:
    before, letter = divmod(column - 1, 26)
    return _letters(before) + chr(ord("A") + letter) if column else ""


def message_of(problem: Problem) -> str:
    """Return what is wrong at the place, beyond the meaning of the code; it may be empty."""
    return problem.message.removeprefix(problem.code.meaning).lstrip(":; ")


def problems_of_file(result: Result) -> tuple[Problem, ...]:
    found, of_import = result.understanding, result.preflight.problems if result.preflight else ()
    return (*result.header_problems, *found.problems, *of_import, *found.notes)


def annotation(problem: Problem, file: str) -> str:
    """Return the command with which GitHub annotates a line of a pull request."""
    places = {"file": file, "line": problem.line, "col": problem.column, "title": problem.code}
    told = (f"{name}={str(at).translate(_IN_PROPERTIES)}" for name, at in places.items() if at is not None)
    column = f"{problem.header}: " if problem.header else ""
    message = f"{column}{problem.message}; {problem.code.remedy}".translate(_IN_MESSAGES)
    return f"::{_LEVELS.get(problem.severity, 'error')} {','.join(told)}::{message}"


def report_as_data(result: Result, shown: Iterable[Shown]) -> dict[str, Any]:
    """Return what `leadqual check --format json` prints."""
    counts = result.counts
    problems = (
        {name: getattr(problem, name) for name in _PARTS}
        | ({"theirs": problem.theirs} if problem.theirs else {})
        | ({} if value is None else {"value": value})
        for problem, value in shown
    )
    return {
        "layout": result.layout.name,
        **({"suggested": suggested} if (suggested := suggested_toml(result)) else {}),
        **{name: getattr(counts, name) for name in _COUNTS},
        **({"destination": preflight.system.name} if (preflight := result.preflight) else {}),
        **({name: getattr(counts, name) for name in ("ready", "held_back")} if preflight else {}),
        "contacts": stages_as_data(counts.stages),
        "standings": {standing: counts.standings.get(standing, 0) for standing in Standing},
        "understanding": result.understanding,
        "clear": counts.clear,
        "codes": dict(by_frequency(counts)),
        "problems": list(problems),
    }


def suggested_toml(result: Result) -> str:
    recognition, unread = result.recognition, result.understanding.consent_unread
    return to_toml_as_read(recognition, unread) if recognition.layout.name == SUGGESTED else ""


def summary_of(counts: Counts) -> list[tuple[str, int]]:
    """Return what became of the rows, in the order of a report; what is rare is left out where it is 0."""
    unit = "" if counts.unit == "line" else f", counted in {counts.unit}s"
    numbers = (
        (f"rows read{unit}", counts.rows),
        ("accepted", counts.accepted),
        ("of them: merged with an earlier one", counts.merged),
        ("of them: held back", counts.held_back),
        ("of them: do not contact", counts.standings.get(Standing.DO_NOT_CONTACT, 0)),
        ("rejected", counts.rejected),
        ("blank", counts.blank),
    )
    return [(label, number) for label, number in numbers if number or not label.startswith("of them")]


def stages_as_data(counts: Mapping[tuple[Stage, Qualification], int]) -> list[dict[str, Any]]:
    return [
        {"stage": stage, "qualification": kind, "contacts": counts[stage, kind]}
        for stage in Stage
        for kind in Qualification
        if counts.get((stage, kind))
    ]


def recognition_as_data(recognition: Recognition) -> dict[str, Any]:
    """Return what `leadqual layout --json` prints."""
    mapped = [{"column": column, "for": word} for column, word in recognition.mapped]
    named = {"layout": recognition.layout.name, "runner_up": recognition.runner_up or None}
    return asdict(recognition, recurse=False) | named | {"mapped": mapped}
