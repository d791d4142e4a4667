"""The answers of a policy, as expressions over the conditions of the facts."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Final, final

import narwhals.stable.v2 as nw
from attrs import frozen

from leadqual.classification.explanation import BETWEEN_STATEMENTS, BETWEEN_WORDS, stating
from leadqual.frames.expressions import (
    NO_TEXT,
    YES,
    Condition,
    all_of,
    any_of,
    chosen,
    first_that_applies,
    summed,
    text,
    unless,
)
from leadqual.policy.policy import Policy
from leadqual.policy.rules import Rule
from leadqual.taxonomy.facts import DIRECTLY_IMPLIES, EXCLUDES, Fact, each_of, least
from leadqual.taxonomy.stages import Stage

_DIRECTLY_IMPLIED_BY: Final = {
    fact: [other for other in Fact if fact in DIRECTLY_IMPLIES.get(other, ())] for fact in Fact
}


@final
@frozen(eq=False)
class Known:
    """The conditions that each fact is established or denied, closed as `Evidence` is."""

    established: Mapping[Fact, Condition]
    denied: Mapping[Fact, Condition]

    def holds(self, rule: Rule) -> Condition:
        """Return whether a rule holds."""
        wanted = all_of(self.established[fact] for fact in each_of(least(rule.wanted)))
        return unless(any_of(self.established[fact] for fact in rule.unless), wanted)

    def any_holds(self, rules: Iterable[Rule]) -> Condition:
        """Return whether any of the rules holds."""
        return any_of(map(self.holds, rules))

    def reaches(self, stage: Stage, policy: Policy) -> Condition:
        """Return whether a stage is reached: by a rule of its own or of a stage above it."""
        rules = policy.rules_for(stage)
        above = [rule for other, given in policy.stages if stage.precedes(other) for rule in given]
        return self.any_holds((*rules, *above)) if rules else YES


def closed(yes: Mapping[Fact, Condition]) -> dict[Fact, Condition]:
    """Return the conditions that facts are established: by a yes, or by what implies them."""

    @cache
    def establish(fact: Fact) -> Condition:
        return any_of([yes.get(fact), *map(establish, _DIRECTLY_IMPLIED_BY[fact])])

    return {fact: establish(fact) for fact in Fact}


def denied(no: Mapping[Fact, Condition], established: Mapping[Fact, Condition]) -> dict[Fact, Condition]:
    """Return the conditions that facts are denied: by a no, by what excludes them, by what they imply."""

    @cache
    def deny(fact: Fact) -> Condition:
        excluded = [established[other] for other in each_of(EXCLUDES[fact])]
        return any_of([no.get(fact), *excluded, *map(deny, DIRECTLY_IMPLIES.get(fact, ()))])

    return {fact: deny(fact) for fact in Fact}


def answers(policy: Policy, known: Known, *, enums: bool) -> Iterator[tuple[str, nw.Expr]]:
    """Yield the answers of a policy, by the names of the fields of a `Classification`."""
    for name, decision in policy.decisions.items():
        vocabulary = type(decision.otherwise)
        dtype = nw.Enum([str(word) for word in vocabulary]) if enums else nw.String
        lines = [(known.any_holds(rules), nw.lit(str(word), dtype=dtype)) for word, rules in decision.lines]
        yield name, first_that_applies(lines, nw.lit(str(decision.otherwise), dtype=dtype))
    score = [(known.any_holds(policy.routes), policy.score.qualified)]
    score += [(known.established[fact], number) for fact, number in policy.score.points if number]
    dtype = getattr(nw, f"Int{policy.score.width}")
    none = nw.lit(0, dtype=dtype)
    terms = (chosen(condition, nw.lit(number, dtype=dtype), none) for condition, number in score)
    yield "score", summed(nw.lit(policy.score.base, dtype=dtype), terms)


def reasons_given(policy: Policy, known: Known) -> nw.Expr:
    """Return the reasons that rest on facts, each as its `Reason.brief`."""
    decided = policy.decisions
    statements = [
        first_that_applies(
            (
                _said(stating(stage, implied=other is not stage), rules, known)
                for other, rules in policy.stages
                if other is stage or stage.precedes(other)
            ),
            NO_TEXT,
        )
        for stage, _ in policy.stages
    ]
    for word, rules in decided["qualification"].lines:
        statements.append(chosen(*_said(stating(word), rules, known), NO_TEXT))
    standings: list[tuple[Condition, nw.Expr]] = []
    for word, rules in decided["standing"].lines:
        condition, words = _said("", rules, known, BETWEEN_WORDS)
        standings.append((condition, nw.concat_str(nw.lit(stating(word)), words)))
    return text([*statements, first_that_applies(standings, NO_TEXT)], BETWEEN_STATEMENTS)


def _said(
    begin: str, rules: Iterable[Rule], known: Known, between: str = BETWEEN_STATEMENTS
) -> tuple[Condition, nw.Expr]:
    """Return whether any of the rules holds, and the facts of those that do."""
    said = [(known.holds(rule), nw.lit(f"{begin}{BETWEEN_WORDS.join(map(str, rule.all))}")) for rule in rules]
    one = len(said) == 1
    words = said[0][1] if one else text([chosen(*each, NO_TEXT) for each in said], between)
    return any_of(condition for condition, _ in said), words
