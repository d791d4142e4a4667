"""A ranking drawn: what became of each band of points, and how much better than chance the first are."""

from collections.abc import Iterator
from itertools import count

from attrs import astuple

from leadqual.funnel.picture import framed, safe
from leadqual.funnel.proportions import wilson
from leadqual.learning.evaluation import CalibrationBand, Evaluation, Lift

_LEFT, _FULL, _ROW = 120, 280, 34
_TITLE, _GAP = 44, 20


def svg(evaluation: Evaluation, title: str) -> str:
    """Return the calibration and the lift as one self-contained SVG element, readable without colour."""
    bands, lifts = evaluation.calibration, evaluation.lifts
    told = [*(f"{_band(each)}: {each.outcome}." for each in bands), *(f"{_lift(each)}." for each in lifts)]
    parts = [f'<text class="title" x="20" y="30">{safe(title)}: who converted, by points</text>']
    for top, band in zip(count(_TITLE, _ROW), bands, strict=False):
        yes, total = band.outcome.count, band.outcome.total
        low, high = (_LEFT + _FULL * end for end in astuple(wilson(yes, total)))
        interval = f'<path class="none" d="M{low:.1f} {top + 12}H{high:.1f}"/>'
        parts += _row(top, _band(band), _FULL * yes / total, safe(str(band.outcome)), interval)
    second = _TITLE + _ROW * len(bands) + _GAP
    called_first = "Conversion of those called first, compared with everybody"
    parts.append(f'<text class="title" x="20" y="{second + 30}">{called_first}</text>')
    highest = max(each.lift for each in lifts)
    for top, lift in zip(count(second + _TITLE, _ROW), lifts, strict=False):
        note = f"{lift.lift:.1f} times ({100 * lift.rate:.0f} %)"
        parts += _row(top, f"first {100 * lift.share:.0f} %", lift.lift / highest * _FULL, note)
    return framed("ranking", title, " ".join(told), second + _TITLE + _ROW * len(lifts) + _GAP, parts)


def _band(band: CalibrationBand) -> str:
    return f"{band.low} to {band.high} points"


def _lift(lift: Lift) -> str:
    share, rate = 100 * lift.share, 100 * lift.rate
    return f"the first {share:.0f} %: {rate:.0f} % convert, {lift.lift:.1f} times as many"


def _row(top: int, label: str, width: float, note: str, *between: str) -> Iterator[str]:
    yield f'<text class="stage" x="{_LEFT - 8}" y="{top + 17}" text-anchor="end">{label}</text>'
    yield f'<rect class="bar" x="{_LEFT}" y="{top}" width="{max(1.0, width):.1f}" height="24"/>'
    yield from between
    yield f'<text x="{_LEFT + _FULL + 12}" y="{top + 17}">{note}</text>'


def bars(evaluation: Evaluation, width: int = 30) -> str:
    lines = [
        f"{each.low:>3} to {each.high:>3}  {'█' * round(each.outcome.count / each.outcome.total * width):<{width}}  {each.outcome}"
        for each in evaluation.calibration
    ]
    return "\n".join([*lines, "", *map(_lift, evaluation.lifts)])
