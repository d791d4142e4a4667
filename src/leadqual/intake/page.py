"""The report of a check as one page of HTML, which loads nothing from a network."""

import json
from collections.abc import Iterable, Mapping
from html import escape
from importlib.resources import files
from typing import Any, Final

from leadqual.intake.codes import Code
from leadqual.intake.problems import Problem
from leadqual.intake.recognition import Recognition
from leadqual.intake.rows import Counts
from leadqual.intake.understanding import Understanding
from leadqual.taxonomy.severity import Severity
from leadqual.taxonomy.stages import Qualification, Stage, Standing

LISTED: Final = 2_000
"""How many problems a page lists one by one; it counts all of them."""

_IGNORED: Final = "kept; says nothing that the layout may use"
_UNKNOWN: Final = "kept; not known to the layout"


def uses_of(recognition: Recognition) -> list[tuple[str, str]]:
    """Return each column of a file with what becomes of it."""
    return [
        *recognition.mapped,
        *((column, _IGNORED) for column in recognition.ignored),
        *((column, _UNKNOWN) for column in recognition.unmapped),
    ]


def by_frequency(counts: Counts) -> list[tuple[Code, int]]:
    """Return the codes of the problems, errors first, the most frequent first."""
    return sorted(
        counts.problems.items(), key=lambda item: (counts.severity(item[0]) is not Severity.ERROR, -item[1])
    )


def page(
    title: str,
    recognition: Recognition,
    understanding: Understanding,
    counts: Counts,
    problems: Iterable[tuple[Problem, str | None]],
) -> str:
    """Return the page; a problem may come with the text of its cell, which is data of a person."""
    listed = list(problems)
    data: Mapping[str, Any] = {
        "title": title,
        "clear": counts.clear,
        "layout": recognition.layout.name,
        "understanding": str(understanding),
        "unit": counts.unit,
        "facts": bool(understanding.facts),
        "rows": {
            name: getattr(counts, name)
            for name in ("rows", "accepted", "held_back", "rejected", "blank", "merged")
        },
        "silent": counts.standings.get(Standing.DO_NOT_CONTACT, 0),
        "stages": [
            [str(stage), stage.definition, *(counts.stages.get((stage, each), 0) for each in Qualification)]
            for stage in Stage
        ],
        "columns": uses_of(recognition),
        "codes": [
            [str(code), str(counts.severity(code)), number, code.meaning, code.remedy]
            for code, number in by_frequency(counts)
        ],
        "problems": [
            [each.line, each.column, each.header, str(each.severity), str(each.code), each.message, value]
            for each, value in listed[:LISTED]
        ],
    }
    # No text of a file can end the element that holds it.
    text = json.dumps(data).replace("<", "\\u003c")
    template = (files("leadqual.intake") / "page.html").read_text("utf-8")
    return template.replace("{title}", escape(title)).replace("{data}", text)
