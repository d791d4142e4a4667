"""The value mapping, or crosswalk, both ways: what a record of a system means, and what is written in it."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain
from typing import Final, final

from attrs import evolve, frozen

from leadqual.classification.classification import Classification
from leadqual.contacts.contact import Contact
from leadqual.contacts.headings import field_of
from leadqual.errors import require
from leadqual.systems.layout import OURS
from leadqual.systems.mapping import ValueMapping, ValueMeaning
from leadqual.systems.system import System
from leadqual.taxonomy.facts import Evidence, Fact, bits_of, each_of
from leadqual.taxonomy.stages import Source, Stage, down_set, headline
from leadqual.taxonomy.vocabulary import normalize

VERDICT: Final = ("stage", "qualification", "standing", "score")
"""The words of a classification that custom fields hold, each after the prefix of this library."""


def interpret(
    record: Mapping[str, object],
    system: System,
    *,
    region: str | None = None,
    consent_in: Iterable[str] = (),
    no_consent_in: Iterable[str] = (),
) -> Contact:
    """Return the contact that a record of *system* describes: what its values claim and establish.

    A field with a value mapping is found by its name in the system or in a file, in any case. The rest, such
    as a value that is not listed, is read by `Contact.from_record`, which examines every column for consent.

    Raises:
        RecordUnreadable: If `Contact.from_record` cannot read the rest, or a column may say no to contact.
    """
    require("record", record, Mapping, "a mapping of fields to values")
    require("system", system, System, "a System", "take one from SYSTEMS")
    fields = _fields(system)
    understood, meanings = set[str](), list[ValueMeaning]()
    for name, value in record.items():
        if value is not None and (mapping := fields.get(normalize(str(name)))):
            known, unlisted = mapping.read(str(value))
            meanings += known
            understood |= set() if unlisted else {name}
    rest = {name: value for name, value in record.items() if name not in understood or not field_of(name)}
    contact = Contact.from_record(rest, region=region, consent_in=consent_in, no_consent_in=no_consent_in)
    claims = [stage for stage in (contact.claimed_stage, *(each.stage for each in meanings)) if stage]
    return evolve(
        contact,
        claimed_stage=headline(claims) if claims else None,
        evidence=contact.evidence | Evidence.of(*chain.from_iterable(each.facts for each in meanings)),
        source=next((each.source for each in meanings if each.source), contact.source),
        extra=[(name, value) for name, value in contact.extra if name not in understood],
    )


@lru_cache(64)
def _fields(system: System) -> Mapping[str, ValueMapping]:
    return {normalize(name): each for each in system.values for name in (each.name, *each.columns)}


@final
@frozen
class Expressed:
    """A classification as it is written in another system, and what is lost by that.

    Attributes:
        values: Each field that is written, with its value.
        lost_stages: The stages reached that the values, when read back, neither claim nor prove.
        lost_facts: The established facts that the values, when read back, do not establish.
        lost_source: The source, if no value says it.
    """

    values: tuple[tuple[str, str], ...]
    lost_stages: tuple[Stage, ...]
    lost_facts: tuple[Fact, ...]
    lost_source: Source | None


def express(
    verdict: Classification, system: System, *, source: Source | None = None, standard_fields: bool = False
) -> Expressed:
    """Return what is written in *system* about a classified contact that comes from *source*.

    Custom fields, such as ``leadqual_stage``, take the words of this library. With *standard_fields* the
    system's own fields are written instead, which replaces what they say: each takes, among the values that
    may be written, the one that says most of what is witnessed, and never more. What ends or forbids contact
    comes first, then the stage, then other facts; a field without such a value is left out.
    """
    require("verdict", verdict, Classification, "a Classification", "classify the contact first")
    require("system", system, System, "a System", "take one from SYSTEMS")
    require("source", source, (Source, type(None)), "a Source or None")
    require("standard_fields", standard_fields, bool, "True or False")
    return _expressed(verdict, system if standard_fields else None, source)


@lru_cache(25_344)  # the sets of facts that are closed
def _expressed(verdict: Classification, system: System | None, source: Source | None) -> Expressed:
    if system:
        chosen = dict(_chosen(verdict, system, source))
    else:
        chosen = {f"{OURS}{word}": ValueMeaning(str(getattr(verdict, word))) for word in VERDICT}
        told = (each.facts for each in verdict.reasons if each.conclusion is verdict.standing)
        facts = tuple(chain.from_iterable(told))
        chosen[f"{OURS}stage"] = ValueMeaning(str(verdict.stage), stage=verdict.stage, facts=facts)
    meanings = chosen.values()
    kept = Evidence.of(*chain.from_iterable(each.facts for each in meanings)).bits
    said = (each.conclusion for each in verdict.reasons if not bits_of(each.facts) & ~kept)
    lost = verdict.reached.difference(down_set(each.stage for each in meanings if each.stage), said)
    return Expressed(
        tuple((name, meaning.value) for name, meaning in chosen.items()),
        tuple(filter(lost.__contains__, Stage)),
        tuple(each_of(verdict.evidence.bits & ~kept)),
        None if source in {each.source for each in meanings} else source,
    )


def _chosen(
    verdict: Classification, system: System, source: Source | None
) -> Iterator[tuple[str, ValueMeaning]]:
    witnessed = {None, *(reason.conclusion for reason in verdict.reasons if not reason.implied)}
    known = verdict.evidence.bits
    for mapping in system.values:
        for each in mapping.writable:
            if each.stage in witnessed and each.source in (None, source) and not each.bits & ~known:
                yield mapping.name, each
                break
