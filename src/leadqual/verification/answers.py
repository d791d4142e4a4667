"""The laws over sets of facts: stages, qualification, standing and score."""

from collections.abc import Iterator
from itertools import islice, product
from typing import NamedTuple

from attrs import evolve

from leadqual.policy.rules import Goal, Replay, Rule
from leadqual.taxonomy.facts import BIT, BRINGS, Fact, Nature, close, each_of
from leadqual.taxonomy.severity import Severity
from leadqual.taxonomy.stages import POSITIONS, Qualification, Standing, headline
from leadqual.verification.study import Failure, Study, closed_sets, consistent_sets, edge_count, edges, law


@law(lambda: len(closed_sets()))
def total(study: Study) -> Iterator[Failure | None]:
    """Every set of facts has one position, its furthest stage as headline, one qualification, standing and score."""
    for facts in closed_sets():
        answer = study.answer(facts)
        single = (
            answer.reached in POSITIONS
            and answer.stage is headline(answer.reached)
            and answer.qualification in tuple(Qualification)
            and answer.standing in tuple(Standing)
            and type(answer.score) is int
        )
        yield None if single else study.failure("no single answer", facts)


@law(lambda: len(closed_sets()), follows=("total",))
def local(study: Study) -> Iterator[Failure | None]:
    """No answer changes with a fact that its rules do not name."""
    for facts in closed_sets():
        failure = None
        for question, cone in study.read_by.items():
            less = close(facts & cone)
            if getattr(study.answer(facts), question) != getattr(study.answer(less), question):
                message = f"{question} changes with a fact that its rules do not name"
                failure = study.failure(message, less, facts)
        yield failure


@law(edge_count, follows=("total",))
def stage_kept(study: Study) -> Iterator[Failure | None]:
    """More evidence never loses a stage: F ⊆ G implies reached(F) ⊆ reached(G)."""
    for facts, _, more in edges(study.stage_facts):
        kept = study.answer(facts).reached <= study.answer(more).reached
        yield None if kept else study.failure("a stage is lost", facts, more)


class _Conclusion(NamedTuple):
    goal: Goal
    where: str
    rules: tuple[Rule, ...]
    facts: int

    def is_drawn(self, study: Study, facts: int) -> bool:
        return study.concludes(facts, self.goal) and self.goal not in study.answer(facts).implied

    def decided(self, study: Study) -> dict[Rule, list[int]]:
        """Return the sets in which a rule, and no other, leads to the conclusion, by rule."""
        sets: dict[Rule, list[int]] = {rule: [] for rule in self.rules}
        for facts in consistent_sets(self.facts):
            holding = [rule for rule in self.rules if rule.holds(facts)]
            if len(holding) == 1 and self.is_drawn(study, facts):
                sets[holding[0]].append(facts)
        return sets


def _conclusions(study: Study) -> Iterator[_Conclusion]:
    for stage, rules in study.policy.stages:
        yield _Conclusion(stage, f"stages.{stage}", rules, study.stage_facts)
    yield _Conclusion(Qualification.QUALIFIED, "routes", study.policy.routes, study.route_facts)
    for standing, rules in study.policy.decisions["standing"].lines:
        yield _Conclusion(standing, f"standing.{standing}", rules, study.read_by["standing"])


@law(lambda: len(consistent_sets()), severity=Severity.WARNING, follows=("total", "local"))
def idle_rule(study: Study) -> Iterator[Failure | None]:
    """Every rule is the only one that decides somebody: none is shadowed, covered by others or never true."""
    for conclusion in _conclusions(study):
        for rule, decided in conclusion.decided(study).items():
            if decided:
                yield None
                continue
            holding = tuple(islice(filter(rule.holds, consistent_sets(conclusion.facts)), 1))
            because = "other rules decide everybody who meets it" if holding else "nobody can meet it"
            message = f"{rule} decides nobody: {because}"
            yield study.failure(message, *holding, rule=f"{conclusion.where}.{rule.name}")
    for text, where, without in _shortened(study.policy.replay):
        same = all(
            effect.on(known) == study.step(known, number)
            for number, effect in enumerate(without.effects)
            for known in study.states(number)
        )
        yield Failure(f"{text}, which would be so anyway", rule=where) if same else None


def _shortened(replay: Replay) -> Iterator[tuple[str, str, Replay]]:
    """Yield each then-rule and each clearing, where it is declared, and the replay without it."""
    for place, rule in enumerate(replay.then):
        text = f"{rule.adds} is added after {rule.first} and {rule.then}"
        yield text, "replay.then", evolve(replay, then=replay.then[:place] + replay.then[place + 1 :])
    for fact, cleared in replay.clears:
        for other in cleared:
            fewer = [(each, [it for it in its if (each, it) != (fact, other)]) for each, its in replay.clears]
            yield f"{fact} clears {other}", f"replay.clears.{fact}", evolve(replay, clears=fewer)


@law(edge_count, severity=Severity.WARNING, follows=("total", "local"))
def idle_condition(study: Study) -> Iterator[Failure | None]:
    """For every condition of every rule, two people differ only in it and in the conclusion (MC/DC)."""
    for conclusion in _conclusions(study):
        sets = {facts & conclusion.facts: facts for facts in consistent_sets(conclusion.facts)}
        for rule, decided in conclusion.decided(study).items():
            for fact in each_of(rule.wanted | rule.forbidden) if decided else ():
                others = (sets.get((facts & conclusion.facts) ^ BIT[fact]) for facts in decided)
                matters = any(other is not None and not conclusion.is_drawn(study, other) for other in others)
                message = f"{rule.name} asks for {fact}, which makes no difference"
                yield None if matters else Failure(message, rule=f"{conclusion.where}.{rule.name}")
    for order in study.policy.replay.then:
        message = f"{order.then} brings {order.first} itself, so which came first makes no difference"
        yield Failure(message, rule="replay.then") if BRINGS[order.then] & BIT[order.first] else None


@law(edge_count, follows=("total",))
def qualification_sign(study: Study) -> Iterator[Failure | None]:
    """The qualification changes only in the direction of a fact's sign: a fact against never qualifies, others never disqualify."""
    for facts, fact, more in edges(study.route_facts):
        if not _has_wrong_sign(study, facts, fact, more):
            yield None
            continue
        against = fact.nature is Nature.AGAINST
        routes = [rule for rule in study.policy.routes if fact in (rule.all if against else rule.unless)]
        rule = f"routes.{routes[0].name}" if len(routes) == 1 else ""
        yield study.failure(f"{fact} changes the qualification the wrong way", facts, more, rule=rule)


def _has_wrong_sign(study: Study, facts: int, fact: Fact, more: int) -> bool:
    before, after = (study.answer(each).qualification for each in (facts, more))
    better = before if fact.nature is Nature.AGAINST else after
    return before is not after and better is Qualification.GENERIC


@law(lambda: len(closed_sets()), follows=("total",))
def score_sum(study: Study) -> Iterator[Failure | None]:
    """The lines add up to the score, each for an established fact, the base or the qualification."""
    for facts in closed_sets(study.score_facts):
        answer = study.answer(facts)
        labels = {"base", str(Qualification.QUALIFIED), *map(str, each_of(facts))}
        total = sum(line.points for line in answer.score_lines)
        right = total == answer.score and labels.issuperset(line.label for line in answer.score_lines)
        yield None if right else study.failure(f"lines of {total} for a score of {answer.score}", facts)


@law(edge_count, follows=("total", "score_sum"))
def score_sign(study: Study) -> Iterator[Failure | None]:
    """The score changes only in the direction of a fact's sign, except where the qualification breaks this law."""
    for facts, fact, more in edges(study.score_facts):
        gain = study.answer(more).score - study.answer(facts).score
        right = gain <= 0 if fact.nature is Nature.AGAINST else gain >= 0
        if right or _has_wrong_sign(study, facts, fact, more):
            yield None
        else:
            message = f"{fact} moves the score by {gain:+d}"
            yield study.failure(message, facts, more, rule=f"score.points.{fact}")


@law(lambda: len(closed_sets()), follows=("total", "score_sum", "score_sign"))
def score_range(study: Study) -> Iterator[Failure | None]:
    """Every score lies within 0..100."""
    for facts in closed_sets(study.score_facts):
        score = study.answer(facts).score
        yield None if score in range(101) else study.failure(f"a score of {score}", facts, rule="score")


@law(lambda: len(closed_sets()) ** 2, follows=("total", "score_sum"))
def outranked(study: Study) -> Iterator[Failure | None]:
    """Every qualified contact scores above every generic one."""
    generic, qualified = dict[int, int](), dict[int, int]()
    for facts in closed_sets(study.score_facts):
        answer = study.answer(facts)
        smallest = qualified if answer.qualification is Qualification.QUALIFIED else generic
        smallest.setdefault(answer.score, facts)
    missing = max(generic, default=0) - min(qualified, default=0) + 1
    repair = f"{missing} more for being qualified would keep them apart"
    for (score, facts), (other, generic_facts) in product(qualified.items(), generic.items()):
        message = f"a generic contact scores {other}, a qualified one {score}; {repair}"
        yield study.failure(message, facts, generic_facts, rule="score.qualified") if other >= score else None
