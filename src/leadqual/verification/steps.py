"""The laws over events: what each does in every situation, and which pairs depend on their order."""

from collections.abc import Iterator
from itertools import combinations, repeat
from math import comb

from leadqual.policy.rules import EVENT_KINDS
from leadqual.taxonomy.facts import ALL_BITS, BIT, BRINGS, MILESTONES, WIDTH, close, each_of, excluded_by
from leadqual.taxonomy.severity import Severity
from leadqual.verification.proof import OrderSensitive
from leadqual.verification.study import Case, Failure, Study, consistent_sets, joined, law, state_count

# Replay is a finite automaton: what holds of each step from every state holds of histories of any length.
_NUMBERS = range(len(EVENT_KINDS))


def _number_of_steps() -> int:
    return state_count() * len(EVENT_KINDS)


def _number_of_pairs() -> int:
    return state_count() * comb(len(EVENT_KINDS), 2)


def _steps(study: Study) -> Iterator[tuple[int, int, int]]:
    """Yield each kind of event, each state of the facts that matter to it, and the state after it."""
    for number in _NUMBERS:
        for known in study.states(number):
            yield number, known, study.step(known, number)


def _failure(message: str, number: int, known: int, *more: int) -> Failure:
    after = tuple(Case(known, "after it", (number,) * count) for count in range(1, len(more) + 2))
    return Failure(f"{EVENT_KINDS[number]} {message}", (Case(known, "before it"), *after))


@law(_number_of_steps)
def step_local(study: Study) -> Iterator[Failure | None]:
    """An event changes only what it declares, and nothing else decides what it does."""
    for number, known, after in _steps(study):
        effect = study.policy.replay.effects[number]
        declared = ~effect.keeps | effect.sets | joined(adds for _, adds in effect.then)
        holds = not (known ^ after) & ~declared
        yield None if holds else _failure("changes what it does not declare", number, known)
    for number in _NUMBERS:
        footprint = study.footprint(number)
        inside: dict[int, int] = {}
        for facts in consistent_sets():
            less = close(facts & footprint)
            if less not in inside:
                inside[less] = study.step(less, number)
            same = inside[less] & footprint | inside[less] >> WIDTH << WIDTH | facts & ~footprint
            holds = study.step(facts, number) == same
            yield None if holds else _failure("reads or changes what it does not declare", number, facts)


@law(_number_of_steps, follows=("step_local",))
def state_closed(study: Study) -> Iterator[Failure | None]:
    """After every event the established facts are closed under what they imply."""
    for number, known, after in _steps(study):
        facts = after & ALL_BITS
        yield None if close(facts) == facts else _failure("leaves out what is implied", number, known)


@law(_number_of_steps, follows=("step_local",))
def state_consistent(study: Study) -> Iterator[Failure | None]:
    """After every event no fact is established that another one excludes, or that is denied."""
    for number, known, after in _steps(study):
        contradiction = after & (excluded_by(after & ALL_BITS) | after >> WIDTH) & ALL_BITS
        yield _failure("makes a contradiction", number, known) if contradiction else None


@law(_number_of_steps, follows=("step_local", "state_closed", "state_consistent"))
def milestones(study: Study) -> Iterator[Failure | None]:
    """The milestones of a replay are those that its events bring or then-rules add; a fact that happens holds, a reversed one is denied."""
    for number, known, after in _steps(study):
        kind = EVENT_KINDS[number]
        wanted = known & MILESTONES
        if not kind.reverses:
            wanted |= BRINGS[kind.fact] & MILESTONES
            for rule in study.policy.replay.then * len(study.policy.replay.then):
                if BRINGS[kind.fact] & BIT[rule.then] and wanted & BIT[rule.first]:
                    wanted |= BRINGS[rule.adds]
        holds = bool(after & BIT[kind.fact])
        denied = bool(after >> WIDTH & BIT[kind.fact])
        brought = BRINGS[kind.fact]
        cleared = 0 if kind.reverses else after & study.policy.replay.cleared_by(brought) & ~brought
        right = after & MILESTONES == wanted and holds is not kind.reverses is denied and not cleared
        yield None if right else _failure("does not do what it stands for", number, known)


@law(_number_of_steps, follows=("step_local", "milestones"))
def idempotent(study: Study) -> Iterator[Failure | None]:
    """Repeating an event at once changes nothing."""
    for number, known, after in _steps(study):
        again = study.step(after, number)
        message = "changes something when it is repeated"
        yield None if again == after else _failure(message, number, known, again)


def order_sensitive(study: Study) -> tuple[OrderSensitive, ...]:
    return tuple(
        OrderSensitive(EVENT_KINDS[first], EVENT_KINDS[second], reason)
        for first, second in combinations(_NUMBERS, 2)
        if (reason := _declared(study, first, second))
    )


def _declared(study: Study, first: int, second: int) -> str:
    effects = study.policy.replay.effects
    for number, other in ((first, second), (second, first)):
        undone = effects[number].sets & ~effects[other].keeps & ~effects[other].sets
        if undone:
            facts = " and ".join(map(str, each_of(undone | undone >> WIDTH)))
            return f"{EVENT_KINDS[other]} undoes what {EVENT_KINDS[number]} says of {facts}"
    for number, other in ((first, second), (second, first)):
        brought, later = effects[number].sets & ALL_BITS, effects[other].sets & ALL_BITS
        for rule in study.policy.replay.then:
            ordered = brought & BIT[rule.first] and later & BIT[rule.then]
            if ordered and not (brought | later) & BIT[rule.adds]:
                return f"{rule.then} after {rule.first} adds {rule.adds}"
    return ""


def _pairs(study: Study, *, declared: bool) -> Iterator[tuple[int, int, str, dict[int, bool]]]:
    """Yield pairs of events, their names, and each state that matters to them with whether the order decides."""
    for first, second in combinations(_NUMBERS, 2):
        if bool(_declared(study, first, second)) is declared:
            step, states = study.step, study.states(first, second)
            decides = {known: step(known, first, second) != step(known, second, first) for known in states}
            yield first, second, f"the order of {EVENT_KINDS[first]} and {EVENT_KINDS[second]}", decides


@law(_number_of_pairs, follows=("step_local", "milestones", "idempotent"))
def undeclared_order(study: Study) -> Iterator[Failure | None]:
    """Two events whose order no rule declares give the same result in either order, in every situation."""
    for first, second, their_order, states in _pairs(study, declared=False):
        message = f"{their_order} decides, but no rule declares it"
        orders = (first, second), (second, first)
        for known, decides in states.items():
            cases = (Case(known, f"{EVENT_KINDS[a]}, then {EVENT_KINDS[b]}", (a, b)) for a, b in orders)
            yield Failure(message, tuple(cases)) if decides else None


@law(
    _number_of_pairs,
    severity=Severity.WARNING,
    follows=("step_local", "idle_rule", "idle_condition", "milestones", "idempotent"),
)
def idle_order(study: Study) -> Iterator[Failure | None]:
    """Two events whose order a rule declares give different results in some situation."""
    for first, second, their_order, states in _pairs(study, declared=True):
        yield from repeat(None, len(states))
        if not any(states.values()):
            yield Failure(f"{their_order} never decides, though {_declared(study, first, second)}")
