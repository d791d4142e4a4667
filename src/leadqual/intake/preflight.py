"""The check of contacts as they will be written for the import into another system."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple, final

from attrs import evolve

from leadqual.contacts.contact import Contact
from leadqual.contacts.headings import shared_column
from leadqual.contacts.record import READERS
from leadqual.errors import WrongValue, pairs_of, require
from leadqual.intake.codes import Code
from leadqual.intake.contact_reader import TRUSTED, ContactReader
from leadqual.intake.duplicates import key_of
from leadqual.intake.headers import HARMLESS, LIVE, RENAMED, Header, escape
from leadqual.intake.problems import Problem
from leadqual.intake.rows import Accepted, Blank, Rejected, Row
from leadqual.policy.policy import Policy
from leadqual.systems.destination import CARRIED, Demand, DemandKind, DestinationColumn
from leadqual.systems.layout import OURS, Layout
from leadqual.systems.mapping import Sureness
from leadqual.systems.system import System
from leadqual.systems.system_file import SYSTEMS, from_file
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.severity import Severity
from leadqual.taxonomy.vocabulary import UnknownWord, counted, normalize

DestinationChoice = System | str | os.PathLike[str] | None
"""A system to import into, the name of a built-in one, or the path of a TOML file; None for none."""

FillChoice = Mapping[str, str] | Iterable[tuple[str, str]]
"""What is written where a column of the import file is blank, by the name of the column."""

_VERDICT: Final = ("stage", "qualification", "standing", "score")
_MOST_TOLD: Final = 1_000  # distinct values that are told to be in no list
_OPTED_OUT: Final = str(Fact.OPTED_OUT)
_ANSWERS: Final = {True: "yes", False: "no", None: ""}
_LIMITS: Final = {DemandKind.ROWS: "row", DemandKind.BYTES: "byte", DemandKind.COLUMNS: "column"}
_CODES: Final = {
    DemandKind.MISSING: Code.DESTINATION_MISSING,
    DemandKind.UNLISTED: Code.DESTINATION_UNLISTED,
    DemandKind.REPEATED: Code.DESTINATION_REPEATED,
    DemandKind.TOO_LONG: Code.DESTINATION_TOO_LONG,
    DemandKind.FORBIDDEN: Code.DESTINATION_FORBIDDEN,
}
_END: Final = "\x1f"  # a control character, which no accepted cell contains
_RUNS: Final = re.compile(f"(?:^|{_END})(?!{HARMLESS}(?:{_END}|$))'*{LIVE}")


def choose_destination(choice: DestinationChoice, fill: FillChoice) -> tuple[System | None, dict[str, str]]:
    """Return the system to import into, and what fills blank cells by the names of its columns."""
    texts = dict(pairs_of("fill", fill, "a column and its text"))
    if choice is None:
        if texts:
            raise WrongValue("fill", "is for columns of a destination", "name the destination, too")
        return None, {}
    if isinstance(choice, str) and not choice.endswith(".toml"):
        system = SYSTEMS.get(choice)
        if system is None or system.destination is None:
            known = tuple(name for name in SYSTEMS if SYSTEMS[name].destination)
            raise UnknownWord("destination", choice, known)
    else:
        require(
            "destination", choice, (System, str, os.PathLike), "a System, a name or the path of a TOML file"
        )
        system = choice if isinstance(choice, System) else from_file(Path(choice))
    if system.destination is None:
        raise WrongValue("destination", "does not say what an import demands", "add [import] to its file")
    names = {normalize(column.name): column.name for column in system.destination.columns}
    for name, text in texts.items():
        if normalize(name) not in names:
            raise UnknownWord("column", name, tuple(names.values()))
        if names[normalize(name)] in system.destination.keys:
            raise WrongValue("fill", f"names {name!r}, by which people are told apart", "leave it out")
        require(f"fill for {name}", text, str, "a text")
    return system, {names[normalize(name)]: text for name, text in texts.items()}


class _Column(NamedTuple):
    name: str
    keys: tuple[str, ...]  # the first value under one of them is written, or else the fill
    demanded: DestinationColumn | None = None
    source: int | None = None  # the index of the column of the file that the first key is


def _key(word: str) -> str:
    """Return the key of a field or a fact, which no column has for a name."""
    return f"{_END}{word}"


_OWN: Final = [(_key(name), name) for name in READERS]


@final
class Preflight:
    """The check of rows, as they will be written, against what a destination demands of an import file.

    Attributes:
        system: The system to import into.
        names: The columns of the file of people who may be contacted.
        opt_out_names: The columns of the file of people who opted out.
    """

    def __init__(
        self,
        system: System,
        fill: Mapping[str, str],
        layout: Layout,
        header: Header,
        reader: ContactReader,
        *,
        policy: Policy,
        keeps_keys: bool,
        unit: str,
    ) -> None:
        assert system.destination is not None  # noqa: S101 (as `choose_destination` sees to)
        self.system, self._destination = system, system.destination
        self._header, self._reader, self._fill = header, reader, fill
        self._policy, self._unit = policy, unit
        groups = system.layout.signature
        fits = bool(groups) and all(any(name in header.names for name in group) for group in groups)
        self._same = layout.name == system.name or fits
        self._roles = dict(self._roles_in(layout))
        columns = [*(self._own_columns() if self._same else self._their_columns())]
        given = [each.demanded.name for each in columns if each.demanded]
        columns += [_Column(e.name, (), e) for e in self._destination.columns if e.name in {*fill} - {*given}]
        columns += [_Column(TRUSTED, (TRUSTED,))] if reader.extra_columns[-1:] == (TRUSTED,) else []
        self._columns = columns
        self.names = (*(column.name for column in columns), *(f"{OURS}{word}" for word in _VERDICT))
        self._opt_outs = [
            each for each in self._destination.opt_out.columns if each.field != "id" or self._same
        ]
        self.opt_out_names = tuple(column.name for column in self._opt_outs)
        self._facts = [(_key(word), Fact(word)) for word in reader.held.values() if word not in READERS]
        self._demands = {each.kind: each for each in self._destination.demands}
        self._unmet = [group for group in self._destination.needs if not self._places(group)]
        self._needs = [
            (group, places) for group in self._destination.needs if (places := self._places(group))
        ]
        self._keys = self._places(self._destination.keys)
        self._first = [column.keys[0] if column.keys else "" for column in columns]
        demanded = [(i, column.demanded) for i, column in enumerate(columns) if column.demanded]
        fills = {i: fill[each.name] for i, each in demanded if each.name in fill}
        self._rest = [
            (i, c.keys[1:], fills.get(i, "")) for i, c in enumerate(columns) if c.keys[1:] or i in fills
        ]
        self._limited = [(i, each, each.length) for i, each in demanded if each.length]
        mappings = {mapping.name: mapping for mapping in system.values}
        self._lists = [(i, mappings[each.mapping]) for i, each in demanded if each.mapping]
        forbidden = self._demands.get(DemandKind.FORBIDDEN)
        self._forbidden = re.compile(f"[{re.escape(forbidden.characters)}]") if forbidden else None
        self._told: set[tuple[int, str]] = set()
        self._seen: dict[int, int] | None = {} if keeps_keys else None
        self._rows, self._bytes = 0, len(",".join(self.names).encode())

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return what is wrong with the import file as a whole."""
        title, found = self.system.title, (self._rows, self._bytes, len(self.names))
        told = [
            self._fault(DemandKind.MISSING, f"{title} needs {' or '.join(group)}, which no column gives")
            for group in self._unmet
        ]
        unmet = (evolve(problem, code=Code.DESTINATION_UNMET) for problem in told)
        limits = (
            self._fault(kind, f"the file has {counted(number, unit)}, {title} takes {at_most:,}")
            for (kind, unit), number in zip(_LIMITS.items(), found, strict=True)
            if kind in self._demands and number > (at_most := self._demands[kind].at_most or number)
        )
        return (*unmet, *limits)

    def judge(self, row: Row) -> Row:
        """Return a row with what the destination demands of it and does not find."""
        if isinstance(row, Blank) or (isinstance(row, Accepted) and row.repeats is not None):
            return row
        if self._opted_out(row):
            if self._opt_out_cells(row):
                return row
            row = evolve(row, problems=(*row.problems, self._problem(Code.OPT_OUT_STRANDED, "", row)))
            return evolve(row, held_back=True) if isinstance(row, Accepted) else row
        return self._judged(row) if isinstance(row, Accepted) else self._translated(row)

    def _judged(self, row: Accepted) -> Accepted:
        cells = self._cells(row.contact)
        joined = _END.join(cells)
        problems = list(self._faults(row, cells, joined))
        keys = [] if self._seen is None else [(i, key_of(str(i), cells[i].casefold())) for i in self._keys]
        for i, key in keys:
            if self._seen and key in self._seen and DemandKind.REPEATED in self._demands:
                reason = f"row {self._seen[key]} has the same {self._columns[i].name}"
                problems.append(self._fault(DemandKind.REPEATED, reason, row, i))
        held_back = bool(self._unmet) or any(each.severity is Severity.ERROR for each in problems)
        if not held_back:
            self._rows += 1
            self._bytes += len(joined.encode("utf-8", "surrogatepass")) + 1
            if self._seen is not None:
                self._seen |= {key: row.record for _, key in keys if key}
        if not (problems or held_back):
            return row
        return evolve(row, problems=(*row.problems, *problems), held_back=held_back)

    def _faults(self, row: Accepted, cells: list[str], joined: str) -> Iterator[Problem]:
        for group, places in self._needs:
            if not any(map(cells.__getitem__, places)):
                yield self._fault(DemandKind.MISSING, f"{' or '.join(group)} is blank", row, places[0])
        for i, column, length in self._limited:
            if len(cells[i]) > length:
                reason = f"the text has {len(cells[i]):,} characters, and {column.name} holds {length:,}"
                yield self._fault(DemandKind.TOO_LONG, reason, row, i, column.sureness)
        if self._forbidden and self._forbidden.search(joined):
            for i in [i for i, cell in enumerate(cells) if self._forbidden.search(cell)]:
                yield self._fault(DemandKind.FORBIDDEN, "", row, i)
        yield from self._unlisted(row, cells)
        if _RUNS.search(joined):
            for i in [i for i, cell in enumerate(cells) if escape(cell) != cell]:
                yield self._problem(Code.FORMULA_ESCAPED, "", row, i)

    def _unlisted(self, row: Accepted, cells: list[str]) -> Iterator[Problem]:
        """Yield the values that are in no list; of a list that accounts change, each value once."""
        for i, mapping in self._lists:
            value = (i, normalize(cells[i]))
            if cells[i] and mapping.meaning(cells[i]) is None and value not in self._told:
                if mapping.customised and len(self._told) < _MOST_TOLD:
                    self._told.add(value)
                reason = f"the value is not one of those that {mapping.name} has by default"
                sureness = Sureness.UNCERTAIN if mapping.customised else mapping.sureness
                yield self._fault(DemandKind.UNLISTED, reason, row, i, sureness)

    def written(self, row: Row) -> tuple[bool, list[str]] | None:
        """Return whether the person opted out and the cells to write; None for a row that is not written."""
        if isinstance(row, Blank) or (isinstance(row, Accepted) and row.repeats is not None):
            return None
        if self._opted_out(row):
            cells = self._opt_out_cells(row)
            return (True, cells) if cells else None
        if isinstance(row, Rejected) or row.held_back:
            return None
        return False, [*self._cells(row.contact), *(str(getattr(row.verdict, word)) for word in _VERDICT)]

    def _opted_out(self, row: Accepted | Rejected) -> bool:
        if isinstance(row, Accepted):
            return Fact.OPTED_OUT in row.verdict.evidence
        return row.contact is not None and Fact.OPTED_OUT in row.contact.known(self._policy, None)[0]

    def _values(self, contact: Contact) -> dict[str, Any]:
        values: dict[str, Any] = dict(contact.extra)
        for key, name in _OWN:
            values[key] = getattr(contact, name)
        for key, fact in self._facts:
            values[key] = _ANSWERS[contact.evidence.value(fact)]
        return values

    def _cells(self, contact: Contact) -> list[str]:
        get = self._values(contact).get
        cells = [get(key) or "" for key in self._first]
        for i, keys, fill in self._rest:
            if not cells[i]:
                cells[i] = next(filter(None, map(get, keys)), fill)
        return cells

    def _opt_out_cells(self, row: Accepted | Rejected) -> list[str]:
        """Return the cells that record an opt-out, without what would be refused; nothing without a key."""
        values, opt_out = self._values(row.contact or Contact()), self._destination.opt_out
        cells: list[str] = []
        for column in self._opt_outs:
            found = (values.get(key) for key in self._keys_of(column.field))
            text = column.value or next(filter(None, found), self._fill.get(column.name, ""))
            too_long = column.length is not None and len(text) > column.length
            refused = too_long or (self._forbidden and self._forbidden.search(text)) or escape(text) != text
            cells.append("" if refused else text)
        named = dict(zip(self.opt_out_names, cells, strict=True))
        return cells if any(named.get(key) for key in opt_out.keys) else []

    def _translated(self, row: Rejected) -> Rejected:
        """Return a rejected row with the destination's own name for an address that is not valid."""
        if not (demand := self._demands.get(DemandKind.EMAIL)):
            return row
        told = [
            evolve(each, theirs=demand.error) if each.code is Code.EMAIL_INVALID else each
            for each in row.problems
        ]
        return evolve(row, problems=tuple(told))

    def _fault(
        self,
        kind: DemandKind,
        reason: str,
        row: Accepted | None = None,
        place: int | None = None,
        sureness: Sureness = Sureness.KNOWN,
    ) -> Problem:
        demand, title = self._demands.get(kind, Demand(kind)), self.system.title
        known = sureness is demand.sureness is Sureness.KNOWN
        code = _CODES.get(kind, Code.DESTINATION_LIMIT)
        reason = reason or code.meaning
        if demand.effect:
            reason += f"; {title} {demand.effect}"
        elif not known:
            reason += f"; it is not confirmed that {title} demands this"
        if demand.error:
            calls = "calls" if demand.error_sureness is Sureness.KNOWN else "is said to call"
            reason += f"; {title} {calls} this {demand.error}"
        problem = self._problem(code, reason, row, place)
        severity = Severity.ERROR if known and not demand.effect else Severity.WARNING
        return evolve(problem, theirs=demand.error, severity=severity)

    def _problem(
        self, code: Code, reason: str, row: Accepted | Rejected | None = None, place: int | None = None
    ) -> Problem:
        index = None if place is None else self._columns[place].source
        return Problem(
            code,
            reason or code.meaning,
            row.record if row else None,
            row.lines[0] if row else None,
            None if index is None else index + 1,
            None if index is None else self._header.names[index],
            unit=self._unit,
        )

    def _places(self, names: Iterable[str]) -> list[int]:
        """Return the columns that are written for these columns of the destination."""
        found = ((i, each.demanded) for i, each in enumerate(self._columns))
        return [i for i, demanded in found if demanded and demanded.name in names]

    def _keys_of(self, role: str) -> tuple[str, ...]:
        """Return under which keys a role has its values; the text of an unread address is one of them."""
        columns = self._roles.get(role, ())
        names = tuple(self._reader.kept[index] for index in columns)
        if role in CARRIED:
            return names
        return (_key(role), *names[:1]) if columns or not self._header.delimiter else ()

    def _roles_in(self, layout: Layout) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Yield the columns that hold what every system has, by its name here, without any for opt-outs."""
        declared = {normalize(column): role for role, columns in layout.carried for column in columns}
        found: dict[str, list[int]] = {role: [] for role in CARRIED}
        for index, name in self._reader.kept.items():
            shared = shared_column(name)
            role = declared.get(normalize(name)) or (shared if shared not in declared.values() else None)
            if role in found:
                found[role].append(index)
        yield from ((role, tuple(indexes)) for role, indexes in found.items() if indexes)
        for name in ("id", "name", "email", "phone"):
            if columns := self._reader.columns_of(name):
                yield name, columns

    def _kept(self) -> Iterator[tuple[int, str, tuple[str, ...]]]:
        """Yield each column of the file with its name and its keys, without those for opt-outs."""
        theirs = {normalize(name) for name, word in self.system.layout.uses if word == _OPTED_OUT}
        theirs |= {normalize(each.name) for each in self._destination.opt_out.columns if each.value}
        for index, name in self._reader.kept.items():
            about = self._reader.uses.get(index, set())
            if about != {_OPTED_OUT} and index not in self._reader.opt_outs and normalize(name) not in theirs:
                held = self._reader.held.get(index)
                yield index, name, (_key(held), name) if held else (name,)

    def _own_columns(self) -> Iterator[_Column]:
        """Yield the columns of a file of the same system as they are."""
        role_of = {index: role for role, indexes in self._roles.items() for index in indexes}
        listed = {normalize(name): each.name for each in self.system.values for name in each.columns}
        for index, name, keys in self._kept():
            role, mapping = role_of.get(index), listed.get(normalize(name))
            demanded = (
                each
                for each in self._destination.columns
                if normalize(each.name) == normalize(name)
                or (role and each.field == role)
                or (mapping and each.mapping == mapping)
            )
            yield _Column(name, keys, next(demanded, None), index)

    def _their_columns(self) -> Iterator[_Column]:
        """Yield the columns of the destination, and those of the file that are written in none of them."""
        written: set[int] = set()
        for each in self._destination.columns:
            if each.field not in ("", "id") and (keys := self._keys_of(each.field)):
                index = next(iter(self._roles.get(each.field, ())), None)
                written |= {index} if index is not None else set()
                yield _Column(each.name, keys, each, index)
        reads = (name for name, _ in self.system.layout.uses)
        carried = (name for _, names in self.system.carried for name in names)
        imported = (each.name for each in self._destination.columns)
        taken = set(map(normalize, chain(reads, carried, imported)))
        for index, name, keys in self._kept():
            if index not in written:
                while normalize(name) in taken:
                    name = f"{RENAMED}{name}"  # noqa: PLW2901 (until it is free)
                taken.add(normalize(name))
                yield _Column(name, keys, None, index)
