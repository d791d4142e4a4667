"""The journey through the stages that a history proves, and the stage log of another system."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter, itemgetter
from types import MappingProxyType
from typing import final

from attrs import frozen

from leadqual.classification.classification import reached_by
from leadqual.classification.explanation import earned_by
from leadqual.errors import instant, pairs_of, require
from leadqual.history.history import Event, History
from leadqual.policy.policy import Policy
from leadqual.policy.standard import STANDARD
from leadqual.taxonomy.facts import ALL_BITS
from leadqual.taxonomy.stages import Stage
from leadqual.taxonomy.transitions import TRANSITIONS, Transition, transition
from leadqual.taxonomy.vocabulary import normalize


@final
@frozen
class StageChange:
    """The stages that a person reached at one instant.

    Attributes:
        at: The instant, in UTC.
        transition: The move from the stages reached before to those reached now.
        witnessed: The stages gained whose own rule holds, in declaration order.
        passed: The stages gained only because a later one was.
        events: The events of that instant.
    """

    at: datetime
    transition: Transition
    witnessed: tuple[Stage, ...]
    passed: tuple[Stage, ...]
    events: tuple[Event, ...]

    def __str__(self) -> str:
        passed = f" (passed: {', '.join(map(str, self.passed))})" if self.passed else ""
        return f"{self.at:%Y-%m-%d}: {', '.join(map(str, self.witnessed))}{passed}"


@final
@frozen
class TimeInStage:
    """A stage while it was the furthest one reached; NAME begins with the first event."""

    stage: Stage
    since: datetime
    until: datetime | None

    @property
    def lasted(self) -> timedelta | None:
        return None if self.until is None else self.until - self.since


@final
@frozen
class Correction:
    """The wrong events, and the stages that are reached only if they count."""

    events: tuple[Event, ...]
    lost: tuple[Stage, ...]


@final
@frozen
class Journey:
    """The stages of a person, with their times.

    Attributes:
        changes: Every change of the stages reached, in the order of time.
        stays: The headline stages with their times; the last has no end unless an instant was given.
        correction: What corrections removed; None if no correction names an event.
    """

    changes: tuple[StageChange, ...]
    stays: tuple[TimeInStage, ...]
    correction: Correction | None

    def reached_at(self, stage: Stage) -> datetime | None:
        """Return when *stage* was reached, witnessed or passed; for NAME, the instant of the first event.

        None if it was not reached, or if there are no events.

        Raises:
            WrongType: If *stage* is not a stage.
        """
        require("stage", stage, Stage, "a Stage", "use Stage.parse for a word")
        if stage is Stage.NAME:
            return self.stays[0].since if self.stays else None
        return next((change.at for change in self.changes if stage in change.transition.gained), None)


def journey(history: History, policy: Policy = STANDARD, *, as_of: datetime | None = None) -> Journey:
    """Return the stages that the events of *history* earned, and when, up to and including *as_of*.

    Events of one instant make one change. Undated evidence is not read. Corrections are reported apart.

    Raises:
        WrongType: If *history* is not a history, *policy* not a policy, or *as_of* not a datetime.
        WrongValue: If *as_of* has no time zone.
    """
    require("history", history, History, "a History", "that of a contact is contact.history")
    end = None if as_of is None else instant("as_of", as_of)
    events = history.in_order(policy, end)
    changes = tuple(_changes(events, policy))
    moves = [(change.transition, change.at) for change in changes]
    starts = [(Stage.NAME, event.at) for event in events[:1]]
    starts += [(move.after, at) for move, at in moves if move.after is not move.before]
    ends = [*(since for _, since in starts[1:]), end]
    stays = (TimeInStage(*start, until) for start, until in zip(starts, ends, strict=False))
    return Journey(changes, tuple(stays), _correction(history, policy, end))


def _changes(events: tuple[Event, ...], policy: Policy) -> Iterator[StageChange]:
    known = 0
    before = reached_by(policy, known)
    for at, together in groupby(events, key=attrgetter("at")):
        group = tuple(together)
        known = policy.replay.apply((event.number for event in group), known)
        after = reached_by(policy, known & ALL_BITS)
        if after != before:
            move = transition(before, after)
            earned = set(earned_by(policy, known & ALL_BITS))
            witnessed = tuple(stage for stage in move.gained if stage in earned)
            passed = tuple(stage for stage in move.gained if stage not in earned)
            yield StageChange(at, move, witnessed, passed, group)
            before = after


def _correction(history: History, policy: Policy, as_of: datetime | None) -> Correction | None:
    wrong = tuple(event for event in history.events if event.id in history.corrections)
    if not wrong:
        return None
    claimed, proved = (
        reached_by(policy, each.evidence(policy, as_of).bits & ALL_BITS)
        for each in (History(history.events), history)
    )
    return Correction(wrong, tuple(stage for stage in Stage if stage in claimed - proved))


@final
@frozen
class LoggedMove:
    """An entry of a stage log, as a move.

    Attributes:
        at: When the entry was written, in UTC.
        transition: The move from the person's stage to the logged one: legal, with the stages
            implied, or refused, with the reason and what would be right instead.
    """

    at: datetime
    transition: Transition

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}: {self.transition}"


def check_stage_log(
    entries: Iterable[tuple[Stage | str, datetime]], labels: Mapping[str, Stage] = MappingProxyType({})
) -> tuple[LoggedMove, ...]:
    """Return every entry of a person's stage log as a move, in the order of time.

    *entries* are pairs of a stage, or its label, and an aware instant, in any order; those of one
    instant are taken as given. *labels* maps the words of the other system to stages, compared in any
    case. Everybody starts as a Name, and keeps the stage after a refused move, so each mistake is told once.

    Raises:
        UnknownWord: If a label is neither in *labels* nor a stage.
        WrongType: If an instant is not a datetime, or a value has another type.
        WrongValue: If an instant has no time zone.
    """
    meant: dict[str, Stage] = {}
    for label, stage in pairs_of("labels", labels, "a label and a stage"):
        require("each label", label, str, "a text")
        require(f"labels[{label!r}]", stage, Stage, "a Stage", "use Stage.parse for a word")
        meant[normalize(label)] = stage
    pairs = pairs_of("entries", entries, "a stage and an instant")
    read = sorted(((instant("entries", at), _stage(label, meant)) for label, at in pairs), key=itemgetter(0))
    moves: list[LoggedMove] = []
    current = Stage.NAME
    for at, stage in read:
        move = TRANSITIONS[current, stage]
        moves.append(LoggedMove(at, move))
        current = stage if move.legal else current
    return tuple(moves)


def _stage(label: Stage | str, labels: Mapping[str, Stage]) -> Stage:
    if isinstance(label, Stage):
        return label
    require("entries", label, str, "a Stage or its label")
    return labels[word] if (word := normalize(label)) in labels else Stage.parse(label)
