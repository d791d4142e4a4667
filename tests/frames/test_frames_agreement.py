"""A table gets the very same answers as one record, from the same rules, on every engine."""

import random
from functools import cache

import pytest
from attrs import evolve
from engines import ENGINES, engine
from hypothesis import Phase, given, settings

from leadqual import STANDARD, Evidence, Fact, classify
from leadqual.classification.explanation import BETWEEN_STATEMENTS
from leadqual.strategies import policies
from leadqual.taxonomy.facts import ALL_BITS, BIT, close

WORDS = [str(fact) for fact in Fact]
TYPES = dict.fromkeys(WORDS, "bool")
ANSWERS = ("stage", "qualification", "standing", "score")
TEXTS = ("reasons",)
SETS = ALL_BITS + 1


def row(evidence, policy=STANDARD):
    """Return what one record is answered, as a table says it."""
    verdict = classify(evidence, policy)
    return (
        str(verdict.stage),
        str(verdict.qualification),
        str(verdict.standing),
        verdict.score,
        BETWEEN_STATEMENTS.join(reason.brief for reason in verdict.reasons if reason.facts),
    )


def every_fact_set(policy=STANDARD):
    closed = {bits: row(Evidence.from_bits(bits), policy) for bits in {close(b) for b in range(SETS)}}
    return [closed[close(bits)] for bits in range(SETS)]


@cache
def every_fact_set_under_standard():
    return every_fact_set()


@cache
def columns_of_fact_sets(no):
    numbered = {"row": range(SETS)}
    return numbered | {str(fact): [True if bits & BIT[fact] else no for bits in range(SETS)] for fact in Fact}


@cache
def three_valued_rows(number):
    values = random.Random(10)
    said = {fact: values.choices([True, False, None], k=number) for fact in Fact}
    expected = [row(Evidence.from_mapping({fact: said[fact][i] for fact in Fact})) for i in range(number)]
    return {"row": range(number)} | {str(fact): column for fact, column in said.items()}, expected


def differences(on, columns, expected, policy=STANDARD, **options):
    import narwhals.stable.v2 as nw

    from leadqual import frames

    names = [*ANSWERS, *(name for name in TEXTS if options.get(name))]
    frame = nw.from_native(frames.classify(on.make(columns, TYPES), policy, **options))
    answered = on.columns(frame.select("row", *names).to_native())
    rows = list(zip(*(answered[name] for name in names), strict=True))
    assert sorted(answered["row"]) == list(columns["row"])
    return [
        (got, expected[number][: len(names)])
        for number, got in zip(answered["row"], rows, strict=True)
        if got != expected[number][: len(names)]
    ]


@pytest.mark.parametrize("name", ["polars", "duckdb"])
def test_all_262_144_fact_sets_with_reasons(name):
    on = engine(name)

    columns, expected = columns_of_fact_sets(no=None), every_fact_set_under_standard()

    assert differences(on, columns, expected, reasons=True) == []


@pytest.mark.parametrize("name", ENGINES)
class TestEveryEngine:
    def test_all_262_144_fact_sets_are_answered_alike(self, name):
        on = engine(name)

        columns, expected = columns_of_fact_sets(no=None), every_fact_set_under_standard()

        assert len(expected) == 262_144
        assert differences(on, columns, expected) == []

    @pytest.mark.long
    def test_all_262_144_fact_sets_with_reasons(self, name):
        on = engine(name)

        columns, expected = columns_of_fact_sets(no=None), every_fact_set_under_standard()

        assert differences(on, columns, expected, reasons=True) == []

    @pytest.mark.long
    def test_no_in_place_of_unknown_gives_the_same_four_answers(self, name):
        on = engine(name)

        assert differences(on, columns_of_fact_sets(no=False), every_fact_set_under_standard()) == []

    @pytest.mark.parametrize("number", [4_000, pytest.param(100_000, marks=pytest.mark.long)])
    def test_random_rows_of_yes_no_and_unknown_are_answered_alike(self, name, number):
        on = engine(name)

        columns, expected = three_valued_rows(number)

        assert differences(on, columns, expected, reasons=True) == []


class TestRandomPolicies:
    """Not only STANDARD: what a company may write is translated as faithfully."""

    @pytest.mark.parametrize(("number", "texts"), [(30, 8), pytest.param(120, 120, marks=pytest.mark.long)])
    def test_random_policies_answer_alike_on_polars_and_duckdb(self, number, texts):
        on = [engine(name) for name in ("polars", "duckdb")]
        chance = random.Random(11)
        tried = several = blocked = 0

        @settings(max_examples=number, phases=[Phase.generate])
        @given(policies())
        def agree(drawn):
            nonlocal tried, several, blocked
            # Points that no byte holds, too.
            score = evolve(drawn.score, qualified=chance.choice([drawn.score.qualified, 5_000]))
            policy = evolve(drawn, score=score)
            said = {fact: chance.choices([True, False, None], k=25) for fact in Fact}
            expected = [
                row(Evidence.from_mapping({fact: said[fact][i] for fact in Fact}), policy) for i in range(25)
            ]
            columns = {"row": range(25)} | {str(fact): said[fact] for fact in Fact}

            for each in on:
                assert differences(each, columns, expected, policy, reasons=tried < texts) == []

            tried += 1
            several += any(len(rules) > 1 for _, rules in policy.stages)
            blocked += any(rule.unless for rule in policy.routes)

        agree()

        # The policies were worth trying: more rules than one for a stage, and rules that forbid.
        assert tried >= number
        assert min(several, blocked) >= number // 30

    @pytest.mark.parametrize("name", ["polars", "pandas-nullable", "pyarrow", "duckdb"])
    def test_facts_without_a_column_are_unknown(self, name):
        on = engine(name)
        chance = random.Random(12)
        for _ in range(12):
            given = chance.sample(list(Fact), chance.randint(1, 6))
            said = {fact: chance.choices([True, False, None], k=50) for fact in given}
            expected = [
                row(Evidence.from_mapping({fact: said[fact][i] for fact in given})) for i in range(50)
            ]
            columns = {"row": range(50)} | {str(fact): said[fact] for fact in given}

            assert differences(on, columns, expected, reasons=True) == []
