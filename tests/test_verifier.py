"""The verifier verified: it says what a naive enumeration says, and what z3 says."""

import naive
import pytest
from hypothesis import HealthCheck, given, seed, settings

from leadqual import STANDARD, Fact, verify
from leadqual.facts import bits_of, close
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
    def test_on_policies_over_all_facts(self):
        @seed(2)
        @settings(max_examples=3, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(policies())
        def agree(policy):
            assert failing(policy) == naive.failing(policy)

        agree()
        assert naive.failing(STANDARD) == set()
