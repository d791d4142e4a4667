"""Scorecards: a company's own signals as one value that says whom to call first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from math import inf
from typing import Any, Final, Self, cast, final

from attrs import evolve, field, frozen

from leadqual.classification.classification import Classifiable
from leadqual.contacts.values import as_float, day
from leadqual.errors import Fault, Refused, WrongValue
from leadqual.policy.policy import Policy
from leadqual.policy.standard import STANDARD
from leadqual.scoring.priority import Priority, Reader, Tally, Unused, lines, missed, opted_out, reader
from leadqual.scoring.signals import LARGEST, UNBOUNDED, Dated, Group, Signal
from leadqual.taxonomy.vocabulary import tuple_of

Row = Classifiable | Mapping[str, object]

_HIGHEST: Final = 100


@final
class ScorecardRefused(Refused):
    """Raised for an invalid scorecard; lists every fault."""


Bounds = int | tuple[int | None, int | None]


def _signals(signals: Iterable[Signal]) -> tuple[Signal, ...]:
    return tuple_of("signals", signals, Signal, "a Signal")


def _groups(groups: Mapping[str, Bounds] | Sequence[Group]) -> tuple[Group, ...]:
    if isinstance(groups, Mapping):
        groups = [_group(name, given) for name, given in groups.items()]
    return tuple_of("groups", groups, Group, "a Group, or a mapping of names to bounds")


def _group(name: str, given: Any) -> Group:  # noqa: ANN401 (bounds are examined when the card is made)
    bounds = cast("tuple[Any, ...]", given) if isinstance(given, tuple | list) else ()
    return Group(name, *bounds) if len(bounds) == 2 else Group(name, None, cast("Any", given))  # noqa: PLR2004 (a pair)


@final
@frozen
class Scorecard:
    """A company's signals, which turn a record into a `Priority`.

    An invalid card is refused when it is made, with every fault at once. So is a card whose total
    could leave 0 to 100; nothing is cut off at the end.

    Attributes:
        name: What the card is called; every answer names it.
        version: The company's version of it.
        signals: The signals.
        base: What everybody starts with.
        groups: The groups with their bounds, as `Group` values or as a mapping of names to the most
            points or to a pair of the fewest and the most. If empty, those that signals name, without bounds.
        points_to_double_odds: How many points stand for twice the odds, where the points were learned.
    """

    name: str
    version: str = field(default="1", kw_only=True)
    signals: tuple[Signal, ...] = field(converter=_signals, kw_only=True)
    base: int = field(default=0, kw_only=True)
    groups: tuple[Group, ...] = field(default=(), converter=_groups, kw_only=True)
    points_to_double_odds: float | None = field(default=None, converter=as_float, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if not self.groups:
            names = dict.fromkeys(signal.group for signal in self.signals)
            object.__setattr__(self, "groups", tuple(map(Group, names)))
        problems = tuple(_problems(self)) or tuple(_out_of_bounds(self))
        if problems:
            raise ScorecardRefused(problems)

    @cached_property
    def members(self) -> tuple[tuple[Group, tuple[Signal, ...]], ...]:
        signals = self.signals
        return tuple((each, tuple(one for one in signals if one.group == each.name)) for each in self.groups)

    @property
    def ages(self) -> bool:
        """Return whether points depend on the day, so that ``as_of`` must be given."""
        return any(isinstance(signal.scale, Dated) and signal.scale.ages for signal in self.signals)

    def replace(self, **changes: object) -> Self:
        """Return a card with other values for the named fields; groups without bounds follow the signals."""
        if "signals" in changes and self.groups == tuple(Group(group.name) for group in self.groups):
            changes = {"groups": (), **changes}
        return evolve(self, **changes)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] (attrs checks the names)

    def total(self, subject: Row, *, as_of: date | datetime | None = None, policy: Policy = STANDARD) -> int:
        """Return the total of `priority` without its explanation."""
        until = self.day(as_of)
        return self.base + sum(each.points for each in self.tallies(reader(subject, policy, until), until))

    def priority(
        self,
        subject: Row,
        *,
        as_of: date | datetime | None = None,
        policy: Policy = STANDARD,
        consent_in: Iterable[str] = (),
        no_consent_in: Iterable[str] = (),
    ) -> Priority:
        """Return the priority of a contact, or of a mapping of columns to cells.

        An unknown cell gives no points and no line; one that cannot be read is unknown, and listed
        among the unused. *as_of* is the day, in UTC, to whose end the record is read; later
        occurrences do not count. *policy* says which facts forbid contact, *consent_in* the columns in
        which a no does, and *no_consent_in* those in which nothing is about consent.

        Raises:
            WrongType: If *subject* is neither a contact nor a mapping.
            WrongValue: If the card lets points age and *as_of* is missing or has no time zone, two columns
                have one name, or a column in *consent_in* or *no_consent_in* is missing or says the opposite.
        """
        until = self.day(as_of)
        read = reader(subject, policy, until)
        tallies = self.tallies(read, until)
        awards = [award for each in tallies for award in each.awards]
        return Priority(
            card=self.name,
            card_version=self.version,
            total=self.base + sum(each.points for each in tallies),
            groups={each.group.name: each.points for each in tallies},
            lines=tuple(lines(self.base, tallies)),
            unused=tuple(Unused(signal.name, reason) for signal, award in awards for reason in award.unused),
            missed=tuple(missed(tallies)),
            do_not_contact=opted_out(subject, read, policy, consent_in, no_consent_in),
        )

    def tallies(self, read: Reader, as_of: date | None) -> list[Tally]:
        """Return the points of each group; *read* gives the cells of a record (see `priority.reader`)."""
        result: list[Tally] = []
        for group, members in self.members:
            cells = [read(signal.column, dated=isinstance(signal.scale, Dated)) for signal in members]
            awards = [one.scale.award(cell, as_of) for one, cell in zip(members, cells, strict=True)]
            total = sum([award.points for award in awards])
            result.append(Tally(group, tuple(zip(members, awards, strict=True)), total, group.clamp(total)))
        return result

    def day(self, as_of: date | datetime | None) -> date | None:
        """Return the day, in UTC, to whose end this card reads; None for everything on record.

        Raises:
            WrongValue: If the card lets points age and *as_of* is missing, or has no time zone.
        """
        if as_of is None:
            if self.ages:
                raise WrongValue("as_of", "is missing, and this card lets points age", "give the day")
            return None
        until = day(as_of) if isinstance(as_of, date) else None  # pyright: ignore[reportUnnecessaryIsInstance] (callers may not check types)
        if until is None:
            raise WrongValue("as_of", "is not a date or has no time zone", "give a date or an aware datetime")
        return until


def _problems(card: Scorecard) -> Iterator[Fault]:
    for key in ("name", "version"):
        value = getattr(card, key)
        if not isinstance(value, str) or not value.strip():
            yield Fault(key, "must be a text that is not empty")
    points = card.points_to_double_odds
    if points is not None and not (type(points) is float and 0 < points < inf):
        must_be = "must be a number of points above 0, or left out"
        yield Fault("points_to_double_odds", f"{must_be}, not {points!r}")
    if type(card.base) is not int or abs(card.base) > LARGEST:
        yield Fault("base", f"must be a whole number, at most {LARGEST:,}, not {card.base!r}")
    if not card.signals:
        yield Fault("signals", "is empty; give at least one")
    for group in card.groups:
        yield from _group_problems(group)
    groups = [group.name for group in card.groups]
    for where, names in (("groups", groups), ("signals", [signal.name for signal in card.signals])):
        twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
        yield from (Fault(where, f"two have the name {name!r}; give each its own name") for name in twice)
    for signal in card.signals:
        yield from _signal_problems(signal, groups)


def _group_problems(group: Group) -> Iterator[Fault]:
    where = f"groups.{group.name}"
    bounds = [bound for bound in (group.lowest, group.highest) if bound is not None]
    if any(type(bound) is not int or abs(bound) > LARGEST for bound in bounds):
        must_be = "must be the most points, or a pair of the fewest and the most"
        yield Fault(where, f"{must_be}; at most {LARGEST:,}")
    elif bounds != sorted(bounds):
        yield Fault(where, f"the fewest, {bounds[0]}, are more than the most, {bounds[1]}")


def _signal_problems(signal: Signal, groups: list[str]) -> Iterator[Fault]:
    where = f"signals.{signal.name}"
    for key in ("name", "column"):
        if not getattr(signal, key).strip():
            yield Fault(f"{where}.{key}", "must be a text that is not empty")
    if signal.group not in groups:
        yield Fault(f"{where}.group", f"there is no group {signal.group!r}; there are {', '.join(groups)}")
    yield from (Fault(f"{where}.{place}", message) for place, message in signal.scale.problems())


def _out_of_bounds(card: Scorecard) -> Iterator[Fault]:
    lowest = highest = card.base
    is_bounded = True
    for group, members in card.members:
        for signal in members:
            if UNBOUNDED in map(abs, map(group.clamp, signal.scale.range)):
                is_bounded = False
                yield Fault(f"signals.{signal.name}", "has no cap, so the total has no bound; give it one")
        lowest += group.clamp(sum(signal.scale.range[0] for signal in members))
        highest += group.clamp(sum(signal.scale.range[1] for signal in members))
    if is_bounded and (lowest < 0 or highest > _HIGHEST):
        remedy = f"change points, caps or base until it stays within 0 to {_HIGHEST}"
        yield Fault("base", f"the total could run from {lowest} to {highest}; {remedy}")
