"""The laws over sets of facts: stages, class, standing and score."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import final

from attrs import evolve, frozen

from leadqual.policy.rules import Replay, Rule
from leadqual.taxonomy.facts import ALL_BITS, BIT, BRINGS, Fact, Nature, close, each_of
from leadqual.taxonomy.severity import Severity
from leadqual.taxonomy.stages import POSITIONS, Qualification, Stage, Standing, headline
from leadqual.verification.study import (
    Case,
    Failure,
    Study,
    closed_sets,
    consistent_sets,
    edges,
    known_states,
    law,
)


def _number_of_sets() -> int:
    return len(closed_sets())


@cache
def _number_of_edges() -> int:
    return sum((ALL_BITS & ~facts).bit_count() for facts in closed_sets())


@law("total", _number_of_sets)
def total(study: Study) -> Iterator[Failure | None]:
    """Every set of facts has one position, its furthest stage as headline, one class, standing and score."""
    for facts in closed_sets():
        answer = study.answer(facts)
        if (
            answer.reached in POSITIONS
            and answer.stage is headline(answer.reached)
            and answer.qualification in tuple(Qualification)
            and answer.standing in tuple(Standing)
            and type(answer.score) is int
        ):
            yield None
        else:
            yield Failure("no single answer", (Case(facts, str(answer)),))


@law("local", _number_of_sets, follows=("total",))
def local(study: Study) -> Iterator[Failure | None]:
    """No answer changes with a fact that its rules do not name."""
    for facts in closed_sets():
        failure = None
        for question, cone in study.read_by.items():
            less = close(facts & cone)
            if getattr(study.answer(facts), question) != getattr(study.answer(less), question):
                failure = _moved(
                    study, f"{question} changes with a fact that its rules do not name", less, facts
                )
        yield failure


@law("stage_kept", _number_of_edges, follows=("total",))
def stage_kept(study: Study) -> Iterator[Failure | None]:
    """More evidence never loses a stage: F ⊆ G implies reached(F) ⊆ reached(G)."""
    for facts, _, more in edges(study.stage_facts):
        before, after = study.answer(facts), study.answer(more)
        if before.reached <= after.reached:
            yield None
        else:
            yield _moved(study, "a stage is lost", facts, more)


def _moved(study: Study, message: str, facts: int, more: int, rule: str = "") -> Failure:
    cases = tuple(Case(each, str(study.answer(each))) for each in (facts, more))
    return Failure(message, cases, rule)


@final
@frozen
class _Conclusion:
    """Hold the rules of one conclusion, any of which leads to it, and who asks whether one did."""

    where: str
    rules: tuple[Rule, ...]
    facts: int
    holds: Callable[[int], bool]

    @property
    def sets(self) -> dict[int, int]:
        """Return the consistent sets that the facts of the rules span, by these facts alone."""
        return {facts & self.facts: facts for facts in consistent_sets(self.facts)}

    def decided(self) -> Iterator[tuple[Rule, list[int]]]:
        """Yield each rule with the sets in which it, and no other, leads to the conclusion."""
        sets: list[list[int]] = [[] for _ in self.rules]
        for facts in consistent_sets(self.facts):
            holding = (place for place, rule in enumerate(self.rules) if rule.holds(facts))
            place = next(holding, None)
            if place is not None and next(holding, None) is None and self.holds(facts):
                sets[place].append(facts)
        return zip(self.rules, sets, strict=True)


def _conclusions(study: Study) -> Iterator[_Conclusion]:
    def witnessed(stage: Stage) -> Callable[[int], bool]:
        def holds(facts: int) -> bool:
            answer = study.answer(facts)
            return stage in answer.reached and stage not in answer.implied

        return holds

    def stands(standing: Standing) -> Callable[[int], bool]:
        return lambda facts: study.answer(facts).standing is standing

    def qualified(facts: int) -> bool:
        return study.answer(facts).qualification is Qualification.QUALIFIED

    for stage, rules in study.policy.stages:
        yield _Conclusion(f"stages.{stage}", rules, study.stage_facts, witnessed(stage))
    yield _Conclusion("routes", study.policy.routes, study.class_facts, qualified)
    for standing, facts in study.policy.standings:
        rules = tuple(Rule(str(fact), (fact,)) for fact in facts)
        yield _Conclusion(f"standing.{standing}", rules, study.standing_facts, stands(standing))


def _number_of_rule_cases() -> int:
    return len(consistent_sets())


@law("idle_rule", _number_of_rule_cases, severity=Severity.WARNING, follows=("total", "local"))
def idle_rule(study: Study) -> Iterator[Failure | None]:
    """Every rule decides somebody alone: none is shadowed, covered by others or never true."""
    for conclusion in _conclusions(study):
        for rule, decided in conclusion.decided():
            if decided:
                yield None
                continue
            sets = consistent_sets(conclusion.facts)
            holding = next((facts for facts in sets if rule.holds(facts)), None)
            cases = () if holding is None else (Case(holding, str(study.answer(holding))),)
            because = "nobody can be so" if holding is None else "whoever it holds for is decided by others"
            yield Failure(f"{rule} decides nobody: {because}", cases, f"{conclusion.where}.{rule.name}")
    yield from _idle_replay_rules(study)


def _idle_replay_rules(study: Study) -> Iterator[Failure | None]:
    replay = study.policy.replay
    parts: list[tuple[str, str, Replay]] = []
    for place, rule in enumerate(replay.then):
        others = replay.then[:place] + replay.then[place + 1 :]
        text = f"{rule.adds} is added after {rule.first} and {rule.then}"
        parts.append((text, "replay.then", evolve(replay, then=others)))
    for fact, cleared in replay.clears:
        for other in cleared:
            fewer = [(each, [it for it in its if (each, it) != (fact, other)]) for each, its in replay.clears]
            parts.append((f"{fact} clears {other}", f"replay.clears.{fact}", evolve(replay, clears=fewer)))
    for text, where, without in parts:
        same = all(
            effect.on(known) == study.step(known, number)
            for number, effect in enumerate(without.effects)
            for known in known_states(study.footprint(number))
        )
        yield Failure(f"{text}, which would be so anyway", rule=where) if same else None


@law("idle_condition", _number_of_edges, severity=Severity.WARNING, follows=("total", "local"))
def idle_condition(study: Study) -> Iterator[Failure | None]:
    """For every condition of every rule two people differ in it alone, and in the conclusion (MC/DC)."""
    for conclusion in _conclusions(study):
        sets = conclusion.sets
        for rule, decided in conclusion.decided():
            for fact in each_of(rule.wanted | rule.forbidden) if decided else ():
                others = (sets.get((facts & conclusion.facts) ^ BIT[fact]) for facts in decided)
                if any(other is not None and not conclusion.holds(other) for other in others):
                    yield None
                else:
                    yield Failure(
                        f"{rule.name} asks for {fact}, which makes no difference",
                        rule=f"{conclusion.where}.{rule.name}",
                    )
    for order in study.policy.replay.then:
        idle = BRINGS[order.then] & BIT[order.first]
        message = f"{order.then} brings {order.first} itself, so which came first makes no difference"
        yield Failure(message, rule="replay.then") if idle else None


@law("qualification_sign", _number_of_edges, follows=("total",))
def qualification_sign(study: Study) -> Iterator[Failure | None]:
    """The class moves only in the direction of a fact's sign: a fact against never qualifies, others never disqualify."""
    for facts, fact, more in edges(study.class_facts):
        if _class_goes_astray(study, facts, fact, more):
            yield _moved(study, f"{fact} moves the class the wrong way", facts, more, _route_of(study, fact))
        else:
            yield None


def _class_goes_astray(study: Study, facts: int, fact: Fact, more: int) -> bool:
    before, after = (study.answer(each).qualification for each in (facts, more))
    better = before if fact.nature is Nature.AGAINST else after
    return before is not after and better is Qualification.GENERIC


def _route_of(study: Study, fact: Fact) -> str:
    """Return the one route that names *fact* on the wrong side, if it is one."""
    against = fact.nature is Nature.AGAINST
    wrong = [rule for rule in study.policy.routes if fact in (rule.all if against else rule.unless)]
    return f"routes.{wrong[0].name}" if len(wrong) == 1 else ""


@law("score_sign", _number_of_edges, follows=("total", "score_sum"))
def score_sign(study: Study) -> Iterator[Failure | None]:
    """The score moves only in the direction of a fact's sign, unless the class goes astray and takes it along."""
    for facts, fact, more in edges(study.score_facts):
        gain = study.answer(more).score - study.answer(facts).score
        right = gain <= 0 if fact.nature is Nature.AGAINST else gain >= 0
        if right or _class_goes_astray(study, facts, fact, more):
            yield None
        else:
            yield _moved(study, f"{fact} moves the score by {gain:+d}", facts, more, f"score.points.{fact}")


@law("score_range", _number_of_sets, follows=("total", "score_sum", "score_sign"))
def score_range(study: Study) -> Iterator[Failure | None]:
    """Every score lies within 0..100."""
    for facts in closed_sets(study.score_facts):
        answer = study.answer(facts)
        if 0 <= answer.score <= 100:  # noqa: PLR2004 (the law is about these numbers)
            yield None
        else:
            yield Failure(f"a score of {answer.score}", (Case(facts, str(answer)),), "score")


@law("score_sum", _number_of_sets, follows=("total",))
def score_sum(study: Study) -> Iterator[Failure | None]:
    """The lines add up to the score, each for a fact that is established, the base or the class."""
    for facts in closed_sets(study.score_facts):
        answer = study.answer(facts)
        labels = {"base", str(Qualification.QUALIFIED), *map(str, each_of(facts))}
        total = sum(line.points for line in answer.score_lines)
        if total == answer.score and labels.issuperset(line.label for line in answer.score_lines):
            yield None
        else:
            yield Failure(f"lines of {total} for a score of {answer.score}", (Case(facts, str(answer)),))


def _number_of_pairs() -> int:
    return _number_of_sets() ** 2


@law("outranked", _number_of_pairs, follows=("total", "score_sum"))
def outranked(study: Study) -> Iterator[Failure | None]:
    """Every qualified contact scores above every generic one."""
    smallest: dict[Qualification, dict[int, int]] = {qualification: {} for qualification in Qualification}
    for facts in closed_sets(study.score_facts):
        answer = study.answer(facts)
        smallest[answer.qualification].setdefault(answer.score, facts)
    generic, qualified = smallest[Qualification.GENERIC], smallest[Qualification.QUALIFIED]
    repair = max(generic, default=0) - min(qualified, default=0) + 1
    for score, facts in qualified.items():
        for other, generic_facts in generic.items():
            if other < score:
                yield None
            else:
                yield Failure(
                    f"a generic contact scores {other}, a qualified one {score}; "
                    f"{repair} more for being qualified would keep them apart",
                    tuple(Case(each, str(study.answer(each))) for each in (facts, generic_facts)),
                    "score.qualified",
                )


LAWS = (
    total,
    local,
    stage_kept,
    idle_rule,
    idle_condition,
    qualification_sign,
    score_sum,
    score_sign,
    score_range,
    outranked,
)
"""The laws over sets of facts; a law comes after those that its failure may follow from."""
