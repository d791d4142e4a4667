"""What goes into a frame's answers, what comes out, and what is refused with what would be right."""

import ast
import subprocess
import sys
from datetime import UTC, date, datetime
from importlib import import_module, reload

import pytest
from engines import ENGINES, engine

from leadqual import STANDARD, Contact, Fact, LeadqualError, Qualification, Scorecard, Signal, Stage, Standing
from leadqual.errors import ExtraMissing, WrongType, WrongValue
from leadqual.policy.policy import PolicyRefused
from leadqual.policy.rules import Expectation, Rule, Score
from leadqual.taxonomy.vocabulary import UnknownWord

pl = pytest.importorskip("polars", reason="needs polars")
nw = pytest.importorskip("narwhals.stable.v2", reason="needs narwhals")
pytest.importorskip("pyarrow", reason="needs pyarrow")

from leadqual import frames  # noqa: E402 (needs narwhals)
from leadqual.frames import FrameRefused  # noqa: E402 (see above)

ADDED = ["stage", "qualification", "standing", "score"]


def sources(root):
    found = sorted((root / "src" / "leadqual" / "frames").glob("*.py"))
    assert len(found) >= 5
    return {path.name: ast.parse(path.read_text("utf-8")) for path in found}


class TestNoRule:
    """Frames know any, all, first-that-applies, points and text, and no rule."""

    words = frozenset(
        str(word) for vocabulary in (Fact, Stage, Qualification, Standing) for word in vocabulary
    )
    names = frozenset(
        word.name for vocabulary in (Fact, Stage, Qualification, Standing) for word in vocabulary
    )

    def test_no_constant_is_a_word_of_the_taxonomy_and_no_number_but_0_and_1(self, root):
        for name, tree in sources(root).items():
            constants = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
            assert not self.words & {each for each in constants if isinstance(each, str)}, name
            numbers = {each for each in constants if isinstance(each, int | float)}
            assert numbers <= {0, 1}, name

    def test_no_member_of_the_taxonomy_is_named(self, root):
        for name, tree in sources(root).items():
            attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
            assert not self.names & attributes, name


class TestAnswer:
    @pytest.mark.parametrize("name", ENGINES)
    def test_the_users_columns_come_first_and_unchanged(self, name):
        on = engine(name)
        table = on.make({"who": ["a", "b"], "responded": [None, True]}, {"responded": "bool"})

        answered = frames.classify(table, prefix="our_")

        columns = on.columns(answered)
        assert list(columns) == ["who", "responded", *(f"our_{each}" for each in ADDED)]
        assert columns["who"] == ["a", "b"]
        assert columns["responded"] == [None, True]
        assert columns["our_stage"] == ["name", "lead"]
        assert type(answered) is type(table)

    def test_objects_of_pandas_stay_the_objects_they_were(self):
        pd = pytest.importorskip("pandas", reason="needs pandas")
        index = [7] * 201
        given = pd.DataFrame({"responded": pd.Series([None] * 200 + [True], dtype=object, index=index)})

        answered = frames.classify(given)

        assert answered["responded"].dtype == object
        assert list(answered.index) == [7] * 201
        assert answered["stage"].iloc[-1] == "lead"
        assert given.columns.tolist() == ["responded"]

    def test_what_is_lazy_stays_lazy_and_what_is_narwhals_stays_narwhals(self):
        eager = pl.DataFrame({"responded": [True]})

        assert isinstance(frames.classify(eager), pl.DataFrame)
        assert isinstance(frames.classify(eager.lazy()), pl.LazyFrame)
        assert isinstance(frames.classify(nw.from_native(eager)), nw.DataFrame)
        assert isinstance(frames.classify(nw.from_native(eager.lazy())), nw.LazyFrame)

    def test_labels_are_of_a_closed_type_where_the_engine_has_one(self):
        answered = frames.classify(pl.DataFrame({"responded": [True]}))
        assert answered.schema["stage"] == pl.Enum([str(stage) for stage in Stage])
        assert answered.schema["standing"] == pl.Enum([str(standing) for standing in Standing])

        pd = pytest.importorskip("pandas", reason="needs pandas")
        assert frames.classify(pd.DataFrame({"responded": [True]}))["stage"].dtype == "category"
        duckdb = pytest.importorskip("duckdb", reason="needs duckdb")
        assert "ENUM" in str(frames.classify(duckdb.sql("select true as responded")).types[1])

    @pytest.mark.parametrize(
        ("qualified", "dtype"), [(50, pl.Int8), (500, pl.Int16), (50_000, pl.Int32), (2**40, pl.Int64)]
    )
    def test_the_score_is_of_the_narrowest_type_that_the_policy_cannot_overflow(self, qualified, dtype):
        """Polars would wrap silently."""
        score = Score(base=15, qualified=qualified, points=STANDARD.score.points)
        policy = STANDARD.replace(name="wide", version="1", score=score)

        answered = frames.classify(pl.DataFrame({"interested_in_offer": [True]}), policy)

        assert answered.schema["score"] == dtype
        assert answered["score"].to_list() == [15 + 4 + 3 + qualified]

    def test_a_score_that_no_type_could_hold_is_refused_with_the_policy(self):
        score = Score(base=0, qualified=2**63, points=())

        with pytest.raises(
            PolicyRefused, match="score: adds up to more than 64 bits hold; give smaller numbers"
        ):
            STANDARD.replace(name="wide", version="1", score=score)

    def test_a_date_or_an_instant_establishes_and_its_absence_says_nothing(self):
        table = pl.DataFrame(
            {
                "responded": [date(2026, 1, 1), None],
                "purchased": [datetime(2026, 1, 1, tzinfo=UTC), None],
            }
        )
        assert frames.classify(table)["stage"].to_list() == ["customer", "name"]
        unknown = frames.audit(table.with_columns(sought_you_out=True))
        assert unknown["contradiction"].to_list() == [False, False]

    def test_columns_of_nothing_are_unknown_facts(self):
        assert frames.classify(pl.DataFrame({"responded": [None]}))["stage"].to_list() == ["name"]
        text = pl.DataFrame(
            {"responded": [None], "purchased": [True]}, schema_overrides={"responded": pl.String}
        )
        assert frames.classify(text)["stage"].to_list() == ["customer"]
        pd = pytest.importorskip("pandas", reason="needs pandas")
        nothing = pd.DataFrame({"responded": [None, None], "purchased": [float("nan")] * 2})
        assert frames.classify(nothing)["stage"].tolist() == ["name", "name"]
        assert frames.classify(nothing.iloc[:0]).columns.tolist() == ["responded", "purchased", *ADDED]


class TestColumns:
    def test_a_column_is_found_by_its_name_in_any_case(self):
        answered = frames.classify(pl.DataFrame({"Asked For More": [True], "OPTED-OUT": [True]}))

        assert answered["stage"].to_list() == ["prospect"]
        assert answered["standing"].to_list() == ["do_not_contact"]

    def test_facts_are_mapped_to_columns_and_expressions_by_fact_or_word(self):
        table = pl.DataFrame({"orders": [0, 3], "hot": [True, True], "responded": [False, False]})

        answered = frames.classify(table, facts={Fact.PURCHASED: nw.col("orders") > 0, "responded": "hot"})

        assert answered["stage"].to_list() == ["lead", "customer"]

    def test_an_expression_of_the_main_namespace_will_do(self):
        narwhals = pytest.importorskip("narwhals")
        table = pl.DataFrame({"orders": [0, 3]})

        answered = frames.classify(table, facts={"purchased": narwhals.col("orders") > 0})

        assert answered["stage"].to_list() == ["name", "customer"]


def refused(table, **options):
    with pytest.raises(FrameRefused) as caught:
        frames.classify(table, **options)
    return [(fault.where, fault.reason) for fault in caught.value.faults]


class TestYesNoWords:
    """Unknown is never read as no, and an opt-out that cannot be read is one."""

    WORDS = ("yes", " YES ", "x", "no", "0", "", "  ", None, "perhaps")

    def said(self, name, values, type_, **options):
        on = engine(name)
        table = on.make({"was": list(values)}, {"was": type_} if type_ else {})
        facts = {"opted_out": frames.YesNoWords("was", **options)}
        return on.columns(frames.classify(table, facts=facts))["standing"]

    @pytest.mark.parametrize("name", ENGINES)
    def test_words_are_read_as_files_are_read(self, name):
        held = ["do_not_contact"] * 3 + ["active"] * 5

        assert self.said(name, self.WORDS, "str") == [*held, "do_not_contact"]
        assert self.said(name, self.WORDS, "str", otherwise=True) == [*held, "do_not_contact"]
        assert self.said(name, self.WORDS, "str", otherwise=False) == [*held, "active"]

    @pytest.mark.parametrize("name", ENGINES)
    def test_one_is_yes_and_nought_is_no(self, name):
        held = "do_not_contact"
        assert self.said(name, [1, 0, None, 7], None) == [held, "active", "active", held]
        assert self.said(name, [1.0, 0.0, float("nan")], "float") == [held, "active", "active"]

    @pytest.mark.parametrize("name", ENGINES)
    @pytest.mark.parametrize("otherwise", [None, False])
    def test_what_is_blank_is_unknown_and_not_denied(self, name, otherwise):
        """Who sought you out has responded; only where that is denied do the two contradict each other."""
        on = engine(name)
        table = on.make(
            {"was": ["no", "", None, "perhaps"], "sought_you_out": [True] * 4},
            {"was": "str", "sought_you_out": "bool"},
        )
        facts = {"responded": frames.YesNoWords("was", otherwise=otherwise)}

        denied = on.columns(frames.audit(table, facts=facts))["contradiction"]

        assert denied == [True, False, False, otherwise is False]

    def test_a_column_of_nothing_says_nothing(self):
        table = pl.DataFrame({"was": [None], "responded": [True]})

        assert (
            frames.classify(table, facts={"opted_out": frames.YesNoWords("was")})["standing"][0] == "active"
        )


class TestRefused:
    """Every error comes at the call, from the schema, never at collect; and says what would be right."""

    def test_a_fact_column_of_text_or_numbers(self):
        table = pl.LazyFrame({"responded": ["yes"], "purchased": [1]})

        assert refused(table) == [
            (
                "facts[responded]",
                (
                    "responded holds String, not booleans or dates; read its words: "
                    "facts={'responded': frames.YesNoWords('responded')}"
                ),
            ),
            (
                "facts[purchased]",
                (
                    "purchased holds Int64, not booleans or dates; read its words: "
                    "facts={'purchased': frames.YesNoWords('purchased')}"
                ),
            ),
        ]

    def test_the_advice_that_is_given_works(self):
        table = pl.DataFrame({"responded": ["yes", "no"], "purchased": [0, 1]})
        [(_, first), (_, second)] = refused(table)
        facts = {}
        for advice in (first, second):
            facts |= eval(advice.partition("facts=")[2], {"frames": frames})

        assert frames.classify(table, facts=facts)["stage"].to_list() == ["lead", "customer"]

    def test_a_mapped_column_that_is_not_there(self):
        [(where, reason)] = refused(pl.DataFrame({"bought": [True]}), facts={Fact.PURCHASED: "bougth"})

        assert (where, reason) == ("facts[purchased]", "there is no column 'bougth'; did you mean 'bought'?")

    def test_no_fact_column_at_all(self):
        [(where, reason)] = refused(pl.DataFrame({"who": ["a"]}))

        assert where == "facts"
        assert reason.startswith("no column is one; name columns contacted, responded, ")
        assert reason.endswith("or map them: facts={fact: column}")

    def test_two_columns_for_one_fact(self):
        [(where, reason)] = refused(pl.DataFrame({"Responded": [True], "responded": [True]}))
        assert (where, reason) == (
            "facts[responded]",
            "both 'Responded' and 'responded' are given; keep one, or map it: facts={'responded': 'responded'}",
        )
        assert (
            refused(pl.DataFrame({"a": [True]}), facts={Fact.LAPSED: "a", "lapsed": "a"})[0][0]
            == "facts[lapsed]"
        )

    @pytest.mark.parametrize("name", ["stage", "STAGE", "Score"])
    def test_a_clash_with_an_added_name_in_any_case(self, name):
        """DuckDB would drop our column, Spark overwrite the user's, without a word."""
        table = pl.DataFrame({"responded": [True], name: [None]})

        [(where, reason)] = refused(table)

        assert where == f"column {name}"
        assert reason == (
            "has the name of a column that is added; rename it, or give a prefix: prefix='leadqual_'"
        )
        assert "leadqual_stage" in frames.classify(table, prefix="leadqual_").columns

    def test_an_expression_that_is_none_or_gives_no_booleans(self):
        table = pl.DataFrame({"a": [1]})

        assert refused(table, facts={"responded": pl.col("a") == 1})[0][1].endswith(
            "; give the name of a column or an expression of narwhals"
        )
        assert "b" in refused(table.lazy(), facts={"responded": nw.col("b") == 1})[0][1].partition(";")[0]
        assert refused(table, facts={"responded": nw.col("a") + 1})[0][1].startswith(
            "the expression holds Int64"
        )

    def test_words_are_read_of_text_and_numbers_only(self):
        table = pl.DataFrame({"a": [[True]], "b": [date(2026, 1, 1)]})

        assert refused(table, facts={"responded": frames.YesNoWords("a")}) == [
            (
                "facts[responded]",
                "a holds List(Boolean), not words or numbers; give its name alone, or an expression of narwhals",
            )
        ]
        [(_, reason)] = refused(table, facts={"responded": frames.YesNoWords("c")})
        assert reason.startswith("there is no column 'c'")

    def test_other_types_of_column(self):
        [(_, reason)] = refused(pl.DataFrame({"responded": [[True]]}))
        assert reason == (
            "responded holds List(Boolean), not booleans or dates; say what means yes: "
            "facts={'responded': ~nw.col('responded').is_null()}"
        )

    def test_pandas_objects_that_are_neither_booleans_nor_nothing(self):
        pd = pytest.importorskip("pandas", reason="needs pandas")
        mixed = pd.DataFrame({"responded": pd.Series([True, "no"], dtype=object)})
        days = pd.DataFrame({"responded": pd.Series([date(2026, 1, 1)], dtype=object)})

        assert refused(mixed)[0][1].startswith("responded holds Object")
        assert refused(days)[0][1].startswith("responded holds Object")

    def test_two_columns_of_one_name(self):
        pd = pytest.importorskip("pandas", reason="needs pandas")
        twice = pd.DataFrame([[True, True]], columns=["responded", "responded"])

        assert refused(twice) == [("columns", "two have the same name; rename one of them")]

    def test_column_names_of_pandas_that_are_no_text_do_not_disturb(self):
        pd = pytest.importorskip("pandas", reason="needs pandas")
        answered = frames.classify(pd.DataFrame([[1, True]], columns=[0, "responded"]))

        assert answered.columns.tolist() == [0, "responded", *ADDED]

    def test_arguments_of_another_type(self):
        table = pl.DataFrame({"responded": [True]})

        with pytest.raises(WrongType, match=r"frame must be a data frame .*, not Series; convert a series"):
            frames.classify(table["responded"])
        with pytest.raises(WrongType, match="frame must be a data frame"):
            frames.classify([{"responded": True}])
        with pytest.raises(WrongType, match="facts must be a mapping of facts to columns, not list"):
            frames.classify(table, facts=["responded"])
        with pytest.raises(WrongType, match="policy must be a Policy, not dict"):
            frames.classify(table, {"responded": "responded"})
        with pytest.raises(UnknownWord, match="unknown fact 'respond'; did you mean 'responded'"):
            frames.classify(table, facts={"respond": "responded"})


HELD, FREE = "do_not_contact", "active"


class TestConsent:
    """Every path reads consent by the same names and words, or refuses."""

    @pytest.mark.parametrize("name", ENGINES)
    def test_every_column_of_opt_outs_is_read_whatever_it_holds(self, name):
        on = engine(name)
        table = on.make(
            {
                "Unsubscribed from all email": ["true", "false", "", None, "perhaps", None],
                "do_not_contact": [None, None, None, None, None, True],
                "responded": [True] * 6,
            },
            {"Unsubscribed from all email": "str", "do_not_contact": "bool", "responded": "bool"},
        )

        answered = on.columns(frames.classify(table))
        ranked = on.columns(
            frames.prioritize(table, Scorecard("acme", signals=[Signal.yes("responded", 5)]), prefix="our_")
        )

        assert answered["standing"] == [HELD, FREE, FREE, FREE, HELD, HELD]
        assert ranked["our_do_not_contact"] == [True, False, False, False, True, True]
        assert answered["stage"] == ["lead"] * 6

    @pytest.mark.parametrize("name", ENGINES)
    @pytest.mark.parametrize(
        ("kind", "cells"),
        [
            (
                "str",
                ["yes", "no", " YES ", "", None, "perhaps", "\u3000", "1", "0", "x", "1.0", "2026-01-01"],
            ),
            ("float", [1.0, 0.0, None, 2.0, 0.5, float("nan"), float("inf"), -0.0]),
            ("int", [1, 0, None, 2, -1]),
            ("bool", [True, False, None]),
            ("day", [date(2026, 1, 1), None]),
        ],
    )
    def test_a_record_and_a_table_read_consent_alike(self, name, kind, cells):
        card = Scorecard("acme", signals=[Signal.yes("responded", 5)])
        on = engine(name)
        table = on.make(
            {"Do not call": cells, "responded": [True] * len(cells)},
            {"Do not call": kind, "responded": "bool"},
        )

        flags = on.columns(frames.prioritize(table, card))["do_not_contact"]

        assert flags == [card.priority({"Do not call": cell}).do_not_contact for cell in cells]
        assert {True, False} == set(flags)

    def test_what_prioritize_adds_is_read_again_under_any_prefix(self):
        card = Scorecard("acme", signals=[Signal.yes("responded", 5)])
        table = pl.DataFrame({"responded": [True, True], "dnc": [True, False]})

        ranked = frames.prioritize(table, card, prefix="our_").drop("dnc")

        assert frames.classify(ranked)["standing"].to_list() == [HELD, FREE]

    def test_a_box_that_is_not_ticked_denies_nothing(self):
        table = pl.DataFrame({"opted_out": [True, False, None], "do_not_call": [False, True, False]})

        assert frames.classify(table)["standing"].to_list() == [HELD, HELD, FREE]
        assert not frames.audit(table)["contradiction"].any()

    def test_a_column_that_is_mapped_does_not_hide_another(self):
        table = pl.DataFrame({"box": [True, False, False], "do_not_call": [False, True, False]})

        for box in ("box", nw.col("box")):
            assert frames.classify(table, facts={"opted_out": box})["standing"].to_list() == [
                HELD,
                HELD,
                FREE,
            ]

    @pytest.mark.parametrize("name", ENGINES)
    def test_an_expression_may_say_what_the_words_of_a_column_mean(self, name):
        on = engine(name)
        table = on.make({"do_not_contact": ["ja", "nein", None]}, {"do_not_contact": "str"})

        answered = frames.classify(table, facts={"opted_out": nw.col("do_not_contact") == "ja"})

        assert on.columns(answered)["standing"] == [HELD, FREE, FREE]

    def test_a_name_that_does_not_say_which_way_is_refused_with_two_ways_out(self):
        table = pl.LazyFrame({"responded": [True, True], "GDPR": ["yes", "no"]})

        [(where, reason)] = refused(table)

        assert where == "column GDPR"
        assert reason == (
            "may forbid contact, but its name does not show whether yes or no does; "
            "map it: facts={'opted_out': nw.col('GDPR') == 'no'}, or rename or drop it, or say which it is: consent_in=, no_consent_in="
        )
        for call in (frames.count, frames.audit):
            with pytest.raises(FrameRefused, match="column GDPR: may forbid contact"):
                call(table)
        facts = eval(reason.partition("facts=")[2].partition(", or")[0], {"nw": nw})
        assert frames.classify(table, facts=facts).collect()["standing"].to_list() == [FREE, HELD]
        assert frames.classify(table.drop("GDPR")).collect()["standing"].to_list() == [FREE, FREE]

    def test_under_a_policy_of_other_rules_what_they_forbid_contact_by_is_protected(self):
        strict = STANDARD.replace(
            name="strict",
            version="1",
            standings=[(standing, (*facts, Fact.DECLINED)) for standing, facts in STANDARD.standings],
        )
        table = pl.DataFrame({"declined": ["no", "perhaps"], "responded": [True, True]})

        assert frames.classify(table, strict)["standing"].to_list() == [FREE, HELD]
        assert "frames.YesNoWords('declined')" in refused(table)[0][1]

    def test_objects_of_pandas_of_several_types(self):
        pd = pytest.importorskip("pandas", reason="needs pandas")
        cells = pd.Series([True, "no", None, "perhaps", 1, 0], dtype=object)
        wanted = [HELD, FREE, FREE, HELD, HELD, FREE]

        assert frames.classify(pd.DataFrame({"opted_out": cells}))["standing"].tolist() == wanted
        facts = {"opted_out": frames.YesNoWords("was")}
        assert frames.classify(pd.DataFrame({"was": cells}), facts=facts)["standing"].tolist() == wanted


class TestAnythingGiven:
    """Every name of the room, called with anything, answers or says what would be right, at the call."""

    PEOPLE = pl.LazyFrame({"person": [1], "responded": [True], "claim": ["lead"]})
    EVENTS = pl.LazyFrame(
        {
            "person": [1],
            "fact": ["responded"],
            "at": [datetime(2026, 1, 1, tzinfo=UTC)],
            "reverses": [False],
            "id": ["web:1"],
        }
    )
    CARD = Scorecard("acme", signals=[Signal.dated("responded", 5, cap=9), Signal.yes("claimed", 5)])
    CALLS = {  # noqa: RUF012 (read only)
        "YesNoWords": {"column": "a", "otherwise": None},
        "FrameRefused": {"faults": ()},
        "audit": {"frame": PEOPLE, "policy": STANDARD, "claimed": "claim", "facts": {}, "prefix": "our_"},
        "classify": {"frame": PEOPLE, "policy": STANDARD, "facts": {}, "prefix": "our_", "reasons": False},
        "count": {"frame": PEOPLE, "by": ["claim"], "policy": STANDARD, "facts": {}},
        "occurrences": {
            "events": EVENTS,
            "card": CARD,
            "person": "person",
            "signal": "fact",
            "at": "at",
            "id": "id",
            "as_of": date(2026, 1, 1),
        },
        "prioritize": {
            "frame": PEOPLE.with_columns(responded=date(2026, 1, 1)),
            "card": CARD,
            "columns": {},
            "as_of": date(2026, 1, 1),
            "policy": STANDARD,
            "prefix": "our_",
            "groups": False,
            "reasons": False,
        },
        "replay": {
            "events": EVENTS,
            "person": "person",
            "fact": "fact",
            "at": "at",
            "reverses": "reverses",
            "as_of": datetime(2026, 1, 1, tzinfo=UTC),
            "policy": STANDARD,
        },
    }

    @staticmethod
    def anything():
        np = pytest.importorskip("numpy", reason="needs NumPy")
        pd = pytest.importorskip("pandas", reason="needs pandas")
        yield from (
            None,
            True,
            5,
            0.5,
            float("nan"),
            "",
            "x",
            b"x",
            object(),
            Fact.LAPSED,
            STANDARD,
            pl.col("x"),
        )
        yield from (
            [],
            [5],
            [["x"]],
            ["x", None],
            {},
            {"x": 1},
            {5: "x"},
            {None: None},
            nw.col("x"),
            nw.lit(1),
        )
        yield from (
            {Fact.LAPSED: each} for each in (None, 5, "", "x", [], nw.col("x"), frames.YesNoWords("x"))
        )
        yield from ({"responded": each} for each in (None, 5, object(), nw.lit(1), pl.col("responded")))
        yield from ({"opted_out": each} for each in (None, 5, nw.col("x"), pl.lit(True)))
        yield from ((each for each in given) for given in ((), (5,), ("x",), ("claim", "claim")))
        yield from (date(2026, 1, 1), datetime(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC))  # noqa: DTZ001 (naive)
        yield from (np.int64(5), np.float64(0.5), np.bool_(True), np.array([1, 2]), np.datetime64("2026"))
        yield from (pd.NA, pd.Timestamp("2026-01-01"), pd.Series([1]), pd.DataFrame(), pl.DataFrame())
        yield from (
            Scorecard("other", signals=[Signal.yes("a", 5)]),
            Contact(),
            nw.from_native(pl.LazyFrame()),
        )

    @pytest.mark.parametrize("name", frames.__all__)
    def test_answers_or_says_what_would_be_right(self, name):
        call, valid = getattr(frames, name), self.CALLS[name]
        refusals = 0
        for argument in valid:
            for given in self.anything():
                try:
                    answer = call(**{**valid, argument: given})
                except LeadqualError as error:
                    refusals += bool(str(error))
                else:
                    if isinstance(answer, pl.LazyFrame):
                        answer.collect()
        assert refusals > 20 or name == "FrameRefused"

    def test_what_used_to_pass(self):
        pd = pytest.importorskip("pandas", reason="needs pandas")
        with pytest.raises(WrongValue, match="as_of: is not a date or has no time zone"):
            frames.prioritize(self.PEOPLE, self.CARD, as_of=pd.NaT)
        with pytest.raises(WrongType, match="prefix must be a text, not NoneType"):
            frames.classify(self.PEOPLE, prefix=None)
        with pytest.raises(WrongType, match="by must be an iterable of columns, not NoneType; leave it out"):
            frames.count(self.PEOPLE, by=None)
        with pytest.raises(WrongType, match="person must be a text, not NoneType"):
            frames.replay(self.EVENTS, person=None, fact="fact", at="at")


class TestImport:
    def test_without_narwhals_the_line_that_brings_it_is_told(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "narwhals.stable.v2", None)

        with pytest.raises(ExtraMissing, match=r"pip install 'leadqual\[frames\]'"):
            reload(import_module("leadqual.frames"))

    def test_the_front_door_does_not_load_frames(self):
        code = "import leadqual, sys; assert 'leadqual.frames' not in sys.modules"
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


class TestWordsOfOptOuts:
    """A strong word in any column establishes OPTED_OUT, in a frame as in a file."""

    @pytest.mark.parametrize("name", ["polars", "polars-lazy", "pandas-object", "pandas-arrow", "duckdb"])
    def test_a_word_in_any_column_of_texts_forbids_contact(self, name):
        people = {
            "responded": [True, True, True, True],
            "Status": ["Unsubscribed", "active", None, "do-not-contact "],
            "name": ["Ana", "Unsubscribed", "Ben", "Cem"],
        }
        table = engine(name).make(people, {})
        standings = engine(name).columns(frames.classify(table))["standing"]

        assert list(map(str, standings)) == ["do_not_contact", "active", "active", "do_not_contact"]

    @pytest.mark.parametrize("name", ["polars", "polars-lazy", "pandas-object", "duckdb"])
    def test_the_two_ways_out_of_a_column_about_consent(self, name):
        people = {
            "responded": [True] * 4,
            "Newsletter": ["no", "yes", None, "perhaps"],
            "ok": [True, False] * 2,
        }
        table, columns = engine(name).make(people, {}), engine(name).columns

        def standings(**ways):
            return [str(each) for each in columns(frames.classify(table, **ways))["standing"]]

        out, active = "do_not_contact", "active"
        with pytest.raises(FrameRefused, match="column Newsletter: may forbid .*consent_in=, no_consent_in="):
            standings()
        assert standings(no_consent_in=["Newsletter"]) == [active] * 4
        assert standings(consent_in=["Newsletter"]) == [out, active, active, out]
        assert standings(consent_in=["ok"], no_consent_in=["Newsletter"]) == [active, out] * 2
        with pytest.raises(FrameRefused, match="^consent_in: names 'news', which is not among the columns$"):
            standings(consent_in=["news"], no_consent_in=["Newsletter"])
        with pytest.raises(
            FrameRefused, match=r"no_consent_in: names 'Newslettr', .*did you mean 'Newsletter'"
        ):
            standings(no_consent_in=["Newslettr"])

    @pytest.mark.parametrize("name", ["polars", "polars-lazy", "pandas-object", "duckdb"])
    def test_every_function_over_people_has_both_ways_out(self, name):
        people = {"responded": [True, None, True], "Newsletter": ["no", "yes", None]}
        table, columns = engine(name).make(people, {"responded": "bool"}), engine(name).columns
        card = Scorecard("acme", signals=[Signal.yes("responded", 5)])
        rules = {
            "routes": [Rule("open", [Fact.RESPONDED], unless=[Fact.OPTED_OUT])],
            "expects": Expectation((), ()),
        }
        strict = STANDARD.replace(name="strict", version="1", **rules)
        calls = {
            "count": lambda **ways: sorted(columns(frames.count(table, policy=strict, **ways))["qualified"]),
            "audit": lambda **ways: columns(frames.audit(table, **ways))["contradiction"],
            "prioritize": lambda **ways: columns(frames.prioritize(table, card, **ways))["do_not_contact"],
        }
        told, exempt = {"consent_in": ["newsletter"]}, {"no_consent_in": ["newsletter"]}

        for call in calls.values():
            with pytest.raises(
                FrameRefused, match="column Newsletter: may forbid .*consent_in=, no_consent_in="
            ):
                call()
        assert {name: call(**told) for name, call in calls.items()} == {
            "count": [False, False, True],
            "audit": [False] * 3,
            "prioritize": [True, False, False],
        }
        assert {name: call(**exempt) for name, call in calls.items()} == {
            "count": [False, True],
            "audit": [False] * 3,
            "prioritize": [False] * 3,
        }
        rows = [dict(zip(people, cells, strict=True)) for cells in zip(*people.values(), strict=True)]
        for ways in (told, exempt):
            flags = [card.priority(row, **ways).do_not_contact for row in rows]
            assert flags == calls["prioritize"](**ways)

    def test_a_column_that_is_told_is_read_though_it_is_mapped_for_another_fact(self):
        table = pl.DataFrame({"ok": ["no", "yes"]})
        facts = {"responded": frames.YesNoWords("ok")}

        assert frames.classify(table, facts=facts, consent_in=["ok"])["standing"].to_list() == [HELD, FREE]

    @pytest.mark.parametrize(
        "ways",
        [{"consent_in": ["do_not_call"]}, {"consent_in": ["ok"], "no_consent_in": ["OK"]}],
    )
    def test_a_way_out_that_turns_an_opt_out_round_is_refused(self, ways):
        table = pl.DataFrame({"responded": [True], "do_not_call": ["yes"], "ok": ["yes"]})
        card = Scorecard("acme", signals=[Signal.yes("responded", 5)])

        with pytest.raises(
            FrameRefused,
            match="consent_in: names '.*', (in which a yes means do not contact|.* the opposite)",
        ):
            frames.classify(table, **ways)
        with pytest.raises(
            WrongValue, match="consent_in: names '.*', (in which a yes means|.* the opposite)"
        ):
            card.priority(table.row(0, named=True), **ways)

    @pytest.mark.parametrize("name", ["polars", "polars-lazy", "pandas-object", "duckdb"])
    def test_prioritize_reads_words_of_opt_outs_without_a_column_that_is_named_so(self, name):
        people = {"responded": [True, True], "Status": ["Unsubscribed", "active"]}
        card = Scorecard("acme", signals=[Signal.yes("responded", 5)])
        on = engine(name)

        ranked = on.columns(frames.prioritize(on.make(people, {"responded": "bool"}), card))

        assert ranked["do_not_contact"] == [True, False]
