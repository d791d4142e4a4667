"""A layout: which columns of a file contain which fields and facts."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, tzinfo
from enum import Enum
from typing import Any, Final, final
from zoneinfo import ZoneInfo

from attrs import field, fields, frozen

from leadqual.contacts.record import READERS
from leadqual.errors import LeadqualError, WrongType, WrongValue
from leadqual.serialization.converter import DataUnreadable, from_data, to_data
from leadqual.systems.mapping import ValueMapping
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.vocabulary import UnknownWord, normalize

NUMBER: Final = "{n}"
"""What stands for the number in the name of numbered columns, such as ``E-mail {n} - Value``."""

OURS: Final = "leadqual_"
"""The prefix of the columns and the custom fields that this library adds."""


@final
@frozen
class FieldRule:
    """The columns that a field is read from."""

    columns: tuple[str, ...] = ()  # the first one not blank gives the value; {n} stands for any number
    joined: tuple[str, ...] = ()  # their cells, joined by a space, where no other gives a value
    split: str = ""  # what separates several values in one cell, of which the first is used


@final
class TestKind(Enum):
    """The kind of a test of a cell that is not blank: a closed set."""

    FILLED = "filled"
    YES_NO = "yes_no"
    AT_LEAST = "at_least"
    DATE = "date"


def _real(value: Any) -> Any:  # noqa: ANN401 (the layout refuses anything else)
    return float(value) if type(value) is int else value


@final
@frozen
class CellTest:
    """What a cell must hold to establish a fact."""

    column: str
    kind: TestKind
    yes: tuple[str, ...] = ()  # words that establish the fact; empty where the library's own are used
    no: tuple[str, ...] = ()  # words that mean no
    at_least: float = field(default=0.0, converter=_real)
    denies: bool = False  # whether a no denies the fact; an unticked box does not
    split: str = ""  # what separates several values in one cell


def _is_date_style(style: str) -> bool:
    return style == "iso" or bool({"%d", "%m", "%j"} & set(re.findall("%[a-zA-Z]", style)))


def zone_of(name: str) -> tzinfo:
    """Return a time zone; UTC is known on systems without a list of time zones, too."""
    return UTC if name == "UTC" else ZoneInfo(name)


def _is_zone(name: str) -> bool:
    with suppress(KeyError, ValueError, OSError):
        return not name or bool(zone_of(name))
    return False


def _is_encoding(name: str) -> bool:
    with suppress(LookupError, ValueError):
        return "".encode(name or "ascii") == b""
    return False


# What the texts of a layout must be, each with the message of a wrong one.
TEXT_RULES: Final[Mapping[str, tuple[Callable[[str], object], str]]] = {
    "dates": (_is_date_style, "must be 'iso' or a format such as '%d.%m.%Y'"),
    "zone": (_is_zone, "is not a known time zone; write UTC or a name such as Europe/Berlin"),
    "region": (
        re.compile("(?:[A-Z]{2})?").fullmatch,
        "must be the two capital letters of a country, such as US",
    ),
    "encoding": (_is_encoding, "is not a known encoding; write one such as cp1252"),
}


@final
@frozen
class Layout:
    """How a kind of file is read.

    Attributes:
        name: What the layout is called.
        signature: Groups of columns; a file has the layout if it has one column of each group.
        fields: Which columns each field of a contact is read from.
        facts: Which tests establish each fact; one that holds is enough.
        values: Which columns hold values of a list, and what each of them means.
        constants: Fields that are the same for the whole file.
        ignored: Columns that are known and not used.
        carried: Columns that are kept unread, by the names that systems share, such as ``"company"``.
        consent_in: Columns in which a no means do not contact.
        no_consent_in: Columns in which nothing is about consent.
        blank: Words that mean an empty cell.
        dates: ``iso``, or a format as for ``strptime``.
        zone: The time zone of dates without one, such as ``UTC``; empty for none.
        region: The country of telephone numbers without ``+``; empty for none.
        encoding: The encoding where the layout is named and the file has no mark; empty for UTF-8.
        pads: Whether rows with too few cells are read as if they ended in blank ones.
        preamble: Whether the header may come after other lines, within the first 20 records.

    Raises:
        WrongType: If a value is of another type; lists become tuples, and words the facts they name.
        WrongValue: If a value cannot be used.
    """

    name: str
    signature: tuple[tuple[str, ...], ...] = ()
    fields: tuple[tuple[str, FieldRule], ...] = ()
    facts: tuple[tuple[Fact, tuple[CellTest, ...]], ...] = ()
    values: tuple[ValueMapping, ...] = ()
    constants: tuple[tuple[str, str], ...] = ()
    ignored: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()
    dates: str = "iso"
    zone: str = ""
    region: str = ""
    encoding: str = ""
    pads: bool = False
    preamble: bool = False
    consent_in: tuple[str, ...] = ()
    no_consent_in: tuple[str, ...] = ()
    carried: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __attrs_post_init__(self) -> None:
        for attribute in fields(Layout):
            given: object = getattr(self, attribute.name)
            kind: Any = attribute.type
            if given is attribute.default:
                continue  # the hook of a type costs milliseconds when it is first asked for
            try:
                object.__setattr__(self, attribute.name, from_data(to_data(given), kind))
            except DataUnreadable as error:
                reason, found = "; ".join(map(str, error.faults)), type(given).__name__
                raise WrongType(attribute.name, "a value of its declared type", found, reason) from None
        for name, (holds, reason) in TEXT_RULES.items():
            if not holds(getattr(self, name)):
                raise WrongValue(name, reason)
        for name, rule in self.fields:
            if not rule.columns + rule.joined:
                raise WrongValue("fields", f"{name} names no column")
            _require_readable("fields", name)
        for name, text in self.constants:
            _require_readable("constants", name, text)
        if not (self.fields or self.facts or self.values):
            raise WrongValue("fields", "say which column holds what", "give fields, facts or values")

    @property
    def mapped(self) -> frozenset[str]:
        """Return the normalized names of the columns that are read."""
        return frozenset(normalize(column) for column, _ in self.uses)

    @property
    def uses(self) -> tuple[tuple[str, str], ...]:
        """Return each column that is read with the word of the field or fact it is read for."""
        return (
            *((column, name) for name, rule in self.fields for column in rule.columns + rule.joined),
            *((test.column, str(fact)) for fact, tests in self.facts for test in tests),
            *((name, word) for each in self.values for name in each.columns for word in each.says),
        )


def _require_readable(argument: str, name: str, *texts: str) -> None:
    try:
        if name not in READERS:
            raise UnknownWord("field", name, tuple(READERS))
        for text in filter(None, texts):
            READERS[name](text)
    except LeadqualError as error:
        raise WrongValue(argument, str(error)) from None
