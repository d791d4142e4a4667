"""The funnel drawn: every number told, no colour needed, nothing divided by zero."""

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadqual import Fact, Funnel, Stage
from leadqual.funnel.levels import LEVELS
from leadqual.funnel.picture import ROWS, bars, shares, svg
from leadqual.strategies import facts

SVG = "{http://www.w3.org/2000/svg}"
NOBODY = Funnel().reached
ONE = Funnel.of([{Fact.SIGNED_UP}]).reached
MANY = Funnel.from_counts(
    {
        "name": 100_000,
        "contacted": 80_000,
        "lead": 23_456,
        "prospect": 5_021,
        "customer": 1_500,
        "rep": 301,
        "leader": 12,
    }
).reached
ENDS = Funnel.from_counts({"name": 100, "leader": 1}).reached
ALL = pytest.mark.parametrize("counts", [NOBODY, ONE, MANY, ENDS], ids=["nobody", "one", "many", "ends"])


def label(stage):
    return f"{stage}s".title()


def drawn(counts, title="Spring"):
    # The text is our own.
    return ET.fromstring(svg({title: counts}))  # noqa: S314 (see above)


def rects(root):
    return [
        {key: float(rect.get(key)) for key in ("x", "y", "width", "height")}
        for rect in root.iter(f"{SVG}rect")
        if rect.get("class") == "bar"
    ]


class TestLayout:
    """The top wide part of the sales funnel you have names."""

    def test_customers_and_reps_lie_side_by_side_and_leaders_at_the_bottom(self):
        assert ROWS == (
            (Stage.NAME,),
            (Stage.LEAD,),
            (Stage.PROSPECT,),
            (Stage.CUSTOMER, Stage.REP),
            (Stage.LEADER,),
        )

    def test_widths_are_in_proportion_and_the_bars_in_their_places(self):
        counts = Funnel.from_counts(
            {"name": 100, "lead": 50, "prospect": 40, "customer": 20, "rep": 10, "leader": 5}
        ).reached
        bar = rects(drawn(counts))

        assert [round(each["width"] / bar[0]["width"], 3) for each in bar] == [1, 0.5, 0.4, 0.2, 0.1, 0.05]
        tops = [each["y"] for each in bar]
        assert tops == sorted(tops)
        assert tops[3] == tops[4] < tops[5]
        assert bar[3]["x"] + bar[3]["width"] < 320 < bar[4]["x"]

    @given(st.lists(st.sets(facts(), max_size=5), max_size=30))
    def test_nothing_lies_outside_the_picture_and_whoever_is_there_is_seen(self, people):
        counts = Funnel.of(people).reached
        bar = rects(drawn(counts))

        assert len(bar) == sum(counts[stage] > 0 for stage in Stage)
        assert all(each["x"] >= 0 and each["width"] >= 2 and each["x"] + each["width"] <= 640 for each in bar)

    def test_twelve_of_a_hundred_thousand_are_seen(self):
        assert min(each["width"] for each in rects(drawn(MANY))) == 2

    def test_a_stage_with_nobody_is_marked_and_an_unknown_one_is_not(self):
        assert svg({"": NOBODY}).count('class="none"') == len(Stage)
        assert svg({"": ENDS}).count('class="none"') == 0
        assert svg({"": ENDS}).count(">not known<") == 4


class TestAccessible:
    @ALL
    def test_title_and_description_hold_every_number(self, counts):
        root = drawn(counts)
        name = root.get("id")
        told = root.find(f"{SVG}desc").text

        assert root.get("role") == "img"
        assert root.get("aria-labelledby") == f"{name}-title {name}-desc"
        assert root.find(f"{SVG}title").text == "Spring"
        for stage in Stage:
            assert (f"{label(stage)} {counts[stage]:,}" if stage in counts else label(stage)) in told
            assert shares(stage, counts) in told
        assert f"Contacted {counts.get(Fact.CONTACTED, 0):,}." in told or Fact.CONTACTED not in counts

    @ALL
    def test_what_the_colours_show_stands_there_in_words(self, counts):
        texts = {text.text for text in drawn(counts).iter(f"{SVG}text")}

        for stage in Stage:
            assert any(text and text.startswith(label(stage)) for text in texts)
            assert stage is Stage.NAME or (shares(stage, counts) or None) in texts

    def test_it_is_self_contained_and_follows_dark_and_light(self):
        text = svg({"Spring": MANY})

        assert "prefers-color-scheme: dark" in text
        assert not re.search(r"href|url\(|@import|<script|<image", text)

    def test_its_style_reaches_no_other_part_of_a_page(self):
        text = svg({"Spring": MANY})
        name = re.search(r'id="(funnel-[0-9a-f]{8})"', text)[1]

        rules = re.findall(r"^(.*) \{ .* \}$", text, re.MULTILINE)
        assert rules
        assert all(rule.startswith(f"#{name} ") for rule in rules)
        assert name not in svg({"Fall": MANY})

    @given(st.text())
    def test_any_title_gives_a_picture_that_can_be_read(self, title):
        assert drawn(ONE, title).tag == f"{SVG}svg"

    def test_a_title_is_text_not_markup(self):
        assert drawn(ONE, "<b>&").find(f"{SVG}title").text == "<b>&"


class TestSeveral:
    def test_funnels_stand_one_below_the_other(self):
        root = ET.fromstring(svg({"Spring": ONE, "Fall": MANY}))  # noqa: S314 (our own text)
        one = drawn(ONE)

        assert [group.get("transform") for group in root.iter(f"{SVG}g")] == [
            "translate(0 0)",
            f"translate(0 {one.get('viewBox').split()[3]})",
        ]
        assert root.find(f"{SVG}title").text == "Spring, Fall"

    def test_no_funnel_at_all_is_an_empty_picture(self):
        assert "<title" in svg({})
        assert bars({}) == ""


class TestWords:
    def test_a_share_has_its_interval(self):
        assert shares(Stage.LEAD, {Stage.NAME: 100, Stage.LEAD: 50}) == "50.0 % of names (40.4–59.6 %)"

    def test_nobody_to_share_is_said(self):
        assert shares(Stage.LEADER, NOBODY) == "no reps yet"

    def test_a_name_has_no_share(self):
        assert shares(Stage.NAME, ONE) == ""

    def test_an_unknown_base_gives_no_share(self):
        assert shares(Stage.LEADER, ENDS) == ""


class TestBars:
    def test_the_article_s_funnel(self):
        counts = Funnel.from_counts(
            {"name": 100, "lead": 50, "prospect": 20, "customer": 9, "rep": 7, "leader": 1}
        ).reached

        assert bars({"Spring": counts}, width=20).splitlines() == [
            "Spring",
            "   Names 100  ████████████████████",
            "    Leads 50       ██████████        50.0 % of names (40.4–59.6 %)",
            "Prospects 20          ████           40.0 % of leads (27.6–53.8 %)",
            " Customers 9          ██│█           45.0 % of prospects (25.8–65.8 %)",
            "      Reps 7                         35.0 % of prospects (18.1–56.7 %)",
            "   Leaders 1           █             14.3 % of reps (2.6–51.3 %)",
        ]

    @given(st.lists(st.sets(facts(), max_size=5), max_size=30), st.integers(2, 60))
    def test_no_bar_is_wider_than_asked_and_whoever_is_there_is_seen(self, people, width):
        counts = Funnel.of(people).reached
        lines = bars({"": counts}, width).splitlines()

        assert len(lines) == len(Stage)
        assert all(line.count("█") <= width + 1 for line in lines)
        blocks = sum(("█" in line) for line in lines)
        alone = [stage for stage in Stage if stage not in (Stage.CUSTOMER, Stage.REP)]
        both = counts[Stage.CUSTOMER] or counts[Stage.REP]
        assert blocks == sum(counts[stage] > 0 for stage in alone) + bool(both)

    def test_several_are_told_apart(self):
        assert bars({"Spring": ONE, "Fall": NOBODY}).count("\n\nFall\n") == 1


class TestFunnelShowsItself:
    def test_in_a_notebook_and_in_a_terminal(self):
        funnel = Funnel.from_counts(MANY)

        assert funnel._repr_html_() == svg({"Funnel": MANY})
        assert str(funnel) == bars({"": MANY})
        assert set(MANY) == set(LEVELS)
