"""The explanation of a classification: reasons, lines of the score, and what is missing."""

from collections.abc import Iterator
from typing import Final, final

from attrs import frozen

from leadqual.policy.policy import Policy
from leadqual.policy.rules import Rule, SequenceRule
from leadqual.taxonomy import articles
from leadqual.taxonomy.articles import Sentence
from leadqual.taxonomy.facts import ALL_BITS, BIT, WIDTH, Evidence, Fact, bits_of, close, each_of, least
from leadqual.taxonomy.stages import Qualification, Stage, Standing

Conclusion = Stage | Qualification | Standing

# The separators of the statements of a brief text, and of the words of one statement.
BETWEEN_STATEMENTS: Final = "; "
BETWEEN_WORDS: Final = " and "


def stating(conclusion: Conclusion, *, implied: bool = False) -> str:
    return f"{conclusion}{' (implied)' if implied else ''}: "


@final
@frozen
class Reason:
    """The rule that led to a conclusion, with its facts.

    Attributes:
        conclusion: The stage, qualification or standing.
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
        """Return the reason as in the text columns of a frame, without its sentence."""
        words = BETWEEN_WORDS.join(map(str, self.facts)) or ("no rule holds" if not self.rule else "always")
        return f"{stating(self.conclusion, implied=self.implied)}{words}"

    def __str__(self) -> str:
        return f"{self.brief}. {self.sentence}".rstrip(". ")


@final
@frozen
class ScoreLine:
    label: str
    points: int

    def __str__(self) -> str:
        return f"{self.label} {self.points:+d}"


@final
@frozen
class NextStep:
    """What is missing for one rule of a stage not reached, or of being qualified.

    Attributes:
        target: The stage, or QUALIFIED.
        rule: The name of the rule.
        facts_to_ask: The missing facts of which nothing is known.
        denied: The missing facts that are known not to hold.
        blocked: The established facts that forbid the rule.
        sentence: The sentence that the rule rests on.
    """

    target: Stage | Qualification
    rule: str
    facts_to_ask: tuple[Fact, ...]
    denied: tuple[Fact, ...]
    blocked: tuple[Fact, ...]
    sentence: Sentence | str

    @property
    def open(self) -> bool:
        """Return whether the answers about *facts_to_ask* alone could complete the step."""
        return not self.denied and not self.blocked

    def __str__(self) -> str:
        parts = [fact.definition for fact in self.facts_to_ask]
        parts += [f"{fact.definition} (known not to)" for fact in self.denied]
        parts += [f"not while: {fact.definition}" for fact in self.blocked]
        return f"{self.target}: {'; '.join(parts)}"


@final
@frozen
class OrderQuestion:
    first: Fact
    then: Fact
    adds: Fact

    def __str__(self) -> str:
        return f"which came first, {self.first} or {self.then}? In this order they mean {self.adds}"


@final
@frozen
class Explanation:
    reasons: tuple[Reason, ...]
    score_lines: tuple[ScoreLine, ...]
    implied: tuple[Stage, ...]
    unused: tuple[Fact, ...]
    next_steps: tuple[NextStep, ...]
    order_questions: tuple[OrderQuestion, ...]


def score_lines_of(policy: Policy, established: int, qualification: Qualification) -> tuple[ScoreLine, ...]:
    score = policy.score
    lines = [ScoreLine("base", score.base)]
    if qualification is Qualification.QUALIFIED:
        lines.append(ScoreLine(str(qualification), score.qualified))
    lines += [ScoreLine(str(fact), each) for fact, each in score.points if each and established & BIT[fact]]
    return tuple(lines)


def earned_by(policy: Policy, established: int) -> Iterator[Stage]:
    """Yield the stages that have a rule of their own that holds."""
    return (stage for stage, rules in policy.stages if any(rule.holds(established) for rule in rules))


def implied_by(policy: Policy, reached: frozenset[Stage], established: int) -> tuple[Stage, ...]:
    """Return the stages reached, except NAME, for which none of their own rules holds."""
    witnessed = {Stage.NAME, *earned_by(policy, established)}
    return tuple(stage for stage in Stage if stage in reached and stage not in witnessed)


def explain(
    policy: Policy, evidence: Evidence, reached: frozenset[Stage], qualification: Qualification, dated: int
) -> Explanation:
    """Return the explanation of conclusions; *dated* are the facts whose instants are known, as bits."""
    established = evidence.bits & ALL_BITS
    denied = evidence.bits >> WIDTH & ~established
    reasons = tuple(_reasons(policy, reached, established))
    qualified = (Qualification.QUALIFIED, policy.routes)
    targets: tuple[tuple[Stage | Qualification, tuple[Rule, ...]], ...] = (*policy.stages, qualified)
    used = bits_of(fact for reason in reasons for fact in reason.facts)
    used |= bits_of(fact for fact, points in policy.score.points if points)
    return Explanation(
        reasons=reasons,
        score_lines=score_lines_of(policy, established, qualification),
        implied=implied_by(policy, reached, established),
        unused=tuple(each_of(established & ~used)),
        next_steps=tuple(
            step
            for target, rules in targets
            if target not in {*reached, qualification}
            for step in _steps_to(target, rules, established, denied)
        ),
        order_questions=tuple(
            OrderQuestion(rule.first, rule.then, rule.adds)
            for rule in policy.replay.then
            if holds_both(rule, established)
            and not (established | denied) & BIT[rule.adds]
            and not holds_both(rule, dated)
        ),
    )


def holds_both(rule: SequenceRule, facts: int) -> bool:
    """Return whether both facts, of which the order decides, are among *facts*, given as bits."""
    return bool(facts & BIT[rule.first] and facts & BIT[rule.then])


def _reason(conclusion: Conclusion, rule: Rule, *, implied: bool = False) -> Reason:
    return Reason(conclusion, rule.name, rule.all, rule.sentence, implied)


def _reasons(policy: Policy, reached: frozenset[Stage], established: int) -> Iterator[Reason]:
    # The definition of a name does not fit a person who has reached more.
    name = Stage.NAME.basis if len(reached) == 1 else articles.SOME_BECOME_LEADS
    yield Reason(Stage.NAME, "name", (), name)
    holding = {stage: [rule for rule in rules if rule.holds(established)] for stage, rules in policy.stages}
    for stage in filter(reached.__contains__, holding):
        earned = next(each for each, held in holding.items() if held and stage in {each, *each.below})
        yield from (_reason(stage, rule, implied=earned is not stage) for rule in holding[earned])

    qualification, routes = policy.decisions["qualification"].answer(established)
    yield from (_reason(qualification, rule) for rule in routes)
    if not routes:
        yield Reason(qualification, "", (), qualification.basis)
    standing, rules = policy.decisions["standing"].answer(established)
    facts = tuple(fact for rule in rules for fact in rule.all)
    yield Reason(standing, str(standing) if facts else "", facts, standing.basis)


def _steps_to(
    target: Stage | Qualification, rules: tuple[Rule, ...], established: int, denied: int
) -> Iterator[NextStep]:
    missing = {rule: close(rule.wanted & ~established) for rule in rules}
    for rule, more in missing.items():
        # Another rule is easier if it asks for a proper part of this, and no more facts block it.
        easier = (
            less != more and less & more == less and not other.forbidden & ~rule.forbidden & established
            for other, less in missing.items()
        )
        if not any(easier):
            asked = least(more)
            parts = (asked & ~denied, asked & denied, rule.forbidden & established)
            to_ask, refused, blocked = (tuple(each_of(bits)) for bits in parts)
            yield NextStep(target, rule.name, to_ask, refused, blocked, rule.sentence)
