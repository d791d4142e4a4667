"""The report of a check as one page of HTML, which loads nothing from a network."""

import json
from collections.abc import Iterable, Mapping
from html import escape
from importlib.resources import files
from itertools import islice, repeat
from typing import Any, Final

from leadqual.intake.codes import Code
from leadqual.intake.problems import Problem
from leadqual.intake.recognition import Recognition
from leadqual.intake.rows import Counts
from leadqual.intake.understanding import Understanding
from leadqual.taxonomy.severity import Severity
from leadqual.taxonomy.stages import Qualification, Stage, Standing

_ROWS: Final = ("rows", "accepted", "held_back", "rejected", "blank", "merged")
LISTED: Final = 2_000
"""How many problems a page lists one by one; it counts all of them."""


def uses_of(recognition: Recognition) -> list[tuple[str, str]]:
    ignored = zip(recognition.ignored, repeat("kept; says nothing that the layout may use"), strict=False)
    unknown = zip(recognition.unmapped, repeat("kept; not known to the layout"), strict=False)
    return [*recognition.mapped, *ignored, *unknown]


def by_frequency(counts: Counts) -> list[tuple[Code, int]]:
    found = counts.problems.items()
    return sorted(found, key=lambda item: (counts.severity(item[0]) is not Severity.ERROR, -item[1]))


def page(
    title: str,
    recognition: Recognition,
    understanding: Understanding,
    counts: Counts,
    problems: Iterable[tuple[Problem, str | None]],
) -> str:
    """Return the page; a problem may come with the text of its cell, which is data of a person."""
    data: Mapping[str, Any] = {
        "title": title,
        "clear": counts.clear,
        "layout": recognition.layout.name,
        "understanding": str(understanding),
        "unit": counts.unit,
        "facts": bool(understanding.facts),
        "rows": {name: getattr(counts, name) for name in _ROWS},
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
            for each, value in islice(problems, LISTED)
        ],
    }
    # No text of a file can end the element that holds it.
    text = json.dumps(data).replace("<", "\\u003c")
    template = (files("leadqual.intake") / "page.html").read_text("utf-8")
    return template.replace("{title}", escape(title)).replace("{data}", text)
