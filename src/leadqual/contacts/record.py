"""A record of column names and cells, read strictly into the values of a contact."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, final

from attrs import frozen

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
    """Say every fault of a record; never what it holds."""


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


@frozen
class _Plan:
    """Say what each key of a record is, found once for all records with the same keys."""

    facts: tuple[tuple[str, int], ...]
    fields: tuple[tuple[str, str, Callable[[str], object]], ...]
    extra: tuple[str, ...]
    repeated: tuple[Fault, ...]


_NO_NAME: Final = "is no name; under None, csv.DictReader puts the cells that a row has too many"


@lru_cache(maxsize=256)
def _plan(given: tuple[object, ...]) -> _Plan:
    keys = [key for key in given if isinstance(key, str)]
    folded = {key: normalize(key) for key in keys}
    words = {str(fact): BIT[fact] for fact in Fact}
    known = [key for key in keys if folded[key] in READERS or folded[key] in words]
    first = {folded[key]: key for key in reversed(known)}
    return _Plan(
        tuple((key, words[word]) for word, key in first.items() if word in words),
        tuple((key, word, READERS[word]) for word, key in first.items() if word in READERS),
        tuple(key for key in keys if key not in known),
        (
            *(
                Fault(folded[key], "is there twice; keep one of the columns")
                for key in known
                if first[folded[key]] != key
            ),
            *(Fault(f"column {key!r}", _NO_NAME) for key in given if not isinstance(key, str)),
        ),
    )


def _read_facts(record: Mapping[str, object], plan: _Plan, faults: list[Fault]) -> Evidence:
    established = denied = 0
    for key, bit in plan.facts:
        cell = record[key]
        if cell is not None and cell is not True and cell is not False:
            try:
                cell = _answer(cell)
            except CellUnreadable as error:
                faults.append(Fault(normalize(key), str(error)))
                continue
        if cell:
            established |= bit
        elif cell is False:
            denied |= bit
    return Evidence.from_bits(established, denied)


def _answer(cell: object) -> bool | None:
    if not isinstance(cell, str):
        if is_nothing(cell):
            return None
        found = type(cell).__name__
        raise CellUnreadable("yes or no", f"it is of the type {found}", "give text, True, False or None")
    text = cell.strip()
    return read_yes_no(text) if text else None


def _text(cell: object) -> str:
    if not isinstance(cell, str):
        raise CellUnreadable("text", f"it is of the type {type(cell).__name__}", "give text or None")
    return cell.strip()


def _read_fields(
    record: Mapping[str, object], plan: _Plan, faults: list[Fault], region: str | None
) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for key, name, read in plan.fields:
        cell = record[key]
        if not isinstance(cell, str) and is_nothing(cell):
            continue
        try:
            text = _text(cell)
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
    """Return the arguments of the contact that a record describes; see `Contact.from_record`.

    Raises:
        RecordUnreadable: If any cell cannot be read.
        WrongType: If *record* is no mapping.
        WrongValue: If no country has the code *region*.
    """
    require("record", record, Mapping, "a mapping of column names to cells")
    if region is not None:
        require_region(region)
    plan = _plan(tuple(record))
    faults = list(plan.repeated)
    evidence = _read_facts(record, plan, faults)
    fields = _read_fields(record, plan, faults, region)
    extra = _read_extra(record, plan, faults)
    if faults:
        raise RecordUnreadable(tuple(faults))
    return {**fields, "evidence": evidence, "extra": extra}
