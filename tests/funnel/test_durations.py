"""How long people take, with those not there yet counted."""

import importlib.util
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadqual import time_to_reach
from leadqual.errors import WrongType, WrongValue
from leadqual.funnel.proportions import TimeToReach

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def pair(days):
    return START, None if days is None else START + days * DAY


class TestQuartiles:
    def test_everybody_is_there(self):
        times = time_to_reach(map(pair, [4, 1, 3, 2]), as_of=START + 9 * DAY)

        assert times == TimeToReach(4, 4, 0, 1 * DAY, 2 * DAY, 3 * DAY)

    def test_those_not_there_yet_are_counted_not_dropped(self):
        times = time_to_reach(map(pair, [1, 2, None, None]), as_of=START + 9 * DAY)

        assert times == TimeToReach(4, 2, 2, 1 * DAY, 2 * DAY, None)

    def test_whoever_waits_counts_only_as_long_as_they_have_waited(self):
        """A person who came yesterday says nothing about the second week."""
        newcomers = [(START + 8 * DAY, None)] * 2
        times = time_to_reach([*map(pair, [2, 4]), *newcomers], as_of=START + 9 * DAY)

        assert (times.waiting, times.median, times.third_quartile) == (2, 2 * DAY, 4 * DAY)

    def test_what_happened_later_is_left_out(self):
        pairs = [pair(1), pair(5), (START + 5 * DAY, START + 6 * DAY)]

        assert time_to_reach(pairs, as_of=START + 2 * DAY) == TimeToReach(2, 1, 1, DAY, DAY, None)

    def test_nobody_gives_none(self):
        assert time_to_reach([], as_of=START) == TimeToReach(0, 0, 0, None, None, None)

    def test_passed_at_once_takes_no_time(self):
        assert time_to_reach([pair(0)], as_of=START).median == timedelta()

    @given(st.lists(st.integers(0, 40), min_size=1))
    def test_without_waiting_it_is_the_smallest_time_that_enough_are_there(self, days):
        times = time_to_reach(map(pair, days), as_of=START + 50 * DAY)

        ordered = sorted(days)
        for quarter, time in enumerate((times.first_quartile, times.median, times.third_quartile), start=1):
            assert time == ordered[-(-quarter * len(days) // 4) - 1] * DAY

    @pytest.mark.skipif(
        importlib.util.find_spec("statsmodels") is None,
        reason="statsmodels, a second opinion, is not installed",
    )
    @given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=60))
    def test_it_is_the_estimate_of_kaplan_and_meier(self, people):
        """Nonparametric estimation from incomplete observations (1958)."""
        from statsmodels.duration.survfunc import SurvfuncRight

        as_of = START + 100 * DAY
        pairs = [
            (as_of - days * DAY, None) if waits else (START, START + days * DAY) for days, waits in people
        ]
        times = time_to_reach(pairs, as_of=as_of)

        if not times.arrived:
            assert times.first_quartile is None
            return
        other = SurvfuncRight([days for days, _ in people], [not waits for _, waits in people])
        for share, time in zip(
            (0.75, 0.5, 0.25), (times.first_quartile, times.median, times.third_quartile), strict=True
        ):
            reached = [t for t, s in zip(other.surv_times, other.surv_prob, strict=True) if s <= share + 1e-9]
            assert time == (float(min(reached)) * DAY if reached else None)


class TestBadInput:
    @pytest.mark.parametrize(
        ("first", "second", "as_of", "argument"),
        [
            (START.replace(tzinfo=None), None, START, "first"),
            (START, START.replace(tzinfo=None), START, "second"),
            (START, None, START.replace(tzinfo=None), "as_of"),
        ],
    )
    def test_an_instant_without_a_time_zone_is_refused(self, first, second, as_of, argument):
        with pytest.raises(WrongValue, match=f"{argument}: has no time zone; give an aware datetime"):
            time_to_reach([(first, second)], as_of=as_of)

    def test_a_day_is_not_an_instant_and_what_is_not_reached_yet_is_none(self):
        with pytest.raises(WrongType, match="first must be an aware datetime, not date; give the instant"):
            time_to_reach([(START.date(), None)], as_of=START)
        with pytest.raises(WrongType, match="second must be .*, not str; give the instant, or None"):
            time_to_reach([(START, "")], as_of=START)
        with pytest.raises(WrongType, match="as_of must be an aware datetime, not date"):
            time_to_reach([], as_of=START.date())

    @pytest.mark.parametrize("pairs", [[START], [(START,)], None, 7])
    def test_pairs_are_pairs(self, pairs):
        with pytest.raises(WrongType, match="pairs must be .* two instants, not "):
            time_to_reach(pairs, as_of=START)

    def test_the_second_before_the_first_is_refused(self):
        with pytest.raises(WrongValue, match="the second instant is before the first"):
            time_to_reach([(START, START - DAY)], as_of=START)
