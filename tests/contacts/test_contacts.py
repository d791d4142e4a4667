"""One person as recorded."""

import datetime as dt
import pickle
from importlib import import_module
from importlib.util import find_spec

import pytest

from leadqual import Contact, Evidence, Fact, Qualification, Source, Stage, Standing, classify
from leadqual.contacts.record import READERS, RecordUnreadable
from leadqual.errors import WrongType, WrongValue

NOTHING = [None, float("nan")]
if find_spec("pandas"):
    pandas = import_module("pandas")
    NOTHING += [pandas.NaT, pandas.NA]


class TestRegion:
    @pytest.mark.parametrize("region", ["UK", "us", "Germany", ""])
    def test_a_region_that_is_no_country_is_refused_whatever_the_record_says(self, region):
        with pytest.raises(WrongValue, match="region: no country has the code .*; give its two capital"):
            Contact.from_record({"name": "Ana"}, region=region)


class TestFromRecord:
    """Strict cells: no is no, blank is unknown, anything else is an error that names the field."""

    def test_the_example(self):
        contact = Contact.from_record({"email": "ana@example.com", "responded": "yes"})

        assert (contact.email, contact.evidence) == ("ana@example.com", Evidence.of(Fact.RESPONDED))
        assert classify(contact).stage is Stage.LEAD

    @pytest.mark.parametrize("key", [None, 1])
    def test_a_key_that_is_no_name_is_refused(self, key):
        with pytest.raises(
            RecordUnreadable, match=f"column {key}: is not a name; csv.DictReader stores the surplus"
        ):
            Contact.from_record({"name": "Ana", key: ["more"]})

    def test_every_field_and_fact_has_its_column(self):
        record = {
            "ID": "crm:7",
            "Name": " Ana ",
            "E_mail": "kept as extra",
            "email": "ana@example.com",
            "Phone": "030 901820",
            "source": "Purchased List",
            "Campaign": "spring",
            "Claimed Stage": "Prospect",
            "Asked for more": "yes",
            "purchased": "no",
            "wants-in": "",
            "likes_industry": None,
            "never_joining": True,
            "Shoe size": 38,
        }

        contact = Contact.from_record(record, region="DE")

        assert contact == Contact(
            id="crm:7",
            name="Ana",
            email="ana@example.com",
            phone="+4930901820",
            source=Source.PURCHASED_LIST,
            campaign="spring",
            claimed_stage=Stage.PROSPECT,
            evidence=Evidence.of(Fact.ASKED_FOR_MORE, Fact.NEVER_JOINING, denied=[Fact.PURCHASED]),
            extra={"E_mail": "kept as extra", "email": "ana@example.com", "Shoe size": 38},
        )

    @pytest.mark.parametrize("fact", Fact, ids=str)
    def test_no_is_no_and_blank_is_unknown(self, fact):
        assert Contact.from_record({str(fact): "no"}).evidence == Evidence.of(denied=[fact])
        assert Contact.from_record({str(fact): " "}).evidence == Evidence()

    @pytest.mark.parametrize("field", READERS)
    def test_a_blank_field_is_not_there(self, field):
        assert Contact.from_record({field: "  "}) == Contact.from_record({field: None}) == Contact()

    def test_maybe_is_an_error_that_names_the_field_and_never_the_value(self):
        with pytest.raises(RecordUnreadable) as caught:
            Contact.from_record({"Saw Business": "perhaps"})

        assert str(caught.value) == (
            "saw_business: not yes or no: the word is neither; write yes, no or a date, or leave the cell empty"
        )

    def test_all_faults_of_a_record_are_told_in_one_pass(self):
        record = {
            "email": "secret-address",
            "responded": "secret-word",
            "source": "secret-source",
            "id": 7,
            "purchased": 7,
            "e": {"secret": 1},
            "Campaign": "a",
            "campaign": "b",
            "wants_in": ["secret"],
        }

        with pytest.raises(RecordUnreadable) as caught:
            Contact.from_record(record, strict=True)

        error = caught.value
        assert {fault.where for fault in error.faults} == {
            "email",
            "responded",
            "source",
            "id",
            "purchased",
            "column 'e'",
            "campaign",
            "wants_in",
        }
        assert "secret" not in str(error) + repr(error) + repr(error.args)
        assert error.__cause__ is None
        assert error.__context__ is None
        assert "write one of advertisement, social_media" in str(error)
        assert "is there twice; keep one of the columns" in str(error)

    @pytest.mark.parametrize(
        "record",
        [
            {"unsubscribed": True},
            {"DND": "yes"},
            {"status": "unsubscribed"},
            {"tags": "new, Unsubscribed"},
            {"opted_out": "perhaps"},
            {"Keine Werbung": "ja", "newsletter": False},
            {"date unsubscribed": "2024-05-03"},
        ],
    )
    def test_an_opt_out_by_any_name_is_read(self, record):
        assert classify(Contact.from_record(record)).standing is Standing.DO_NOT_CONTACT

    @pytest.mark.parametrize(
        "record", [{"unsubscribed": False}, {"newsletter": True}, {"newsletter": None}, {"notes": "call her"}]
    )
    def test_what_is_no_opt_out_is_none(self, record):
        assert classify(Contact.from_record(record)).standing is Standing.ACTIVE

    def test_a_no_to_a_consent_is_refused_with_its_two_ways_out(self):
        with pytest.raises(RecordUnreadable) as caught:
            Contact.from_record({"newsletter": False})

        assert str(caught.value) == (
            "column 'newsletter': may say that the person does not want to be contacted; give "
            "consent_in=['newsletter'] if a no there means so, or no_consent_in=['newsletter'] if nothing there "
            "is about consent"
        )
        out = Contact.from_record({"newsletter": False}, consent_in=["newsletter"])
        assert Fact.OPTED_OUT in out.evidence
        assert Contact.from_record({"newsletter": False}, no_consent_in=["Newsletter"]).evidence == Evidence()

    def test_a_column_of_consent_that_is_not_there_is_refused(self):
        with pytest.raises(
            RecordUnreadable, match="consent_in: names 'news', which is not among the columns"
        ):
            Contact.from_record({"newsletter": False}, consent_in=["news"])
        with pytest.raises(
            RecordUnreadable, match="no_consent_in: names 'news', which is not among the columns"
        ):
            Contact.from_record({"newsletter": True}, no_consent_in=["news"])
        with pytest.raises(WrongType, match="no_consent_in must be an iterable of names of columns"):
            Contact.from_record({"newsletter": False}, no_consent_in="newsletter")

    def test_a_date_means_since_then(self):
        contact = Contact.from_record(
            {"responded": "2024-05-03", "purchased": dt.date(2024, 5, 4), "saw_business": 1}
        )

        assert contact.evidence == Evidence.of(Fact.RESPONDED, Fact.PURCHASED, Fact.SAW_BUSINESS)

    def test_what_a_file_would_keep_as_text_is_kept_as_text(self):
        record = {"phone": "123", "source": "billboard", "stage": "boss"}
        contact = Contact.from_record(record, region="DE")

        assert dict(contact.extra) == record
        assert (contact.phone, contact.source, contact.claimed_stage) == (None, None, None)
        with pytest.raises(RecordUnreadable) as caught:
            Contact.from_record(record, region="DE", strict=True)
        assert {fault.where for fault in caught.value.faults} == {"phone", "source", "claimed_stage"}

    def test_a_stage_is_a_claim(self):
        assert Contact.from_record({"stage": "customer"}).claimed_stage is Stage.CUSTOMER

    def test_a_misspelt_column_is_refused_where_that_is_asked(self):
        with pytest.raises(RecordUnreadable, match="column 'respnded': is not known; did you mean responded"):
            Contact.from_record({"respnded": "yes", "city": "Graz"}, strict=True)
        assert Contact.from_record({"respnded": "yes"}).extra == (("respnded", "yes"),)

    @pytest.mark.parametrize(
        ("record", "read"),
        [
            ({"E-Mail": "ana@example.com", "Nachname": "Lopez", "Vorname": "Ana"}, {"name": "Ana Lopez"}),
            ({"Correo electrónico": "ana@example.com", "Nombre": "Ana"}, {"name": "Ana"}),
            ({"email": "", "Work Email": "ana@example.com"}, {}),
            (
                {"email": "ana@example.com", "mobile": float("nan"), "Telefon": "+49 30 901820"},
                {"phone": "+4930901820"},
            ),
            ({"email": "ana@example.com", "Name": "Lopez", "Prénom": "Ana"}, {"name": "Ana Lopez"}),
            (
                {"email": "ana@example.com", "Name": "Ana L", "Prénom": "Ana", "Nom de famille": "L"},
                {"name": "Ana L"},
            ),
        ],
    )
    def test_the_headings_of_ten_languages_name_the_fields(self, record, read):
        contact = Contact.from_record(record)

        assert contact.email == "ana@example.com"
        assert {field: getattr(contact, field) for field in read} == read

    def test_the_exact_words_for_facts_in_ten_languages(self):
        record = {
            "email": "a@example.com",
            "Hat geantwortet": "ja",
            "Gekauft": "nein",
            "Vásárolt": "",
            "Kunde seit": "2024",
        }
        contact = Contact.from_record(record)

        assert contact.evidence == Evidence.of(Fact.RESPONDED, denied=[Fact.PURCHASED])
        assert contact.extra == (("Kunde seit", "2024"),)
        assert Contact.from_record(
            {"Gekauft": "nein", "bought": "", "purchased": "yes"}
        ).evidence.contradictions
        with pytest.raises(RecordUnreadable, match="gekauft: not yes or no"):
            Contact.from_record({"Gekauft": "vielleicht"})

    def test_of_several_columns_for_one_field_each_is_kept(self):
        record = {"Phone": "123", "Mobile": "+49 30 901820", "user id": "7"}
        contact = Contact.from_record(record)

        assert (contact.phone, contact.id) == (None, None)
        assert dict(contact.extra) == record

    def test_a_list_is_no_record(self):
        with pytest.raises(WrongType, match="record must be a mapping of column names to cells, not list"):
            Contact.from_record(["ana@example.com"])


class TestContact:
    @pytest.mark.parametrize("field", ["id", "name", "email", "phone", "campaign", "source", "claimed_stage"])
    def test_every_field_is_held_to_its_type_when_the_contact_is_made(self, field):
        with pytest.raises(WrongType, match=f"{field} must be a .* or None, not int"):
            Contact(**{field: 7})

    @pytest.mark.parametrize("evidence", [{"responded": True}, {Fact.RESPONDED}, None])
    def test_evidence_is_evidence(self, evidence):
        with pytest.raises(WrongType, match="evidence must be Evidence, not "):
            Contact(evidence=evidence)

    def test_a_history_is_a_history(self):
        with pytest.raises(WrongType, match="history must be a History, not list"):
            Contact(history=[])

    def test_a_text_of_another_library_is_a_text(self):
        class Text(str):
            __slots__ = ()

        assert Contact(name=Text("Ana"), extra={Text("a"): Text("b")}) == Contact(
            name="Ana", extra={"a": "b"}
        )

    @pytest.mark.parametrize(
        ("extra", "message"),
        [
            ("ab", "extra must be an iterable of pairs of a name and a value, not str"),
            (["ab"], "each of extra must be a pair of a name and a value, not str"),
            ([("a", 1, 2)], "each of extra must be a pair of a name and a value, not tuple"),
            ({7: "a"}, "each name in extra must be a text, not int"),
            ({"a": [1]}, "each value of extra must be a text, a number, True, False or None, not list"),
        ],
    )
    def test_extra_columns_are_texts_with_plain_values(self, extra, message):
        with pytest.raises(WrongType) as caught:
            Contact(extra=extra)
        assert str(caught.value) == message

    def test_an_infinite_number_is_no_value_of_a_column(self):
        with pytest.raises(WrongValue, match="extra: holds an infinite number; leave it out"):
            Contact(extra={"a": float("inf")})
        with pytest.raises(RecordUnreadable, match="column 'a': holds an infinite number; leave it out"):
            Contact.from_record({"a": float("-inf")})

    @pytest.mark.parametrize("cell", NOTHING)
    def test_what_is_not_a_number_or_no_time_is_no_value(self, cell):
        record = {"name": cell, "opted_out": cell, "shoe": cell}
        assert Contact.from_record(record) == Contact(extra={"shoe": None}) == Contact(extra={"shoe": cell})

    def test_repr_shows_which_fields_are_filled_but_no_personal_data(self):
        contact = Contact(
            name="Ana", email="ana@example.com", source=Source.SEARCH, evidence=Evidence.of(Fact.CONTACTED)
        )

        assert (
            repr(contact) == "Contact(name=…, email=…, source=search, evidence=Evidence.of(Fact.CONTACTED))"
        )

    def test_it_is_a_value(self):
        contact = Contact(name="Ana", extra=[("a", 1)])

        assert pickle.loads(pickle.dumps(contact)) == contact
        assert len({contact, Contact(name="Ana", extra={"a": 1})}) == 1

    def test_where_a_contact_comes_from_is_never_a_rule(self):
        """DESIGN 2, row 10."""
        answers = {classify(Contact(source=source)) for source in Source}

        assert {(answer.stage, answer.qualification) for answer in answers} == {
            (Stage.NAME, Qualification.GENERIC)
        }

    def test_a_claimed_stage_is_a_claim(self):
        assert classify(Contact(claimed_stage=Stage.CUSTOMER)).stage is Stage.NAME

    def test_an_opt_out_is_a_standing(self):
        assert classify(Contact(evidence=Evidence.of(Fact.OPTED_OUT))).standing is Standing.DO_NOT_CONTACT
