"""The properties of the whole, one class each; the class says what holds, for values of any kind."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import ClassVar

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from leadqual import (
    STANDARD,
    Contact,
    Event,
    Evidence,
    Fact,
    History,
    Qualification,
    Standing,
    classify,
    from_json,
    to_json,
)
from leadqual.policy.rules import EVENT_KINDS, EventKind
from leadqual.strategies import contacts, events, evidence, facts, histories, policies
from leadqual.taxonomy.facts import ALL_BITS, Nature, close
from leadqual.taxonomy.stages import POSITIONS, headline
from leadqual.verification import Interpreter
from leadqual.verification.study import Study

MILESTONES = frozenset(fact for fact in Fact if fact.nature is Nature.MILESTONE)
BITS = st.integers(0, ALL_BITS)
DAY, HOUR = datetime(2027, 1, 1, tzinfo=UTC), timedelta(hours=1)
UNCORRECTED = histories(corrected=False)


def reached(subject):
    return classify(subject).reached


class TestClosure:
    """F ⊆ cl(F) = cl(cl(F)); F ⊆ G implies cl(F) ⊆ cl(G)."""

    @given(BITS, BITS)
    def test_it_is_a_closure(self, one, other):
        assert one & close(one) == one
        assert close(close(one)) == close(one)
        assert close(one) & close(one | other) == close(one)


class TestMoreEvidence:
    """More evidence never loses a stage."""

    @given(evidence(), evidence())
    def test_joined_evidence_reaches_what_either_reaches(self, one, other):
        assert reached(one) | reached(other) <= reached(one | other)

    @given(evidence(), facts(nature=Nature.SIGNAL))
    def test_signals_never_move_a_stage(self, known, signal):
        assert reached(known | Evidence.of(signal)) == reached(known)


class TestClassAndScore:
    """Class and score move only in the direction of a fact's sign; every qualified contact outranks every generic one."""

    @given(evidence(), facts())
    def test_a_fact_moves_both_in_the_direction_of_its_sign(self, known, fact):
        before, after = classify(known), classify(known | Evidence.of(fact))
        if fact.nature is Nature.AGAINST:
            before, after = after, before
        assert before.score <= after.score
        assert before.qualification is after.qualification or after.qualification is Qualification.QUALIFIED

    @given(contacts(qualification=Qualification.QUALIFIED), contacts(qualification=Qualification.GENERIC))
    def test_qualified_outranks_generic(self, one, other):
        assert classify(one).score > classify(other).score

    @given(contacts())
    def test_lines_add_up_within_0_and_100(self, contact):
        answer = classify(contact)
        assert sum(line.points for line in answer.score_lines) == answer.score
        assert 0 <= answer.score <= 100


class TestUnknown:
    """Unknown is never read as no, and a denial never moves an answer."""

    @given(evidence(consistent=True))
    def test_denials_change_no_conclusion(self, known):
        without = classify(Evidence.of(*known.established))
        answer = classify(known)
        assert (answer.reached, answer.qualification, answer.standing, answer.score) == (
            without.reached,
            without.qualification,
            without.standing,
            without.score,
        )


class TestDelivery:
    """A history is a set: order of delivery and redelivery change nothing."""

    @given(histories(), st.randoms(use_true_random=False))
    def test_any_order_gives_the_same(self, history, random):
        shuffled = [*history.events, *history.events[:3]]
        random.shuffle(shuffled)

        assert History(shuffled, history.corrections) == history


class TestReplay:
    """The milestones of a replay are the closure of its events' milestones, plus what then-rules add."""

    @given(UNCORRECTED)
    def test_milestones_are_those_of_the_events(self, history):
        happened = {event.fact for event in history.events if not event.reverses}
        closed = Evidence.of(*happened).established & MILESTONES
        found = history.evidence().established & MILESTONES

        assert closed <= found <= closed | Evidence.of(Fact.ASKED_FOR_MORE).established
        if found != closed:
            assert {Fact.SAW_BUSINESS, Fact.INTERESTED_IN_OFFER} <= closed

    @given(histories())
    def test_no_history_contradicts_itself(self, history):
        assert not history.evidence().contradictions

    @given(UNCORRECTED, st.data())
    def test_as_time_goes_on_no_stage_is_lost(self, history, data):
        if history.events:
            one, other = sorted(data.draw(st.sampled_from(history.events)).at for _ in range(2))
            assert classify(history, as_of=one).reached <= classify(history, as_of=other).reached

    @given(histories())
    def test_every_history_is_a_walk_through_the_automaton(self, history):
        study, known = Study(STANDARD, Interpreter()), 0
        for event in history.in_order():
            known = study.step(known, event.number)
        assert history.evidence().established == Evidence.from_bits(known & ALL_BITS).established


class TestMerging:
    """Merging is commutative, associative and idempotent; stages are never merged, histories are."""

    @given(histories(), histories(), histories())
    def test_it_is_a_semilattice(self, one, other, third):
        assert one | other == other | one
        assert (one | other) | third == one | (other | third)
        assert one | one == one
        assert one | History() == one

    @given(UNCORRECTED, UNCORRECTED)
    def test_no_stage_is_lost(self, one, other):
        assert reached(one) | reached(other) <= reached(one | other)

    @given(contacts(standing=Standing.DO_NOT_CONTACT), UNCORRECTED)
    def test_an_opt_out_is_lost_only_to_a_later_reversal(self, contact, history):
        after_it = [event for event in history.events if event.fact is Fact.OPTED_OUT and event.reverses]
        if not after_it:
            assert classify(contact | Contact(history=history)).standing is Standing.DO_NOT_CONTACT


class TestRoundTrips:
    """What is written is read back equal."""

    @pytest.mark.parametrize(
        ("strategy", "kind"),
        [(evidence(), Evidence), (events(), Event), (histories(), History), (contacts(), Contact)],
    )
    def test_json(self, strategy, kind):
        @given(strategy)
        def holds(value):
            assert from_json(to_json(value), kind) == value

        holds()

    @settings(max_examples=20)
    @given(policies())
    def test_json_of_a_policy(self, policy):
        assert from_json(to_json(policy), type(policy)) == policy


EARNING = {stage: EventKind(fact) for stage, (rule,) in STANDARD.stages for fact in rule.all}


# The positions a life may begin in, each with the events that earn one stage more: every move by one event.
STARTS = [(before, kind) for before in POSITIONS for stage, kind in EARNING.items() if stage not in before]


class Life(RuleBasedStateMachine):
    """One person on record: events happen, are delivered again, merged with another file, corrected."""

    positions: ClassVar = set()
    moves: ClassVar = set()

    def __init__(self, before, first):
        super().__init__()
        self.before, self.first, self.clock = before, first, 0

    @initialize(data=st.data())
    def begin(self, data):
        same = histories(stage=headline(self.before)).filter(lambda history: reached(history) == self.before)
        begun = data.draw(same).events
        self.history = History(
            [Event(event.fact, event.at, id=f"c:{number}") for number, event in enumerate(begun)]
        )
        self.met = self.before
        self._look()
        self._happen(self.first)

    def _look(self, *, may_lose=False, by_one_event=False):
        now = reached(self.history)
        assert may_lose or self.met <= now
        Life.positions.add(now)
        if by_one_event and now != self.met:
            Life.moves.add((self.met, now))
        self.met = now

    @rule(kind=st.sampled_from(EVENT_KINDS))
    def something_happens(self, kind):
        self._happen(kind)

    @rule(kind=st.sampled_from(list(EARNING.values())))
    def a_stage_is_earned(self, kind):
        self._happen(kind)

    def _happen(self, kind):
        self.clock += 1
        event = Event(kind.fact, DAY + HOUR * self.clock, id=f"a:{self.clock}", reverses=kind.reverses)
        before = self.history.evidence()
        self.history |= History.of(event)
        if self.history.in_order()[-1] == event:
            after = self.history.evidence()
            assert (kind.fact in after) is not kind.reverses
            assert before.established & MILESTONES <= after.established
        self._look(by_one_event=True)

    @rule(number=st.integers(0, 50))
    def something_is_delivered_again(self, number):
        if self.history.events:
            again = self.history.events[number % len(self.history.events)]
            assert self.history | History.of(again) == self.history

    @rule(other=UNCORRECTED)
    def another_file_is_merged(self, other):
        self.clock += 1
        named = [
            Event(e.fact, e.at, id=f"b{self.clock}:{n}", reverses=e.reverses)
            for n, e in enumerate(other.events[:2])
        ]
        self.history |= History(named)
        self._look()

    @rule(number=st.integers(0, 50))
    def an_event_is_corrected(self, number):
        if self.history.events:
            wrong = self.history.events[number % len(self.history.events)]
            self.history |= History(corrections=[wrong.id])
            assert wrong not in self.history.in_order()
            self._look(may_lose=True)

    @invariant()
    def what_is_known_is_closed_and_consistent(self):
        known = self.history.evidence()
        assert not known.contradictions
        assert all(fact.implies <= known.established for fact in known.established)


class TestLife:
    """Over histories, merges and corrections no stage is lost but by a correction."""

    def test_all_positions_and_all_moves_by_one_event_are_met(self):
        Life.positions.clear()
        Life.moves.clear()
        for start in STARTS:
            run_state_machine_as_test(
                partial(Life, *start),
                settings=settings(
                    # By the profile; fifteen on a change.
                    max_examples=settings().max_examples // 4,
                    stateful_step_count=15,
                    phases=[Phase.generate],
                ),
            )

        assert set(POSITIONS) == Life.positions
        assert len(Life.moves) == len(STARTS) == 18


class TestProfiles:
    """Quick on a change, deep on request; the deep one is not derandomised."""

    def test_the_deep_profile_draws_anew_each_time(self):
        deep, quick = settings.get_profile("deep"), settings.get_profile("quick")

        assert deep.derandomize is False
        assert deep.database is None
        assert deep.max_examples >= 100 * quick.max_examples
