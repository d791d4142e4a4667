"""Plain data and back, by one strict converter."""

import json
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from attrs import frozen
from hypothesis import given

from leadqual import (
    STANDARD,
    TRANSITIONS,
    Classification,
    Contact,
    Evidence,
    Fact,
    Policy,
    Report,
    Source,
    Stage,
    Transition,
    check,
    classify,
    from_data,
    from_json,
    to_data,
    to_json,
)
from leadqual.errors import WrongType, WrongValue
from leadqual.rules import Cell
from leadqual.serialization import DataUnreadable
from leadqual.stages import POSITIONS, Qualification
from leadqual.strategies import evidence


class TestRoundTrip:
    """Equal after the round trip."""

    @given(evidence())
    def test_evidence_and_its_classification(self, evidence):
        verdict = classify(evidence)

        assert from_json(to_json(evidence), Evidence) == evidence
        assert from_json(to_json(verdict), Classification) == verdict

    @pytest.mark.parametrize(
        "value",
        [
            STANDARD,
            *TRANSITIONS.values(),
            Stage.LEAD,
            Cell(POSITIONS[5], Qualification.GENERIC),
            Contact(
                name="Ana",
                source=Source.SEARCH,
                claimed_stage=Stage.REP,
                extra={"a": 1, "b": None, "c": True},
            ),
            *classify({Fact.PURCHASED}).reasons,
            *classify({Fact.PURCHASED}).next_steps,
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_every_other_value(self, value):
        assert from_json(to_json(value), type(value)) == value
        assert from_data(to_data(value), type(value)) == value

    def test_equal_values_give_equal_text_with_words_in_their_order(self):
        assert to_json(classify({Fact.PURCHASED}).reached) == '["name", "lead", "prospect", "customer"]'
        assert to_json(frozenset({"b", "a"})) == '["a", "b"]'

    def test_the_data_is_plain(self):
        data = to_data(Contact(evidence=Evidence.of(Fact.RESPONDED, denied=[Fact.PURCHASED])))

        assert data["evidence"] == {"established": ["contacted", "responded"], "denied": ["purchased"]}
        assert json.loads(to_json(Contact(), indent=2)) == to_data(Contact())

    def test_a_report_says_everything_but_the_text_of_rejected_rows_and_repairs(self, root):
        pytest.importorskip("email_validator")
        report = check(root / "examples" / "contacts.csv")
        again = from_json(to_json(report), Report)

        assert (again.counts, again.accepted, again.blank) == (report.counts, report.accepted, report.blank)
        assert list(map(str, again.problems)) == list(map(str, report.problems))
        assert {row.text for row in again.rejected} == {None}
        assert to_data(report.counts)["stages"][0] == [["lead", "generic"], 7]

    def test_instants_and_fractions(self):
        moment = datetime(2026, 5, 1, 12, tzinfo=UTC)
        value = Odd(moment, Fraction(1, 2), (1, "a"), {Stage.LEAD: 2}, None)

        assert to_data(value) == {
            "at": "2026-05-01T12:00:00+00:00",
            "share": "1/2",
            "pair": [1, "a"],
            "counts": {"lead": 2},
            "either": None,
        }
        assert from_json(to_json(value), Odd) == value


@frozen
class Odd:
    at: datetime
    share: Fraction
    pair: tuple[int, str]
    counts: dict[Stage, int]
    either: float | Stage | None


@pytest.mark.parametrize("text", [None, {}, Contact])
def test_only_text_is_read(text):
    with pytest.raises(WrongType, match="text must be what to_json wrote, not "):
        from_json(text, Contact)


class TestStrict:
    """The defaults of cattrs turn "false" into True and None into "None"; here they are refused."""

    @pytest.mark.parametrize(
        ("data", "fault"),
        [
            ({"name": 5}, "expected str @ $.name"),
            ({"name": False}, "expected str @ $.name"),
            ([1], "expected Contact"),
            (None, "expected Contact"),
            ("x", "expected Contact"),
            ({"emial": None, "x": 1}, "has 2 keys too many @ $"),
            (
                {"evidence": {"established": ["secret"], "denied": []}},
                "not a known fact @ $.evidence['established']",
            ),
            ({"evidence": {"established": []}}, "expected established and denied facts @ $.evidence"),
            (
                {"evidence": {"established": "responded", "denied": []}},
                "expected a list @ $.evidence['established']",
            ),
            ({"source": "secret"}, "not a known source @ $.source"),
            ({"source": 3}, "source must be a word such as 'advertisement', not int @ $.source"),
            ({"extra": [["a"]]}, "expected a list of 2 @ $.extra"),
            ({"extra": [["a", [1]]]}, "expected one of str, int, float, bool @ $.extra"),
        ],
    )
    def test_what_is_no_contact(self, data, fault):
        with pytest.raises(DataUnreadable) as caught:
            from_data(data, Contact)

        assert fault in str(caught.value)
        assert str(caught.value).startswith("not the data of a Contact: ")
        assert "secret" not in str(caught.value)
        assert caught.value.__context__ is None
        assert caught.value.type_name == "Contact"

    def test_all_faults_are_told_at_once(self):
        with pytest.raises(DataUnreadable) as caught:
            from_data({"id": True, "source": "x", "name": None}, Contact)

        assert caught.value.faults == ("expected str @ $.id", "not a known source @ $.source")

    @pytest.mark.parametrize("share", ["0.5", "1/0", 0.5, "x", "²"])
    def test_a_fraction_is_written_as_one(self, share):
        with pytest.raises(DataUnreadable, match="expected a fraction such as 1/2"):
            from_data(share, Fraction)

    @pytest.mark.parametrize("at", ["2026-05-01T12:00:00", "x", 7])
    def test_an_instant_has_its_zone(self, at):
        with pytest.raises(DataUnreadable, match="expected an instant with its time zone"):
            from_data(at, datetime)

    def test_a_missing_field_is_named(self):
        data = to_data(TRANSITIONS[Stage.NAME, Stage.LEAD])
        del data["before"]

        with pytest.raises(DataUnreadable, match="required field missing @ \\$.before"):
            from_data(data, Transition)

    def test_a_policy_that_cannot_be_meant_says_why(self):
        data = {**to_data(STANDARD), "routes": []}

        with pytest.raises(DataUnreadable, match="routes: nobody could qualify; give at least one route"):
            from_data(data, Policy)

    @pytest.mark.parametrize("change", [{"score": None}, {"more": 1}])
    def test_a_classification_is_whole(self, change):
        data = {**to_data(classify(())), **change}
        if change["score" if "score" in change else "more"] is None:
            del data["score"]

        with pytest.raises(DataUnreadable, match="no key missing and none too many"):
            from_data(data, Classification)

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("{", "is no JSON"),
            ('{"id": "a", "id": "b"}', "repeats a key"),
            ("NaN", "holds NaN or Infinity"),
            ("[" * 200_000, "is no JSON"),
            (b"\xff", "is no JSON"),
        ],
    )
    def test_what_is_no_json(self, text, reason):
        with pytest.raises(WrongValue, match=reason):
            from_json(text, Contact)
