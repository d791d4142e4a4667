"""The dated events of a person, and the evidence that their replay gives."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any, Final, Self, TypeVar, final

from attrs import Attribute, field, frozen

from leadqual.errors import LeadqualError, WrongValue, instant, require, require_items
from leadqual.policy.policy import Policy
from leadqual.policy.rules import EVENT_KINDS, EventKind
from leadqual.policy.standard import STANDARD
from leadqual.taxonomy.facts import ALL_BITS, WIDTH, Evidence, Fact
from leadqual.taxonomy.vocabulary import a_word, is_a, tuple_of

ClassT = TypeVar("ClassT", bound=type)

_NOTHING_KNOWN: Final = Evidence()
_NUMBER: Final = {(kind.fact, kind.reverses): place for place, kind in enumerate(EVENT_KINDS)}
_UNDATED: Final = "give its instant; what has no date is evidence: Contact(evidence=Evidence.of(...))"


class _Verbatim(str):
    __slots__ = ()
    __repr__ = str.__str__


def hidden(value: object) -> str:
    return "…" if value else repr(value)


def shown_by_repr(cls: ClassT) -> ClassT:
    """Make rich, IPython, Hypothesis and pytest print values of a class of attrs by their ``repr``.

    Each would read the hidden fields too; pytest does so to explain why two values differ, unless
    their class defines the comparison.
    """
    generated = vars(cls)["__eq__"]

    def compare(self: object, other: object) -> Any:  # noqa: ANN401 (NotImplemented, too)
        return generated(self, other)

    def rich(self: object) -> Iterator[_Verbatim]:
        yield _Verbatim(repr(self).partition("(")[2][:-1])

    def pretty(self: object, printer: Any, _: bool) -> None:  # noqa: ANN401, FBT001 (the protocol of IPython)
        printer.text(repr(self))

    for name, method in (("__eq__", compare), ("__rich_repr__", rich), ("_repr_pretty_", pretty)):
        setattr(cls, name, method)
    return cls


def _dated(value: datetime) -> datetime:
    return instant("at", value, _UNDATED)


def _filled(_: object, attribute: "Attribute[Any]", value: str | None) -> None:
    if value is not None:
        require(attribute.name, value, str, "a text or None")
        if not value:
            raise WrongValue(attribute.name, "is empty", "leave it out where there is none")


@final
@shown_by_repr
@frozen
class Event:
    """A dated fact: what became true of a person, or no longer holds.

    The ``repr`` shows neither the id nor the campaign.

    Attributes:
        fact: What happened.
        at: When: an aware datetime, kept in UTC.
        id: The caller's name for the event, preferably ``system:id``; None if it has none.
        campaign: What it was an answer to, or None.
        reverses: Whether the fact no longer holds from then on. Milestones cannot be reversed.

    Raises:
        WrongType: If a value has another type.
        WrongValue: If the instant has no time zone, a milestone is reversed, or a text is empty.
    """

    fact: Fact = field(validator=a_word(Fact))
    at: datetime = field(converter=_dated)
    id: str | None = field(default=None, validator=_filled, repr=hidden)
    campaign: str | None = field(default=None, validator=_filled, repr=hidden)
    reverses: bool = field(default=False, validator=is_a(bool, "True or False"))

    def __attrs_post_init__(self) -> None:
        if (self.fact, self.reverses) not in _NUMBER:
            raise WrongValue(
                "reverses",
                f"{self.fact} is a milestone, and what a person has done stays done",
                "record that they declined or lapsed; if it never happened, give the id of the wrong event "
                "as a correction",
            )

    @property
    def number(self) -> int:
        """Return the index of its kind in `EVENT_KINDS`."""
        return _NUMBER[self.fact, self.reverses]

    @property
    def kind(self) -> EventKind:
        """Return what kind of event it is."""
        return EVENT_KINDS[self.number]


@final
class EventIdReused(LeadqualError, ValueError):
    """Raised where one id names two different events; its text does not say which id.

    Attributes:
        id: The id.
    """

    def __init__(self, id: str) -> None:  # noqa: A002 (the name of the field)
        super().__init__(id)
        self.id = id

    def __str__(self) -> str:
        return (
            "an event id is used for two different events; give each an id of its own, such as 'system:id'; "
            "if one of them was wrong, record the right one under a new id and name the old id as a correction"
        )

    def __repr__(self) -> str:
        return "EventIdReused(…)"


def _events(events: Iterable[Event]) -> tuple[Event, ...]:
    advice = "History.of takes them one by one"
    require_items("events", events, "Event", advice)
    given = tuple(events)
    for event in given:
        require("each event", event, Event, "an Event", advice)
    ordered = sorted(set(given), key=lambda one: (one.at, one.number, one.id or "", one.campaign or ""))
    ids = [event.id for event in ordered if event.id is not None]
    if len(set(ids)) < len(ids):
        raise EventIdReused(next(each for each in ids if ids.count(each) > 1))
    return tuple(ordered)


def _corrections(ids: Iterable[str]) -> frozenset[str]:
    return frozenset(tuple_of("corrections", ids, str, "the id of an event"))


@final
@shown_by_repr
@frozen
class History:
    """The events of one person, and which of them were wrong.

    A history is a set: the order in which events are given has no meaning, and a redelivered event
    changes nothing. ``|`` merges two histories of one person by union.

    Attributes:
        events: The events, each once, in canonical order.
        corrections: The ids of events that were wrong. Replay leaves them out, merging keeps them.

    Raises:
        WrongType: If a value has another type.
        EventIdReused: If one id stands for two different events.
    """

    events: tuple[Event, ...] = field(default=(), converter=_events)
    corrections: frozenset[str] = field(default=frozenset(), converter=_corrections, repr=hidden)

    @cached_property
    def numbers(self) -> bytes:
        """Return the indices of the events in `EVENT_KINDS`: all that replay reads."""
        return bytes([event.number for event in self.events])

    @cached_property
    def tied(self) -> bool:
        """Return whether events of two kinds share an instant."""
        return any(one.at == two.at and one.number != two.number for one, two in pairwise(self.events))

    @classmethod
    def of(cls, *events: Event, corrections: Iterable[str] = ()) -> Self:
        """Return the history of *events*, without those that *corrections* name by their ids."""
        return cls(events, corrections)

    def __or__(self, other: "History") -> Self:
        if not isinstance(other, History):  # pyright: ignore[reportUnnecessaryIsInstance] (an operator meets anything)
            return NotImplemented
        return type(self)(self.events + other.events, self.corrections | other.corrections)

    def in_order(self, policy: Policy = STANDARD, as_of: datetime | None = None) -> tuple[Event, ...]:
        """Return the events that count, as replay takes them: by instant, then by the policy's rank.

        Events that a correction names do not count, and neither do events after *as_of*.

        Raises:
            WrongType: If *policy* is not a policy, or *as_of* not a datetime.
            WrongValue: If *as_of* has no time zone.
        """
        require("policy", policy, Policy, "a Policy")
        events = self.events
        if self.corrections:
            events = tuple([event for event in events if event.id not in self.corrections])
        if as_of is not None:
            end = instant("as_of", as_of)
            events = tuple([event for event in events if event.at <= end])
        if self.tied:
            places = policy.replay.places
            events = tuple(sorted(events, key=lambda event: (event.at, places[event.number])))
        return events

    def evidence(self, policy: Policy = STANDARD, as_of: datetime | None = None) -> Evidence:
        """Return what is known after the events, up to and including *as_of*; None means all of them.

        Events of one instant are taken in the order in which the policy ranks their kinds.
        """
        return self.known(policy, as_of)[0]

    def known(self, policy: Policy, as_of: datetime | None) -> tuple[Evidence, int]:
        """Return the evidence under *policy* at *as_of*, and the facts whose order is known, as bits."""
        return known_from(_NOTHING_KNOWN, self, policy, as_of)


def known_from(
    evidence: Evidence, history: History, policy: Policy, as_of: datetime | None
) -> tuple[Evidence, int]:
    """Return the union of undated *evidence* and a *history*, and the dated facts, as bits.

    Undated evidence has no order: what either establishes is established. An event overrides an
    undated denial; no event ends an undated opt-out.
    """
    require("policy", policy, Policy, "a Policy")
    if as_of is None and not history.tied and not history.corrections:
        numbers = history.numbers
    else:
        numbers = bytes([event.number for event in history.in_order(policy, as_of)])
    known = policy.replay.apply(numbers)
    established = known & ALL_BITS
    denied = known >> WIDTH | evidence.bits >> WIDTH & ~established
    return _closed(established | evidence.bits & ALL_BITS, denied), established


_closed: Final = lru_cache(maxsize=65_536)(Evidence.from_bits)
