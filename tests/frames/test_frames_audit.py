"""What does not fit in a table is found by the checks that find it in one record."""

import random
from datetime import UTC, date, datetime

import pytest
from engines import ENGINES, engine

from leadqual import Contact, Evidence, Fact, Stage, audit
from leadqual.contacts.auditing import AuditCode
from leadqual.errors import WrongType

pl = pytest.importorskip("polars", reason="needs polars")
pytest.importorskip("narwhals", reason="needs narwhals")
pytest.importorskip("pyarrow", reason="needs pyarrow")

from leadqual import frames  # noqa: E402 (needs narwhals)
from leadqual.frames import FrameRefused  # noqa: E402 (see above)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CODES = {
    "contradiction": AuditCode.CONTRADICTION,
    "order_unknown": AuditCode.ORDER_UNKNOWN,
    "claim_unproved": AuditCode.CLAIM_UNPROVED,
    "claim_outgrown": AuditCode.CLAIM_OUTGROWN,
}

TYPES = dict.fromkeys(map(str, Fact), "bool") | {"crm stage": "str"}


def people(number, seed):
    """Return the columns of people with random facts and claims, and what the audit of each finds."""
    chance = random.Random(seed)
    said = {fact: chance.choices([True, False, None], [2, 1, 5], k=number) for fact in Fact}
    claims = chance.choices([*Stage, None], k=number)
    expected = []
    for i, claim in enumerate(claims):
        evidence = Evidence.from_mapping({fact: values[i] for fact, values in said.items()})
        found = {each.code for each in audit(Contact(evidence=evidence, claimed_stage=claim), now=NOW)}
        assert found <= set(CODES.values())
        expected.append({column: code in found for column, code in CODES.items()})
    columns = {str(fact): values for fact, values in said.items()}
    return columns | {"crm stage": [None if claim is None else str(claim) for claim in claims]}, expected


def rows(answered):
    return [dict(zip(CODES, row, strict=True)) for row in zip(*map(answered.get, CODES), strict=True)]


class TestAgreement:
    @pytest.mark.parametrize("name", ENGINES)
    def test_a_table_is_answered_as_the_record_of_each_person(self, name):
        on = engine(name)
        columns, expected = people(3_000, seed=21)
        answered = on.columns(frames.audit(on.make(columns, TYPES), claimed="crm stage"))

        assert list(answered) == [*columns, *CODES]
        assert answered["crm stage"] == columns["crm stage"]
        assert rows(answered) == expected
        # Every code occurs, and every code is missing somewhere.
        assert all({row[column] for row in expected} == {True, False} for column in CODES)


class TestAnswer:
    def test_without_a_claim_only_the_facts_are_held_against_each_other(self):
        table = pl.DataFrame({"responded": [False, None], "sought_you_out": [True, None]})

        answered = frames.audit(table)

        assert answered.columns[2:] == ["contradiction", "order_unknown"]
        assert answered["contradiction"].to_list() == [True, False]

    @pytest.mark.parametrize("name", ENGINES)
    def test_a_claim_is_read_in_any_case_and_null_where_it_is_no_stage(self, name):
        on = engine(name)
        claims = [" Lead", "CUSTOMER", "name", "hot", None]
        table = on.make({"responded": [True] * 5, "was": claims}, {"responded": "bool", "was": "str"})

        answered = on.columns(frames.audit(table, claimed="was"))

        assert answered["claim_unproved"] == [False, True, False, None, False]
        assert answered["claim_outgrown"] == [False, False, True, None, False]

    @pytest.mark.parametrize("dtype", [pl.Categorical, pl.Enum([str(stage) for stage in Stage]), pl.Null])
    def test_a_claim_may_be_of_a_closed_type_or_not_be_there_at_all(self, dtype):
        claims = [None, None] if dtype == pl.Null else ["rep", None]
        table = pl.DataFrame({"responded": [True, True], "was": pl.Series(claims, dtype=dtype)})

        answered = frames.audit(table, claimed="was")

        assert answered["claim_unproved"].to_list() == [dtype != pl.Null, False]
        assert answered.schema["was"] == dtype

    def test_objects_of_pandas_stay_the_objects_they_were(self):
        pd = pytest.importorskip("pandas", reason="needs pandas")
        facts, claims = [None, True], [None, "rep"]
        table = pd.DataFrame({"responded": pd.Series(facts, dtype=object), "was": claims}, dtype=object)

        answered = frames.audit(table, claimed="was")

        assert answered["claim_unproved"].tolist() == [False, True]
        assert (answered["responded"].dtype, answered["was"].dtype) == (object, object)
        assert answered["responded"].tolist() == facts

    def test_what_is_lazy_stays_lazy(self):
        answered = frames.audit(pl.LazyFrame({"responded": [True], "was": ["lead"]}), claimed="was")

        assert isinstance(answered, pl.LazyFrame)

    def test_dates_establish_but_take_part_in_no_order(self):
        days = {"saw_business": [date(2026, 1, 1)], "interested_in_offer": [date(2026, 1, 2)]}

        assert frames.audit(pl.DataFrame(days))["order_unknown"].to_list() == [True]


class TestRefused:
    def test_everything_that_is_no_claim_says_what_would_be(self):
        table = pl.DataFrame({"responded": [True], "was": [3]})

        with pytest.raises(
            FrameRefused, match="claimed: was holds Int64, not text; give the column with the words"
        ):
            frames.audit(table, claimed="was")
        with pytest.raises(FrameRefused, match="claimed: there is no column 'wass'; did you mean 'was'"):
            frames.audit(table, claimed="wass")

    def test_a_name_that_is_taken_is_refused_in_any_case(self):
        table = pl.DataFrame({"responded": [True], "Contradiction": [1]})

        with pytest.raises(
            FrameRefused, match="column Contradiction: has the name of a column that is added"
        ):
            frames.audit(table)
        assert frames.audit(table, prefix="our_").columns[-1] == "our_order_unknown"

    def test_a_policy_is_asked_for(self):
        with pytest.raises(WrongType, match="policy must be a Policy, not str"):
            frames.audit(pl.DataFrame({"responded": [True]}), "STANDARD")
