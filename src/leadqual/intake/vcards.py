"""How the cards of a vCard file, of version 2.1, 3.0 or 4.0, become objects; a property is a column."""

import quopri
import re
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import chain
from typing import Final

from leadqual.intake.codes import Code
from leadqual.intake.decoding import known_encoding
from leadqual.intake.lines import Line
from leadqual.intake.objects import Item
from leadqual.intake.problems import Limits

_BEGIN: Final = "BEGIN:VCARD"
_END: Final = "END:VCARD"
_LEFT_OUT: Final = re.compile(r"(?:[\w-]+\.)?(?:PHOTO|LOGO|SOUND|KEY)[;:]", re.IGNORECASE)
_PROPERTY: Final = re.compile(r'(?:[\w-]+\.)?([\w-]+)((?:;(?:[^":;]|"[^"]*+")*+)*+):(.*)', re.DOTALL)
_SCHEME: Final = re.compile(r"(?:tel|mailto):", re.IGNORECASE)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_DECODERS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "QUOTED-PRINTABLE": quopri.decodestring,
    **dict.fromkeys(("BASE64", "B"), partial(b64decode, validate=True)),
}
_NAMES: Final = ("N Family", "N Given", "N Additional", "N Prefix", "N Suffix")
_UNREAD: Final = "UNREAD"  # the column of the lines of a card that cannot be read


def card_items(lines: Iterable[Line], encoding: str, limits: Limits) -> Iterator[Item]:
    """Yield each card, without photos, logos, sounds and keys, and what stands between cards."""
    texts: list[str] = []
    units = length = held = 0
    left_out = ended = False
    for line in chain(lines, (_BEGIN.encode(),)):  # what ends the last card is never yielded itself
        text = line.decode(encoding, "surrogateescape") if isinstance(line, bytes) else ""
        word = text.strip("\ufeff \t\r\n").upper()
        if units and (ended or word == _BEGIN):
            values, fault = _values(texts, encoding)
            too_long = held > limits.record_bytes or len(texts) > limits.lines
            whole = "".join(texts) if length == held and not too_long else None
            yield Item(length, whole, values, Code.RECORD_TOO_LONG if too_long else fault, units=units)
            texts, units, length, held = [], 0, 0, 0
        size = len(line)
        units, length = units + 1, length + size
        # What is left out goes on in folded lines, and in those of base64.
        left_out = bool(_LEFT_OUT.match(text)) or (left_out and (text[:1] in " \t" or ":" not in text))
        held += 0 if left_out else size
        if text and not left_out and held <= limits.record_bytes and len(texts) <= limits.lines:
            texts.append(text)
        ended = word == _END or (units == 1 and not word and isinstance(line, bytes))


def _values(texts: list[str], encoding: str) -> tuple[dict[str, str], Code | None]:
    lines = list(filter(None, _unfolded(texts)))
    if not lines:
        return {}, None
    values = {"VERSION": "", "FN": ""}
    times: Counter[str] = Counter()
    fault = None if (lines[0].upper(), lines[-1].upper()) == (_BEGIN, _END) else Code.CARD_BROKEN
    for line in lines:
        if line.upper() in {_BEGIN, _END}:
            continue
        try:
            columns = _columns(line, encoding)
        except ValueError:
            columns = {_UNREAD: values.pop(_UNREAD, "") + line + "\n"}
            times[_UNREAD], fault = 0, Code.CARD_BROKEN
        for column, value in columns.items():
            if value:
                times[column] += 1
                values[column if times[column] == 1 else f"{column} {times[column]}"] = value
    return values, fault


def _unfolded(texts: Iterable[str]) -> Iterator[str]:
    line = ""
    for text in texts:
        body = text.strip("\ufeff\r\n")
        if line.endswith("=") and "QUOTED-PRINTABLE" in line.partition(":")[0].upper():
            line = line[:-1] + body
        elif line and body.startswith((" ", "\t")):
            line += body[1:]
        elif body.strip():
            yield line
            line = body.rstrip()
    yield line


def _columns(line: str, encoding: str) -> dict[str, str]:
    match = _PROPERTY.fullmatch(line)
    if match is None:
        raise ValueError
    name, parameters, value = match[1].upper(), match[2].upper().split(";"), match[3]
    charset = {key: text for key, _, text in (each.partition("=") for each in parameters)}.get("CHARSET", "")
    data = value.encode(encoding, "surrogateescape")
    for parameter in parameters:
        data = _DECODERS.get(parameter.rpartition("=")[2], bytes)(data)
    text = data.decode(known_encoding(charset.strip('"'))[0] if charset else encoding)
    if name == "N":
        return dict(zip(_NAMES, map(_unescaped, re.split(r"(?<!\\);", text)), strict=False))
    if name in {"TEL", "EMAIL"}:
        text = _SCHEME.sub("", text, count=1)
    return {name: _unescaped(text)}


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], text).strip()
