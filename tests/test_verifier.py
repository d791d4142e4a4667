"""The verifier verified: it says what a naive enumeration says, and what z3 says."""

import naive
import pytest
from hypothesis import HealthCheck, example, given, seed, settings

from leadqual import STANDARD, Fact, verify
from leadqual.facts import Nature, bits_of, close
from leadqual.strategies import policies
from leadqual.verification import LAWS

READS = (Fact.RESPONDED, Fact.SAW_BUSINESS, Fact.ATTENDED_SEMINAR, Fact.WANTS_IN, Fact.NEVER_JOINING)
# The other laws are about the reader of a policy, or follow from the ones that are compared.
COMPARED = {
    "stage_kept",
    "class_sign",
    "score_sign",
    "score_range",
    "outranked",
    "idle_rule",
    "idle_condition",
    "state_closed",
    "state_consistent",
    "idempotent",
    "undeclared_order",
    "idle_order",
    "no_regress",
    "cells",
    "dead_end",
    "untaken_move",
}
QUICK = [law for law in LAWS if law.code in COMPARED]


def failing(policy):
    return {each.code for each in verify(policy, laws=QUICK).properties if not each.holds}


class TestAgainstNaiveEnumeration:
    """The reduced verifier equals naive enumeration on at least 200 random policies."""

    def test_on_200_random_policies(self):
        agreed = []

        @seed(1)
        @settings(max_examples=220, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(policies(reads=READS))
        def agree(policy):
            assert failing(policy) == naive.failing(policy, close(bits_of(READS)))
            agreed.append(policy)

        agree()
        assert len(set(agreed)) >= 200

    @pytest.mark.long
    def test_on_policies_over_more_facts(self):
        reads = (*READS, Fact.DECLINED, Fact.KNOWS_INDUSTRY)

        @seed(2)
        @settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(policies(reads=reads))
        def agree(policy):
            assert failing(policy) == naive.failing(policy, close(bits_of(reads)))

        agree()


class Solver:
    """The rules of a policy as formulas over one person or two; a third opinion."""

    def __init__(self, z3, policy):
        self.z3, self.policy = z3, policy

    def person(self, name):
        """Return the facts of a person as unknowns, and that they are closed."""
        facts = {fact: self.z3.Bool(f"{name}.{fact}") for fact in Fact}
        closed = [self.z3.Implies(facts[fact], facts[other]) for fact in Fact for other in fact.implies]
        return facts, self.z3.And(closed)

    def qualified(self, facts):
        return self.z3.Or(
            [
                self.z3.And([facts[it] for it in rule.all] + [self.z3.Not(facts[it]) for it in rule.unless])
                for rule in self.policy.routes
            ]
        )

    def score(self, facts):
        score = self.policy.score
        lines = [self.z3.If(facts[fact], points, 0) for fact, points in score.points]
        return self.z3.Sum([score.base, self.z3.If(self.qualified(facts), score.qualified, 0), *lines])

    def possible(self, *formulas):
        solver = self.z3.Solver()
        solver.add(*formulas)
        return solver.check() == self.z3.sat

    def failing(self):
        """Return the codes of the laws of which there is a counter-example."""
        (one, closed), (other, closed_too) = self.person("one"), self.person("other")
        found = set()
        score = self.score(one)
        if self.possible(closed, self.z3.Or(score < 0, score > 100)):
            found.add("score_range")
        if self.possible(
            closed,
            closed_too,
            self.qualified(one),
            self.z3.Not(self.qualified(other)),
            score <= self.score(other),
        ):
            found.add("outranked")
        for fact in Fact:
            added = {fact, *fact.implies}
            step = [other[it] == (True if it in added else one[it]) for it in Fact]
            better, worse = (one, other) if fact.nature is Nature.AGAINST else (other, one)
            if self.possible(closed, *step, self.qualified(worse), self.z3.Not(self.qualified(better))):
                found.add("class_sign")
        return found


class TestAgainstZ3:
    """A second tool, which proves by another method, says the same."""

    def test_on_the_standard_and_on_random_policies(self):
        z3 = pytest.importorskip("z3", reason="needs z3-solver")
        laws = [law for law in LAWS if law.code in {"score_range", "outranked", "class_sign"}]
        agreed = []

        @seed(3)
        @settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @example(STANDARD)
        @given(policies(reads=READS))
        def agree(policy):
            found = {each.code for each in verify(policy, laws=laws).properties if not each.holds}
            assert found == Solver(z3, policy).failing()
            agreed.append(policy)

        agree()
        assert len(agreed) > 20
