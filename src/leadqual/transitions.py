"""The moves between stages.

Everything that decides which move is legal is in this file; the order itself is in `stages`. A move
between positions is legal exactly when nothing that was reached is lost.
"""

from collections.abc import Iterable, Mapping
from itertools import product
from types import MappingProxyType
from typing import Final, cast, final

from attrs import frozen

from leadqual import articles
from leadqual.errors import LeadqualError, WrongType, WrongValue
from leadqual.stages import HEADLINE, Stage, down_set, headline, topmost
from leadqual.vocabulary import Meaning, Word, define


@final
class Move(Word):
    """What a transition is."""

    STAY = "stay"
    STEP = "step"
    SKIP = "skip"
    REFUSED = "refused"


define(
    {
        Move.STAY: Meaning("nothing changes", articles.STILL_ONLY_A_NAME),
        Move.STEP: Meaning("a move over which no stage is passed", articles.BECOME_LEADERS),
        Move.SKIP: Meaning("a legal move that implies the stages it passes", articles.BECOME_LEADERS),
        Move.REFUSED: Meaning("a move that would undo what a person has done", articles.HAS_PURCHASED),
    }
)


@frozen
class Transition:
    """Describe the move from one stage or position to another.

    Attributes:
        before: The headline stage before.
        after: The headline stage after.
        move: What the move is.
        gained: Every stage newly reached, in declaration order.
        implied: Those of *gained* that are passed on the way, not arrived at.
        reason: Why the move is refused; empty for a legal one.
        instead: What would be right instead; empty for a legal one.
    """

    before: Stage
    after: Stage
    move: Move
    gained: tuple[Stage, ...] = ()
    implied: tuple[Stage, ...] = ()
    reason: str = ""
    instead: str = ""

    @property
    def legal(self) -> bool:
        """Return whether the move can happen."""
        return self.move is not Move.REFUSED

    def __str__(self) -> str:
        """Return the move in words."""
        text = f"{self.before} → {self.after}: {self.move}"
        if self.implied:
            text += f", implying {' and '.join(map(str, self.implied))}"
        return f"{text}; {self.reason}; {self.instead}" if self.reason else text


@final
class TransitionNotAllowed(LeadqualError, ValueError):
    """Say that a move would lose a stage, why that cannot be, and what would be right.

    Attributes:
        transition: The refused move, with its reason.
    """

    def __init__(self, transition: Transition) -> None:  # noqa: D107
        super().__init__(transition)
        self.transition = transition

    def __str__(self) -> str:
        """Return the message."""
        row = self.transition
        return f"a {row.before} does not become a {row.after}: {row.reason}; {row.instead}"


def _between(before: frozenset[Stage], after: frozenset[Stage], *, headlines: bool) -> Transition:
    """Describe the move between two positions, or between two headlines given by their down-sets."""
    start, end = headline(before), headline(after)
    forward = HEADLINE.index(end) <= HEADLINE.index(start) if headlines else before <= after
    if not forward:
        return Transition(
            start, end, Move.REFUSED, reason=_loss(before - after), instead=_instead(start, end)
        )
    gained = tuple(stage for stage in Stage if stage in after - before)
    arrived = topmost(gained)
    implied = tuple(stage for stage in gained if stage not in arrived)
    move = Move.SKIP if implied else Move.STEP if gained else Move.STAY
    return Transition(start, end, move, gained, implied)


def _loss(lost: frozenset[Stage]) -> str:
    top = " and ".join(str(stage) for stage in topmost(lost))
    return f"what a person has done stays done, and {top} was reached"


def _instead(before: Stage, after: Stage) -> str:
    if before is after or not after.precedes(before):
        return f"the person stays a {before}; {after} is reached too, so record a position that holds both"
    return (
        f"the person stays a {before}; record that they declined, lapsed or opted out (a standing), "
        f"or correct the record if {before} was wrong"
    )


TRANSITIONS: Final[Mapping[tuple[Stage, Stage], Transition]] = MappingProxyType(
    {
        (before, after): _between(down_set({before}), down_set({after}), headlines=True)
        for before, after in product(Stage, repeat=2)
    }
)
"""A row for each of the 36 pairs of headline stages: 6 stays, 6 steps, 9 skips, 15 refused."""


def transition(before: Stage | Iterable[Stage], after: Stage | Iterable[Stage]) -> Transition:
    """Return the move from *before* to *after*, both headline stages or both positions.

    Between headlines, a Customer becomes a Rep in one step. Between positions, a move is legal
    exactly when *before* is contained in *after*. To stay is legal too.

    Raises:
        TransitionNotAllowed: If the move would lose a stage; it says what would be right instead.
        WrongValue: If a set of stages is no position, because it lacks a stage below one it holds.
        WrongType: If an argument is neither, or one is a stage and the other a position.
    """
    if isinstance(before, Stage) and isinstance(after, Stage):
        row = TRANSITIONS[before, after]
    elif isinstance(before, Stage) or isinstance(after, Stage):
        argument, other = ("before", "after") if isinstance(before, Stage) else ("after", "before")
        raise WrongType(
            argument,
            f"a position, because {other} is one",
            "Stage",
            "give two headline stages or two positions",
        )
    else:
        row = _between(_position("before", before), _position("after", after), headlines=False)
    if not row.legal:
        raise TransitionNotAllowed(row)
    return row


def _position(argument: str, value: object) -> frozenset[Stage]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise WrongType(argument, "a Stage or a set of stages", type(value).__name__, _advice(value))
    stages = frozenset(cast("Iterable[object]", value))
    for stage in stages:
        if not isinstance(stage, Stage):
            raise WrongType(f"each stage of {argument}", "a Stage", type(stage).__name__, _advice(stage))
    position = cast("frozenset[Stage]", stages)
    missing = [str(stage) for stage in Stage if stage in down_set(position) - position]
    if missing:
        raise WrongValue(argument, f"no position: it lacks {', '.join(missing)}", "use verdict.reached")
    return position


def _advice(value: object) -> str:
    return f"use Stage.parse({value!r})" if isinstance(value, str) else ""
