"""What happened and when: events, replay, corrections, and merging by union."""

import pickle
from collections import deque
from datetime import UTC, date, datetime, timedelta, timezone
from importlib import import_module
from importlib.util import find_spec
from itertools import combinations, permutations, product

import pytest
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis import strategies as st

from leadqual.classification.classification import classify
from leadqual.contacts.contact import Contact
from leadqual.errors import WrongType, WrongValue
from leadqual.history.history import Event, EventIdReused, History, known_from
from leadqual.policy.rules import EVENT_KINDS, EventKind, Replay, SequenceRule
from leadqual.policy.standard import STANDARD
from leadqual.strategies import events, evidence, histories
from leadqual.taxonomy.facts import ALL_BITS, BIT, BRINGS, WIDTH, Evidence, Fact, Nature, close, excluded_by
from leadqual.taxonomy.stages import Qualification, Stage, Standing

DAYS = [datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3)]
DAY_1, DAY_2, DAY_3 = DAYS
UNDATED = "give its instant; what has no date is evidence: Contact(evidence=Evidence.of(...))"
NOT_A_TIME = (import_module("pandas").NaT,) if find_spec("pandas") else ()

EFFECTS = STANDARD.replay.effects

instants = st.sampled_from(DAYS)
# A correction may lower a stage; it has its own tests.
UNCORRECTED = histories(corrected=False)


def event(fact, at, **others):
    return Event(fact, at, **others)


def stage_of(*events):
    return classify(History.of(*events)).stage


class TestEvent:
    def test_an_instant_is_kept_in_utc(self):
        east = timezone(timedelta(hours=5))
        moved = Event(Fact.RESPONDED, datetime(2026, 1, 1, 3, tzinfo=east))
        assert moved.at == datetime(2025, 12, 31, 22, tzinfo=UTC)
        assert moved.at.tzinfo is UTC

    def test_the_same_instant_in_two_zones_is_the_same_event(self):
        east = DAY_1.astimezone(timezone(timedelta(hours=5)))
        assert History.of(event(Fact.RESPONDED, DAY_1), event(Fact.RESPONDED, east)) == History.of(
            event(Fact.RESPONDED, DAY_1)
        )

    def test_an_event_without_a_time_zone_is_told_what_to_do(self):
        with pytest.raises(WrongValue) as caught:
            Event(Fact.RESPONDED, datetime(2026, 1, 1))  # noqa: DTZ001 (the point of the test)
        advice = "give an aware datetime: value.replace(tzinfo=...)"
        assert caught.value == WrongValue("at", "has no time zone", advice)

    def test_a_day_is_no_instant(self):
        with pytest.raises(WrongType) as caught:
            Event(Fact.RESPONDED, date(2026, 1, 1))
        assert caught.value == WrongType("at", "an aware datetime", "date", UNDATED)

    @pytest.mark.parametrize("at", [None, "2026-01-01", 0, *NOT_A_TIME])
    def test_an_opt_out_without_a_date_is_refused_with_the_way_that_keeps_it(self, at):
        """Do not contact is never lost: ties and undated records favour it."""
        with pytest.raises(WrongType) as caught:
            Event(Fact.OPTED_OUT, at)
        assert caught.value == WrongType("at", "an aware datetime", type(at).__name__, UNDATED)
        later = History.of(event(Fact.OPTED_OUT, DAY_3, reverses=True))
        kept = Contact(evidence=Evidence.of(Fact.OPTED_OUT), history=later)
        assert classify(kept).standing is Standing.DO_NOT_CONTACT

    def test_an_instant_that_utc_cannot_hold_is_refused(self):
        with pytest.raises(WrongValue) as caught:
            Event(Fact.RESPONDED, datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5))))
        assert caught.value == WrongValue("at", "lies outside the years 1 to 9999 in UTC", "correct the year")

    @pytest.mark.parametrize("fact", Fact)
    def test_a_milestone_cannot_be_reversed_and_every_other_fact_can(self, fact):
        """Milestones are in the perfect tense: once reached, always reached."""
        if fact.nature is Nature.MILESTONE:
            with pytest.raises(WrongValue) as caught:
                Event(fact, DAY_1, reverses=True)
            assert caught.value == WrongValue(
                "reverses",
                f"{fact} is a milestone, and what a person has done stays done",
                "record that they declined or lapsed; if it never happened, give the id of the wrong event "
                "as a correction",
            )
        else:
            assert Event(fact, DAY_1, reverses=True).kind == EventKind(fact, reverses=True)

    @pytest.mark.parametrize("kind", EVENT_KINDS, ids=str)
    def test_an_event_knows_its_kind(self, kind):
        assert Event(kind.fact, DAY_1, reverses=kind.reverses).kind is kind

    @pytest.mark.parametrize(
        ("arguments", "error"),
        [
            (("responded", DAY_1), WrongType("fact", "a Fact", "str", "did you mean Fact.RESPONDED?")),
            ((Fact.DECLINED, DAY_1, 7), WrongType("id", "a text or None", "int")),
            ((Fact.DECLINED, DAY_1, None, b"spring"), WrongType("campaign", "a text or None", "bytes")),
            ((Fact.DECLINED, DAY_1, ""), WrongValue("id", "is empty", "leave it out where there is none")),
            (
                (Fact.DECLINED, DAY_1, None, ""),
                WrongValue("campaign", "is empty", "leave it out where there is none"),
            ),
            ((Fact.DECLINED, DAY_1, None, None, "no"), WrongType("reverses", "True or False", "str")),
        ],
    )
    def test_what_cannot_be_meant_is_refused(self, arguments, error):
        with pytest.raises(type(error)) as caught:
            Event(*arguments)
        assert caught.value == error

    def test_events_and_histories_are_values(self):
        one = Event(Fact.WANTS_IN, DAY_1, "crm:1", "spring", reverses=True)
        history = History.of(one, corrections=["crm:0"])
        assert pickle.loads(pickle.dumps(history)) == history
        assert {history: 1}[History.of(one, corrections=("crm:0",))] == 1
        with pytest.raises(FrozenInstanceError):
            one.at = DAY_2


class TestReplay:
    def test_replay_reaches_exactly_the_19_008_closed_sets_without_contradiction(self):
        reached, todo = {0}, deque([0])
        while todo:
            state = todo.popleft()
            for effect in EFFECTS:
                after = effect.on(state) & ALL_BITS
                if after not in reached:
                    reached.add(after)
                    todo.append(after)
        consistent = {
            bits for bits in range(ALL_BITS + 1) if close(bits) == bits and not bits & excluded_by(bits)
        }
        assert reached == consistent
        assert len(reached) == 19_008

    @given(st.lists(st.integers(0, len(EVENT_KINDS) - 1), max_size=8))
    def test_a_fold_takes_one_effect_after_the_other(self, numbers):
        known = 0
        for number in numbers:
            known = EFFECTS[number].on(known)
        assert STANDARD.replay.apply(bytes(numbers)) == known

    def test_an_event_establishes_its_fact_and_all_that_it_implies_and_they_are_not_denied(self):
        for kind, effect in zip(EVENT_KINDS, EFFECTS, strict=True):
            if not kind.reverses:
                brought = BRINGS[kind.fact]
                after = effect.on(ALL_BITS << WIDTH)
                assert after & ALL_BITS == brought, kind
                assert not after >> WIDTH & brought, kind

    def test_a_reversed_fact_is_denied_and_what_implies_it_goes_with_it(self):
        likes = History.of(
            event(Fact.LIKES_INDUSTRY, DAY_1), event(Fact.KNOWS_INDUSTRY, DAY_2, reverses=True)
        )
        assert likes.evidence() == Evidence.of(denied=[Fact.KNOWS_INDUSTRY, Fact.LIKES_INDUSTRY])

    def test_a_reversed_fact_can_be_established_again(self):
        history = History.of(
            event(Fact.KNOWS_INDUSTRY, DAY_1),
            event(Fact.KNOWS_INDUSTRY, DAY_2, reverses=True),
            event(Fact.LIKES_INDUSTRY, DAY_3),
        )
        assert history.evidence() == Evidence.of(Fact.LIKES_INDUSTRY)

    @pytest.mark.parametrize(
        ("first", "later", "holds"),
        [
            (Fact.NEVER_JOINING, Fact.WANTS_IN, Fact.WANTS_IN),
            (Fact.WANTS_IN, Fact.NEVER_JOINING, Fact.NEVER_JOINING),
        ],
    )
    def test_the_later_of_says_never_and_wants_in_holds(self, first, later, holds):
        """Any lead, no matter how generic they may be, may be turned into a qualified lead."""
        history = History.of(event(first, DAY_1), event(later, DAY_2))
        assert history.evidence() == Evidence.of(holds)

    @pytest.mark.parametrize(
        "fact", [Fact.RESPONDED, Fact.SOUGHT_YOU_OUT, Fact.PURCHASED, Fact.BECAME_LEADER]
    )
    def test_a_response_a_purchase_and_a_sign_up_end_a_refusal_which_becomes_unknown(self, fact):
        history = History.of(event(Fact.DECLINED, DAY_1), event(fact, DAY_2))
        assert history.evidence().value(Fact.DECLINED) is None
        assert classify(history).standing is Standing.ACTIVE

    def test_what_is_cleared_becomes_unknown_even_where_it_was_denied(self):
        history = History.of(event(Fact.DECLINED, DAY_1, reverses=True), event(Fact.RESPONDED, DAY_2))
        assert History.of(*history.events[:1]).evidence().value(Fact.DECLINED) is False
        assert history.evidence().value(Fact.DECLINED) is None

    def test_any_later_purchase_ends_a_lapse_not_only_the_first(self):
        bought = event(Fact.PURCHASED, DAY_1)
        lapsed = event(Fact.LAPSED, DAY_2)
        assert classify(History.of(bought, lapsed)).standing is Standing.LAPSED
        assert classify(History.of(bought, lapsed, event(Fact.PURCHASED, DAY_3))).standing is Standing.ACTIVE

    def test_what_is_cleared_takes_along_what_implies_it(self):
        replay = Replay(
            rank=EVENT_KINDS,
            clears=((Fact.ATTENDED_SEMINAR, (Fact.KNOWS_INDUSTRY,)),),
            then=STANDARD.replay.then,
        )
        policy = STANDARD.replace(name="forgetful", version="1", replay=replay)
        history = History.of(event(Fact.LIKES_INDUSTRY, DAY_1), event(Fact.ATTENDED_SEMINAR, DAY_2))
        assert history.evidence(policy) == Evidence.of(Fact.ATTENDED_SEMINAR)

    @pytest.mark.parametrize(
        ("saw", "interested", "stage"),
        [
            (DAY_1, DAY_2, Stage.PROSPECT),
            (DAY_2, DAY_1, Stage.LEAD),
            (DAY_1, DAY_1, Stage.PROSPECT),
        ],
    )
    def test_an_interest_makes_a_prospect_only_after_a_seeing(self, saw, interested, stage):
        """A Prospect is a person who has seen something ... and requesting more details."""
        assert stage_of(event(Fact.SAW_BUSINESS, saw), event(Fact.INTERESTED_IN_OFFER, interested)) is stage

    def test_answering_a_promotion_after_having_seen_something_is_still_a_lead(self):
        """That makes them a Lead not a Prospect."""
        assert stage_of(event(Fact.SAW_BUSINESS, DAY_1), event(Fact.RESPONDED, DAY_2)) is Stage.LEAD

    def test_an_event_that_brings_both_sides_of_a_then_rule_fulfils_it(self):
        then = (
            *STANDARD.replay.then,
            SequenceRule(Fact.CONTACTED, Fact.RESPONDED, Fact.ATTENDED_SEMINAR),
        )
        replay = Replay(STANDARD.replay.rank, STANDARD.replay.clears, then)
        policy = STANDARD.replace(name="seminar", version="1", replay=replay)
        assert Fact.ATTENDED_SEMINAR in History.of(event(Fact.RESPONDED, DAY_1)).evidence(policy)

    def test_at_one_instant_the_policy_ranks_the_kinds_and_the_ids_do_not(self):
        for names in permutations("abc"):
            history = History.of(
                event(Fact.OPTED_OUT, DAY_1, id=names[0]),
                event(Fact.OPTED_OUT, DAY_1, id=names[1], reverses=True),
                event(Fact.SAW_BUSINESS, DAY_1, id=names[2]),
            )
            assert [str(each.kind) for each in history.in_order()] == [
                "-opted_out",
                "saw_business",
                "opted_out",
            ]

    def test_an_opt_out_ends_only_by_a_strictly_later_reversal(self):
        """Ties and undated records favour it."""
        opted_out = event(Fact.OPTED_OUT, DAY_2)
        for number, effect in enumerate(EFFECTS):
            still = effect.on(BIT[Fact.OPTED_OUT]) & BIT[Fact.OPTED_OUT]
            assert bool(still) is (EVENT_KINDS[number] != EventKind(Fact.OPTED_OUT, reverses=True))
        for day, standing in zip(
            DAYS, [Standing.DO_NOT_CONTACT, Standing.DO_NOT_CONTACT, Standing.ACTIVE], strict=True
        ):
            history = History.of(opted_out, event(Fact.OPTED_OUT, day, reverses=True))
            assert classify(history).standing is standing

    def test_replay_never_loses_a_milestone(self):
        milestones = sum(BIT[fact] for fact in Fact if fact.nature is Nature.MILESTONE)
        for effect in EFFECTS:
            assert effect.keeps & milestones == milestones

    def test_nothing_is_known_after_nothing(self):
        assert History().evidence() == Evidence()
        assert History.of() == History()

    @given(histories())
    def test_what_replay_says_is_closed_and_without_contradiction(self, history):
        evidence = history.evidence()
        assert Evidence.of(*evidence.established, denied=evidence.denied) == evidence
        assert not evidence.contradictions

    @given(histories(), instants, instants)
    def test_a_later_look_never_shows_an_earlier_stage(self, history, one, other):
        earlier, later = sorted((one, other))
        before, after = classify(history, as_of=earlier), classify(history, as_of=later)
        assert before.reached <= after.reached


class TestAsOf:
    HISTORY = History.of(event(Fact.SAW_BUSINESS, DAY_1), event(Fact.INTERESTED_IN_OFFER, DAY_2))

    def test_as_of_counts_what_happened_by_that_instant_and_at_it(self):
        assert classify(self.HISTORY, as_of=DAY_1 - timedelta(microseconds=1)).stage is Stage.NAME
        assert classify(self.HISTORY, as_of=DAY_1).stage is Stage.NAME
        assert classify(self.HISTORY, as_of=DAY_2 - timedelta(microseconds=1)).stage is Stage.NAME
        assert classify(self.HISTORY, as_of=DAY_2).stage is Stage.PROSPECT
        assert classify(self.HISTORY).stage is Stage.PROSPECT

    def test_as_of_needs_a_time_zone_and_an_instant(self):
        with pytest.raises(WrongValue, match=r"^as_of: has no time zone"):
            self.HISTORY.evidence(as_of=datetime(2026, 1, 1))  # noqa: DTZ001 (the point of the test)
        with pytest.raises(WrongType, match=r"^as_of must be an aware datetime, not date"):
            self.HISTORY.evidence(as_of=date(2026, 1, 1))


class TestCorrections:
    WRONG = event(Fact.PURCHASED, DAY_1, id="shop:1")

    def test_replay_leaves_a_corrected_event_out_and_the_record_keeps_it(self):
        history = History.of(self.WRONG, corrections=["shop:1"])
        assert history.evidence() == Evidence()
        assert history.events == (self.WRONG,)

    def test_a_corrected_event_does_not_come_back_by_merging_an_old_copy(self):
        corrected = History.of(self.WRONG, corrections=["shop:1"])
        old = History.of(self.WRONG)
        assert corrected | old == old | corrected == corrected
        assert classify(corrected | old).stage is Stage.NAME

    def test_a_correction_may_arrive_before_the_event(self):
        assert classify(History.of(corrections=["shop:1"]) | History.of(self.WRONG)).stage is Stage.NAME

    def test_only_the_named_event_is_left_out(self):
        other = event(Fact.RESPONDED, DAY_1)
        assert History.of(self.WRONG, other, corrections=["shop:1"]).in_order() == (other,)

    @pytest.mark.parametrize(
        ("corrections", "error"),
        [
            (
                "shop:1",
                WrongType("corrections", "an iterable of values, each the id of an event", "str"),
            ),
            ([7], WrongType("each of corrections", "the id of an event", "int")),
        ],
    )
    def test_corrections_are_ids(self, corrections, error):
        with pytest.raises(WrongType) as caught:
            History.of(corrections=corrections)
        assert caught.value == error


class TestMerging:
    @given(histories(), histories(), histories())
    def test_merging_is_commutative_associative_and_idempotent(self, a, b, c):
        assert a | b == b | a
        assert (a | b) | c == a | (b | c)
        assert a | a == a
        assert a | History() == a

    @given(UNCORRECTED, UNCORRECTED)
    def test_merging_never_lowers_a_stage(self, a, b):
        merged = classify(a | b).reached
        assert classify(a).reached | classify(b).reached <= merged

    def test_merging_never_lowers_a_stage_nor_loses_an_opt_out_in_any_small_history(self):
        """Stages are never merged, histories are."""
        chosen = [
            EventKind(Fact.SAW_BUSINESS),
            EventKind(Fact.INTERESTED_IN_OFFER),
            EventKind(Fact.RESPONDED),
            EventKind(Fact.OPTED_OUT),
            EventKind(Fact.OPTED_OUT, reverses=True),
            EventKind(Fact.PURCHASED),
        ]
        events = [
            Event(kind.fact, day, reverses=kind.reverses) for kind, day in product(chosen, (DAY_1, DAY_2))
        ]
        small = [History.of(*some) for size in range(3) for some in combinations(events, size)]
        reversal = EventKind(Fact.OPTED_OUT, reverses=True)
        tried = lost = 0
        for a, b in product(small, repeat=2):
            merged = classify(a | b)
            assert merged.reached >= classify(a).reached | classify(b).reached
            if classify(a).standing is Standing.DO_NOT_CONTACT:
                opted_out = max(each.at for each in a.events if each.fact is Fact.OPTED_OUT)
                ended = any(each.kind == reversal and each.at > opted_out for each in b.events)
                tried += not ended
                lost += not ended and merged.standing is not Standing.DO_NOT_CONTACT
        assert (tried, lost) == (1618, 0)

    def test_one_file_saw_the_video_the_other_the_later_interest_together_they_are_a_prospect(self):
        saw = History.of(event(Fact.SAW_BUSINESS, DAY_1))
        interest = History.of(event(Fact.INTERESTED_IN_OFFER, DAY_2))
        assert [classify(each).stage for each in (saw, interest, saw | interest)] == [
            Stage.NAME,
            Stage.LEAD,
            Stage.PROSPECT,
        ]

    @given(UNCORRECTED, st.data())
    def test_a_redelivered_event_changes_nothing_wherever_it_is_put_in(self, history, data):
        if history.events:
            again = data.draw(st.sampled_from(history.events))
            place = data.draw(st.integers(0, len(history.events)))
            assert History.of(*history.events[:place], again, *history.events[place:]) == history

    @given(st.lists(events(), max_size=6), st.randoms(use_true_random=False))
    def test_the_order_in_which_events_are_given_says_nothing(self, happened, random):
        shuffled = random.sample(happened, len(happened))
        assert History.of(*happened) == History.of(*shuffled)
        assert History.of(*happened).events == History.of(*shuffled).events

    def test_events_of_one_kind_and_instant_stand_by_id_and_campaign_those_without_first(self):
        """The order in which events are given says nothing, and no run gives another one."""
        names = [(None, None), (None, "Autumn"), (None, "Spring"), ("A:1", None), ("B:1", None)]
        events = tuple(Event(Fact.RESPONDED, DAY_1, *each) for each in names)
        for shuffled in permutations(events):
            assert History.of(*shuffled).events == events

    def test_a_history_is_tied_where_two_kinds_share_an_instant(self):
        seen = event(Fact.SAW_BUSINESS, DAY_1)
        assert History.of(seen, event(Fact.RESPONDED, DAY_1)).tied
        assert not History.of(seen, event(Fact.RESPONDED, DAY_2)).tied
        assert not History.of(seen, event(Fact.SAW_BUSINESS, DAY_1, id="crm:1")).tied

    def test_an_id_used_twice_with_other_content_is_told_what_to_do(self):
        one = History.of(event(Fact.RESPONDED, DAY_1, id="crm:1"))
        other = History.of(event(Fact.RESPONDED, DAY_2, id="crm:1"))
        with pytest.raises(EventIdReused) as caught:
            one | other
        assert (caught.value.id, *caught.value.args) == ("crm:1", "crm:1")
        assert str(caught.value) == (
            "an event id is used for two different events; give each an id of its own, such as 'system:id'; "
            "if one of them was wrong, record the right one under a new id and name the old id as a correction"
        )
        assert pickle.loads(pickle.dumps(caught.value)) == caught.value

    def test_two_events_without_an_id_are_one_if_they_are_equal(self):
        assert len(History.of(event(Fact.RESPONDED, DAY_1), event(Fact.RESPONDED, DAY_1)).events) == 1
        assert len(History.of(event(Fact.RESPONDED, DAY_1), event(Fact.RESPONDED, DAY_1, id="a")).events) == 2

    def test_a_history_merges_with_nothing_else(self):
        with pytest.raises(TypeError):
            History() | Evidence()

    def test_a_history_holds_events_only(self):
        with pytest.raises(WrongType) as caught:
            History.of(Fact.RESPONDED)
        advice = "History.of takes them one by one"
        assert caught.value == WrongType("each event", "an Event", "Fact", advice)

    @pytest.mark.parametrize("events", [event(Fact.RESPONDED, DAY_1), None, {}, "events"])
    def test_one_event_is_no_history(self, events):
        with pytest.raises(
            WrongType, match="events must be an iterable of Event, not .*; History.of takes them"
        ):
            History(events)

    def test_a_history_is_read_under_a_policy(self):
        for read in (History().evidence, History().in_order):
            with pytest.raises(WrongType, match="policy must be a Policy, not str"):
                read("standard")


class TestUndatedEvidence:
    def known(self, evidence, *events):
        return known_from(evidence, History.of(*events), STANDARD, None)

    def test_undated_evidence_takes_part_in_no_order(self):
        evidence, dated = self.known(Evidence.of(Fact.SAW_BUSINESS), event(Fact.INTERESTED_IN_OFFER, DAY_1))
        assert evidence == Evidence.of(Fact.SAW_BUSINESS, Fact.INTERESTED_IN_OFFER)
        assert dated == BRINGS[Fact.INTERESTED_IN_OFFER]

    def test_an_event_outweighs_an_undated_denial(self):
        evidence, _ = self.known(Evidence.of(denied=[Fact.CONTACTED]), event(Fact.RESPONDED, DAY_1))
        assert not evidence.contradictions
        assert Fact.RESPONDED in evidence
        assert evidence.value(Fact.ASKED_FOR_MORE) is False

    def test_an_undated_opt_out_is_ended_by_no_event(self):
        evidence, _ = self.known(Evidence.of(Fact.OPTED_OUT), event(Fact.OPTED_OUT, DAY_3, reverses=True))
        assert Fact.OPTED_OUT in evidence
        assert evidence.contradictions == {Fact.OPTED_OUT}
        assert classify(evidence).standing is Standing.DO_NOT_CONTACT

    def test_a_history_alone_settles_every_order_that_it_dates(self):
        history = History.of(event(Fact.SAW_BUSINESS, DAY_2), event(Fact.INTERESTED_IN_OFFER, DAY_1))
        assert classify(history).order_questions == ()
        assert classify(history.evidence()).order_questions != ()
        assert classify(history).qualification is Qualification.QUALIFIED

    @given(evidence(), histories())
    def test_the_facts_are_the_closure_of_evidence_and_replay(self, undated, history):
        evidence, _ = known_from(undated, history, STANDARD, None)
        replayed = history.evidence()
        assert evidence.established == undated.established | replayed.established
        assert evidence.denied >= replayed.denied
        assert evidence.contradictions >= undated.contradictions - replayed.established
