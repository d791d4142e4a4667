"""The check of a whole file, with everything it holds."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import reduce
from itertools import chain, repeat
from operator import attrgetter
from typing import final

from attrs import evolve, frozen

from leadqual.classification.classification import classify
from leadqual.contacts.consent import ConsentReading
from leadqual.contacts.contact import Contact
from leadqual.errors import WrongValue, require
from leadqual.history.history import EventIdReused
from leadqual.intake.checking import Run
from leadqual.intake.codes import Code
from leadqual.intake.decoding import FileSource, SheetChoice
from leadqual.intake.duplicates import DuplicatesChoice, keys_of, reached, stated_by_words
from leadqual.intake.headers import Header
from leadqual.intake.import_files import DestinationChoice, FillChoice
from leadqual.intake.output import ContactsWriter, FileTarget, ImportWriter, RejectsWriter
from leadqual.intake.page import page
from leadqual.intake.preflight import Preflight
from leadqual.intake.problems import LIMITS, Limits, Problem
from leadqual.intake.recognition import LayoutChoice, Recognition
from leadqual.intake.rows import Accepted, Blank, Counts, Rejected, Row, Tally
from leadqual.intake.understanding import Understanding
from leadqual.policy.policy import Policy
from leadqual.policy.standard import STANDARD
from leadqual.systems.layout import Layout
from leadqual.taxonomy.facts import Evidence, Fact
from leadqual.taxonomy.vocabulary import counted


@final
@frozen(repr=False)
class Report:
    """The result of a check; its memory grows with the file.

    Attributes:
        recognition: Which layout the file has, and what becomes of each column.
        header: The column names.
        header_problems: What is worth a look in the header.
        accepted: The records that became contacts.
        rejected: The records that cannot be used.
        blank: The records without text.
        understanding: How many of the columns were read, and what the others may hold.
        counts: How many there are of everything.
        preflight: What the destination demands of the rows; None without a destination.
    """

    recognition: Recognition
    header: Header
    header_problems: tuple[Problem, ...]
    accepted: tuple[Accepted, ...]
    rejected: tuple[Rejected, ...]
    blank: tuple[Blank, ...]
    understanding: Understanding
    counts: Counts
    preflight: Preflight | None = None

    @property
    def layout(self) -> Layout:
        """Return the layout that the file was read in."""
        return self.recognition.layout

    @property
    def clear(self) -> bool:
        """Return whether no row was rejected and the file was understood."""
        return self.counts.clear

    @property
    def rows(self) -> int:
        """Return how many records hold something: the accepted and the rejected ones."""
        return self.counts.rows

    @property
    def contacts(self) -> tuple[Contact, ...]:
        """Return the contacts; one that was merged from several records is contained once."""
        return tuple(row.contact for row in self.accepted if row.repeats is None)

    @property
    def extra_columns(self) -> tuple[str, ...]:
        """Return the columns that the contacts have extra values of, in the order of the file."""
        found = {column for contact in self.contacts for column, _ in contact.extra}
        known = [name for name in self.header.names if name in found]
        return (*known, *sorted(found.difference(known)))

    def __iter__(self) -> Iterator[Row]:
        return iter(sorted((*self.accepted, *self.rejected, *self.blank), key=attrgetter("record")))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return everything that was found, in the order of the file."""
        rows = (row for row in self if not isinstance(row, Blank))
        in_rows = (problem for row in rows for problem in row.problems)
        return (*self.header_problems, *in_rows, *self.understanding.problems, *self._of_import)

    @property
    def _of_import(self) -> tuple[Problem, ...]:
        return self.preflight.problems if self.preflight else ()

    def to_html(self, title: str = "Lead file", *, show_values: bool = False) -> str:
        """Return the report as one page of HTML, which loads nothing from a network.

        Args:
            title: The title of the page, such as the name of the file.
            show_values: Whether the page shows the faulty cells, which are data of people.
        """
        require("title", title, str, "a text")
        require("show_values", show_values, bool, "True or False")
        of_file = (*self.header_problems, *self.understanding.problems, *self._of_import)
        rows = (row for row in self if not isinstance(row, Blank))
        of_rows = ((each, row.cell(each) if show_values else None) for row in rows for each in row.problems)
        problems = chain(zip(of_file, repeat(None), strict=False), of_rows)
        return page(title, self.recognition, self.understanding, self.counts, problems)

    def write_accepted(self, target: FileTarget) -> None:
        """Write the contacts as CSV, or as JSON Lines where the name of the file ends in ``.jsonl``."""
        with ContactsWriter(target, self.extra_columns) as writer:
            for row in self.accepted:
                if row.repeats is None:
                    writer.write(row.contact, row.verdict)

    def write_import(self, target: FileTarget, do_not_contact: FileTarget) -> None:
        """Write the files to import into the destination: people to contact, and people who opted out.

        Raises:
            WrongValue: If the check was made without a destination.
        """
        if self.preflight is None:
            raise WrongValue("destination", "was not given", "check the file with one")
        with ImportWriter(target, do_not_contact, self.preflight) as writer:
            for row in self:
                writer.write(row)

    def write_rejects(self, target: FileTarget) -> None:
        """Write the rejected rows as they were, with what is wrong in a first column."""
        with RejectsWriter(target, self.header) as writer:
            for row in self.rejected:
                writer.write(row)

    def __str__(self) -> str:
        rows, counts = counted(self.rows, "row"), self.counts
        verdicts = f"{counts.accepted} accepted, {counts.rejected} rejected; {counts.blank} blank"
        return f"{rows}: {verdicts}; layout {self.layout.name}"

    __repr__ = __str__


def _merged(rows: list[Row], repeated: Mapping[int, tuple[int, ...]], policy: Policy) -> list[Row]:
    accepted = [row for row in rows if isinstance(row, Accepted)]
    first: dict[int, int] = {}
    contacts: dict[int, Contact] = {}

    def head(record: int) -> int:
        while first[record] != record:
            record = first[record]
        return record

    for row in accepted:
        first[row.record], contacts[row.record] = row.record, row.contact
        heads = sorted({*map(head, repeated.get(row.record, ())), row.record})
        # Histories that give one id two meanings are not those of one person.
        with suppress(EventIdReused):
            contacts[heads[0]] = reduce(Contact.__or__, map(contacts.__getitem__, heads))
            first |= dict.fromkeys(heads, heads[0])
    merged = {
        row.record: _with_contact(row, contacts[row.record], policy)
        if head(row.record) == row.record
        else evolve(row, repeats=head(row.record))
        for row in accepted
    }
    return [merged.get(row.record, row) for row in rows]


def _with_contact(row: Accepted, contact: Contact, policy: Policy) -> Accepted:
    same = contact == row.contact
    return row if same else evolve(row, contact=contact, verdict=classify(contact, policy))


def _with_opt_outs(rows: list[Row], policy: Policy, unit: str) -> list[Row]:
    """Return the rows, opted out wherever a row with the same id or address is, or warned where it may be."""
    people: dict[int, list[str]] = {}
    sure: dict[int, list[str]] = {}
    doubtful: dict[int, list[str]] = {}
    for row in rows:
        if isinstance(row, Blank):
            continue
        unread = isinstance(row, Rejected) and any(each.code is Code.CONSENT_UNREAD for each in row.problems)
        if row.contact is not None:
            people[row.record] = keys_of(row.contact)
            verdict = row.verdict if isinstance(row, Accepted) else classify(row.contact, policy)
            if Fact.OPTED_OUT in verdict.evidence and (isinstance(row, Rejected) or row.repeats is None):
                sure[row.record] = []
            elif unread:
                doubtful[row.record] = []
        elif unread:
            for said, keys in stated_by_words(row.cells, row.text):
                is_sure = said is ConsentReading.OPTED_OUT and len(keys) == 1
                (sure if is_sure else doubtful).setdefault(row.record, []).extend(keys)
    if not (sure or doubtful):
        return rows
    by, perhaps = reached(people, sure), reached(people, doubtful)
    return [_warned(row, by.get(row.record), perhaps.get(row.record), policy, unit) for row in rows]


def _warned(row: Row, by: int | None, perhaps: int | None, policy: Policy, unit: str) -> Row:
    """Return a row with what another one says against contact: a wish, which counts here too, or perhaps one."""
    if not (by or perhaps) or not isinstance(row, Accepted) or row.repeats is not None:
        return row
    if Fact.OPTED_OUT in row.verdict.evidence:
        return row
    code, says = (
        (Code.OPTED_OUT_ELSEWHERE, "asked not to be contacted")
        if by
        else (Code.CONSENT_UNREAD_ELSEWHERE, "may say that this person does not want to be contacted")
    )
    message = f"row {by or perhaps} with the same id or e-mail address {says}"
    problem = Problem(code, message, row.record, row.lines[0], unit=unit)
    contact = row.contact
    if by:
        contact = evolve(contact, evidence=contact.evidence | Evidence.of(Fact.OPTED_OUT))
    return evolve(_with_contact(row, contact, policy), problems=(*row.problems, problem))


def check(
    source: FileSource,
    *,
    layout: LayoutChoice = None,
    region: str | None = None,
    encoding: str | None = None,
    duplicates: DuplicatesChoice = "report",
    trust_stage: bool = False,
    consent_in: Iterable[str] = (),
    no_consent_in: Iterable[str] = (),
    names_only: bool = False,
    policy: Policy = STANDARD,
    limits: Limits = LIMITS,
    sheet: SheetChoice = None,
    columns: Iterable[str] = (),
    destination: DestinationChoice = None,
    fill: FillChoice = (),
    standard_fields: bool = False,
) -> Report:
    """Check a lead file whole; the arguments and errors are those of `iter_check`.

    Duplicates may be merged here as well: each person is then one contact, made of all their records.
    An opt-out applies to every row with the same id or e-mail address, merged or not, even if the
    row that states it is rejected; each affected row has the warning ``opted-out-elsewhere``. What may be
    an opt-out, in a row rejected with ``consent-unread``, gives the others ``consent-unread-elsewhere``.
    """
    with Run(**locals()) as run:
        run.preflight = None  # it judges rows that are merged
        read = list(run)
    rows, counts = read, run.counts
    if duplicates == "merge":
        rows = _merged(rows, run.repeated, policy)
    rows = _with_opt_outs(rows, policy, counts.unit)
    if preflight := run.preflight_of_columns():
        rows = [*map(preflight.judge, rows)]
        held_back = {row.record for row in rows if isinstance(row, Accepted) and row.held_back}
        merged = (row for row in rows if isinstance(row, Accepted) and row.repeats in held_back)
        held = {row.record: evolve(row, held_back=True) for row in merged}
        rows = [held.get(row.record, row) for row in rows]
    if rows is not read:
        tally = Tally(run.header.last_line, run.header_problems, counts.unit)
        for row in rows:
            tally.add(row)
        of_import = preflight.problems if preflight else ()
        counts = tally.counts(counts.lines, (*run.understanding.problems, *of_import))
    return Report(
        recognition=run.recognition,
        header=run.header,
        header_problems=run.header_problems,
        accepted=tuple(row for row in rows if isinstance(row, Accepted)),
        rejected=tuple(row for row in rows if isinstance(row, Rejected)),
        blank=tuple(row for row in rows if isinstance(row, Blank)),
        understanding=run.understanding,
        counts=counts,
        preflight=preflight,
    )
