"""The stages a person reached, with the instants: witnessed, passed, or taken away by a correction."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadqual.classification.classification import classify
from leadqual.contacts.contact import Contact
from leadqual.errors import WrongType, WrongValue
from leadqual.history.history import Event, History
from leadqual.history.journeys import Correction, Journey, TimeInStage, journey
from leadqual.strategies import histories
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.stages import Stage
from leadqual.taxonomy.transitions import Move

DAYS = [datetime(2026, 1, day, tzinfo=UTC) for day in range(1, 10)]
DAY_1, DAY_2, DAY_3, DAY_4 = DAYS[:4]

WAY = History.of(
    Event(Fact.CONTACTED, DAY_1),
    Event(Fact.RESPONDED, DAY_2),
    Event(Fact.SIGNED_UP, DAY_4),
    Event(Fact.PURCHASED, DAYS[5]),
)


class TestChanges:
    def test_each_change_says_what_was_witnessed_and_what_passed(self):
        """Somebody who signs up at once has reached Prospect too; that stage is passed."""
        told = [(change.at, change.witnessed, change.passed) for change in journey(WAY).changes]
        assert told == [
            (DAY_2, (Stage.LEAD,), ()),
            (DAY_4, (Stage.REP,), (Stage.PROSPECT,)),
            (DAYS[5], (Stage.CUSTOMER,), ()),
        ]

    def test_each_change_carries_its_transition_and_its_events(self):
        changes = journey(WAY).changes
        assert [change.transition.move for change in changes] == [Move.STEP, Move.SKIP, Move.STEP]
        assert [(event.fact,) for change in changes for event in change.events] == [
            (Fact.RESPONDED,),
            (Fact.SIGNED_UP,),
            (Fact.PURCHASED,),
        ]

    def test_a_change_is_told_in_one_line(self):
        assert [str(change) for change in journey(WAY).changes] == [
            "2026-01-02: lead",
            "2026-01-04: rep (passed: prospect)",
            "2026-01-06: customer",
        ]

    def test_events_of_one_instant_make_one_change(self):
        at_once = History.of(
            Event(Fact.SAW_BUSINESS, DAY_1),
            Event(Fact.INTERESTED_IN_OFFER, DAY_1),
            Event(Fact.PURCHASED, DAY_1),
        )
        (change,) = journey(at_once).changes
        assert change.witnessed == (Stage.LEAD, Stage.PROSPECT, Stage.CUSTOMER)
        assert len(change.events) == 3

    def test_what_changes_no_stage_is_no_change(self):
        quiet = History.of(Event(Fact.CONTACTED, DAY_1), Event(Fact.OPTED_OUT, DAY_2))
        assert journey(quiet).changes == ()

    @given(histories())
    def test_the_changes_lead_to_where_the_person_stands_and_never_back(self, history):
        changes = journey(history).changes
        gained = [stage for change in changes for stage in change.transition.gained]
        assert len(gained) == len(set(gained))
        assert {Stage.NAME, *gained} == classify(history).reached
        for change in changes:
            assert classify(history, as_of=change.at).reached == {Stage.NAME} | {
                stage for other in changes if other.at <= change.at for stage in other.transition.gained
            }
            assert {*change.witnessed, *change.passed} == set(change.transition.gained)


class TestTime:
    def test_each_stay_says_how_long_the_headline_stage_lasted(self):
        stays = journey(WAY, as_of=DAYS[8]).stays
        assert [(stay.stage, stay.lasted) for stay in stays] == [
            (Stage.NAME, timedelta(days=1)),
            (Stage.LEAD, timedelta(days=2)),
            (Stage.REP, timedelta(days=5)),
        ]

    def test_the_last_stay_is_open_where_no_instant_is_asked_for(self):
        last = journey(WAY).stays[-1]
        assert last == TimeInStage(Stage.REP, DAY_4, None)
        assert last.lasted is None

    def test_nothing_later_than_the_instant_asked_for_is_told(self):
        told = journey(WAY, as_of=DAY_3)
        assert [change.at for change in told.changes] == [DAY_2]
        assert told.stays[-1] == TimeInStage(Stage.LEAD, DAY_2, DAY_3)

    def test_each_stage_reached_has_its_instant(self):
        told = journey(WAY)
        assert [told.reached_at(stage) for stage in Stage] == [DAY_1, DAY_2, DAY_4, DAYS[5], DAY_4, None]

    def test_who_has_no_history_has_no_journey(self):
        told = journey(History())
        assert told == Journey((), (), None)
        assert told.reached_at(Stage.NAME) is None
        assert told.reached_at(Stage.LEAD) is None

    @given(histories(), st.sampled_from(DAYS[:3]))
    def test_the_stays_join_without_a_gap(self, history, end):
        stays = journey(history, as_of=end).stays
        for stay, after in pairwise(stays):
            assert stay.until == after.since
        assert all(stay.until == end for stay in stays[-1:])

    def test_the_instant_asked_for_needs_a_time_zone(self):
        with pytest.raises(WrongValue, match="as_of: has no time zone"):
            journey(WAY, as_of=datetime(2026, 1, 1))  # noqa: DTZ001 (the point of the test)


class TestCorrections:
    WRONG = Event(Fact.BECAME_LEADER, DAY_3, id="crm:7")

    def test_a_correction_is_told_as_a_correction_and_not_as_a_transition(self):
        """A correction of wrong data may lower a stage and is reported as a correction."""
        told = journey(History.of(Event(Fact.SIGNED_UP, DAY_1), self.WRONG, corrections=["crm:7"]))
        assert [change.transition.after for change in told.changes] == [Stage.REP]
        assert told.correction == Correction((self.WRONG,), (Stage.LEADER,))

    def test_a_correction_that_changes_no_stage_loses_none(self):
        told = journey(
            History.of(Event(Fact.BECAME_LEADER, DAY_1, id="crm:1"), self.WRONG, corrections=["crm:7"])
        )
        assert told.correction == Correction((self.WRONG,), ())

    def test_a_correction_that_names_no_event_takes_nothing_away(self):
        assert journey(History.of(Event(Fact.SIGNED_UP, DAY_1), corrections=["crm:7"])).correction is None

    def test_several_lost_stages_come_in_their_order(self):
        bought = Event(Fact.PURCHASED, DAY_1, id="shop:1")
        told = journey(History.of(bought, corrections=["shop:1"]))
        assert told.correction == Correction((bought,), (Stage.LEAD, Stage.PROSPECT, Stage.CUSTOMER))


def test_only_a_history_has_a_journey():
    with pytest.raises(WrongType, match="history must be a History, not Contact; that of a contact is"):
        journey(Contact(name="Ana"))


def test_only_a_stage_is_reached():
    with pytest.raises(WrongType, match="stage must be a Stage, not str; use Stage.parse for a word"):
        journey(History()).reached_at("lead")
