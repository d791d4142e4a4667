"""The funnel drawn: names wide on top, customers beside reps, leaders at the bottom."""

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from itertools import groupby
from typing import Final
from zlib import crc32

from leadqual.funnel.conversions import Conversion, Level, base_of
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.stages import Stage

Counts = Mapping[Level, int]
"""How many people came to each level, as `Funnel.reached` gives them."""

ROWS: Final = tuple(tuple(row) for _, row in groupby(Stage, key=lambda stage: len(stage.below)))
"""The stages from the top to the bottom; those that lie side by side share a row."""

_WIDTH, _MARGIN, _GAP = 640, 20, 6
_TITLE, _WORDS, _BAR = 44, 44, 30
_STEP: Final = _WORDS + _BAR + 10
_HEIGHT: Final = _TITLE + _STEP * len(ROWS) + _MARGIN

_STYLE: Final = """
#{id} text {{ font: 14px system-ui, sans-serif; fill: #1f2328; }}
#{id} .title {{ font-size: 18px; font-weight: 700; }}
#{id} .stage {{ font-weight: 700; }}
#{id} .page {{ fill: #ffffff; }}
#{id} .bar {{ fill: #2f6f9f; stroke: #173b57; }}
#{id} .slope {{ fill: #d9e6f0; }}
#{id} .none {{ stroke: #57606a; stroke-dasharray: 4; }}
@media (prefers-color-scheme: dark) {{
#{id} text {{ fill: #e6edf3; }}
#{id} .page {{ fill: #0d1117; }}
#{id} .bar {{ fill: #6cb0e0; stroke: #c4e1f5; }}
#{id} .slope {{ fill: #233445; }}
#{id} .none {{ stroke: #9198a1; }}
}}
"""


def svg(funnels: Mapping[str, Counts]) -> str:
    """Return a picture of the funnels, one below the other, each under its title.

    The picture is one self-contained SVG element. It has a title and a description that hold every
    number, is readable without colour, and follows the reader's dark or light mode.
    """
    told = " ".join(sentence for title, counts in funnels.items() for sentence in _told(title, counts))
    parts: list[str] = []
    for index, (title, counts) in enumerate(funnels.items()):
        parts += [f'<g transform="translate(0 {index * _HEIGHT})">', *_drawn(title, counts), "</g>"]
    return framed("funnel", ", ".join(funnels) or "Funnel", told, _HEIGHT * max(1, len(funnels)), parts)


def framed(kind: str, title: str, told: str, height: int, parts: Iterable[str]) -> str:
    """Return one self-contained SVG element, 640 units wide, around its parts.

    *told* says in words all that the picture shows.
    """
    name = f"{kind}-{crc32(told.encode()):08x}"
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" id="{name}" role="img" '
        f'aria-labelledby="{name}-title {name}-desc" viewBox="0 0 {_WIDTH} {height}" '
        f'style="max-width: {_WIDTH}px; width: 100%">'
    )
    before = [
        opening,
        f'<title id="{name}-title">{safe(title)}</title>',
        f'<desc id="{name}-desc">{safe(told)}</desc>',
        f"<style>{_STYLE.format(id=name)}</style>",
        f'<rect class="page" width="{_WIDTH}" height="{height}"/>',
    ]
    return "\n".join([*before, *parts, "</svg>\n"])


def safe(text: str) -> str:
    """Return *text* as it can stand in a picture."""
    return escape(_printable(text))


def _printable(text: str) -> str:
    """Return *text* without what XML cannot hold and what would command a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def plural(stage: Stage) -> str:
    """Return the stage's word for many people, as a label."""
    return f"{stage}s".title()


def shares(stage: Stage, counts: Counts) -> str:
    """Return what share of those directly before came to *stage*, with its interval, in words."""
    base = base_of(stage) if stage.below else stage
    if stage not in counts:
        return "not known"
    if base not in counts or base is stage:
        return ""
    rate = Conversion(counts[stage], counts[base], base, stage)
    if rate.rate is None:
        return f"no {base}s yet"
    return f"{100 * float(rate.rate):.1f} % of {base}s ({rate.interval()})"


def _label(stage: Stage, counts: Counts) -> str:
    return f"{plural(stage)} {counts[stage]:,}" if stage in counts else plural(stage)


def _told(title: str, counts: Counts) -> Iterator[str]:
    if title:
        yield f"{title}."
    for stage in Stage:
        share = shares(stage, counts)
        yield f"{_label(stage, counts)}{': ' + share if share else ''}."
    if Fact.CONTACTED in counts:
        yield f"Contacted {counts[Fact.CONTACTED]:,}."


def _widest(counts: Counts) -> int:
    """Return how many people the whole width stands for: stages side by side have half of it each."""
    return max(1, *(len(row) * counts.get(stage, 0) for row in ROWS for stage in row))


def _drawn(title: str, counts: Counts) -> Iterator[str]:
    yield f'<text class="title" x="{_WIDTH / 2}" y="30" text-anchor="middle">{safe(title)}</text>'
    scale = (_WIDTH - 2 * _MARGIN - _GAP) / _widest(counts)
    places = {
        stage: place
        for number, row in enumerate(ROWS)
        for stage, place in _places(number, row, counts, scale)
    }
    for stage, (left, width, top) in places.items():
        if stage.below and width and places[base_of(stage)][1]:
            above, above_width, above_top = places[base_of(stage)]
            yield (
                f'<polygon class="slope" points="{above:.1f},{above_top + _BAR} '
                f'{above + above_width:.1f},{above_top + _BAR} {left + width:.1f},{top} {left:.1f},{top}"/>'
            )
    for stage, (left, width, top) in places.items():
        if width:
            yield f'<rect class="bar" x="{left:.1f}" y="{top}" width="{width:.1f}" height="{_BAR}"/>'
        elif stage in counts:
            yield f'<path class="none" d="M{_middle(stage) - 20} {top + _BAR / 2}h40"/>'
        yield from _words(stage, counts, top)


def _places(
    number: int, row: tuple[Stage, ...], counts: Counts, scale: float
) -> Iterator[tuple[Stage, tuple[float, float, int]]]:
    """Yield where the bars of a row lie: left, width, top. A bar is never too thin to be seen."""
    top = _TITLE + number * _STEP + _WORDS
    widths = [max(2.0, counts[stage] * scale) if counts.get(stage) else 0.0 for stage in row]
    alone = len(row) == 1
    left = (_WIDTH - widths[0]) / 2 if alone else _WIDTH / 2 - widths[0] - _GAP / 2
    for stage, width in zip(row, widths, strict=True):
        yield stage, (left, width, top)
        left += width + _GAP


def _middle(stage: Stage) -> float:
    """Return the middle of the room that a stage has in its row."""
    row = next(row for row in ROWS if stage in row)
    return _WIDTH * (2 * row.index(stage) + 1) / (2 * len(row))


def _words(stage: Stage, counts: Counts, top: int) -> Iterator[str]:
    x = _middle(stage)
    share = shares(stage, counts)
    if stage is Stage.NAME and Fact.CONTACTED in counts:
        share = f"{counts[Fact.CONTACTED]:,} contacted"
    yield f'<text class="stage" x="{x}" y="{top - 24}" text-anchor="middle">{_label(stage, counts)}</text>'
    yield f'<text x="{x}" y="{top - 7}" text-anchor="middle">{share}</text>'


def bars(funnels: Mapping[str, Counts], width: int = 40) -> str:
    """Return the funnels drawn with bars of text, *width* columns at the widest, one below the other."""
    return "\n\n".join("\n".join(_text(title, counts, width)) for title, counts in funnels.items())


def _text(title: str, counts: Counts, width: int) -> Iterator[str]:
    if title:
        yield _printable(title)
    widest, labels = _widest(counts), max(len(_label(stage, counts)) for stage in Stage)
    for row in ROWS:
        lengths = [_length(counts.get(stage, 0), widest, width) for stage in row]
        if len(row) == 1:
            drawn = f"{'█' * lengths[0]:^{width}}"
        else:
            half = (width + 1) // 2
            drawn = f"{'█' * lengths[0]:>{half}}│{'█' * lengths[1]:<{half}}"
        for stage in row:
            line = f"{_label(stage, counts):>{labels}}  {drawn:<{width + 1}}  {shares(stage, counts)}"
            yield line.rstrip()
            drawn = ""


def _length(count: int, widest: int, width: int) -> int:
    """Return the length of a bar: at least one block for whoever is there."""
    return max(1, round(width * count / widest)) if count else 0
