"""Scorecards as TOML: the text of a card, and the card of a text."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from attrs import asdict, fields

from leadqual.scales import Dated, Filled, Number, Scale, Words, YesNo
from leadqual.scoring import CardProblem, Scorecard, ScorecardRefused
from leadqual.signals import DEFAULT_GROUP, Group, Signal
from leadqual.vocabulary import nearest

_SCALES: Final[Mapping[str, type[Scale]]] = {
    "yes": YesNo,
    "filled": Filled,
    "words": Words,
    "at_least": Number,
    "each": Dated,
}
"""The key that tells a scale; the others are its fields."""

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_TOP: Final = ("name", "version", "base", "doubling", "groups", "signals")
_SYNTAX: Final = re.compile(r"(?P<reason>.*) \(at (?P<place>.*)\)")


def scorecard_to_toml(card: Scorecard) -> str:
    """Return *card* as TOML, to be kept, edited by hand, and read back equal."""
    lines = [f"name = {_text(card.name)}", f"version = {_text(card.version)}", f"base = {card.base}"]
    if card.doubling is not None:
        lines.append(f"doubling = {card.doubling!r}  # points that stand for twice the odds")
    lines += ["", "[groups]", *(f"{_key(group.name)} = {_bounds(group)}" for group in card.groups)]
    for signal in card.signals:
        lines += ["", f"[signals.{_key(signal.name)}]"]
        if signal.column != signal.name:
            lines.append(f"column = {_text(signal.column)}")
        lines.append(f"group = {_text(signal.group)}")
        lines += _scale_lines(signal)
    return "\n".join(lines) + "\n"


def _scale_lines(signal: Signal) -> Iterator[str]:
    table: dict[str, Any] = asdict(signal.scale, recurse=False)
    words = table.pop("words", None)
    for key, value in table.items():
        if key == "at_least":
            pairs = ", ".join(f"[{_number(least)}, {points}]" for least, points in value)
            yield f"at_least = [{pairs}]"
        elif value is not None and value != "":
            yield f"{key} = {_text(value) if isinstance(value, str) else value}"
    if words is not None:
        yield f"[signals.{_key(signal.name)}.words]"
        yield from (f"{_key(word)} = {points}" for word, points in words)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _text(name)


def _number(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < 1 << 53 else repr(number)


def _bounds(group: Group) -> str:
    if group.highest is not None:
        return str(group.highest) if group.lowest is None else f"[{group.lowest}, {group.highest}]"
    return "{}" if group.lowest is None else f"{{ lowest = {group.lowest} }}"


def scorecard_from_toml(text: str, *, file: str = "") -> Scorecard:
    """Return the card that TOML *text* describes; *file* is what errors call it.

    Raises:
        ScorecardRefused: If it cannot be read or makes no card; every problem in a line of its own.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _SYNTAX.fullmatch(str(error))
        place, reason = (found["place"], found["reason"]) if found else ("the text", str(error))
        problem = CardProblem(place, f"is no TOML: {reason[:1].lower()}{reason[1:]}")
        raise ScorecardRefused((problem,), file) from None
    problems: list[CardProblem] = [*_unknown_keys("", data, _TOP)]
    if "name" not in data:
        problems.append(CardProblem("name", 'is missing; write name = "…"'))
    groups = tuple(_groups(data.get("groups", {}), problems))
    signals = tuple(_signals(data.get("signals", {}), problems))
    doubling = data.get("doubling")
    if doubling is not None and type(doubling) is not float:
        problems.append(CardProblem("doubling", "must be a number with a decimal point, or left out"))
    if signals or not problems:
        try:
            card = Scorecard(
                data.get("name", "unnamed"),
                version=data.get("version", "1"),
                signals=signals,
                base=data.get("base", 0),
                groups=groups,
                doubling=doubling,
            )
        except ScorecardRefused as refused:
            problems += refused.problems
        else:
            if not problems:
                return card
    raise ScorecardRefused(tuple(problems), file)


def _unknown_keys(where: str, table: Mapping[str, object], allowed: tuple[str, ...]) -> Iterator[CardProblem]:
    for key in table:
        if key not in allowed:
            near = nearest(key, allowed)
            hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(allowed)}"
            yield CardProblem(f"{where}{key}", f"no such key; {hint}")


def _groups(table: object, problems: list[CardProblem]) -> Iterator[Group]:
    if not isinstance(table, dict):
        problems.append(CardProblem("groups", "must be a table; write [groups]"))
        return
    for name, given in cast("dict[str, Any]", table).items():
        match given:
            case int():
                yield Group(name, None, given)
            case [lowest, highest]:
                yield Group(name, lowest, highest)
            case {} if set(given) <= {"lowest", "highest"}:
                yield Group(name, given.get("lowest"), given.get("highest"))
            case _:
                problems.append(
                    CardProblem(f"groups.{name}", "must be the most points, or a pair such as [-20, 50]")
                )
                yield Group(name)


def _signals(table: object, problems: list[CardProblem]) -> Iterator[Signal]:
    if not isinstance(table, dict):
        problems.append(CardProblem("signals", "must be tables; write [signals.name]"))
        return
    for name, given in cast("dict[str, object]", table).items():
        found = list(_signal_problems(name, given))
        problems += found
        if not found:
            keys = dict(cast("dict[str, Any]", given))
            column, group = keys.pop("column", name), keys.pop("group", DEFAULT_GROUP)
            scale = next(_SCALES[key] for key in _SCALES if key in keys)
            yield Signal(name, scale(**keys), column, group)


def _signal_problems(name: str, given: object) -> Iterator[CardProblem]:
    where = f"signals.{name}"
    if not isinstance(given, dict):
        yield CardProblem(where, f"must be a table; write [signals.{name}]")
        return
    table = cast("dict[str, object]", given)
    kinds = [key for key in _SCALES if key in table]
    if len(kinds) != 1:
        yield CardProblem(where, f"must have one of {', '.join(_SCALES)}; it has {len(kinds)}")
        return
    allowed = tuple(each.name for each in fields(_SCALES[kinds[0]]))
    yield from _unknown_keys(f"{where}.", table, ("column", "group", *allowed))
    for key in ("column", "group"):
        if not isinstance(table.get(key, ""), str):
            yield CardProblem(f"{where}.{key}", "must be a text")
    if not isinstance(table.get("words", {}), dict):
        yield CardProblem(f"{where}.words", "must be a table of words and points")
    pairs = table.get("at_least", [])
    if not isinstance(pairs, list) or not all(_is_pair(pair) for pair in cast("list[object]", pairs)):
        yield CardProblem(f"{where}.at_least", "must be pairs such as [[1, 2], [5, 6]]")


def _is_pair(pair: object) -> bool:
    return isinstance(pair, list) and len(cast("list[object]", pair)) == len(("threshold", "points"))
