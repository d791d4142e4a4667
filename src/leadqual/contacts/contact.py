"""One person as recorded, with what is known of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import chain
from operator import attrgetter
from types import NoneType
from typing import Any, Final, Self, cast, final

from attrs import evolve, field, fields, frozen

from leadqual.contacts.cells import Scalar, scalar
from leadqual.contacts.record import Extra, read_record
from leadqual.errors import WrongValue, instant, pairs_of, require
from leadqual.history.history import History, known_from, shown_by_repr
from leadqual.policy.policy import Policy
from leadqual.taxonomy.facts import Evidence
from leadqual.taxonomy.stages import Source, Stage

_NOTHING_KNOWN: Final = Evidence()
_NOTHING_HAPPENED: Final = History()
_NOTHING_RECORDED: Final = ()
_UNDATED: Final = datetime.min.replace(tzinfo=UTC)

Recorded = tuple[tuple[str, datetime], ...]
EXTRA: Final = "extra."
"""The prefix of an extra column where its name could be taken for a field."""


def _named(argument: str, given: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    pairs = pairs_of(argument, given, "a name and a value")
    for name, _ in pairs:
        if type(name) is not str:
            require(f"each name in {argument}", name, str, "a text")
    return pairs


def _pairs(extra: Mapping[str, Scalar] | Iterable[tuple[str, Scalar]]) -> Extra:
    return tuple([(name, scalar(value)) for name, value in _named("extra", extra)])


def _instants(recorded: Mapping[str, datetime] | Iterable[tuple[str, datetime]]) -> Recorded:
    if recorded is _NOTHING_RECORDED:  # as nearly always
        return ()
    given = dict(_named("recorded", recorded))
    return tuple((name, instant("recorded", at)) for name, at in sorted(given.items()))


@final
@shown_by_repr
@frozen(repr=False, kw_only=True)
class Contact:
    """A person on record: identity, source, evidence.

    The record is a contact whatever its stage; the stage is never stored but earned by the evidence.
    The ``repr`` shows which fields are filled, never what they hold. ``|`` merges two records of one
    person.

    Attributes:
        id: The identifier in the system that the record comes from.
        name: The person's name.
        email: The e-mail address in its normal form.
        phone: The telephone number, as ``+`` and digits.
        source: Where the contact comes from.
        campaign: The campaign that brought it.
        evidence: What is known, without dates.
        claimed_stage: The stage that another system claims, which is never evidence.
        extra: The other columns, as pairs of a name and a value; NaN becomes None.
        history: What happened, with dates.
        recorded: When a field or an extra column was recorded, as pairs of its name and an instant. The
            column ``city`` is called ``extra.city`` here, so that none is taken for a field.

    Raises:
        WrongType: If a value has another type.
        WrongValue: If *recorded* names what the contact does not have, an instant has no zone, or a
            number is infinite.
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
    history: History = _NOTHING_HAPPENED
    recorded: Recorded = field(default=_NOTHING_RECORDED, converter=_instants)

    def __attrs_post_init__(self) -> None:
        if not all(map(isinstance, _VALUES(self), _KINDS)):
            for name, (kinds, expected) in _TYPES.items():  # pragma: no branch (one of them is wrong)
                require(name, getattr(self, name), kinds, expected)
        if self.recorded and not dict(self.recorded).keys() <= dict(_cells(self)).keys():
            reason = "contains a name that is neither a field nor a column"
            raise WrongValue("recorded", reason, "leave it out; the column city is called extra.city")

    @classmethod
    def from_record(
        cls,
        record: Mapping[str, object],
        *,
        region: str | None = None,
        strict: bool = False,
        consent_in: Iterable[str] = (),
        no_consent_in: Iterable[str] = (),
    ) -> Self:
        """Return the contact that a mapping of column names to cells describes.

        Columns are named like the fields and the facts, in any case, with spaces or underscores, or by
        an exact word for one in ten languages, such as "Gekauft"; the others become `extra` as they are.
        A fact's cell is a bool, None, a word for yes or no, or a date, which means since then; a blank
        cell is unknown. *region* is the country of telephone numbers without ``+``.

        A cell is read as `check` reads it. The other columns are read for consent: ``unsubscribed: True``
        or ``status: "unsubscribed"`` means do not contact, and so does an opt-out that cannot be read; a
        no in a column for consent, such as ``newsletter: False``, is refused unless *consent_in* (a no
        there means do not contact) or *no_consent_in* (nothing there is about consent) names the column.
        A phone, source or stage that cannot be read is kept as `extra`.

        With *strict*, as for the input of a form, every cell that cannot be read is refused, and so is an
        unknown column that is named almost like a field or a fact.

        Raises:
            RecordUnreadable: If the record cannot be read; it names every fault, and no value.
            WrongType: If *record* is not a mapping.
            WrongValue: If no country has the code *region*.
            ExtraMissing: If a cell needs the extra ``intake`` to be read.
        """
        return contact_of(**read_record(record, region, consent_in, no_consent_in, strict=strict))  # pyright: ignore[reportReturnType] (the class is final)

    def recorded_at(self, at: datetime) -> Self:
        """Return the same contact, with every filled field and column recorded at *at*.

        Raises:
            WrongValue: If *at* has no time zone.
        """
        return evolve(self, recorded=[(name, at) for name, value in _cells(self) if value is not None])

    def known(self, policy: Policy, as_of: datetime | None) -> tuple[Evidence, int]:
        """Return the evidence of the record and its history, and the dated facts as bits."""
        if not self.history.events:
            return self.evidence, 0
        return known_from(self.evidence, self.history, policy, as_of)

    def __or__(self, other: "Contact") -> Self:
        """Return one record of the person that both records describe.

        Events, corrections and evidence are united. Of each field the value recorded latest is kept,
        and of two recorded at one instant the greater; one without an instant counts as the earliest.

        Raises:
            EventIdReused: If one id stands for two different events.
        """
        if not isinstance(other, Contact):  # pyright: ignore[reportUnnecessaryIsInstance] (an operator meets anything)
            return NotImplemented
        if self == other:
            return self
        latest: dict[str, tuple[_Age, Any]] = {}
        for name, age, value in chain(_with_age(self), _with_age(other)):
            if name not in latest or latest[name][0] < age:
                latest[name] = (age, value)
        extra = sorted(name for name in latest if name.startswith(EXTRA))
        return type(self)(
            **{name: latest[name][1] for name in _REGISTERS},
            extra=[(name.removeprefix(EXTRA), latest[name][1]) for name in extra],
            evidence=self.evidence | other.evidence,
            history=self.history | other.history,
            recorded={name: age[1] for name, (age, _) in latest.items() if age[0]},
        )

    def __repr__(self) -> str:
        personal = ("id", "name", "email", "phone", "campaign", "extra")
        filled = [f"{name}=…" for name in personal if getattr(self, name)]
        filled += [f"{name}={word}" for name in ("source", "claimed_stage") if (word := getattr(self, name))]
        filled += [f"events={len(self.history.events)}"] if self.history.events else []
        return f"Contact({', '.join([*filled, f'evidence={self.evidence!r}'])})"


def _maker() -> Callable[..., Contact]:
    """Return what makes a contact of values that are known to be right, in a fifth of the time."""
    names = [each.name for each in fields(Contact)]
    known: dict[str, Any] = {f"set_{name}": vars(Contact)[name].__set__ for name in names}
    sets = "; ".join(f"set_{name}(made, {name})" for name in names)
    code = f"def contact_of({', '.join(names)}):\n made = new(Contact); {sets}; return made"
    exec(code, known | {"new": object.__new__, "Contact": Contact}, known)  # noqa: S102 (no input)
    known["contact_of"].__defaults__ = tuple(getattr(Contact(), name) for name in names)
    return cast("Callable[..., Contact]", known["contact_of"])


_TYPES: Final[Mapping[str, tuple[tuple[type, ...], str]]] = {
    **dict.fromkeys(("id", "name", "email", "phone", "campaign"), ((str, NoneType), "a text or None")),
    "source": ((Source, NoneType), "a Source or None"),
    "evidence": ((Evidence,), "Evidence"),
    "claimed_stage": ((Stage, NoneType), "a Stage or None"),
    "history": ((History,), "a History"),
}
# The fields that hold one value each, of which merging keeps one.
_REGISTERS: Final = tuple(name for name in _TYPES if name not in ("evidence", "history"))
_VALUES: Final = attrgetter(*_TYPES)
_KINDS: Final = tuple(kinds for kinds, _ in _TYPES.values())
contact_of: Final = _maker()
_Age = tuple[bool, datetime, bool, str, str]


def _cells(contact: Contact) -> Iterator[tuple[str, object]]:
    for name in _REGISTERS:
        yield name, getattr(contact, name)
    for name, value in contact.extra:
        yield f"{EXTRA}{name}", value


def _with_age(contact: Contact) -> Iterator[tuple[str, _Age, object]]:
    """Yield the cells with keys that order their values totally, so that merging is commutative."""
    recorded = dict(contact.recorded)
    for name, value in _cells(contact):
        at = recorded.get(name)
        age = (at is not None, at or _UNDATED, value is not None, type(value).__name__, str(value))
        yield name, age, value
