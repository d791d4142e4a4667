"""The moves between stages: between positions, legal exactly when nothing that was reached is lost."""

from collections.abc import Iterable, Mapping
from itertools import product
from types import MappingProxyType
from typing import Final, final

from attrs import frozen

from leadqual.errors import LeadqualError, WrongType
from leadqual.taxonomy import articles
from leadqual.taxonomy.stages import HEADLINE, Stage, down_set, headline, position_name, position_of, topmost
from leadqual.taxonomy.vocabulary import Word


@final
class Move(Word):
    STAY = "stay", "the table has a row for each pair of stages"
    STEP = "step", articles.BECOME_LEADERS
    SKIP = "skip", "who buys at once is a customer like any other"
    REFUSED = "refused", "the articles state in the perfect tense what a person has done"


@frozen
class Transition:
    """The move from one stage or position to another.

    Attributes:
        before: The headline stage before.
        after: The headline stage after.
        move: What the move is.
        gained: Every stage newly reached, in declaration order.
        implied: Those of *gained* that are passed on the way, not arrived at.
        reason: Why the move is refused; empty for a legal one.
        instead: What would be right instead; empty for a legal one.
        positions: The names of the positions before and after; None between headline stages.
    """

    before: Stage
    after: Stage
    move: Move
    gained: tuple[Stage, ...] = ()
    implied: tuple[Stage, ...] = ()
    reason: str = ""
    instead: str = ""
    positions: tuple[str, str] | None = None

    @property
    def legal(self) -> bool:
        """Return whether the move can happen."""
        return self.move is not Move.REFUSED

    def __str__(self) -> str:
        before, after = self.positions or (self.before, self.after)
        text = f"{before} → {after}: {self.move}"
        if self.implied:
            text += f", implying {' and '.join(map(str, self.implied))}"
        return f"{text}; {self.reason}; {self.instead}" if self.reason else text


@final
class TransitionNotAllowed(LeadqualError, ValueError):
    """Raised for a move that would lose a stage; says what would be right instead.

    Attributes:
        transition: The refused move, with its reason.
    """

    def __init__(self, transition: Transition) -> None:
        super().__init__(transition)
        self.transition = transition

    def __str__(self) -> str:
        row = self.transition
        move = (
            f"a {row.before} does not become a {row.after}"
            if row.positions is None
            else "the position {} does not become the position {}".format(*row.positions)
        )
        return f"{move}: {row.reason}; {row.instead}"


def _between(before: frozenset[Stage], after: frozenset[Stage], *, headlines: bool) -> Transition:
    # Two headlines are given by their down-sets.
    start, end = headline(before), headline(after)
    forward = HEADLINE.index(end) <= HEADLINE.index(start) if headlines else before <= after
    positions = None if headlines else (position_name(before), position_name(after))
    if not forward:
        lost = topmost(before - after)
        named = f"{' and '.join(map(str, lost))} {'was' if len(lost) == 1 else 'were'}"
        reason = f"what a person has done stays done, and {named} reached"
        instead = _instead(before, after, named)
        return Transition(start, end, Move.REFUSED, (), (), reason, instead, positions)
    gained = tuple(stage for stage in Stage if stage in after - before)
    arrived = topmost(gained)
    implied = tuple(stage for stage in gained if stage not in arrived)
    move = Move.SKIP if implied else Move.STEP if gained else Move.STAY
    return Transition(start, end, move, gained, implied, positions=positions)


def _instead(before: frozenset[Stage], after: frozenset[Stage], lost: str) -> str:
    kept = f"the person stays a {position_name(before).replace('+', ' and a ')}"
    gained = " and ".join(map(str, topmost(after - before)))
    if gained:
        return f"{kept}; {gained} is reached too, so record the position {position_name(before | after)}"
    standing = "record that they declined, lapsed or opted out (a standing)"
    return f"{kept}; {standing}, or correct the record if {lost} wrong"


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
        WrongValue: If a set of stages is not a position: it lacks a stage below one that it holds.
        WrongType: If an argument is neither, or one is a stage and the other a position.
    """
    if isinstance(before, Stage) and isinstance(after, Stage):
        row = TRANSITIONS[before, after]
    else:
        positions = {
            argument: position_of(argument, value, "a Stage or a set of stages")
            for argument, value in (("before", before), ("after", after))
            if not isinstance(value, Stage)
        }
        if len(positions) == 1:
            argument, other = ("after", "before") if "before" in positions else ("before", "after")
            advice = "give two headline stages or two positions"
            raise WrongType(argument, f"a position, because {other} is one", "Stage", advice)
        row = _between(positions["before"], positions["after"], headlines=False)
    if not row.legal:
        raise TransitionNotAllowed(row)
    return row
