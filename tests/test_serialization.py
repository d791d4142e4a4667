"""Plain data and back, by one strict converter."""

import json
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from attrs import frozen
from hypothesis import given

from leadqual import (
    STANDARD,
    TRANSITIONS,
    Classification,
    Contact,
    Event,
    Evidence,
    Fact,
    History,
    Policy,
    Report,
    Source,
    Stage,
    Transition,
    check,
    classify,
    from_data,
    from_json,
    time_to_reach,
    to_data,
    to_json,
)
from leadqual.errors import Fault, WrongType, WrongValue
from leadqual.funnel.proportions import TimeToReach
from leadqual.policy.rules import MatrixCell
from leadqual.serialization.converter import DataUnreadable
from leadqual.strategies import evidence
from leadqual.taxonomy.stages import POSITIONS, Qualification

NAN = float("nan")
EVENTS = [Event(fact, datetime(2026, 5, 1, tzinfo=UTC)) for fact in (Fact.RESPONDED, Fact.PURCHASED)]


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
            MatrixCell(POSITIONS[5], Qualification.GENERIC),
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

    def test_how_long_it_takes(self):
        moment = datetime(2026, 5, 1, 12, tzinfo=UTC)
        times = time_to_reach(
            [(moment, moment + timedelta(days=1, microseconds=1))], as_of=moment.replace(day=9)
        )
        assert from_json(to_json(times), TimeToReach) == times
        assert to_data(times)["median"] == 86_400.000001

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
            ({"name": 5}, "$.name: expected str"),
            ({"name": False}, "$.name: expected str"),
            ([1], "expected Contact"),
            (None, "expected Contact"),
            ("x", "expected Contact"),
            (
                {"emial": None, "x": 1},
                "$.emial: is not known; did you mean email?; $.x: is not known; take it out",
            ),
            (
                {"evidence": {"established": ["secret"], "denied": []}},
                "$.evidence['established'][0]: not a known fact",
            ),
            ({"evidence": {"established": []}}, "$.evidence: expected established and denied facts"),
            (
                {"evidence": {"established": "responded", "denied": []}},
                "$.evidence['established']: expected a list",
            ),
            ({"source": "secret"}, "$.source: not a known source"),
            ({"source": 3}, "$.source: source must be a word such as 'advertisement', not int"),
            ({"extra": [["a"]]}, "$.extra[0]: expected a list of 2"),
            ({"extra": [["a", [1]]]}, "$.extra[0][1]: expected one of str, int, float, bool"),
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

        assert caught.value.faults == (
            Fault("$.id", "expected str"),
            Fault("$.source", "not a known source"),
        )

    @pytest.mark.parametrize("seconds", [1e300, float("nan"), 7, "7"])
    def test_how_long_it_takes_is_a_number_of_seconds(self, seconds):
        with pytest.raises(DataUnreadable, match="\\$: expected (timedelta|float)"):
            from_data(seconds, timedelta)

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

        with pytest.raises(DataUnreadable, match="\\$.before: required field missing"):
            from_data(data, Transition)

    def test_a_policy_that_cannot_be_meant_says_why(self):
        data = {**to_data(STANDARD), "routes": []}

        with pytest.raises(DataUnreadable, match="routes: nobody could qualify; give at least one route"):
            from_data(data, Policy)

    def test_a_classification_is_whole_and_every_key_that_keeps_it_from_being_so_is_named(self):
        data = {**to_data(classify(())), "zz": 1, "stage": "secret"}
        del data["score"], data["score_lines"]

        with pytest.raises(DataUnreadable) as caught:
            from_data(data, Classification)
        assert {(fault.where, fault.reason) for fault in caught.value.faults} == {
            ("$.score", "required field missing"),
            ("$.score_lines", "required field missing"),
            ("$.zz", "is not known; take it out"),
            ("$.stage", "not a known stage"),
        }

    def test_every_fault_of_a_list_is_told_with_its_place(self):
        data = to_data(Contact(extra={"a": 1}, history=History.of(*EVENTS)))
        data["history"]["events"][0]["at"] = "2026"
        data["history"]["events"][1] |= {"fact": "secret", "foo": 1}
        data["extra"] += [["b", []], ["c", {}]]

        with pytest.raises(DataUnreadable) as caught:
            from_data(data, Contact)
        assert [fault.where for fault in caught.value.faults] == [
            "$.extra[1][1]",
            "$.extra[2][1]",
            "$.history.events[0].at",
            "$.history.events[1].fact",
            "$.history.events[1].foo",
        ]

    @pytest.mark.parametrize("wanted", ["Contact", None, Contact(), object, 7])
    def test_what_is_no_type_is_told_so(self, wanted):
        with pytest.raises(
            WrongType, match="as_type must be the class of a public value, not .*; give the class"
        ):
            from_data({}, wanted)

    def test_no_error_keeps_the_text_that_was_read(self):
        with pytest.raises(WrongValue) as caught:
            from_json('{"name": "secret"', Contact)
        assert (caught.value.__context__, caught.value.__cause__) == (None, None)


class TestUnwritable:
    """What JSON cannot write is told, never raised raw."""

    def test_what_is_not_a_number_is_no_value(self):
        """A row of pandas holds it where a cell is empty."""
        contact = Contact.from_record({"name": NAN, "responded": NAN, "shoe": NAN, "campaign": "fair"})
        assert contact == Contact(campaign="fair", extra={"shoe": None})
        assert from_json(to_json(contact), Contact) == contact
        assert Contact(extra={"shoe": NAN}) == Contact(extra={"shoe": None})

    @pytest.mark.parametrize("value", [NAN, float("inf"), 10**5_000], ids=["nan", "inf", "digits"])
    def test_a_number_that_json_has_no_way_to_write(self, value):
        with pytest.raises(WrongValue, match="since JSON cannot represent it"):
            to_json([value])

    @pytest.mark.parametrize("value", [object(), {1, object()}, {(1, 2): 3}, 1j])
    def test_what_is_no_public_value(self, value):
        with pytest.raises(WrongType, match="value must be a public value or plain data, not "):
            to_json(value)

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("{", "is not valid JSON"),
            ('{"id": "a", "id": "b"}', "repeats a key"),
            ("NaN", "holds NaN or Infinity"),
            ("[" * 200_000, "is not valid JSON"),
            (b"\xff", "is not valid JSON"),
        ],
    )
    def test_what_is_no_json(self, text, reason):
        with pytest.raises(WrongValue, match=reason):
            from_json(text, Contact)
