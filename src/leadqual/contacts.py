"""One person as recorded, with what is known of them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, Self, cast, final

from attrs import field, frozen

from leadqual.cells import CellUnreadable, read_email, read_phone, read_yes_no
from leadqual.errors import Fault, Faulty, WrongType
from leadqual.facts import BIT, Evidence, Fact
from leadqual.policy import Policy
from leadqual.stages import Source, Stage
from leadqual.vocabulary import UnknownWord, fold

Scalar = str | int | float | bool | None
"""What an extra column may hold."""

Extra = tuple[tuple[str, Scalar], ...]


_NOTHING_KNOWN: Final = Evidence()


def _pairs(extra: Mapping[str, Scalar] | Iterable[tuple[str, Scalar]]) -> Extra:
    return tuple(cast("Mapping[str, Scalar]", extra).items() if isinstance(extra, Mapping) else extra)


@final
@frozen(repr=False, kw_only=True)
class Contact:
    """Hold one person: who they are, where they come from, and what is known of them.

    The record is a contact whatever its stage; the stage is never stored but earned by the evidence.
    The ``repr`` shows which fields are filled, never what they hold.

    Attributes:
        id: The identifier in the system that the record comes from.
        name: The person's name.
        email: The e-mail address in its normal form.
        phone: The telephone number, as ``+`` and digits.
        source: Where the contact comes from.
        campaign: The campaign that brought it.
        evidence: What is known, without dates.
        claimed_stage: The stage that another system says; a claim, never evidence.
        extra: Whatever else came along, as pairs of a column and its value.
    """

    id: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    source: Source | None = None
    campaign: str | None = None
    evidence: Evidence = _NOTHING_KNOWN
    claimed_stage: Stage | None = None
    extra: Extra = field(default=(), converter=_pairs)

    @classmethod
    def from_record(cls, record: Mapping[str, object], *, region: str | None = None) -> Self:
        """Return the contact that a mapping of column names to cells describes.

        Columns are named like the fields and the facts, in any case, with spaces or underscores; the
        others become `extra`. A fact's cell is a bool, None, or a word for yes or no; a blank cell is
        unknown. *region* is the country of telephone numbers without ``+``.

        Raises:
            RecordUnreadable: If any cell cannot be read; it names every such field, and no value.
            WrongType: If *record* is no mapping.
            ExtraMissing: If a cell needs the extra ``intake`` to be read.
        """
        if not isinstance(record, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance] (callers may not check types)
            raise WrongType("record", "a mapping of column names to cells", type(record).__name__)
        values: dict[int | str, Any] = {}
        extra: list[tuple[str, Scalar]] = []
        faults: list[Fault] = []
        for key, cell in record.items():
            column = _column(key)
            try:
                if column is None:
                    extra.append((key, _scalar(cell)))
                elif column in values:
                    faults.append(Fault(fold(key), "is there twice; keep one of the columns"))
                else:
                    values[column] = _read(column, cell, region)
            except (CellUnreadable, UnknownWord) as error:
                faults.append(Fault(fold(key), _reason(error)))
        if faults:
            raise RecordUnreadable(tuple(faults))
        established = sum(column for column, value in values.items() if isinstance(column, int) and value)
        denied = sum(column for column, value in values.items() if isinstance(column, int) and value is False)
        fields = {column: value for column, value in values.items() if isinstance(column, str)}
        return cls(evidence=Evidence.from_bits(established, denied), extra=extra, **fields)

    def known(self, policy: Policy, as_of: datetime | None) -> tuple[Evidence, int]:  # noqa: ARG002 (see Classifiable)
        """Return the evidence, none of it dated."""
        return self.evidence, 0

    def __repr__(self) -> str:
        """Return which fields are filled; no personal data."""
        filled = [f"{name}=…" for name in PERSONAL if getattr(self, name)]
        filled += [
            f"{name}={value}" for name in ("source", "claimed_stage") if (value := getattr(self, name))
        ]
        return f"Contact({', '.join([*filled, f'evidence={self.evidence!r}'])})"


@final
class RecordUnreadable(Faulty):
    """Say every fault of a record; never what it holds."""


READERS: Final[Mapping[str, Callable[[str], object]]] = {
    "id": str,
    "name": str,
    "email": read_email,
    "phone": read_phone,
    "source": Source.parse,
    "campaign": str,
    "claimed_stage": Stage.parse,
}
"""The fields that a column can be named like, each with what reads its cells."""

PERSONAL: Final = ("id", "name", "email", "phone", "campaign", "extra")
"""The fields that are never shown unless asked for."""


@lru_cache(maxsize=4096)
def _column(key: str) -> int | str | None:
    """Return the bit of a fact, the name of a field, or None for an extra column."""
    name = fold(key)
    if name in READERS:
        return name
    fact = Fact._value2member_map_.get(name)
    return BIT[fact] if isinstance(fact, Fact) else None


def _read(column: int | str, cell: object, region: str | None) -> object:
    """Return what a cell says, or None if it is blank."""
    if cell is None or (isinstance(column, int) and isinstance(cell, bool)):
        return cell
    if not isinstance(cell, str):
        raise CellUnreadable("text", f"it is of the type {type(cell).__name__}", "give text or None")
    text = cell.strip()
    if not text:
        return None
    if isinstance(column, int):
        return read_yes_no(text)
    return read_phone(text, region) if column == "phone" else READERS[column](text)


def _scalar(cell: object) -> Scalar:
    if cell is None or isinstance(cell, str | int | float):
        return cell
    raise CellUnreadable(
        "text, a number, True, False or None", f"it is of the type {type(cell).__name__}", "flatten it"
    )


def _reason(error: CellUnreadable | UnknownWord) -> str:
    if isinstance(error, UnknownWord):
        return f"not a known {error.kind}; write one of {', '.join(error.choices)}"
    return str(error)
