"""The check of a lead file, row by row."""

from collections.abc import Iterator
from functools import partial
from typing import final

from leadqual.errors import WrongValue, require
from leadqual.intake.closable import Closable
from leadqual.intake.codes import Code
from leadqual.intake.contact_reader import ContactReader
from leadqual.intake.counting import Counts, Tally
from leadqual.intake.decoding import CHUNK_BYTES, FileSource, read_chunks, text_chunks
from leadqual.intake.duplicates import DuplicateIndex, DuplicatesChoice, known_choice
from leadqual.intake.headers import Header
from leadqual.intake.judging import Judge
from leadqual.intake.layouts import Layout
from leadqual.intake.lines import split_lines
from leadqual.intake.opening import open_records
from leadqual.intake.problems import LIMITS, Limits, Problem
from leadqual.intake.recognition import LayoutChoice, Recognition, choose_layout
from leadqual.intake.rows import Accepted, Row
from leadqual.policy.policy import Policy
from leadqual.policy.standard import STANDARD
from leadqual.taxonomy.facts import bits_of


@final
class Run(Closable):
    """Yield the rows of a file, in constant memory; `counts` holds what was counted so far.

    Close it, or use it in a ``with`` block, where not every row is taken.

    Attributes:
        recognition: Which layout the file has, and what becomes of each column.
        header_problems: What is worth a look in the header.
        repeated: The numbers of records that are about an earlier person, with the earlier records.
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
        chunk_bytes: int = CHUNK_BYTES,
    ) -> None:
        require("region", region, str | None, "the code of a country", "give one such as 'US', or None")
        require(
            "encoding", encoding, str | None, "the name of an encoding", "give one such as 'cp1252', or None"
        )
        require("policy", policy, Policy, "a Policy", "read a file with read_policy")
        require("limits", limits, Limits, "Limits", "give one such as Limits(columns=2_000)")
        require("trust_stage", trust_stage, bool, "True or False")
        known_choice(duplicates)
        chosen = choose_layout(layout)
        self._chunks = read_chunks(source, chunk_bytes)
        try:
            found, chunks = text_chunks(self._chunks, encoding or (chosen and chosen.encoding) or None)
            lines = split_lines(chunks, limits.record_bytes)
            self.recognition: Recognition
            self._reader, self.recognition = open_records(lines, found, chosen, limits)
            trust = {stage: bits_of(rules[0].all) for stage, rules in policy.stages} if trust_stage else {}
            told_by = len(self._reader.header.names)
            columns_of = partial(ContactReader, self.layout, region=region, trust=trust, told_by=told_by)
            self._judge = Judge(self._reader, columns_of, policy, limits)
        except BaseException:
            self._chunks.close()
            raise
        header = self._reader.header
        worth_a_look = [(index, Code.HEADER_DUPLICATED) for index in sorted(header.doubled)]
        worth_a_look += [
            (header.names.index(name), Code.CONSENT_UNMAPPED) for name in self.recognition.consent_unmapped
        ]
        self.header_problems: tuple[Problem, ...] = tuple(
            Problem(
                code,
                code.meaning,
                header.records or None,
                header.last_line or None,
                index + 1,
                header.names[index],
            )
            for index, code in worth_a_look
        )
        self._number = header.records
        self._seen = None if duplicates == "ignore" else DuplicateIndex()
        self.repeated: dict[int, tuple[int, ...]] = {}
        self._tally = Tally(header.last_line, self.header_problems)

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
        return self._judge.extra_columns

    @property
    def bytes_read(self) -> int:
        """Return how many bytes of the file the rows so far took."""
        return self._reader.bytes_read

    @property
    def counts(self) -> Counts:
        """Return what was counted so far."""
        return self._tally.counts(self._reader.lines_read)

    def __iter__(self) -> Iterator[Row]:
        return self

    def __next__(self) -> Row:
        """Return the next row.

        Raises:
            FileRefused: If the file cannot be read any further.
        """
        self._number += 1
        row = self._judge.row(next(self._reader), self._number)
        if self._seen is not None and isinstance(row, Accepted):
            repeats = self._seen.repeats(row.contact, row.record)
            if repeats:
                row = self._judge.with_repeats(row, repeats)
                self.repeated[row.record] = tuple(repeat.record for repeat in repeats if repeat.same)
        self._tally.add(row)
        return row

    def close(self) -> None:
        """Close the file, if it was opened here."""
        self._chunks.close()


def iter_check(
    source: FileSource,
    *,
    layout: LayoutChoice = None,
    region: str | None = None,
    encoding: str | None = None,
    duplicates: DuplicatesChoice = "ignore",
    trust_stage: bool = False,
    policy: Policy = STANDARD,
    limits: Limits = LIMITS,
) -> Run:
    """Check a lead file row by row, in memory that does not grow with it.

    *source* is bytes, a path, or an open binary file. *layout* is a `Layout`, the name of a built-in
    one, or the path of a TOML file; without it the header tells. *region* is the country of telephone
    numbers without ``+``. *encoding* has to be named if it is neither UTF-8 nor UTF-16 with a mark.
    *duplicates* are ignored, or reported at about 100 bytes of memory for each id, e-mail address and
    telephone number; to merge them takes the whole file, so only `check` does it.
    With *trust_stage* a claimed stage is taken at its word: the fact that earns it is added, and the
    contact is marked. A row is judged by itself: that another one with the same id or e-mail address
    opted out is found by `check` alone.

    Raises:
        FileRefused: If the file cannot be used; later rows may raise it too, if reading fails.
        WrongType: If *source* or *layout* is of no usable type.
        UnknownWord: If no built-in layout is called so, or duplicates cannot be treated so.
        WrongValue: If duplicates are to be merged.
        ExtraMissing: While reading, if an address needs the extra ``intake``.
    """
    known_choice(duplicates)
    if duplicates == "merge":
        raise WrongValue("duplicates", "cannot be merged row by row", "use check, or duplicates='report'")
    return Run(
        source,
        layout=layout,
        region=region,
        encoding=encoding,
        policy=policy,
        limits=limits,
        duplicates=duplicates,
        trust_stage=trust_stage,
    )
