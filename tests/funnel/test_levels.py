"""Which way round a rate can be asked for."""

from itertools import product

import pytest

from leadqual.errors import WrongType, WrongValue
from leadqual.funnel.levels import LEVELS, Conversion, base_of, level, precedes
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.stages import Stage
from leadqual.taxonomy.vocabulary import UnknownWord


class TestOrder:
    """`NAME < CONTACTED < LEAD < PROSPECT < {CUSTOMER, REP}`, `REP < LEADER`."""

    def test_the_pairs_that_can_be_asked_for(self):
        pairs = {(a, b) for a, b in product(LEVELS, repeat=2) if precedes(a, b)}

        stages = {(a, b) for a, b in product(Stage, repeat=2) if a.precedes(b)}
        contacted = {(Fact.CONTACTED, stage) for stage in Stage if stage is not Stage.NAME}
        assert pairs == stages | contacted | {(Stage.NAME, Fact.CONTACTED)}

    def test_nothing_precedes_what_precedes_it(self):
        assert not any(precedes(a, b) and precedes(b, a) for a, b in product(LEVELS, repeat=2))

    def test_the_stage_directly_below(self):
        assert [base_of(stage) for stage in Stage if stage.below] == [
            Stage.NAME,
            Stage.LEAD,
            Stage.PROSPECT,
            Stage.PROSPECT,
            Stage.REP,
        ]


class TestLevel:
    def test_words_and_members_name_a_level(self):
        assert [level(str(where)) for where in LEVELS] == list(LEVELS)
        assert [level(where) for where in LEVELS] == list(LEVELS)
        assert level("Leader ") is Stage.LEADER

    def test_an_unknown_word_names_the_nearest(self):
        with pytest.raises(UnknownWord, match="unknown stage 'leed'; did you mean 'lead'"):
            level("leed")

    def test_another_fact_is_no_level(self):
        with pytest.raises(WrongType, match="only CONTACTED is counted of the facts"):
            level(Fact.PURCHASED)

    def test_another_type_is_no_level(self):
        with pytest.raises(WrongType, match="level must be a Stage or Fact.CONTACTED, not int$"):
            level(1)


class TestConversion:
    """How many people you convert from one section to another that called Conversion."""

    def test_it_prints_as_what_it_holds(self):
        conversion = Conversion(50, 100, Fact.CONTACTED, Stage.LEAD)

        assert str(conversion) == "50 of 100 = 50.0 % (40.4–59.6 %)"

    def test_b_before_a_is_told_which_way_round(self):
        with pytest.raises(WrongValue) as caught:
            Conversion(1, 100, Stage.LEADER, Stage.NAME)

        assert str(caught.value) == (
            "rate: name comes before leader, so everybody who came to leader came to name too; "
            "ask for it from name to leader"
        )

    @pytest.mark.parametrize(
        ("base", "target"), [(Stage.CUSTOMER, Stage.REP), (Stage.CUSTOMER, Stage.LEADER)]
    )
    def test_side_by_side_is_no_conversion(self, base, target):
        with pytest.raises(WrongValue, match=f"neither of {base} and {target} comes before the other"):
            Conversion(1, 1, base, target)

    def test_a_stage_with_itself_is_no_conversion(self):
        with pytest.raises(WrongValue, match="rate: lead twice; ask for it from an earlier level"):
            Conversion(1, 1, Stage.LEAD, Stage.LEAD)

    def test_a_rate_is_never_above_1(self):
        with pytest.raises(WrongValue, match="count: is above the total"):
            Conversion(2, 1, Stage.NAME, Stage.LEAD)

    @pytest.mark.parametrize(("base", "target"), [("junk", Stage.LEAD), (Stage.NAME, "junk")])
    def test_what_is_no_level_is_refused(self, base, target):
        with pytest.raises(UnknownWord, match="unknown stage 'junk'"):
            Conversion(3, 5, base, target)

    def test_a_word_in_any_case_is_a_level(self):
        assert Conversion(3, 5, " Contacted", "LEAD") == Conversion(3, 5, Fact.CONTACTED, Stage.LEAD)
