"""The funnel as a picture and as bars of text."""

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from importlib.resources import files
from itertools import groupby
from typing import Final, NamedTuple
from zlib import crc32

from leadqual.funnel.levels import Conversion, Level, base_of
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.stages import Stage

Counts = Mapping[Level, int]  # as in `Funnel.reached`

# The stages from the top to the bottom; stages side by side share a row.
ROWS: Final = tuple(tuple(row) for _, row in groupby(Stage, key=lambda stage: len(stage.below)))

_WIDTH, _MARGIN, _GAP = 640, 20, 6
_TITLE, _WORDS, _BAR = 44, 44, 30
_STEP: Final = _WORDS + _BAR + 10
_HEIGHT: Final = _TITLE + _STEP * len(ROWS) + _MARGIN

_STYLE: Final = (files("leadqual.funnel") / "picture.css").read_text("utf-8")


def svg(funnels: Mapping[str, Counts]) -> str:
    """Return the funnels as one self-contained SVG element, readable without colour, in dark and light."""
    description, parts = list[str](), list[str]()
    for index, (title, counts) in enumerate(funnels.items()):
        description += _described(title, counts)
        parts += [f'<g transform="translate(0 {index * _HEIGHT})">', *_drawn(title, counts), "</g>"]
    height = _HEIGHT * max(1, len(funnels))
    return framed("funnel", ", ".join(funnels) or "Funnel", " ".join(description), height, parts)


def framed(kind: str, title: str, description: str, height: int, parts: Iterable[str]) -> str:
    """Return one SVG element, 640 units wide, of its parts; *description* says all that it shows."""
    name = f"{kind}-{crc32(description.encode()):08x}"
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" id="{name}" role="img" '
        f'aria-labelledby="{name}-title {name}-desc" viewBox="0 0 {_WIDTH} {height}" '
        f'style="max-width: {_WIDTH}px; width: 100%">'
    )
    title = f'<title id="{name}-title">{safe(title)}</title>'
    description = f'<desc id="{name}-desc">{safe(description)}</desc>'
    style = f"<style>\n{_STYLE.replace('#id', f'#{name}')}</style>"
    page = f'<rect class="page" width="{_WIDTH}" height="{height}"/>'
    return "\n".join([opening, title, description, style, page, *parts, "</svg>\n"])


def safe(text: str) -> str:
    return escape(_printable(text))


def _printable(text: str) -> str:
    """Return *text* without the characters that XML forbids or that control a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def shares(stage: Stage, counts: Counts) -> str:
    if stage not in counts:
        return "not known"
    if not stage.below or (base := base_of(stage)) not in counts:
        return ""
    rate = Conversion(counts[stage], counts[base], base, stage)
    if rate.rate is None:
        return f"no {base}s yet"
    return f"{100 * float(rate.rate):.1f} % of {base}s ({rate.interval()})"


def _label(stage: Stage, counts: Counts) -> str:
    plural = f"{stage}s".title()
    return f"{plural} {counts[stage]:,}" if stage in counts else plural


def _described(title: str, counts: Counts) -> Iterator[str]:
    if title:
        yield f"{title}."
    for stage in Stage:
        share = shares(stage, counts)
        yield f"{_label(stage, counts)}{': ' + share if share else ''}."
    if Fact.CONTACTED in counts:
        yield f"Contacted {counts[Fact.CONTACTED]:,}."


def _widest(counts: Counts) -> int:
    """Return how many people the full width means: stages side by side have half of it each."""
    return max(1, *(len(row) * counts.get(stage, 0) for row in ROWS for stage in row))


def _drawn(title: str, counts: Counts) -> Iterator[str]:
    yield _text(_WIDTH / 2, 30, "title", safe(title))
    boxes = dict(_boxes(counts))
    for stage, box in boxes.items():
        above = boxes[base_of(stage)] if stage.below else None
        if above and above.width and box.width:
            yield (
                f'<polygon class="slope" points="{above.left:.1f},{above.top + _BAR} '
                f"{above.left + above.width:.1f},{above.top + _BAR} "
                f'{box.left + box.width:.1f},{box.top} {box.left:.1f},{box.top}"/>'
            )
    for stage, (left, width, top, middle) in boxes.items():
        if width:
            yield f'<rect class="bar" x="{left:.1f}" y="{top}" width="{width:.1f}" height="{_BAR}"/>'
        elif stage in counts:
            yield f'<path class="none" d="M{middle - 20} {top + _BAR / 2}h40"/>'
        contacted = stage is Stage.NAME and Fact.CONTACTED in counts
        share = f"{counts[Fact.CONTACTED]:,} contacted" if contacted else shares(stage, counts)
        yield _text(middle, top - 24, "stage", _label(stage, counts))
        yield _text(middle, top - 7, "", share)


def _text(x: float, y: int, kind: str, words: str) -> str:
    style = f'class="{kind}" ' if kind else ""
    return f'<text {style}x="{x}" y="{y}" text-anchor="middle">{words}</text>'


class _Box(NamedTuple):
    left: float
    width: float
    top: int
    middle: float


def _boxes(counts: Counts) -> Iterator[tuple[Stage, _Box]]:
    scale = (_WIDTH - 2 * _MARGIN - _GAP) / _widest(counts)
    for number, row in enumerate(ROWS):
        # A bar is never too thin to be seen.
        widths = [max(2.0, counts[stage] * scale) if counts.get(stage) else 0.0 for stage in row]
        left = _WIDTH / 2 - (widths[0] / 2 if len(row) == 1 else widths[0] + _GAP / 2)
        for place, (stage, width) in enumerate(zip(row, widths, strict=True)):
            middle = _WIDTH * (2 * place + 1) / (2 * len(row))
            yield stage, _Box(left, width, _TITLE + number * _STEP + _WORDS, middle)
            left += width + _GAP


def bars(funnels: Mapping[str, Counts], width: int = 40) -> str:
    """Return the funnels as bars of text, at most *width* columns wide, one below the other."""
    return "\n\n".join("\n".join(_lines(title, counts, width)) for title, counts in funnels.items())


def _lines(title: str, counts: Counts, width: int) -> Iterator[str]:
    if title:
        yield _printable(title)
    widest, labels = _widest(counts), max(len(_label(stage, counts)) for stage in Stage)
    for row in ROWS:
        # Even a single person has one block.
        numbers = [counts.get(stage, 0) for stage in row]
        blocks = ["█" * (max(1, round(width * n / widest)) if n else 0) for n in numbers]
        half = (width + 1) // 2
        drawn = f"{blocks[0]:^{width}}" if len(row) == 1 else f"{blocks[0]:>{half}}│{blocks[1]:<{half}}"
        for stage in row:
            yield f"{_label(stage, counts):>{labels}}  {drawn:<{width + 1}}  {shares(stage, counts)}".rstrip()
            drawn = ""
