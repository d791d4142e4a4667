"""One system that contact data comes from or goes to."""

from collections.abc import Mapping
from functools import cached_property
from itertools import chain
from typing import Final, final

from attrs import evolve, frozen

from leadqual.errors import WrongValue
from leadqual.systems.layout import Layout
from leadqual.systems.mapping import Sureness, ValueMapping
from leadqual.taxonomy.vocabulary import UnknownWord, Word

CARRIED: Final = (
    *("first_name", "last_name", "company", "job_title", "website"),
    *("street", "city", "state", "postal_code", "country", "description"),
)
"""The columns that this library keeps without reading them, by the names that every system shares."""


@final
class OptOutWay(Word):
    """How an import can record that a person does not want to be contacted."""

    COLUMNS = "columns", "by columns of the imported file"
    SEPARATE = "separate", "by an import of its own"
    NONE = "none", "not at all"


@final
class DemandKind(Word):
    """The kind of a demand that a destination makes of a row: a closed set."""

    MISSING = "missing", "a needed column is empty"
    EMAIL = "email", "an e-mail address that it refuses"
    UNLISTED = "unlisted", "a value that is not in its list"
    REPEATED = "repeated", "a key that an earlier row has"
    TOO_LONG = "too_long", "a text that is longer than its column"
    LINE_BREAK = "line_break", "a line break in a cell"
    TOO_MANY = "too_many", "more rows than one file may have"


@final
@frozen
class DestinationColumn:
    """A column of an import file.

    Attributes:
        name: The name of the column.
        field: The field of a contact, or the carried column, that is written in it; empty for a mapping.
        mapping: The name of the mapping that is written in it; empty for others.
        length: The characters that it holds; None without a known limit.
        sureness: How well the limit is known.
    """

    name: str
    field: str = ""
    mapping: str = ""
    length: int | None = None
    sureness: Sureness = Sureness.KNOWN


@final
@frozen
class ErrorName:
    """The name that a destination has for a kind of fault."""

    kind: DemandKind
    name: str
    sureness: Sureness


@final
@frozen
class Destination:
    """What a system demands of a file that is imported into it.

    Attributes:
        columns: The columns that are written.
        needs: Groups of columns; a row needs a value in one column of each group.
        keys: The columns by which the system finds a person who is there already.
        rows: The rows that a file may have; None without a known limit.
        size: The bytes that a file may have; None without a known limit.
        columns_at_most: The columns that a file may have; None without a known limit.
        encoding: The encoding that the system reads; empty for UTF-8.
        line_breaks: Whether a cell may hold a line break.
        opt_out: How an import records an opt-out.
        opt_out_columns: The columns that record one, each with the value that does.
        note: What a person who imports the files has to know.
        errors: The system's own names for faults.
    """

    columns: tuple[DestinationColumn, ...]
    needs: tuple[tuple[str, ...], ...] = ()
    keys: tuple[str, ...] = ()
    rows: int | None = None
    size: int | None = None
    columns_at_most: int | None = None
    encoding: str = ""
    line_breaks: bool = True
    opt_out: OptOutWay = OptOutWay.NONE
    opt_out_columns: tuple[tuple[str, str], ...] = ()
    note: str = ""
    errors: tuple[ErrorName, ...] = ()


@final
@frozen(cache_hash=True)
class System:
    """What is known about another system: how its export is read, what its values mean, what it demands.

    Attributes:
        name: The name of the system here, such as ``"hubspot"``.
        title: Its own name, such as ``"HubSpot"``.
        record: What its files hold, such as contacts or leads.
        carried: The columns of its files that are kept unread, by the names that systems share.
        questions: What a company answers once with yes or no, by name.
        mappings: The fields whose values have a meaning, before any question is answered.
        answers: The questions that the company answers with yes.
        destination: What an import demands; None if nothing is known of it.
    """

    name: str
    title: str
    record: str
    read: Layout
    carried: tuple[tuple[str, tuple[str, ...]], ...] = ()
    questions: tuple[tuple[str, str], ...] = ()
    mappings: tuple[ValueMapping, ...] = ()
    answers: frozenset[str] = frozenset()
    destination: Destination | None = None

    @cached_property
    def values(self) -> tuple[ValueMapping, ...]:
        """Return the mappings with the answers of the company."""
        given = dict.fromkeys(self.answers, True)
        return tuple(
            evolve(each, values=tuple(meaning.answered(given) for meaning in each.values))
            for each in self.mappings
        )

    @cached_property
    def layout(self) -> Layout:
        """Return how its export is read, with the meanings of its values."""
        silent = (name for each in self.values if not each.says for name in each.columns)
        spoken = tuple(each for each in self.values if each.says)
        carried = chain.from_iterable(columns for _, columns in self.carried)
        return evolve(self.read, values=spoken, ignored=(*self.read.ignored, *carried, *silent))

    def answering(self, answers: Mapping[str, bool]) -> "System":
        """Return the system of a company that answers the questions so.

        Raises:
            UnknownWord: If the system does not ask a question of that name.
            WrongValue: If an answer is neither True nor False.
        """
        names = tuple(name for name, _ in self.questions)
        for question, answer in answers.items():
            if question not in names:
                raise UnknownWord("question", question, names)
            if answer not in (True, False):
                raise WrongValue(f"the answer to {question}", "is not an answer", "give True or False")
        denied = {question for question, answer in answers.items() if not answer}
        return evolve(self, answers=self.answers.union(answers) - denied)
