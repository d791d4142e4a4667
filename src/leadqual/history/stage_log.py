"""The stage log of another system, held to the moves that a person can make."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final, final

from attrs import frozen

from leadqual.errors import instant, pairs_of, require
from leadqual.taxonomy.stages import Stage
from leadqual.taxonomy.transitions import TRANSITIONS, Transition
from leadqual.taxonomy.vocabulary import normalize

_NO_LABELS: Final[Mapping[str, Stage]] = MappingProxyType({})


@final
@frozen
class LoggedMove:
    """Hold one entry of a stage log and what it means.

    Attributes:
        at: When the entry was written, in UTC.
        transition: The move to the logged stage, from where the person stood: legal, with the stages
            implied, or refused, with the reason and what would be right instead.
    """

    at: datetime
    transition: Transition

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}: {self.transition}"


def check_stage_log(
    entries: Iterable[tuple[Stage | str, datetime]], labels: Mapping[str, Stage] = _NO_LABELS
) -> tuple[LoggedMove, ...]:
    """Return every entry of a person's stage log as a move, in the order of time.

    *entries* are pairs of a stage, or its label, and an aware instant, in any order; those of one
    instant are taken as given. *labels* says which stage the other system's own words mean. Everybody
    starts as a Name. Labels are compared as words are, in any case. After a refused move the person stands where they stood, so one mistake is told
    once.

    Raises:
        UnknownWord: If a label is neither in *labels* nor a stage.
        WrongType: If an instant is no datetime, or a value has another type.
        WrongValue: If an instant has no time zone.
    """
    meant: dict[str, Stage] = {}
    for label, stage in pairs_of("labels", labels, "a label and a stage"):
        require("each label", label, str, "a text")
        require(f"labels[{label!r}]", stage, Stage, "a Stage", "use Stage.parse for a word")
        meant[normalize(label)] = stage
    pairs = pairs_of("entries", entries, "a stage and an instant")
    read = [(instant("entries", at), _stage(label, meant)) for label, at in pairs]
    read.sort(key=lambda entry: entry[0])
    moves: list[LoggedMove] = []
    stands = Stage.NAME
    for at, stage in read:
        move = TRANSITIONS[stands, stage]
        moves.append(LoggedMove(at, move))
        stands = stage if move.legal else stands
    return tuple(moves)


def _stage(label: Stage | str, labels: Mapping[str, Stage]) -> Stage:
    if isinstance(label, Stage):
        return label
    require("entries", label, str, "a Stage or its label")
    return labels[word] if (word := normalize(label)) in labels else Stage.parse(label)
