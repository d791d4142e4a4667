"""The rules as data: one immutable value that every answer is read from."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Self, final

from attrs import Factory, evolve, field, fields, frozen

from leadqual.errors import Fault, Refused, require
from leadqual.policy.rules import EVENT_KINDS, EventKind, Expectation, Goal, Replay, Rule, Score, in_order
from leadqual.taxonomy.facts import BIT, BRINGS, Fact, Nature, bits_of, close, each_of
from leadqual.taxonomy.stages import HEADLINE, Qualification, Stage, Standing
from leadqual.taxonomy.vocabulary import PairsByWord, by_word, is_a, look_up, tuple_of


@final
class PolicyRefused(Refused):
    """Raised for an invalid policy; lists every fault."""


def _rules(rules: Iterable[Rule], argument: str = "routes") -> tuple[Rule, ...]:
    return tuple_of(argument, rules, Rule, "a Rule")


def _stages(rules: PairsByWord[Stage, Iterable[Rule]]) -> tuple[tuple[Stage, tuple[Rule, ...]], ...]:
    return tuple(by_word("stages", rules, Stage, partial(_rules, argument="stages")).items())


def _standings(rules: PairsByWord[Standing, Iterable[Fact]]) -> tuple[tuple[Standing, tuple[Fact, ...]], ...]:
    return tuple(by_word("standings", rules, Standing, in_order).items())


@final
@frozen
class Decision:
    lines: tuple[tuple[Goal, tuple[Rule, ...]], ...]
    otherwise: Goal

    def answer(self, established: int) -> tuple[Any, list[Rule]]:
        """Return the first answer for which any rule holds, and all of its rules that hold."""
        for answer, rules in self.lines:
            holding = [rule for rule in rules if rule.holds(established)]
            if holding:
                return answer, holding
        return self.otherwise, []


def _decisions(policy: "Policy") -> Mapping[str, Decision]:
    stages = tuple((stage, policy.rules_for(stage)) for stage in HEADLINE[:-1])
    standings = tuple(
        (standing, tuple(Rule(str(fact), (fact,)) for fact in facts)) for standing, facts in policy.standings
    )
    return {
        "stage": Decision(stages, HEADLINE[-1]),
        "qualification": Decision(((Qualification.QUALIFIED, policy.routes),), Qualification.GENERIC),
        "standing": Decision(standings, Standing.ACTIVE),
    }


# Fields, not `cached_property`, which would slow down every attribute of a class with slots.
@final
@frozen(repr=False)
class Policy:
    """All rules of the library as one value.

    `STANDARD` is the reading of the articles; a company changes it with `replace`, or writes its own
    as a TOML file. An invalid policy is refused when it is made, with every fault.

    Attributes:
        name: What the policy is called; every answer names it.
        version: The company's version of it.
        stages: The rules of each stage above NAME; any one rule earns the stage.
        standings: The facts that give each standing but ACTIVE; the first standing that applies.
        routes: The rules that qualify; any one of them.
        score: What the score is made of.
        replay: How a history is read.
        expects: What `verify` expects of this policy, besides the laws that apply to every policy.
        decisions: What the rules decide, by the names of the fields of a `Classification`.
        cache: Answers already given, by evidence; not part of the value.

    Raises:
        WrongType: If a value has another type, or rules are given for anything but a stage or a standing.
        WrongValue: If a stage or a standing is given twice.
        PolicyRefused: If the rules contradict each other or themselves.
    """

    name: str
    version: str
    stages: tuple[tuple[Stage, tuple[Rule, ...]], ...] = field(converter=_stages)
    standings: tuple[tuple[Standing, tuple[Fact, ...]], ...] = field(converter=_standings)
    routes: tuple[Rule, ...] = field(converter=_rules)
    score: Score = field(validator=is_a(Score, "a Score"))
    replay: Replay = field(validator=is_a(Replay, "a Replay"))
    expects: Expectation = field(validator=is_a(Expectation, "an Expectation"))
    decisions: Mapping[str, Decision] = field(
        init=False, eq=False, repr=False, default=Factory(_decisions, takes_self=True)
    )
    cache: dict[int, Any] = field(init=False, eq=False, repr=False, factory=dict[int, Any])

    def __attrs_post_init__(self) -> None:
        if faults := tuple(_faults(self)):
            raise PolicyRefused(faults)

    def rules_for(self, stage: Stage) -> tuple[Rule, ...]:
        """Return the rules that earn *stage*; none for NAME, which everybody has."""
        require("stage", stage, Stage, "a Stage")
        return dict(self.stages).get(stage, ())

    def route(self, name: str) -> Rule:
        """Return the route called *name*.

        Raises:
            UnknownWord: If there is none.
        """
        require("name", name, str, "the name of a route")
        return look_up("route", {rule.name: rule for rule in self.routes}, name)

    def replace(self, *, name: str, version: str, **changes: Any) -> Self:  # noqa: ANN401 (attrs checks the names)
        """Return a policy with another name and version, and other values for the named fields."""
        return evolve(self, name=name, version=version, **changes)

    def __repr__(self) -> str:
        return f"<Policy {self.name} {self.version}>"

    def __reduce__(self) -> tuple[type["Policy"], tuple[object, ...]]:
        return Policy, tuple(getattr(self, each.name) for each in fields(Policy) if each.init)


Faults = Iterable[Fault]


def _faults(policy: Policy) -> Faults:
    for key in ("name", "version"):
        value = getattr(policy, key)
        if not isinstance(value, str) or not value.strip():
            yield Fault(key, "must be a text that is not empty")
    yield from _stage_faults(policy)
    yield from _standing_faults(policy)
    yield from _route_faults(policy.routes)
    if policy.score.width is None:
        yield Fault("score", "adds up to more than 64 bits hold; give smaller numbers")
    yield from _rank_faults(policy.replay.rank)
    yield from _clearing_faults(policy.replay)
    yield from _sequence_faults(policy.replay)


def _stage_faults(policy: Policy) -> Faults:
    given = dict(policy.stages)
    for stage in Stage:
        where = f"stages.{stage}"
        if stage is Stage.NAME:
            if stage in given:
                yield Fault(where, "everybody is a name; leave it out")
        elif not given.get(stage):
            yield Fault(where, "has no rule; give at least one")
        for rule in given.get(stage, ()):
            if rule.unless:
                yield Fault(where, "a stage once reached is kept, so 'unless' is not allowed here")
            if not rule.all:
                yield Fault(where, "asks for nothing; name at least one milestone")
            yield from _only_milestones(where, rule.all)
        yield from _distinct(where, given.get(stage, ()))


def _only_milestones(where: str, facts: Iterable[Fact]) -> Faults:
    for fact in facts:
        if fact.nature is not Nature.MILESTONE:
            reason = f"{fact} is not a milestone and may change again; name one that is done for good"
            yield Fault(where, reason)


def _distinct(where: str, rules: tuple[Rule, ...]) -> Faults:
    names = [rule.name for rule in rules]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Fault(where, f"two rules are called {name!r}; give each a name of its own")


def _standing_faults(policy: Policy) -> Faults:
    given = dict(policy.standings)
    for standing in Standing:
        where = f"standing.{standing}"
        if standing is Standing.ACTIVE:
            if standing in given:
                yield Fault(where, "is what remains when no other applies; leave it out")
        elif not given.get(standing):
            yield Fault(where, "names no fact; name the facts that give it")


def _route_faults(routes: tuple[Rule, ...]) -> Faults:
    if not routes:
        yield Fault("routes", "nobody could qualify; give at least one route")
    for rule in routes:
        where = f"routes.{rule.name}"
        if not rule.all:
            yield Fault(where, "asks for nothing, so everybody would qualify; name a fact")
        for fact in each_of(close(rule.wanted) & rule.forbidden):
            yield Fault(where, f"asks for {fact} and forbids it, so nobody could take it")
    yield from _distinct("routes", routes)


def _rank_faults(rank: tuple[EventKind, ...]) -> Faults:
    for kind in EVENT_KINDS:
        times = rank.count(kind)
        if times != 1:
            yield Fault("replay.rank", f"holds {kind} {times} times; name every kind once")
    opting = (EventKind(Fact.OPTED_OUT), EventKind(Fact.OPTED_OUT, reverses=True))
    if tuple(kind for kind in rank if kind in opting) == opting:
        yield Fault("replay.rank", f"{opting[1]} comes after {opting[0]}; at one instant opting out wins")
    for kind in rank:
        if kind not in EVENT_KINDS:
            yield Fault("replay.rank", f"{kind}: a milestone is never reversed; leave it out")


def _clearing_faults(replay: Replay) -> Faults:
    for fact, cleared in replay.clears:
        where = f"replay.clears.{fact}"
        for other in cleared:
            if other.nature is Nature.MILESTONE:
                yield Fault(where, f"{other} is a milestone and never undone; leave it out")
        if Fact.OPTED_OUT in cleared:
            yield Fault(where, "opted_out ends only if the person says so; leave it out")
        for other in each_of(BRINGS[fact] & bits_of(cleared)):
            yield Fault(where, f"would clear {other}, which it brings")


def _sequence_faults(replay: Replay) -> Faults:
    for rule in replay.then:
        for side, fact in (("first", rule.first), ("then", rule.then), ("adds", rule.adds)):
            yield from _only_milestones(f"replay.then.{side}", (fact,))
        # What a rule adds has no instant of its own that an aggregation of events could see.
        added = BRINGS[rule.adds] & ~(BRINGS[rule.first] | BRINGS[rule.then])
        for other in replay.then:
            if added & BIT[other.first]:
                yield Fault("replay.then", f"{other.first} is added by one rule and comes first in another")
