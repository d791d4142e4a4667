"""A record of column names and cells, read strictly into the values of a contact."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple, final

from leadqual.contacts import cells
from leadqual.contacts.consent import (
    ConsentKind,
    ConsentReader,
    ConsentReading,
    column_kind,
    faults_in_ways_out,
    text_of,
)
from leadqual.contacts.headings import IDENTITY, columns_by_field, fact_of, field_of, listed, plain_words
from leadqual.contacts.phones import require_region
from leadqual.contacts.values import is_blank, read_answer
from leadqual.errors import Fault, LeadqualError, Refused, require, require_items
from leadqual.taxonomy.facts import BIT, FACTS, Evidence, Fact
from leadqual.taxonomy.stages import Source, Stage
from leadqual.taxonomy.vocabulary import UnknownWord, Word, nearest, normalize

_Extra = tuple[str, cells.Scalar]
Extra = tuple[_Extra, ...]


@final
class RecordUnreadable(Refused):
    """Raised for an unreadable record; lists every fault, and nothing that the record holds."""


READERS: Final[Mapping[str, Callable[[str], object]]] = {
    "id": str,
    "name": str,
    "email": cells.read_email,
    "phone": cells.read_phone,
    "source": lru_cache(Source.parse),
    "campaign": str,
    "claimed_stage": lru_cache(Stage.parse),
}
"""The fields that a column can be named after, each with the function that reads its cells."""

WORDS: Final[Mapping[str, type[Word]]] = {"source": Source, "claimed_stage": Stage}
"""Those of them that hold one of the library's words."""

# The library's own names for them, which come before others.
_OTHERS: Final = "full_name first_name last_name e_mail email_address phone_number mobile stage"
_OWN: Final = (*READERS, *_OTHERS.split())
_OPTED_OUT: Final = BIT[Fact.OPTED_OUT]
_KEPT: Final = frozenset({"phone", "source", "claimed_stage", str(Fact.OPTED_OUT)})
_answer: Final = lru_cache(4_096)(read_answer)
_evidence: Final = lru_cache(4_096)(Evidence.from_bits)
_NO_NAME: Final = "is not a name; csv.DictReader stores the surplus cells of a row under None"
_STOPS: Final = (
    "may say that the person does not want to be contacted; give consent_in=[{0!r}] if a no there means so, "
    "or no_consent_in=[{0!r}] if nothing there is about consent"
)
_Unread = list[tuple[str, Fault]]  # the columns that are kept as extra ones, unless reading is strict


class _Plan(NamedTuple):
    facts: tuple[tuple[str, int], ...]
    fields: tuple[tuple[str, str, Callable[[str], object]], ...]
    several: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]  # fields of more than one column
    extra: tuple[str, ...]
    told: tuple[str, ...]  # those that may speak of consent
    stopping: int  # how many of them, from the first, may stop the record
    consent: ConsentReader
    faults: tuple[Fault, ...]


@lru_cache(maxsize=256)
def _plan(
    keys: tuple[object, ...], consent_in: tuple[str, ...], no_consent_in: tuple[str, ...], *, strict: bool
) -> _Plan:
    words = {key: normalize(key) for key in keys if isinstance(key, str)}
    times = Counter(words.values())
    faults = [Fault(f"column {key!r}", _NO_NAME) for key in keys if key not in words]
    twice = [word for word, number in times.items() if number > 1 and (word in _OWN or word in FACTS)]
    faults += (Fault(word, "is there twice; keep one of the columns") for word in twice)
    own_first = sorted(words, key=lambda key: [*_OWN, words[key]].index(words[key]))
    shared = listed("headings", "field", "id", "shared")
    alone = [key for key in own_first if times[words[key]] == 1 and plain_words(key) not in shared]
    more = any((field_of(key) or fact_of(key)) and words[key] not in (*_OWN, *FACTS) for key in alone)
    named = columns_by_field(alone, halves=more)
    facts = {key: fact for key in words if key in alone and (fact := fact_of(key))}
    used = {key: field for field, groups in named.items() for columns in groups for key in columns}
    single = {columns[0]: field for field, (columns, _) in named.items() if len(columns) == 1}
    extra = [key for key in words if key not in facts and key not in single]
    for key in extra if strict else ():
        near = nearest(key, (*READERS, *FACTS)) if column_kind(key) is ConsentKind.NONE else ()
        if near and key not in used and words[key] not in twice:
            faults.append(Fault(f"column {key!r}", f"is not known; did you mean {near[0]}?"))
    faults += faults_in_ways_out(extra, consent_in, no_consent_in)
    several = {field: named[field] for field in named if len(named[field][0]) != 1 or named[field][1]}
    fields = {key: field for key, field in single.items() if field not in several} | {f: f for f in several}
    first = {columns[0] for field, (columns, _) in named.items() if field in ("id", "email") and columns}
    told = [key for key in words if key not in facts and key not in first]
    told.sort(key=lambda key: used.get(key, "id") not in IDENTITY)
    return _Plan(
        tuple((key, BIT[fact]) for key, fact in facts.items()),
        tuple((key, field, READERS[field]) for key, field in fields.items()),
        tuple((field, *columns) for field, columns in several.items()),
        tuple(extra),
        tuple(told),
        sum(used.get(key, "id") in IDENTITY for key in told),
        ConsentReader(dict(enumerate(told)), consent_in, no_consent_in, ignored=used),
        tuple(faults),
    )


def _first_filled(record: Mapping[str, object], columns: Iterable[str], joined: Iterable[str]) -> object:
    filled = (record[key] for key in columns if not is_blank(record[key]))
    parts = (text_of(record[key]).strip() for key in joined if not is_blank(record[key]))
    return next(filled, " ".join(parts))


def _read_facts(
    record: Mapping[str, object], plan: _Plan, faults: list[Fault], unread: _Unread, *, strict: bool
) -> tuple[int, int]:
    established = denied = 0
    for key, bit in plan.facts:
        cell = record[key]
        if cell is not None and cell is not True and cell is not False:
            try:
                cell = _answer(cell) if type(cell) is str else read_answer(cell)
            except cells.CellUnreadable as error:
                fault, cell = Fault(normalize(key), str(error)), True  # an opt-out that cannot be read is one
                if strict or bit != _OPTED_OUT:
                    faults.append(fault)
                else:
                    unread.append((key, fault))
        if cell:
            established |= bit
        elif cell is False:
            denied |= bit
    return established, denied


def _read_fields(
    record: Mapping[str, object], plan: _Plan, unread: _Unread, region: str | None
) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for key, name, read in plan.fields:
        cell = record[key]
        text = cell.strip() if isinstance(cell, str) else ""
        if not (cell is None or isinstance(cell, str) or cells.is_nothing(cell)):
            reason = f"not text: it is of the type {type(cell).__name__}; give text or None"
            unread.append((key, Fault(name, reason)))
        try:
            if text:
                fields[name] = cells.read_phone(text, region) if read is cells.read_phone else read(text)
        except cells.CellUnreadable as error:
            unread.append((key, Fault(name, str(error))))
        except UnknownWord as error:
            reason = f"not a known {error.kind}; write one of {', '.join(error.choices)}"
            unread.append((key, Fault(name, reason)))
    return fields


def _read_extra(record: Mapping[str, object], plan: _Plan, faults: list[Fault]) -> list[_Extra]:
    extra: list[_Extra] = []
    for key in plan.extra:
        try:
            extra.append((key, cells.scalar(record[key])))
        except LeadqualError as error:
            faults += (Fault(f"column {key!r}", fault.reason) for fault in error.faults)
    return extra


def _names(argument: str, given: Iterable[str]) -> tuple[str, ...]:
    if given.__class__ is tuple and not given:  # as nearly always
        return ()
    require_items(argument, given, "names of columns")
    names = tuple(given)
    for name in names:
        require("consent_in and no_consent_in", name, str, "names of columns")
    return names


def read_record(
    record: Mapping[str, object],
    region: str | None,
    consent_in: Iterable[str] = (),
    no_consent_in: Iterable[str] = (),
    *,
    strict: bool = False,
) -> dict[str, Any]:
    """Return the arguments of the contact that a record describes; see `Contact.from_record`."""
    require("record", record, Mapping, "a mapping of column names to cells")
    if region is not None:
        require_region(region)
    told_in, exempt = _names("consent_in", consent_in), _names("no_consent_in", no_consent_in)
    plan = _plan(tuple(record), told_in, exempt, strict=strict)
    faults = list(plan.faults)
    unread: _Unread = []
    established, denied = _read_facts(record, plan, faults, unread, strict=strict)
    cell_of = record
    if plan.several:
        cell_of = {**record, **{field: _first_filled(record, *columns) for field, *columns in plan.several}}
    fields = _read_fields(cell_of, plan, unread, region)
    extra = _read_extra(record, plan, faults) if plan.extra else []
    told = [cell if type(cell := record[key]) is str else text_of(cell) for key in plan.told]
    said = plan.consent.read(list(map(str.strip, told))) if told else ()
    if said and any(what is ConsentReading.OPTED_OUT for _, what in said):
        established |= _OPTED_OUT
    if said and not established & _OPTED_OUT:
        stops = (i for i, what in said if what is ConsentReading.STOPS and i < plan.stopping)
        faults += (Fault(f"column {plan.told[i]!r}", _STOPS.format(plan.told[i])) for i in stops)
    for key, fault in unread:
        if strict or fault.where not in _KEPT:
            faults.append(fault)
        elif key in record and key not in plan.extra:
            extra.append((key, cells.scalar(record[key])))
    if faults:
        raise RecordUnreadable(tuple(faults))
    fields["evidence"], fields["extra"] = _evidence(established, denied), tuple(extra)
    return fields
