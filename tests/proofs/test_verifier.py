"""The verifier verified: it says what two naive enumerations say."""

import importlib

import naive
import pytest
from hypothesis import HealthCheck, given, seed, settings
from test_verification import BROKEN, MISREAD, QUICK

from leadqual import STANDARD, Fact, verify
from leadqual.policy.policy_file import read_policy
from leadqual.strategies import policies
from leadqual.taxonomy.facts import bits_of, close
from leadqual.verification import LAWS, Interpreter
from leadqual.verification.study import state_count

READS = (Fact.RESPONDED, Fact.SAW_BUSINESS, Fact.ATTENDED_SEMINAR, Fact.WANTS_IN, Fact.NEVER_JOINING)
# The other laws are about the reader of a policy, or follow from the ones that are compared.
COMPARED = {
    "stage_kept",
    "qualification_sign",
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


def failing(policy, laws=QUICK):
    return {each.code for each in verify(policy, laws=laws).properties if not each.holds}


class TestAgainstNaiveEnumeration:
    """The reduced verifier equals naive enumeration on at least 200 random policies."""

    @pytest.mark.parametrize("number", [40, pytest.param(200, marks=pytest.mark.long)])
    def test_on_random_policies(self, number):
        """And none of them, however strange, breaks a law that no policy can break."""
        agreed = []

        @seed(1)
        @settings(
            max_examples=number * 11 // 10,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(policies(reads=READS))
        def agree(policy):
            found = failing(policy)
            assert found & COMPARED == naive.failing(policy, close(bits_of(READS)))
            assert not found & MISREAD.keys()
            agreed.append(policy)

        agree()
        assert len(set(agreed)) >= number

    @pytest.mark.long
    def test_on_policies_over_more_facts(self):
        reads = (*READS, Fact.DECLINED, Fact.KNOWS_INDUSTRY)

        @seed(2)
        @settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(policies(reads=reads))
        def agree(policy):
            assert failing(policy) & COMPARED == naive.failing(policy, close(bits_of(reads)))

        agree()


@pytest.fixture(scope="module")
def whole():
    """Everything there is, in arrays; skipped where NumPy is not installed, which comes with pandas."""
    pytest.importorskip("numpy", reason="needs NumPy")
    return importlib.import_module("whole")


@pytest.fixture(scope="module")
def steps(whole):
    """What the standard policy makes of every state by every event, read anew from its data."""
    return whole.steps(STANDARD)


@pytest.mark.long
class TestAgainstTheWhole:
    """No reduction: every set of facts, every state, every event and every pair of events is tried."""

    def test_there_is_nothing_else(self, whole, steps):
        assert len(whole.SETS) == 2**18 == 262_144
        assert len(whole.CLOSED) == 25_344
        assert len(whole.CONSISTENT) == 19_008
        assert len(whole.STATES) == state_count() == 598_752
        # A correct step leads from a state to a state, so no history of any length leaves them.
        assert (whole.STATES[whole.places_of(steps)] == steps).all()
        assert whole.reachable(whole.places_of(steps), 0).sum() == 513_216

    def test_the_library_says_of_every_set_of_facts_what_is_read_anew(self, whole):
        ours = whole.answers(STANDARD)
        theirs = whole.answers_of_the_library(STANDARD, Interpreter())

        assert [name for name in ours._fields if (getattr(ours, name) != getattr(theirs, name)).any()] == []

    def test_the_library_makes_of_every_state_what_is_read_anew(self, whole, steps):
        """598,752 states by 26 kinds of events, by the effects that replay applies."""
        assert (whole.effects_of_the_library(STANDARD) == steps).all()

    def test_replay_applies_the_effects_to_every_state(self, whole, steps):
        """The same one by one; `test_golden` does it on every run over the 19,008 consistent sets."""
        assert (whole.steps_of_the_library(STANDARD, Interpreter()) == steps).all()

    def test_no_law_fails_of_the_standard_policy(self, whole, steps):
        """`verify(STANDARD)`: no finding; the naive enumeration agrees, law by law."""
        tried, found = whole.failing(STANDARD, stepped=steps)

        assert set(tried) == {law.code for law in LAWS}
        assert found == set()
        stands_for = {each.code: each.stands_for for each in verify(STANDARD).properties}
        alike = {
            "total",
            "local",
            "stage_kept",
            "qualification_sign",
            "score_sum",
            "score_sign",
            "score_range",
        }
        alike |= {"step_local", "state_closed", "state_consistent", "milestones", "idempotent"}
        alike |= {"undeclared_order", "idle_order", "skips_closed", "untaken_move", "cells"}
        assert {code: tried[code] for code in alike} == {code: stands_for[code] for code in alike}
        # Denials are no part of a situation in the proof, but are here: it tries more moves.
        assert tried["no_regress"] == 513_216 * 26 > stands_for["no_regress"]

    def test_the_order_decides_for_the_declared_pairs_and_no_others(self, whole, steps):
        """All 325 pairs from all 598,752 states; those that a history reaches give the same 36."""
        declared = {(each.first, each.second) for each in verify(STANDARD, laws=()).order_sensitive}
        reached = whole.reachable(whole.places_of(steps), 0)

        assert len(declared) == 36
        assert whole.order_sensitive(steps) == declared
        assert whole.order_sensitive(steps, reached) == declared

    @pytest.mark.parametrize("name", BROKEN)
    def test_of_a_broken_policy_the_same_laws_fail(self, whole, name):
        _, policy = BROKEN[name]

        assert whole.failing(policy)[1] == failing(policy, LAWS)

    @pytest.mark.parametrize("name", ["starter-kit", "unless-never", "broken"])
    def test_of_an_example_the_same_laws_fail(self, whole, root, name):
        policy = read_policy(root / "examples" / "policies" / f"{name}.toml")

        assert whole.failing(policy)[1] == failing(policy, LAWS)

    @pytest.mark.parametrize("code", MISREAD)
    def test_a_broken_interpreter_is_caught(self, whole, code):
        interpreter = MISREAD[code]
        said = whole.answers_of_the_library(STANDARD, interpreter)
        stepped = whole.steps_of_the_library(STANDARD, interpreter)

        assert code in whole.failing(STANDARD, said, stepped, interpreter.transition)[1]

    def test_of_random_policies_over_all_facts_the_same_laws_fail(self, whole):
        agreed = []

        @seed(4)
        @settings(max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(policies())
        def agree(policy):
            assert whole.failing(policy)[1] == failing(policy, LAWS)
            agreed.append(policy)

        agree()
        assert len(set(agreed)) >= 10
