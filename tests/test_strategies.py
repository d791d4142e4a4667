"""Strategies for everyone: the widest domain without arguments, narrowed by meaning with them."""

import importlib.metadata
import subprocess
import sys
import tomllib
from collections import Counter
from datetime import UTC

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument, NoSuchExample, Unsatisfiable

from leadqual import (
    STANDARD,
    Contact,
    Event,
    Evidence,
    Fact,
    History,
    LeadqualError,
    Policy,
    Qualification,
    Stage,
    Standing,
    classify,
    strategies,
)
from leadqual.errors import ExtraMissing
from leadqual.policy.policy_file import from_toml, to_toml
from leadqual.taxonomy.facts import BIT, Nature, bits_of, close
from leadqual.taxonomy.stages import POSITIONS

FEW = settings(max_examples=25, deadline=None)


def seen(strategy, key, examples=150):
    """Return how often each value of *key* was met."""
    met = Counter()

    @settings(max_examples=examples, deadline=None, database=None)
    @given(strategy)
    def draw(value):
        met[key(value)] += 1

    draw()
    return met


class TestWidest:
    """Without arguments a strategy covers all that its type allows."""

    def test_evidence_may_contradict_itself(self):
        assert set(seen(strategies.evidence(), lambda evidence: bool(evidence.contradictions))) == {
            True,
            False,
        }

    def test_facts_are_all_facts(self):
        assert set(seen(strategies.facts(), lambda fact: fact)) == set(Fact)

    def test_events_share_instants_and_reverse(self):
        kinds = seen(strategies.events(), lambda event: (event.reverses, event.id is None))
        assert len(kinds) == 4
        pairs = st.lists(strategies.events(), min_size=2, max_size=2)
        assert seen(pairs, lambda pair: pair[0].at == pair[1].at)[True] > 0

    def test_histories_have_corrections_and_ties(self):
        met = seen(strategies.histories(), lambda history: (history.tied, bool(history.corrections)))
        assert len(met) == 4

    def test_contacts_reach_every_position(self):
        for position in POSITIONS:
            contact = find(
                strategies.contacts(),
                lambda contact, position=position: classify(contact).reached == position,
                settings=settings(max_examples=5_000, deadline=None, phases=[Phase.generate]),
            )
            assert classify(contact).reached == position

    @FEW
    @given(strategies.contacts(), strategies.contacts())
    def test_what_is_drawn_can_be_merged(self, one, other):
        """One id never stands for two different events."""
        assert {*one.history.events, *other.history.events} == {*(one | other).history.events}

    def test_values_that_python_takes_for_equal_are_met_in_one_column(self):
        cells = strategies.contacts().flatmap(lambda one: st.sampled_from(one.extra or [("", None)]))
        assert {"bool", "int", "float", "str", "NoneType"} <= set(
            seen(cells, lambda it: type(it[1]).__name__, 400)
        )

    @FEW
    @given(strategies.policies())
    def test_policies_survive_their_file(self, policy):
        assert from_toml(to_toml(policy)) == policy

    def test_records_are_readable_or_not(self):
        def readable(record):
            try:
                Contact.from_record(record)
            except LeadqualError:
                return False
            return True

        assert set(seen(strategies.records(), readable)) == {True, False}
        assert set(seen(strategies.records(readable=True), readable)) == {True}

    @given(strategies.records(fact=Fact.OPTED_OUT, readable=True))
    def test_records_say_yes_to_the_fact_that_is_asked_for(self, record):
        assert Fact.OPTED_OUT in Contact.from_record(record).evidence


class TestNarrowed:
    """Each narrows by meaning: ``contacts(stage=Stage.LEAD)``."""

    @FEW
    @given(strategies.facts(nature=Nature.MILESTONE))
    def test_facts_of_one_nature(self, fact):
        assert fact.nature is Nature.MILESTONE

    @FEW
    @given(strategies.evidence(consistent=True))
    def test_consistent_evidence(self, evidence):
        assert not evidence.contradictions

    @FEW
    @given(st.data(), st.sampled_from(Stage), st.sampled_from(Qualification), st.sampled_from(Standing))
    def test_what_is_asked_for_is_given(self, data, stage, qualification, standing):
        if (stage, qualification) == (Stage.PROSPECT, Qualification.GENERIC):
            qualification = Qualification.QUALIFIED
        narrow = {"stage": stage, "qualification": qualification, "standing": standing}
        for make in (strategies.evidence, strategies.histories, strategies.contacts):
            answer = classify(data.draw(make(**narrow)))
            assert (answer.stage, answer.qualification, answer.standing) == (stage, qualification, standing)

    def test_contacts_carry_what_is_known_with_dates_or_without(self):
        met = seen(strategies.contacts(stage=Stage.REP), lambda contact: bool(contact.history.events))
        assert set(met) == {True, False}

    def test_what_cannot_be_is_no_example(self):
        with pytest.raises((Unsatisfiable, NoSuchExample, InvalidArgument)):
            find(
                strategies.contacts(stage=Stage.PROSPECT, qualification=Qualification.GENERIC), lambda _: True
            )

    def test_facts_that_clear_one_another_are_told_by_no_history(self):
        both = close(bits_of((Fact.KNOWS_INDUSTRY, Fact.DECLINED)))
        clears = ((Fact.KNOWS_INDUSTRY, (Fact.DECLINED,)), (Fact.DECLINED, (Fact.KNOWS_INDUSTRY,)))
        policy = STANDARD.replace(
            name="circle", version="1", replay=type(STANDARD.replay)(STANDARD.replay.rank, clears, ())
        )
        with pytest.raises((Unsatisfiable, NoSuchExample, InvalidArgument)):
            find(strategies._histories_of(policy, both), lambda _: True)

    @FEW
    @given(strategies.histories(corrected=False), strategies.contacts(corrected=False))
    def test_histories_and_contacts_without_corrections(self, history, contact):
        assert (history.corrections, contact.history.corrections) == (frozenset(), frozenset())

    @FEW
    @given(strategies.events(fact=Fact.DECLINED, reverses=True))
    def test_events_of_one_kind(self, event):
        assert (event.fact, event.reverses, event.at.tzinfo) == (Fact.DECLINED, True, UTC)

    @FEW
    @given(strategies.policies(reads=(Fact.RESPONDED, Fact.WANTS_IN)))
    def test_policies_over_few_facts(self, policy):
        named = {fact for _, rules in policy.stages for rule in rules for fact in rule.all}
        named |= {fact for rule in policy.routes for fact in (*rule.all, *rule.unless)}
        named |= {fact for fact, points in policy.score.points if points}
        assert named <= {Fact.RESPONDED, Fact.WANTS_IN}
        assert policy.replay.then == ()

    def test_the_smallest_contact_of_a_stage_is_small(self):
        contact = find(strategies.contacts(stage=Stage.LEAD), lambda _: True)

        assert contact == Contact(evidence=Evidence.of(Fact.RESPONDED))
        assert BIT[Fact.RESPONDED] & contact.evidence.bits


class TestRegistered:
    """Registered so that ``st.from_type(Contact)`` works."""

    def test_hypothesis_finds_the_module_in_the_metadata(self, root):
        text = (root / "pyproject.toml").read_text("utf-8")
        (value,) = tomllib.loads(text)["project"]["entry-points"]["hypothesis"].values()

        assert importlib.metadata.EntryPoint("leadqual", value, "hypothesis").load() is strategies

    @pytest.mark.parametrize("first", ["leadqual.strategies", "hypothesis"])
    def test_whichever_is_imported_first(self, first):
        """Each loads the other: ours needs Hypothesis, and Hypothesis loads what is registered."""
        code = (
            f"import {first}, leadqual, hypothesis.strategies as st; "
            "print(st.from_type(leadqual.Contact).validate(), 'leadqual.strategies' in __import__('sys').modules)"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

        assert (done.stdout, done.stderr) == ("None True\n", "")

    @pytest.mark.parametrize("made", [Contact, Evidence, Event, History, Policy])
    def test_from_type(self, made):
        @FEW
        @given(st.from_type(made))
        def draw(value):
            assert isinstance(value, made)

        draw()

    def test_without_hypothesis_the_extra_is_named(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "hypothesis", None)
        monkeypatch.delitem(sys.modules, "leadqual.strategies")

        with pytest.raises(ExtraMissing, match="pip install 'leadqual\\[hypothesis\\]'"):
            importlib.import_module("leadqual.strategies")
