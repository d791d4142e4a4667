"""The layout of a file, recognized by its header; fields and facts, by the names of columns."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Self, final

from attrs import evolve, frozen

from leadqual.contacts.headings import columns_by_field, fact_of, field_of, listed, plain_words
from leadqual.contacts.record import READERS
from leadqual.documents import DocumentRefused
from leadqual.errors import require
from leadqual.intake.codes import Code
from leadqual.intake.headers import Header
from leadqual.intake.problems import refuse
from leadqual.systems.layout import CellTest, FieldRule, Layout, TestKind
from leadqual.systems.system_file import LAYOUTS, from_file, signed
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.vocabulary import UnknownWord, counted, normalize

LayoutChoice = Layout | str | os.PathLike[str] | None
"""A layout, the name of a built-in one, "suggested", a TOML file, or None to recognize it by the header."""

SUGGESTED: Final = "suggested"
"""The name that asks for a layout suggested by the names of the columns and by their cells."""

PLAIN: Final = LAYOUTS["plain"]  # with our own words alone
_CLOSE: Final = 0.1


@final
@frozen(kw_only=True)
class Recognition:
    """The layout of a file, the confidence in it, and what becomes of each column."""

    layout: Layout
    confidence: float  # the share of the file's columns that the layout knows
    runner_up: str = ""  # the name of the next best layout; empty if there is none
    runner_up_confidence: float = 0.0
    mapped: tuple[tuple[str, str], ...]  # columns that are read, each with its field or fact
    ignored: tuple[str, ...]  # columns that the layout knows and does not use
    unmapped: tuple[str, ...]  # columns that the layout does not know; they are kept as extra ones
    absent: tuple[str, ...]  # columns that the layout reads and the file does not have

    def with_opt_outs(self, columns: Iterable[str]) -> Self:
        """Return the recognition with *columns* that the layout does not use read for opt-outs."""
        found = dict.fromkeys(columns)
        return evolve(
            self,
            mapped=(*self.mapped, *((name, str(Fact.OPTED_OUT)) for name in found)),
            ignored=tuple(name for name in self.ignored if name not in found),
            unmapped=tuple(name for name in self.unmapped if name not in found),
        )


def choose_layout(layout: LayoutChoice) -> Layout | None:
    """Return the layout that is named, or None if it is to be recognized or suggested."""
    if layout is None or isinstance(layout, Layout):
        return layout
    if isinstance(layout, str) and not layout.endswith(".toml"):
        if layout not in (*LAYOUTS, SUGGESTED):
            raise UnknownWord("layout", layout, (*LAYOUTS, SUGGESTED))
        return LAYOUTS.get(layout)
    require("layout", layout, (str, os.PathLike), "a Layout, a name or the path of a TOML file")
    try:
        return from_file(Path(layout)).layout
    except DocumentRefused as error:
        raise refuse(Code.LAYOUT_INVALID, f"the layout cannot be used: {error}") from None


def recognise(header: Header, layout: Layout | None = None) -> Recognition:
    """Return the use of the columns under *layout*, or under the built-in one that the header fits."""
    # Contacts, or rejected lines that could not be read.
    ours = header.holds_contacts or all(map(header.is_ours, range(len(header.names))))
    if layout or ours:
        recognition = _recognition(header, layout if layout not in (None, PLAIN) else plain_layout(header))
        if not (recognition.mapped or ours):
            message = f"the file has none of the columns of the layout {recognition.layout.name!r}"
            raise refuse(Code.LAYOUT_UNKNOWN, message)
        return recognition
    plain = (PLAIN.name,) if names_people(header) else ()
    candidates = [_recognition(header, LAYOUTS[name]) for name in (*plain, *signed(header.names))]
    candidates.sort(key=lambda each: (each.confidence, each.layout is not PLAIN), reverse=True)
    if not candidates:
        columns = counted(len(header.names), "column")
        raise refuse(Code.LAYOUT_UNKNOWN, f"no known layout fits the {columns} of the file")
    best, *others = candidates
    for other in others:
        if best.confidence - other.confidence < _CLOSE and _disagree(best, other):
            either = f"{best.layout.name!r} or {other.layout.name!r}"
            message = f"the file may have the layout {either}, which read it differently; name one"
            raise refuse(Code.LAYOUT_UNKNOWN, message)
    by_names = _recognition(header, plain_layout(header))
    best, *others = (by_names if each.layout is PLAIN else each for each in candidates[:2])
    for second in others:
        return evolve(best, runner_up=second.layout.name, runner_up_confidence=second.confidence)
    return best


def _disagree(one: Recognition, other: Recognition) -> bool:
    both = dict(one.mapped).keys() & dict(other.mapped).keys()
    first, second = ({pair for pair in each.mapped if pair[0] in both} for each in (one, other))
    return first != second


def _recognition(header: Header, layout: Layout) -> Recognition:
    found = [(header.find(column), column, word) for column, word in layout.uses]
    pairs = ((header.names[index], word) for indexes, _, word in found for index in indexes)
    used = {index for indexes, _, _ in found for index in indexes}
    ignored = {index for column in layout.ignored for index in header.find(column)} - used
    theirs = [index for index in range(len(header.names)) if not header.is_ours(index)]
    unmapped = sorted({*theirs} - used - ignored)
    return Recognition(
        layout=layout,
        confidence=(len(theirs) - len(unmapped)) / max(len(theirs), 1),
        mapped=tuple(dict.fromkeys(pairs)),
        ignored=tuple(header.names[index] for index in sorted(ignored)),
        unmapped=tuple(header.names[index] for index in unmapped),
        absent=tuple(dict.fromkeys(column for indexes, column, _ in found if not indexes)),
    )


def is_listed(text: str, *path: str) -> bool:
    return plain_words(text) in listed(*path)


def fields_named(names: Iterable[str]) -> Mapping[str, FieldRule]:
    """Return the fields that columns are named like, in any language."""
    found = columns_by_field(names, halves=True)
    return {field: FieldRule(*found[field]) for field in READERS if field in found}


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
    names = (name for index, name in enumerate(header.names) if not header.is_ours(index))
    return [name for name in names if len(header.find(name)) == 1]


def names_people(header: Header) -> bool:
    """Return whether a list of people has such columns: an address, or what somebody did.

    An id or a name alone is no sign, for every list has one; nor is the telephone number of a firm.
    """
    fields = {name: field_of(name) for name in header.names}
    firm = any(is_listed(name, "headings", "firm", "name") for name in fields)
    about = any(is_listed(name, "headings", "firm", "about") for name in fields)
    halves = {name for name in fields if is_listed(name, "headings", "half_name", "any")}
    named = {"first_name", "middle_name", "last_name", "name"}
    person = any(field in named and (firm or name not in halves) for name, field in fields.items())
    called = "phone" in fields.values() and (person or not (firm or about))
    return called or "email" in fields.values() or any(map(fact_of, fields))
