"""Scorecards as TOML, written and read."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, cast, get_args

from attrs import asdict, fields

from leadqual.documents import Table, quoted, read_text
from leadqual.errors import WrongType, require
from leadqual.scoring.scorecard import Bounds, Scorecard, ScorecardRefused
from leadqual.scoring.signals import GROUP, Group, Number, Scale, Signal

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")


def scorecard_to_toml(card: Scorecard) -> str:
    require("card", card, Scorecard, "a Scorecard")
    lines = [f"name = {quoted(card.name)}", f"version = {quoted(card.version)}", f"base = {card.base}"]
    if (doubling := card.points_to_double_odds) is not None:
        lines.append(f"points_to_double_odds = {doubling!r}  # points that stand for twice the odds")
    lines += ["", "[groups]", *(f"{_key(group.name)} = {_bounds(group)}" for group in card.groups)]
    for signal in card.signals:
        lines += ["", f"[signals.{_key(signal.name)}]"]
        if signal.column != signal.name:
            lines.append(f"column = {quoted(signal.column)}")
        lines.append(f"group = {quoted(signal.group)}")
        table: dict[str, Any] = asdict(signal.scale, recurse=False)
        words = table.pop("words", ())
        lines += [f"{key} = {_value_text(value)}" for key, value in table.items() if value not in (None, "")]
        if words:  # an inner table comes last
            lines.append(f"[signals.{_key(signal.name)}.words]")
            lines += [f"{_key(word)} = {points}" for word, points in words]
    return "\n".join(lines) + "\n"


def _value_text(value: str | int | tuple[tuple[float, int], ...]) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(f'[{_plain(least)}, {points}]' for least, points in value)}]"
    return quoted(value) if isinstance(value, str) else str(value)


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else quoted(name)


def _plain(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < 1 << 53 else repr(number)


def _bounds(group: Group) -> str:
    if group.highest is not None:
        return str(group.highest) if group.lowest is None else f"[{group.lowest}, {group.highest}]"
    return "{}" if group.lowest is None else f"{{ lowest = {group.lowest} }}"


def read_scorecard(path: Path | str) -> Scorecard:
    return scorecard_from_toml(read_text(path), str(path))


def scorecard_from_toml(text: str, name: str = "scorecard") -> Scorecard:
    """Return the card in a TOML document, or raise `DocumentRefused` with its faults, each under *name*."""
    require("text", text, str, "the text of a TOML document", "read a file with read_scorecard")
    document = Table.parse(text, name)
    groups, signals = document.table("groups", required=False), document.table("signals")
    card: Scorecard | None = None
    try:
        card = Scorecard(
            document.value("name", str) or "",
            version=document.value("version", str, required=False) or "1",
            base=document.value("base", int, required=False) or 0,
            points_to_double_odds=cast("float | None", document.given("points_to_double_odds")),
            groups={key: _read_bounds(groups, key) for key in groups.names()},
            signals=[signal for key in signals.names() for signal in _signal(key, signals)],
        )
    except ScorecardRefused as refused:
        for fault in refused.faults:
            if not document.is_faulty(fault.where):
                document.fault(fault.where, fault.reason)
    document.finish()
    return cast("Scorecard", card)


def _read_bounds(groups: Table, name: str) -> Bounds:
    match given := groups.given(name):
        case int() | [int(), int()]:
            return cast("Bounds", given)
        case {"lowest": int() as lowest}:
            return lowest, None
        case _:
            if given != {}:
                groups.fault(name, "must be the most points, or a pair of the fewest and the most: [-20, 50]")
            return None, None


# By the first key, which only that scale has.
_SCALES: Final[Mapping[str, type[Scale]]] = {fields(kind)[0].name: kind for kind in get_args(Scale)}


def _signal(name: str, signals: Table) -> Iterator[Signal]:
    table = signals.table(name)
    column = table.value("column", str, required=False) or name
    group = table.value("group", str, required=False) or GROUP
    kinds = [kind for key, kind in _SCALES.items() if key in table.names()]
    keys = [each.name for each in fields(kinds[0])] if len(kinds) == 1 else table.names()
    values: dict[str, Any] = {key: value for key in keys if (value := table.given(key)) is not None}
    if len(kinds) != 1:
        signals.fault(name, f"must have exactly one of the keys {', '.join(_SCALES)}; it has {len(kinds)}")
        return
    if "words" in values:
        values["words"] = table.value("words", dict) or {}
    try:
        scale = kinds[0](**values)
    except WrongType:
        table.fault("at_least", "must be pairs of a threshold and its points: [[1, 2], [5, 6]]")
        scale = Number(())
    yield Signal(name, scale, column, group)
