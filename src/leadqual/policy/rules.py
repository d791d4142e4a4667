"""The parts that a policy is made of."""

from collections.abc import Iterable
from functools import cached_property, partial
from itertools import product, starmap
from typing import Final, NamedTuple, final

from attrs import Factory, field, frozen

from leadqual.taxonomy.articles import Sentence
from leadqual.taxonomy.facts import ALL_BITS, BIT, BRINGS, WIDTH, Fact, Nature, bits_of, excluded_by, implying
from leadqual.taxonomy.stages import POSITIONS, Qualification, Stage, Standing, position_name, position_of
from leadqual.taxonomy.vocabulary import PairsByWord, a_number, a_word, by_word, is_a, tuple_of, whole


def in_order(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    bits = bits_of(facts)
    return tuple(fact for fact in Fact if bits & BIT[fact])


@final
@frozen
class Rule:
    """A condition: the facts that a conclusion requires, and those that it forbids.

    Attributes:
        name: What the rule is called in reasons, reports and files.
        all: The facts that must all be established.
        unless: The facts of which none may be established.
        sentence: Why: a `Sentence` of the articles, or a company's own words.
        wanted: The facts of *all* as bits.
        forbidden: The facts of *unless* as bits.
    """

    name: str = field(validator=is_a(str, "a text"))
    all: tuple[Fact, ...] = field(converter=in_order)
    unless: tuple[Fact, ...] = field(default=(), converter=in_order)
    sentence: Sentence | str = field(default="", validator=is_a(Sentence | str, "a Sentence or a text"))
    wanted: int = field(
        init=False, eq=False, repr=False, default=Factory(lambda rule: bits_of(rule.all), takes_self=True)
    )
    forbidden: int = field(
        init=False, eq=False, repr=False, default=Factory(lambda rule: bits_of(rule.unless), takes_self=True)
    )

    def holds(self, established: int) -> bool:
        """Return whether the rule holds for established facts, given as bits."""
        return established & self.wanted == self.wanted and not established & self.forbidden

    @property
    def condition(self) -> str:
        """Return the condition of the rule in words."""
        unless = f" unless {' or '.join(map(str, self.unless))}" if self.unless else ""
        return f"{' and '.join(map(str, self.all))}{unless}"

    def __str__(self) -> str:
        return f"{self.name}: {self.condition}"


def _points(points: PairsByWord[Fact, int]) -> tuple[tuple[Fact, int], ...]:
    given = by_word("points", points, Fact, partial(whole, "each of points"))
    return tuple((fact, given.get(fact, 0)) for fact in Fact)


def _weights(score: "Score") -> tuple[tuple[int, int], ...]:
    return tuple((BIT[fact], points) for fact, points in score.points if points)


@final
@frozen
class Score:
    base: int = field(validator=a_number)
    qualified: int = field(validator=a_number)
    points: tuple[tuple[Fact, int], ...] = field(converter=_points)
    weights: tuple[tuple[int, int], ...] = field(
        init=False, eq=False, repr=False, default=Factory(_weights, takes_self=True)
    )

    @property
    def width(self) -> int | None:
        """Return the bits of the smallest signed integer that holds every sum of lines; None above 64."""
        added = [points for _, points in self.weights] + [self.qualified]
        lowest = self.base + sum(min(points, 0) for points in added)
        highest = self.base + sum(max(points, 0) for points in added)
        # Lines are added one by one, and zero stands for those that a person does not have.
        needed = max(highest, ~lowest, *added, *(~points for points in added))
        return next((width for width in (8, 16, 32, 64) if needed < 1 << (width - 1)), None)


@final
@frozen
class SequenceRule:
    """A rule that establishes the milestone *adds* if *then* happens at the instant of *first* or later."""

    first: Fact = field(validator=a_word(Fact))
    then: Fact = field(validator=a_word(Fact))
    adds: Fact = field(validator=a_word(Fact))


@final
@frozen
class EventKind:
    fact: Fact = field(validator=a_word(Fact))
    reverses: bool = field(default=False, validator=is_a(bool, "True or False"))

    def __str__(self) -> str:
        return f"-{self.fact}" if self.reverses else str(self.fact)


def _rank(kinds: Iterable[EventKind]) -> tuple[EventKind, ...]:
    return tuple_of("rank", kinds, EventKind, "an EventKind")


def _then(rules: Iterable[SequenceRule]) -> tuple[SequenceRule, ...]:
    return tuple_of("then", rules, SequenceRule, "a SequenceRule")


def _clearings(given: PairsByWord[Fact, Iterable[Fact]]) -> tuple[tuple[Fact, tuple[Fact, ...]], ...]:
    return tuple(by_word("clears", given, Fact, in_order).items())


@final
class Effect(NamedTuple):
    """What an event does to `Evidence.bits`; *then* holds pairs of an earlier milestone and what it adds."""

    keeps: int
    sets: int
    then: tuple[tuple[int, int], ...] = ()

    def on(self, known: int) -> int:
        known = known & self.keeps | self.sets
        for first, adds in self.then:
            if known & first:
                known |= adds
        return known


_ALL_KNOWN: Final = ALL_BITS | ALL_BITS << WIDTH


@final
@frozen
class Replay:
    """How a history is read: *rank* orders the events of an instant, *clears* holds what facts make unknown."""

    rank: tuple[EventKind, ...] = field(converter=_rank)
    clears: tuple[tuple[Fact, tuple[Fact, ...]], ...] = field(converter=_clearings)
    then: tuple[SequenceRule, ...] = field(converter=_then)

    @cached_property
    def effects(self) -> tuple[Effect, ...]:
        return tuple(map(self.effect_of, EVENT_KINDS))

    @cached_property
    def places(self) -> tuple[int, ...]:
        """The place in *rank* of each of `EVENT_KINDS`."""
        places = {kind: place for place, kind in enumerate(self.rank)}
        return tuple(places.get(kind, len(places)) for kind in EVENT_KINDS)

    def apply(self, numbers: Iterable[int], known: int = 0) -> int:
        """Return what is known after events of these kinds, given as places in `EVENT_KINDS`, in order."""
        effects = self.effects
        # `Effect.on`, written out, which takes half the time.
        for number in numbers:
            keeps, sets, then = effects[number]
            known = known & keeps | sets
            if then:
                for first, adds in then:
                    if known & first:
                        known |= adds
        return known

    def effect_of(self, kind: EventKind) -> Effect:
        """Return what an event of this kind does.

        Its fact and all that the fact implies are established. What they exclude is no longer established,
        what they clear becomes unknown, as does what implies either. A reversed fact is denied,
        and so is what implies it.
        """
        if kind.reverses:
            lost = implying(BIT[kind.fact])
            return Effect(keeps=_ALL_KNOWN & ~lost, sets=lost << WIDTH)
        brought = BRINGS[kind.fact]
        cleared = self.cleared_by(brought)
        lost = implying((excluded_by(brought) | cleared) & ~brought)
        return Effect(
            keeps=_ALL_KNOWN & ~(lost | (brought | cleared) << WIDTH),
            sets=brought,
            then=tuple(
                (BIT[rule.first], BRINGS[rule.adds])
                for rule in self.then
                if brought & BIT[rule.then] and BRINGS[rule.adds] & ~brought
            ),
        )

    def written_by(self, bits: int) -> tuple[tuple[EventKind, ...], tuple[EventKind, ...]]:
        """Return the kinds of event that set one of *bits*, and those that clear it; the last event decides."""
        effects = tuple(zip(EVENT_KINDS, self.effects, strict=True))
        sets = tuple(kind for kind, effect in effects if effect.sets & bits)
        clears = tuple(kind for kind, effect in effects if not (effect.keeps | effect.sets) & bits)
        return sets, clears

    def cleared_by(self, brought: int) -> int:
        return bits_of(it for fact, cleared in self.clears if brought & BIT[fact] for it in cleared)


EVENT_KINDS: Final = tuple(
    [EventKind(fact, reverses=True) for fact in Fact if fact.nature is not Nature.MILESTONE]
    + [EventKind(fact) for fact in Fact]
)
"""Every kind of event: a milestone cannot be reversed, every other fact can."""


def _position(stages: Iterable[Stage]) -> frozenset[Stage]:
    return position_of("position", stages)


@final
@frozen
class MatrixCell:
    position: frozenset[Stage] = field(converter=_position)
    qualification: Qualification = field(validator=is_a(Qualification, "a Qualification"))

    def __str__(self) -> str:
        return f"{position_name(self.position)}/{self.qualification}"


MATRIX: Final = tuple(starmap(MatrixCell, product(POSITIONS, Qualification)))

Goal = Stage | Qualification | Standing


def _goals(goals: Iterable[Goal]) -> tuple[Goal, ...]:
    return tuple_of("reachable", goals, Goal, "a Stage, a Qualification or a Standing")


def _cells(cells: Iterable[MatrixCell]) -> tuple[MatrixCell, ...]:
    given = tuple_of("impossible", cells, MatrixCell, "a MatrixCell")
    return tuple(cell for cell in MATRIX if cell in given)


@final
@frozen
class Expectation:
    """The cells that must not occur (every other cell must), and the goals that must stay reachable."""

    impossible: tuple[MatrixCell, ...] = field(converter=_cells)
    reachable: tuple[Goal, ...] = field(converter=_goals)
