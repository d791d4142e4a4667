"""How the cells of a record become a contact, by a layout and a header."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, final

from leadqual.contacts.consent import OPT_OUTS, ConsentKind, ConsentReader, ConsentReading, read_cell
from leadqual.contacts.contact import Contact, contact_of
from leadqual.contacts.headings import IDENTITY
from leadqual.contacts.phones import require_region
from leadqual.contacts.record import READERS
from leadqual.errors import LeadqualError
from leadqual.history.history import History
from leadqual.intake.cell_readers import Effect, ReadCell, cell_reader, effect_of, meaning_of
from leadqual.intake.codes import Code
from leadqual.intake.headers import PROBLEMS, RENAMED, Header, unescape
from leadqual.intake.problems import Finding, Reading
from leadqual.intake.understanding import ColumnWatch, Understanding
from leadqual.serialization.converter import from_json
from leadqual.systems.layout import OURS, CellTest, Layout, TestKind, zone_of
from leadqual.taxonomy.facts import ALL_BITS, BIT, WIDTH, Evidence, Fact
from leadqual.taxonomy.stages import Stage, headline
from leadqual.taxonomy.vocabulary import normalize

NESTED: Final[Mapping[str, Any]] = {"history": History, "recorded": tuple[tuple[str, datetime], ...]}
"""The values in JSON Lines written by this library that are not texts."""

RAW: Final = f"{PROBLEMS}_raw"  # the key of a rejected line that is not a JSON object
BOTH: Final = "yes+no"  # what is written for a fact that is both established and denied
TRUSTED: Final = "trusted_stage"  # the extra column that marks a contact whose claimed stage was trusted
_AGAINST: Final = (ConsentReading.STOPS, ConsentReading.OPTED_OUT)
_TITLE: Final = "nothing else stands in the row, so that it may be about the rows after it"
_REMEMBERED: Final = 10_000  # the number of results that are kept for texts that come again
_ADDRESSES: Final = {"id", "email", "phone"}
_STRICT: Final = (TestKind.YES_NO, TestKind.AT_LEAST, TestKind.DATE)

_Indexes = tuple[int, ...]


@final
class ContactReader:
    """Reader of the records that have one header, in one layout.

    It raises `FileRefused` if a column that the layout reads is there twice.
    """

    def __init__(
        self,
        layout: Layout,
        header: Header,
        *,
        region: str | None,
        trust: Mapping[Stage, Evidence],
        consent_in: Iterable[str],
        no_consent_in: Iterable[str],
        watch: ColumnWatch,
    ) -> None:
        self.layout: Layout = layout
        self.header: Header = header
        self._region = region or layout.region or None
        if self._region is not None:
            require_region(self._region)
        self._trust = trust
        self._blank = frozenset(layout.blank)
        self._dates = layout.dates
        self._zone = zone_of(layout.zone) if layout.zone else None
        self._constants: dict[str, Any] = {name: READERS[name](text) for name, text in layout.constants}
        self._raw = () if header.delimiter else header.find(RAW)
        nested = NESTED if header.holds_contacts and not header.delimiter else ()
        self._nested = {name: index for name in nested for index in header.find(f"{OURS}{name}")}
        self.uses: dict[int, set[str]] = defaultdict(set)  # the columns that are read, with what for
        for name, index in self._nested.items():
            self.uses[index].add(name)
        # The columns that are not kept as extra values, with the field or the fact that holds the same.
        self.held: dict[int, str] = {}
        self._fields = list(self._field_readers(layout))
        self._identity = {index for index, words in self.uses.items() if words & IDENTITY}
        self._tests = self._tests_by_column(layout)
        self._mappings = {i: each for each in layout.values for i in self._indexes(each.columns) if each.says}
        for index, mapping in self._mappings.items():
            self.uses[index].update(mapping.says)
        self._effect = lru_cache(_REMEMBERED)(self._effect_of)
        # The bits of the cells that hold nothing else, and their evidence.
        tested = (*self._tests, *self._mappings)
        self._answers: dict[int, dict[str, int]] = {index: {"": 0} for index in tested}
        self._evidence = lru_cache(_REMEMBERED)(Evidence.from_bits)
        # Extra columns have one order, that of their names, in every file and after merging.
        prefix = RENAMED if header.holds_contacts else ""
        names = ((index, name.removeprefix(prefix)) for index, name in enumerate(header.names))
        self._columns = sorted(((i, name) for i, name in names if not header.is_ours(i)), key=itemgetter(1))
        marks = (TRUSTED,) if trust else ()
        self.extra_columns: tuple[str, ...] = (*(name for _, name in self._columns), *marks)
        unread = {i: name for i, name in self._columns if i not in self.uses}
        # A word of consent where yes, a number or a date should stand is an unreadable cell anyway.
        strict = {i for i, tests in self._tests.items() if all(test.kind in _STRICT for _, test in tests)}
        # Of several columns for one field, only the first is always read.
        strict |= {columns[0] for name, _, columns, _ in self._fields if name in _ADDRESSES and columns}
        read = self.uses.keys() - self._mappings
        self._consent = ConsentReader(
            {i: name for i, name in self._columns if i not in strict},
            consent_in=(*layout.consent_in, *consent_in),
            no_consent_in=(*layout.no_consent_in, *no_consent_in),
            ignored=(*layout.ignored, *(name for i, name in self._columns if i in read)),
        )
        kinds = self._consent.kinds
        self.opt_outs: list[int] = [
            i for i, kind in kinds.items() if kind in OPT_OUTS and i not in self._mappings
        ]
        may_stop = IDENTITY | {str(Fact.OPTED_OUT)}
        self._never_stop = {
            i for i, words in self.uses.items() if kinds.get(i) is ConsentKind.NONE and not words & may_stop
        }
        self.uses |= {index: {str(Fact.OPTED_OUT)} for index in self.opt_outs}
        self._watch = watch
        known = {*map(normalize, layout.ignored), *(header.names[index] for index in self.opt_outs)}
        new = {i: name for i, name in unread.items() if known.isdisjoint((name, normalize(name)))}
        self._watch.add(new, kinds)

    def read(self, cells: list[str]) -> tuple[Contact, list[Finding]]:
        """Return the contact, as far as its cells can be read, and what was found."""
        if self.header.escaped:
            cells = list(map(unescape, cells))
        texts = list(map(str.strip, cells))
        if self._blank:
            texts = ["" if text in self._blank else text for text in texts]
        texts += [""] * (len(self.header.names) - len(texts))
        if self._raw and any(texts[index] for index in self._raw):
            return Contact(), [Finding(Code.JSON_INVALID)]
        reading = Reading(texts, [], [], set(), [], [])
        bits = self._facts(reading)
        evidence = self._evidence(bits & ALL_BITS, bits >> WIDTH)
        values = self._values(reading)
        self._watch.see(texts)
        said = self._consent.read(texts)
        if reading.kept:  # an address that cannot be read may be a text, unless it has no letters
            unread = [i for i in self._identity & reading.kept if texts[i].lower() != texts[i].upper()]
            said += tuple([(index, read_cell(ConsentKind.NONE, texts[index])) for index in unread])
        if said:
            evidence = self._with_opt_out(evidence, reading, said)
        consumed = self.held.keys() - reading.kept if reading.kept else self.held
        extra = [(name, cells[i]) for i, name in self._columns if texts[i] and i not in consumed]
        # A cell that cannot be read, now or when this library wrote the file, identifies a row too.
        ours = self.header.holds_contacts and extra
        if IDENTITY.isdisjoint(values) and self._identity.isdisjoint(reading.kept) and not ours:
            reading.note(Code.IDENTITY_MISSING, None)
        claim = values.get("claimed_stage")
        if claim is not None and claim in self._trust:
            evidence |= self._trust[claim]
            extra = sorted([*extra, (TRUSTED, str(claim))])
        if reading.events:
            values["history"] = values.get("history", History()) | History(reading.events)
        # What is recorded may name what the contact does not have.
        make = Contact if "recorded" in values else contact_of
        return make(evidence=evidence, extra=tuple(extra), **values), reading.findings

    def _with_opt_out(
        self, evidence: Evidence, reading: Reading, said: Iterable[tuple[int, ConsentReading]]
    ) -> Evidence:
        """Return the evidence with what cells say of consent; a person who opted out has none to lose."""
        if any(what is ConsentReading.OPTED_OUT for _, what in said):
            evidence |= Evidence.of(Fact.OPTED_OUT)
        against = [index for index, what in said if what in _AGAINST]
        if against and sum(map(bool, reading.texts)) == 1:
            reading.note(Code.CONSENT_UNREAD, against[0], _TITLE)
        for index, what in said:
            if what is ConsentReading.DEAD_ADDRESS:
                reading.note(Code.ADDRESS_DEAD, index)
            elif (
                what is ConsentReading.STOPS
                and index not in self._never_stop
                and Fact.OPTED_OUT not in evidence
            ):
                reading.note(Code.CONSENT_UNREAD, index)
        return evidence

    def understanding(self, *, names_only: bool) -> Understanding:
        columns = {i: self.header.names[i] for i in (*(i for i, _ in self._columns), *self._nested.values())}
        # In a file of ours each fact has its column, so that what else was read stands there, too.
        names_only = names_only or self.header.holds_contacts
        return self._watch.understanding(columns, self.uses, names_only=names_only)

    @property
    def kept(self) -> dict[int, str]:
        """Return the columns of the file in its order, by the names of extra values."""
        return dict(sorted(self._columns))

    def column_of(self, field: str) -> int | None:
        return next((index for index, words in self.uses.items() if field in words), None)

    def columns_of(self, field: str) -> _Indexes:
        return next((columns for name, _, columns, _ in self._fields if name == field), ())

    def _facts(self, reading: Reading) -> int:
        texts, bits = reading.texts, 0
        for index, known in self._answers.items():
            text = texts[index]
            if text in known:
                bits |= known[text]
                continue
            yes, no, findings, events, claims, sources = self._effect(index, text)
            bits |= yes | no << WIDTH
            if findings:
                reading.findings.extend(findings)
                reading.kept.add(index)
            reading.events.extend(events)
            reading.claims.extend(claims)
            reading.sources.extend(sources)
            if not (findings or events or claims or sources) and len(known) < _REMEMBERED:
                known[text] = yes | no << WIDTH
        return bits

    def _values(self, reading: Reading) -> dict[str, Any]:
        texts, values = reading.texts, self._constants.copy()
        for name, read, columns, joined in self._fields:
            for index in columns:
                if texts[index]:
                    value = read(texts[index], index, reading)
                    break
            else:
                value = (joined and " ".join([texts[index] for index in joined if texts[index]])) or None
            if value is not None:
                values[name] = value
        for name, index in self._nested.items():
            if texts[index]:
                try:
                    values[name] = from_json(texts[index], NESTED[name])
                except LeadqualError:
                    reading.note(Code.JSON_INVALID, index, f"the {name} is not as this library writes it")
        if reading.claims:
            values["claimed_stage"] = headline((*reading.claims, values.get("claimed_stage", Stage.NAME)))
        if reading.sources:
            values["source"] = reading.sources[0]
        return values

    def _field_readers(self, layout: Layout) -> Iterator[tuple[str, ReadCell, _Indexes, _Indexes]]:
        for name, rule in layout.fields:
            columns, joined = self._indexes(rule.columns), self._indexes(rule.joined)
            for index in (*columns, *joined):
                self.uses[index].add(name)
            if columns or joined:
                yield name, cell_reader(name, rule, self._region), columns, joined
            if len(columns) == 1:
                self.held[columns[0]] = name

    def _tests_by_column(self, layout: Layout) -> dict[int, list[tuple[Fact, CellTest]]]:
        tests: dict[int, list[tuple[Fact, CellTest]]] = {}
        for fact, cell_tests in layout.facts:
            for test in cell_tests:
                for index in self.header.find_one(test.column):
                    self.uses[index].add(str(fact))
                    tests.setdefault(index, []).append((fact, test))
                    if test.kind is TestKind.YES_NO and test.denies:
                        self.held[index] = str(fact)
        return tests

    def _effect_of(self, index: int, text: str) -> Effect:
        if index in self._mappings:
            return meaning_of(text, index, self._mappings[index])
        tests = self._tests[index]
        if text == BOTH and self.header.holds_contacts:
            bits = sum(BIT[fact] for fact, _ in tests)
            return Effect(bits, bits)
        return effect_of(text, index, tests, self._dates, self._zone)

    def _indexes(self, columns: Iterable[str]) -> _Indexes:
        return tuple(index for column in columns for index in self.header.find_one(column))
