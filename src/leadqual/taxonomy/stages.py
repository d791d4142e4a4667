"""The words for the place of a person: stage, qualification, standing, source."""

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Final, final

from leadqual.errors import WrongType, WrongValue
from leadqual.taxonomy import articles
from leadqual.taxonomy.vocabulary import Word, require_word


@final
class Stage(Word):
    """How far a person has come with you, earned by what they did.

    Source: article 1.
    """

    NAME = "name", articles.NEVER_WANTED_DETAILS
    LEAD = "lead", articles.RESPONDED_TO_PROMOTION
    PROSPECT = "prospect", articles.SAW_AND_ASKED
    CUSTOMER = "customer", articles.HAS_PURCHASED
    REP = "rep", articles.HAS_SIGNED_UP
    LEADER = "leader", articles.BECOME_LEADERS

    @property
    def below(self) -> frozenset["Stage"]:
        """Return the other stages that everybody at this stage has reached."""
        return _BELOW[self]

    def precedes(self, other: "Stage") -> bool:
        """Return whether this stage lies below *other*; CUSTOMER and REP lie side by side."""
        return self in _BELOW[other]


# The only definition of the order, for every policy: each stage with the one directly below it.
_RESTS_ON: Final[Mapping[Stage, Stage]] = {
    Stage.LEAD: Stage.NAME,
    Stage.PROSPECT: Stage.LEAD,
    Stage.CUSTOMER: Stage.PROSPECT,
    Stage.REP: Stage.PROSPECT,
    Stage.LEADER: Stage.REP,
}

_BELOW: Final[dict[Stage, frozenset[Stage]]] = {Stage.NAME: frozenset()}
for _stage, _lower in _RESTS_ON.items():
    _BELOW[_stage] = _BELOW[_lower] | {_lower}

HEADLINE: Final = tuple(reversed(Stage))
"""The stages from the furthest to the nearest; the first one reached is the headline."""


@final
class Qualification(Word):
    """Whether a person is a qualified lead.

    Depends on facts, never on the stage. Source: article 2, which applies it to names and leads; under
    STANDARD, everybody from prospect on is qualified.
    """

    GENERIC = "generic", articles.ANYONE_ON_THE_STREET
    QUALIFIED = "qualified", articles.SOUGHT_OUT


@final
class Standing(Word):
    """Whether a person may be worked with now; the first that applies, in this order.

    Standing is independent of the stage: a person who leaves keeps every stage. The articles say that
    people decline; the other standings are conventions of this library.
    """

    DO_NOT_CONTACT = "do_not_contact", "nobody is contacted against their will"
    DECLINED = "declined", articles.NOT_A_GOOD_FIT
    LAPSED = "lapsed", "a person who leaves keeps the stage, so leaving needs a word of its own"
    ACTIVE = "active", "nothing on record says otherwise"


_NOT_NAMED: Final = "the library distinguishes lead sources that the articles do not name"


@final
class Source(Word):
    """Where a contact comes from, the field's lead source.

    Used for display, counts and forecasts, never in a rule. Source: both articles.
    """

    ADVERTISEMENT = "advertisement", articles.MAKE_MONEY_AD
    SOCIAL_MEDIA = "social_media", _NOT_NAMED
    SEARCH = "search", _NOT_NAMED
    WEBSITE = "website", articles.SOUGHT_OUT
    REFERRAL = "referral", _NOT_NAMED
    SEMINAR = "seminar", articles.SEMINARS
    EVENT = "event", _NOT_NAMED
    COLD_CALL = "cold_call", articles.CALLED_OR_ADVERTISED
    PURCHASED_LIST = "purchased_list", articles.SIGHT_UNSEEN
    FAMILY_OR_FRIEND = "family_or_friend", articles.FAMILY_AND_FRIENDS
    STRANGER = "stranger", articles.COMPLETE_STRANGERS
    OTHER = "other", _NOT_NAMED


def down_set(stages: Iterable[Stage]) -> frozenset[Stage]:
    """Return *stages*, all stages below them, and NAME."""
    earned = frozenset(stages)
    return earned.union({Stage.NAME}, *(stage.below for stage in earned))


def headline(position: Iterable[Stage]) -> Stage:
    reached = frozenset(position)
    return next((stage for stage in HEADLINE if stage in reached), Stage.NAME)


def topmost(stages: Iterable[Stage]) -> tuple[Stage, ...]:
    """Return the *stages* that are not below another of them, in declaration order."""
    members = frozenset(stages)
    uppermost = members.difference(*(stage.below for stage in members))
    return tuple(stage for stage in Stage if stage in uppermost)


def position_name(position: Iterable[Stage]) -> str:
    """Return a position by its topmost stages, such as ``"customer+rep"``."""
    return "+".join(str(stage) for stage in topmost(position))


def position_of(
    argument: str, stages: Iterable[Stage], expected: str = "a set of stages"
) -> frozenset[Stage]:
    if isinstance(stages, str | bytes) or not isinstance(stages, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance] (callers may not check types)
        advice = f"use Stage.parse({stages!r})" if isinstance(stages, str) else ""
        raise WrongType(argument, expected, type(stages).__name__, advice)
    position = frozenset(stages)
    for stage in position:
        require_word(f"each stage of {argument}", stage, Stage)
    missing = [str(stage) for stage in Stage if stage in down_set(position) - position]
    if missing:
        raise WrongValue(argument, f"is not a position: it lacks {', '.join(missing)}", "use verdict.reached")
    return position


POSITIONS: Final = tuple(
    sorted(
        {down_set((first, second)) for first, second in product(Stage, repeat=2)},
        key=lambda position: (len(position), [stage not in position for stage in Stage]),
    )
)
"""The eight sets of stages that a person can have reached: each stage comes with all below it."""
