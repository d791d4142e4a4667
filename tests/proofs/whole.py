"""The laws a third time, over the whole: every set of facts, every state, every event, every pair of events.

Nothing is reduced, sampled or taken together. A reading of its own, too: each fact is a column with a
place for each of all situations, and what an event does to the columns, and what a policy says of them,
is written here anew from the words of the design. It shares with the library the vocabulary (what facts
imply and exclude, what stages lie below one another) and the policy's data.
"""

from itertools import combinations, product
from typing import NamedTuple

import numpy as np
from attrs import evolve
from naive import declared

from leadqual import Evidence, Fact, LeadqualError, Qualification, Stage, Standing
from leadqual.policy.rules import EVENT_KINDS, MATRIX, MatrixCell, Rule
from leadqual.taxonomy.facts import Nature
from leadqual.taxonomy.stages import POSITIONS
from leadqual.taxonomy.transitions import TRANSITIONS, transition

FACTS, STAGES, STANDINGS = tuple(Fact), tuple(Stage), tuple(Standing)
WIDTH = len(FACTS)
PLACE = {fact: place for place, fact in enumerate(FACTS)}
MILESTONES = [fact for fact in FACTS if fact.nature is Nature.MILESTONE]
REVERSIBLE = [fact for fact in FACTS if fact.nature is not Nature.MILESTONE]


def bits(facts):
    return sum(1 << PLACE[fact] for fact in set(facts))


def with_implied(fact):
    return {fact, *fact.implies}


def with_implying(fact):
    return {other for other in FACTS if fact in with_implied(other)}


def columns(numbers):
    """Return a column for each fact: whether each of the numbers holds its bit."""
    return {fact: numbers >> place & 1 > 0 for fact, place in PLACE.items()}


def packed(of):
    """Return the columns as one column of numbers."""
    return sum(of[fact].astype(np.int64) << place for fact, place in PLACE.items())


# Every set of facts, what it brings, and which sets are closed and free of contradiction.
SETS = np.arange(1 << WIDTH, dtype=np.int64)
_COLUMNS = columns(SETS)
for _fact in FACTS:
    for _implied in _fact.implies:
        _COLUMNS[_implied] = _COLUMNS[_implied] | _COLUMNS[_fact]
CLOSURE = packed(_COLUMNS)
CLOSED = SETS[CLOSURE == SETS]
CONTRADICTORY = np.any([_COLUMNS[f] & _COLUMNS[g] for f in FACTS for g in f.excludes], axis=0)
CONSISTENT = CLOSED[~CONTRADICTORY[CLOSED]]

# Every state of what is known: a consistent set, and any of the other facts that can be reversed denied.
DENIALS = np.array(
    [bits(chosen) for count in range(len(REVERSIBLE) + 1) for chosen in combinations(REVERSIBLE, count)]
)
STATES = np.sort(np.concatenate([CONSISTENT[CONSISTENT & each == 0] | each << WIDTH for each in DENIALS]))


class Answers(NamedTuple):
    """What is said of every set of facts: a place in each column for each number below 2 ** 18."""

    reached: np.ndarray
    headline: np.ndarray
    qualified: np.ndarray
    standing: np.ndarray
    score: np.ndarray
    own: np.ndarray  # the stages whose own rule holds
    lines: np.ndarray  # what the lines of the score add up to


def answers(policy):
    """Return what *policy* says, read from its data."""
    own = {stage: holding(dict(policy.stages).get(stage, ())) for stage in STAGES}
    own[Stage.NAME] = np.ones(len(SETS), bool)
    reached = {
        stage: own[stage]
        | np.any([own[other] for other in STAGES if stage in other.below] or [own[stage]], 0)
        for stage in STAGES
    }
    headline = np.zeros(len(SETS), np.int64)
    for place, stage in enumerate(STAGES):
        headline[reached[stage]] = place
    qualified = holding(policy.routes)
    standing = np.full(len(SETS), STANDINGS.index(Standing.ACTIVE))
    for each, facts in reversed(policy.standings):
        standing[np.any([_COLUMNS[fact] for fact in facts], 0)] = STANDINGS.index(each)
    score = policy.score.base + policy.score.qualified * qualified
    score = score + sum(points * _COLUMNS[fact] for fact, points in policy.score.points)
    return Answers(mask(reached), headline, qualified, standing, score, mask(own), score)


def holding(rules):
    """Return of which sets any of the rules holds."""
    return np.any([holds(rule) for rule in rules] or [np.zeros(len(SETS), bool)], 0)


def holds(rule):
    wanted = np.all([_COLUMNS[fact] for fact in rule.all], 0)
    return wanted & ~np.any([_COLUMNS[fact] for fact in rule.unless] or [~wanted], 0)


def mask(of):
    return sum(of[stage].astype(np.int64) << place for place, stage in enumerate(STAGES))


def answers_of_the_library(policy, interpreter):
    """Return what the library says of each closed set, and of the others what it says of their closure."""
    rows = np.zeros((len(Answers._fields), len(SETS)), np.int64)
    for number in CLOSED.tolist():
        answer = interpreter.classify(Evidence.from_bits(number), policy)
        labels = {"base", "qualified", *(str(fact) for fact, place in PLACE.items() if number >> place & 1)}
        known = labels.issuperset(line.label for line in answer.score_lines)
        rows[:, number] = (
            position(answer.reached),
            STAGES.index(answer.stage),
            answer.qualification is Qualification.QUALIFIED,
            STANDINGS.index(answer.standing),
            answer.score,
            position(answer.reached - set(answer.implied)),
            sum(line.points for line in answer.score_lines) if known else answer.score - 1,
        )
    rows = rows[:, CLOSURE]
    return Answers(*rows)._replace(qualified=rows[2] > 0)


def position(stages):
    return sum(1 << STAGES.index(stage) for stage in stages)


def after(policy, kind, known):
    """Return the columns of what is established and of what is denied after an event, by the words of the design."""
    established, denied = (dict(each) for each in known)
    everybody = np.ones(len(STATES), bool)
    nobody = ~everybody
    if kind.reverses:
        # «A reversed fact becomes denied, and what implies it goes with it.»
        for fact in with_implying(kind.fact):
            established[fact], denied[fact] = nobody, everybody
        return established, denied
    # «An event acts for its fact and for all that it implies.»
    brought = with_implied(kind.fact)
    for fact in brought:
        for other in fact.excludes:
            established |= dict.fromkeys(with_implying(other), nobody)
    for other in cleared_by(policy, kind):
        established |= dict.fromkeys(with_implying(other), nobody)
        denied[other] = nobody
    established |= dict.fromkeys(brought, everybody)
    denied |= dict.fromkeys(brought, nobody)
    for rule in policy.replay.then:
        if rule.then in brought:
            for fact in with_implied(rule.adds):
                established[fact] = established[fact] | established[rule.first]
    return established, denied


def cleared_by(policy, kind):
    """Return what the policy says that an event clears, without what the event brings."""
    brought = set() if kind.reverses else with_implied(kind.fact)
    return {other for fact, cleared in policy.replay.clears if fact in brought for other in cleared} - brought


def known_of(states):
    return columns(states), columns(states >> WIDTH)


def steps(policy):
    """Return what is known after each kind of event in each state, read from the policy's data."""
    known = known_of(STATES)
    return np.array(
        [
            packed(one) | packed(other) << WIDTH
            for one, other in (after(policy, kind, known) for kind in EVENT_KINDS)
        ]
    )


def steps_of_the_library(policy, interpreter):
    states = STATES.tolist()
    return np.array(
        [
            np.fromiter((interpreter.step(policy, number, state) for state in states), np.int64, len(states))
            for number in range(len(EVENT_KINDS))
        ]
    )


def effects_of_the_library(policy):
    """Return what the effects of the library say of all states at once: three lines, as `Effect.on` has them."""
    stepped = []
    for effect in policy.replay.effects:
        after = STATES & effect.keeps | effect.sets
        for first, adds in effect.then:
            after = np.where(after & first, after | adds, after)
        stepped.append(after)
    return np.array(stepped)


def failing(policy, said=None, stepped=None, transition=transition):
    """Return how many cases of each law were tried, and the codes of the laws that fail in any of them."""
    said = answers(policy) if said is None else said
    stepped = steps(policy) if stepped is None else stepped
    tried, found = {}, set()
    parts = (
        _of_sets(policy, said),
        _of_edges(said),
        _of_rules(policy, said),
        _of_replay_rules(policy),
        _of_steps(policy, stepped),
        _of_orders(policy, stepped),
        _of_transitions(transition),
        _of_moves(policy, said, stepped, transition),
    )
    for part in parts:
        for code, cases, failed in part:
            tried[code] = tried.get(code, 0) + int(cases)
            if failed:
                found.add(code)
    return tried, found


def _of_sets(policy, said):
    one = said._make(column[CLOSED] for column in said)
    known = np.isin(one.reached, [position(each) for each in POSITIONS])
    furthest = one.reached >> one.headline == 1
    yield "total", len(CLOSED), (~(known & furthest)).any()
    questions = {
        "reached": [fact for _, rules in policy.stages for rule in rules for fact in rule.all],
        "qualified": [fact for rule in policy.routes for fact in (*rule.all, *rule.unless)],
        "standing": [fact for _, facts in policy.standings for fact in facts],
    }
    questions["score"] = [*questions["qualified"], *(fact for fact, points in policy.score.points if points)]
    differing = [differs(CLOSED & bits(facts), getattr(one, name)) for name, facts in questions.items()]
    yield "local", len(CLOSED), any(differing)
    yield "score_sum", len(CLOSED), (one.lines != one.score).any()
    yield "score_range", len(CLOSED), ((one.score < 0) | (one.score > 100)).any()
    generic, qualified = one.score[~one.qualified], one.score[one.qualified].tolist()
    yield "outranked", len(generic) * len(qualified), any((generic >= score).any() for score in qualified)


def differs(key, value):
    """Return whether two places with the same key hold different values."""
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    return bool((value != value[first][group]).any())


def _of_edges(said):
    for fact in FACTS:
        before = CLOSED[~_COLUMNS[fact][CLOSED]]
        more = CLOSURE[before | 1 << PLACE[fact]]
        sign = -1 if fact.nature is Nature.AGAINST else 1
        astray = sign * (said.qualified[more].astype(int) - said.qualified[before]) < 0
        yield "stage_kept", len(before), (said.reached[before] & ~said.reached[more]).any()
        yield "qualification_sign", len(before), astray.any()
        yield "score_sign", len(before), (sign * (said.score[more] - said.score[before]) < 0)[~astray].any()


def _of_rules(policy, said):
    for rules, so, facts in _conclusions(policy, said):
        read = bits(facts)
        number = sum(holds(rule)[CONSISTENT].astype(int) for rule in rules)
        others = CONSISTENT[~so[CONSISTENT]] & read
        for rule in rules:
            alone = CONSISTENT[(number == 1) & (holds(rule) & so)[CONSISTENT]]
            yield "idle_rule", len(CONSISTENT), not len(alone)
            for fact in (*rule.all, *rule.unless) if len(alone) else ():
                # Two people who, of the facts that the conclusion reads, differ in this one alone.
                differing = np.isin(alone & read ^ 1 << PLACE[fact], others)
                yield "idle_condition", len(CONSISTENT), not differing.any()


def _conclusions(policy, said):
    """Yield the rules of each conclusion, of whom it is said, and the facts that are read for it."""
    facts = [fact for _, rules in policy.stages for rule in rules for fact in rule.all]
    for stage, rules in policy.stages:
        yield rules, said.own >> STAGES.index(stage) & 1 > 0, facts
    facts = [fact for rule in policy.routes for fact in (*rule.all, *rule.unless)]
    yield policy.routes, said.qualified, facts
    facts = [fact for _, each in policy.standings for fact in each]
    for standing, each in policy.standings:
        rules = tuple(Rule(str(fact), (fact,)) for fact in each)
        yield rules, said.standing == STANDINGS.index(standing), facts


def _of_replay_rules(policy):
    replay = policy.replay
    parts = [evolve(replay, then=replay.then[:n] + replay.then[n + 1 :]) for n in range(len(replay.then))]
    for fact, cleared in replay.clears:
        for other in cleared:
            less = [(each, [it for it in its if (each, it) != (fact, other)]) for each, its in replay.clears]
            parts.append(evolve(replay, clears=less))
    known = known_of(STATES)
    for part in parts:
        without = evolve(policy, replay=part)
        same = all(
            all(np.array_equal(one[side][fact], other[side][fact]) for side in (0, 1) for fact in FACTS)
            for one, other in (
                (after(policy, kind, known), after(without, kind, known)) for kind in EVENT_KINDS
            )
        )
        yield "idle_rule", len(STATES) * len(EVENT_KINDS), same
    for rule in replay.then:
        yield "idle_condition", 1, rule.first in with_implied(rule.then)


def _of_steps(policy, stepped):
    for kind, result in zip(EVENT_KINDS, stepped, strict=True):
        facts, denied = result & SETS[-1], result >> WIDTH
        yield "state_closed", len(STATES), (CLOSURE[facts] != facts).any()
        clash = CONTRADICTORY[facts] | (facts & denied > 0)
        yield "state_consistent", len(STATES), clash.any()
        yield "step_local", len(STATES), _strays(policy, kind, result)
        yield "milestones", len(STATES), _forgets(policy, kind, facts, denied)
    table = places_of(stepped)
    for number in range(len(EVENT_KINDS)):
        again = stepped[number][table[number]]
        yield "idempotent", len(STATES), (again != stepped[number]).any()


def places_of(stepped):
    """Return where each state after an event lies among the states; what lies nowhere stays where it was."""
    places = np.searchsorted(STATES, stepped).clip(max=len(STATES) - 1)
    return np.where(STATES[places] == stepped, places, np.arange(len(STATES)))


def _strays(policy, kind, result):
    """Return whether an event changes what it does not declare, or anything else decides what it does."""
    written, denied, first = set(with_implying(kind.fact)), set(with_implying(kind.fact)), set()
    if not kind.reverses:
        brought, cleared = with_implied(kind.fact), cleared_by(policy, kind)
        gone = {it for fact in brought for it in fact.excludes} | cleared
        orders = [rule for rule in policy.replay.then if rule.then in brought]
        written = brought.union(*map(with_implying, gone), *(with_implied(rule.adds) for rule in orders))
        denied, first = brought | cleared, {rule.first for rule in orders}
    may_change = bits(written) | bits(denied) << WIDTH
    decides = may_change | bits(first)
    return ((result ^ STATES) & ~may_change).any() or differs(STATES & decides, result & may_change)


def _forgets(policy, kind, facts, denied):
    """Return whether the milestones after an event are others than those before it, brought or added."""
    wanted = columns(STATES)
    if not kind.reverses:
        for fact in with_implied(kind.fact):
            wanted[fact] = np.ones(len(STATES), bool)
        for rule in policy.replay.then:
            if rule.then in with_implied(kind.fact):
                for fact in with_implied(rule.adds):
                    wanted[fact] = wanted[fact] | wanted[rule.first]
    milestones, fact = bits(MILESTONES), 1 << PLACE[kind.fact]
    return (
        ((packed(wanted) ^ facts) & milestones).any()
        or ((facts & fact > 0) == kind.reverses).any()
        or ((denied & fact > 0) != kind.reverses).any()
        or (facts & bits(cleared_by(policy, kind))).any()
    )


def order_sensitive(stepped, among=slice(None)):
    """Return the pairs of kinds whose order decides in any state: every pair, both ways, in every state."""
    table = places_of(stepped)
    return {
        (EVENT_KINDS[one], EVENT_KINDS[other])
        for one, other in combinations(range(len(EVENT_KINDS)), 2)
        if (stepped[one][table[other][among]] != stepped[other][table[one][among]]).any()
    }


def _of_orders(policy, stepped):
    deciding = order_sensitive(stepped)
    for pair in combinations(EVENT_KINDS, 2):
        yield "undeclared_order", len(STATES), pair in deciding and not declared(policy, *pair)
        yield "idle_order", len(STATES), pair not in deciding and declared(policy, *pair)


def _of_transitions(transition):
    legal = {pair: _gained(transition, *pair) for pair in product(POSITIONS, repeat=2)}
    for (before, later), gained in legal.items():
        yield "skips_closed", 1, gained != (later - before if before <= later else None)
    for one, other, third in product(POSITIONS, repeat=3):
        steps_, whole = (legal[one, other], legal[other, third]), legal[one, third]
        yield "skips_closed", 1, None not in steps_ and whole is None
    for one, other, third in product(STAGES, repeat=3):
        both = TRANSITIONS[one, other].legal and TRANSITIONS[other, third].legal
        yield "skips_closed", 1, both and not TRANSITIONS[one, third].legal


def _gained(transition, before, later):
    try:
        return frozenset(transition(before, later).gained)
    except LeadqualError:
        return None


def reachable(table, start):
    """Return which states any events lead to from those of *start*, each followed to the end."""
    seen = np.zeros(len(STATES), bool)
    frontier = np.atleast_1d(start)
    while len(frontier):
        seen[frontier] = True
        reached = np.zeros(len(STATES), bool)
        reached[table[:, frontier]] = True
        frontier = np.flatnonzero(reached & ~seen)
    return seen


def _of_moves(policy, said, stepped, transition):
    table = places_of(stepped)
    met = reachable(table, 0)
    answer = said._make(column[STATES & SETS[-1]] for column in said)
    # Where a broken step leads out of the states, the facts after it are still the ones judged.
    later = stepped & SETS[-1]
    moves = set()
    for number in range(len(EVENT_KINDS)):
        before, now = answer.reached[met], said.reached[later[number][met]]
        yield "no_regress", met.sum(), (before & ~now).any()
        ends = kinds_of(before, now, answer.headline[met], said.headline[later[number][met]])
        happened = [each for each in ends if each[0] != each[1]]
        moves |= {(one, other) for one, other, *_ in happened}
        yield (
            "undeclared_move",
            met.sum(),
            [
                (one, other)
                for one, other, headline, next_one in happened
                if _gained(transition, stages(one), stages(other)) is None
                or not TRANSITIONS[STAGES[headline], STAGES[next_one]].legal
            ],
        )
    yield "well_founded", len(moves), _has_circle(moves)
    occurring = np.unique(answer.reached[met]).tolist()
    for before in occurring:
        seen = reachable(table, np.flatnonzero(met & (answer.reached == before)))
        taken = set(answer.reached[seen].tolist())
        for other in occurring:
            wanted = other != before and _gained(transition, stages(before), stages(other)) is not None
            yield "untaken_move", 1, wanted and other not in taken
    cells = {
        MatrixCell(stages(one), tuple(Qualification)[other])
        for one, other in kinds_of(answer.reached[met], answer.qualified[met])
    }
    yield "cells", len(MATRIX), cells != set(MATRIX) - set(policy.expects.impossible)
    for goal in policy.expects.reachable:
        yield "dead_end", met.sum(), not _leading_to(table, _at(answer, goal))[met].all()


def kinds_of(*columns):
    """Return each row that the columns of small numbers hold, once."""
    rows = np.unique(sum(column.astype(np.int64) << 6 * place for place, column in enumerate(columns)))
    return [tuple(row >> 6 * place & 63 for place in range(len(columns))) for row in rows.tolist()]


def stages(number):
    return frozenset(stage for place, stage in enumerate(STAGES) if number >> place & 1)


def _has_circle(moves):
    while moves:
        starts = {one for one, _ in moves}
        rest = {(one, other) for one, other in moves if other in starts}
        if rest == moves:
            return True
        moves = rest
    return False


def _at(answer, goal):
    if isinstance(goal, Stage):
        return answer.reached >> STAGES.index(goal) & 1 > 0
    if isinstance(goal, Standing):
        return answer.standing == STANDINGS.index(goal)
    return answer.qualified == (goal is Qualification.QUALIFIED)


def _leading_to(table, good):
    """Return from which states any events lead to a good one."""
    while True:
        more = good | np.any(good[table], axis=0)
        if (more == good).all():
            return good
        good = more
