"""Why an answer is as it is: reasons, lines of the score, and what is missing."""

from collections.abc import Iterable, Iterator
from typing import Final, final

from attrs import frozen

from leadqual.policy.policy import Policy
from leadqual.policy.rules import Rule, SequenceRule, in_order
from leadqual.taxonomy import articles
from leadqual.taxonomy.articles import Sentence
from leadqual.taxonomy.facts import ALL_BITS, BIT, WIDTH, Evidence, Fact, bits_of, close, each_of, least
from leadqual.taxonomy.stages import Qualification, Stage, Standing

Conclusion = Stage | Qualification | Standing

BETWEEN_STATEMENTS: Final = "; "
"""What stands between the statements of a brief text."""

BETWEEN_WORDS: Final = " and "
"""What stands between the words of one statement."""


def stating(conclusion: Conclusion, *, implied: bool = False) -> str:
    """Return how a brief statement about a conclusion begins."""
    return f"{conclusion}{' (implied)' if implied else ''}: "


def known_not(fact: Fact) -> str:
    """Return how a brief statement says that a missing fact is denied."""
    return f"{fact} (denied)"


def while_holding(fact: Fact) -> str:
    """Return how a brief statement says that an established fact forbids a step."""
    return f"not while {fact}"


@final
@frozen
class Reason:
    """Say which rule led to a conclusion, by which facts.

    Attributes:
        conclusion: The stage, class or standing.
        rule: The name of the rule; empty where no rule is needed or none held.
        facts: The established facts that the rule used, in declaration order.
        sentence: The sentence that the rule rests on.
        implied: Whether the stage was not witnessed itself but lies below one that was.
    """

    conclusion: Conclusion
    rule: str
    facts: tuple[Fact, ...]
    sentence: Sentence | str
    implied: bool = False

    @property
    def brief(self) -> str:
        """Return the reason as the text columns of a frame say it, without its sentence."""
        words = BETWEEN_WORDS.join(map(str, self.facts)) or ("no rule holds" if not self.rule else "always")
        return f"{stating(self.conclusion, implied=self.implied)}{words}"

    def __str__(self) -> str:
        return f"{self.brief}. {self.sentence}".rstrip(". ")


@final
@frozen
class ScoreLine:
    """Hold one line of the score.

    Attributes:
        label: ``"base"``, ``"qualified"``, or the word of the fact.
        points: The points, a whole number.
    """

    label: str
    points: int

    def __str__(self) -> str:
        return f"{self.label} {self.points:+d}"


@final
@frozen
class NextStep:
    """Say what is missing for one rule of a stage not reached, or of being qualified.

    Attributes:
        target: The stage, or QUALIFIED.
        rule: The name of the rule.
        ask: The missing facts of which nothing is known: worth asking about.
        denied: The missing facts that are known not to hold.
        blocked: The established facts that forbid the rule.
        sentence: The sentence that the rule rests on.
    """

    target: Stage | Qualification
    rule: str
    ask: tuple[Fact, ...]
    denied: tuple[Fact, ...]
    blocked: tuple[Fact, ...]
    sentence: Sentence | str

    @property
    def open(self) -> bool:
        """Return whether the answers to *ask* alone could complete the step."""
        return not self.denied and not self.blocked

    @property
    def brief(self) -> str:
        """Return the step as the text columns of a frame say it."""
        missing = in_order((*self.ask, *self.denied))
        words = [known_not(fact) if fact in self.denied else str(fact) for fact in missing]
        words += [while_holding(fact) for fact in self.blocked]
        return f"{stating(self.target)}{BETWEEN_WORDS.join(words)}"

    def __str__(self) -> str:
        parts = [fact.definition for fact in self.ask]
        parts += [f"{fact.definition} (known not to)" for fact in self.denied]
        parts += [f"not while: {fact.definition}" for fact in self.blocked]
        return f"{self.target}: {'; '.join(parts)}"


@final
@frozen
class OrderQuestion:
    """Ask which of two undated facts came first, because the answer decides.

    Attributes:
        first: The fact that would have to come first.
        then: The fact that would have to come after it.
        adds: The fact that the order would establish.
    """

    first: Fact
    then: Fact
    adds: Fact

    def __str__(self) -> str:
        return f"which came first, {self.first} or {self.then}? In this order they mean {self.adds}"


@final
@frozen
class Explanation:
    """Hold everything that an answer says beside its conclusions; built when first read.

    Attributes:
        reasons: Why each stage was reached, why the class, why the standing.
        score_lines: The lines of the score; they add up to it.
        implied: The stages reached only because a later one was.
        unused: The established facts that no rule, line or standing used.
        next_steps: What is missing, for each stage not reached and for QUALIFIED.
        order_questions: The orders of undated facts that would decide something.
    """

    reasons: tuple[Reason, ...]
    score_lines: tuple[ScoreLine, ...]
    implied: tuple[Stage, ...]
    unused: tuple[Fact, ...]
    next_steps: tuple[NextStep, ...]
    order_questions: tuple[OrderQuestion, ...]


def score_lines_of(policy: Policy, established: int, *, qualified: bool) -> tuple[ScoreLine, ...]:
    """Return the lines of the score of established facts, given as bits."""
    lines = [ScoreLine("base", policy.score.base)]
    if qualified:
        lines.append(ScoreLine(str(Qualification.QUALIFIED), policy.score.qualified))
    lines += [
        ScoreLine(str(fact), points)
        for fact, points in policy.score.points
        if points and established & BIT[fact]
    ]
    return tuple(lines)


def earned_by(policy: Policy, established: int) -> Iterator[Stage]:
    """Yield the stages that have a rule of their own that holds."""
    return (stage for stage, rules in policy.stages if any(rule.holds(established) for rule in rules))


def implied_by(policy: Policy, reached: frozenset[Stage], established: int) -> tuple[Stage, ...]:
    """Return the stages reached, but for NAME, that no rule of their own earns."""
    witnessed = {Stage.NAME, *earned_by(policy, established)}
    return tuple(stage for stage in Stage if stage in reached and stage not in witnessed)


def explain(
    policy: Policy,
    evidence: Evidence,
    reached: frozenset[Stage],
    qualification: Qualification,
    dated: int,
) -> Explanation:
    """Return the explanation of conclusions that were drawn from *evidence*.

    *dated* are the facts whose instants are known, as bits.
    """
    established = evidence.bits & ALL_BITS
    denied = evidence.bits >> WIDTH & ~established
    qualified = qualification is Qualification.QUALIFIED
    reasons = (
        *_stage_reasons(policy, reached, established),
        *_class_reasons(policy, established),
        _standing_reason(policy, established),
    )
    used = bits_of(fact for reason in reasons for fact in reason.facts)
    used |= bits_of(fact for fact, points in policy.score.points if points)
    return Explanation(
        reasons=reasons,
        score_lines=score_lines_of(policy, established, qualified=qualified),
        implied=implied_by(policy, reached, established),
        unused=tuple(each_of(established & ~used)),
        next_steps=(
            *_steps_to_stages(policy, reached, established, denied),
            *(() if qualified else _steps_to(Qualification.QUALIFIED, policy.routes, established, denied)),
        ),
        order_questions=tuple(
            OrderQuestion(rule.first, rule.then, rule.adds)
            for rule in policy.replay.then
            if established & BIT[rule.first]
            and established & BIT[rule.then]
            and not (established | denied) & BIT[rule.adds]
            and not settles(rule, dated)
        ),
    )


def settles(rule: SequenceRule, dated: int) -> bool:
    """Return whether the dates of both facts are known, so that their order is no question."""
    return bool(dated & BIT[rule.first] and dated & BIT[rule.then])


def _reason(conclusion: Conclusion, rule: Rule, *, implied: bool = False) -> Reason:
    return Reason(conclusion, rule.name, rule.all, rule.sentence, implied)


def _stage_reasons(policy: Policy, reached: frozenset[Stage], established: int) -> Iterator[Reason]:
    # Who has become more has wanted to know; that they were among the names once, the funnel says.
    name = Stage.NAME.basis if len(reached) == 1 else articles.SOME_BECOME_LEADS
    yield Reason(Stage.NAME, "name", (), name)
    holding = {stage: [rule for rule in rules if rule.holds(established)] for stage, rules in policy.stages}
    for stage in Stage:
        if stage is Stage.NAME or stage not in reached:
            continue
        if holding[stage]:
            yield from (_reason(stage, rule) for rule in holding[stage])
        else:
            later = next(other for other in Stage if stage.precedes(other) and holding.get(other))
            yield from (_reason(stage, rule, implied=True) for rule in holding[later])


def _class_reasons(policy: Policy, established: int) -> Iterable[Reason]:
    qualification, holding = policy.decisions["qualification"].answer(established)
    if not holding:
        return (Reason(qualification, "", (), qualification.basis),)
    return (_reason(qualification, rule) for rule in holding)


def _standing_reason(policy: Policy, established: int) -> Reason:
    standing, holding = policy.decisions["standing"].answer(established)
    facts = tuple(fact for rule in holding for fact in rule.all)
    return Reason(standing, str(standing) if facts else "", facts, standing.basis)


def _steps_to_stages(
    policy: Policy, reached: frozenset[Stage], established: int, denied: int
) -> Iterator[NextStep]:
    for stage, rules in policy.stages:
        if stage not in reached:
            yield from _steps_to(stage, rules, established, denied)


def _steps_to(
    target: Stage | Qualification, rules: tuple[Rule, ...], established: int, denied: int
) -> Iterator[NextStep]:
    missing = {rule: least(rule.wanted & ~established) for rule in rules}
    for rule in rules:
        blocked = rule.forbidden & established
        if not any(_is_less(missing[other], other, missing[rule], rule, established) for other in rules):
            yield NextStep(
                target,
                rule.name,
                tuple(each_of(missing[rule] & ~denied)),
                tuple(each_of(missing[rule] & denied)),
                tuple(each_of(blocked)),
                rule.sentence,
            )


def _is_less(less: int, other: Rule, more: int, rule: Rule, established: int) -> bool:
    """Return whether *other* asks for a proper part of what *rule* asks for, and is no more blocked."""
    less, more = close(less), close(more)
    return less != more and less & more == less and not other.forbidden & ~rule.forbidden & established
