"""How much of a file was understood: which columns were read, and what the unread ones may hold."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, final

from attrs import frozen

from leadqual.contacts.consent import ConsentKind
from leadqual.contacts.headings import answer_of, fact_of, field_of, is_evidence
from leadqual.intake.codes import Code
from leadqual.intake.problems import Problem
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.vocabulary import counted

_EVIDENCE: Final = {*map(str, Fact), "claimed_stage", "history"} - {str(Fact.OPTED_OUT)}
_ABOUT_CONSENT: Final = (ConsentKind.WEAK_OUT, ConsentKind.IN, ConsentKind.MIXED)
_CODES: Final = (Code.FACTS_UNREAD, Code.EVIDENCE_UNREAD, Code.ANSWERS_UNREAD)
_LISTED: Final = 5


@final
@frozen
class Understanding:
    """The columns of a file by what became of them, and what that means for the result."""

    columns: int  # how many the file has
    read: tuple[str, ...]  # those that a field or a fact is read from
    facts: tuple[str, ...]  # of them, those of a fact other than an opt-out, or of a stage
    kept: tuple[str, ...]  # those that are not read; their cells are kept as they are
    evidence_unread: tuple[str, ...]  # of them, those that are named like evidence and not blank throughout
    consent_unread: tuple[str, ...]  # those that are named like a consent; a no in one rejects its row
    answers_unread: tuple[str, ...]  # those of nothing but yes and no, under a name that no list has
    names_only: bool = False  # whether the caller said so, or the file is an output of this library

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return what is wrong with the file as a whole, or worth a look."""
        # A name that suggests a fact is that of a column which somebody has to map.
        suggest = [name for name in self.evidence_unread if not self.facts or fact_of(name, loose=True)]
        facts = [] if self.names_only else suggest
        other = [name for name in self.evidence_unread if name not in facts]
        found = zip(_CODES, (facts, other, self.answers_unread), strict=True)
        return tuple(Problem(code, f"{code.meaning}: {_named(names)}") for code, names in found if names)

    @property
    def notes(self) -> tuple[Problem, ...]:
        """Return what is worth knowing and is nothing wrong."""
        known = self.facts or self.evidence_unread
        return () if known else (Problem(Code.FACTS_ABSENT, Code.FACTS_ABSENT.meaning),)

    def __str__(self) -> str:
        kept = f", {len(self.kept)} kept unread: {_named(self.kept)}" if self.kept else ""
        return (
            f"{len(self.read)} of {counted(self.columns, 'column')} read ({len(self.facts)} as facts){kept}"
        )


def _named(columns: Sequence[str]) -> str:
    more = len(columns) - _LISTED
    return ", ".join(columns[:_LISTED]) + (f" and {more} more" if more > 0 else "")


@final
class ColumnWatch:
    def __init__(self) -> None:
        self._kinds: Mapping[int, ConsentKind] = {}
        self._known: set[int] = set()
        self._blank: set[int] = set()  # columns named like evidence of which no cell is filled yet
        self._evidence: set[int] = set()
        self._answers: dict[int, set[str | bool]] = {}  # columns of nothing but answers, with what they say

    def add(self, unread: Mapping[int, str], kinds: Mapping[int, ConsentKind]) -> None:
        """Watch unread columns, given by name; *kinds* are what the names of some say of consent."""
        self._kinds = kinds
        for index in unread.keys() - self._known:
            self._known.add(index)
            kind = kinds.get(index)
            if kind not in (None, ConsentKind.NONE, ConsentKind.STATUS):
                continue
            if is_evidence(unread[index]):
                self._evidence.add(index)
                self._blank.add(index)
            elif kind is not None and field_of(unread[index]) is None:
                self._answers[index] = set()

    def see(self, texts: Sequence[str]) -> None:
        if self._blank:
            self._blank = {index for index in self._blank if not texts[index]}
        for index in tuple(self._answers):
            if texts[index]:
                # A letter or a digit may mean anything, unless the column has one for no, too.
                if (answer := answer_of(texts[index])) is not None:
                    self._answers[index].add(answer if len(texts[index]) == 1 else "word")
                else:
                    del self._answers[index]

    def understanding(
        self, names: Mapping[int, str], uses: Mapping[int, AbstractSet[str]], *, names_only: bool
    ) -> Understanding:
        answers = (index for index, said in self._answers.items() if "word" in said or len(said) > 1)
        indexes: dict[str, Iterable[int]] = {
            "read": uses,
            "facts": (index for index, words in uses.items() if words & _EVIDENCE),
            "kept": names.keys() - uses.keys(),
            "evidence_unread": self._evidence - self._blank - uses.keys(),
            "consent_unread": (index for index, kind in self._kinds.items() if kind in _ABOUT_CONSENT),
            "answers_unread": answers,
        }
        named = {part: tuple(names[index] for index in sorted(found)) for part, found in indexes.items()}
        return Understanding(len(names), **named, names_only=names_only)
