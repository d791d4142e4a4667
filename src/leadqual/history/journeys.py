"""A person's way through the stages, read from a history."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import final

from attrs import frozen

from leadqual.classification.classification import reached_by
from leadqual.classification.explanation import earned_by
from leadqual.errors import instant, require
from leadqual.history.history import Event, History
from leadqual.policy.policy import Policy
from leadqual.policy.standard import STANDARD
from leadqual.taxonomy.facts import ALL_BITS
from leadqual.taxonomy.stages import Stage
from leadqual.taxonomy.transitions import Transition, transition


@final
@frozen
class StageChange:
    """Say which stages a person reached at one instant.

    Attributes:
        at: The instant, in UTC.
        transition: The move from the stages reached before to those reached now.
        witnessed: The stages gained whose own rule holds, in declaration order.
        implied: The stages gained only because a later one was.
        events: The events of that instant.
    """

    at: datetime
    transition: Transition
    witnessed: tuple[Stage, ...]
    implied: tuple[Stage, ...]
    events: tuple[Event, ...]

    def __str__(self) -> str:
        implied = f" (implied: {', '.join(map(str, self.implied))})" if self.implied else ""
        return f"{self.at:%Y-%m-%d}: {', '.join(map(str, self.witnessed))}{implied}"


@final
@frozen
class Stay:
    """Say how long a stage was the furthest one reached.

    Attributes:
        stage: The stage.
        since: The instant from which it was; of NAME, the instant of the first event.
        until: The instant of the next stage, or None where it is not known yet.
    """

    stage: Stage
    since: datetime
    until: datetime | None

    @property
    def lasted(self) -> timedelta | None:
        """Return how long it lasted, or None where that is not known yet."""
        return None if self.until is None else self.until - self.since


@final
@frozen
class Correction:
    """Say what corrections took away: no transition, since it never was.

    Attributes:
        events: The wrong events.
        lost: The stages that are reached only if the wrong events count, in declaration order.
    """

    events: tuple[Event, ...]
    lost: tuple[Stage, ...]


@final
@frozen
class Journey:
    """Hold a person's way through the stages.

    Attributes:
        changes: Every change of the stages reached, in the order of time.
        stays: The headline stages with their times, the last one open unless an instant was asked for.
        correction: What corrections took away, or None where none names an event.
    """

    changes: tuple[StageChange, ...]
    stays: tuple[Stay, ...]
    correction: Correction | None

    def reached_at(self, stage: Stage) -> datetime | None:
        """Return when *stage* was reached, witnessed or implied; of NAME, when the first event was.

        None if it was not, or nothing is dated.

        Raises:
            WrongType: If *stage* is no stage.
        """
        require("stage", stage, Stage, "a Stage", "use Stage.parse for a word")
        if stage is Stage.NAME:
            return self.stays[0].since if self.stays else None
        return next((change.at for change in self.changes if stage in change.transition.gained), None)


def journey(history: History, policy: Policy = STANDARD, *, as_of: datetime | None = None) -> Journey:
    """Return the stages that the events of *history* earned, and when, up to and including *as_of*.

    Events of one instant make one change. Undated evidence has no place in it. What a correction
    took away is told as such.

    Raises:
        WrongType: If *history* is no history, *policy* no policy, or *as_of* no datetime.
        WrongValue: If *as_of* has no time zone.
    """
    require("history", history, History, "a History", "that of a contact is contact.history")
    end = None if as_of is None else instant("as_of", as_of)
    events = history.in_order(policy, end)
    changes = tuple(_changes(events, policy))
    return Journey(changes, tuple(_stays(events, changes, end)), _correction(history, policy, end))


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
            yield StageChange(
                at,
                move,
                tuple(stage for stage in move.gained if stage in earned),
                tuple(stage for stage in move.gained if stage not in earned),
                group,
            )
            before = after


def _stays(
    events: tuple[Event, ...], changes: tuple[StageChange, ...], end: datetime | None
) -> Iterator[Stay]:
    if events:
        stage, since = Stage.NAME, events[0].at
        for change in changes:
            if change.transition.after is not stage:
                yield Stay(stage, since, change.at)
                stage, since = change.transition.after, change.at
        yield Stay(stage, since, end)


def _correction(history: History, policy: Policy, as_of: datetime | None) -> Correction | None:
    wrong = tuple(event for event in history.events if event.id in history.corrections)
    if not wrong:
        return None
    claimed, _ = History(history.events).known(policy, as_of)
    proved, _ = history.known(policy, as_of)
    lost = reached_by(policy, claimed.bits & ALL_BITS) - reached_by(policy, proved.bits & ALL_BITS)
    return Correction(wrong, tuple(stage for stage in Stage if stage in lost))
