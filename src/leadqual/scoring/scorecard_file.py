"""Scorecards as TOML: the text of a card, and the card of a text."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, cast

from attrs import asdict

from leadqual.documents import Table, quoted, read_text
from leadqual.errors import require
from leadqual.scoring.scales import Dated, Filled, Number, Order, Scale, Words, YesNo
from leadqual.scoring.scorecard import Scorecard, ScorecardRefused
from leadqual.scoring.signals import DEFAULT_GROUP, Group, Signal

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")


def scorecard_to_toml(card: Scorecard) -> str:
    """Return *card* as TOML, to be kept, edited by hand, and read back equal."""
    require("card", card, Scorecard, "a Scorecard")
    lines = [f"name = {quoted(card.name)}", f"version = {quoted(card.version)}", f"base = {card.base}"]
    if card.points_to_double_odds is not None:
        lines.append(
            f"points_to_double_odds = {card.points_to_double_odds!r}  # points that stand for twice the odds"
        )
    lines += ["", "[groups]", *(f"{_key(group.name)} = {_bounds(group)}" for group in card.groups)]
    for signal in card.signals:
        lines += ["", f"[signals.{_key(signal.name)}]"]
        if signal.column != signal.name:
            lines.append(f"column = {quoted(signal.column)}")
        lines.append(f"group = {quoted(signal.group)}")
        lines += _scale_lines(signal)
    return "\n".join(lines) + "\n"


def _scale_lines(signal: Signal) -> Iterator[str]:
    table: dict[str, Any] = asdict(signal.scale, recurse=False)
    words = table.pop("words", None)
    for key, value in table.items():
        if key == "at_least":
            pairs = ", ".join(f"[{_plain(least)}, {points}]" for least, points in value)
            yield f"at_least = [{pairs}]"
        elif value is not None and value != "":
            yield f"{key} = {quoted(value) if isinstance(value, str) else value}"
    if words is not None:
        yield f"[signals.{_key(signal.name)}.words]"
        yield from (f"{_key(word)} = {points}" for word, points in words)


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else quoted(name)


def _plain(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < 1 << 53 else repr(number)


def _bounds(group: Group) -> str:
    if group.highest is not None:
        return str(group.highest) if group.lowest is None else f"[{group.lowest}, {group.highest}]"
    return "{}" if group.lowest is None else f"{{ lowest = {group.lowest} }}"


def read_scorecard(path: Path | str) -> Scorecard:
    """Return the card in a TOML file.

    Raises:
        DocumentRefused: If it cannot be read; every fault with its place and remedy.
    """
    require("path", path, Path | str, "a path")
    return scorecard_from_toml(read_text(path), str(path))


def scorecard_from_toml(text: str, name: str = "scorecard") -> Scorecard:
    """Return the card that a TOML document holds; *name* stands in every fault.

    Raises:
        DocumentRefused: If it makes no card; every fault with its place and remedy.
    """
    require("text", text, str, "the text of a TOML document", "read a file with read_scorecard")
    document = Table.parse(text, name)
    groups = document.table("groups") if "groups" in document.names() else None
    signals = document.table("signals")
    card: Scorecard | None = None
    try:
        card = Scorecard(
            document.value("name", str) or "",
            version=document.value("version", str, required=False) or "1",
            base=document.value("base", int, required=False) or 0,
            points_to_double_odds=cast("float | None", document.raw("points_to_double_odds")),
            groups=() if groups is None else [_group(groups, key) for key in groups.names()],
            signals=[signal for key in signals.names() for signal in _signal(key, signals)],
        )
    except ScorecardRefused as refused:
        for fault in refused.faults:
            if not document.is_faulty(fault.where):
                document.fault(fault.where, fault.reason)
    document.finish()
    return cast("Scorecard", card)


def _group(groups: Table, name: str) -> Group:
    match groups.raw(name):
        case int() as highest:
            return Group(name, None, highest)
        case [int() as lowest, int() as highest]:
            return Group(name, lowest, highest)
        case {"lowest": int() as lowest}:
            return Group(name, lowest)
        case {} as bounds if not bounds:
            return Group(name)
        case _:
            groups.fault(name, "must be the most points, or a pair of the fewest and the most: [-20, 50]")
            return Group(name)


def _signal(name: str, signals: Table) -> Iterator[Signal]:
    table = signals.table(name)
    column = table.value("column", str, required=False) or name
    group = table.value("group", str, required=False) or DEFAULT_GROUP
    kinds = [key for key in _SCALES if key in table.names()]
    if len(kinds) == 1:
        yield Signal(name, _SCALES[kinds[0]](table), column, group)
    else:
        for key in table.names():
            table.raw(key)
        signals.fault(name, f"must have exactly one of the keys {', '.join(_SCALES)}; it has {len(kinds)}")


def _whole(table: Table, key: str) -> int:
    return table.value(key, int, required=False) or 0


def _words(table: Table) -> Words:
    words = table.table("words")
    return Words({word: _whole(words, word) for word in words.names()}, _whole(table, "other"))


def _number(table: Table) -> Number:
    pairs = cast("list[list[Any]]", table.value("at_least", list) or [])
    if not all(type(pair) is list and len(pair) == _PAIR for pair in pairs):
        table.fault("at_least", "must be pairs of a threshold and its points: [[1, 2], [5, 6]]")
        pairs = []
    order = cast("Order", table.value("order", str, required=False) or "")
    return Number([(least, points) for least, points in pairs], _whole(table, "below"), order)


def _dated(table: Table) -> Dated:
    sizes = [table.value(key, int, required=False) for key in ("cap", "half_life", "window")]
    return Dated(_whole(table, "each"), *sizes)


_PAIR: Final = 2

_SCALES: Final[Mapping[str, Callable[[Table], Scale]]] = {
    "yes": lambda table: YesNo(_whole(table, "yes"), _whole(table, "no")),
    "filled": lambda table: Filled(_whole(table, "filled"), _whole(table, "blank")),
    "words": _words,
    "at_least": _number,
    "each": _dated,
}
"""The key that tells a scale, with what reads it."""
