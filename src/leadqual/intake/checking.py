"""The check of a lead file: opened, read to the end, counted."""

from collections.abc import Iterator
from types import TracebackType
from typing import Self, final

from attrs import frozen

from leadqual.contacts import Contact
from leadqual.facts import bits_of
from leadqual.intake.columns import ContactReader
from leadqual.intake.counting import Counts, Tally
from leadqual.intake.decoding import CHUNK_BYTES, FileSource, read_chunks, text_chunks
from leadqual.intake.judging import Judge
from leadqual.intake.layouts import Layout
from leadqual.intake.lines import split_lines
from leadqual.intake.problems import LIMITS, Code, Limits, Problem
from leadqual.intake.recognition import LayoutChoice, Recognition, choose_layout, find_header
from leadqual.intake.records import RecordReader
from leadqual.intake.rows import Accepted, Blank, Rejected, Row
from leadqual.policy import Policy
from leadqual.standard import STANDARD


@final
class Run:
    """Yield the rows of a file, in constant memory; `counts` holds what was counted so far.

    Close it, or use it in a ``with`` block, where not every row is taken.

    Attributes:
        recognition: Which layout the file has, and what becomes of each column.
        header_lines: The first and the last line of the header.
        header_problems: What is worth a look in the header.
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
        trust_stage: bool,
        chunk_bytes: int = CHUNK_BYTES,
    ) -> None:
        """Open the file and read its header."""
        chosen = choose_layout(layout)
        self._chunks = read_chunks(source, chunk_bytes)
        try:
            found, chunks = text_chunks(self._chunks, encoding or (chosen and chosen.encoding) or None)
            self._reader = RecordReader(split_lines(chunks, limits.record_bytes), found, limits)
            header, self.recognition = find_header(self._reader, chosen, limits)
            trust = {stage: bits_of(rules[0].all) for stage, rules in policy.stages} if trust_stage else {}
            columns = ContactReader(self.layout, header, region=region, trust=trust)
        except BaseException:
            self._chunks.close()
            raise
        self._reader.expect(len(header.names), pads=self.layout.pads)
        self.header_lines = (1, header.last_line)
        self.header_problems = tuple(
            Problem(
                Code.HEADER_DUPLICATED,
                Code.HEADER_DUPLICATED.meaning,
                header.records,
                header.last_line,
                index + 1,
                header.names[index],
            )
            for index in header.doubled
        )
        self._number = header.records
        self._judge = Judge(self._reader, header, columns, policy, limits)
        self._tally = Tally(header.last_line, self.header_problems)

    @property
    def layout(self) -> Layout:
        """Return the layout that the file is read in."""
        return self.recognition.layout

    @property
    def counts(self) -> Counts:
        """Return what was counted so far."""
        return self._tally.counts(self._reader.lines_read)

    def __iter__(self) -> Iterator[Row]:
        """Return the run itself."""
        return self

    def __next__(self) -> Row:
        """Return the next row.

        Raises:
            FileRefused: If the file cannot be read any further.
        """
        self._number += 1
        row = self._judge.row(next(self._reader), self._number)
        self._tally.add(row)
        return row

    def close(self) -> None:
        """Close the file, if it was opened here."""
        self._chunks.close()

    def __enter__(self) -> Self:
        """Return the run itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()


def iter_check(
    source: FileSource,
    *,
    layout: LayoutChoice = None,
    region: str | None = None,
    encoding: str | None = None,
    trust_stage: bool = False,
    policy: Policy = STANDARD,
    limits: Limits = LIMITS,
) -> Run:
    """Check a lead file row by row, in memory that does not grow with it.

    *source* is bytes, a path, or an open binary file. *layout* is a `Layout`, the name of a built-in
    one, or the path of a TOML file; without it the header tells. *region* is the country of telephone
    numbers without ``+``. *encoding* has to be named if it is neither UTF-8 nor UTF-16 with a mark.
    With *trust_stage* a claimed stage is taken at its word: the fact that earns it is added, and the
    contact is marked.

    Raises:
        FileRefused: If the file cannot be used; later rows may raise it too, if reading fails.
        WrongType: If *source* or *layout* is of no usable type.
        UnknownWord: If no built-in layout is called so.
        ExtraMissing: While reading, if an address needs the extra ``intake``.
    """
    return Run(
        source,
        layout=layout,
        region=region,
        encoding=encoding,
        policy=policy,
        limits=limits,
        trust_stage=trust_stage,
    )


@final
@frozen
class Report:
    """Hold the result of a check; memory grows with the file.

    Attributes:
        recognition: Which layout the file has, and what becomes of each column.
        header_lines: The first and the last line of the header.
        accepted: The records that became contacts.
        rejected: The records that cannot be used.
        blank: The records without text.
        header_problems: What is worth a look in the header.
        counts: How many there are of everything.
    """

    recognition: Recognition
    header_lines: tuple[int, int]
    accepted: tuple[Accepted, ...]
    rejected: tuple[Rejected, ...]
    blank: tuple[Blank, ...]
    header_problems: tuple[Problem, ...]
    counts: Counts

    @property
    def layout(self) -> Layout:
        """Return the layout that the file was read in."""
        return self.recognition.layout

    @property
    def rows(self) -> int:
        """Return how many records hold something: the accepted and the rejected ones."""
        return self.counts.rows

    @property
    def contacts(self) -> tuple[Contact, ...]:
        """Return the contacts."""
        return tuple(row.contact for row in self.accepted if row.repeats is None)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return everything that was found, in the order of the file."""
        rows: list[Accepted | Rejected] = sorted((*self.accepted, *self.rejected), key=lambda row: row.record)
        return (*self.header_problems, *(problem for row in rows for problem in row.problems))

    def __str__(self) -> str:
        """Return the counts in one line."""
        counts = self.counts
        return (
            f"{counts.rows} rows: {counts.accepted} accepted, {counts.rejected} rejected; "
            f"{counts.blank} blank; layout {self.layout.name}"
        )


def check(
    source: FileSource,
    *,
    layout: LayoutChoice = None,
    region: str | None = None,
    encoding: str | None = None,
    trust_stage: bool = False,
    policy: Policy = STANDARD,
    limits: Limits = LIMITS,
) -> Report:
    """Check a lead file whole; the arguments and errors are those of `iter_check`."""
    run = iter_check(
        source,
        layout=layout,
        region=region,
        encoding=encoding,
        trust_stage=trust_stage,
        policy=policy,
        limits=limits,
    )
    rows = list(run)
    return Report(
        recognition=run.recognition,
        header_lines=run.header_lines,
        accepted=tuple(row for row in rows if isinstance(row, Accepted)),
        rejected=tuple(row for row in rows if isinstance(row, Rejected)),
        blank=tuple(row for row in rows if isinstance(row, Blank)),
        header_problems=run.header_problems,
        counts=run.counts,
    )
