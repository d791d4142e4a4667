"""Two records of one person become one: nothing is lost, whichever side it stands on."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import combinations, product

import pytest
from hypothesis import given

from leadqual.classification.classification import classify
from leadqual.contacts.contact import Contact
from leadqual.errors import WrongType, WrongValue
from leadqual.history.history import Event, EventIdReused, History
from leadqual.policy.rules import EventKind
from leadqual.serialization.converter import from_json, to_json
from leadqual.strategies import contacts
from leadqual.taxonomy.facts import Evidence, Fact
from leadqual.taxonomy.stages import Source, Stage, Standing

DAYS = [datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3)]
DAY_1, DAY_2, DAY_3 = DAYS

# A correction may lower a stage; it has its own tests.
UNCORRECTED = contacts(corrected=False)


class TestLaws:
    @given(contacts(), contacts(), contacts())
    def test_merging_is_commutative_associative_and_idempotent(self, a, b, c):
        assert a | b == b | a
        assert (a | b) | c == a | (b | c)
        assert a | a == a
        assert (a | b) | b == a | b

    @given(UNCORRECTED, UNCORRECTED)
    def test_merging_never_lowers_a_stage_and_loses_no_evidence(self, a, b):
        merged = a | b
        assert classify(merged).reached >= classify(a).reached | classify(b).reached
        for side in (a, b):
            assert merged.evidence | side.evidence == merged.evidence
            assert set(side.history.events) <= set(merged.history.events)

    @given(UNCORRECTED, UNCORRECTED)
    def test_no_merge_loses_an_opt_out(self, a, b):
        """Do not contact is never lost by a merge; ties and undated records favour it."""
        if classify(a).standing is Standing.DO_NOT_CONTACT and not ends(a, b):
            assert classify(a | b).standing is Standing.DO_NOT_CONTACT

    def test_no_merge_of_small_records_loses_an_opt_out(self):
        opt_out, opt_in = EventKind(Fact.OPTED_OUT), EventKind(Fact.OPTED_OUT, reverses=True)
        events = [
            Event(kind.fact, at, reverses=kind.reverses)
            for kind, at in product((opt_out, opt_in, EventKind(Fact.RESPONDED)), DAYS)
        ]
        small = [
            Contact(evidence=evidence, history=History.of(*some))
            for evidence in (Evidence(), Evidence.of(Fact.OPTED_OUT), Evidence.of(denied=[Fact.OPTED_OUT]))
            for size in range(3)
            for some in combinations(events, size)
        ]
        barred = [contact for contact in small if classify(contact).standing is Standing.DO_NOT_CONTACT]
        tried = lost = 0
        for a, b in product(barred, small):
            if not ends(a, b):
                tried += 1
                lost += classify(a | b).standing is not Standing.DO_NOT_CONTACT
        assert tried > 10_000
        assert lost == 0


def ends(a, b):
    """Return whether *b* holds an opt-in later than every opt-out of *a*, none of them undated."""
    if Fact.OPTED_OUT in a.evidence:
        return False
    last = max(each.at for each in a.history.events if each.fact is Fact.OPTED_OUT and not each.reverses)
    return any(each.at > last for each in b.history.events if each.fact is Fact.OPTED_OUT and each.reverses)


class TestFields:
    def test_the_value_recorded_latest_wins_for_each_field(self):
        """The prototype's counter-example to one instant per contact."""
        a = Contact(name="Ana", recorded={"name": DAY_1})
        b = Contact(email="ana@example.com", recorded={"email": DAY_3})
        c = Contact(name="Anna", recorded={"name": DAY_2})
        for merged in ((a | b) | c, a | (b | c), (c | b) | a):
            assert (merged.name, merged.email) == ("Anna", "ana@example.com")
            assert merged.recorded == (("email", DAY_3), ("name", DAY_2))

    def test_of_two_values_of_one_instant_the_greater_wins_on_either_side(self):
        a, b = (Contact(name=name, recorded={"name": DAY_1}) for name in ("Ana", "Ben"))
        assert (a | b).name == (b | a).name == "Ben"

    def test_a_value_without_an_instant_yields_to_any_that_has_one(self):
        undated, dated = Contact(phone="+2"), Contact(phone="+1", recorded={"phone": DAY_1})
        assert (undated | dated).phone == (dated | undated).phone == "+1"

    def test_what_is_filled_wins_over_what_is_empty_unless_it_was_emptied_later(self):
        filled = Contact(phone="+1", recorded={"phone": DAY_1})
        assert (filled | Contact()).phone == "+1"
        assert (filled | Contact(recorded={"phone": DAY_1})).phone == "+1"
        assert (filled | Contact(recorded={"phone": DAY_2})).phone is None

    def test_extra_columns_are_merged_like_fields_each_by_its_own_instant(self):
        a = Contact(extra={"shoe": 41, "city": "Ulm"}, recorded={"extra.shoe": DAY_2, "extra.city": DAY_1})
        b = Contact(extra={"city": "Bonn", "shoe": 42}, recorded={"extra.shoe": DAY_1, "extra.city": DAY_2})
        assert (a | b).extra == (b | a).extra == (("city", "Bonn"), ("shoe", 41))

    def test_a_record_is_dated_as_a_whole(self):
        dated = Contact(name="Ana", source=Source.SEARCH, extra={"city": "Ulm", "shoe": None}).recorded_at(
            DAY_1
        )
        assert dated.recorded == (("extra.city", DAY_1), ("name", DAY_1), ("source", DAY_1))

    def test_instants_are_kept_in_utc_and_in_json(self):
        east = DAY_1.astimezone(timezone(timedelta(hours=5)))
        contact = Contact(name="Ana", recorded={"name": east})
        assert contact == Contact(name="Ana", recorded={"name": DAY_1})
        assert from_json(to_json(contact), Contact) == contact

    def test_an_instant_of_nothing_is_refused_and_the_message_names_no_column(self):
        with pytest.raises(WrongValue, match="neither a field nor a column; leave it out") as caught:
            Contact(recorded={"shoe": DAY_1})
        assert "shoe" not in str(caught.value)

    def test_a_column_called_like_a_field_has_an_instant_of_its_own(self):
        early = Contact(campaign="spring", extra={"campaign": "A"}).recorded_at(DAY_1)
        late = Contact(campaign="autumn", recorded={"campaign": DAY_2})
        merged = early | late
        assert merged == late | early
        assert (merged.campaign, merged.extra) == ("autumn", (("campaign", "A"),))
        assert merged.recorded == (("campaign", DAY_2), ("extra.campaign", DAY_1))

    def test_no_name_of_a_column_is_taken_for_another_in_what_is_recorded(self):
        contact = Contact(name="Ana", extra={"name": "B", "extra.name": "C"}).recorded_at(DAY_1)
        assert dict(contact.recorded).keys() == {"name", "extra.name", "extra.extra.name"}
        later = Contact(extra={"extra.name": "D"}, recorded={"extra.extra.name": DAY_2})
        assert (contact | later).extra == (("extra.name", "D"), ("name", "B"))

    def test_an_instant_without_a_zone_is_refused(self):
        with pytest.raises(WrongValue, match="recorded: has no time zone"):
            Contact(name="Ana", recorded={"name": datetime(2026, 1, 1)})  # noqa: DTZ001 (the point of the test)
        with pytest.raises(WrongType, match="recorded must be an aware datetime, not str"):
            Contact(name="Ana").recorded_at("2026-01-01")


class TestTogether:
    def test_one_file_saw_the_video_the_other_the_later_interest_together_they_are_a_prospect(self):
        saw = Contact(history=History.of(Event(Fact.SAW_BUSINESS, DAY_1)))
        interest = Contact(history=History.of(Event(Fact.INTERESTED_IN_OFFER, DAY_2)))
        assert [classify(each).stage for each in (saw, interest, saw | interest)] == [
            Stage.NAME,
            Stage.LEAD,
            Stage.PROSPECT,
        ]

    def test_dates_settle_the_question_which_came_first_only_where_both_are_known(self):
        evidence = Evidence.of(Fact.SAW_BUSINESS)
        interest = History.of(Event(Fact.INTERESTED_IN_OFFER, DAY_1))
        assert classify(Contact(evidence=evidence, history=interest)).order_questions != ()
        both = interest | History.of(Event(Fact.SAW_BUSINESS, DAY_2))
        assert classify(Contact(evidence=evidence, history=both)).order_questions == ()

    def test_a_contact_can_be_looked_at_as_of_an_instant(self):
        contact = Contact(history=History.of(Event(Fact.RESPONDED, DAY_2)))
        assert classify(contact, as_of=DAY_1).stage is Stage.NAME
        assert classify(contact, as_of=DAY_2).stage is Stage.LEAD

    def test_a_corrected_event_does_not_come_back_by_merging_an_old_copy(self):
        wrong = Event(Fact.PURCHASED, DAY_1, id="shop:1")
        old = Contact(name="Ana", history=History.of(wrong))
        corrected = Contact(name="Ana", history=History.of(wrong, corrections=["shop:1"]))
        assert classify(corrected | old).stage is Stage.NAME
        assert old | corrected == corrected

    def test_an_id_used_for_two_events_is_an_error_of_the_merge(self):
        one = Contact(history=History.of(Event(Fact.RESPONDED, DAY_1, id="crm:1")))
        other = Contact(history=History.of(Event(Fact.RESPONDED, DAY_2, id="crm:1")))
        with pytest.raises(EventIdReused):
            one | other

    def test_a_contact_merges_with_contacts_only(self):
        with pytest.raises(TypeError):
            Contact() | History()

    def test_the_repr_counts_events_and_shows_nothing_personal(self):
        contact = Contact(name="Ana", history=History.of(Event(Fact.RESPONDED, DAY_1)))
        assert repr(contact) == "Contact(name=…, events=1, evidence=Evidence.of())"
