"""The check of contacts, as they will be written, against what a destination demands of an import."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, final

from attrs import evolve

from leadqual.contacts.contact import Contact
from leadqual.intake.codes import Code
from leadqual.intake.contact_reader import ContactReader
from leadqual.intake.duplicates import key_of
from leadqual.intake.headers import HARMLESS, LIVE, escape
from leadqual.intake.import_files import END, ImportFiles, Target
from leadqual.intake.problems import Problem
from leadqual.intake.rows import Accepted, Blank, Rejected, Row
from leadqual.policy.policy import Policy
from leadqual.systems.crosswalk import VERDICT
from leadqual.systems.destination import Demand, DemandKind
from leadqual.systems.mapping import Sureness
from leadqual.systems.system import System
from leadqual.taxonomy.facts import BIT, Fact
from leadqual.taxonomy.severity import Severity
from leadqual.taxonomy.vocabulary import counted, normalize

_MOST_TOLD: Final = 1_000  # distinct values of lists that accounts change
_LIMITS: Final = {DemandKind.ROWS: "row", DemandKind.BYTES: "byte", DemandKind.COLUMNS: "column"}
_CODES: Final = {
    DemandKind.MISSING: Code.DESTINATION_MISSING,
    DemandKind.UNLISTED: Code.DESTINATION_UNLISTED,
    DemandKind.REPEATED: Code.DESTINATION_REPEATED,
    DemandKind.TOO_LONG: Code.DESTINATION_TOO_LONG,
    DemandKind.FORBIDDEN: Code.DESTINATION_FORBIDDEN,
}
# A cell that `escape` changes, among the cells of a row.
_ESCAPED: Final = re.compile(f"{END}(?!{HARMLESS}(?:{END}|$))'*{LIVE}")


@final
class Preflight:
    """The check of rows for a destination.

    Attributes:
        system: The system to import into.
        files: The columns of the two files that are imported.
    """

    system: System

    def __init__(
        self, target: Target, reader: ContactReader, policy: Policy, unit: str, *, keeps_keys: bool
    ) -> None:
        system, destination = target.system, target.destination
        self.system = system
        self.files: ImportFiles = (files := ImportFiles(target, reader))
        self._header, self._policy, self._unit = reader.header, policy, unit
        self._demands = {each.kind: each for each in destination.demands}
        self._needs = [(group, files.places(group)) for group in destination.needs]
        self._unmet = [group for group, places in self._needs if not places]
        self._keys = files.places(destination.keys) if keeps_keys else []
        demanded = [(i, column.demanded) for i, column in enumerate(files.columns) if column.demanded]
        self._limited = [(i, each, each.length) for i, each in demanded if each.length]
        mappings = {mapping.name: mapping for mapping in system.values}
        lists = [(i, mappings[each.mapping]) for i, each in demanded if each.mapping]
        self._lists = [(i, mapping, lru_cache(_MOST_TOLD)(mapping.meaning)) for i, mapping in lists]
        forbidden = self._demands.get(DemandKind.FORBIDDEN)
        self._forbidden = tuple(forbidden.characters) if forbidden else ()
        self._told, self._seen = set[tuple[int, str]](), dict[int, int]()
        self._rows, self._bytes = 0, len(",".join(files.names).encode())

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return what is wrong with the import file as a whole."""
        title, found = self.system.title, (self._rows, self._bytes, len(self.files.names))
        needs = (f"{title} needs {' or '.join(group)}, which no column gives" for group in self._unmet)
        unmet = (evolve(self._fault(DemandKind.MISSING, each), code=Code.DESTINATION_UNMET) for each in needs)
        limits = (
            self._fault(kind, f"the file has {counted(number, unit)}, and {title} takes {at_most:,}")
            for (kind, unit), number in zip(_LIMITS.items(), found, strict=True)
            if kind in self._demands and number > (at_most := self._demands[kind].at_most or number)
        )
        return (*unmet, *limits)

    def judge(self, row: Row) -> Row:
        """Return a row with what the destination demands of it and does not find."""
        if isinstance(row, Blank) or (isinstance(row, Accepted) and row.repeats is not None):
            return row
        if self._opted_out(row):
            if self.files.opt_out_cells(row.contact or Contact()):
                return row
            row = evolve(row, problems=(*row.problems, self._problem(Code.OPT_OUT_STRANDED, "", row)))
            return evolve(row, held_back=True) if isinstance(row, Accepted) else row
        return self._judged(row) if isinstance(row, Accepted) else self._translated(row)

    def written(self, row: Row) -> tuple[bool, list[str]] | None:
        """Return whether the person opted out and the cells to write; None for a row that is not written."""
        if isinstance(row, Blank) or (isinstance(row, Accepted) and row.repeats is not None):
            return None
        if self._opted_out(row):
            cells = self.files.opt_out_cells(row.contact or Contact())
            return (True, cells) if cells else None
        if isinstance(row, Rejected) or row.held_back:
            return None
        own = [str(getattr(row.verdict, word)) for word in VERDICT]
        return False, self.files.cells(row.contact, row.verdict) + own

    def _opted_out(self, row: Accepted | Rejected) -> bool:
        if isinstance(row, Accepted):
            return bool(row.verdict.evidence.bits & BIT[Fact.OPTED_OUT])
        return row.contact is not None and Fact.OPTED_OUT in row.contact.known(self._policy, None)[0]

    def _judged(self, row: Accepted) -> Accepted:
        cells = self.files.cells(row.contact, row.verdict)
        joined = END + END.join(cells)
        problems = list(self._faults(row, cells, joined))
        keys = [(i, key_of(str(i), cells[i].casefold())) for i in self._keys]
        for i, key in keys if DemandKind.REPEATED in self._demands else ():
            if key in self._seen:
                reason = f"row {self._seen[key]} has the same {self.files.columns[i].name}"
                problems.append(self._fault(DemandKind.REPEATED, reason, row, i))
        held_back = bool(self._unmet) or any(each.severity is Severity.ERROR for each in problems)
        if not held_back:
            self._rows += 1
            self._bytes += len(joined.encode("utf-8", "surrogatepass"))
            self._seen |= {key: row.record for _, key in keys if key}
        told = (*row.problems, *problems)
        return evolve(row, problems=told, held_back=held_back) if problems or held_back else row

    def _faults(self, row: Accepted, cells: list[str], joined: str) -> Iterator[Problem]:
        for group, places in self._needs:
            if places and not any(map(cells.__getitem__, places)):
                yield self._fault(DemandKind.MISSING, f"{' or '.join(group)} is blank", row, places[0])
        for i, column, length in self._limited:
            if len(cells[i]) > length:
                reason = f"the text has {len(cells[i]):,} characters, and {column.name} holds {length:,}"
                yield self._fault(DemandKind.TOO_LONG, reason, row, i, column.sureness)
        if any(map(joined.__contains__, self._forbidden)):
            for i in [i for i, cell in enumerate(cells) if any(map(cell.__contains__, self._forbidden))]:
                yield self._fault(DemandKind.FORBIDDEN, "", row, i)
        yield from self._unlisted(row, cells)
        if _ESCAPED.search(joined):
            for i in [i for i, cell in enumerate(cells) if escape(cell) != cell]:
                yield self._problem(Code.FORMULA_ESCAPED, "", row, i)

    def _unlisted(self, row: Accepted, cells: list[str]) -> Iterator[Problem]:
        for i, mapping, meaning in self._lists:
            if not cells[i] or meaning(cells[i]) or (i, normalize(cells[i])) in self._told:
                continue
            # Of a list that accounts change, each value is told once.
            if mapping.customised and len(self._told) < _MOST_TOLD:
                self._told.add((i, normalize(cells[i])))
            reason = f"{mapping.name} has no such value, or not by default"
            sureness = Sureness.UNCERTAIN if mapping.customised else mapping.sureness
            yield self._fault(DemandKind.UNLISTED, reason, row, i, sureness)

    def _translated(self, row: Rejected) -> Rejected:
        if not (demand := self._demands.get(DemandKind.EMAIL)):
            return row
        named = {
            each: evolve(each, message=self._named(each.message, demand), theirs=demand.error)
            for each in row.problems
            if each.code is Code.EMAIL_INVALID
        }
        return evolve(row, problems=tuple(named.get(each, each) for each in row.problems))

    def _named(self, message: str, demand: Demand) -> str:
        calls = "calls" if demand.error_sureness is Sureness.KNOWN else "is said to call"
        does = (demand.effect, demand.error and f"{calls} this {demand.error}")
        told = ", and ".join(filter(None, does))
        return f"{message}; {self.system.title} {told}" if told else message

    def _fault(
        self,
        kind: DemandKind,
        reason: str,
        row: Accepted | None = None,
        place: int | None = None,
        sureness: Sureness = Sureness.KNOWN,
    ) -> Problem:
        demand, code = self._demands.get(kind, Demand(kind)), _CODES.get(kind, Code.DESTINATION_LIMIT)
        known, reason = sureness is demand.sureness is Sureness.KNOWN, reason or code.meaning
        if not (known or demand.effect):
            reason += f"; it is not confirmed that {self.system.title} refuses this"
        severity = Severity.ERROR if known and not demand.effect else Severity.WARNING
        problem = self._problem(code, self._named(reason, demand), row, place)
        return evolve(problem, theirs=demand.error, severity=severity)

    def _problem(
        self, code: Code, reason: str, row: Accepted | Rejected | None, place: int | None = None
    ) -> Problem:
        index = None if place is None else self.files.columns[place].source
        column, header = (None, None) if index is None else (index + 1, self._header.names[index])
        record, line = (row.record, row.lines[0]) if row else (None, None)
        return Problem(code, reason or code.meaning, record, line, column, header, unit=self._unit)
