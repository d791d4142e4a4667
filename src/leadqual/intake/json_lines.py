"""How JSON, one object on each line or all in one array, is taken apart."""

import codecs
import json
import re
from collections.abc import Iterable, Iterator, KeysView
from contextlib import suppress
from typing import Any, Final, cast

from leadqual.intake.codes import Code
from leadqual.intake.dialects import SURROGATE
from leadqual.intake.lines import Line, LongLine
from leadqual.intake.objects import Item
from leadqual.intake.problems import Limits, refuse

_SPACE: Final = re.compile(r"\s*+")
# What stands before an object of an array, after a damaged one too.
_BOUNDARY: Final = re.compile(r'(?:(?<=\})|(?<![\s,\[\]])(?=[\s\[\]]*+,))[\s,\[\]]*+(?=\{\s*+")')
_DECODER: Final = json.JSONDecoder(parse_int=str, parse_float=str)
_LONGEST_ESCAPE: Final = 12
_LONGEST_ITEM: Final = 16  # times the limit of a record: it is read to its end, so as to find the next


def line_items(lines: Iterable[Line], encoding: str) -> Iterator[Item]:
    for line in lines:
        if isinstance(line, LongLine):
            yield Item(line.length, None, {}, Code.RECORD_TOO_LONG)
            continue
        try:
            text = line.decode(encoding)
        except UnicodeDecodeError:
            yield Item(len(line), line.decode(encoding, "surrogateescape"), {}, Code.NOT_TEXT)
            continue
        values = _values(text) if text.strip("\ufeff \t\r\n") else {}
        yield Item(len(line), text, values or {}, Code.JSON_INVALID if values is None else None)


def array_items(chunks: Iterator[bytes], encoding: str, limits: Limits) -> Iterator[Item]:
    """Yield the items of a JSON array; together they take all bytes of the file."""
    # Reading goes on after a damaged item at the next object. As that may be one inside it, what follows
    # is doubtful until an object has the keys of the first.
    decoder = codecs.getincrementaldecoder(encoding)("surrogateescape")
    text, taken, place = "", 0, 0  # an item begins at the place; what was taken ends before it
    begun = whole = damaged = told = False
    keys: KeysView[str] | None = None
    while not (whole and place == len(text)):
        found = _item_end(text, place, whole=whole) if begun else None
        if found is None:
            if len(text) - taken > _LONGEST_ITEM * limits.record_bytes:
                reason = "an item of the array is not closed, or far longer than the limit"
                raise refuse(Code.LIMIT_EXCEEDED, f"{reason}; write one object on each line (JSON Lines)")
            text, place, taken = text[taken:], place - taken, 0
            wanted = 2 * len(text)
            while not whole and len(text) <= wanted:
                chunk = next(chunks, b"")
                whole = not chunk
                text += decoder.decode(chunk, final=whole)
            if not begun:
                begun, place = True, text.index("[") + 1
            continue
        end, following, sign = found
        body = text[place:end].strip() or ("" if sign else text[place:following].strip())
        length = len(text[taken:following].encode(encoding, "surrogateescape"))
        taken = place = following
        item = Item(length, body, {}, Code.JSON_INVALID, "the item is not one JSON object")
        values = _values(body) if body else {}
        if length > limits.record_bytes:
            item = Item(length, None, {}, Code.RECORD_TOO_LONG)
        elif SURROGATE.search(body):
            item = Item(length, body, {}, Code.NOT_TEXT)
        elif values is not None:
            keys = keys or values.keys()
            damaged = damaged and values.keys() != keys
            item = Item(length, body, values, doubtful=damaged)
        yield item
        told = sign == "]" or item.fault is not None
        damaged = damaged or not sign
    if not told:
        yield Item(0, "", {}, Code.JSON_INVALID, "the array is not closed, as when a file is cut short")


def _item_end(text: str, place: int, *, whole: bool) -> tuple[int, int, str] | None:
    """Return where an item ends, where the next begins, and the sign between, if the item is not damaged."""
    begin = end = _end_of_space(text, place)
    try:
        if not text.startswith((",", "]"), begin):
            end = _end_of_space(text, _DECODER.raw_decode(text, begin)[1])
        if text.startswith(",", end):
            return end, end + 1, ","
        if text.startswith("]", end) and _end_of_space(text, end + 1) == len(text):
            return (end, len(text), "]") if whole else None
        damaged = end < len(text)
    except RecursionError:
        damaged = True
    except json.JSONDecodeError as error:
        # What is cut at the end of a chunk goes on in the next.
        damaged = not (error.msg.startswith("Unterminated") or error.pos + _LONGEST_ESCAPE >= len(text))
    if not (damaged or whole):
        return None
    if boundary := _BOUNDARY.search(text[begin:]):
        return begin + boundary.start(), begin + boundary.end(), ""
    held = text.rstrip()
    return (len(held) - held.endswith("]"), len(text), "") if whole else None


def _end_of_space(text: str, place: int) -> int:
    return cast("re.Match[str]", _SPACE.match(text, place)).end()


class _Number(str):
    __slots__ = ()


def _values(text: str) -> dict[str, str] | None:
    """Return the values of an object as texts; None if the line is not an object with distinct keys."""
    # Python versions differ in how deep they read; what was read may still be too deep to write.
    with suppress(ValueError, RecursionError):
        values = json.loads(
            text.removeprefix("\ufeff"),
            object_pairs_hook=_distinct,
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=int,  # which refuses what JSON does not have: NaN and Infinity
        )
        if isinstance(values, dict):
            items = cast("dict[str, Any]", values).items()
            return {key: _json(value, bare=True) for key, value in items}
    return None


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError
    return values


def _json(value: object, *, bare: bool = False) -> str:
    """Return a value as JSON; where it is *bare*, a text has no quotes, and null is empty."""
    if isinstance(value, _Number) or (bare and isinstance(value, str | None)):
        return str(value or "")
    if isinstance(value, list):
        return f"[{', '.join(map(_json, cast('list[object]', value)))}]"
    if isinstance(value, dict):
        items = cast("dict[str, object]", value).items()
        return f"{{{', '.join(f'{_json(key)}: {_json(item)}' for key, item in items)}}}"
    return json.dumps(value, ensure_ascii=False)
