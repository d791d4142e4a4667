"""The check of a lead file, row by row."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from functools import partial
from itertools import accumulate
from typing import Final, final

from leadqual.classification.classification import classify
from leadqual.contacts.consent import faults_in_ways_out, titles_against_contact
from leadqual.errors import WrongValue, require, require_items
from leadqual.intake.codes import Code
from leadqual.intake.contact_reader import ContactReader
from leadqual.intake.decoding import CHUNK_BYTES, Closing, FileSource, SheetChoice, read_chunks
from leadqual.intake.dialects import CONTROL, Record, Uncomputed
from leadqual.intake.duplicates import DuplicateIndex, DuplicatesChoice, known_choice, stated_by_words
from leadqual.intake.headers import Header
from leadqual.intake.import_files import DestinationChoice, FillChoice, choose_target
from leadqual.intake.opening import open_file
from leadqual.intake.preflight import Preflight
from leadqual.intake.problems import LIMITS, Finding, Limits, Problem
from leadqual.intake.recognition import SUGGESTED, LayoutChoice, Recognition, choose_layout, recognise
from leadqual.intake.rows import Accepted, Blank, Counts, Rejected, Row, Tally
from leadqual.intake.suggesting import suggest
from leadqual.intake.understanding import ColumnWatch, Understanding
from leadqual.policy.policy import Policy
from leadqual.policy.standard import STANDARD
from leadqual.systems.layout import Layout
from leadqual.taxonomy.facts import Evidence
from leadqual.taxonomy.severity import Severity

_NO_TEXT: Final = re.compile("[\udc80-\udcff]")
_DAMAGED: Final = re.compile(
    "[\ufffd\x80-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
    "|\u00c3[\u0080-\u00bf\u0192\u201a-\u2122]|\u00e2\u20ac|\u00c2[\u00a0-\u00bf]"
)
_ERRORS: Final = frozenset(code for code in Code if code.severity is Severity.ERROR)
# Faults of one cell, after which the others are still worth reading.
_IN_ONE_CELL: Final = frozenset(
    {Code.NOT_TEXT, Code.CONTROL_CHARACTER, Code.CELL_TOO_LONG, Code.ROWS_IN_QUOTES, Code.CELL_UNCOMPUTED}
)
_IN_BROKEN_ROW: Final = "the row has words against contact, and cells that cannot be told apart"


@final
class Run(Closing, Iterator[Row]):
    """An iterator over the rows of a file, in constant memory; `counts` holds what was counted so far.

    Close it, or use it in a ``with`` block, where not every row is taken.

    Attributes:
        recognition: Which layout the file has, and what becomes of each column.
        header_problems: What is worth a look in the header.
        repeated: The numbers of records that are about an earlier person, with the earlier records.
        preflight: What the destination demands of the rows; None without a destination.
    """

    def __init__(
        self,
        source: FileSource,
        *,
        layout: LayoutChoice,
        region: str | None,
        encoding: str | None,
        policy: Policy,
        limits: Limits,
        duplicates: DuplicatesChoice,
        trust_stage: bool,
        consent_in: Iterable[str] = (),
        no_consent_in: Iterable[str] = (),
        names_only: bool = False,
        sheet: SheetChoice = None,
        columns: Iterable[str] = (),
        destination: DestinationChoice = None,
        fill: FillChoice = (),
        standard_fields: bool = False,
        chunk_bytes: int = CHUNK_BYTES,
    ) -> None:
        require("region", region, str | None, "the code of a country", "give one such as 'US', or None")
        require(
            "encoding", encoding, str | None, "the name of an encoding", "give one such as 'cp1252', or None"
        )
        require("policy", policy, Policy, "a Policy", "read a file with read_policy")
        require("limits", limits, Limits, "Limits", "give one such as Limits(columns=2_000)")
        require("trust_stage", trust_stage, bool, "True or False")
        require_items("consent_in", consent_in, "names of columns")
        require_items("no_consent_in", no_consent_in, "names of columns")
        require_items("columns", columns, "names of columns")
        consent_in, no_consent_in = tuple(consent_in), tuple(no_consent_in)
        require("sheet", sheet, SheetChoice, "the name or the number of a sheet")
        known_choice(duplicates)
        self._target = choose_target(destination, fill, standard_fields=standard_fields)
        chosen = choose_layout(layout)
        encoding = encoding or (chosen and chosen.encoding) or None
        self.recognition: Recognition
        with ExitStack() as opened:
            chunks: Iterator[bytes] = opened.enter_context(closing(read_chunks(source, chunk_bytes)))
            names = tuple(map(str, columns))
            if layout == SUGGESTED:
                chosen, _, chunks = suggest(chunks, encoding, limits, sheet=sheet, columns=names)
            recognition_of = partial(recognise, layout=chosen)
            self._reader, self.recognition = open_file(
                chunks, encoding, limits, recognition_of, sheet=sheet, columns=names
            )
            header = self._reader.header
            trust = {stage: Evidence.of(*rules[0].all) for stage, rules in policy.stages if trust_stage}
            self._contact_reader_of = partial(
                ContactReader,
                self.layout,
                region=region,
                trust=trust,
                consent_in=consent_in,
                no_consent_in=no_consent_in,
                watch=ColumnWatch(),
            )
            self._contact_reader = self._contact_reader_of(header)
            known = (*header.names, *header.cells, *header.titles) if header.delimiter else None
            for fault in faults_in_ways_out(known, consent_in, no_consent_in):
                raise WrongValue(fault.where, fault.reason)
            opt_outs = (header.names[index] for index in self._contact_reader.opt_outs)
            self.recognition = self.recognition.with_opt_outs(opt_outs)
            self._opened = opened.pop_all()
        self._header = header
        self._policy, self._limits, self._names_only = policy, limits, names_only
        self._number = header.records
        outside, meaning = Code.CONSENT_OUTSIDE, Code.CONSENT_OUTSIDE.meaning
        doubled = (Finding(Code.HEADER_DUPLICATED, index) for index in sorted(header.doubled))
        titles = titles_against_contact(header.titles, no_consent_in)
        self.header_problems: tuple[Problem, ...] = (
            *(self._problem(finding, header.last_line) for finding in doubled),
            *(Problem(outside, f"{meaning}: {title!r}") for title in titles),
        )
        self._duplicates = None if duplicates == "ignore" else DuplicateIndex()
        self.repeated: dict[int, tuple[int, ...]] = {}
        self._tally = Tally(header.last_line, self.header_problems, self._reader.unit)
        self.preflight: Preflight | None = self.preflight_of_columns()

    @property
    def layout(self) -> Layout:
        """Return the layout that the file is read in."""
        return self.recognition.layout

    @property
    def header(self) -> Header:
        """Return the column names; for JSON Lines, those met so far."""
        return self._reader.header

    @property
    def extra_columns(self) -> tuple[str, ...]:
        """Return the columns that extra values may come from; for JSON Lines, as met so far."""
        return self._contact_reader.extra_columns

    @property
    def bytes_read(self) -> int:
        """Return how many bytes of the file the rows so far took."""
        return self._reader.bytes_read

    @property
    def counts(self) -> Counts:
        """Return what was counted so far."""
        of_import = self.preflight.problems if self.preflight else ()
        return self._tally.counts(self._reader.lines_read, (*self.understanding.problems, *of_import))

    @property
    def understanding(self) -> Understanding:
        """Return how much of the file is understood so far."""
        return self._contact_reader.understanding(names_only=self._names_only)

    def __next__(self) -> Row:
        """Return the next row.

        Raises:
            FileRefused: If the file cannot be read any further.
        """
        self._number += 1
        row = self._row(next(self._reader))
        if self._duplicates is not None and isinstance(row, Accepted):
            repeats = self._duplicates.repeats(row.contact, row.record)
            if repeats:
                found = [repeat.finding(self._contact_reader.column_of(repeat.field)) for repeat in repeats]
                problems = (*row.problems, *(self._problem(finding, row.lines[0]) for finding in found))
                row = Accepted(row.record, row.lines, row.contact, row.verdict, problems)
                self.repeated[row.record] = tuple(repeat.record for repeat in repeats if not repeat.reason)
        row = self.preflight.judge(row) if self.preflight else row
        self._tally.add(row)
        return row

    def preflight_of_columns(self) -> Preflight | None:
        """Return the check for the destination by the columns that were met so far."""
        target, reader, keeps_keys = self._target, self._contact_reader, self._duplicates is not None
        return target and Preflight(target, reader, self._policy, self._reader.unit, keeps_keys=keeps_keys)

    def _row(self, record: Record) -> Row:
        number, lines = self._number, (record.first, record.last)
        fault, contact = record.fault, None
        if record.blank:
            return Blank(number, lines)
        findings: list[Finding] = []
        if self._header is not self._reader.header:
            late = range(len(self._header.names), len(self._reader.header.names))
            self._header = self._reader.header
            self._contact_reader = self._contact_reader_of(self._header)
            findings += (Finding(Code.COLUMN_LATE, i) for i in late if not self._header.is_ours(i))
        if fault is not None:
            findings += self._findings_of(fault, record)
        if record.doubtful:
            findings.append(Finding(Code.READ_AFTER_DAMAGE))
        if fault is None or (fault in _IN_ONE_CELL and record.cells):
            contact, in_cells = self._contact_reader.read(record.cells)
            if in_cells:
                told = {found.column for found in findings if found.code is Code.CELL_UNCOMPUTED}
                findings += [found for found in in_cells if found.column not in told]
            findings += self._damaged(record)
        elif fault is not Code.HEADER_REPEATED and any(stated_by_words(record.cells, record.text)):
            findings.append(Finding(Code.CONSENT_UNREAD, None, _IN_BROKEN_ROW))
        problems = self._problems(findings, record) if findings else ()
        if contact is None or (problems and any(problem.code in _ERRORS for problem in problems)):
            span, cells = (record.offset, record.length), tuple(record.cells)
            return Rejected(number, lines, problems, *span, record.text, cells, contact)
        verdict = classify(contact if contact.history.events else contact.evidence, self._policy)
        if contact.claimed_stage is not None and contact.claimed_stage not in verdict.reached:
            column = self._contact_reader.column_of("claimed_stage")
            problems += self._problems([Finding(Code.CLAIM_UNPROVED, column)], record)
        return Accepted(number, lines, contact, verdict, problems)

    @staticmethod
    def _damaged(record: Record) -> list[Finding]:
        text = record.text or "\t".join(record.cells)
        if text.isascii() or not _DAMAGED.search(text):
            return []
        cells = enumerate(record.cells)
        return [Finding(Code.TEXT_DAMAGED, index) for index, cell in cells if _DAMAGED.search(cell)]

    def _findings_of(self, fault: Code, record: Record) -> list[Finding]:
        if fault is Code.CELL_UNCOMPUTED:
            cells = enumerate(record.cells)
            return [Finding(fault, index) for index, cell in cells if isinstance(cell, Uncomputed)]
        if record.lines_to_recheck:
            first, last = record.lines_to_recheck
            several = f"lines {first} to {last} were read on their own, look at them too"
            alone = f"line {first} was read on its own, look at it too"
            return [Finding(fault, None, f"{fault.meaning}; {several if first < last else alone}")]
        tests: dict[Code, Callable[[str], object]] = {
            Code.NOT_TEXT: _NO_TEXT.search,
            Code.CONTROL_CHARACTER: CONTROL.search,
            Code.CELL_TOO_LONG: lambda cell: len(cell) > self._limits.cell_characters,
        }
        at_fault = (index for index, cell in enumerate(record.cells) if fault in tests and tests[fault](cell))
        return [Finding(fault, next(at_fault, None), record.detail)]

    def _problems(self, findings: list[Finding], record: Record) -> tuple[Problem, ...]:
        several = record.cells[:-1] if record.last > record.first else []
        lines = list(accumulate(map(_line_ends, several), initial=record.first))
        return tuple(
            self._problem(
                finding,
                lines[min(finding.column or 0, len(lines) - 1)],
                repair=record.cells[0] if finding.code is Code.ROW_IN_QUOTES else None,
            )
            for finding in sorted(findings, key=lambda each: -1 if each.column is None else each.column)
        )

    def _problem(self, finding: Finding, line: int, repair: str | None = None) -> Problem:
        code, column, message = finding
        names = self._header.names
        return Problem(
            code=code,
            message=message or code.meaning,
            record=self._number or None,
            line=line or None,
            column=None if column is None else column + 1,
            header=names[column] if column is not None and column < len(names) else None,
            repair=repair,
            unit=self._reader.unit,
        )


def iter_check(
    source: FileSource,
    *,
    layout: LayoutChoice = None,
    region: str | None = None,
    encoding: str | None = None,
    duplicates: DuplicatesChoice = "ignore",
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
) -> Run:
    """Check a lead file row by row, in memory that does not grow with it.

    *source* is bytes, a path, or an open binary file. *layout* is a `Layout`, the name of a built-in
    one, or the path of a TOML file; without it the header decides. "suggested" reads what both the names
    and the first 1,000 cells of the columns say, as the recognition tells. *region* is the country of
    telephone numbers without ``+``. *encoding* has to be named if it is neither UTF-8 nor UTF-16 with a mark.
    *sheet* is the name of a sheet of a workbook, or its number among the visible ones; it has to be given
    where several hold data. *columns* are the names of the columns of a file without a line of names.
    *duplicates* are ignored, or reported at about 100 bytes of memory for each id, e-mail address and
    telephone number; to merge them takes the whole file, so only `check` does it.
    With *trust_stage* a claimed stage is trusted: the fact that earns it is added, and the contact is
    marked.

    Columns that no layout reads are read for consent: a column for opt-outs, or a cell such as
    "unsubscribed" in any column, means do not contact; a no in a column for consent, or a text that may
    forbid contact, rejects its row with ``consent-unread``. *consent_in* names columns in which a no
    means do not contact, and *no_consent_in* those in which nothing is about consent. With *names_only*
    the file is known to hold names, whatever its columns are called.

    With *destination*, such as "hubspot", each contact is held to what that system demands of an import; one
    that it would refuse stays accepted and is held back. *fill* gives texts for blank cells of its columns.
    With *standard_fields* its own fields for the verdict are written, too. `ImportWriter` writes the files.

    Each row is judged separately: only `check` finds that another row with the same id or e-mail address
    opted out.

    Raises:
        FileRefused: If the file cannot be used; later rows may raise it too, if reading fails.
        WrongType: If *source* or *layout* is of no usable type.
        UnknownWord: If *layout* is not a built-in layout, *duplicates* is not one of the choices, nothing is
            known of *destination*, or it has no column that *fill* names.
        WrongValue: If duplicates are to be merged.
        ExtraMissing: If a workbook, or while reading an address, needs the extra ``intake``.
    """
    arguments = locals().copy()
    known_choice(duplicates)
    if duplicates == "merge":
        raise WrongValue("duplicates", "cannot be merged row by row", "use check, or duplicates='report'")
    return Run(**arguments)


def _line_ends(cell: str) -> int:
    return max(len(cell.encode("utf-8", "surrogateescape").splitlines()) - 1, 0)
