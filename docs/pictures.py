"""The pictures of the docs and the README, drawn from the objects."""

import io
import os
import re
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.terminal_theme import MONOKAI

from leadqual import TRANSITIONS, Funnel, Stage
from leadqual.cli import checking, terminal
from leadqual.taxonomy.transitions import Move

ROOT: Final = Path(__file__).resolve().parent.parent


def steps() -> str:
    """Return the picture of the order of the stages and of the steps between them."""
    places = {
        Stage.NAME: (70, 110),
        Stage.LEAD: (210, 110),
        Stage.PROSPECT: (350, 110),
        Stage.CUSTOMER: (500, 40),
        Stage.REP: (500, 180),
        Stage.LEADER: (650, 180),
    }
    steps = [(row.before, row.after) for row in TRANSITIONS.values() if row.move is Move.STEP]
    arrows = "".join(
        f'<line class="step" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" marker-end="url(#tip)"/>'
        for before, after in steps
        for x1, y1, x2, y2 in (_between(places[before], places[after]),)
    )
    boxes = "".join(
        f'<rect x="{x - 50}" y="{y - 20}" width="100" height="40" rx="8"/><text x="{x}" y="{y + 5}">{stage}</text>'
        for stage, (x, y) in places.items()
    )
    description = "; ".join(f"{before} to {after}" for before, after in steps)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 220" role="img" '
        'aria-labelledby="steps-title steps-desc">'
        '<title id="steps-title">The stages and the steps between them</title>'
        f'<desc id="steps-desc">Steps: {description}. Every longer way forward is a legal skip; no way leads back.</desc>'
        "<style>.page{fill:#fff}rect,.step{stroke:#1f2328;stroke-width:2}rect{fill:none}.page{stroke:none}"
        "text{fill:#1f2328;font:15px system-ui,sans-serif;text-anchor:middle}path{fill:#1f2328}"
        "@media(prefers-color-scheme:dark){.page{fill:#0d1117}rect,.step{stroke:#e6edf3}.page{stroke:none}"
        "text,path{fill:#e6edf3}}</style>"
        '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        'orient="auto"><path d="M0 0L10 5L0 10z"/></marker></defs>'
        f'<rect class="page" width="720" height="220"/>{arrows}{boxes}</svg>\n'
    )


def _between(start: tuple[int, int], end: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return the line between the edges of two boxes."""
    (x1, y1), (x2, y2) = start, end
    if x1 == x2:
        return x1, y1 + 20, x2, y2 - 20
    return x1 + 50, y1, x2 - 50, y2


STYLE: Final = (
    "<style>.page{fill:#fff}.box{fill:none;stroke:#1f2328;stroke-width:2}.extra{stroke-dasharray:6 4}"
    "text{fill:#1f2328;font:15px system-ui,sans-serif;text-anchor:middle}.small{font-size:13px}"
    ".step{stroke:#1f2328;stroke-width:2}@media(prefers-color-scheme:dark){.page{fill:#0d1117}"
    ".box,.step{stroke:#e6edf3}text{fill:#e6edf3}}</style>"
)

# What is optional: the name of the package, the extra that installs what it needs, and what it is for.
OPTIONAL: Final = (
    ("intake", "[intake]", "lead files"),
    ("cli", "[cli]", "the command"),
    ("frames", "[frames]", "data frames"),
    ("strategies", "[hypothesis]", "tests"),
)
CORE: Final = (
    "taxonomy · policy · classification · history",
    "contacts · funnel · scoring · learning · verification",
)


def packages() -> str:
    """Return the picture of the small core and the optional packages that rest on it."""
    boxes = "".join(
        f'<rect class="box extra" x="{20 + 175 * place}" y="20" width="155" height="76" rx="8"/>'
        f'<text x="{97 + 175 * place}" y="45">{name}</text>'
        f'<text class="small" x="{97 + 175 * place}" y="65">{purpose}</text>'
        f'<text class="small" x="{97 + 175 * place}" y="84">{extra}</text>'
        f'<line class="step" x1="{97 + 175 * place}" y1="96" x2="{97 + 175 * place}" y2="128"/>'
        for place, (name, extra, purpose) in enumerate(OPTIONAL)
    )
    lines = "".join(
        f'<text x="360" y="{180 + 22 * number}">{line}</text>' for number, line in enumerate(CORE)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 240" role="img" aria-labelledby="t d">'
        '<title id="t">The packages</title><desc id="d">A core that needs attrs and cattrs only; upon it, each '
        "installed by an extra: intake for lead files, cli for the command, frames for data frames, strategies "
        f'for tests.</desc>{STYLE}<rect class="page" width="720" height="240"/>{boxes}'
        '<rect class="box" x="20" y="128" width="680" height="92" rx="8"/>'
        f'<text x="360" y="154">the core: needs attrs and cattrs, nothing else</text>{lines}</svg>\n'
    )


def funnel() -> str:
    """Return the picture of a funnel of a hundred names."""
    counts = (100, 50, 20, 8, 5, 1)
    return Funnel.from_counts(dict(zip(Stage, counts, strict=True)))._repr_html_() + "\n"


def check() -> str:
    """Return what `leadqual check` shows of the sample file, as a terminal shows it."""
    console = Console(
        record=True,
        width=112,
        file=io.StringIO(),
        highlight=False,
        markup=False,
        emoji=False,
        force_terminal=True,
        color_system="truecolor",
    )
    before, made_by = Path.cwd(), terminal.Console
    terminal.Console = lambda **_: console
    os.chdir(ROOT)
    try:
        checking.check(Path("examples/contacts.csv"))
    finally:
        os.chdir(before)
        terminal.Console = made_by
    picture = console.export_svg(
        title="leadqual check examples/contacts.csv", theme=MONOKAI, unique_id="check"
    )
    # The fonts would be fetched from elsewhere; the reader's own do as well.
    picture = re.sub(r"@font-face \{.*?\}", "", picture, flags=re.DOTALL)
    picture = re.sub(r"font-family: ?[^;]+;", "font-family: monospace;", picture)
    picture = re.sub(r"<!--.*?-->", "", picture, flags=re.DOTALL)
    title = "<title>What leadqual check says of the sample file</title>"
    return re.sub(r"(<svg[^>]*>)", rf"\1{title}", picture, count=1)
