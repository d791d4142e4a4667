"""The priority: a company's own signals, in lines that add up."""

import pickle
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

import leadqual
from leadqual import LAYOUTS, STANDARD, Contact, Evidence, Fact, LeadqualError, from_json, to_json
from leadqual.contacts.consent import opts_out
from leadqual.errors import WrongType, WrongValue
from leadqual.scoring.priority import Missed, Priority, PriorityLine, Unused
from leadqual.scoring.scorecard import Scorecard, ScorecardRefused
from leadqual.scoring.scorecard_file import read_scorecard, scorecard_from_toml, scorecard_to_toml
from leadqual.scoring.signals import Dated, Filled, Group, Number, Scale, Signal, Words, YesNo

TODAY = date(2026, 7, 10)

ACME = Scorecard(
    "acme",
    version="3",
    base=10,
    signals=(
        Signal.yes("asked_price", 20, no=-5, group="fit"),
        Signal.words("title", {"director": 15, "intern": -5}, group="fit"),
        Signal.number("minutes", {1: 2, 5: 6, 15: 12}, group="engagement", order="rising"),
        Signal.dated("visits", 5, cap=25, half_life=30, group="engagement"),
        Signal.dated("bounces", -2, group="engagement"),
        Signal.filled("phone filled", 3, column="phone", group="fit"),
    ),
    groups={"fit": 30, "engagement": (0, 35)},
)


def days_ago(*days):
    return [TODAY - timedelta(days=each) for each in days]


RECORD = {
    "asked_price": "yes",
    "title": "director",
    "minutes": "7",
    "visits": days_ago(0, 10, 40),
    "bounces": days_ago(3),
}

cells = st.fixed_dictionaries(
    {},
    optional={
        "asked_price": st.sampled_from([None, True, False, "yes", "No", "", "perhaps"]),
        "title": st.sampled_from([None, "director", "intern", "owner", 5]),
        "minutes": st.none() | st.integers(-5, 40) | st.sampled_from(["", "12.5", "many"]),
        "visits": st.lists(st.dates(date(2026, 1, 1), date(2026, 8, 1)), max_size=9),
        "bounces": st.lists(st.dates(date(2026, 1, 1), date(2026, 8, 1)), max_size=30),
        "phone": st.sampled_from([None, "", "known"]),
    },
)


def test_the_steps_are_count_age_cap_group_and_total():
    priority = ACME.priority(RECORD, as_of=TODAY)

    assert [str(line) for line in priority.lines] == [
        "base +10",
        "asked_price (yes) +20",
        "title (director) +15",
        "fit (cap) -5",
        "minutes (at least 5) +6",
        "visits (3 times 5) +15",
        "visits (age) -3",
        "bounces (1 times -2) -2",
    ]
    assert priority.total == 56
    assert priority.groups == {"fit": 30, "engagement": 16}
    assert (priority.card, priority.card_version) == ("acme", "3")
    assert str(priority).startswith("priority 56: base +10; asked_price (yes) +20; ")


@given(cells)
def test_the_lines_always_add_up_and_the_total_lies_within_0_and_100(record):
    priority = ACME.priority(record, as_of=TODAY)

    assert priority.total == sum(line.points for line in priority.lines)
    assert priority.total == ACME.total(record, as_of=TODAY)
    assert priority.total == ACME.base + sum(priority.groups.values())
    assert 0 <= priority.total <= 100


@given(cells, st.permutations(range(6)))
def test_the_order_of_the_signals_is_irrelevant(record, order):
    shuffled = ACME.replace(signals=[ACME.signals[index] for index in order])

    assert shuffled.priority(record, as_of=TODAY).total == ACME.priority(record, as_of=TODAY).total
    assert shuffled.priority(record, as_of=TODAY).missed == ACME.priority(record, as_of=TODAY).missed


@given(cells, st.integers(0, 400))
def test_without_new_events_a_card_without_decaying_penalties_never_rises_with_time(record, later):
    """The bounces are penalties, but they never age; what lies after the first day is new."""
    record["visits"] = [day for day in record.get("visits", ()) if day <= TODAY]
    record["bounces"] = [day for day in record.get("bounces", ()) if day <= TODAY]

    after = ACME.priority(record, as_of=TODAY + timedelta(days=later))

    assert after.total <= ACME.priority(record, as_of=TODAY).total


@given(cells, st.dates(date(2026, 1, 1), date(2026, 8, 1)))
def test_one_more_visit_never_lowers_the_total(record, more):
    richer = {**record, "visits": [*record.get("visits", ()), more]}

    assert ACME.total(richer, as_of=TODAY) >= ACME.total(record, as_of=TODAY)


@given(cells)
def test_what_is_missed_is_what_the_signal_at_its_best_would_have_added(record):
    total = ACME.total(record, as_of=TODAY)
    missed = {each.signal: each.points for each in ACME.priority(record, as_of=TODAY).missed}

    for signal, best in {
        "asked_price": True,
        "title": "director",
        "minutes": 99,
        "visits": [TODAY] * 9,
    }.items():
        assert ACME.total({**record, signal: best}, as_of=TODAY) == total + missed.get(signal, 0)


def test_all_unknown_gives_the_base():
    priority = ACME.priority({}, as_of=TODAY)

    assert priority.total == ACME.base
    assert priority.lines == (PriorityLine("base", "", 10),)
    assert priority.unused == ()


def test_missed_points_are_told_most_first_with_whether_to_ask():
    """Reasons are ranked by the maximum less what was obtained."""
    priority = ACME.priority({"asked_price": False, "minutes": 5}, as_of=TODAY)

    assert priority.missed[:2] == (
        Missed("asked_price", 25, known=True),
        Missed("visits", 25, known=False),
    )
    assert str(priority.missed[1]) == "visits: 25 missed, not known"
    assert str(priority.missed[0]) == "asked_price: 25 missed"


def test_what_a_full_group_would_cut_off_again_is_not_missed():
    card = Scorecard(
        "tight",
        signals=(Signal.yes("a", 10), Signal.yes("b", 10), Signal.dated("c", 4)),
        groups={"signals": 12},
    )

    assert card.priority({"a": True}).missed == (Missed("b", 2, known=False), Missed("c", 2, known=False))
    assert card.priority({"a": True, "b": True}).missed == ()


def test_a_group_that_reached_its_floor_says_so():
    priority = ACME.priority({"bounces": days_ago(1, 2)}, as_of=TODAY)

    assert priority.lines[-1] == PriorityLine("engagement", "floor", 4)
    assert priority.total == 10


def test_what_is_on_record_and_does_not_count_is_listed():
    priority = ACME.priority({"minutes": "a lot", "visits": [TODAY + timedelta(1)]}, as_of=TODAY)

    assert priority.unused == (
        Unused("minutes", "is not a number"),
        Unused("visits", "1 of them: after 2026-07-10"),
    )
    assert str(priority.unused[0]) == "minutes: is not a number"


def test_a_card_whose_points_age_asks_for_the_day():
    with pytest.raises(WrongValue, match="as_of: is missing, and this card lets points age; give the day"):
        ACME.priority({})
    with pytest.raises(WrongValue, match="as_of: is not a date or has no time zone"):
        ACME.priority({}, as_of=datetime(2026, 7, 10))  # noqa: DTZ001 (it is refused)
    with pytest.raises(WrongValue, match="as_of"):
        ACME.priority({}, as_of="2026-07-10")

    assert ACME.total(RECORD, as_of=datetime(2026, 7, 10, 5, tzinfo=UTC)) == ACME.total(RECORD, as_of=TODAY)
    assert Scorecard("plain", signals=[Signal.dated("visits", 5, cap=10)]).total(RECORD) == 10


FACTS = Scorecard(
    "facts",
    signals=(
        Signal.yes(Fact.ASKED_FOR_MORE, 40, no=3),
        Signal.words("source", {"referral": 20}),
        Signal.number("age", {18: 10}),
    ),
)


def test_a_contact_answers_with_its_evidence_its_fields_and_its_extra_columns():
    contact = Contact.from_record(
        {"sought_you_out": "yes", "asked_for_more": "yes", "source": "referral", "age": 40}
    )

    assert FACTS.priority(contact).total == 70
    assert FACTS.priority(Contact()).total == 0
    assert FACTS.priority(Contact(evidence=Evidence.of(denied=[Fact.SAW_BUSINESS]))).total == 3


def test_do_not_contact_is_a_flag_and_never_points():
    for opted_out in (Contact(evidence=Evidence.of(Fact.OPTED_OUT)), {"opted_out": "yes"}):
        priority = FACTS.priority(opted_out)
        assert priority.do_not_contact
        assert priority.total == 0
        assert str(priority) == "priority 0, do not contact: base +0"
    assert not FACTS.priority({"opted_out": "no"}).do_not_contact


@pytest.mark.parametrize("cell", ["perhaps", TODAY, "2026-07-01", 2])
def test_what_cannot_be_read_about_consent_is_no_permission(cell):
    """An unreadable consent cell means *do not contact*; a day says when it was asked for."""
    assert FACTS.priority({"opted_out": cell}).do_not_contact
    assert not FACTS.priority({"opted_out": " "}).do_not_contact


@given(cells)
def test_the_brief_says_the_points_of_each_subject_and_adds_up(record):
    priority = ACME.priority(record, as_of=TODAY)

    base, *rest = priority.brief.split("; ")
    assert base == "base +10"
    assert sum(int(each.rpartition(" ")[2]) for each in (base, *rest)) == priority.total
    assert not any(each.endswith(" +0") for each in rest)


def test_the_policy_says_which_facts_forbid_contact():
    strict = STANDARD.replace(
        name="strict",
        version="1",
        standings=[(standing, (*facts, Fact.DECLINED)) for standing, facts in STANDARD.standings],
    )

    assert FACTS.priority({"declined": True}, policy=strict).do_not_contact


@pytest.mark.parametrize("subject", ["asked_price", 5, [("asked_price", True)]])
def test_only_contacts_and_mappings_are_scored(subject):
    with pytest.raises(WrongType, match="subject must be a contact or a mapping of columns to cells"):
        ACME.priority(subject, as_of=TODAY)


@given(cells)
def test_toml_and_json_read_back_equal(record):
    assert scorecard_from_toml(scorecard_to_toml(ACME)) == ACME
    assert from_json(to_json(ACME), Scorecard) == ACME
    priority = ACME.priority(record, as_of=TODAY)
    assert from_json(to_json(priority), Priority) == priority


def test_cards_and_priorities_are_values():
    priority = ACME.priority(RECORD, as_of=TODAY)

    assert pickle.loads(pickle.dumps(ACME)) == ACME
    assert pickle.loads(pickle.dumps(priority)) == priority
    assert hash(priority) == hash(ACME.priority(RECORD, as_of=TODAY))
    assert len({ACME, ACME.replace(), ACME.replace(version="4")}) == 2


def refusal(*signals, **options):
    with pytest.raises(ScorecardRefused) as caught:
        Scorecard(**{"name": "acme", "signals": signals, **options})
    return str(caught.value).splitlines()


def test_a_card_without_a_bound_is_refused_and_the_signal_without_a_cap_is_named():
    capped = Signal.dated("mails", -3, cap=9)

    assert refusal(Signal.dated("visits", 5), capped, base=50) == [
        "signals.visits: has no cap, so the total has no bound; give it one"
    ]
    assert refusal(Signal.dated("bounces", -5), capped, base=50)[0].startswith("signals.bounces: has no cap")
    assert refusal(Signal.dated("bounces", -5), base=50, groups={"signals": 20})[0].startswith(
        "signals.bounces"
    )
    assert Scorecard("acme", signals=[Signal.dated("bounces", -5)], base=50, groups={"signals": (-9, None)})


def test_a_card_whose_extremes_leave_0_to_100_is_refused():
    advice = "change points, caps or base until it stays within 0 to 100"

    assert refusal(Signal.yes("a", 90, no=-5), base=11) == [
        f"base: the total could run from 6 to 101; {advice}"
    ]
    assert refusal(Signal.yes("a", -1)) == [f"base: the total could run from -1 to 0; {advice}"]
    assert refusal(Signal.yes("a", 1), base=200, groups={"signals": 1, "empty": (5, 7)})[0].startswith(
        "base: "
    )


def test_everything_that_cannot_be_meant_is_told_at_once():
    assert refusal(
        Signal.dated("visits", 5, half_life=-30, group="engagement"),
        Signal.yes("price", 2.5, group="fitt"),
        Signal.yes("price", 2, group="fit"),
        name=" ",
        version="",
        base=1.5,
        groups=[Group("fit", 9, 3), Group("engagement", None, "9"), Group("engagement")],
    ) == [
        "name: must be a text that is not empty",
        "version: must be a text that is not empty",
        "base: must be a whole number, at most 1,000,000, not 1.5",
        "groups.fit: the fewest, 9, are more than the most, 3",
        "groups.engagement: must be the most points, or a pair of the fewest and the most; at most 1,000,000",
        "groups: two have the name 'engagement'; give each its own name",
        "signals: two have the name 'price'; give each its own name",
        "signals.visits.half_life: must be a whole number of days from 1 to 1,000,000, or left out, not -30",
        "signals.price.group: there is no group 'fitt'; there are fit, engagement, engagement",
        "signals.price.yes: must be a whole number of points, not 2.5",
    ]
    assert refusal() == ["signals: is empty; give at least one"]


def test_numbers_that_a_table_could_not_add_up_are_refused():
    huge = 1_000_001

    assert refusal(
        Signal.yes("a", -huge),
        Signal.dated("b", 1, cap=huge, half_life=huge),
        base=huge,
        groups={"signals": huge},
    ) == [
        "base: must be a whole number, at most 1,000,000, not 1000001",
        "groups.signals: must be the most points, or a pair of the fewest and the most; at most 1,000,000",
        "signals.a.yes: must be at most 1,000,000 points",
        "signals.b.cap: must be a whole number of points from 1 to 1,000,000, or left out, not 1000001",
        "signals.b.half_life: must be a whole number of days from 1 to 1,000,000, or left out, not 1000001",
    ]


class TestColumnsAndConsent:
    """One folding of names, and one reading of consent, for records, contacts, scorecards and frames."""

    PRICE = Scorecard(
        "price", signals=[Signal.yes("Asked Price", 20), Signal.yes("asked-price", 5, group="b")]
    )

    @pytest.mark.parametrize("name", ["Asked Price", "asked_price", " ASKED-PRICE "])
    def test_a_column_is_found_in_any_case_and_spacing(self, name):
        assert self.PRICE.total({name: "yes"}) == 25
        assert self.PRICE.total(Contact(extra={name: "yes"})) == 25

    def test_two_columns_of_one_name_are_refused_where_the_card_reads_them(self):
        with pytest.raises(WrongValue, match="the columns 'a' and 'A' have one name; keep one of them"):
            Scorecard("one", signals=[Signal.yes("a", 5)]).total({"a": True, "A": False})
        assert self.PRICE.total({"asked price": True, "b": 1, "B": 2}) == 25

    def test_a_signal_named_like_a_fact_in_another_case_reads_the_fact(self):
        card = Scorecard("facts", signals=[Signal.yes("Sought you out", 20)])

        assert card.total(Contact(evidence=Evidence.of(Fact.SOUGHT_YOU_OUT))) == 20

    def test_a_day_answers_yes(self):
        assert self.PRICE.total({"asked price": TODAY}) == 25
        assert self.PRICE.total({"asked price": datetime(2026, 7, 1)}) == 25  # noqa: DTZ001 (it says when)
        assert self.PRICE.total({"asked price": "2026-07-01"}) == 25

    @pytest.mark.parametrize(
        "name",
        [
            *("Opted Out", "do_not_contact", "unsubscribed", "Unsubscribed from all email", "email_opt_out"),
            *("DNC", "has_opted_out_of_email", "HasOptedOutOfEmail", "UNSUB_TIME", "is_blacklisted"),
        ],
    )
    @pytest.mark.parametrize("cell", ["yes", True, "perhaps", 1.0])
    def test_a_column_whose_name_says_opt_out_forbids_contact(self, name, cell):
        assert FACTS.priority({name: cell}).do_not_contact
        assert FACTS.priority(Contact(extra={name: cell})).do_not_contact
        for none in ("no", "", None, False, 0, float("nan")):
            assert not FACTS.priority({name: none}).do_not_contact

    @pytest.mark.parametrize("name", ["GDPR", "marketing consent", "No opt-out", "opt in / opt out"])
    def test_a_no_that_may_forbid_contact_does_unless_a_contact_was_made_with_it(self, name):
        assert FACTS.priority({name: "no"}).do_not_contact
        assert not FACTS.priority({name: ""}).do_not_contact
        assert not FACTS.priority(Contact(extra={name: "no"})).do_not_contact

    @pytest.mark.parametrize("cell", ["unsubscribed", "Do not contact", "new; DNC", "Abgemeldet"])
    def test_a_word_of_an_opt_out_forbids_contact_in_any_column(self, cell):
        assert FACTS.priority({"Status": cell}).do_not_contact
        assert FACTS.priority(Contact(extra={"Tags": cell})).do_not_contact
        assert FACTS.priority({"Notes": "please do not call her"}).do_not_contact

    def test_what_the_built_in_layouts_read_as_opt_outs_is_one_by_its_name(self):
        uses = [use for layout in LAYOUTS.values() for use in layout.uses]
        tests = (
            test
            for layout in LAYOUTS.values()
            for fact, found in layout.facts
            if fact is Fact.OPTED_OUT
            for test in found
        )
        opt_outs = {test.column for test in tests}
        # The values of a list say what they mean, whatever its name.
        lists = {column for layout in LAYOUTS.values() for each in layout.values for column in each.columns}

        assert len(opt_outs) >= 10
        assert all(map(opts_out, opt_outs))
        others = {column for column, _ in uses} | {
            column for each in LAYOUTS.values() for column in each.ignored
        }
        assert {column for column in others - opt_outs - lists if opts_out(column) is not False} == {
            *("Lawful Basis", "UNSUB_REASON", "UNSUB_REASON_OTHER", "followemail")
        }


class TestMending:
    def test_other_signals_bring_their_groups_where_none_has_a_bound(self):
        card = Scorecard("acme", signals=[Signal.yes("a", 5)])

        other = card.replace(signals=[Signal.yes("b", 5, group="fit")])

        assert [group.name for group in other.groups] == ["fit"]
        assert refusal(*other.signals, groups={"signals": 9}) == [
            "signals.b.group: there is no group 'fit'; there are signals"
        ]

    @pytest.mark.parametrize(
        "points_to_double_odds",
        [0, -1.0, float("inf"), float("nan"), "10", True, pytest.param(10**400, id="huge")],
    )
    def test_points_for_twice_the_odds_are_a_number(self, points_to_double_odds):
        [line] = refusal(Signal.yes("a", 5), points_to_double_odds=points_to_double_odds)
        assert line.startswith("points_to_double_odds: must be a number of points above 0, or left out, not ")

    def test_names_that_are_empty_are_told_with_the_card(self):
        assert refusal(Signal.yes(" ", 5), Signal.words("b", [(" x", 1)], column="\t")) == [
            "signals. .name: must be a text that is not empty",
            "signals. .column: must be a text that is not empty",
            "signals.b.column: must be a text that is not empty",
            "signals.b.words: a word is not a text, is empty or has blanks around it; an empty cell is unknown",
        ]


@cache
def junk():
    """Return what may be given by mistake, the scalars of NumPy and pandas included."""
    np = pytest.importorskip("numpy", reason="needs NumPy")
    pd = pytest.importorskip("pandas", reason="needs pandas")
    return [
        *(
            None,
            True,
            5,
            -1,
            0.5,
            float("nan"),
            10**400,
            "",
            "x",
            b"x",
            object(),
            Signal,
            Fact.LAPSED,
            STANDARD,
        ),
        *([], [5], ["x"], [("x", 1)], [["x"], 1], {}, {"x": 1}, {5: "x"}, {"x": (1, 2, 3)}, {"x": "y"}),
        *(Signal.yes("a", 5), Group("a"), ACME, Contact(), Decimal("1e999999")),
        *(date(2026, 1, 1), datetime(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)),  # noqa: DTZ001 (naive, too)
        *(
            np.int64(5),
            np.float64(0.5),
            np.bool_(True),
            np.str_("x"),
            np.array([1, 2]),
            np.datetime64("2026"),
        ),
        *(pd.NA, pd.NaT, pd.Timestamp("2026-01-01"), pd.Series([1])),
    ]


def generators():
    yield (each for each in ())
    yield (each for each in [5])
    yield (Signal.yes(name, 5) for name in "ab")


CALLS = {
    "Signal": (Signal, {"name": "a", "scale": YesNo(5), "column": "a", "group": "g"}),
    "Signal.yes": (Signal.yes, {"name": "a", "points": 5, "no": 0, "group": "g", "column": "a"}),
    "Signal.filled": (Signal.filled, {"name": "a", "points": 5, "blank": 0, "group": "g", "column": "a"}),
    "Signal.words": (Signal.words, {"name": "a", "words": {"x": 5}, "other": 0, "group": "g", "column": "a"}),
    "Signal.number": (
        Signal.number,
        {"name": "a", "at_least": {1: 5}, "below": 0, "order": "", "group": "g", "column": "a"},
    ),
    "Signal.dated": (
        Signal.dated,
        {"name": "a", "each": 5, "cap": 9, "half_life": None, "window": None, "group": "g", "column": "a"},
    ),
    "Group": (Group, {"name": "g", "lowest": 0, "highest": 9}),
    "YesNo": (YesNo, {"yes": 5, "no": 0}),
    "Filled": (Filled, {"filled": 5, "blank": 0}),
    "Words": (Words, {"words": {"x": 5}, "other": 0}),
    "Number": (Number, {"at_least": {1: 5}, "below": 0, "order": ""}),
    "Dated": (Dated, {"each": 5, "cap": 9, "half_life": None, "window": None}),
    "Scorecard": (
        Scorecard,
        {
            "name": "a",
            "version": "1",
            "signals": [Signal.yes("a", 5)],
            "base": 0,
            "groups": (),
            "points_to_double_odds": None,
        },
    ),
    "Scorecard.replace": (
        ACME.replace,
        {"name": "a", "base": 0, "signals": ACME.signals, "groups": ACME.groups},
    ),
    "Scorecard.priority": (ACME.priority, {"subject": RECORD, "as_of": TODAY, "policy": STANDARD}),
    "Scorecard.total": (ACME.total, {"subject": RECORD, "as_of": TODAY, "policy": STANDARD}),
    "Scorecard.day": (ACME.day, {"as_of": TODAY}),
    "scorecard_to_toml": (scorecard_to_toml, {"card": ACME}),
    "scorecard_from_toml": (scorecard_from_toml, {"text": scorecard_to_toml(ACME), "name": "a"}),
    "read_scorecard": (read_scorecard, {"path": "nowhere.toml"}),
}


def carded(made):
    """Make a card of a part of one, since what cannot be meant is refused with the card."""
    signals, groups = [Signal.yes("a", 5, group="g")], {"g": (0, 9)}
    if isinstance(made, Group):
        groups = [made]
    elif isinstance(made, Signal):
        signals, groups = [made], {made.group: (0, 9)}
    elif not isinstance(made, Scorecard):
        signals = [Signal("a", made, "a", "g")]
    card = made if isinstance(made, Scorecard) else Scorecard("card", signals=signals, groups=groups)
    assert scorecard_from_toml(scorecard_to_toml(card)) == card
    for cell in junk():
        card.priority({"a": cell}, as_of=TODAY)


@pytest.mark.parametrize("name", CALLS)
def test_every_callable_called_with_anything_answers_or_says_what_would_be_right(name):
    call, valid = CALLS[name]
    refusals = 0
    for argument in valid:
        for anything in [*junk(), *generators()]:
            try:
                answer = call(**{**valid, argument: anything})
                if isinstance(answer, Group | Signal | Scorecard | Scale):
                    carded(answer)
            except LeadqualError as error:
                refusals += bool(str(error))
    assert refusals > len(junk()) // 3


def test_the_walk_knows_every_name_of_the_room():
    modules = {name: getattr(getattr(leadqual, name), "__module__", "") for name in leadqual.__all__}
    of_scoring = {name for name, module in modules.items() if module.startswith("leadqual.scoring.")}
    assert of_scoring - {"Priority", "ScorecardRefused"} == {"Scorecard", "Signal"} <= CALLS.keys()
    public = {name: member for name, member in vars(Signal).items() if not name.startswith("_")}
    makers = {f"Signal.{name}" for name, member in public.items() if isinstance(member, classmethod)}
    assert makers <= CALLS.keys()
