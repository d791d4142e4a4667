"""Points learned from what became of a company's own contacts."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from history_of_a_company import history
from hypothesis import given
from hypothesis import strategies as st

from leadqual import Contact, Evidence, Fact, Scorecard, Signal, evaluate, from_json, learn, to_json
from leadqual.errors import WrongType, WrongValue
from leadqual.funnel.proportions import Proportion
from leadqual.learning.bands import cut, read_column, read_filled
from leadqual.learning.cases import TooFewOutcomes
from leadqual.learning.fitting import Readiness
from leadqual.learning.regression import fit, in_points
from leadqual.scoring.scales import Number, Words, YesNo
from leadqual.scoring.scorecard_file import scorecard_from_toml, scorecard_to_toml

ROWS = history(800)
LEARNED = learn(ROWS, outcome="won", at="created", rising=["minutes"])


def won(count, total=200, **more):
    return [{"won": place < count, "x": place % 3, **more} for place in range(total)]


class TestTheCard:
    def test_what_counts_most_comes_first_and_the_noise_last(self):
        names = [signal.name for signal in LEARNED.card.signals]

        assert set(names[:2]) == {"minutes", "title"}
        assert names.index("asked") < names.index("noise")
        assert "email: says who it is, and nothing about anybody else" in map(str, LEARNED.left_out)

    def test_the_points_follow_the_odds(self):
        scales = {signal.name: signal.scale for signal in LEARNED.card.signals}

        assert isinstance(scales["title"], Words)
        points = dict(scales["title"].words)
        assert points["director"] > points["owner"] > points["assistant"] > points["intern"]
        assert isinstance(scales["asked"], YesNo)
        assert scales["asked"].yes > 0 > scales["asked"].no

    def test_a_declared_order_survives_rounding(self):
        """Declared orders survive rounding: the card itself refuses a scale that breaks its order."""
        for argument, order in (("rising", "rising"), ("falling", "falling")):
            card = learn(ROWS, outcome="won", **{argument: ["minutes", "asked"]}).card
            scales = {signal.name: signal.scale for signal in card.signals}
            if "minutes" in scales:
                assert isinstance(scales["minutes"], Number)
                points = [scales["minutes"].below, *(each for _, each in scales["minutes"].at_least)]
                assert points == sorted(points, reverse=order == "falling")

    def test_it_is_an_ordinary_card_whose_total_stays_within_0_and_100(self):
        assert scorecard_from_toml(scorecard_to_toml(LEARNED.card)) == LEARNED.card
        totals = [LEARNED.card.priority(row).total for row in ROWS]
        assert 0 <= min(totals) < 40
        assert 60 < max(totals) <= 100
        assert LEARNED.card.doubling == pytest.approx(10, abs=0.05)

    def test_fifty_is_the_average_contact_and_unknown_is_neutral(self):
        """Unknown is neutral: the known bands of a signal average 0 over those who are in one."""
        assert LEARNED.card.base == 50
        assert LEARNED.card.total({}) == 50
        for signal in LEARNED.card.signals:
            known = [row for row in ROWS if row[signal.column] is not None]
            points = [signal.scale.award(row[signal.column], None).points for row in known]
            assert abs(sum(points) / len(points)) < 0.6

    @given(st.integers(-9, 9))
    def test_a_number_that_nobody_had_is_read_like_its_neighbours(self, beyond):
        card = LEARNED.card

        assert card.total({"minutes": 500 + beyond}) == card.total({"minutes": 39})
        assert card.total({"minutes": -500 + beyond}) == card.total({"minutes": 0})

    def test_points_shrink_until_the_total_fits(self):
        points, base, doubling = in_points([[-3.0, 3.0, 0.0]] * 4)

        assert sum(max(column) - min(column) for column in points) <= 100
        assert base + sum(map(min, points)) >= 0
        assert doubling < 3


class TestTheWorth:
    def test_it_ranks_people_whom_it_has_not_seen_as_well_as_the_odds_allow(self):
        assert 0.65 < LEARNED.auc.low < LEARNED.auc.value < LEARNED.auc.high < 0.88
        assert LEARNED.verdict is Readiness.READY
        assert LEARNED.needs == ()
        assert LEARNED.out_of_time.auc.low > 0.6
        assert LEARNED.out_of_time.drift[0].name == "total"
        assert LEARNED.base_rate == Proportion(sum(row["won"] == "yes" for row in ROWS), 800)

    def test_higher_bands_convert_more_often(self):
        rates = [each.outcome.rate for each in LEARNED.calibration]

        assert len(rates) >= 4
        assert rates == sorted(rates)
        assert sum(each.outcome.total for each in LEARNED.calibration) == 800

    def test_it_is_deterministic_and_independent_of_the_order_of_the_rows(self):
        """The same records give the same card, in whatever order they come."""
        shuffled = [dict(sorted(row.items())) for row in random.Random(3).sample(ROWS, len(ROWS))]

        assert learn(shuffled, outcome="won", at="created", rising=["minutes"]) == LEARNED

    def test_copies_of_few_cases_are_dealt_to_the_folds_by_chance(self):
        """Were copies dealt in turn, every fold would repeat the others and noise would rank well."""
        random_ = random.Random(5)
        rows = [{"won": random_.random() < 0.5, "noise": random_.choice("abcdefgh")} for _ in range(400)]

        assert learn(rows, outcome="won").verdict is Readiness.NOT_READY

    def test_outcomes_without_any_reason_are_not_ready(self):
        random_ = random.Random(11)
        outcomes = [row["won"] for row in ROWS]
        for _ in range(3):
            random_.shuffle(outcomes)
            rows = [{**row, "won": outcome} for row, outcome in zip(ROWS, outcomes, strict=True)]
            learned = learn(rows, outcome="won", at="created")
            assert learned.verdict is Readiness.NOT_READY
            assert learned.needs[0].startswith("more people, or columns that say more")

    def test_few_people_are_usable_at_most(self):
        learned = learn(history(150, strength=2.0), outcome="won")

        assert learned.verdict is Readiness.USABLE
        assert any(need.endswith("more that converted") for need in learned.needs)

    def test_a_weak_ranking_says_from_where_it_would_be_ready(self):
        learned = learn(history(1500, strength=0.35), outcome="won")

        assert learned.verdict is Readiness.USABLE
        assert learned.needs[0].startswith("an area surely above 0.60")

    def test_what_does_not_hold_later_is_not_ready(self):
        rows = history(1000, strength=2)
        random_ = random.Random(2)
        for row in rows:
            if row["created"] > date(2025, 7, 1):
                row["won"] = random_.choice(["yes", "no"])

        learned = learn(rows, outcome="won", at="created")

        assert learned.verdict is Readiness.USABLE
        assert learned.needs == (
            "to hold later: made from the earlier half it may rank the later half no better than chance",
        )

    def test_too_few_in_one_half_of_the_time_is_said(self):
        rows = history(400, strength=2)
        for row in rows:
            row["created"] = date(2025, 1, 1) if row["won"] == "no" else date(2025, 1, 2)

        learned = learn(rows, outcome="won", at="created")

        assert learned.out_of_time is None
        assert "at least 20 of either outcome in each half of the time" in learned.needs

    def test_the_rule_score_stands_beside(self):
        rows = [{**row, "responded": row["won"], "interested_in_offer": row["won"]} for row in ROWS]

        learned = learn(rows, outcome="won", signals=["title", "minutes"])

        assert learned.rule_auc.value == 1
        assert learned.needs == ("to rank no worse than the rule score, which it surely does",)
        assert LEARNED.rule_auc is None


class TestLeaks:
    def leaky(self, **learned):
        rows = [
            {
                **row,
                "invoice": f"no {place}" if row["won"] == "yes" else None,
                "verdict": {"yes": "sure", "no": "lost"}[row["won"]] if place % 2 else "open",
                "closed": "sold" if row["won"] == "yes" and place % 3 == 0 else None,
            }
            for place, row in enumerate(ROWS)
        ]
        return learn(rows, outcome="won", **learned)

    def test_columns_that_give_the_outcome_away_are_named_and_never_dropped(self):
        learned = self.leaky(filled=["closed"])

        reasons = {warning.column: str(warning) for warning in learned.warnings}
        assert "alone it ranks nearly perfectly" in reasons["invoice"]
        assert "where it is filled" in reasons["invoice"]
        assert (
            "of those who say one thing nearly all converted, and of others hardly any" in reasons["verdict"]
        )
        assert "nearly all converted of the" in reasons["closed filled"]
        assert all(reason.endswith("was it known when you would have called?") for reason in reasons.values())
        assert "verdict" in [signal.name for signal in learned.card.signals]
        assert learned.verdict is Readiness.USABLE

    def test_whoever_says_that_they_were_known_gets_a_ready_card(self):
        learned = self.leaky(filled=["closed"], known=["invoice", "verdict", "closed"])

        assert learned.verdict is Readiness.READY
        assert all(warning.answered for warning in learned.warnings)
        assert str(learned.warnings[0]).endswith("said to have been known before")

    def test_what_statistics_cannot_see_is_said(self):
        assert LEARNED.limits[-1].startswith(
            "no figure shows whether a column was known when you would have called: ask it of each"
        )
        assert "first of invoice (1.00)" in self.leaky().limits[-1]


class TestTime:
    def test_not_yet_is_not_no(self):
        """Contacts younger than the usual time to convert are counted and named, and left out on request."""
        rows = history(1000)
        for row in rows:
            took = timedelta(days=20 if row["created"] < date(2025, 12, 20) else 2)
            row["won"] = row["created"] + took if row["won"] == "yes" else None
        today = date(2026, 1, 8)

        learned = learn(rows, outcome="won", at="created", as_of=today)
        young = [row for row in rows if row["won"] is None and row["created"] > today - timedelta(days=20)]
        assert learned.young == len(young) > 0
        assert learned.limits[0].endswith(
            "are younger than 20 days, the usual time to convert, and count as not converted, and may yet convert"
        )

        without = learn(rows, outcome="won", at="created", as_of=today, leave_out_young=True)
        assert without.base_rate.total == sum(row["created"] <= today - timedelta(days=20) for row in rows)
        assert without.limits[0].endswith("and are left out")

        later = learn(rows, outcome="won", at="created", as_of=today + timedelta(days=99))
        assert later.young == 0
        assert len(later.limits) == 1

        assert (
            learn(rows, outcome="won", at="created", usual_days=3650).young == 1000 - learned.base_rate.count
        )

    def test_without_days_the_limits_say_so(self):
        learned = learn(ROWS, outcome="won")

        assert learned.limits[0] == "without the day of each (at=…) it is not known whether this holds later"
        assert learned.out_of_time is None

    def test_records_without_outcome_or_day_are_counted(self):
        rows = [*ROWS, {"won": None, "created": None}, {"won": "no", "created": "soon", "minutes": 1}]

        learned = learn(rows, outcome="won", at="created")

        assert learned.limits[:2] == (
            "1 are left out, since nobody knows what became of them",
            "2 have no readable day, and take no part in the test over time",
        )

    def test_a_contact_is_read_as_on_its_day(self):
        """Signals after the outcome must be cut at the day of the record, not at today."""
        contacts = []
        for row in ROWS:
            contact = Contact(
                evidence=Evidence.of(Fact.SAW_BUSINESS) if row["minutes"] > 15 else Evidence(),
                extra={"won": row["won"], "title": row["title"], "created": "2025-03-01"},
                source=None,
            )
            contacts.append(contact)

        learned = learn(contacts, outcome="won", signals=["saw_business", "title"], filled=["saw_business"])

        assert {signal.name for signal in learned.card.signals} == {"saw_business filled", "title"}
        assert learned.rule_auc is not None
        assert learned.verdict is Readiness.READY


class TestBadInput:
    def test_thirty_nine_of_one_outcome_is_refused_with_one_more_needed(self):
        with pytest.raises(TooFewOutcomes, match="40 of either are needed: 1 more needed that converted"):
            learn(won(39), outcome="won")
        with pytest.raises(TooFewOutcomes, match="1 more needed that did not"):
            learn(won(161), outcome="won")
        assert learn(won(40), outcome="won").verdict is Readiness.NOT_READY

    def test_one_outcome_only(self):
        with pytest.raises(TooFewOutcomes, match="there are 200 that converted and 0 that did not"):
            learn(won(200), outcome="won")

    @pytest.mark.parametrize(
        ("rows", "options", "message"),
        [
            (won(90), {"outcome": "wonn"}, "outcome: no row has a column 'wonn'; did you mean 'won'?"),
            (
                won(90),
                {"outcome": "result"},
                "outcome: no row has a column 'result'; name one of the columns",
            ),
            ([{"won": None}], {"outcome": "won"}, "outcome: is blank in every row; fill it, with yes and no"),
            (
                [{"won": word} for word in ("open", "lost", "sold")],
                {"outcome": "won"},
                "outcome: says 3 different things, and not yes and no; name the one that means converted",
            ),
            ([{"won": "sold"}], {"outcome": "won"}, "outcome: says one thing only; name the one that means"),
            (won(90), {"outcome": "won", "positive": "sold"}, "positive: is the outcome of no row"),
            (won(90), {"outcome": "won", "at": "day"}, "at: no row has a column 'day'"),
            (won(90), {"outcome": "won", "signals": ["z"]}, "signals: no row has a column 'z'"),
            (won(90), {"outcome": "won", "rising": ["z"]}, "rising, falling: no row has a column 'z'"),
            (won(90), {"outcome": "won", "filled": ["z"]}, "filled: no row has a column 'z'"),
            (won(90), {"outcome": "won", "known": ["z"]}, "known: no row has a column 'z'"),
            (ROWS, {"outcome": "won", "rising": ["title"]}, "rising: 'title' holds words; name a column of"),
            (
                ROWS,
                {"outcome": "won", "at": "created", "as_of": date(2025, 12, 30)},
                "as_of: 2 days lie after it; leave those rows out, or give a later day",
            ),
            (
                [{"won": place < 50, "x": 1, "y": None} for place in range(100)],
                {"outcome": "won"},
                "rows: have no column to learn from; x: says the same wherever it says anything; a constant",
            ),
            (
                [{"won": place < 50, "x": f"word {place // 2}"} for place in range(100)],
                {"outcome": "won"},
                "rows: have no column in which enough people say one thing or another; name other columns",
            ),
        ],
    )
    def test_each_is_one_line_with_what_would_be_right(self, rows, options, message):
        with pytest.raises(WrongValue) as caught:
            learn(rows, **options)
        assert str(caught.value).startswith(message)
        assert "\n" not in str(caught.value)

    def test_a_row_that_is_no_record(self):
        with pytest.raises(WrongType, match="subject must be a contact or a mapping"):
            learn(["yes"], outcome="won")

    def test_the_word_that_means_converted_may_be_named(self):
        rows = [{**row, "status": "sold" if row["won"] == "yes" else "lost"} for row in ROWS]

        learned = learn(rows, outcome="status", positive="sold", signals=["title", "minutes"])

        assert learned.base_rate == LEARNED.base_rate


class TestColumns:
    def test_why_nothing_is_learned_from_a_column_is_always_said(self):
        rows = [
            {
                **row,
                "source": "referral" if place % 2 else "event",
                "number": place,
                "day": "2026-01-01" if place % 2 else date(2026, 1, 2),
                "several": [1, 2],
                "text": f"2026-01-{place % 9 + 10}",
                "blank": "",
                "same": 5,
                "purchased": row["won"],
                "saw_business": "yes" if place % 5 else "no",
            }
            for place, row in enumerate(ROWS)
        ]

        learned = learn(rows, outcome="purchased", signals=None, filled=["same"])

        left_out = {fault.where: fault.reason for fault in learned.left_out}
        assert left_out["source"].startswith("is where the contact comes from")
        assert left_out["number"].startswith("says something of its own in every row")
        assert left_out["day"] == left_out["several"] == left_out["created"] == left_out["text"]
        assert left_out["blank"] == "says nothing; fill it"
        assert left_out["same"].startswith("says the same wherever it says anything")
        assert left_out["same filled"] == "is filled everywhere or nowhere, which tells nothing"
        assert "saw_business" not in left_out

        told = learn(rows, outcome="won", signals=["source", "number", "title"])
        assert {fault.where for fault in told.left_out} <= {"source", "number"}

    def test_a_fact_that_implies_the_outcome_is_set_aside(self):
        rows = [{**row, "signed_up": row["won"], "became_leader": "no"} for row in ROWS]

        learned = learn(rows, outcome="signed_up")

        assert "became_leader" in {fault.where for fault in learned.left_out}

    def test_bands_are_cut_where_enough_people_are_and_a_common_number_stands_alone(self):
        column = read_column("x", [0] * 50 + list(range(1, 101)) + [None])

        banding = cut(column, range(151), rarer=100)

        assert banding.cuts[0] == 1
        assert Counter(banding.codes[cell] for cell in column.cells) == {0: 50, 1: 30, 2: 30, 3: 40, 4: 1}
        assert banding.cuts == (1, 31, 61)
        assert cut(column, range(151), rarer=99).size == 3

    def test_words_of_few_people_share_a_band_if_they_are_enough_together(self):
        cells = ["a"] * 30 + ["b"] * 30 + [f"rare {place}" for place in range(25)]
        some = cut(read_column("x", cells), range(85), rarer=100)
        few = cut(read_column("x", cells[:70]), range(70), rarer=100)

        assert (some.words, some.size) == (("a", "b"), 3)
        assert (few.words, few.size) == (("a", "b"), 2)
        assert few.codes[-1] == few.codes[2] == 2

    def test_mixed_answers_are_words_unless_all_read_alike(self):
        assert read_column("x", [True, "no", 1, None]).kind == "yes"
        assert read_column("x", [1, "2.5", None]).kind == "number"
        assert read_column("x", ["yes", "perhaps"]).kind == "words"
        assert read_filled("x", ["yes", None]).cells == (1, 0)

    def test_a_fit_that_has_not_settled_stops_all_the_same(self, monkeypatch):
        codes = [[0] * 40 + [1] * 40]
        settled = fit(codes, [True] * 40 + [False] * 40, [2], [""])
        monkeypatch.setattr("leadqual.learning.regression._SWEEPS", 1)

        assert 0 < fit(codes, [True] * 40 + [False] * 40, [2], [""])[0][0] < settled[0][0]

    def test_a_column_without_any_band_has_no_points(self):
        assert fit([[0] * 10], [True, False] * 5, [0], [""]) == [[0.0]]


CARD = Scorecard(
    "by hand",
    signals=[Signal.number("minutes", {1: 10, 10: 20, 20: 40}), Signal.words("title", {"director": 30})],
)


class TestEvaluate:
    def test_any_card_can_be_tried_on_records(self):
        found = evaluate(CARD, ROWS, outcome="won", at="created")

        assert found.outcome == LEARNED.base_rate
        assert 0.6 < found.auc.low < found.auc.value < 0.75
        assert [each.name for each in found.drift] == ["total", "minutes", "title"]
        assert found.rule_auc is None

    def test_a_split_tells_the_later_from_the_earlier(self):
        split = date(2025, 10, 1)

        found = evaluate(CARD, ROWS, outcome="won", at="created", split=split)

        assert found.outcome.total == sum(row["created"] >= split for row in ROWS)
        assert not evaluate(CARD, ROWS, outcome="won").drift
        assert not evaluate(CARD, ROWS, outcome="won", at="created", split=date(2024, 1, 1)).drift

    def test_a_card_is_compared_with_the_rule_score(self):
        rows = [{**row, "responded": row["won"]} for row in ROWS]

        found = evaluate(CARD, rows, outcome="won")

        assert found.rule_auc.value == 1
        assert found.worse_than_rules

    def test_a_learned_card_gives_the_same_totals_as_the_model_that_made_it(self):
        flattered = evaluate(LEARNED.card, ROWS, outcome="won")

        assert flattered.auc.value == pytest.approx(LEARNED.auc.value, abs=0.03)

    def test_points_that_age_are_read_as_on_the_day_of_each_record(self):
        card = Scorecard("aging", signals=[Signal.dated("visits", 40, cap=40, half_life=10)])
        day = date(2025, 6, 1)
        rows = [
            {
                "won": place % 2 == 0,
                "created": day,
                "visits": day - timedelta(days=0 if place % 2 == 0 else 30),
            }
            for place in range(10)
        ]

        assert evaluate(card, rows, outcome="won", at="created").auc.value == 1
        assert evaluate(card, rows, outcome="won", as_of=day).auc.value == 1
        with pytest.raises(WrongValue, match="as_of: is missing, and this card lets points age"):
            evaluate(card, rows, outcome="won")

    def test_bad_input_is_refused(self):
        with pytest.raises(
            WrongValue, match="split: is a day, and the records have none; name their day: at=…"
        ):
            evaluate(CARD, ROWS, outcome="won", split=date(2025, 10, 1))
        with pytest.raises(TooFewOutcomes, match="2 of either are needed: 2 more needed that converted"):
            evaluate(CARD, won(0), outcome="won")

    def test_dated_facts_of_a_contact_count_by_event(self):
        from leadqual import Event, History

        day = datetime(2026, 7, 1, tzinfo=UTC)
        events = [Event(Fact.RESPONDED, day - timedelta(days=age), f"web:{age}") for age in (0, 30, 60)]
        card = Scorecard("events", signals=[Signal.dated(Fact.RESPONDED, 8, cap=50, half_life=30)])

        contact = Contact(history=History.of(*events, *events))

        assert card.priority(contact, as_of=day.date()).total == 8 + 4 + 2
        assert card.priority(contact.history, as_of=day.date()).total == 14
        assert card.priority(Contact(evidence=Evidence.of(Fact.RESPONDED)), as_of=day.date()).total == 0


def test_values_read_back_equal():
    from leadqual.learning.fitting import Learned

    assert from_json(to_json(LEARNED), Learned) == LEARNED
