"""A table of events gives what a history gives, by aggregation alone."""

import ast
import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from engines import ENGINES, engine
from hypothesis import HealthCheck, given, seed, settings

from leadqual import STANDARD, Contact, Evidence, Fact, Funnel, classify
from leadqual.errors import WrongType, WrongValue
from leadqual.history.history import Event, History
from leadqual.policy.rules import EVENT_KINDS, EventKind, Replay
from leadqual.strategies import policies

pl = pytest.importorskip("polars", reason="needs polars")
nw = pytest.importorskip("narwhals.stable.v2", reason="needs narwhals")
pa = pytest.importorskip("pyarrow", reason="needs pyarrow")

from leadqual import frames  # noqa: E402 (needs narwhals)
from leadqual.frames import FrameRefused  # noqa: E402 (see above)

START = datetime(2026, 1, 1, tzinfo=UTC)
TYPES = {"fact": "str", "at": "instant", "reverses": "bool"}
COLUMNS = {"person": "person", "fact": "fact", "at": "at"}


def random_histories(number, seed=5):
    """Return lists of kinds and instants, more than Hypothesis draws; few instants, so that ties are common."""
    chance = random.Random(seed)
    histories = []
    for _ in range(number):
        drawn = [
            (chance.choice(EVENT_KINDS), START + timedelta(hours=chance.randint(0, 7))) for _ in range(6)
        ]
        drawn = drawn[: chance.randint(1, 6)]
        histories.append(drawn + chance.sample(drawn, chance.randint(0, 1)))
    return histories


def table_of(histories):
    """Return the columns of an event table; that an event holds is said by False or by nothing."""
    rows = [(who, kind, at) for who, drawn in enumerate(histories) for kind, at in drawn]
    random.Random(6).shuffle(rows)
    return {
        "person": [who for who, _, _ in rows],
        "fact": [str(kind.fact) for _, kind, _ in rows],
        "at": [at for _, _, at in rows],
        "reverses": [kind.reverses or (None if n % 2 else False) for n, (_, kind, _) in enumerate(rows)],
    }


def values(evidence):
    return tuple(evidence.value(fact) for fact in Fact)


def of_history(drawn, policy=STANDARD, as_of=None):
    events = (Event(kind.fact, at, reverses=kind.reverses) for kind, at in drawn)
    return values(History.of(*events).evidence(policy, as_of))


def differences(on, histories, policy=STANDARD, as_of=None):
    made = on.make(table_of(histories), TYPES)
    replayed = on.columns(frames.replay(made, **COLUMNS, reverses="reverses", policy=policy, as_of=as_of))
    assert set(replayed["unread"]) == {0}
    rows = zip(*(replayed[str(fact)] for fact in Fact), strict=True)
    got = dict(zip(replayed["person"], rows, strict=True))
    expected = {who: of_history(drawn, policy, as_of) for who, drawn in enumerate(histories)}
    assert got.keys() == expected.keys()
    return [(histories[who], got[who], expected[who]) for who in expected if got[who] != expected[who]]


@pytest.mark.parametrize("name", ENGINES)
class TestEveryEngine:
    def test_4_000_random_histories_with_ties_redeliveries_and_reversals(self, name):
        on = engine(name)
        histories = random_histories(4_000)

        assert differences(on, histories) == []
        assert sum(len({at for _, at in drawn}) < len(drawn) for drawn in histories) > 1_000
        assert sum(kind.reverses for drawn in histories for kind, _ in drawn) > 1_000

    def test_as_of_leaves_out_what_is_later_and_keeps_the_people(self, name):
        assert differences(engine(name), random_histories(1_500), as_of=START + timedelta(hours=3)) == []

    def test_the_result_is_classified_and_counted_as_it_is(self, name):
        on = engine(name)
        histories = random_histories(500)
        verdicts = [
            classify(History.of(*(Event(kind.fact, at, reverses=kind.reverses) for kind, at in drawn)))
            for drawn in histories
        ]
        replayed = frames.replay(on.make(table_of(histories), TYPES), **COLUMNS, reverses="reverses")

        answered = on.columns(frames.classify(replayed))
        counted = on.columns(frames.count(replayed))

        got = dict(
            zip(answered["person"], zip(answered["stage"], answered["score"], strict=True), strict=True)
        )
        assert got == {who: (str(verdict.stage), verdict.score) for who, verdict in enumerate(verdicts)}
        rows = [dict(zip(counted, row, strict=True)) for row in zip(*counted.values(), strict=True)]
        assert Funnel.from_counts(rows) == Funnel.of(verdicts)


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("as_of", [None, START])
def test_an_undated_opt_out_forbids_contact_whatever_came_after(name, as_of):
    """Decision 15: undated records favour it; it ends only by a correction of the record."""
    on = engine(name)
    rows = [
        (1, "opted_out", None, None),
        (1, "opted_out", START, True),
        (2, "opted_out", None, True),
        (3, "responded", None, False),
        (4, "opted_out", START, False),
    ]
    table = dict(zip(["person", "fact", "at", "reverses"], map(list, zip(*rows, strict=True)), strict=True))

    replayed = frames.replay(on.make(table, TYPES), **COLUMNS, reverses="reverses", as_of=as_of)

    answered = on.columns(frames.classify(replayed))
    said = zip(answered["opted_out"], answered["unread"], answered["standing"], strict=True)
    assert dict(zip(answered["person"], said, strict=True)) == {
        1: (True, 0, "do_not_contact"),
        2: (None, 1, "active"),
        3: (None, 1, "active"),
        4: (True, 0, "do_not_contact"),
    }
    undated = Contact(
        evidence=Evidence.of(Fact.OPTED_OUT), history=History.of(Event(Fact.OPTED_OUT, START, reverses=True))
    )
    assert str(classify(undated).standing) == "do_not_contact"
    nothing_dated = {"person": [1, 2], "fact": ["opted_out", "responded"], "at": [None, None]}
    assert on.columns(frames.replay(on.make(nothing_dated, TYPES), **COLUMNS))["unread"].count(0) == 1


class TestShortHistories:
    def test_every_pair_of_events_before_after_and_at_once(self):
        """26 kinds of event, two of them in every order and at one instant."""
        hour = timedelta(hours=1)
        histories = [
            [(a, START), (b, START + hour * n)] for a, b in product(EVENT_KINDS, EVENT_KINDS) for n in (0, 1)
        ]

        assert len(histories) == 2 * 26 * 26
        assert differences(engine("polars"), histories) == []

    @pytest.mark.long
    def test_every_three_events_in_every_order_and_tie(self):
        hour = timedelta(hours=1)
        for first in EVENT_KINDS:
            histories = [
                [(first, START), (second, START + hour * n), (third, START + hour * (n + m))]
                for second, third in product(EVENT_KINDS, EVENT_KINDS)
                for n, m in product((0, 1), (0, 1))
            ]
            assert differences(engine("polars"), histories) == []


class TestRandomPolicies:
    """Rank, clearing and then-rules are data of the policy; none of them is known to frames."""

    @pytest.mark.parametrize(
        ("name", "number"),
        [("polars", 25), ("duckdb", 25), pytest.param("polars", 100, marks=pytest.mark.long)],
    )
    def test_random_ways_to_read_a_history(self, name, number):
        on = engine(name)
        tried = []

        @seed(8)
        @settings(max_examples=number, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(policies())
        def agree(policy):
            assert differences(on, random_histories(60, seed=len(tried)), policy) == []
            tried.append(policy)

        agree()
        assert len(tried) == number
        assert sum(bool(policy.replay.then) for policy in tried) >= number // 25

    def test_at_one_instant_the_rank_decides_and_nothing_else(self):
        at_once = [(EventKind(Fact.RESPONDED), START), (EventKind(Fact.DECLINED), START)]
        rank = sorted(STANDARD.replay.rank, key=lambda kind: kind != EventKind(Fact.DECLINED))
        declined_first = Replay(tuple(rank), STANDARD.replay.clears, STANDARD.replay.then)
        policy = STANDARD.replace(name="declined first", version="1", replay=declined_first)
        index = list(Fact).index(Fact.DECLINED)

        assert differences(engine("polars"), [at_once], policy) == []
        assert of_history(at_once)[index] is True
        assert of_history(at_once, policy)[index] is None


def replayed(rows, **options):
    table = pl.DataFrame(rows, schema=["person", "fact", "at", "reverses"], orient="row")
    given = {**COLUMNS, "reverses": "reverses", **options}
    return frames.replay(table, **given).sort("person", nulls_last=True).to_dicts()


class TestUnread:
    def test_events_that_cannot_be_used_are_counted_for_their_person(self):
        day = START
        [ana, ben, nobody] = replayed(
            [
                ("ana", "responded", day, None),
                ("ana", "Responded", day, None),
                ("ana", None, day, None),
                ("ana", "purchased", None, None),
                ("ana", "purchased", day, True),
                ("ana", "likes_industry", day, True),
                ("ben", "lapsed", day, False),
                (None, "signed_up", day, None),
            ]
        )

        assert (ana["unread"], ben["unread"], nobody["unread"]) == (4, 0, 1)
        assert (ana["responded"], ana["purchased"], ana["likes_industry"]) == (True, None, False)
        assert {nobody[str(fact)] for fact in Fact} == {None}

    def test_what_is_later_than_as_of_is_no_fault(self):
        [ana] = replayed([("ana", "responded", START + timedelta(days=1), None)], as_of=START)

        assert (ana["unread"], ana["responded"]) == (0, None)


class TestColumns:
    @pytest.mark.parametrize("dtype", [pl.Categorical, pl.Enum(["responded", "else"]), pl.String])
    def test_the_word_may_be_of_a_type_for_closed_sets(self, dtype):
        table = pl.DataFrame({"person": [1, 1], "fact": ["responded", "else"], "at": [START, START]})

        [row] = frames.replay(table.cast({"fact": dtype}), **COLUMNS).to_dicts()

        assert (row["responded"], row["unread"]) == (True, 1)

    def test_without_a_column_of_reversals_no_event_is_one(self):
        table = pl.DataFrame({"person": [1], "fact": ["declined"], "at": [START]})

        assert frames.replay(table, **COLUMNS)["declined"].to_list() == [True]
        nothing = table.with_columns(reverses=pl.lit(None))
        assert frames.replay(nothing, **COLUMNS, reverses="reverses")["declined"].to_list() == [True]

    @pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Los_Angeles"])
    @pytest.mark.parametrize("unit", ["ms", "us", "ns"])
    @pytest.mark.parametrize("name", ["polars", "pandas", "pandas-arrow", "pyarrow", "duckdb"])
    def test_as_of_is_an_instant_whatever_the_time_zone_and_unit(self, name, unit, zone):
        on = engine(name if name in ENGINES else "pandas-nullable")
        at = pa.array([START, START + timedelta(seconds=1)], pa.timestamp(unit, zone))
        table = pa.table({"person": ["a", "b"], "fact": ["responded"] * 2, "at": at})
        if name == "duckdb" and unit == "ns":
            pytest.skip("DuckDB's nanoseconds of a time zone have no type here, and are refused below")
        if name == "pandas" and "_" in zone:
            pytest.skip("pandas' zones with an underscore have no type here, and are refused below")
        kinds = {
            "polars": lambda: pl.from_arrow(table),
            "pandas": table.to_pandas,
            "pandas-arrow": lambda: table.to_pandas(types_mapper=__import__("pandas").ArrowDtype),
            "pyarrow": lambda: table,
            "duckdb": lambda: __import__("duckdb").from_arrow(table),
        }

        columns = on.columns(frames.replay(kinds[name](), **COLUMNS, as_of=START))

        assert dict(zip(columns["person"], columns["responded"], strict=True)) == {"a": True, "b": None}

    def test_as_of_is_an_instant_beside_a_fixed_offset(self):
        at = pa.array([START, START + timedelta(seconds=1)], pa.timestamp("ms", "+02:00"))
        table = pa.table({"person": ["a", "b"], "fact": ["responded"] * 2, "at": at})

        replayed = frames.replay(table, **COLUMNS, as_of=START).to_pydict()

        assert dict(zip(replayed["person"], replayed["responded"], strict=True)) == {"a": True, "b": None}

    def test_days_and_instants_without_a_zone_have_an_order_too(self):
        for at in ([date(2026, 1, 1), date(2026, 1, 2)], [datetime(2026, 1, 1), datetime(2026, 1, 2)]):  # noqa: DTZ001 (the point)
            table = pl.DataFrame({"person": [1, 1], "fact": ["saw_business", "responded"], "at": at})
            asked = pl.DataFrame(
                {"person": [1, 1], "fact": ["interested_in_offer", "saw_business"], "at": at}
            )

            assert frames.replay(table, **COLUMNS)["asked_for_more"].to_list() == [None]
            assert frames.replay(asked, **COLUMNS)["asked_for_more"].to_list() == [None]
            turned = asked.with_columns(at=pl.col("at").reverse())
            assert frames.replay(turned, **COLUMNS)["asked_for_more"].to_list() == [True]

    def test_columns_of_nothing(self):
        table = pl.DataFrame({"person": [1], "fact": [None], "at": [None]})

        [row] = frames.replay(table, **COLUMNS, as_of=START).to_dicts()

        assert row["unread"] == 1
        assert {row[str(fact)] for fact in Fact} == {None}

    def test_objects_of_pandas(self):
        pd = pytest.importorskip("pandas", reason="needs pandas")
        table = pd.DataFrame(
            {
                "person": [1, 1, 2],
                "fact": pd.Series(["declined", "declined", "lapsed"], dtype=object),
                "at": pd.to_datetime([START, START + timedelta(days=1), START]),
                "reverses": pd.Series([None, True, None], dtype=object),
            }
        )
        result = frames.replay(table, **COLUMNS, reverses="reverses")

        assert result.sort_values("person")["declined"].tolist() == [False, pd.NA]
        assert result.sort_values("person")["lapsed"].tolist() == [pd.NA, True]


def refused(table, **options):
    with pytest.raises(FrameRefused) as caught:
        frames.replay(table, **{**COLUMNS, **options})
    return [(fault.where, fault.reason) for fault in caught.value.faults]


class TestRefused:
    TABLE = pl.LazyFrame({"person": ["a"], "fact": ["responded"], "at": [START], "back": [0]})

    def test_columns_that_are_not_there_all_at_once(self):
        assert refused(self.TABLE, fact="facts", at="when") == [
            ("fact", "there is no column 'facts'; did you mean 'fact'?"),
            ("at", "there is no column 'when'; name one that is"),
        ]

    def test_columns_of_another_type_all_at_once(self):
        table = pl.LazyFrame({"person": ["a"], "fact": [1], "at": ["today"], "back": [0]})

        assert refused(table, reverses="back") == [
            ("fact", "fact holds Int64, not text; give the column with the words of the facts"),
            ("reverses", "back holds Int64, not booleans; compare it with what means yes first"),
            ("at", "at holds String, not instants; convert it first, best to UTC"),
        ]

    @pytest.mark.parametrize("at", [datetime(2026, 1, 1), date(2026, 1, 1)])  # noqa: DTZ001 (the point)
    def test_a_naive_time_column_with_as_of(self, at):
        """DuckDB and Spark would compare by the time zone of the session, without a word."""
        table = pl.DataFrame({"person": ["a"], "fact": ["responded"], "at": [at]})

        [(where, reason)] = refused(table, as_of=START)

        assert where == "at"
        assert "has no time zone, and as_of is an instant; give the column its time zone first" in reason

    def test_as_of_itself_has_a_time_zone(self):
        with pytest.raises(WrongValue, match="as_of: has no time zone"):
            frames.replay(self.TABLE, **COLUMNS, as_of=datetime(2026, 1, 1))  # noqa: DTZ001 (the point)
        with pytest.raises(WrongType, match="as_of must be an aware datetime, not date"):
            frames.replay(self.TABLE, **COLUMNS, as_of=date(2026, 1, 1))

    @pytest.mark.parametrize("name", ["Responded", "unread"])
    def test_a_person_column_named_like_one_of_ours(self, name):
        table = self.TABLE.rename({"person": name})

        assert refused(table, person=name) == [
            (f"column {name}", "has the name of a column that is added; rename it first")
        ]

    @pytest.mark.parametrize(("name", "zone"), [("duckdb", "UTC"), ("pandas-nullable", "America/New_York")])
    def test_instants_of_a_type_that_nobody_knows(self, name, zone):
        engine(name)
        at = pa.array([START], pa.timestamp("ns", zone))
        table = pa.table({"person": ["a"], "fact": ["responded"], "at": at})
        native = __import__("duckdb").from_arrow(table) if name == "duckdb" else table.to_pandas()
        if nw.from_native(native).collect_schema()["at"] != nw.Unknown:
            pytest.skip("this version of the engine has the type")

        assert refused(native) == [("at", "at holds Unknown, not instants; convert it first, best to UTC")]

    def test_another_policy_than_a_policy(self):
        with pytest.raises(WrongType, match="policy must be a Policy, not str"):
            frames.replay(self.TABLE, **COLUMNS, policy="standard")


class TestAggregation:
    """A condition inside of an aggregation is ignored by pandas and PyArrow, without a word."""

    def test_what_is_aggregated_is_a_plain_column(self, root):
        allowed = {"max", "min", "sum", "alias", "col", "len", "cast"}
        aggregations = 0
        for path in (root / "src" / "leadqual" / "frames").glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "agg":
                    aggregations += 1
                    calls = [inner for each in node.args for inner in ast.walk(each)]
                    used = {inner.attr for inner in calls if isinstance(inner, ast.Attribute)}
                    assert used - {"Int64"} <= allowed, path.name
        assert aggregations == 4


class TestCount:
    PEOPLE = (
        ("a", {Fact.PURCHASED}),
        ("a", {Fact.PURCHASED, Fact.SIGNED_UP}),
        ("a", set()),
        ("b", {Fact.RESPONDED}),
        ("b", {Fact.CONTACTED}),
        (None, {Fact.BECAME_LEADER, Fact.WANTS_IN, Fact.KNOWS_INDUSTRY}),
        ("b", {Fact.CONTACTED}),
    )

    @pytest.mark.parametrize("name", ENGINES)
    def test_each_group_makes_the_funnel_of_its_people(self, name):
        on = engine(name)
        given = {"campaign": [campaign for campaign, _ in self.PEOPLE]}
        given |= {str(fact): [True if fact in facts else None for _, facts in self.PEOPLE] for fact in Fact}

        counted = on.columns(
            frames.count(on.make(given, dict.fromkeys(map(str, Fact), "bool")), by="campaign")
        )

        rows = [dict(zip(counted, row, strict=True)) for row in zip(*counted.values(), strict=True)]
        for campaign in ("a", "b", None):
            people = [facts for group, facts in self.PEOPLE if group == campaign]
            group = [row for row in rows if row["campaign"] == campaign]
            assert Funnel.from_counts(group) == Funnel.of(people)
        assert Funnel.from_counts(rows) == Funnel.of(facts for _, facts in self.PEOPLE)
        assert Counter(row["campaign"] for row in rows) == {"a": 3, "b": 2, None: 1}

    @pytest.mark.parametrize("name", ENGINES)
    def test_people_who_are_all_alike_are_all_counted(self, name):
        """No column bears on a stage: every flag is a constant."""
        on = engine(name)
        counted = on.columns(frames.count(on.make({"lapsed": [True, None, True]}, {"lapsed": "bool"})))

        assert counted["contacts"] == [3]

    def test_refused_groups(self):
        table = pl.DataFrame({"responded": [True], "Qualified": ["x"]})

        with pytest.raises(FrameRefused, match="by: there is no column 'campaign'; name one that is"):
            frames.count(table, by=["campaign"])
        with pytest.raises(FrameRefused, match="column Qualified: has the name of a column that is added"):
            frames.count(table, by="Qualified")
        with pytest.raises(WrongType, match="policy must be a Policy, not NoneType"):
            frames.count(table, policy=None)
