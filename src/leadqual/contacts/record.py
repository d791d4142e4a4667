"""A record of column names and cells, read strictly into the values of a contact."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple, final

from leadqual.contacts import cells
from leadqual.contacts.consent import (
    ConsentKind,
    ConsentReader,
    ConsentReading,
    column_kind,
    opts_out,
    text_of,
)
from leadqual.contacts.phones import require_region
from leadqual.contacts.values import read_answer
from leadqual.errors import Fault, LeadqualError, Refused, require, require_items
from leadqual.taxonomy.facts import BIT, FACTS, Evidence, Fact
from leadqual.taxonomy.stages import Source, Stage
from leadqual.taxonomy.vocabulary import UnknownWord, nearest, normalize

Extra = tuple[tuple[str, cells.Scalar], ...]


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

_ALIASES: Final = {"stage": "claimed_stage"}
_OPTED_OUT: Final = BIT[Fact.OPTED_OUT]
_TEXTS: Final = ("name", "phone")
_WORDED: Final = ("source", "campaign", "claimed_stage")
_KEPT: Final = frozenset({"phone", "source", "claimed_stage", str(Fact.OPTED_OUT)})
_answer: Final = lru_cache(4_096)(read_answer)
_NO_NAME: Final = "is not a name; csv.DictReader stores the surplus cells of a row under None"
_STOPS: Final = (
    "may say that the person does not want to be contacted; give consent_in=[{0!r}] if a no there means so, "
    "or no_consent_in=[{0!r}] if nothing there is about consent"
)


_Unread = list[tuple[str, Fault]]  # the columns that are kept as extra ones, unless reading is strict


class _Plan(NamedTuple):
    facts: tuple[tuple[str, int], ...]
    fields: tuple[tuple[str, str, Callable[[str], object]], ...]
    extra: tuple[str, ...]
    told: tuple[str, ...]  # those that may speak of consent
    stopping: int  # how many of them, from the first, may stop the record
    consent: ConsentReader
    faults: tuple[Fault, ...]


@lru_cache(maxsize=256)
def _plan(
    keys: tuple[object, ...], consent_in: tuple[str, ...], no_consent_in: tuple[str, ...], *, strict: bool
) -> _Plan:
    first: dict[str, str] = {}
    extra: list[str] = []
    faults: list[Fault] = []
    for key in keys:
        word = _ALIASES.get(normalize(key), normalize(key)) if isinstance(key, str) else ""
        if not isinstance(key, str):
            faults.append(Fault(f"column {key!r}", _NO_NAME))
        elif word in READERS or word in FACTS:
            if first.setdefault(word, key) != key:
                faults.append(Fault(word, "is there twice; keep one of the columns"))
        else:
            extra.append(key)
            near = nearest(key, (*READERS, *FACTS)) if strict and column_kind(key) is ConsentKind.NONE else ()
            if near:
                faults.append(Fault(f"column {key!r}", f"is not known; did you mean {near[0]}?"))
    told_in, exempt = set(map(normalize, consent_in)), set(map(normalize, no_consent_in))
    for argument, named in (("consent_in", told_in), ("no_consent_in", exempt)):
        missing = sorted(named.difference(map(normalize, extra)))
        faults += (Fault(argument, f"names {name!r}, which is not a further column") for name in missing)
    twice = sorted({*(told_in & exempt), *filter(opts_out, told_in)})
    faults += (
        Fault("consent_in", f"names {name!r}, which says the opposite; leave it out") for name in twice
    )
    facts = tuple((key, BIT[FACTS[word]]) for word, key in first.items() if word in FACTS)
    fields = tuple((key, word, READERS[word]) for word, key in first.items() if word in READERS)
    texts = [key for key, name, _ in fields if name in _TEXTS]
    words = [key for key, name, _ in fields if name in _WORDED]
    told = (*extra, *texts, *words)
    consent = ConsentReader(
        dict(enumerate(told)), consent_in=consent_in, no_consent_in=no_consent_in, ignored=(*texts, *words)
    )
    return _Plan(facts, fields, tuple(extra), told, len(extra) + len(texts), consent, tuple(faults))


def _read_facts(
    record: Mapping[str, object], plan: _Plan, faults: list[Fault], unread: _Unread, *, strict: bool
) -> tuple[int, int]:
    """Return the facts that are established and denied, as bits."""
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
        established |= bit if cell else 0
        denied |= bit if cell is False else 0
    return established, denied


def _read_fields(
    record: Mapping[str, object], plan: _Plan, unread: _Unread, region: str | None
) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for key, name, read in plan.fields:
        cell = record[key]
        text = cell.strip() if isinstance(cell, str) else ""
        if not (isinstance(cell, str) or cells.is_nothing(cell)):
            reason = f"not text: it is of the type {type(cell).__name__}; give text or None"
            unread.append((key, Fault(name, reason)))
        try:
            if text:
                fields[name] = cells.read_phone(text, region) if read is cells.read_phone else read(text)
        except cells.CellUnreadable as error:
            unread.append((key, Fault(name, str(error))))
        except UnknownWord as error:
            choices = ", ".join(error.choices)
            unread.append((key, Fault(name, f"not a known {error.kind}; write one of {choices}")))
    return fields


def _read_extra(
    record: Mapping[str, object], plan: _Plan, faults: list[Fault]
) -> list[tuple[str, cells.Scalar]]:
    extra: list[tuple[str, cells.Scalar]] = []
    for key in plan.extra:
        try:
            extra.append((key, cells.scalar(record[key])))
        except LeadqualError as error:
            faults += (Fault(normalize(key), fault.reason) for fault in error.faults)
    return extra


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
    if not (type(consent_in) is type(no_consent_in) is tuple) or consent_in or no_consent_in:
        require_items("consent_in", consent_in, "names of columns")
        require_items("no_consent_in", no_consent_in, "names of columns")
        consent_in, no_consent_in = tuple(consent_in), tuple(no_consent_in)
        for name in (*consent_in, *no_consent_in):
            require("consent_in and no_consent_in", name, str, "names of columns")
    plan = _plan(tuple(record), tuple(consent_in), tuple(no_consent_in), strict=strict)
    faults = list(plan.faults)
    unread: _Unread = []
    established, denied = _read_facts(record, plan, faults, unread, strict=strict)
    fields = _read_fields(record, plan, unread, region)
    extra = _read_extra(record, plan, faults)
    said = plan.consent.read([text_of(record[key]).strip() for key in plan.told]) if plan.told else ()
    if said and any(what is ConsentReading.OPTED_OUT for _, what in said):
        established |= _OPTED_OUT
    if said and not established & _OPTED_OUT:
        stops = (i for i, what in said if what is ConsentReading.STOPS and i < plan.stopping)
        faults += (Fault(f"column {plan.told[i]!r}", _STOPS.format(plan.told[i])) for i in stops)
    for key, fault in unread:
        if strict or fault.where not in _KEPT:
            faults.append(fault)
        else:
            extra.append((key, cells.scalar(record[key])))
    if faults:
        raise RecordUnreadable(tuple(faults))
    return {**fields, "evidence": Evidence.from_bits(established, denied), "extra": extra}
