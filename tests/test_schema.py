"""JSON Schema of what is written and read."""

import json

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator as Validator
from jsonschema import FormatChecker

from leadqual import (
    STANDARD,
    TRANSITIONS,
    Classification,
    Contact,
    Evaluation,
    Evidence,
    Fact,
    Funnel,
    History,
    Policy,
    Priority,
    Proof,
    Scorecard,
    Source,
    Stage,
    Transition,
    WrongType,
    classify,
    json_schema,
    record_schema,
    to_data,
    verify,
)
from leadqual.strategies import contacts, evidence, histories

WRITTEN = [
    Classification,
    Contact,
    Evaluation,
    Evidence,
    Funnel,
    History,
    Policy,
    Priority,
    Proof,
    Scorecard,
    Transition,
]


def fits(data, schema):
    return Validator(schema, format_checker=FormatChecker()).is_valid(json.loads(json.dumps(data)))


@pytest.mark.parametrize("of", WRITTEN)
def test_a_schema_is_valid_json_schema(of):
    Validator.check_schema(json_schema(of))
    Validator.check_schema(record_schema())


class TestWritten:
    """What `to_data` writes fits, and anything more or less does not."""

    @given(evidence())
    def test_every_classification(self, evidence):
        verdict = classify(evidence)

        assert fits(to_data(verdict), json_schema(Classification))
        assert fits(to_data(verdict, brief=True), json_schema(Classification, brief=True))

    @given(contacts())
    def test_every_contact(self, contact):
        assert fits(to_data(contact), json_schema(Contact))

    @given(histories())
    def test_every_history(self, history):
        assert fits(to_data(history), json_schema(History))

    def test_a_policy_and_its_proof(self):
        assert fits(to_data(STANDARD), json_schema(Policy))
        assert fits(to_data(verify(STANDARD)), json_schema(Proof))
        assert all(fits(to_data(each), json_schema(Transition)) for each in TRANSITIONS.values())

    @pytest.mark.parametrize("brief", [False, True])
    def test_a_key_more_or_less_does_not_fit(self, brief):
        data, schema = (
            to_data(classify({Fact.RESPONDED}), brief=brief),
            json_schema(Classification, brief=brief),
        )

        for key in data:
            assert not fits({name: value for name, value in data.items() if name != key}, schema), key
        assert not fits(data | {"more": 1}, schema)
        assert not fits(data | {"stage": "Lead"}, schema)
        assert not fits(data | {"score": "22"}, schema)


class TestBrief:
    def test_a_brief_classification_has_some_hundred_bytes(self):
        data = to_data(classify({Fact.RESPONDED, Fact.SAW_BUSINESS}), brief=True)

        assert data == {
            "policy": "standard",
            "policy_version": "1",
            "stage": "lead",
            "reached": ["name", "lead"],
            "qualification": "generic",
            "standing": "active",
            "score": 22,
            "facts_to_ask": [
                str(fact) for fact in classify({Fact.RESPONDED, Fact.SAW_BUSINESS}).facts_to_ask
            ],
        }
        assert len(json.dumps(data)) < 500

    def test_other_values_have_no_brief_form(self):
        with pytest.raises(WrongType, match="leave out brief"):
            to_data(Contact(), brief=True)


class TestRecords:
    """What a record may hold by the library's own names."""

    @pytest.mark.parametrize(
        "record",
        [
            {"email": "ana@example.com", "responded": "yes", "saw_business": True, "declined": None},
            {"name": "Ana", "source": "referral", "claimed_stage": "lead", "score elsewhere": 3.5},
        ],
    )
    def test_what_is_read_fits(self, record):
        assert Contact.from_record(record)
        assert fits(record, record_schema())

    @pytest.mark.parametrize(
        "record", [{"email": 3}, {"source": "moon"}, {"responded": ["yes"]}, {"x": {}}, []]
    )
    def test_what_cannot_be_read_does_not_fit(self, record):
        assert not fits(record, record_schema())

    def test_every_fact_is_described(self):
        properties = record_schema()["properties"]

        assert all(properties[str(fact)]["description"] == fact.definition for fact in Fact)
        assert properties["source"]["enum"] == [*map(str, Source), None]


def test_a_word_is_one_of_a_closed_set():
    assert json_schema(Stage)["enum"] == [str(stage) for stage in Stage]


@pytest.mark.parametrize("of", [object(), "Contact", object, bytes, list[int]])
def test_what_has_no_plain_data_is_refused(of):
    with pytest.raises(WrongType, match="give one such as Contact"):
        json_schema(of)
