"""A scorecard as a TOML document."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadqual.documents import DocumentRefused
from leadqual.scoring.scorecard import Scorecard
from leadqual.scoring.scorecard_file import read_scorecard, scorecard_from_toml, scorecard_to_toml
from leadqual.scoring.signals import Group, Signal

names = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=8).filter(str.strip)
words = names.map(str.strip).filter(bool)
small = st.integers(-3, 3)

signals = st.one_of(
    st.builds(Signal.yes, names, small, no=small, column=names),
    st.builds(Signal.filled, names, small, blank=small),
    st.builds(Signal.words, names, st.dictionaries(words, small, min_size=1, max_size=3), other=small),
    st.builds(
        lambda name, table: Signal.number(name, dict(sorted(table.items()))),
        names,
        st.dictionaries(
            st.integers(-9999, 9999) | st.floats(allow_nan=False, allow_infinity=False),
            small,
            min_size=1,
            max_size=3,
        ),
    ),
    st.builds(Signal.dated, names, small, cap=st.integers(1, 3), half_life=st.none() | st.integers(1, 90)),
    st.builds(Signal.dated, names, small, cap=st.integers(1, 3), window=st.integers(1, 90)),
)


@given(
    names,
    st.lists(signals, min_size=1, max_size=5, unique_by=lambda signal: signal.name),
    st.none() | st.floats(1, 10) | st.integers(1, 1_000_000),
)
def test_a_card_reads_back_equal(name, signals, points_to_double_odds):
    card = Scorecard(
        name, version="1.2", base=50, signals=signals, points_to_double_odds=points_to_double_odds
    )

    assert scorecard_from_toml(scorecard_to_toml(card)) == card


def test_bounds_and_orders_read_back_equal():
    card = Scorecard(
        "acme",
        base=50,
        signals=[
            Signal.number("minutes", {1: 2, 5.5: 6}, order="rising"),
            Signal.dated("bounces", -1, group="low"),
            Signal.yes("b", 1, group="both"),
            Signal.yes("c", 1, group="high"),
        ],
        groups=[Group("signals"), Group("low", -20), Group("both", -5, 5), Group("high", None, 7)],
    )

    text = scorecard_to_toml(card)

    assert scorecard_from_toml(text) == card
    assert "at_least = [[1, 2], [5.5, 6]]" in text
    assert "\nsignals = {}\nlow = { lowest = -20 }\nboth = [-5, 5]\nhigh = 7\n" in text


SMALLEST = """
name = "acme"

[signals."Asked the price"]
yes = 20
"""


def test_what_is_left_out_has_a_plain_default(tmp_path):
    path = tmp_path / "card.toml"
    path.write_text(SMALLEST, "utf-8")

    assert read_scorecard(path) == Scorecard("acme", signals=[Signal.yes("Asked the price", 20)])


def test_points_for_twice_the_odds_may_be_written_as_a_whole_number():
    assert scorecard_from_toml("points_to_double_odds = 10" + SMALLEST).points_to_double_odds == 10

    [line] = faults_of("points_to_double_odds = '10'" + SMALLEST)
    assert (
        line == "card.toml: points_to_double_odds: must be a number of points above 0, or left out, not '10'"
    )


def faults_of(text):
    with pytest.raises(DocumentRefused) as caught:
        scorecard_from_toml(text, "card.toml")
    return str(caught.value).splitlines()


BAD = """
base = 0.5
colour = "red"

[groups]
fit = "many"

[signals.visits]
group = "engagement"
each = 5
half_life = -30

[signals.title]
group = "fit"
words = { director = 2.5 }

[signals.minutes]
group = "fit"
at_least = [[1, 2], 5]

[signals.price]
group = "fit"
yes = 20
noo = 3

[signals.nothing]
points = 3
"""


def test_every_fault_is_told_at_once_with_file_place_and_remedy():
    bounds = "must be the most points, or a pair of the fewest and the most: [-20, 50]"
    kinds = "must have exactly one of the keys yes, filled, words, at_least, each; it has 0"
    assert faults_of(BAD) == [
        "card.toml: name: is missing; give a text",
        "card.toml: base: must be a whole number",
        f"card.toml: groups.fit: {bounds}",
        "card.toml: signals.minutes.at_least: must be pairs of a threshold and its points: [[1, 2], [5, 6]]",
        f"card.toml: signals.nothing: {kinds}",
        "card.toml: signals.visits.group: there is no group 'engagement'; there are fit",
        "card.toml: signals.visits.half_life: must be a whole number of days from 1 to 1,000,000, or left out, not -30",
        "card.toml: signals.title.words.director: must be a whole number of points, not 2.5",
        "card.toml: colour: is not known here; take it out",
        "card.toml: signals.price.noo: is not known here; did you mean no?",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("name =", "card.toml: is not valid TOML: Invalid value (at end of document); fix that line"),
        ('name = "a"', "card.toml: signals: is missing; give a table"),
        (SMALLEST + "no = 2.5", "card.toml: signals.Asked the price.no: must be a whole number"),
        (
            SMALLEST + "[groups]\nfit = 5",
            "card.toml: signals.Asked the price.group: there is no group 'signals'",
        ),
        (SMALLEST.replace("20", "200"), "card.toml: base: the total could run from 0 to 200"),
        (SMALLEST + "each = 3", "card.toml: signals.Asked the price: must have exactly one of the keys"),
        (
            SMALLEST.replace("yes = 20", "words = 3"),
            "card.toml: signals.Asked the price.words: must be a table",
        ),
        (
            SMALLEST.replace("yes = 20", "words = { red = [1] }"),
            "card.toml: signals.Asked the price.words.red: must be a whole number of points, not [1]",
        ),
        (
            SMALLEST.replace("yes = 20", "at_least = [[1, [2]]]"),
            "card.toml: signals.Asked the price.at_least: must be a whole number of points, not [2]",
        ),
        ("signals = 3\n" + 'name = "a"', "card.toml: signals: must be a table"),
    ],
)
def test_bad_input_is_one_line_with_what_would_be_right(text, fault):
    assert faults_of(text)[0].startswith(fault)


def test_letters_that_toml_reads_bare_are_written_bare():
    card = Scorecard("acme", signals=[Signal.yes("a-b_" + string.digits, 1)])

    assert "[signals.a-b_0123456789]" in scorecard_to_toml(card)
