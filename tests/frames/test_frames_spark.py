"""Where one machine is not enough: the same answers, one exchange, and no Python on the workers."""

import random
from datetime import timedelta

import pytest
from engines import spark_engine, spark_session

pytest.importorskip("narwhals", reason="needs narwhals")
pytest.importorskip("pyarrow", reason="needs pyarrow")
import test_frames_agreement as agreement
import test_frames_audit as audits
import test_frames_events as events
import test_frames_priority as priority

from leadqual import Fact, Funnel, frames
from leadqual.frames import FrameRefused

pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def on(tmp_path_factory):
    session = spark_session()
    yield spark_engine(session, tmp_path_factory.mktemp("spark"))
    session.stop()


class TestClassify:
    def test_all_262_144_fact_sets(self, on):
        columns, expected = agreement.columns_of_fact_sets(no=None), agreement.every_fact_set_under_standard()

        assert agreement.differences(on, columns, expected, reasons=True) == []

    def test_random_rows_of_yes_no_and_unknown(self, on):
        columns, expected = agreement.three_valued_rows(100_000)

        assert agreement.differences(on, columns, expected, reasons=True) == []

    def test_a_clash_in_any_case_is_refused_instead_of_overwritten(self, on):
        table = on.make({"responded": [True], "STAGE": ["customer"]}, {})

        with pytest.raises(FrameRefused, match="column STAGE: has the name of a column that is added"):
            frames.classify(table)


class TestAudit:
    def test_people_with_random_facts_and_claims(self, on):
        columns, expected = audits.people(2_000, seed=22)

        answered = on.columns(frames.audit(on.make(columns, audits.TYPES), claimed="crm stage"))

        assert audits.rows(answered) == expected


class TestReplay:
    def test_4_000_random_histories(self, on):
        assert events.differences(on, events.random_histories(4_000)) == []

    def test_as_of_is_an_instant_whatever_the_zone_of_the_session(self, on):
        as_of = events.START + timedelta(hours=3)

        assert events.differences(on, events.random_histories(1_000), as_of=as_of) == []

    def test_the_plan_holds_no_python_and_one_exchange(self, on):
        table = on.make(events.table_of(events.random_histories(10)), events.TYPES)

        answered = frames.classify(frames.replay(table, **events.COLUMNS, reverses="reverses"))

        text = answered._jdf.queryExecution().executedPlan().toString()
        assert "Python" not in text
        assert text.count("Exchange") == 1
        assert "HashAggregate" in text


class TestCount:
    def test_the_funnel_of_the_people(self, on):
        given = {"campaign": [campaign for campaign, _ in events.TestCount.PEOPLE]}
        given |= {
            str(fact): [True if fact in facts else None for _, facts in events.TestCount.PEOPLE]
            for fact in Fact
        }
        counted = on.columns(
            frames.count(on.make(given, dict.fromkeys(map(str, Fact), "bool")), by="campaign")
        )

        rows = [dict(zip(counted, row, strict=True)) for row in zip(*counted.values(), strict=True)]
        assert Funnel.from_counts(rows) == Funnel.of(facts for _, facts in events.TestCount.PEOPLE)


class TestPrioritize:
    def test_random_cards_on_random_people(self, on):
        chance = random.Random(30)
        for _ in range(3):
            people = priority.random_people(chance, 500)
            assert priority.differences(on, priority.random_card(chance), people, priority.TODAY) == []

    def test_random_cards_on_an_event_table_joined_to_the_people(self, on):
        chance = random.Random(31)
        for _ in range(3):
            card = priority.card_with_visits(chance)
            assert priority.event_differences(on, card, chance, 200, priority.TODAY) == []

    def test_the_plan_holds_no_python_and_one_exchange_and_one_more_for_ids(self, on):
        chance = random.Random(32)
        card = priority.card_with_visits(chance)
        events, _ = priority.random_occurrences(chance, 20)
        table = on.make(events, priority.EVENT_TYPES)

        for ids, exchanges in (({}, 1), ({"id": "id"}, 2)):
            worth = frames.occurrences(table, card, **priority.EVENT_COLUMNS, **ids, as_of=priority.TODAY)
            answered = frames.prioritize(worth, card, as_of=priority.TODAY, groups=True, reasons=True)

            text = answered._jdf.queryExecution().executedPlan().toString()
            assert "Python" not in text
            assert text.count("Exchange") == exchanges
            assert "HashAggregate" in text
