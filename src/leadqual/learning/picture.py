"""A ranking drawn: what became of each band of points, and how much better than chance the first are."""

from collections.abc import Iterator

from leadqual.funnel.picture import framed, safe
from leadqual.funnel.proportions import wilson
from leadqual.learning.metrics import CalibrationBand, Evaluation, Lift

_LEFT, _FULL, _ROW = 120, 280, 34
_TITLE, _GAP = 44, 20


def svg(evaluation: Evaluation, title: str) -> str:
    """Return a picture of the calibration and the lift, one self-contained SVG element.

    It has a title and a description that hold every number, and needs no colour to be read.
    """
    bands, lifts = evaluation.calibration, evaluation.lifts
    told = " ".join(
        [*(f"{_band(each)}: {each.outcome}." for each in bands), *(f"{_lift(each)}." for each in lifts)]
    )
    second = _TITLE + _ROW * len(bands) + _GAP
    parts = [
        f'<text class="title" x="20" y="30">{safe(title)}: who converted, by points</text>',
        *(part for place, band in enumerate(bands) for part in _calibrated(band, _TITLE + place * _ROW)),
        f'<text class="title" x="20" y="{second + 30}">Called first, who converted against everybody</text>',
    ]
    highest = max(each.lift for each in lifts)
    for place, lift in enumerate(lifts):
        parts += _lifted(lift, highest, second + _TITLE + place * _ROW)
    return framed("ranking", title, told, second + _TITLE + _ROW * len(lifts) + _GAP, parts)


def _band(band: CalibrationBand) -> str:
    return f"{band.low} to {band.high} points"


def _lift(lift: Lift) -> str:
    return (
        f"the first {100 * lift.share:.0f} %: {100 * lift.rate:.0f} % convert, {lift.lift:.1f} times as many"
    )


def _calibrated(band: CalibrationBand, top: int) -> Iterator[str]:
    """Yield a bar for the rate, and a line for its interval."""
    interval = wilson(band.outcome.count, band.outcome.total)
    low, high = (_LEFT + _FULL * end for end in (interval.low, interval.high))
    yield from _bar(_band(band), _FULL * band.outcome.count / band.outcome.total, top)
    yield f'<path class="none" d="M{low:.1f} {top + 12}H{high:.1f}"/>'
    yield f'<text x="{_LEFT + _FULL + 12}" y="{top + 17}">{safe(str(band.outcome))}</text>'


def _lifted(lift: Lift, highest: float, top: int) -> Iterator[str]:
    yield from _bar(f"first {100 * lift.share:.0f} %", lift.lift / highest * _FULL, top)
    yield f'<text x="{_LEFT + _FULL + 12}" y="{top + 17}">{lift.lift:.1f} times ({100 * lift.rate:.0f} %)</text>'


def _bar(label: str, width: float, top: int) -> Iterator[str]:
    yield f'<text class="stage" x="{_LEFT - 8}" y="{top + 17}" text-anchor="end">{label}</text>'
    yield f'<rect class="bar" x="{_LEFT}" y="{top}" width="{max(1.0, width):.1f}" height="24"/>'


def bars(evaluation: Evaluation, width: int = 30) -> str:
    """Return the calibration and the lift drawn with bars of text."""
    lines = [
        f"{each.low:>3} to {each.high:>3}  {'█' * round(each.outcome.count / each.outcome.total * width):<{width}}  {each.outcome}"
        for each in evaluation.calibration
    ]
    return "\n".join([*lines, "", *map(_lift, evaluation.lifts)])
