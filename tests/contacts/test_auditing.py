"""What in a record does not fit the rest of it, each with a stable code."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadqual.classification.classification import classify
from leadqual.contacts.auditing import AuditCode, Discrepancy, audit
from leadqual.contacts.contact import Contact
from leadqual.errors import WrongType, WrongValue
from leadqual.history.history import Event, History
from leadqual.serialization.converter import from_json, to_json
from leadqual.strategies import contacts
from leadqual.taxonomy.facts import Evidence, Fact
from leadqual.taxonomy.severity import Severity
from leadqual.taxonomy.stages import Stage

DAYS = [datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3)]
DAY_1, DAY_2, DAY_3 = DAYS
NOW = DAY_3


def found(*events, corrections=(), now=NOW, **fields):
    return audit(Contact(history=History.of(*events, corrections=corrections), **fields), now=now)


def codes(*events, **fields):
    return [discrepancy.code for discrepancy in found(*events, **fields)]


class TestClaims:
    def test_an_unproved_claim_names_the_facts_that_are_missing_for_it(self):
        (discrepancy,) = found(claimed_stage=Stage.PROSPECT, evidence=Evidence.of(Fact.RESPONDED))
        assert discrepancy == Discrepancy(AuditCode.CLAIM_UNPROVED, (Fact.ASKED_FOR_MORE,), Stage.PROSPECT)

    def test_a_fact_known_not_to_hold_is_missing_too(self):
        (discrepancy,) = found(claimed_stage=Stage.REP, evidence=Evidence.of(denied=[Fact.SIGNED_UP]))
        assert discrepancy.facts == (Fact.SIGNED_UP,)

    def test_a_claim_that_the_evidence_bears_out_is_right(self):
        assert codes(Event(Fact.PURCHASED, DAY_1), claimed_stage=Stage.CUSTOMER) == []
        both = Evidence.of(Fact.PURCHASED, Fact.SIGNED_UP)
        assert codes(claimed_stage=Stage.CUSTOMER, evidence=both) == []
        assert codes(claimed_stage=Stage.NAME) == []

    def test_a_claim_can_be_outgrown(self):
        assert codes(claimed_stage=Stage.LEAD, evidence=Evidence.of(Fact.SIGNED_UP)) == [
            AuditCode.CLAIM_OUTGROWN
        ]

    def test_an_event_of_tomorrow_proves_no_claim_of_today(self):
        assert codes(Event(Fact.PURCHASED, DAY_2), claimed_stage=Stage.CUSTOMER, now=DAY_1) == [
            AuditCode.EVENT_IN_FUTURE,
            AuditCode.CLAIM_UNPROVED,
        ]


class TestFacts:
    def test_a_fact_both_established_and_denied_is_a_contradiction(self):
        (discrepancy,) = found(evidence=Evidence.of(Fact.RESPONDED, denied=[Fact.CONTACTED]))
        assert discrepancy == Discrepancy(AuditCode.CONTRADICTION, (Fact.CONTACTED, Fact.RESPONDED))

    def test_an_undated_opt_out_with_a_later_opt_in_is_a_contradiction(self):
        opt_in = Event(Fact.OPTED_OUT, DAY_1, reverses=True)
        assert codes(opt_in, evidence=Evidence.of(Fact.OPTED_OUT)) == [AuditCode.CONTRADICTION]

    def test_an_undated_denial_that_an_event_outweighs_is_told(self):
        (discrepancy,) = found(Event(Fact.RESPONDED, DAY_1), evidence=Evidence.of(denied=[Fact.RESPONDED]))
        assert discrepancy == Discrepancy(AuditCode.DENIAL_OUTWEIGHED, (Fact.RESPONDED,))

    def test_undated_facts_whose_order_would_decide_are_told(self):
        (discrepancy,) = found(evidence=Evidence.of(Fact.SAW_BUSINESS, Fact.INTERESTED_IN_OFFER))
        assert discrepancy == Discrepancy(
            AuditCode.ORDER_UNKNOWN, (Fact.SAW_BUSINESS, Fact.INTERESTED_IN_OFFER)
        )
        assert codes(Event(Fact.SAW_BUSINESS, DAY_2), Event(Fact.INTERESTED_IN_OFFER, DAY_1)) == []


class TestDates:
    def test_an_event_later_than_now_is_in_the_future_and_one_at_now_is_not(self):
        coming = Event(Fact.RESPONDED, DAY_3)
        (discrepancy,) = found(coming, now=DAY_2)
        assert discrepancy == Discrepancy(AuditCode.EVENT_IN_FUTURE, (Fact.RESPONDED,), events=(coming,))
        assert codes(coming, now=DAY_3) == []

    def test_a_corrected_event_is_held_against_nobody(self):
        assert codes(Event(Fact.RESPONDED, DAY_3, id="a"), corrections=["a"], now=DAY_2) == []

    def test_a_field_recorded_in_the_future_would_win_every_merge(self):
        (discrepancy,) = found(name="Ana", recorded={"name": DAY_3}, now=DAY_2)
        assert (discrepancy.code, discrepancy.names) == (AuditCode.RECORDED_IN_FUTURE, ("name",))

    @pytest.mark.parametrize("outcome", [Fact.PURCHASED, Fact.SIGNED_UP, Fact.BECAME_LEADER])
    def test_a_purchase_or_a_sign_up_before_the_first_contact_is_told(self, outcome):
        early = Event(outcome, DAY_1)
        (discrepancy,) = found(early, Event(Fact.RESPONDED, DAY_2))
        assert discrepancy == Discrepancy(AuditCode.OUTCOME_BEFORE_CONTACT, (outcome,), events=(early,))
        assert codes(Event(outcome, DAY_2), Event(Fact.RESPONDED, DAY_2)) == []
        assert codes(early) == []

    def test_a_leader_before_the_sign_up_is_told(self):
        leader, signed_up = Event(Fact.BECAME_LEADER, DAY_1), Event(Fact.SIGNED_UP, DAY_2)
        (discrepancy,) = found(leader, signed_up)
        assert discrepancy.code is AuditCode.LEADER_BEFORE_SIGN_UP
        assert discrepancy.events == (leader, signed_up)
        assert codes(Event(Fact.SIGNED_UP, DAY_1), Event(Fact.BECAME_LEADER, DAY_1)) == []

    def test_who_opted_out_and_was_contacted_all_the_same_is_told(self):
        opted_out, contacted = Event(Fact.OPTED_OUT, DAY_1), Event(Fact.CONTACTED, DAY_3)
        (discrepancy,) = found(opted_out, contacted)
        assert discrepancy == Discrepancy(
            AuditCode.CONTACTED_AFTER_OPT_OUT, (Fact.CONTACTED,), events=(contacted,)
        )
        assert codes(opted_out, Event(Fact.OPTED_OUT, DAY_2, reverses=True), contacted) == []
        assert codes(opted_out, Event(Fact.SOUGHT_YOU_OUT, DAY_3)) == []


class TestCorrections:
    def test_a_correction_that_names_no_event_is_told(self):
        (discrepancy,) = found(Event(Fact.RESPONDED, DAY_1, id="a"), corrections=["a", "c", "b"])
        assert discrepancy == Discrepancy(AuditCode.CORRECTION_OF_NOTHING, names=("b", "c"))


class TestCodes:
    def test_every_code_says_what_is_wrong_and_what_to_do(self):
        for code in AuditCode:
            assert code.meaning
            assert code.remedy
            assert str(code) == code.value

    def test_the_codes_stand_in_the_order_of_their_severity(self):
        gravities = [list(Severity).index(code.severity) for code in AuditCode]
        assert gravities == sorted(gravities)

    def test_the_gravest_comes_first(self):
        told = found(Event(Fact.RESPONDED, DAY_3), claimed_stage=Stage.LEADER, corrections=["a"], now=DAY_2)
        assert [discrepancy.severity for discrepancy in told] == [
            Severity.ERROR,
            Severity.WARNING,
            Severity.WARNING,
        ]

    def test_a_discrepancy_is_told_in_words_and_shows_nothing_personal(self):
        (discrepancy,) = found(claimed_stage=Stage.LEAD)
        assert str(discrepancy) == (
            "warning: the evidence does not prove the claimed stage (lead, responded); "
            "ask for missing facts or lower it"
        )
        (discrepancy,) = found(corrections=["ana@example.com"])
        assert "ana" not in str(discrepancy) + repr(discrepancy)
        assert str(discrepancy).startswith("warning: a correction names no event on record; ")

    def test_a_discrepancy_can_be_written_as_json_and_read_back(self):
        for discrepancy in found(Event(Fact.RESPONDED, DAY_3), claimed_stage=Stage.REP, now=DAY_2):
            assert from_json(to_json(discrepancy), Discrepancy) == discrepancy


class TestArguments:
    def test_only_a_contact_can_be_audited(self):
        with pytest.raises(WrongType, match=r"contact must be a Contact, not History; use Contact\(history="):
            audit(History(), now=NOW)

    def test_now_is_an_argument_with_a_time_zone(self):
        with pytest.raises(WrongValue, match="now: has no time zone"):
            audit(Contact(), now=datetime(2026, 1, 1))  # noqa: DTZ001 (the point of the test)

    def test_an_empty_record_has_nothing_wrong(self):
        assert audit(Contact(), now=NOW) == ()

    @given(contacts(), st.sampled_from(DAYS))
    def test_a_claim_is_unproved_exactly_when_the_stage_is_not_reached(self, contact, now):
        claimed = contact.claimed_stage
        told = {discrepancy.code for discrepancy in audit(contact, now=now)}
        verdict = classify(contact, as_of=now)
        unproved = claimed is not None and claimed not in verdict.reached
        assert (AuditCode.CLAIM_UNPROVED in told) is unproved
        assert (AuditCode.CONTRADICTION in told) is bool(verdict.evidence.contradictions)
