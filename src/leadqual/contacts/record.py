"""A record of column names and cells, read strictly into the values of a contact."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple, final

from leadqual.contacts.cells import (
    CellUnreadable,
    Scalar,
    is_nothing,
    read_email,
    read_phone,
    read_yes_no,
    scalar,
)
from leadqual.contacts.phones import require_region
from leadqual.errors import Fault, LeadqualError, Refused, require
from leadqual.taxonomy.facts import BIT, Evidence, Fact
from leadqual.taxonomy.stages import Source, Stage
from leadqual.taxonomy.vocabulary import UnknownWord, normalize

Extra = tuple[tuple[str, Scalar], ...]


@final
class RecordUnreadable(Refused):
    """Raised for an unreadable record; lists every fault, and nothing that the record holds."""


READERS: Final[Mapping[str, Callable[[str], object]]] = {
    "id": str,
    "name": str,
    "email": read_email,
    "phone": read_phone,
    "source": lru_cache(Source.parse),
    "campaign": str,
    "claimed_stage": lru_cache(Stage.parse),
}
"""The fields that a column can be named like, each with what reads its cells."""

_WORDS: Final = {str(fact): BIT[fact] for fact in Fact}
_NO_NAME: Final = "is not a name; under None, csv.DictReader puts the cells that a row has too many"


class _Plan(NamedTuple):
    """The columns of all records with the same keys."""

    facts: tuple[tuple[str, int], ...]
    fields: tuple[tuple[str, str, Callable[[str], object]], ...]
    extra: tuple[str, ...]
    faults: tuple[Fault, ...]


@lru_cache(maxsize=256)
def _plan(keys: tuple[object, ...]) -> _Plan:
    first: dict[str, str] = {}
    extra: list[str] = []
    faults: list[Fault] = []
    for key in keys:
        if not isinstance(key, str):
            faults.append(Fault(f"column {key!r}", _NO_NAME))
        elif (word := normalize(key)) not in READERS and word not in _WORDS:
            extra.append(key)
        elif first.setdefault(word, key) != key:
            faults.append(Fault(word, "is there twice; keep one of the columns"))
    facts = tuple((key, _WORDS[word]) for word, key in first.items() if word in _WORDS)
    fields = tuple((key, word, READERS[word]) for word, key in first.items() if word in READERS)
    return _Plan(facts, fields, tuple(extra), tuple(faults))


def _text(cell: object, reading: str, accepted: str) -> str | None:
    """Return the trimmed text of a cell; None if it is blank or missing."""
    if isinstance(cell, str):
        return cell.strip() or None
    if is_nothing(cell):
        return None
    raise CellUnreadable(reading, f"it is of the type {type(cell).__name__}", f"give {accepted}")


def _read_facts(record: Mapping[str, object], plan: _Plan, faults: list[Fault]) -> Evidence:
    established = denied = 0
    for key, bit in plan.facts:
        cell = record[key]
        try:
            if cell is not None and cell is not True and cell is not False:
                text = _text(cell, "yes or no", "text, True, False or None")
                cell = read_yes_no(text) if text else None
        except CellUnreadable as error:
            faults.append(Fault(normalize(key), str(error)))
        else:
            established |= bit if cell else 0
            denied |= bit if cell is False else 0
    return Evidence.from_bits(established, denied)


def _read_fields(
    record: Mapping[str, object], plan: _Plan, faults: list[Fault], region: str | None
) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for key, name, read in plan.fields:
        try:
            text = _text(record[key], "text", "text or None")
            if text:
                fields[name] = read_phone(text, region) if read is read_phone else read(text)
        except CellUnreadable as error:
            faults.append(Fault(name, str(error)))
        except UnknownWord as error:
            choices = ", ".join(error.choices)
            faults.append(Fault(name, f"not a known {error.kind}; write one of {choices}"))
    return fields


def _read_extra(record: Mapping[str, object], plan: _Plan, faults: list[Fault]) -> Extra:
    extra: list[tuple[str, Scalar]] = []
    for key in plan.extra:
        try:
            extra.append((key, scalar(record[key])))
        except LeadqualError as error:
            faults += (Fault(normalize(key), fault.reason) for fault in error.faults)
    return tuple(extra)


def read_record(record: Mapping[str, object], region: str | None) -> dict[str, Any]:
    """Return the arguments of the contact that a record describes; see `Contact.from_record`."""
    require("record", record, Mapping, "a mapping of column names to cells")
    if region is not None:
        require_region(region)
    plan = _plan(tuple(record))
    faults = list(plan.faults)
    evidence = _read_facts(record, plan, faults)
    fields = _read_fields(record, plan, faults, region)
    extra = _read_extra(record, plan, faults)
    if faults:
        raise RecordUnreadable(tuple(faults))
    return {**fields, "evidence": evidence, "extra": extra}
