"""Points learned from what became of a company's own contacts."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import exp, inf, log1p

import pytest
from history_of_a_company import history
from hypothesis import given
from hypothesis import strategies as st

from leadqual import STANDARD, Contact, Evidence, Fact, Scorecard, Signal, evaluate, from_json, learn, to_json
from leadqual.errors import LeadqualError, WrongType, WrongValue
from leadqual.funnel.proportions import Proportion
from leadqual.learning.evaluation import scores_of
from leadqual.learning.learned import Readiness
from leadqual.learning.records import (
    Column,
    TooFewOutcomes,
    read_column,
    read_filled,
    read_records,
    read_sample,
)
from leadqual.learning.regression import RIDGE, SMOOTH, BandedColumn, Model, cut, fit, in_points
from leadqual.scoring.scorecard_file import scorecard_from_toml, scorecard_to_toml
from leadqual.scoring.signals import Words, YesNo

ROWS = history(800)
LEARNED = learn(ROWS, outcome="won", at="created", rising=["minutes"])


def won(count, total=200, **more):
    return [{"won": place < count, "x": place % 3, **more} for place in range(total)]


class TestTheCard:
    def test_what_counts_most_comes_first_and_the_noise_last(self):
        names = [signal.name for signal in LEARNED.card.signals]

        assert set(names[:2]) == {"minutes", "title"}
        assert names.index("asked") < names.index("noise")
        assert "email: identifies the contact, so nothing can be learned from it about others" in map(
            str, LEARNED.left_out
        )

    def test_the_points_follow_the_odds(self):
        scales = {signal.name: signal.scale for signal in LEARNED.card.signals}

        assert isinstance(scales["title"], Words)
        points = dict(scales["title"].words)
        assert points["director"] > points["owner"] > points["assistant"] > points["intern"]
        assert isinstance(scales["asked"], YesNo)
        assert scales["asked"].yes > 0 > scales["asked"].no

    @pytest.mark.parametrize("order", ["rising", "falling"])
    def test_a_declared_order_survives_rounding(self, order):
        """Numbers that go up and down, and answers whose no converts more often than their yes or less."""
        random_ = random.Random(3)
        rows = []
        for place in range(1500):
            level, asked = place % 5, random_.random() < 0.5
            odds = (0.2, 0.6, 0.1, 0.5, 0.3)[level] + 0.1 * asked
            rows.append({"won": random_.random() < odds, "level": level, "asked": asked, "none": not asked})
        columns = ["level", "asked", "none"]

        free, bound = (learn(rows, outcome="won", **more).card for more in ({}, {order: columns}))

        free, bound = ({each.name: each.scale for each in card.signals} for card in (free, bound))
        levels = [
            [scale.below, *(points for _, points in scale.at_least)]
            for scale in (free["level"], bound["level"])
        ]
        assert levels[0] not in (sorted(levels[0]), sorted(levels[0], reverse=True))
        assert levels[1] == sorted(levels[1], reverse=order == "falling")
        assert len(set(levels[1])) > 1
        kept, dropped = ("asked", "none") if order == "rising" else ("none", "asked")
        assert {*bound} == {"level", kept}
        assert {*free} == {"level", kept, dropped}
        assert (bound[kept].yes > bound[kept].no) is (order == "rising")

    def test_it_is_an_ordinary_card_whose_total_stays_within_0_and_100(self):
        assert scorecard_from_toml(scorecard_to_toml(LEARNED.card)) == LEARNED.card
        totals = [LEARNED.card.priority(row).total for row in ROWS]
        assert 0 <= min(totals) < 40
        assert 60 < max(totals) <= 100
        assert LEARNED.card.points_to_double_odds == pytest.approx(10, abs=0.05)

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
        assert (
            0.65
            < LEARNED.evaluation.auc.low
            < LEARNED.evaluation.auc.value
            < LEARNED.evaluation.auc.high
            < 0.88
        )
        assert LEARNED.verdict is Readiness.READY
        assert LEARNED.needs == ()
        assert LEARNED.out_of_time.auc.low > 0.6
        assert LEARNED.out_of_time.drift[0].name == "total"
        assert LEARNED.evaluation.outcome == Proportion(sum(row["won"] == "yes" for row in ROWS), 800)

    def test_higher_bands_convert_more_often(self):
        rates = [each.outcome.rate for each in LEARNED.evaluation.calibration]

        assert len(rates) >= 4
        assert rates == sorted(rates)
        assert sum(each.outcome.total for each in LEARNED.evaluation.calibration) == 800

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
        learned = learn(history(1200, strength=0.4), outcome="won", at="created")

        assert learned.verdict is Readiness.USABLE
        assert learned.needs[0].startswith("an area of later people significantly above 0.55")

    def dated(self, **changes):
        rows = history(1000, strength=2)
        for row in sorted(rows, key=lambda row: row["created"])[400:]:
            row.update({name: change(row) for name, change in changes.items()})
        return learn(rows, outcome="won", at="created")

    def test_what_does_not_hold_later_is_not_ready(self):
        random_ = random.Random(2)

        learned = self.dated(won=lambda row: {"yes": "no", "no": "yes"}[row["won"]])

        assert learned.verdict is Readiness.NOT_READY
        assert any(
            need.startswith("to rank later people better than chance, which is not certain")
            for need in learned.needs
        )
        tossed = self.dated(won=lambda _: random_.choice(["yes", "no"]))
        assert tossed.verdict is not Readiness.READY
        assert "to rank the last sixth of the time significantly better than chance" in tossed.needs[-1]

    def test_people_who_have_changed_are_not_ready_however_well_they_are_ranked(self):
        learned = self.dated(title=lambda _: "director", minutes=lambda row: row["minutes"] + 15)

        assert learned.out_of_time.auc.low > 0.5
        assert learned.verdict is Readiness.NOT_READY
        assert str(learned).startswith(
            "not ready: the card needs people like the earlier ones: the totals of"
        )

    def test_too_few_at_the_end_of_the_time_is_said(self):
        rows = history(400, strength=2)
        for row in rows:
            row["created"] = date(2025, 1, 1) if row["won"] == "no" else date(2025, 1, 2)

        learned = learn(rows, outcome="won", at="created")

        assert learned.out_of_time is None
        assert (
            "at least 10 of either outcome in the last sixth of the time, and 20 in the first half"
            in learned.needs
        )
        assert "; nothing is known of how it ranks later people; first ask whether title (0.75) was" in str(
            learned
        )
        same_day = [{**row, "created": date(2025, 1, 1)} for row in rows]
        assert learn(same_day, outcome="won", at="created").needs == learned.needs

    def test_few_outcomes_in_the_first_half_are_said(self):
        rows = sorted(history(900, strength=2), key=lambda row: row["created"])
        for place, row in enumerate(rows[:450]):
            row["won"] = "no" if place % 30 else "yes"

        learned = learn(rows, outcome="won", at="created")

        assert learned.out_of_time.outcome.total < 450
        assert learned.out_of_time.drift == ()
        assert (
            "at least 10 of either outcome in the last sixth of the time, and 20 in the first half"
            in learned.needs
        )

    def test_a_block_of_few_outcomes_is_not_tried(self):
        rows = sorted(history(1000, strength=2), key=lambda row: row["created"])
        for row in rows[330:505]:
            row["won"] = "no"

        learned = learn(rows, outcome="won", at="created")

        assert learned.verdict is Readiness.READY
        assert 600 < learned.out_of_time.outcome.total < 720

    def test_the_verdict_without_days_is_usable_at_most_and_says_that_nothing_is_known_of_later(self):
        learned = learn(ROWS, outcome="won")

        assert learned.needs == ("the day of each (at=…), to be tried on later people",)
        assert str(learned) == (
            "usable: the card ranks better than chance; nothing is known of how it ranks later people"
        )
        assert str(LEARNED).startswith("ready: the card ranks well, later people too")

    def test_each_figure_is_that_of_the_card_on_rows_that_it_has_not_seen(self, monkeypatch):
        """Totals are compared one by one, and each card with the rows that it was made from."""
        made, scored = [], []

        def of(sample, rows, *name, make=Model.of):
            made.append((make(sample, rows, *name), [sample.cases[row] for row in rows]))
            return made[-1][0]

        def scores(card, cases, score=scores_of):
            scored.append((card, cases, score(card, cases)))
            return scored[-1][2]

        monkeypatch.setattr(Model, "of", of)
        monkeypatch.setattr("leadqual.learning.learned.scores_of", scores)
        learned = learn(ROWS, outcome="won", at="created", filled=["title"])

        assert learned.card == made[0][0].card
        assert len(made) == 1 + 5 + 5
        assert sum(len(cases) for _, cases, _ in scored[:5]) == 800
        for card, cases, totals in scored:
            (trained,) = [seen for model, seen in made if model.card is card]
            drift = len(cases) == 800
            assert drift or not {id(case) for case in trained} & {id(case) for case in cases}
            rows = [{name: case.read(name) for name in ROWS[0]} for case in cases]
            assert [each.total for each in totals] == [card.total(row) for row in rows]

    def test_the_rule_score_stands_beside(self):
        rows = [{**row, "responded": row["won"], "interested_in_offer": row["won"]} for row in ROWS]

        learned = learn(rows, outcome="won", signals=["title", "minutes"])

        assert learned.evaluation.rule_auc.value == 1
        dated = [{**row, "responded": row["created"] if row["responded"] == "yes" else None} for row in rows]
        assert learn(dated, outcome="won", signals=["title"]).evaluation.rule_auc.value > 0.9
        assert learned.needs[0] == "to rank no worse than the rule score, but it ranks significantly worse"
        assert LEARNED.evaluation.rule_auc is None


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
        return learn(rows, outcome="won", at="created", **learned)

    def test_columns_that_give_the_outcome_away_are_named_and_never_dropped(self):
        learned = self.leaky(filled=["closed"])

        reasons = {warning.column: str(warning) for warning in learned.warnings}
        assert "alone it ranks suspiciously well" in reasons["invoice"]
        assert "where it is filled" in reasons["invoice"]
        assert "nearly all converted with one value, and hardly any with another" in reasons["verdict"]
        assert reasons["closed filled"].startswith("closed filled: nearly all of the ")
        assert all(reason.endswith("was it known when you would have called?") for reason in reasons.values())
        assert "verdict" in [signal.name for signal in learned.card.signals]

    def test_a_suspected_leak_is_not_ready_and_the_first_line_asks_when_it_was_known(self):
        rows = [{**row, "paid": row["won"]} for row in ROWS]

        leaky = learn(rows, outcome="won", at="created")

        assert leaky.evaluation.auc.value == 1
        assert leaky.verdict is Readiness.NOT_READY
        assert str(leaky) == (
            "not ready: the card needs an answer: was paid known when you would have called? "
            "Name it in known_before, or leave it out"
        )
        assert learn(rows, outcome="won", at="created", known_before=["paid"]).verdict is Readiness.READY
        assert learn(rows, outcome="won", known_before=["paid"]).verdict is Readiness.USABLE

    def test_whoever_says_that_they_were_known_gets_a_ready_card(self):
        learned = self.leaky(filled=["closed"], known_before=["invoice", "verdict", "closed"])

        assert learned.verdict is Readiness.READY
        assert all(warning.answered for warning in learned.warnings)
        assert str(learned.warnings[0]).endswith("you said that it was known before")

    def test_what_statistics_cannot_see_is_said(self):
        """A column that ranks well alone, yet no better than an honest one may, is asked for in the first line."""
        assert LEARNED.limits[-1] == (
            "no figure shows whether a column was known when you would have called: ask this about each column"
        )
        random_ = random.Random(4)
        rows = [{**row, "duration": random_.randrange(20) + 7 * (row["won"] == "yes")} for row in ROWS]

        learned = learn(rows, outcome="won", at="created")

        assert learned.verdict is Readiness.READY
        assert str(learned).endswith(
            "; first ask whether duration (0.76) was known when you would have called"
        )
        assert learn(rows, outcome="won", known_before=["duration"]).ask == ()

    def test_what_the_figures_do_not_show_is_said(self):
        rows = [
            {
                **row,
                "title": row["title"] if row["won"] == "no" or place % 3 else None,
                "once": "yes" if place < 2 else "no",
            }
            for place, row in enumerate(ROWS)
        ]

        limits = learn(rows, outcome="won").limits

        blanks = (
            "records with a blank cell convert at another rate: see whether filled ranks better for title"
        )
        assert blanks in limits
        assert any(
            limit.endswith("bands hold fewer than 3 that converted; their points are guesses")
            for limit in limits
        )
        assert blanks not in learn(rows, outcome="won", filled=["title"]).limits


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
        assert learned.too_recent == len(young) > 0
        assert learned.limits[0].endswith(
            "are younger than 20 days, the usual time to convert, and count as not converted, and may yet convert"
        )

        without = learn(rows, outcome="won", at="created", as_of=today, drop_recent=True)
        assert without.evaluation.outcome.total == sum(
            row["created"] <= today - timedelta(days=20) for row in rows
        )
        assert without.limits[0].endswith("and are left out")

        later = learn(rows, outcome="won", at="created", as_of=today + timedelta(days=99))
        assert later.too_recent == 0
        assert len(later.limits) == 1

        assert (
            learn(rows, outcome="won", at="created", days_to_convert=3650).too_recent
            == 1000 - learned.evaluation.outcome.count
        )

    def test_without_days_the_limits_say_so(self):
        learned = learn(ROWS, outcome="won")

        assert learned.limits[0] == "without the day of each (at=…) it is not known whether this holds later"
        assert learned.out_of_time is None

    def test_records_without_outcome_or_day_are_counted(self):
        rows = [*ROWS, {"won": None, "created": None}, {"won": "no", "created": "soon", "minutes": 1}]

        learned = learn(rows, outcome="won", at="created")

        assert learned.limits[:2] == (
            "1 are left out, because their outcome is unknown",
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
        assert learned.evaluation.rule_auc is not None
        assert learned.verdict is Readiness.USABLE


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
                "outcome: has 3 different values, not yes and no; name the one that means converted",
            ),
            ([{"won": "sold"}], {"outcome": "won"}, "outcome: has only one value; name the one that means"),
            (won(90), {"outcome": "won", "positive": "sold"}, "positive: is the outcome of no row"),
            (won(90), {"outcome": "won", "at": "day"}, "at: no row has a column 'day'"),
            (won(90), {"outcome": "won", "signals": ["z"]}, "signals: no row has a column 'z'"),
            (won(90), {"outcome": "won", "rising": ["z"]}, "rising: no row has a column 'z'"),
            (won(90), {"outcome": "won", "filled": ["z"]}, "filled: no row has a column 'z'"),
            (won(90), {"outcome": "won", "known_before": ["z"]}, "known_before: no row has a column 'z'"),
            (ROWS, {"outcome": "won", "rising": ["title"]}, "rising: 'title' holds words; name a column of"),
            (
                ROWS,
                {"outcome": "won", "at": "created", "as_of": date(2025, 12, 30)},
                "as_of: 2 days lie after it; leave those rows out, or give a later day",
            ),
            (
                [{"won": place < 50, "x": 1, "y": None} for place in range(100)],
                {"outcome": "won"},
                "rows: have no column to learn from; x: has one value in all its filled cells, so nothing",
            ),
            (
                [{"won": place < 50, "x": f"word {place // 2}"} for place in range(100)],
                {"outcome": "won"},
                "rows: have no column with enough records for two values; name other columns",
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

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"rows": None}, "rows must be an iterable of contacts or mappings, not NoneType"),
            ({"rows": {"won": "yes"}}, "rows must be an iterable of contacts or mappings, not dict"),
            ({"outcome": None}, "outcome must be the name of a column, not NoneType"),
            ({"at": date(2026, 1, 1)}, "at must be the name of a column, not date"),
            ({"positive": True}, "positive must be the text in the column of the outcome, not bool"),
            ({"policy": None}, "policy must be a Policy, not NoneType"),
            (
                {"signals": "title"},
                "signals must be an iterable of names of columns, not str; put a single one",
            ),
            ({"filled": None}, "filled must be an iterable of names of columns, not NoneType"),
            ({"rising": [3]}, "rising must be names of columns, not int"),
            ({"falling": 3}, "falling must be an iterable of names of columns, not int"),
            ({"known_before": "invoice"}, "known_before must be an iterable of names of columns, not str"),
            (
                {"as_of": "2026-01-15"},
                "as_of must be a date or an aware datetime, not str; such as date(2026",
            ),
            (
                {"as_of": datetime(2026, 1, 15, tzinfo=UTC).replace(tzinfo=None)},
                "as_of must be a date or an aware datetime, not datetime",
            ),
            (
                {"days_to_convert": 2.5},
                "days_to_convert: is not a number of days: 2.5; give a whole number, such as 30",
            ),
            ({"days_to_convert": -1}, "days_to_convert: is not a number of days: -1"),
            ({"name": None}, "name: must be a text that is not empty"),
        ],
    )
    def test_each_argument_of_a_wrong_type_is_refused_with_what_would_be_right(self, options, message):
        with pytest.raises(LeadqualError) as caught:
            learn(**{"rows": ROWS, "outcome": "won", **options})
        assert str(caught.value).startswith(message)

    def test_the_card_comes_first_and_a_split_is_a_day(self):
        with pytest.raises(WrongType, match="card must be a Scorecard, not list; the card comes first"):
            evaluate(ROWS, LEARNED.card, outcome="won")
        with pytest.raises(WrongType, match="split must be a date or an aware datetime, not str"):
            evaluate(LEARNED.card, ROWS, outcome="won", at="created", split="2026-01-15")

    def test_surplus_cells_of_a_csv_reader_are_refused(self):
        with pytest.raises(
            WrongValue, match="rows: have cells under a key that is not the name of a column; name every"
        ):
            learn([*ROWS, {**ROWS[0], None: ["surplus"]}], outcome="won")

    def test_one_column_cannot_both_rise_and_fall(self):
        with pytest.raises(
            WrongValue, match="falling: 'minutes' is among the rising columns too; name it in one"
        ):
            learn(ROWS, outcome="won", rising=["minutes"], falling=["minutes"])

    def test_a_column_called_like_a_filled_one_is_told(self):
        rows = [{**row, "title filled": place % 3} for place, row in enumerate(ROWS)]
        with pytest.raises(WrongValue, match="filled: there is a column 'title filled' too; rename it"):
            learn(rows, outcome="won", filled=["title"])
        others = learn(rows, outcome="won", filled=["title"], signals=["title", "minutes"])
        assert others.verdict is Readiness.USABLE

    def test_generators_aware_instants_and_any_number_of_days_are_fine(self):
        instant = datetime(2026, 1, 15, 23, tzinfo=UTC)
        columns = (name for name in ["title", "minutes"])

        learned = learn(
            (row for row in ROWS),
            outcome="won",
            at="created",
            signals=columns,
            as_of=instant,
            days_to_convert=10**7,
        )

        assert learned.too_recent == learned.evaluation.outcome.total - learned.evaluation.outcome.count

    @pytest.mark.parametrize(("yes", "no"), [(1.0, 0.0), ("1.0", "0.0"), (1, 0.0), (Decimal(1), "no")])
    def test_outcomes_of_1_and_0_with_a_point_are_yes_and_no(self, yes, no):
        rows = [{**row, "won": yes if row["won"] == "yes" else no} for row in ROWS]

        assert learn(rows, outcome="won", at="created", rising=["minutes"]) == LEARNED

    def test_the_word_that_means_converted_may_be_named(self):
        rows = [{**row, "status": "sold" if row["won"] == "yes" else "lost"} for row in ROWS]

        learned = learn(rows, outcome="status", positive="sold", signals=["title", "minutes"])

        assert learned.evaluation.outcome == LEARNED.evaluation.outcome


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
        assert left_out["source"].startswith("is the source of the contact")
        assert left_out["number"].startswith("has a different value in every row")
        assert left_out["day"] == left_out["several"] == left_out["created"] == left_out["text"]
        assert left_out["blank"] == "is blank in every row; fill it"
        assert left_out["same"].startswith("has one value in all its filled cells")
        assert (
            left_out["same filled"] == "is filled in every row or in none, so nothing can be learned from it"
        )
        assert "saw_business" not in left_out

        told = learn(rows, outcome="won", signals=["source", "number", "title"])
        assert {fault.where for fault in told.left_out} <= {"source", "number"}

    def test_a_fact_that_implies_the_outcome_is_set_aside(self):
        rows = [{**row, "signed_up": row["won"], "became_leader": "no"} for row in ROWS]

        learned = learn(rows, outcome="signed_up")

        assert "became_leader" in {fault.where for fault in learned.left_out}

    def test_bands_are_cut_where_enough_people_are_and_a_common_number_stands_alone(self):
        column = read_column("x", [0] * 50 + list(range(1, 101)) + [None])

        banded = cut(column, range(151), minority=100)

        assert banded.cuts[0] == 1
        assert Counter(banded.codes) == {0: 50, 1: 30, 2: 30, 3: 40, 4: 1}
        assert banded.cuts == (1, 31, 61)
        assert cut(column, range(151), minority=99).size == 3

    def test_words_of_few_people_share_a_band_if_they_are_enough_together(self):
        cells = ["a"] * 30 + ["b"] * 30 + [f"rare {place}" for place in range(25)]
        some = cut(read_column("x", cells), range(85), minority=100)
        few = cut(read_column("x", cells[:70]), range(70), minority=100)

        assert (some.words, some.size) == (("a", "b"), 3)
        assert (few.words, few.size) == (("a", "b"), 2)
        assert few.bands[-1] == few.bands[2] == 2

    def test_mixed_columns_are_refused_with_a_reason_since_no_scale_reads_them(self):
        assert read_column("x", [True, "no", 1, None]).kind == "yes"
        assert read_column("x", [1, "2.5", None]).kind == "number"
        assert read_column("x", ["yes", "perhaps"]).kind == "words"
        assert read_filled("x", ["yes", None]).cells == (1, 0)
        rows = [
            {**row, "many": (1, 2, "many")[place % 3], "far": inf if place % 3 else 1.5}
            for place, row in enumerate(ROWS)
        ]
        reasons = {fault.where: fault.reason for fault in learn(rows, outcome="won").left_out}
        assert reasons["many"] == reasons["far"]
        assert reasons["many"].startswith(
            "is neither all yes and no, nor all finite numbers, nor all words; make its cells"
        )

    @given(
        st.lists(
            st.sampled_from(
                [
                    None,
                    "",
                    " yes",
                    "no",
                    True,
                    0,
                    1,
                    2,
                    7,
                    "7",
                    "7.0",
                    -1.5,
                    "1e3",
                    inf,
                    "inf",
                    "a",
                    "a ",
                    "b",
                    Decimal(3),
                ]
            ),
            min_size=60,
            max_size=90,
        ),
        st.lists(st.booleans(), min_size=90, max_size=90),
        st.sampled_from(["", "rising", "falling"]),
    )
    def test_the_card_gives_each_row_what_the_model_does(self, cells, outcomes, order):
        """Columns of every kind, seen and unseen cells: totals row by row, not areas that are near."""
        rows = [
            {"won": won, "x": cell, "y": place % 7}
            for place, (cell, won) in enumerate(zip(cells, [True, False, *outcomes], strict=False))
        ]
        orders = {order: ["y"]} if order else {}
        found = read_records(rows, outcome="won", at=None, positive=None, as_of=None, policy=STANDARD)
        options = {"signals": None, "filled": ["x"], "rising": (), "falling": (), **orders}
        sample = read_sample(found, **options)

        both = {case.converted: row for row, case in enumerate(sample.cases)}
        model = Model.of(sample, [*both.values(), *range(len(rows) // 2)])

        expected = [
            model.card.base
            + sum(mine[part.codes[row]] for part, mine in zip(model.parts, model.points, strict=True))
            for row in range(len(rows))
        ]
        assert [each.total for each in scores_of(model.card, sample.cases)] == expected
        assert sorted(model.card.total(row) for row in rows) == sorted(expected)


class TestTheFit:
    def random_codes(self, seed, rows=250):
        random_ = random.Random(seed)
        sizes, numbers = [2, 4, 5, 1, 0], [False, True, True, False, False]
        codes = [[random_.choice([*range(size + 1), 0]) for _ in range(rows)] for size in sizes]
        converted = [
            random_.random() < 0.2 + 0.1 * (a == 1) + 0.1 * b for a, b in zip(codes[0], codes[1], strict=True)
        ]
        return codes, converted, sizes, numbers

    def loss(self, weights, intercept, codes, converted, numbers):
        """The penalised loss, written out."""
        total = 0.0
        for *row, yes in zip(*codes, converted, strict=True):
            logit = intercept + sum(mine[code] for mine, code in zip(weights, row, strict=True))
            total += log1p(exp(logit)) - yes * logit
        for mine, bends in zip(weights, numbers, strict=True):
            known = mine[:-1]
            total += RIDGE / 2 * sum(each**2 for each in known)
            if bends:
                total += (
                    SMOOTH
                    / 2
                    * sum((a - 2 * b + c) ** 2 for a, b, c in zip(known, known[1:], known[2:], strict=False))
                )
        return total

    def fit(self, codes, converted, sizes, numbers):
        parts = [
            BandedColumn(
                Column("x", "x", "number" if bends else "words", "", (), cells), range(size + 1), size
            )
            for cells, size, bends in zip(codes, sizes, numbers, strict=True)
        ]
        return fit(parts, converted, range(len(converted)))

    def intercept(self, weights, codes, converted):
        """Return the best intercept, by halving."""
        fixed = [
            sum(mine[code] for mine, code in zip(weights, row, strict=True))
            for row in zip(*codes, strict=True)
        ]
        low, high = -9.0, 9.0
        for _ in range(60):
            middle = (low + high) / 2
            rate = sum(1 / (1 + exp(-middle - each)) for each in fixed)
            low, high = (middle, high) if rate < sum(converted) else (low, middle)
        return low

    @pytest.mark.parametrize("seed", range(3))
    def test_nothing_nearby_costs_less(self, seed):
        """At the least loss each allowed move of two bands costs more, however small it is."""
        codes, converted, sizes, numbers = self.random_codes(seed)
        weights = self.fit(codes, converted, sizes, numbers)
        intercept = self.intercept(weights, codes, converted)
        least = self.loss(weights, intercept, codes, converted, numbers)

        counts = [Counter(column) for column in codes]
        for column, size in enumerate(sizes):
            assert weights[column][-1] == 0
            assert sum(counts[column][band] * weights[column][band] for band in range(size)) == pytest.approx(
                0, abs=1e-9
            )
            for band in range(size - 1):
                for move in (-1e-3, 1e-3):
                    moved = [list(mine) for mine in weights]
                    moved[column][band] += move / counts[column][band]
                    moved[column][band + 1] -= move / counts[column][band + 1]
                    assert self.loss(moved, intercept, codes, converted, numbers) > least

    @pytest.mark.parametrize("seed", range(3))
    def test_the_least_loss_is_that_of_scipy(self, seed):
        """Within 1e-6, absolute, of the least that a general minimiser finds."""
        optimize = pytest.importorskip("scipy.optimize", reason="compares with SciPy")
        codes, converted, sizes, numbers = self.random_codes(seed)
        counts = [Counter(column) for column in codes]

        def weights_of(free):
            """Return the weights whose last known band makes up for the others."""
            left, result = list(free), []
            for column, size in enumerate(sizes):
                mine = [left.pop() for _ in range(size - 1)]
                rest = -sum(counts[column][band] * each for band, each in enumerate(mine))
                result.append([*mine, *([rest / counts[column][size - 1]] if size else []), 0.0])
            return result

        def loss(free):
            return self.loss(weights_of(free[1:]), free[0], codes, converted, numbers)

        found = optimize.minimize(loss, [0.0] * 9, tol=1e-8)
        weights = self.fit(codes, converted, sizes, numbers)
        intercept = self.intercept(weights, codes, converted)
        assert self.loss(weights, intercept, codes, converted, numbers) == pytest.approx(found.fun, abs=1e-6)

    def test_a_step_that_goes_too_far_is_halved(self):
        codes = [[0] * 2_000 + [1] * 98_000]

        ((rare, common, unknown),) = self.fit(codes, [True] * 2_000 + [False] * 98_000, [2], [False])

        assert rare == pytest.approx(-49 * common)
        assert 5 < rare < 15
        assert unknown == 0

    def test_a_column_without_any_band_has_no_points(self):
        assert self.fit([[0] * 10], [True, False] * 5, [0], [False]) == [[0.0]]

    def test_one_outer_band_does_not_carry_the_ranking_once_it_has_become_common(self, monkeypatch):
        """A rare high rate converted well; later it is the usual one, and converts worst of all."""
        random_ = random.Random(2)
        rows = []
        for place in range(2000):
            late = place >= 1400
            rate = random_.choices([1, 2, 3, 4], [14, 13, 10, 63] if late else [32, 32, 32, 4])[0]
            asked = random_.random() < 0.4
            odds = {1: 0.3, 2: 0.2, 3: 0.12, 4: 0.05 if late else 0.5}[rate] * (1.5 if asked else 0.65)
            rows.append({"rate": rate, "asked": asked, "won": random_.random() < odds})

        def later():
            return evaluate(learn(rows[:1400], outcome="won").card, rows[1400:], outcome="won").auc.value

        assert later() > 0.6
        monkeypatch.setattr("leadqual.learning.regression.SMOOTH", 0.0)
        assert later() < 0.5


CARD = Scorecard(
    "by hand",
    signals=[Signal.number("minutes", {1: 10, 10: 20, 20: 40}), Signal.words("title", {"director": 30})],
)


class TestEvaluate:
    def test_any_card_can_be_tried_on_records(self):
        found = evaluate(CARD, ROWS, outcome="won", at="created")

        assert found.outcome == LEARNED.evaluation.outcome
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

    def test_a_signal_may_be_called_total(self):
        named, plain = (
            Scorecard(
                "named", signals=[Signal.number(name, {20: 40}, column="minutes"), Signal.yes("asked", 20)]
            )
            for name in ("total", "minutes")
        )

        found = evaluate(named, ROWS, outcome="won", at="created")

        assert found.auc == evaluate(plain, ROWS, outcome="won").auc
        assert [each.name for each in found.drift] == ["total", "total", "asked"]

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
    from leadqual.learning.learned import Learned

    assert from_json(to_json(LEARNED), Learned) == LEARNED
