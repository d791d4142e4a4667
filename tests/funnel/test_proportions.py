"""How sure a share is: the vectors of the literature, a second library, and exact ends."""

import importlib.util
import pickle
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadqual.errors import WrongType, WrongValue
from leadqual.funnel.proportions import (
    Interval,
    PeopleNeeded,
    Proportion,
    RateComparison,
    Verdict,
    deviate,
    whole,
)

WILSON = [
    (0, 10, 0, 0.277533),
    (17, 20, 0.639581, 0.947631),
    (850, 1000, 0.826531, 0.870790),
    (5, 5, 0.565518, 1),
    (50, 100, 0.403832, 0.596168),
    (1, 100, 0.001767, 0.054486),
    (0, 100, 0, 0.036993),
    (1, 1, 0.206549, 1),
]
NEWCOMBE = [
    ((56, 70), (48, 80), 0.2000, 0.0524, 0.3339),
    ((9, 10), (3, 10), 0.6000, 0.1705, 0.8090),
    ((6, 7), (2, 7), 0.5714, 0.0582, 0.8062),
    ((5, 56), (0, 29), 0.0893, -0.0381, 0.1926),
    ((0, 10), (0, 20), 0, -0.1611, 0.2775),
    ((0, 10), (0, 10), 0, -0.2775, 0.2775),
    ((10, 10), (0, 20), 1, 0.6791, 1),
    ((10, 10), (0, 10), 1, 0.6075, 1),
]
SECOND_LIBRARY = pytest.mark.skipif(
    importlib.util.find_spec("statsmodels") is None, reason="statsmodels, a second opinion, is not installed"
)


@st.composite
def proportions(draw, largest=10_000):
    total = draw(st.integers(1, largest))
    return Proportion(draw(st.integers(0, total)), total)


class TestInterval:
    """Wilson's score interval."""

    @pytest.mark.parametrize(("count", "total", "low", "high"), WILSON)
    def test_it_equals_the_vectors_to_six_places(self, count, total, low, high):
        interval = Proportion(count, total).interval()

        assert (round(interval.low, 6), round(interval.high, 6)) == (low, high)

    @SECOND_LIBRARY
    @given(proportions(), st.floats(0.001, 0.999999))
    def test_it_equals_statsmodels_on_random_counts(self, proportion, confidence):
        from statsmodels.stats.proportion import proportion_confint

        interval = proportion.interval(confidence)

        other = proportion_confint(proportion.count, proportion.total, 1 - confidence, method="wilson")
        assert (interval.low, interval.high) == pytest.approx(other, abs=1e-9)

    @given(proportions(10**12), st.floats(1e-12, 1 - 1e-12))
    def test_it_lies_between_0_and_1_and_holds_the_rate(self, proportion, confidence):
        interval = proportion.interval(confidence)

        assert 0 <= interval.low <= interval.high <= 1
        assert interval.low - 1e-12 <= proportion.rate <= interval.high + 1e-12

    @given(st.integers(1, 10**9), st.floats(0.001, 0.999999))
    def test_the_ends_of_none_and_all_are_exact(self, total, confidence):
        """Exact zero/one ends need clamping: floating error gives a trifle more or less."""
        assert Proportion(0, total).interval(confidence).low == 0
        assert Proportion(total, total).interval(confidence).high == 1

    @given(proportions())
    def test_a_greater_confidence_gives_a_wider_interval(self, proportion):
        narrow, wide = proportion.interval(0.9), proportion.interval(0.99)

        assert wide.low <= narrow.low < narrow.high <= wide.high

    def test_nobody_has_no_rate_and_no_interval(self):
        """None, not zero and not an error, on an empty base."""
        nobody = Proportion(0, 0)

        assert (nobody.rate, nobody.interval(), str(nobody)) == (None, None, "0 of 0")

    @pytest.mark.parametrize("confidence", [0, 1, -0.5, 95, float("nan"), float("inf")])
    @pytest.mark.parametrize("total", [0, 100])
    def test_a_confidence_that_is_none_is_refused(self, confidence, total):
        with pytest.raises(WrongValue, match="confidence: must lie between 0 and 1.*use 0.95 for 95 %"):
            Proportion(0, total).interval(confidence)
        with pytest.raises(WrongValue, match="confidence"):
            RateComparison(Proportion(0, total), Proportion(0, 1), confidence)

    def test_the_deviate_of_95_per_cent(self):
        assert deviate(0.95) == pytest.approx(1.959963984540054, abs=1e-12)


class TestProportion:
    def test_the_rate_of_the_article_is_exact(self):
        """I you talk 100 people and 50 want more information that means you have 50% conversion rate."""
        assert Proportion(50, 100).rate == Fraction(1, 2)
        assert str(Proportion(50, 100)) == "50 of 100 = 50.0 % (40.4–59.6 %)"

    def test_large_counts_are_grouped(self):
        assert str(Proportion(1000, 2_000_000)).startswith("1,000 of 2,000,000 = 0.1 %")

    @pytest.mark.parametrize(("count", "total"), [(2, 1), (-1, 1), (0, -1)])
    def test_counts_that_cannot_be_are_refused(self, count, total):
        with pytest.raises(WrongValue):
            Proportion(count, total)

    @pytest.mark.parametrize("number", [1.0, "1", True, None])
    def test_what_is_no_whole_number_is_refused(self, number):
        with pytest.raises(WrongType, match="count must be a whole number"):
            whole("count", number)

    def test_it_is_a_value(self):
        assert pickle.loads(pickle.dumps(Proportion(1, 2))) == Proportion(1, 2)
        assert len({Proportion(1, 2), Proportion(1, 2)}) == 1


class TestComparison:
    """Newcombe's interval for the difference of two shares."""

    @pytest.mark.parametrize(("first", "second", "difference", "low", "high"), NEWCOMBE)
    def test_it_equals_the_vectors(self, first, second, difference, low, high):
        compared = RateComparison(Proportion(*first), Proportion(*second))

        assert round(float(compared.difference), 4) == difference
        assert (round(compared.interval.low, 4), round(compared.interval.high, 4)) == (low, high)

    @SECOND_LIBRARY
    @given(proportions(), proportions())
    def test_it_equals_statsmodels_on_random_counts(self, first, second):
        from statsmodels.stats.proportion import confint_proportions_2indep

        interval = RateComparison(first, second).interval

        counts = first.count, first.total, second.count, second.total
        other = confint_proportions_2indep(*counts, method="newcomb", compare="diff")
        assert (interval.low, interval.high) == pytest.approx(other, abs=1e-6)

    @SECOND_LIBRARY
    @pytest.mark.parametrize(("first", "second", "low", "high"), [row[:2] + row[3:] for row in NEWCOMBE])
    def test_the_vectors_hold_to_six_places(self, first, second, low, high):
        from statsmodels.stats.proportion import confint_proportions_2indep

        interval = RateComparison(Proportion(*first), Proportion(*second)).interval

        other = confint_proportions_2indep(*first, *second, method="newcomb", compare="diff")
        assert (interval.low, interval.high) == pytest.approx(other, abs=5e-7)
        assert other == pytest.approx((low, high), abs=5e-5)

    @given(proportions(10**9), proportions(10**9), st.floats(0.001, 0.999999))
    def test_it_lies_between_minus_1_and_1_and_turns_round(self, first, second, confidence):
        one, other = RateComparison(first, second, confidence), RateComparison(second, first, confidence)

        assert -1 <= one.interval.low <= one.interval.high <= 1
        assert one.difference == -other.difference
        assert (one.interval.low, one.interval.high) == pytest.approx(
            (-other.interval.high, -other.interval.low)
        )
        turned = {Verdict.HIGHER: Verdict.LOWER, Verdict.LOWER: Verdict.HIGHER}
        assert one.verdict is turned.get(other.verdict, other.verdict)

    def test_one_leader_of_100_against_two_of_100_is_not_enough_data(self):
        """If you execute the same campaign as your leader does you will be able to compare your exact
        results to his or hers.
        """
        compared = RateComparison(Proportion(1, 100), Proportion(2, 100))

        assert compared.verdict is Verdict.NOT_ENOUGH_DATA
        assert compared.still_needed == (1070, 1070)
        assert str(compared).endswith(
            "not enough data; at these rates 1,070 more in the first and 1,070 more in the second would be enough"
        )

    @given(proportions(300), proportions(300))
    def test_as_many_as_are_needed_decide_and_one_fewer_does_not(self, first, second):
        compared = RateComparison(first, second)
        needed = compared.still_needed
        if compared.difference == 0:
            assert needed is None
            return
        groups = ((first.total, needed[0]), (second.total, needed[1]))
        enough = max((total + more for total, more in groups if more), default=1)

        assert compared._decided_by(enough)
        if compared.verdict is Verdict.NOT_ENOUGH_DATA:
            assert needed[0] or needed[1]
            assert not compared._decided_by(enough - 1)
        else:
            assert needed == (0, 0)

    def test_what_is_needed_decides_in_whole_people_too(self):
        one, other = Proportion(1, 100), Proportion(2, 100)
        at_1200 = RateComparison(Proportion(12, 1200), Proportion(24, 1200))
        at_1100 = RateComparison(Proportion(11, 1100), Proportion(22, 1100))

        assert 1100 < 100 + RateComparison(one, other).still_needed[0] < 1200
        assert at_1200.verdict is Verdict.LOWER
        assert at_1100.verdict is Verdict.NOT_ENOUGH_DATA

    def test_a_decided_comparison_says_the_verdict_alone(self):
        assert str(RateComparison(Proportion(50, 100), Proportion(1, 100))).endswith(
            ": the first rate is higher"
        )

    def test_an_empty_group_compares_to_nothing(self):
        compared = RateComparison(Proportion(0, 0), Proportion(1, 2))

        assert (compared.difference, compared.interval, compared.still_needed) == (None, None, None)
        assert compared.verdict is Verdict.NOT_ENOUGH_DATA
        assert str(compared).endswith("not enough data")

    def test_rates_too_near_to_be_told_apart_need_no_number(self):
        near = RateComparison(Proportion(1, 10**12), Proportion(1, 10**12 + 1))

        assert near.difference != 0
        assert near.still_needed is None


class TestPeopleNeeded:
    def test_how_many_names_for_a_leader(self):
        """Lets say you talk 100 people and 1 becomes Leader, so your Name to Leader conversion rate is 1%."""
        assert PeopleNeeded.at(Proportion(1, 100), 3) == PeopleNeeded(3, 300, 56, 1698)
        assert str(PeopleNeeded.at(Proportion(1, 100), 1)) == "100 for 1 (19 to 566)"

    def test_nobody_converted_yet_has_a_fewest_alone(self):
        assert PeopleNeeded.at(Proportion(0, 100), 1) == PeopleNeeded(1, None, 28, None)

    def test_nobody_counted_tells_nothing(self):
        nothing = PeopleNeeded.at(Proportion(0, 0), 1)

        assert nothing == PeopleNeeded(1, None, None, None)
        assert str(nothing) == "unknown for 1 (no limit known to no limit known)"

    @given(proportions(), st.integers(0, 1000))
    def test_it_is_the_smallest_number_that_gives_that_many(self, proportion, wanted):
        needed = PeopleNeeded.at(proportion, wanted)

        if proportion.count:
            assert needed.expected == ceil(wanted / proportion.rate)
            assert needed.fewest <= needed.expected <= needed.most

    def test_a_negative_number_is_refused(self):
        with pytest.raises(WrongValue, match="wanted: is negative"):
            PeopleNeeded.at(Proportion(1, 2), -1)


def test_every_verdict_has_its_meaning():
    assert all(verdict.definition and verdict.sentence.article == 1 for verdict in Verdict)


def test_an_interval_prints_in_per_cent():
    assert str(Interval(0.4038, 0.5962)) == "40.4–59.6 %"


class TestWrongArguments:
    @pytest.mark.parametrize("number", [None, "7", 7.0, True])
    def test_what_is_no_whole_number_is_refused(self, number):
        with pytest.raises(WrongType, match="total must be a whole number, not "):
            Proportion(0, number)

    def test_an_amount_is_exact(self):
        with pytest.raises(WrongType, match="amount must be a whole number or a Fraction, not float"):
            Proportion(1, 2).per_success(0.5)

    def test_shares_are_compared(self):
        with pytest.raises(WrongType, match="second must be a Proportion, not int"):
            RateComparison(Proportion(1, 2), 7)
