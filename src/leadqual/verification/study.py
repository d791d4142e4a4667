"""A policy under study: its answers, its steps, and the facts that matter to each."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache, reduce
from itertools import combinations
from typing import Final, final

from attrs import evolve, frozen

from leadqual.classification.classification import Classification, classify
from leadqual.errors import LeadqualError
from leadqual.policy.policy import Policy
from leadqual.policy.rules import EVENT_KINDS, Goal
from leadqual.taxonomy.facts import ALL_BITS, BIT, BRINGS, WIDTH, Evidence, Fact, close, each_of, excluded_by
from leadqual.taxonomy.severity import Severity
from leadqual.taxonomy.stages import Stage
from leadqual.taxonomy.transitions import Transition, transition
from leadqual.verification.proof import Witness

REVERSIBLE: Final = sum(BIT[kind.fact] for kind in EVENT_KINDS if kind.reverses)
"""The facts that an event can reverse, and so deny."""


def order_key(known: int) -> tuple[int, int]:
    """Return what sorts sets of facts, given as bits: the fewest first, then in declaration order."""
    return known.bit_count(), -int(f"{known:0{2 * WIDTH}b}"[::-1], 2)


@cache
def closed_sets(of: int = ALL_BITS) -> tuple[int, ...]:
    """Return the closed sets spanned by the facts in *of*, smallest first."""
    # Every closed set agrees, on these facts, with exactly one of them, which it contains. So whatever
    # reads only these facts takes all its values on them, and each value at the smallest set.
    spanned = {0}
    for fact in each_of(of):
        spanned |= {facts | BRINGS[fact] for facts in spanned}
    return tuple(sorted(spanned, key=order_key))


@cache
def consistent_sets(of: int = ALL_BITS) -> tuple[int, ...]:
    return tuple(facts for facts in closed_sets(of) if not facts & excluded_by(facts))


@cache
def known_states(of: int = ALL_BITS) -> tuple[int, ...]:
    """Return the states of knowledge about facts in *of*: a consistent set, any reversible ones denied."""
    return tuple(
        facts | sum(denied) << WIDTH
        for facts in consistent_sets(of)
        for free in [[BIT[fact] for fact in each_of(REVERSIBLE & of & ~facts)]]
        for count in range(len(free) + 1)
        for denied in combinations(free, count)
    )


@cache
def state_count() -> int:
    # Counted without making the states.
    return sum(2 ** (REVERSIBLE & ~facts).bit_count() for facts in consistent_sets())


def edges(of: int = ALL_BITS) -> Iterator[tuple[int, Fact, int]]:
    """Yield each closed set spanned by *of*, a fact in *of* that it lacks, and both together."""
    for facts in closed_sets(of):
        for fact in each_of(of & ~facts):
            yield facts, fact, facts | BRINGS[fact]


@cache
def edge_count() -> int:
    return sum((ALL_BITS & ~facts).bit_count() for facts in closed_sets())


def joined(bits: Iterable[int]) -> int:
    return reduce(int.__or__, bits, 0)


@final
@frozen
class Interpreter:
    """The functions that read a policy; a broken one can be put to the same proof."""

    classify: Callable[[Evidence, Policy], Classification] = classify
    # What is known after an event, given a policy, a place in `EVENT_KINDS` and what was known.
    step: Callable[[Policy, int, int], int] = lambda policy, at, known: policy.replay.effects[at].on(known)
    transition: Callable[[Iterable[Stage], Iterable[Stage]], Transition] = transition


@final
@frozen
class Case:
    """A person of a counter-example: what is known, as bits, and what happens then, as places in `EVENT_KINDS`."""

    known: int
    says: str
    events: tuple[int, ...] = ()


@final
@frozen
class Failure:
    message: str
    cases: tuple[Case, ...] = ()
    rule: str = ""

    def size(self) -> tuple[int, list[tuple[int, int]], list[tuple[int, ...]]]:
        """Return what sorts failures: the fewest facts in all first, then in declaration order."""
        keys = [order_key(case.known) for case in self.cases]
        return sum(count for count, _ in keys), keys, [case.events for case in self.cases]


Check = Callable[["Study"], Iterator[Failure | None]]


@final
@frozen
class Law:
    """A property of every policy; *follows* are the laws whose failure explains a failure of this one."""

    code: str
    # How many cases there are without the reduction.
    stands_for: Callable[[], int]
    check: Check
    severity: Severity
    follows: tuple[str, ...]

    @property
    def statement(self) -> str:
        return (self.check.__doc__ or "").partition("\n")[0]


def law(
    stands_for: Callable[[], int], *, severity: Severity = Severity.ERROR, follows: tuple[str, ...] = ()
) -> Callable[[Check], Law]:
    return lambda check: Law(check.__name__, stands_for, check, severity, follows)


@final
class Study:
    def __init__(self, policy: Policy, interpreter: Interpreter) -> None:
        self.policy: Policy = evolve(policy)
        self.interpreter = interpreter
        self.stage_facts: int = joined(rule.wanted for _, rules in policy.stages for rule in rules)
        self.route_facts: int = joined(rule.wanted | rule.forbidden for rule in policy.routes)
        self.score_facts: int = self.route_facts | joined(bit for bit, _ in policy.score.weights)
        self.read_by: dict[str, int] = {
            "reached": self.stage_facts,
            "qualification": self.route_facts,
            "standing": joined(BIT[fact] for _, facts in policy.standings for fact in facts),
            "score": self.score_facts,
        }
        self._answers: dict[int, Classification] = {}
        self._graphs: dict[int, dict[int, tuple[int, ...]]] = {}

    def answer(self, facts: int) -> Classification:
        if facts not in self._answers:
            self._answers[facts] = self.interpreter.classify(Evidence.from_bits(facts), self.policy)
        return self._answers[facts]

    def case(self, facts: int) -> Case:
        return Case(facts, str(self.answer(facts)))

    def concludes(self, facts: int, goal: Goal) -> bool:
        answer = self.answer(facts)
        return goal in answer.reached or goal in (answer.qualification, answer.standing)

    def failure(self, message: str, *people: int, rule: str = "") -> Failure:
        return Failure(message, tuple(map(self.case, people)), rule)

    def step(self, known: int, *numbers: int) -> int:
        """Return what is known after events, given as places in `EVENT_KINDS`."""
        for number in numbers:
            known = self.interpreter.step(self.policy, number, known)
        return known

    def footprint(self, number: int) -> int:
        # The facts that an event writes, established or denied, and the milestones that then-rules read or
        # add, which exclude nothing. A smaller footprint would be unsound.
        effect = self.policy.replay.effects[number]
        then = joined(first | adds for first, adds in effect.then)
        return (~effect.keeps | ~effect.keeps >> WIDTH | then) & ALL_BITS

    def states(self, *numbers: int) -> tuple[int, ...]:
        """Return the states of the facts that matter to events, given as places in `EVENT_KINDS`."""
        return known_states(joined(map(self.footprint, numbers)))

    def graph(self, facts: int) -> dict[int, tuple[int, ...]]:
        """Return each state that replay reaches from nothing, nearest first, with those one event further."""
        # States are reduced to *facts* and whatever decides, by the order of events, about them; each is
        # given by the smallest set that agrees with it.
        for rule in self.policy.replay.then * len(self.policy.replay.then):
            if BRINGS[rule.adds] & facts:
                facts |= BIT[rule.first]
        graph = self._graphs.setdefault(facts, {})
        queue = deque([] if graph else [0])
        while queue:
            state = queue.popleft()
            if state not in graph:
                afters = (self.step(state, number) for number in range(len(EVENT_KINDS)))
                graph[state] = tuple(close(after & facts) for after in afters)
                queue += graph[state]
        return graph

    def witness(self, case: Case) -> Witness:
        history = self.history(case.known)
        numbers = () if history is None else (*history, *case.events)
        after = self.step(case.known, *case.events)
        events = tuple(EVENT_KINDS[number] for number in numbers)
        return Witness(tuple(each_of(after)), tuple(each_of(after >> WIDTH)), events, case.says)

    def history(self, known: int) -> tuple[int, ...] | None:
        """Return a shortest history, as places in `EVENT_KINDS`, after which exactly this is known."""
        paths: dict[int, tuple[int, ...]] = {0: ()}
        queue = deque([0])
        while queue and known not in paths:
            state = queue.popleft()
            for number in range(len(EVENT_KINDS)):
                after = self.step(state, number)
                if not after & ~known and after not in paths:
                    paths[after] = (*paths[state], number)
                    queue.append(after)
        return paths.get(known)

    def legal(self, before: Iterable[Stage], after: Iterable[Stage]) -> Transition | None:
        with suppress(LeadqualError):
            return self.interpreter.transition(before, after)
        return None
