"""A second verifier, written straight from the definitions, without any reduction.

It tries every state of the facts it is given against every kind of event and every pair of them, and
knows neither cones nor footprints. It shares with the verifier the vocabulary, `classify` and what the
events do; ``whole.py`` shares only the first, over all facts.
"""

from itertools import combinations

from attrs import evolve

from leadqual import Evidence, Fact, Policy, Qualification, classify
from leadqual.policy.rules import EVENT_KINDS, MATRIX, EventKind, MatrixCell, Rule
from leadqual.taxonomy.facts import BIT, BRINGS, WIDTH, Nature, close, excluded_by
from leadqual.verification.study import REVERSIBLE

ALL = sum(BIT.values())


def closed_sets(of: int = ALL) -> list[int]:
    """Return every closed set of these facts, by trying every set."""
    bits = [BIT[fact] for fact in Fact if BIT[fact] & of]
    sets = (
        sum(bit for place, bit in enumerate(bits) if number >> place & 1) for number in range(1 << len(bits))
    )
    return [facts for facts in sets if close(facts) == facts]


def denials(facts: int, of: int) -> list[int]:
    """Return every set of facts that can be denied beside *facts*."""
    free = [BIT[fact] for fact in Fact if BIT[fact] & of & REVERSIBLE & ~facts]
    return [sum(chosen) for count in range(len(free) + 1) for chosen in combinations(free, count)]


def failing(policy: Policy, of: int = ALL) -> set[str]:
    """Return the codes of the laws that *policy*, which reads only the facts *of*, breaks."""
    sets = closed_sets(of)
    consistent = [facts for facts in sets if not facts & excluded_by(facts)]
    answer = {facts: classify(Evidence.from_bits(facts), policy) for facts in sets}
    found = set(_of_edges(sets, answer, of)) | set(_of_scores(answer))
    found |= set(_of_rules(policy, consistent, answer)) | set(_of_steps(policy, consistent, of))
    return found | set(_of_moves(policy, answer, of))


def _of_edges(sets, answer, of):
    for facts in sets:
        for fact in Fact:
            more = facts | BRINGS[fact]
            if BIT[fact] & of & ~facts and more in answer:
                before, after = answer[facts], answer[more]
                if not before.reached <= after.reached:
                    yield "stage_kept"
                sign = -1 if fact.nature is Nature.AGAINST else 1
                classes = [each.qualification is Qualification.QUALIFIED for each in (before, after)]
                if sign * (classes[1] - classes[0]) < 0:
                    yield "qualification_sign"
                elif sign * (after.score - before.score) < 0:
                    yield "score_sign"


def _of_scores(answer):
    scores = {qualification: [] for qualification in Qualification}
    for each in answer.values():
        scores[each.qualification].append(each.score)
        if not 0 <= each.score <= 100:
            yield "score_range"
    generic, qualified = scores[Qualification.GENERIC], scores[Qualification.QUALIFIED]
    if generic and qualified and max(generic) >= min(qualified):
        yield "outranked"


def _of_rules(policy, consistent, answer):
    for rules, said, read in _conclusions(policy, answer):
        for rule in rules:
            alone = [s for s in consistent if said(s) and [each for each in rules if each.holds(s)] == [rule]]
            if not alone:
                yield "idle_rule"
                continue
            for fact in (*rule.all, *rule.unless):
                # Two people who, of the facts that the conclusion reads, differ in this one alone.
                if not any(
                    (one ^ other) & read == BIT[fact] and not said(other)
                    for one in alone
                    for other in consistent
                ):
                    yield "idle_condition"


def _conclusions(policy, answer):
    """Yield the rules of each conclusion, a function that asks for it, and the facts read for it."""
    stage_facts = [fact for _, rules in policy.stages for rule in rules for fact in rule.all]
    for stage, rules in policy.stages:
        witnessed = {s for s, each in answer.items() if stage in each.reached and stage not in each.implied}
        yield rules, witnessed.__contains__, _bits(stage_facts)
    qualified = {s for s, each in answer.items() if each.qualification is Qualification.QUALIFIED}
    class_facts = [fact for rule in policy.routes for fact in (*rule.all, *rule.unless)]
    yield policy.routes, qualified.__contains__, _bits(class_facts)
    for standing, facts in policy.standings:
        standing_rules = [Rule(str(fact), (fact,)) for fact in facts]
        so = {s for s, each in answer.items() if each.standing is standing}
        yield standing_rules, so.__contains__, _bits(fact for _, facts in policy.standings for fact in facts)


def _bits(facts):
    return sum({BIT[fact] for fact in facts})


def _of_steps(policy, consistent, of):
    effects = policy.replay.effects
    states = [facts | denied << WIDTH for facts in consistent for denied in denials(facts, of)]
    for effect in effects:
        for state in states:
            after = effect.on(state)
            if close(after & ALL) != after & ALL:
                yield "state_closed"
            if after & ALL & (excluded_by(after & ALL) | after >> WIDTH):
                yield "state_consistent"
            if effect.on(after) != after:
                yield "idempotent"
    yield from _of_replay_rules(policy, states)
    yield from _of_orders(policy, states)


def _of_orders(policy, states):
    effects = policy.replay.effects
    for one, other in combinations(range(len(EVENT_KINDS)), 2):
        first, second = effects[one], effects[other]
        decides = any(first.on(second.on(state)) != second.on(first.on(state)) for state in states)
        if decides and not declared(policy, EVENT_KINDS[one], EVENT_KINDS[other]):
            yield "undeclared_order"
        if not decides and declared(policy, EVENT_KINDS[one], EVENT_KINDS[other]):
            yield "idle_order"


def _of_replay_rules(policy, states):
    parts = [
        evolve(policy.replay, then=policy.replay.then[:n] + policy.replay.then[n + 1 :])
        for n in range(len(policy.replay.then))
    ]
    for fact, cleared in policy.replay.clears:
        for other in cleared:
            less = {**dict(policy.replay.clears), fact: [it for it in cleared if it is not other]}
            parts.append(evolve(policy.replay, clears=less.items()))
    for part in parts:
        pairs = list(zip(policy.replay.effects, part.effects, strict=True))
        if all(one.on(state) == other.on(state) for state in states for one, other in pairs):
            yield "idle_rule"
    if any(rule.first in {*rule.then.implies, rule.then} for rule in policy.replay.then):
        yield "idle_condition"


def declared(policy: Policy, one: EventKind, other: EventKind) -> bool:
    """Return whether a rule sets two kinds of events against one another, in the words of the design.

    One brings what the other clears, excludes or reverses; or a then-rule needs the one after the other.
    A reversal brings the denial of what it reverses, which whatever brings or clears the fact undoes.
    """
    return (
        _undoes(policy, one, other)
        or _undoes(policy, other, one)
        or any(
            rule.first in _brought(a)
            and rule.then in _brought(b)
            and rule.adds not in _brought(a) | _brought(b)
            for a, b in ((one, other), (other, one))
            for rule in policy.replay.then
        )
    )


def _brought(kind):
    return set() if kind.reverses else {kind.fact, *kind.fact.implies}


def _undoes(policy, kind, other):
    """Return whether *kind* undoes what *other* says."""
    if kind.reverses:
        return any(kind.fact in {fact, *fact.implies} for fact in _brought(other))
    cleared = {it for fact, its in policy.replay.clears if fact in _brought(kind) for it in its}
    if other.reverses:
        denied = {fact for fact in Fact if other.fact in {fact, *fact.implies}}
        return bool(denied & (_brought(kind) | cleared))
    gone = cleared | {it for fact in _brought(kind) for it in fact.excludes}
    return any(gone & {fact, *fact.implies} and fact not in _brought(kind) for fact in _brought(other))


def _of_moves(policy, answer, of):
    graph = {}
    frontier = [0]
    while frontier:
        state = frontier.pop()
        if state not in graph:
            graph[state] = [close(effect.on(state) & of) for effect in policy.replay.effects]
            frontier += graph[state]
    if any(not answer[state].reached <= answer[after].reached for state in graph for after in graph[state]):
        yield "no_regress"
    occurring = {MatrixCell(answer[state].reached, answer[state].qualification) for state in graph}
    if set(MATRIX) - set(policy.expects.impossible) != occurring:
        yield "cells"
    later = _reachable(graph)
    for goal in policy.expects.reachable:
        good = {
            s
            for s in graph
            if goal in answer[s].reached or goal in (answer[s].qualification, answer[s].standing)
        }
        if any(good.isdisjoint(later[state]) for state in graph):
            yield "dead_end"
    reached = {state: answer[state].reached for state in graph}
    for before in set(reached.values()):
        seen = {reached[s] for state in graph if reached[state] == before for s in later[state]}
        if any(before < after and after not in seen for after in reached.values()):
            yield "untaken_move"


def _reachable(graph):
    """Return every state that is reached from each, by following every step again and again."""
    later = {state: {state, *after} for state, after in graph.items()}
    changed = True
    while changed:
        changed = False
        for state, seen in later.items():
            more = set().union(*(later[each] for each in seen))
            if more - seen:
                later[state] = more
                changed = True
    return later
