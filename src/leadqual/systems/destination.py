"""What another system demands of a file that is imported into it."""

from collections.abc import Iterable
from typing import Final, final

from attrs import field, frozen

from leadqual.documents import Table
from leadqual.systems.mapping import Sureness
from leadqual.taxonomy.vocabulary import UnknownWord, Word, WordT

CARRIED: Final = (
    *("first_name", "last_name", "company", "job_title", "website"),
    *("street", "city", "state", "postal_code", "country", "description"),
)
"""The columns that this library keeps without reading them, by the names that every system shares."""

FIELDS: Final = ("id", "name", "email", "phone", *CARRIED)
"""What a column of an import file can be written from."""


@final
class OptOutWay(Word):
    """How an import can record that a person does not want to be contacted."""

    COLUMNS = "columns", "by columns of the imported file"
    SEPARATE = "separate", "by an import of its own"
    NONE = "none", "not at all"


@final
class DemandKind(Word):
    """The kind of a demand that a destination makes: a closed set."""

    MISSING = "missing", "a needed column is filled"
    EMAIL = "email", "an e-mail address is valid"
    UNLISTED = "unlisted", "a value is in its list"
    REPEATED = "repeated", "no earlier row has the key"
    TOO_LONG = "too_long", "a text is no longer than its column"
    FORBIDDEN = "forbidden", "a cell has none of some characters"
    ROWS = "rows", "a file has no more rows"
    BYTES = "bytes", "a file has no more bytes"
    COLUMNS = "columns", "a file has no more columns"


@final
@frozen
class DestinationColumn:
    """A column of an import file.

    Attributes:
        name: The name of the column.
        field: The field of a contact, or the carried column, that is written in it.
        mapping: The name of the mapping that is written in it.
        value: What is written in every row.
        length: The characters that it holds; None without a known limit.
        sureness: How well the limit is known.
    """

    name: str
    field: str = ""
    mapping: str = ""
    value: str = ""
    length: int | None = None
    sureness: Sureness = Sureness.KNOWN


@final
@frozen
class Demand:
    """What a destination does about one kind of fault.

    Attributes:
        kind: The kind.
        sureness: How well the demand is known; a row is held back only for a known one.
        error: The destination's own name for the fault; empty if it is not known.
        error_sureness: How well that name is known.
        effect: What becomes of a row that is taken all the same; empty if it is refused.
        at_most: How many rows, bytes or columns a file may have.
        characters: The characters that no cell may have.
    """

    kind: DemandKind
    sureness: Sureness = Sureness.KNOWN
    error: str = ""
    error_sureness: Sureness = Sureness.KNOWN
    effect: str = ""
    at_most: int | None = None
    characters: str = ""


@final
@frozen
class OptOutImport:
    """How an import records opt-outs.

    Attributes:
        way: By columns, by an import of its own, or not at all.
        keys: The columns that name the person; one of them has to be filled.
        columns: The columns of the file of people who opted out.
        note: What a person who imports the file has to know.
    """

    way: OptOutWay = OptOutWay.NONE
    keys: tuple[str, ...] = ()
    columns: tuple[DestinationColumn, ...] = ()
    note: str = ""


@final
@frozen
class Destination:
    """What a system demands of a file that is imported into it.

    Attributes:
        columns: The columns that are written; one without a field is filled only if asked for.
        needs: Groups of columns; a row needs a value in one column of each group.
        keys: The columns by which the system finds a person who is there already.
        demands: What it does about each kind of fault.
        opt_out: How an import records an opt-out.
    """

    columns: tuple[DestinationColumn, ...]
    needs: tuple[tuple[str, ...], ...] = ()
    keys: tuple[str, ...] = ()
    demands: tuple[Demand, ...] = ()
    opt_out: OptOutImport = field(factory=OptOutImport)

    def demand(self, kind: DemandKind) -> Demand | None:
        return next((each for each in self.demands if each.kind is kind), None)


def read_destination(table: Table, mappings: Iterable[str]) -> Destination:
    """Return the destination that a table describes, with its faults noted."""
    columns = _columns(table.table("columns"), tuple(mappings))
    demands, about = table.table("demands", required=False), table.table("opt_out", required=False)
    opt_outs = _columns(about.table("columns", required=False), ())
    needs, keys = table.groups("needs"), table.texts("keys", required=False)
    opt_out_keys = about.texts("keys", required=False)
    for where, key, names, among in (
        *((table, "needs", group, columns) for group in needs),
        (table, "keys", keys, columns),
        (about, "keys", opt_out_keys, opt_outs),
    ):
        for name in names:
            _known("column", name, [each.name for each in among], where, key)
    return Destination(
        columns,
        needs,
        keys,
        tuple(_demand(kind, demands.table(str(kind))) for kind in demands.key_words(DemandKind)),
        OptOutImport(
            _word(about, "way", OptOutWay, OptOutWay.NONE), opt_out_keys, opt_outs, _text(about, "note")
        ),
    )


def _columns(table: Table, mappings: tuple[str, ...]) -> tuple[DestinationColumn, ...]:
    return tuple(_column(name, table.table(name), mappings) for name in table.names())


def _column(name: str, table: Table, mappings: tuple[str, ...]) -> DestinationColumn:
    column = DestinationColumn(
        name,
        _text(table, "field"),
        _text(table, "mapping"),
        _text(table, "value"),
        table.value("length", int, required=False),
        _word(table, "sureness", Sureness, Sureness.KNOWN),
    )
    for kind, text, choices in (("field", column.field, FIELDS), ("mapping", column.mapping, mappings)):
        if text:
            _known(kind, text, choices, table, kind)
    return column


def _demand(kind: DemandKind, table: Table) -> Demand:
    return Demand(
        kind,
        _word(table, "sureness", Sureness, Sureness.KNOWN),
        _text(table, "error"),
        _word(table, "error_sureness", Sureness, Sureness.KNOWN),
        _text(table, "effect"),
        table.value("at_most", int, required=False),
        _text(table, "characters"),
    )


def _known(kind: str, text: str, choices: Iterable[str], table: Table, key: str) -> None:
    if text not in (known := tuple(choices)):
        table.fault(key, str(UnknownWord(kind, text, known)))


def _text(table: Table, key: str) -> str:
    return table.value(key, str, required=False) or ""


def _word(table: Table, key: str, vocabulary: type[WordT], otherwise: WordT) -> WordT:
    return next(iter(table.word(key, vocabulary.parse, required=False)), otherwise)
