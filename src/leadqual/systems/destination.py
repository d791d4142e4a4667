"""What another system demands of a file that is imported into it."""

from collections.abc import Collection
from itertools import chain
from typing import Final, final

from attrs import frozen

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
    """A column of an import file, and what is written in it."""

    name: str
    field: str = ""  # the field of a contact, or the carried column
    mapping: str = ""
    value: str = ""  # the same in every row
    length: int | None = None  # how many characters it holds; None without a known limit
    sureness: Sureness = Sureness.KNOWN  # how well the limit is known


@final
@frozen
class Demand:
    """What a destination does about one kind of fault; a row is held back only for a known demand."""

    kind: DemandKind
    sureness: Sureness = Sureness.KNOWN
    error: str = ""  # the destination's own name for the fault; empty if it is not known
    error_sureness: Sureness = Sureness.KNOWN
    effect: str = ""  # what becomes of a row that is taken all the same; empty if it is refused
    at_most: int | None = None  # rows, bytes or columns of a file
    characters: str = ""  # those that no cell may have


@final
@frozen
class OptOutImport:
    """How an import records opt-outs."""

    way: OptOutWay = OptOutWay.NONE
    keys: tuple[str, ...] = ()  # the columns that name the person; one of them has to be filled
    columns: tuple[DestinationColumn, ...] = ()  # of the file of people who opted out
    note: str = ""  # what a person who imports the file has to know


@final
@frozen
class Destination:
    """What a system demands of a file that is imported into it."""

    columns: tuple[DestinationColumn, ...]  # one without anything to write is filled only if asked for
    needs: tuple[tuple[str, ...], ...] = ()  # a row needs a value in one column of each group
    keys: tuple[str, ...] = ()  # the columns by which the system finds a person who is there already
    demands: tuple[Demand, ...] = ()
    opt_out: OptOutImport = OptOutImport()


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
