"""What another system demands of a file that is imported into it."""

from collections.abc import Collection
from itertools import chain
from typing import Final, final

from attrs import field, frozen

from leadqual.documents import Table
from leadqual.systems.mapping import Sureness
from leadqual.taxonomy.vocabulary import Word

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

    COLUMNS = "columns"
    SEPARATE = "separate"
    NONE = "none"


@final
class DemandKind(Word):
    """The kind of a demand that a destination makes: a closed set."""

    MISSING = "missing"
    EMAIL = "email"
    UNLISTED = "unlisted"
    REPEATED = "repeated"
    TOO_LONG = "too_long"
    FORBIDDEN = "forbidden"
    ROWS = "rows"
    BYTES = "bytes"
    COLUMNS = "columns"


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


def read_destination(table: Table, mappings: Collection[str]) -> Destination:
    """Return the destination that a table describes; its faults are noted."""
    destination = Destination(**table.attributes(Destination))
    opt_out = destination.opt_out
    for path, columns, among in (("", destination.columns, mappings), ("opt_out.", opt_out.columns, ())):
        for each in columns:
            for key, word, choices in (("field", each.field, FIELDS), ("mapping", each.mapping, among)):
                if word:
                    table.is_known(f"{path}columns.{each.name}.{key}", key, word, choices)
    for key, named, columns in (
        ("needs", chain.from_iterable(destination.needs), destination.columns),
        ("keys", destination.keys, destination.columns),
        ("opt_out.keys", opt_out.keys, opt_out.columns),
    ):
        for name in named:
            table.is_known(key, "column", name, [each.name for each in columns])
    return destination
