"""How the text of a cell becomes a field of a contact."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

from leadqual.contacts.cells import NO_COUNTRY, ROLE_MAILBOXES, CellUnreadable, read_email, read_phone
from leadqual.contacts.record import READERS
from leadqual.intake.codes import Code
from leadqual.intake.layouts import FieldRule
from leadqual.intake.reading import Reading
from leadqual.taxonomy.vocabulary import UnknownWord, Word

ReadCell = Callable[[str, int, Reading], Any]
"""Read a text that is not blank, at a column; None if it says nothing that can be used."""

_MOST_VALUES: Final = 100
_SEPARATORS: Final = re.compile(r":::|[;,|\n]|\s/\s")
_SCIENTIFIC: Final = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE)
_WORD_FIELDS: Final[Mapping[str, Code]] = {
    "source": Code.WORD_UNLISTED,
    "claimed_stage": Code.CLAIM_UNKNOWN,
}


def cell_reader(name: str, rule: FieldRule, region: str | None) -> ReadCell:
    """Return what reads the cells of the field *name*."""
    if name == "email":
        return _several(rule.split, read_email, _no_email, _note_role)
    if name == "phone":
        return _several(rule.split, lambda text: read_phone(text, region), _no_phone, _note_nothing)
    if name in _WORD_FIELDS:
        return _word(rule, _WORD_FIELDS[name], READERS[name])
    return _plain(rule.split)


def _plain(split: str) -> ReadCell:
    def read(text: str, index: int, reading: Reading) -> str:
        if split and split in text:
            reading.note_and_keep(Code.SEVERAL_VALUES, index)
            text = text.partition(split)[0].strip()
        return text

    return read


def _word(rule: FieldRule, code: Code, parse: Callable[[str], Any]) -> ReadCell:
    meanings = {text: parse(word) for text, word in rule.words}
    nothing = frozenset(rule.none_of)

    def read(text: str, index: int, reading: Reading) -> Word | None:
        word: Word | None = None
        if text in nothing:
            return None
        if meanings:
            word = meanings.get(text)
        else:
            with suppress(UnknownWord):
                word = parse(text)
        if word is None:
            reading.note_and_keep(code, index)
        return word

    return read


Note = Callable[[str, int, Reading], None]


def _several(
    split: str,
    read_one: Callable[[str], str],
    fault: Callable[[str, CellUnreadable], tuple[Code, str]],
    note: Note,
) -> ReadCell:
    """Return what reads an address, or the first of several where all of them can be read."""

    def read(text: str, index: int, reading: Reading) -> str | None:
        value: str | None
        try:
            value = read_one(text)
        except CellUnreadable as error:
            value = _first(text, split, read_one)
            code, message = (Code.SEVERAL_VALUES, "") if value else fault(text, error)
            reading.note_and_keep(code, index, message)
        if value is not None:
            note(value, index, reading)
        return value

    return read


def _first(text: str, split: str, read_one: Callable[[str], str]) -> str | None:
    """Return the first of several addresses; None if there is one only, or one that cannot be read."""
    if split not in text if split else not _SEPARATORS.search(text):
        return None
    parts = [part for part in (text.split(split) if split else _SEPARATORS.split(text)) if part.strip()]
    if not 1 < len(parts) <= _MOST_VALUES:
        return None
    try:
        return next(iter([read_one(part) for part in parts]))
    except CellUnreadable:
        return None


def _no_email(_: str, error: CellUnreadable) -> tuple[Code, str]:
    return Code.EMAIL_INVALID, f"{error.reason}; {error.remedy}"


def _no_phone(text: str, error: CellUnreadable) -> tuple[Code, str]:
    if _SCIENTIFIC.fullmatch(text):
        reason = "a spreadsheet wrote it in scientific notation and its last digits are lost"
        return Code.PHONE_UNREADABLE, f"{reason}; export the column as text"
    if error.reason == NO_COUNTRY:
        return Code.REGION_MISSING, Code.REGION_MISSING.meaning
    return Code.PHONE_UNREADABLE, f"{error.reason}; {error.remedy}"


def _note_role(value: str, index: int, reading: Reading) -> None:
    if value.partition("@")[0].lower() in ROLE_MAILBOXES:
        reading.note(Code.ROLE_ADDRESS, index)


def _note_nothing(value: str, index: int, reading: Reading) -> None:
    """Note nothing; any valid number will do."""
