"""The fields and facts that the names of columns say, and the plain layout of one header."""

from collections.abc import Iterable, Mapping
from typing import Final

from attrs import evolve

from leadqual.contacts.headings import fact_of, field_of, listed, plain_words
from leadqual.contacts.record import READERS
from leadqual.intake.headers import Header
from leadqual.intake.layout_file import LAYOUTS
from leadqual.intake.layouts import CellTest, FieldRule, Layout, TestKind
from leadqual.taxonomy.vocabulary import normalize

PLAIN: Final = LAYOUTS["plain"]  # with our own words alone
_PARTS: Final[tuple[str, ...]] = ("first_name", "middle_name", "last_name")


def is_listed(text: str, *path: str) -> bool:
    return plain_words(text) in listed(*path)


def fields_named(names: Iterable[str]) -> Mapping[str, FieldRule]:
    """Return the fields that columns are named like, in any language."""
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(field_of(name) or "", []).append(name)
    whole, parts = found.get("name", []), {part: found[part][0] for part in _PARTS if part in found}
    missing = {"first_name", "last_name"} - parts.keys()
    # A "Name" beside a first name alone is the last name; beside a last name alone, the first.
    if len(missing) == len(whole) == 1 and _is_half(whole[0]):
        parts[missing.pop()] = whole.pop()
    rules = {field: FieldRule(tuple(columns)) for field, columns in found.items()}
    if parts:
        rules["name"] = FieldRule(tuple(whole), tuple(parts[part] for part in _PARTS if part in parts))
    return {field: rules[field] for field in READERS if field in rules}


def plain_layout(header: Header) -> Layout:
    """Return the plain layout, with every column of a header that is named like a field or a fact."""
    own = [column for column, _ in PLAIN.uses]
    names = [name for name in distinct(header) if not is_listed(name, "headings", "field", "id", "shared")]
    more = [name for name in names if normalize(name) not in own and (field_of(name) or fact_of(name))]
    if header.holds_contacts or not more:
        return PLAIN
    names.sort(key=lambda name: [*own, normalize(name)].index(normalize(name)))
    named = fields_named(names)
    facts = ((fact_of(name), CellTest(name, TestKind.YES_NO, denies=True)) for name in more)
    return evolve(
        PLAIN,
        fields=tuple((field, named.get(field, rule)) for field, rule in PLAIN.fields),
        facts=(*PLAIN.facts, *((fact, (test,)) for fact, test in facts if fact)),
    )


def distinct(header: Header) -> list[str]:
    """Return the names of the columns that are there once, without those that this library added."""
    names = (name for index, name in enumerate(header.names) if not header.is_ours(index))
    return [name for name in names if len(header.find(name)) == 1]


def names_people(header: Header) -> bool:
    """Return whether a list of people has such columns: an address, or what somebody did.

    An id or a name alone is no sign, for every list has one; nor is the telephone number of a firm.
    """
    fields = {name: field_of(name) for name in header.names}
    firm = any(is_listed(name, "headings", "firm", "name") for name in fields)
    about = any(is_listed(name, "headings", "firm", "about") for name in fields)
    named = {*_PARTS, "name"}
    person = any(field in named and (firm or not _is_half(name)) for name, field in fields.items())
    called = "phone" in fields.values() and (person or not (firm or about))
    return called or "email" in fields.values() or any(map(fact_of, fields))


def _is_half(name: str) -> bool:
    return is_listed(name, "headings", "half_name", "any")
