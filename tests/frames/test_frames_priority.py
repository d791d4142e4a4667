"""A table gets the very same priorities as one record, from the same card, on every engine."""

import random
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from engines import ENGINES, engine

from leadqual import STANDARD, Contact, Event, Fact, History, Scorecard, Signal
from leadqual.errors import WrongType, WrongValue
from leadqual.scoring.scorecard import ScorecardRefused
from leadqual.scoring.signals import Group

pl = pytest.importorskip("polars", reason="needs polars")
nw = pytest.importorskip("narwhals.stable.v2", reason="needs narwhals")
pa = pytest.importorskip("pyarrow", reason="needs pyarrow")

from leadqual import frames  # noqa: E402 (needs narwhals)
from leadqual.frames import FrameRefused  # noqa: E402 (see above)
from leadqual.frames.points import BLANKS  # noqa: E402 (see above)

TODAY = date(2026, 7, 10)
MIDNIGHT = datetime(2026, 7, 11, tzinfo=UTC)
"""The end of the day."""

TYPES = {
    "person": "int",
    "asked price": "bool",
    "responded": "bool",
    "opted_out": "bool",
    "title": "str",
    "minutes": "float",
    "calls": "int",
    "visited": "instant",
}
MATRIX = {
    "asked price": [True, False, None],
    "responded": [True, False, None],
    "opted_out": [True, False, None, None],
    "title": ["director", " director ", "\u3000intern\x1c", "Director", "owner", "", " \u2003\t", None],
    "minutes": [
        *(0.0, -1.0, 0.1, 0.5, 4.999, 5.0, 15.0, 1e300),
        *(float("nan"), float("inf"), float("-inf"), None),
    ],
    "calls": [-5, 0, 1, 2, 3, 9, 2**60, None],
    "visited": [
        *(MIDNIGHT - timedelta(days=days) for days in (0, 1, 30, 31, 60, 61, 400, -3)),
        *(MIDNIGHT - timedelta(days=days, microseconds=1) for days in (0, 1, 7, 30, 60)),
        None,
    ],
}
WHEN = [at for at in MATRIX["visited"] if at is not None]


def random_card(chance):
    """Return a card of signals of every kind, with and without caps, bounds and ages."""

    def points():
        return chance.randint(-30, 40)

    def signals():
        yield Signal.yes("price", points(), no=points(), column="asked price", group=group())
        yield Signal.yes(Fact.RESPONDED, points(), group=group())
        yield Signal.words("title", {"director": points(), "intern": points()}, other=points(), group=group())
        thresholds = {0: points(), 0.1: points(), 5: points(), 15: points()}
        yield Signal.number("minutes", thresholds, below=points(), group=group())
        rising = sorted(points() for _ in range(3))
        yield Signal.number(
            "calls", dict(zip([1, 3, 9], rising, strict=True)), below=rising[0], order="rising", group=group()
        )
        for number, column in enumerate(["title", "minutes", "asked price", "visited", "nowhere"]):
            yield Signal.filled(f"filled {number}", points(), blank=points(), column=column, group=group())
        for name, column in (("visited", "visited"), ("visits", "visits"), ("more visits", "visits")):
            age = chance.choice([{}, {"half_life": 30}, {"half_life": 7}, {"window": 31}])
            cap = chance.choice([None, 5, 25])
            yield Signal.dated(name, points(), cap=cap, column=column, group=group(), **age)

    def group():
        return chance.choice(["fit", "engagement", "rest"])

    while True:
        chosen = list(signals())
        chosen = chance.sample(chosen, chance.randint(3, len(chosen)))
        used = dict.fromkeys(signal.group for signal in chosen)
        bounds = {"fit": (-20, 30), "engagement": (-10, 40), "rest": (None, None)}
        try:
            return Scorecard("random", base=30, signals=chosen, groups={name: bounds[name] for name in used})
        except ScorecardRefused:
            continue


def random_people(chance, number):
    drawn = {name: chance.choices(cells, k=number) for name, cells in MATRIX.items()}
    return {"person": list(range(number))} | drawn


def rows_of(columns):
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def expected_of(card, row, as_of):
    priority = card.priority(row, as_of=as_of)
    return (priority.total, priority.do_not_contact, tuple(priority.groups.values()), priority.brief)


def answered(on, frame, card, **options):
    """Return what a table answers for each person, as `expected_of` does for a record."""
    columns = on.columns(frames.prioritize(frame, card, groups=True, reasons=True, **options))
    groups = zip(*(columns[f"priority_{group.name}"] for group in card.groups), strict=True)
    answers = zip(
        columns["priority"], columns["do_not_contact"], groups, columns["priority_reasons"], strict=True
    )
    return dict(zip(columns["person"], answers, strict=True))


def differences(on, card, people, as_of):
    got = answered(on, on.make(people, TYPES), card, as_of=as_of)
    expected = {row["person"]: expected_of(card, row, as_of) for row in rows_of(people)}
    assert got.keys() == expected.keys()
    return [(got[who], expected[who]) for who in expected if got[who] != expected[who]]


def random_occurrences(chance, people):
    """Return an event table, some of it delivered twice, and the cells of the people."""
    rows = [(chance.randrange(people), "visits", chance.choice(WHEN), number) for number in range(people * 3)]
    rows = [(who, what, at, None if number % 5 == 0 else f"web:{number}") for who, what, at, number in rows]
    cells = {}
    for who, _, at, number in rows:
        cells.setdefault(who, {})[number or len(cells.get(who, ()))] = at
    rows += chance.sample([row for row in rows if row[3]], people // 2)
    rows += [(chance.randrange(people), "mails", chance.choice(WHEN), "mail") for _ in range(people // 4)]
    chance.shuffle(rows)
    return dict(zip(["person", "what", "at", "id"], map(list, zip(*rows, strict=True)), strict=True)), cells


EVENT_TYPES = {"person": "int", "what": "str", "at": "instant", "id": "str"}
EVENT_COLUMNS = {"person": "person", "signal": "what", "at": "at"}


def event_differences(on, card, chance, number, as_of):
    people = random_people(chance, number)
    events, visits = random_occurrences(chance, number - 5)
    worth = frames.occurrences(on.make(events, EVENT_TYPES), card, **EVENT_COLUMNS, id="id", as_of=as_of)
    joined = nw.from_native(on.make(people, TYPES)).join(nw.from_native(worth), on="person", how="left")

    got = answered(on, joined.to_native(), card, as_of=as_of, columns={"visited": "visited"})

    expected = {
        row["person"]: expected_of(card, {**row, "visits": visits.get(row["person"])}, as_of)
        for row in rows_of(people)
    }
    assert got.keys() == expected.keys()
    return [(got[who], expected[who]) for who in expected if got[who] != expected[who]]


def card_with_visits(chance):
    while True:
        card = random_card(chance)
        if {"visits", "visited"} <= {signal.column for signal in card.signals}:
            return card


@pytest.mark.parametrize("name", ENGINES)
class TestEveryEngine:
    def test_random_cards_on_random_people(self, name):
        on = engine(name)
        chance = random.Random(20)
        totals = set()
        for _ in range(6):
            card = random_card(chance)
            people = random_people(chance, 200)
            assert differences(on, card, people, TODAY) == []
            totals |= {card.total(row, as_of=TODAY) for row in rows_of(people)}
        # The cards were worth trying.
        assert len(totals) > 40

    def test_random_cards_on_an_event_table_joined_to_the_people(self, name):
        on = engine(name)
        chance = random.Random(21)
        for _ in range(4):
            assert event_differences(on, card_with_visits(chance), chance, 60, TODAY) == []


CARD = Scorecard(
    "acme",
    base=10,
    signals=[
        Signal.yes("asked", 20, no=-3, group="fit"),
        Signal.words("title", {"director": 15}, group="fit"),
        Signal.number("minutes", {1: 2, 5: 6}, group="engagement"),
        Signal.filled("phone", 4, blank=-1, group="engagement"),
        Signal.dated("visits", 5, cap=12, half_life=30, group="engagement"),
    ],
    groups={"fit": 30, "engagement": (-2, 40)},
)


class TestAnswer:
    def test_the_users_columns_come_first_and_what_was_asked_for_last(self):
        table = pl.DataFrame({"who": ["a"], "Asked": [True], "TITLE": ["director"], "opted-out": [None]})

        answered = frames.prioritize(table, CARD, as_of=TODAY, prefix="our_", groups=True, reasons=True)

        assert answered.columns[:4] == table.columns
        assert answered.drop(table.columns).to_dicts() == [
            {
                "our_priority": 39,
                "our_do_not_contact": False,
                "our_priority_fit": 30,
                "our_priority_engagement": -1,
                "our_priority_reasons": "base +10; asked +20; title +15; fit -5; phone -1",
            }
        ]
        assert answered.schema["our_priority"] == pl.Int8

    def test_without_being_asked_for_more_there_is_the_total_and_the_flag(self):
        answered = frames.prioritize(pl.DataFrame({"asked": [True]}), CARD, as_of=TODAY)

        assert answered.columns == ["asked", "priority", "do_not_contact"]

    def test_what_is_lazy_stays_lazy_and_objects_stay_objects(self):
        eager = pl.DataFrame({"asked": [True], "person": ["a"], "what": ["visits"], "at": [TODAY]})

        for frame in (eager, eager.lazy(), nw.from_native(eager), nw.from_native(eager.lazy())):
            assert type(frames.prioritize(frame, CARD, as_of=TODAY)) is type(frame)
            assert type(frames.occurrences(frame, CARD, **EVENT_COLUMNS, as_of=TODAY)) is type(frame)
        pd = pytest.importorskip("pandas", reason="needs pandas")
        table = pd.DataFrame({"asked": pd.Series([None, True], [7, 7], dtype=object)})
        answered = frames.prioritize(table, CARD, as_of=TODAY)
        assert answered["asked"].dtype == object
        assert list(answered["priority"].items()) == [(7, 9), (7, 29)]

    def test_all_unknown_gives_the_base_and_what_a_blank_is_worth(self):
        table = pl.DataFrame({"asked": [None], "phone": [None], "visits_points": [None]})

        [row] = frames.prioritize(table, CARD, as_of=TODAY, reasons=True).to_dicts()

        assert (row["priority"], row["priority_reasons"]) == (9, "base +10; phone -1")
        assert CARD.priority({}, as_of=TODAY).brief == row["priority_reasons"]

    def test_do_not_contact_is_a_flag_and_never_points(self):
        opted_out = [True, False, None]
        for column in (opted_out, [TODAY if each else None for each in opted_out]):
            table = pl.DataFrame({"asked": [True] * 3, "Opted Out": column})
            answered = frames.prioritize(table, CARD, as_of=TODAY)

            assert answered["do_not_contact"].to_list() == [True, False, False]
            assert answered["priority"].to_list() == [29] * 3
            for row in table.rename({"Opted Out": "opted_out"}).to_dicts():
                assert CARD.priority(row, as_of=TODAY).do_not_contact is (row["opted_out"] in {True, TODAY})

    def test_the_policy_says_which_facts_forbid_contact(self):
        strict = STANDARD.replace(
            name="strict",
            version="1",
            standings=[(standing, (*facts, Fact.DECLINED)) for standing, facts in STANDARD.standings],
        )
        table = pl.DataFrame({"asked": [True], "turned us down": [1]})
        columns = {Fact.DECLINED: nw.col("turned us down") == 1}

        answered = frames.prioritize(table, CARD, as_of=TODAY, policy=strict, columns=columns)

        assert answered["do_not_contact"].to_list() == [True]

    def test_columns_are_mapped_by_name_or_expression(self):
        table = pl.DataFrame({"job": ["director"], "seconds": [300]})
        columns = {"title": "job", "minutes": nw.col("seconds") / 60, "phone": nw.col("job")}

        answered = frames.prioritize(table, CARD, as_of=TODAY, columns=columns)

        assert answered["priority"].to_list() == [10 + 15 + 6 + 4]

    @pytest.mark.parametrize("dtype", [pl.Categorical, pl.Enum(["director", " "]), pl.String])
    def test_words_may_be_of_a_type_for_closed_sets(self, dtype):
        table = pl.DataFrame({"title": ["director", " ", None]}).with_columns(
            pl.col("title").cast(dtype), phone=pl.col("title").cast(dtype)
        )

        assert frames.prioritize(table, CARD, as_of=TODAY)["priority"].to_list() == [29, 9, 9]

    @pytest.mark.parametrize("dtype", [pl.UInt8, pl.Int64, pl.Float32, pl.Decimal(9, 2)])
    def test_numbers_are_of_any_type(self, dtype):
        table = pl.DataFrame({"minutes": pl.Series([0, 1, 5, None]).cast(dtype)})

        assert frames.prioritize(table, CARD, as_of=TODAY)["priority"].to_list() == [9, 11, 15, 9]

    def test_a_blank_is_what_python_takes_for_one(self):
        assert set(BLANKS) == {character for character in map(chr, range(0x110000)) if character.isspace()}

    def test_a_day_is_that_of_utc_and_as_of_counts_to_its_end(self):
        end = datetime(2026, 7, 10, 23, 59, 59, 999_999, tzinfo=UTC)
        visits = [end, end + timedelta(microseconds=1), end - timedelta(days=30)]
        for column in (visits, [at.date() for at in visits]):
            table = pl.DataFrame({"visits": column})
            expected = [CARD.total(row, as_of=TODAY) for row in table.to_dicts()]

            assert frames.prioritize(table, CARD, as_of=TODAY)["priority"].to_list() == expected
            assert expected == [14, 9, 11]
            as_of = datetime(2026, 7, 11, 1, 0, tzinfo=timezone(timedelta(hours=2)))
            assert frames.prioritize(table, CARD, as_of=as_of)["priority"].to_list() == expected

    @pytest.mark.parametrize("unit", ["ms", "us", "ns"])
    @pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "+02:00"])
    @pytest.mark.parametrize("as_of", [TODAY, date.min, date(1650, 1, 1), date.max])
    def test_no_day_and_no_half_life_is_too_far_away(self, as_of, zone, unit):
        visits = [MIDNIGHT - timedelta(hours=1), datetime(1900, 1, 1, tzinfo=UTC), None]
        table = pa.table({"visits": pa.array(visits, pa.timestamp(unit, zone))})
        for half_life in (30, 100_000, 1_000_000):
            card = Scorecard(
                "far",
                signals=[Signal.dated("visits", 90, half_life=half_life)],
                groups=[Group("signals", 0, 90)],
            )
            expected = [card.total({"visits": at}, as_of=as_of) for at in visits]

            assert frames.prioritize(table, card, as_of=as_of)["priority"].to_pylist() == expected
            if zone != "+02:00":  # which Polars does not have
                frame = pl.from_arrow(table)
                assert frames.prioritize(frame, card, as_of=as_of)["priority"].to_list() == expected

    def test_occurrences_that_do_not_age_need_no_day(self):
        card = Scorecard("plain", signals=[Signal.dated("visits", 5, cap=12)])
        table = pl.DataFrame({"visits": [TODAY, date.max, None]})

        assert frames.prioritize(table, card)["priority"].to_list() == [5, 5, 0]
        assert frames.prioritize(table, card, as_of=TODAY)["priority"].to_list() == [5, 0, 0]


def events_of(*rows):
    return pl.DataFrame(rows, schema=["person", "what", "at", "id"], orient="row")


class TestOccurrences:
    def worth(self, *rows, card=CARD, **options):
        found = frames.occurrences(events_of(*rows), card, **EVENT_COLUMNS, as_of=TODAY, **options)
        return found.sort("person", nulls_last=True).rows()

    def test_every_row_counts_unless_its_id_is_known(self):
        visit = ("ana", "visits", TODAY, "web:1")

        assert self.worth(visit, visit) == [("ana", 10, 0)]
        assert self.worth(visit, visit, id="id") == [("ana", 5, 0)]
        assert self.worth(visit, ("ana", "visits", TODAY, "web:2"), id="id") == [("ana", 10, 0)]
        unnamed = ("ana", "visits", TODAY, None)
        assert self.worth(visit, visit, unnamed, unnamed, id="id") == [("ana", 15, 0)]

    def test_an_id_is_of_one_person_and_one_signal(self):
        """Ids of occurrences are the keys of one cell."""
        card = CARD.replace(signals=[*CARD.signals, Signal.dated("calls", 1, cap=2, group="fit")])
        rows = [(who, what, TODAY, "1") for who in ("ana", "ben") for what in ("visits", "calls")]

        assert self.worth(*rows, card=card, id="id") == [("ana", 5, 1, 0), ("ben", 5, 1, 0)]

    def test_what_cannot_be_used_is_counted_for_its_person(self):
        assert self.worth(
            ("ana", "Visits", TODAY, None),
            ("ana", None, TODAY, None),
            ("ana", "visits", None, None),
            ("ben", "visits", TODAY, None),
            (None, "visits", TODAY, None),
        ) == [("ana", 0, 3), ("ben", 5, 0), (None, 0, 1)]

    def test_people_whose_occurrences_are_all_later_have_a_row(self):
        assert self.worth(("ana", "visits", TODAY + timedelta(days=1), None)) == [("ana", 0, 0)]

    def test_columns_of_nothing(self):
        assert self.worth((1, None, None, None), id="id") == [(1, 0, 1)]

    @pytest.mark.parametrize("dtype", [pl.Categorical, pl.Enum(["visits"]), pl.String])
    def test_the_word_may_be_of_a_type_for_closed_sets(self, dtype):
        table = events_of(("ana", "visits", TODAY, None)).cast({"what": dtype})

        assert frames.occurrences(table, CARD, **EVENT_COLUMNS, as_of=TODAY).rows() == [("ana", 5, 0)]

    def test_the_points_of_pandas_stay_whole_numbers_through_a_join(self):
        pd = pytest.importorskip("pandas", reason="needs pandas")
        events = pd.DataFrame({"person": [1], "what": ["visits"], "at": pd.to_datetime([MIDNIGHT])})
        worth = frames.occurrences(events, CARD, **EVENT_COLUMNS, as_of=TODAY + timedelta(days=1))

        joined = pd.DataFrame({"person": [1, 2]}).merge(worth, how="left")

        assert joined["visits_points"].dtype == "Int64"
        answered = frames.prioritize(joined, CARD, as_of=TODAY + timedelta(days=1))
        assert list(answered["priority"]) == [14, 9]

    def test_the_dates_of_a_fact_are_those_of_its_events(self):
        """The event table of `replay` will do."""
        card = Scorecard("facts", signals=[Signal.dated(Fact.PURCHASED, 30, cap=90, half_life=10)])
        days = [TODAY, TODAY - timedelta(days=10)]
        events = [Event(Fact.PURCHASED, datetime.combine(day, datetime.min.time(), UTC)) for day in days]
        rows = [("ana", str(event.fact), event.at, None) for event in events]

        [(_, points, _)] = self.worth(*rows, card=card)

        assert points == card.total(Contact(history=History.of(*events)), as_of=TODAY) == 45


def refused(table, card=CARD, **options):
    with pytest.raises(FrameRefused) as caught:
        frames.prioritize(table, card, **{"as_of": TODAY, **options})
    return [(fault.where, fault.reason) for fault in caught.value.faults]


class TestRefused:
    """Every error comes at the call, from the schema, never at collect; and says what would be right."""

    def test_words_for_yes_and_no_answer_a_signal_of_yes_and_no_only(self):
        table = pl.DataFrame({"was": ["yes"]})

        assert frames.prioritize(table, CARD, as_of=TODAY, columns={"asked": frames.YesNoWords("was")})[
            "priority"
        ].to_list() == [29]
        assert refused(table, columns={"title": frames.YesNoWords("was")}) == [
            (
                "columns[title]",
                "YesNoWords gives only yes or no, not values; give a column or an expression of narwhals",
            )
        ]

    def test_columns_of_another_type_than_the_signal_reads(self):
        table = pl.LazyFrame(
            {
                "asked": [1],
                "title": [5],
                "minutes": ["7"],
                "visits": [datetime(2026, 1, 1)],  # noqa: DTZ001 (it is refused)
                "opted_out": [[True]],
            }
        )
        convert = "convert it: columns={{{0!r}: nw.col({0!r}).cast({1})}}".format

        assert refused(table) == [
            (
                "columns[opted_out]",
                (
                    "opted_out holds List(Boolean), not booleans or dates; "
                    "say what means yes: columns={'opted_out': ~nw.col('opted_out').is_null()}"
                ),
            ),
            (
                "columns[asked]",
                (
                    "asked holds Int64, not booleans or dates; "
                    "read its words: columns={'asked': frames.YesNoWords('asked')}"
                ),
            ),
            ("columns[title]", f"title holds Int64, not text; {convert('title', 'nw.String')}"),
            ("columns[minutes]", f"minutes holds String, not numbers; {convert('minutes', 'nw.Float64')}"),
            (
                "columns[visits]",
                (
                    "visits holds Datetime(time_unit='us', time_zone=None), "
                    f"not days or instants with a time zone; {convert('visits', 'nw.Date')}"
                ),
            ),
        ]

    def test_the_advice_that_is_given_works(self):
        table = pl.DataFrame({"asked": [1], "title": [5], "minutes": ["7"]})
        columns = {}
        for _, advice in refused(table):
            columns |= eval(advice.partition("columns=")[2], {"nw": nw, "frames": frames})

        assert frames.prioritize(table, CARD, as_of=TODAY, columns=columns)["priority"].to_list() == [35]

    def test_a_date_answers_yes_as_it_does_in_a_record(self):
        answered = frames.prioritize(pl.DataFrame({"asked": [TODAY, None]}), CARD, as_of=TODAY)

        assert answered["priority"].to_list() == [
            CARD.total({"asked": day, "phone": None}, as_of=TODAY) for day in (TODAY, None)
        ]

    def test_objects_of_pandas_of_several_types(self):
        pd = pytest.importorskip("pandas", reason="needs pandas")
        mixed = pd.DataFrame({name: pd.Series([True, "no"], dtype=object) for name in ("phone", "title")})

        assert [where for where, _ in refused(mixed)] == ["columns[title]", "columns[phone]"]

    def test_a_mapped_column_that_is_not_there_or_that_the_card_does_not_read(self):
        table = pl.DataFrame({"asked": [True]})

        assert refused(table, columns={"title": "aske", "titel": "asked", "zzz": "asked"}) == [
            ("columns[title]", "there is no column 'aske'; did you mean 'asked'?"),
            ("columns[titel]", "the card reads no such column; did you mean 'title'?"),
            (
                "columns[zzz]",
                "the card reads no such column; it reads asked, title, minutes, phone, visits, visits_points",
            ),
        ]

    def test_an_expression_that_is_none(self):
        table = pl.DataFrame({"asked": [True]})

        assert refused(table, columns={"asked": pl.col("asked")})[0][1].endswith(
            "; give the name of a column or an expression of narwhals"
        )

    def test_no_column_that_the_card_reads(self):
        assert refused(pl.DataFrame({"opted_out": [True]})) == [
            (
                "columns",
                (
                    "the card reads none; name them asked, title, minutes, phone, visits, visits_points, "
                    "or map them: columns={name: column}"
                ),
            )
        ]

    def test_two_columns_for_one_name(self):
        assert refused(pl.DataFrame({"Asked": [True], "asked": [True]}))[0][1].startswith(
            "both 'Asked' and 'asked' are given; keep one, or map it: "
        )

    def test_days_beside_what_an_event_table_was_worth(self):
        table = pl.DataFrame({"visits": [TODAY], "visits_points": [7]})

        [(where, reason)] = refused(table)

        assert where == "columns[visits]"
        one = "columns={'visits': 'visits'}"
        assert reason == f"both 'visits' and 'visits_points' are given; keep one, or map it: {one}"
        for column, total in (("visits", 14), ("visits_points", 16)):
            answered = frames.prioritize(table, CARD, as_of=TODAY, columns={column: column})
            assert answered["priority"].to_list() == [total]

    def test_days_of_a_fact_are_mapped_by_the_fact(self):
        card = Scorecard("bought", signals=[Signal.dated(Fact.PURCHASED, 5, cap=9)])
        table = pl.DataFrame({"bought": [TODAY], "purchased_points": [7]})

        answered = frames.prioritize(table, card, columns={Fact.PURCHASED: "bought"})

        assert answered["priority"].to_list() == [5]

    def test_points_that_are_no_whole_numbers(self):
        assert refused(pl.DataFrame({"visits_points": [1.5]})) == [
            (
                "columns[visits]",
                (
                    "visits_points holds Float64, not whole numbers; "
                    "give it as leadqual.frames.occurrences makes it"
                ),
            )
        ]

    @pytest.mark.parametrize("name", ["priority", "Do_Not_Contact", "PRIORITY_FIT", "priority_reasons"])
    def test_a_clash_with_an_added_name_in_any_case(self, name):
        table = pl.DataFrame({"asked": [True], name: [None]})

        [(where, reason)] = refused(table, groups=True, reasons=True)

        assert where == f"column {name}"
        assert reason.endswith("rename it, or give a prefix: prefix='leadqual_'")

    def test_groups_whose_columns_would_be_called_alike(self):
        card = Scorecard(
            "alike", signals=[Signal.yes("a", 5, group="Reasons"), Signal.yes("b", 5, group="x")]
        )

        assert refused(pl.DataFrame({"a": [True]}), card, groups=True, reasons=True) == [
            ("card", "two added columns would be called 'priority_reasons'; rename a group")
        ]

    def test_event_tables(self):
        def refused_events(table, card=CARD, **options):
            with pytest.raises(FrameRefused) as caught:
                frames.occurrences(table, card, **{**EVENT_COLUMNS, "as_of": TODAY, **options})
            return [str(fault) for fault in caught.value.faults]

        plain = Scorecard("plain", signals=[Signal.yes("asked", 5)])
        alike = Scorecard("alike", signals=[Signal.dated(name, 5, cap=5) for name in ("calls", "Calls")])
        bad = pl.LazyFrame({"person": [1], "what": [1], "at": ["2026-01-01"]})
        good = pl.LazyFrame({"person": [1], "what": ["visits"], "at": [TODAY]})

        assert refused_events(good, at="when", id="nr") == [
            "at: there is no column 'when'; name one that is",
            "id: there is no column 'nr'; name one that is",
        ]
        assert refused_events(bad, plain) == [
            "card: has no dated signal; give at least one",
            "signal: what holds Int64, not text; give the column with the words of the signals",
            "at: at holds String, not days or instants with a time zone; convert it first, best to UTC",
        ]
        assert refused_events(good.rename({"person": "Visits_Points"}), person="Visits_Points") == [
            "column Visits_Points: has the name of a column that is added; rename it first"
        ]
        assert refused_events(good, alike) == [
            "card: two added columns would be called 'calls_points'; rename a signal"
        ]

    def test_arguments_of_another_type(self):
        table = pl.DataFrame({"asked": [True]})

        with pytest.raises(WrongType, match="card must be a Scorecard, not str"):
            frames.prioritize(table, "acme")
        with pytest.raises(WrongType, match="card must be a Scorecard, not NoneType"):
            frames.occurrences(table, None, **EVENT_COLUMNS)
        with pytest.raises(WrongType, match="policy must be a Policy, not str"):
            frames.prioritize(table, CARD, as_of=TODAY, policy="standard")
        with pytest.raises(WrongType, match="columns must be a mapping of what the card reads to columns"):
            frames.prioritize(table, CARD, as_of=TODAY, columns=["asked"])
        with pytest.raises(WrongValue, match="as_of: is missing, and this card lets points age"):
            frames.prioritize(table, CARD)
        with pytest.raises(WrongValue, match="as_of: is missing, and this card lets points age"):
            frames.occurrences(table, CARD, **EVENT_COLUMNS)
