"""The closed vocabulary of facts about a person, and what is known of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import reduce
from typing import Final, Self, cast, final

from attrs import Attribute, field, frozen

from leadqual.errors import WrongType, WrongValue, require
from leadqual.taxonomy import articles
from leadqual.taxonomy.vocabulary import Word, require_word, whole

_IN_THE_PERFECT_TENSE: Final = "the articles state in the perfect tense what a person has done"
_OPINIONS_CHANGE: Final = "a person may change their opinion"
_NOT_TOLD: Final = "the articles mention neither leaving nor consent; records contain both"


@final
class Nature(Word):
    MILESTONE = "milestone", _IN_THE_PERFECT_TENSE
    SIGNAL = "signal", _OPINIONS_CHANGE
    AGAINST = "against", _OPINIONS_CHANGE


@final
class Fact(Word):
    """A yes-or-no fact about a person; columns are mapped to facts, and rules require facts.

    The first ten are milestones, the next four favourable signals, the last four adverse facts.
    """

    CONTACTED = "contacted", articles.TALK_TO_100
    RESPONDED = "responded", articles.RESPONDED_TO_PROMOTION
    INTERESTED_IN_OFFER = "interested_in_offer", articles.NO_INTEREST_EXPRESSED
    SOUGHT_YOU_OUT = "sought_you_out", articles.SOUGHT_OUT
    SAW_BUSINESS = "saw_business", articles.SAW_AND_ASKED
    ASKED_FOR_MORE = "asked_for_more", articles.SAW_A_VIDEO
    PURCHASED = "purchased", articles.HAS_PURCHASED
    SIGNED_UP = "signed_up", articles.HAS_SIGNED_UP
    BECAME_LEADER = "became_leader", articles.BECOME_LEADERS
    ATTENDED_SEMINAR = "attended_seminar", articles.SEMINARS
    INTERESTED_IN_INDUSTRY = "interested_in_industry", articles.SEMINARS
    KNOWS_INDUSTRY = "knows_industry", articles.KNOWS_AND_WANTS_IN
    LIKES_INDUSTRY = "likes_industry", articles.MORE_OR_LESS_QUALIFIED
    WANTS_IN = "wants_in", articles.KNOWS_AND_WANTS_IN
    NEVER_JOINING = "never_joining", articles.MORE_OR_LESS_QUALIFIED
    DECLINED = "declined", articles.NOT_A_GOOD_FIT
    LAPSED = "lapsed", _NOT_TOLD
    OPTED_OUT = "opted_out", _NOT_TOLD

    @property
    def nature(self) -> Nature:
        """Return whether the fact is permanent, favourable or adverse."""
        return _NATURES[self]

    @property
    def implies(self) -> frozenset["Fact"]:
        """Return every other fact that this one implies."""
        return facts_of(BRINGS[self] & ~BIT[self])

    @property
    def excludes(self) -> frozenset["Fact"]:
        """Return the facts that cannot hold beside this one."""
        return facts_of(EXCLUDES[self])


_NATURES: Final = dict(
    zip(Fact, 10 * [Nature.MILESTONE] + 4 * [Nature.SIGNAL] + 4 * [Nature.AGAINST], strict=True)
)

DIRECTLY_IMPLIES: Final[Mapping[Fact, tuple[Fact, ...]]] = {
    Fact.RESPONDED: (Fact.CONTACTED,),
    Fact.INTERESTED_IN_OFFER: (Fact.RESPONDED,),
    Fact.SOUGHT_YOU_OUT: (Fact.INTERESTED_IN_OFFER,),
    Fact.SAW_BUSINESS: (Fact.CONTACTED,),
    Fact.ASKED_FOR_MORE: (Fact.SAW_BUSINESS, Fact.INTERESTED_IN_OFFER),
    Fact.BECAME_LEADER: (Fact.SIGNED_UP,),
    Fact.LIKES_INDUSTRY: (Fact.KNOWS_INDUSTRY,),
}

FACTS: Final[Mapping[str, Fact]] = {str(fact): fact for fact in Fact}
"""Each fact by its word."""

# Inside, a set of facts is one whole number: an `int` is combined twenty times faster than an `enum.Flag`.
BIT: Final[Mapping[Fact, int]] = {fact: 1 << index for index, fact in enumerate(Fact)}
"""The bit of each fact in a set of facts written as a whole number."""

_FACT_BITS: Final = tuple(BIT.items())

WIDTH: Final = len(Fact)
ALL_BITS: Final = (1 << WIDTH) - 1
MILESTONES: Final = sum(bit for fact, bit in _FACT_BITS if fact.nature is Nature.MILESTONE)

BRINGS: Final[dict[Fact, int]] = {}
"""Each fact with all that it implies, as bits."""

# A fact implies only facts that are declared before it.
for _fact, _bit in BIT.items():
    BRINGS[_fact] = reduce(int.__or__, map(BRINGS.__getitem__, DIRECTLY_IMPLIES.get(_fact, ())), _bit)

EXCLUDES: Final[Mapping[Fact, int]] = dict.fromkeys(Fact, 0) | {
    Fact.NEVER_JOINING: BIT[Fact.WANTS_IN],
    Fact.WANTS_IN: BIT[Fact.NEVER_JOINING],
}


def bits_of(facts: Iterable[Fact]) -> int:
    """Return a set of facts as bits, not closed."""
    given = cast("object", facts)
    if isinstance(given, Mapping):
        raise WrongType("facts", "an iterable of Fact", "a mapping", "use Evidence.from_mapping")
    if isinstance(given, str) or not isinstance(given, Iterable):
        advice = (
            f"give a set: {{Fact.{given.name}}}" if isinstance(given, Fact) else "use Fact.parse for a word"
        )
        raise WrongType("facts", "an iterable of Fact", type(given).__name__, advice)
    bits = 0
    for fact in facts:
        if not isinstance(fact, Fact):  # pyright: ignore[reportUnnecessaryIsInstance] (see above)
            require_word("each fact", fact, Fact)
        bits |= BIT[fact]
    return bits


def each_of(bits: int) -> Iterator[Fact]:
    return (fact for fact, bit in _FACT_BITS if bits & bit)


def facts_of(bits: int) -> frozenset[Fact]:
    return frozenset(each_of(bits))


def least(bits: int) -> int:
    """Return facts, given as bits, without those that another of them implies."""
    for fact in each_of(bits):
        if any(BRINGS[other] & BIT[fact] for other in each_of(bits & ~BIT[fact])):
            bits &= ~BIT[fact]
    return bits


def _spreading(table: Mapping[Fact, int]) -> Callable[[int], int]:
    # Two look-ups, one for either half of the bits, are eight times as fast as a loop over them.
    half = WIDTH // 2
    low, high = [0], [0]
    for fact in Fact:
        spread_over = high if BIT[fact] >> half else low
        spread_over += [bits | table[fact] for bits in spread_over]

    low_bits = len(low) - 1
    return lambda bits: low[bits & low_bits] | high[bits >> half]


close: Final = _spreading(BRINGS)
"""Return facts, given as bits, with all that they imply."""

excluded_by: Final = _spreading(EXCLUDES)
"""Return what facts, given as bits, exclude."""

implying: Final = _spreading(
    {fact: sum(bit for other, bit in _FACT_BITS if BRINGS[other] & BIT[fact]) for fact in Fact}
)
"""Return facts, given as bits, with all that imply one of them."""


def _require_bits(argument: str, bits: int, most: int) -> None:
    if not 0 <= whole(argument, bits) <= most:
        raise WrongValue(argument, "is not a set of facts", "use Evidence.of")


def _closed(_: "Evidence", __: "Attribute[int]", bits: int) -> None:
    _require_bits("bits", bits, ALL_BITS << WIDTH | ALL_BITS)
    if Evidence.from_bits(bits & ALL_BITS, bits >> WIDTH).bits != bits:
        raise WrongValue("bits", "lacks what its facts imply", "use Evidence.of or Evidence.from_bits")


@final
@frozen(repr=False)
class Evidence:
    """What is known of a person: established facts, denied facts, and the rest unknown.

    Evidence is closed: an established fact establishes what it implies and denies what it excludes; a
    denied fact denies what implies it. Unknown is never read as no. Make it with `of` or
    `from_mapping`, join it with ``|``; ``fact in evidence`` asks whether a fact is established.

    Attributes:
        bits: The established facts, and the denied ones shifted left by 18, as one whole number.
    """

    bits: int = field(default=0, validator=_closed)

    @classmethod
    def of(cls, *facts: Fact, denied: Iterable[Fact] = ()) -> Self:
        """Return the closure of established *facts* and *denied* ones.

        Raises:
            WrongType: If an argument is not a fact.
        """
        return cls.from_bits(bits_of(facts), bits_of(denied))

    @classmethod
    def from_mapping(cls, facts: Mapping[Fact, bool | None] | Mapping[str, bool | None]) -> Self:
        """Return the closure of facts, or their words, given as True, False or None for unknown.

        Raises:
            UnknownWord: If a word is not a fact.
            WrongType: If a value is neither a bool nor None, or *facts* is not a mapping.
        """
        require("facts", facts, Mapping, "a mapping of facts to True, False or None", "or use Evidence.of")
        known = {True: 0, False: 0, None: 0}
        for key, value in facts.items():
            fact = key if isinstance(key, Fact) else Fact(key)
            if value is not True and value is not False and value is not None:
                raise WrongType(str(fact), "True, False or None", type(value).__name__, "bool(...) converts")
            known[value] |= BIT[fact]
        return cls.from_bits(known[True], known[False])

    @classmethod
    def from_bits(cls, established: int, denied: int = 0) -> Self:
        """Return the closure of facts given as bits."""
        _require_bits("established", established, ALL_BITS)
        _require_bits("denied", denied, ALL_BITS)
        established = close(established)
        return cls._made(established | implying(denied | excluded_by(established)) << WIDTH)

    @classmethod
    def _made(cls, bits: int) -> Self:
        # The bits are known to be closed.
        evidence = object.__new__(cls)
        object.__setattr__(evidence, "bits", bits)
        return evidence

    @property
    def established(self) -> frozenset[Fact]:
        """Return the facts that are known to hold."""
        return facts_of(self.bits & ALL_BITS)

    @property
    def denied(self) -> frozenset[Fact]:
        """Return the facts that are known not to hold."""
        return facts_of(self.bits >> WIDTH)

    @property
    def unknown(self) -> frozenset[Fact]:
        """Return the facts that are neither established nor denied."""
        return facts_of(ALL_BITS & ~(self.bits | self.bits >> WIDTH))

    @property
    def contradictions(self) -> frozenset[Fact]:
        """Return the facts that are both established and denied."""
        return facts_of(self.bits & self.bits >> WIDTH)

    def value(self, fact: Fact) -> bool | None:
        """Return True if *fact* is established, else False if it is denied, else None."""
        if fact in self:
            return True
        return False if self.bits >> WIDTH & BIT[fact] else None

    def __contains__(self, fact: object) -> bool:
        return bool(self.bits & bits_of((cast("Fact", fact),)))

    def __or__(self, other: "Evidence") -> Self:
        if not isinstance(other, Evidence):  # pyright: ignore[reportUnnecessaryIsInstance] (an operator meets anything)
            return NotImplemented
        return self._made(self.bits | other.bits)

    def __repr__(self) -> str:
        established = [f"Fact.{fact.name}" for fact in each_of(self.bits)]
        denied = [f"Fact.{fact.name}" for fact in each_of(self.bits >> WIDTH)]
        if denied:
            established.append(f"denied=({', '.join(denied)},)")
        return f"Evidence.of({', '.join(established)})"
