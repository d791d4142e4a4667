"""The columns of the files to import into another system, and the cells that a contact has in them."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import Any, Final, NamedTuple, final

from leadqual.classification.classification import Classification
from leadqual.contacts.contact import Contact
from leadqual.contacts.headings import shared_column
from leadqual.contacts.record import READERS, WORDS
from leadqual.errors import WrongValue, pairs_of, require
from leadqual.intake.contact_reader import TRUSTED, ContactReader
from leadqual.intake.headers import RENAMED, escape
from leadqual.systems.crosswalk import VERDICT, express
from leadqual.systems.destination import CARRIED, Destination, DestinationColumn
from leadqual.systems.layout import OURS, Layout
from leadqual.systems.system import System
from leadqual.systems.system_file import SYSTEMS, from_file
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.vocabulary import UnknownWord, look_up, normalize

DestinationChoice = System | str | os.PathLike[str] | None
"""A system to import into, the name of a built-in one, or the path of a TOML file; None for none."""

FillChoice = Mapping[str, str] | Iterable[tuple[str, str]]
"""What is written where a column of the import file is blank, by the name of the column."""

END: Final = "\x1f"  # a control character, which no accepted cell contains
_OPTED_OUT: Final = str(Fact.OPTED_OUT)
_ANSWERS: Final = {True: "yes", False: "no", None: ""}


class Target(NamedTuple):
    system: System
    destination: Destination
    fill: Mapping[str, str]
    standard_fields: bool  # whether its own fields are written


def choose_target(
    choice: DestinationChoice, fill: FillChoice, *, standard_fields: bool = False
) -> Target | None:
    require("standard_fields", standard_fields, bool, "True or False")
    texts = dict(pairs_of("fill", fill, "a column and its text"))
    if choice is None:
        if texts or standard_fields:
            given = "fill" if texts else "standard_fields"
            raise WrongValue(given, "is for the columns of a destination", "name the destination, too")
        return None
    require("destination", choice, (System, str, os.PathLike), "a System, a name or the path of a TOML file")
    if isinstance(choice, str) and not choice.endswith(".toml"):
        named = SYSTEMS.get(choice)
        if not (named and named.destination):
            named = look_up(
                "destination", {key: each for key, each in SYSTEMS.items() if each.destination}, choice
            )
        choice = named
    system = choice if isinstance(choice, System) else from_file(Path(choice))
    if system.destination is None:
        raise WrongValue("destination", "does not say what an import demands", "add [import] to its file")
    names = {normalize(column.name): column.name for column in system.destination.columns}
    filled: dict[str, str] = {}
    for name, text in texts.items():
        require("each column of fill", name, str, "a text")
        require(f"fill for {name}", text, str, "a text")
        if (column := names.get(normalize(name))) is None:
            raise UnknownWord("column", name, tuple(names.values()))
        if column in system.destination.keys:
            raise WrongValue("fill", f"names {name!r}, by which people are told apart", "leave it out")
        filled[column] = text
    return Target(system, system.destination, filled, standard_fields)


class Column(NamedTuple):
    name: str
    keys: tuple[str, ...]  # the first value under one of them is written, or else the fill
    demanded: DestinationColumn | None = None
    source: int | None = None  # the index of the column of the file that the first key is


def _key(word: str) -> str:
    return f"{END}{word}"


_TEXTS: Final = tuple(name for name in READERS if name not in WORDS)
_text_values: Final = attrgetter(*_TEXTS)
_TEXT_KEYS: Final = tuple(map(_key, _TEXTS))


@final
class ImportFiles:
    """The two files to import: one of people who may be contacted, one of people who opted out.

    The first has the columns of the destination, and behind them those of the file that are written in
    none of these; if the file is an export of the same system, it has the columns of the file. No column
    for opt-outs is in it. The other has only what records an opt-out.
    """

    def __init__(self, target: Target, reader: ContactReader) -> None:
        self._target, self._reader, self._kept = target, reader, reader.kept
        system, destination, fill, standard_fields = target
        layout, theirs = reader.layout, system.layout
        same = layout.name == system.name or layout.signature == theirs.signature != ()
        self._roles = dict(self._roles_in(layout))
        columns = [*(self._own_columns() if same else self._their_columns())]
        given = [each.demanded.name for each in columns if each.demanded]
        columns += [Column(e.name, (), e) for e in destination.columns if e.name in {*fill}.difference(given)]
        columns += [Column(TRUSTED, (TRUSTED,))] if reader.extra_columns[-1:] == (TRUSTED,) else []
        self.columns: Sequence[Column] = columns
        self.names: tuple[str, ...] = (
            *(column.name for column in columns),
            *(f"{OURS}{word}" for word in VERDICT),
        )
        self._opt_outs = [each for each in destination.opt_out.columns if each.field != "id" or same]
        self.opt_out_names: tuple[str, ...] = tuple(column.name for column in self._opt_outs)
        self._words = [(_key(word), word) for word in reader.held.values() if word in WORDS]
        self._facts = [(_key(word), Fact(word)) for word in reader.held.values() if word not in READERS]
        self._first = [column.keys[0] if column.keys else "" for column in columns]
        mapped = enumerate([] if same or not standard_fields else (each.demanded for each in columns))
        self._expressed = [(i, each.mapping) for i, each in mapped if each and each.mapping]
        fills = [fill.get(each.demanded.name, "") if each.demanded else "" for each in columns]
        rest = enumerate((column.keys[1:], fill) for column, fill in zip(columns, fills, strict=True))
        self._rest = [(i, keys, fill) for i, (keys, fill) in rest if keys or fill]

    def cells(self, contact: Contact, verdict: Classification) -> list[str]:
        get = self._values(contact).get
        cells = [get(key) or "" for key in self._first]
        for i, keys, fill in self._rest:
            if not cells[i]:
                cells[i] = next(filter(None, map(get, keys)), fill)
        if self._expressed:
            said = express(verdict, self._target.system, source=contact.source, standard_fields=True)
            values = dict(said.values)
            for i, name in self._expressed:
                cells[i] = values.get(name) or cells[i]
        return cells

    def opt_out_cells(self, contact: Contact) -> list[str]:
        """Return the cells that record an opt-out, without what would be refused; none if no key is left."""
        values, cells = self._values(contact), dict[str, str]()
        for column in self._opt_outs:
            found = filter(None, (values.get(key) for key in self._keys_of(column.field)))
            text = column.value or next(found, self._target.fill.get(column.name, ""))
            fits = len(text) <= (column.length or len(text)) and escape(text) == text
            cells[column.name] = text if fits else ""
        return list(cells.values()) if any(map(cells.get, self._target.destination.opt_out.keys)) else []

    def places(self, names: Iterable[str]) -> list[int]:
        found = ((i, each.demanded) for i, each in enumerate(self.columns))
        return [i for i, demanded in found if demanded and demanded.name in names]

    def _values(self, contact: Contact) -> dict[str, Any]:
        values: dict[str, Any] = dict(contact.extra)
        values.update(zip(_TEXT_KEYS, _text_values(contact), strict=True))
        values.update((key, str(getattr(contact, word) or "")) for key, word in self._words)
        values.update((key, _ANSWERS[contact.evidence.value(fact)]) for key, fact in self._facts)
        return values

    def _keys_of(self, role: str) -> tuple[str, ...]:
        """Return the keys of a role; the text of an address that could not be read is among them."""
        names = tuple(self._kept[index] for index in self._roles.get(role, ()))
        if role in CARRIED:
            return names
        # In JSON Lines a column may come late.
        there = self._reader.column_of(role) is not None or not self._reader.header.delimiter
        return (_key(role), *names[:1]) if there else ()

    def _roles_in(self, layout: Layout) -> Iterator[tuple[str, tuple[int, ...]]]:
        declared = {normalize(column): role for role, columns in layout.carried for column in columns}
        found: dict[str, list[int]] = {role: [] for role in CARRIED}
        for index, name in self._kept.items():
            shared = shared_column(name)
            role = declared.get(normalize(name)) or (shared if shared not in declared.values() else None)
            if role in found:
                found[role].append(index)
        yield from ((role, tuple(indexes)) for role, indexes in found.items() if indexes)
        yield from ((name, self._reader.columns_of(name)) for name in _TEXTS)

    def _contactable(self) -> Iterator[tuple[int, str, tuple[str, ...]]]:
        theirs = {normalize(name) for name, word in self._target.system.layout.uses if word == _OPTED_OUT}
        theirs |= {normalize(each.name) for each in self._target.destination.opt_out.columns if each.value}
        for index, name in self._kept.items():
            about = self._reader.uses.get(index, set())
            if about != {_OPTED_OUT} and normalize(name) not in theirs:
                held = self._reader.held.get(index)
                yield index, name, (_key(held), name) if held else (name,)

    def _own_columns(self) -> Iterator[Column]:
        role_of = {index: role for role, indexes in self._roles.items() for index in indexes}
        values = self._target.system.values
        mappings = {normalize(name): each.name for each in values for name in each.columns}
        for index, name, keys in self._contactable():
            role, mapping = role_of.get(index), mappings.get(normalize(name))
            demanded = (
                each
                for each in self._target.destination.columns
                if normalize(each.name) == normalize(name)
                or (role and each.field == role)
                or (mapping and each.mapping == mapping)
            )
            yield Column(name, keys, next(demanded, None), index)

    def _their_columns(self) -> Iterator[Column]:
        destination, written = self._target.destination, set[int]()
        for each in destination.columns:
            # An id of another system would miss, or update a stranger.
            if each.field not in ("", "id") and (keys := self._keys_of(each.field)):
                index = next(iter(self._roles.get(each.field, ())), None)
                written |= {index} if index is not None else set()
                yield Column(each.name, keys, each, index)
            elif each.mapping and self._target.standard_fields:
                yield Column(each.name, (), each)
        layout = self._target.system.layout
        reads, imported = (name for name, _ in layout.uses), (each.name for each in destination.columns)
        taken = set(map(normalize, chain(reads, layout.ignored, imported)))
        for index, name, keys in self._contactable():
            if index not in written:
                while normalize(name) in taken:
                    name = f"{RENAMED}{name}"  # noqa: PLW2901 (until it is free)
                taken.add(normalize(name))
                yield Column(name, keys, None, index)
