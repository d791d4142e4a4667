"""How well a number ranks people."""

from collections import Counter
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadqual.learning.evaluation import Drift, area, auc, calibration, compare, lifts, pooled, stability

numbers = st.lists(st.integers(0, 5), min_size=1, max_size=12)


@given(numbers, numbers)
def test_the_area_is_the_share_of_pairs_in_the_right_order_ties_counted_half(yes, no):
    pairs = [(a > b) + (a == b) / 2 for a in yes for b in no]

    found = area(yes, no)

    assert found.value + 0.5 == pytest.approx(sum(pairs) / len(pairs))
    assert found.weight == len(pairs)


def test_the_variance_is_that_of_delong():
    """Checked by hand: placements 1, 1, 0.5 above and 1, 0.75, 0.75 … below."""
    yes, no = [3, 4, 1], [0, 2]
    placements = [sum((a > b) + (a == b) / 2 for b in no) / 2 for a in yes]
    others = [sum((a > b) + (a == b) / 2 for a in yes) / 3 for b in no]
    mean = sum(placements) / 3

    expected = sum((each - mean) ** 2 for each in placements) / 2 / 3
    expected += sum((each - mean) ** 2 for each in others) / 1 / 2

    assert area(yes, no).variance == pytest.approx(expected)


def test_two_equal_rankings_do_not_differ():
    found = compare([(3, 30), (1, 10)], [(2, 20), (0, 0)])

    assert (found.value, found.variance) == (0, 0)
    assert compare([(3, 0), (4, 1)], [(1, 5), (2, 6)]).value == 1


def test_groups_count_by_their_pairs_and_the_interval_stays_within_0_and_1():
    perfect, chance = area([2] * 30, [1] * 10), area([1] * 10, [1] * 10)

    found = auc([perfect, chance])

    assert found.value == pytest.approx((300 * 1 + 100 * 0.5) / 400)
    assert str(auc([perfect])) == "1.000 (1.000 to 1.000)"
    wide = auc([area([1, 2, 2], [0, 1, 3])], widen=9.0)
    assert (wide.low, wide.high) == (0, 1)
    assert pooled([chance]) == (0, 0, 0)


def test_people_of_equal_rank_share_the_places():
    first, second, third = lifts(Counter({9: 5, 5: 5}), Counter({9: 5, 5: 85}))

    assert (first.share, first.rate, first.lift) == (0.1, 0.5, 5)
    assert second.rate == pytest.approx((5 + 10 * 5 / 90) / 20)
    assert third.lift == pytest.approx(third.rate / 0.1)


def test_neighbouring_bands_of_few_people_are_one():
    table = calibration(Counter({5: 10, 15: 15, 95: 2, 100: 1}), Counter({5: 5, 15: 5, 35: 30, 100: 1}))

    assert [(each.low, each.high, each.outcome.count, each.outcome.total) for each in table] == [
        (0, 19, 25, 35),
        (30, 100, 3, 34),
    ]
    assert calibration(Counter({50: 1}), Counter())[0].outcome.total == 1
    ends = [(each.low, each.high) for each in calibration(Counter({100: 50}), Counter({20: 50}))]
    assert ends == [(20, 29), (90, 100)]


def test_people_who_have_not_changed_are_stable_and_others_are_not():
    before = Counter(dict.fromkeys(range(100), 10))

    assert stability(before, before) == pytest.approx(0)
    assert stability(before, Counter({number + 50: 10 for number in range(100)})) > 0.25
    assert stability(Counter({0: 50}), Counter({0: 25, 1: 25})) == pytest.approx(
        (25.5 / 51 - 50.5 / 51) * log(25.5 / 50.5) + (25.5 / 51 - 0.5 / 51) * log(25.5 / 0.5)
    )


@pytest.mark.parametrize(("index", "word"), [(0.05, "stable"), (0.1, "watch"), (0.25, "shifted")])
def test_an_index_says_what_it_means(index, word):
    assert str(Drift("total", index)) == f"total: {index:.2f}, {word}"
