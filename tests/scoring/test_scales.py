"""Cells of any type, and the scales that turn them into points."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadqual import WrongType
from leadqual.contacts.values import day, is_blank, number, truth
from leadqual.scoring.signals import Dated, Filled, Number, Words, YesNo

TODAY = date(2026, 7, 10)


@pytest.mark.parametrize("cell", [None, "", "  ", "\t", float("nan")])
def test_a_cell_that_says_nothing_is_blank(cell):
    assert is_blank(cell)


@pytest.mark.parametrize("cell", [0, False, "no", 0.0, "x", TODAY])
def test_a_no_and_a_zero_say_something(cell):
    assert not is_blank(cell)


def test_yes_and_no_are_read_from_bools_words_and_the_numbers_one_and_zero():
    assert [truth(cell) for cell in (True, "Yes", 1, "x")] == [True] * 4
    assert [truth(cell) for cell in (False, "no", 0, "off")] == [False] * 4
    assert [truth(cell) for cell in (None, "", "maybe", 2, 1.5, TODAY)] == [None] * 6


def test_a_number_is_read_from_numbers_and_plain_text():
    assert [number(cell) for cell in (3, 2.5, Decimal("0.5"), " 7 ", "-1.5")] == [3.0, 2.5, 0.5, 7.0, -1.5]
    assert [number(cell) for cell in (True, None, "1e3", "1,000", float("inf"), 10**400, TODAY)] == [None] * 7


def test_a_day_is_that_of_utc():
    late = datetime(2026, 7, 10, 23, 30, tzinfo=timezone(timedelta(hours=-2)))

    assert day(late) == date(2026, 7, 11)
    assert day("2026-07-10T23:30:00-02:00") == date(2026, 7, 11)
    assert day(TODAY) == day("2026-07-10") == TODAY


@pytest.mark.parametrize("cell", [datetime(2026, 7, 10), "2026-07-10 12:00:00", "10.07.2026", 5, None])  # noqa: DTZ001 (it is refused)
def test_an_instant_without_a_time_zone_is_no_day(cell):
    assert day(cell) is None


def test_unknown_gives_no_points_and_no_step():
    for scale in (YesNo(5, -5), Words({"a": 3}, other=2), Number({1: 2}, below=-3), Dated(5, cap=10)):
        award = scale.award(None, TODAY)
        assert (award.known, award.steps, award.unused) == (False, (), ())


def test_yes_and_no_have_points_of_their_own():
    scale = YesNo(20, -3)

    assert scale.award("yes", None).steps == (("yes", 20),)
    assert scale.award(False, None).steps == (("no", -3),)
    assert scale.award("perhaps", None).unused == ("is not yes or no",)
    assert scale.range == (-3, 20)


def test_a_filled_signal_looks_only_at_whether_the_cell_says_anything():
    scale = Filled(4, -2)

    assert scale.award("anything", None).points == 4
    assert scale.award("", None).points == -2
    assert scale.range == (-2, 4)


def test_a_word_is_compared_as_it_stands_but_for_blanks_around_it():
    scale = Words({"director": 15, "intern": -5})

    assert scale.award(" director ", None).points == 15
    assert scale.award("Director", None).unused == ("is none of the words of the card",)
    assert scale.award(3, None).unused == ("is not a word",)
    assert Words({"director": 15}, other=2).award("owner", None).steps == (("another word", 2),)
    assert scale.range == (-5, 15)


def test_a_number_has_the_points_of_the_highest_threshold_that_it_reaches():
    scale = Number({1: 2, 5: 6, 15: 12}, below=-1)

    assert [scale.award(cell, None).points for cell in (0, 1, 4.9, "5", 15, 900)] == [-1, 2, 2, 6, 12, 12]
    assert scale.award(5, None).steps == (("at least 5", 6),)
    assert scale.award(0, None).steps == (("below 1", -1),)
    assert scale.award("many", None).unused == ("is not a number",)
    assert scale.range == (-1, 12)


def test_an_occurrence_after_k_whole_half_lives_is_worth_its_points_shifted_right_by_k():
    scale = Dated(20, half_life=30)

    ages = (0, 29, 30, 60, 90, 120, 150, 3000)
    assert [scale.points_at(age) for age in ages] == [20, 20, 10, 5, 2, 1, 0, 0]
    assert [Dated(-20, half_life=30).points_at(age) for age in (0, 30, 150)] == [-20, -10, 0]


def test_an_occurrence_outside_its_window_is_worth_nothing():
    scale = Dated(5, window=7)

    assert [scale.points_at(age) for age in (0, 6, 7, 8)] == [5, 5, 0, 0]


@pytest.mark.parametrize(
    "scale",
    [Dated(20, half_life=30), Dated(-21, half_life=7), Dated(5, window=7), Dated(5), Dated(0, half_life=9)],
)
def test_the_ages_at_which_the_points_change_tell_the_points_of_every_age(scale):
    ages, points = zip(*scale.ages_and_points, strict=True)

    assert list(ages) == sorted(set(ages))
    for age in range(400):
        assert scale.points_at(age) == points[sum(each <= age for each in ages) - 1]


def test_dated_steps_are_count_then_age_then_cap():
    scale = Dated(10, cap=25, half_life=30)
    days = [TODAY, TODAY - timedelta(30), TODAY - timedelta(1), TODAY, TODAY - timedelta(900)]

    award = scale.award(days, TODAY)

    assert award.steps == (("5 times 10", 50), ("age", -15), ("cap", -10))
    assert award.unused == ("1 of them: too old to count",)
    assert award.points == 25
    assert Dated(-10, cap=25).award(days, TODAY).points == -25


def test_what_is_no_past_day_is_listed_with_the_reason():
    scale = Dated(10)

    award = scale.award(["2026-07-01", "soon", TODAY + timedelta(1), None], TODAY)

    assert award.steps == (("1 times 10", 10),)
    assert award.unused == (
        "1 of them: no date, or an instant without a time zone",
        "1 of them: after 2026-07-10",
    )
    assert not scale.award("soon", TODAY).known
    assert scale.award("2026-07-11", TODAY).known
    assert scale.award("2026-07-11", None).points == 10


def test_occurrences_by_id_cannot_be_counted_twice():
    """A redelivered event changes nothing."""
    scale = Dated(10)
    visits = {"web:1": TODAY, "web:2": datetime(2026, 7, 9, tzinfo=UTC)}

    assert scale.award(visits, TODAY) == scale.award({**visits, "web:1": TODAY}, TODAY)
    assert scale.award(visits, TODAY).points == 20


@given(st.lists(st.dates(date(2025, 1, 1), date(2027, 1, 1)), max_size=8), st.randoms())
def test_the_order_of_occurrences_is_irrelevant(days, random):
    shuffled = random.sample(days, len(days))

    for scale in (Dated(7, cap=20, half_life=10), Dated(-7, window=30)):
        assert scale.award(days, TODAY) == scale.award(shuffled, TODAY)


@given(
    st.lists(st.dates(date(2025, 1, 1), date(2027, 1, 1)), max_size=8),
    st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    st.integers(1, 40),
    st.sampled_from([{}, {"cap": 20}, {"half_life": 10}, {"window": 30}]),
)
def test_one_more_occurrence_of_a_positive_signal_never_lowers(days, more, each, options):
    assert Dated(each, **options).award([*days, more], TODAY).points >= (
        Dated(each, **options).award(days, TODAY).points
    )
    assert Dated(-each, **options).award([*days, more], TODAY).points <= (
        Dated(-each, **options).award(days, TODAY).points
    )


@given(
    st.dictionaries(st.integers(-50, 50), st.integers(-20, 20), min_size=1, max_size=6),
    st.integers(-20, 20),
    st.integers(-60, 60),
    st.integers(0, 60),
)
def test_a_rising_number_never_lowers(table, below, value, rise):
    thresholds = sorted(table)
    points = sorted([below, *table.values()])
    scale = Number(zip(thresholds, points[1:], strict=True), points[0], "rising")

    assert not list(scale.problems())
    assert scale.award(value + rise, None).points >= scale.award(value, None).points


@pytest.mark.parametrize(
    ("scale", "places"),
    [
        (YesNo(1.5, True), ["yes", "no"]),
        (Filled("3", None), ["filled", "blank"]),
        (Words({}, other=1.0), ["words", "other"]),
        (Words({"": 1, "a ": 2.5}), ["words", "words.a "]),
        (Number({}), ["at_least"]),
        (Number({float("nan"): 1}), ["at_least"]),
        (Number((("1", 1),)), ["at_least"]),
        (Number(((5, 1), (5, 2))), ["at_least"]),
        (Number({1: 2.5}, below=None), ["below", "at_least"]),
        (Number({1: 5, 2: 3}, order="rising"), ["order"]),
        (Number({1: 5, 2: 8}, below=9, order="falling"), ["order"]),
        (Number({1: 5}, order="up"), ["order"]),
        (Dated(2.0, cap=0, half_life=-3), ["each", "cap", "half_life"]),
        (Dated(5, half_life=30, window=1.5), ["window", "window"]),
    ],
)
def test_every_problem_of_a_scale_is_named(scale, places):
    problems = list(scale.problems())

    assert [place for place, _ in problems] == places
    assert all(message for _, message in problems)


def test_points_are_given_for_what_can_be_looked_up():
    with pytest.raises(WrongType, match="words must be a mapping of each to its points, not list"):
        Words([(["a list"], 2)])
