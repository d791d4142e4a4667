"""The rules as data: what cannot be meant is refused when a policy is made, all of it at once."""

import pickle

import pytest
from attrs import evolve

from leadqual import STANDARD, Fact, Policy, Qualification, Rule, Stage, Standing, classify
from leadqual.errors import Fault, WrongType, WrongValue
from leadqual.policy.policy import PolicyRefused
from leadqual.policy.rules import (
    EVENT_KINDS,
    MATRIX,
    EventKind,
    Expectation,
    MatrixCell,
    Replay,
    Score,
    SequenceRule,
)
from leadqual.taxonomy.articles import Sentence
from leadqual.taxonomy.facts import BRINGS, WIDTH
from leadqual.taxonomy.stages import POSITIONS
from leadqual.taxonomy.vocabulary import UnknownWord


def changed(**changes) -> Policy:
    return STANDARD.replace(name="acme", version="7", **changes)


def stages(**rules):
    return {**dict(STANDARD.stages), **{Stage(stage): tuple(given) for stage, given in rules.items()}}


def faults_of(**changes):
    with pytest.raises(PolicyRefused) as caught:
        changed(**changes)
    return [(fault.where, fault.reason) for fault in caught.value.faults]


class TestStandard:
    """DESIGN 4 to 6."""

    def test_stage_rules(self):
        rules = {stage: [rule.all for rule in given] for stage, given in STANDARD.stages}

        assert rules == {
            Stage.LEAD: [(Fact.RESPONDED,)],
            Stage.PROSPECT: [(Fact.ASKED_FOR_MORE,)],
            Stage.CUSTOMER: [(Fact.PURCHASED,)],
            Stage.REP: [(Fact.SIGNED_UP,)],
            Stage.LEADER: [(Fact.BECAME_LEADER,)],
        }

    def test_standings_are_in_the_order_in_which_they_apply(self):
        assert [standing for standing, _ in STANDARD.standings] == [
            Standing.DO_NOT_CONTACT,
            Standing.DECLINED,
            Standing.LAPSED,
        ]

    def test_points(self):
        points = {fact: number for fact, number in STANDARD.score.points if number}

        assert (STANDARD.score.base, STANDARD.score.qualified) == (15, 50)
        assert points == {
            Fact.RESPONDED: 4,
            Fact.SAW_BUSINESS: 3,
            Fact.ASKED_FOR_MORE: 8,
            Fact.SOUGHT_YOU_OUT: 6,
            Fact.INTERESTED_IN_OFFER: 3,
            Fact.KNOWS_INDUSTRY: 2,
            Fact.LIKES_INDUSTRY: 3,
            Fact.WANTS_IN: 4,
            Fact.ATTENDED_SEMINAR: 1,
            Fact.INTERESTED_IN_INDUSTRY: 1,
            Fact.NEVER_JOINING: -9,
            Fact.DECLINED: -4,
            Fact.LAPSED: -2,
        }

    def test_26_kinds_of_event_reversals_first_then_seeing_opting_out_last(self):
        rank = STANDARD.replay.rank

        assert len(EVENT_KINDS) == len(rank) == 26
        assert all(kind.reverses for kind in rank[:8])
        assert rank[8] == EventKind(Fact.SAW_BUSINESS)
        assert rank[-4:] == (
            EventKind(Fact.NEVER_JOINING),
            EventKind(Fact.DECLINED),
            EventKind(Fact.LAPSED),
            EventKind(Fact.OPTED_OUT),
        )
        assert str(rank[0]) == "-interested_in_industry"

    def test_every_rule_rests_on_a_sentence_or_says_that_it_is_a_convention(self):
        rules = [*STANDARD.routes, *(rule for _, given in STANDARD.stages for rule in given)]
        conventions = {rule.name: rule.sentence for rule in rules if not isinstance(rule.sentence, Sentence)}

        assert conventions == {
            "customer": "A convention of this library: who buys the offer is interested in it",
            "rep": "A convention of this library: who signs up for the offer is interested in it",
        }

    def test_five_routes_qualify(self):
        assert {rule.name: set(rule.all) for rule in STANDARD.routes} == {
            "offer": {Fact.INTERESTED_IN_OFFER},
            "industry": {Fact.KNOWS_INDUSTRY, Fact.WANTS_IN},
            "seminar": {Fact.ATTENDED_SEMINAR, Fact.INTERESTED_IN_INDUSTRY},
            "customer": {Fact.PURCHASED},
            "rep": {Fact.SIGNED_UP},
        }
        assert not any(rule.unless for rule in STANDARD.routes)

    def test_what_clears_what(self):
        """A purchase and a sign-up clear having left, and nothing else does; five facts clear a refusal."""
        cleared = {fact: set(others) for fact, others in STANDARD.replay.clears}

        assert {fact for fact, others in cleared.items() if Fact.LAPSED in others} == {
            Fact.PURCHASED,
            Fact.SIGNED_UP,
        }
        assert {fact for fact, others in cleared.items() if Fact.DECLINED in others} == {
            Fact.RESPONDED,
            Fact.PURCHASED,
            Fact.SIGNED_UP,
            Fact.WANTS_IN,
            Fact.INTERESTED_IN_INDUSTRY,
        }
        assert set().union(*cleared.values()) == {Fact.DECLINED, Fact.LAPSED}

    def test_names_and_leads_occur_in_both_classes_and_the_rest_qualified_only(self):
        assert [str(cell) for cell in STANDARD.expects.impossible] == [
            "prospect/generic",
            "customer/generic",
            "rep/generic",
            "customer+rep/generic",
            "leader/generic",
            "customer+leader/generic",
        ]
        assert len(MATRIX) == 16


class TestValue:
    def test_looking_up_rules(self):
        assert STANDARD.rules_for(Stage.NAME) == ()
        assert STANDARD.rules_for(Stage.REP)[0].all == (Fact.SIGNED_UP,)
        assert str(STANDARD.route("industry")) == "industry: knows_industry and wants_in"

    def test_equal_policies_are_equal_and_pickling_leaves_the_cache_behind(self):
        policy = changed()
        classify((), policy)
        again = pickle.loads(pickle.dumps(policy))

        assert again == policy == changed()
        assert hash(again) == hash(policy)
        assert (len(policy.cache), again.cache) == (1, {})

    def test_replacing_gives_a_policy_of_its_own(self):
        policy = changed(routes=(Rule("offer", (Fact.INTERESTED_IN_OFFER,), unless=(Fact.NEVER_JOINING,)),))

        assert (policy.name, policy.version) == ("acme", "7")
        assert str(policy.routes[0]) == "offer: interested_in_offer unless never_joining"
        assert classify({Fact.INTERESTED_IN_OFFER, Fact.NEVER_JOINING}, policy).qualification is (
            Qualification.GENERIC
        )
        assert classify({Fact.INTERESTED_IN_OFFER}, policy).qualification is Qualification.QUALIFIED

    def test_a_rule_says_what_it_asks_for(self):
        rule = Rule("r", (Fact.RESPONDED, Fact.WANTS_IN), unless=(Fact.DECLINED, Fact.LAPSED))

        assert str(rule) == "r: responded and wants_in unless declined or lapsed"

    def test_facts_of_a_rule_are_in_declaration_order_each_once(self):
        rule = Rule("r", [Fact.WANTS_IN, Fact.RESPONDED, Fact.WANTS_IN])

        assert rule.all == (Fact.RESPONDED, Fact.WANTS_IN)

    def test_an_expectation_keeps_its_cells_in_order(self):
        cells = [
            MatrixCell(POSITIONS[1], Qualification.GENERIC),
            MatrixCell(POSITIONS[0], Qualification.QUALIFIED),
        ]

        assert list(map(str, Expectation(cells, ()).impossible)) == ["name/qualified", "lead/generic"]


class TestRefused:
    """A policy that refers to what does not exist, or asks a signal for a stage, is refused when it is made."""

    def test_a_signal_for_a_stage(self):
        rule = Rule("wants", (Fact.RESPONDED, Fact.WANTS_IN))

        assert faults_of(stages=stages(lead=[rule])) == [
            (
                "stages.lead",
                "wants_in is not a milestone and may change again; name one that is done for good",
            )
        ]

    def test_a_stage_rule_takes_nothing_away(self):
        rule = Rule("r", (Fact.RESPONDED,), unless=(Fact.DECLINED,))

        assert faults_of(stages=stages(lead=[rule])) == [
            ("stages.lead", "a stage once reached is kept, so 'unless' is not allowed here")
        ]

    def test_a_stage_without_a_rule_and_a_rule_without_a_fact(self):
        assert faults_of(stages=stages(lead=[], rep=[Rule("r", ())])) == [
            ("stages.lead", "has no rule; give at least one"),
            ("stages.rep", "asks for nothing; name at least one milestone"),
        ]

    def test_name_needs_no_rule(self):
        assert faults_of(stages=stages(name=[Rule("r", (Fact.CONTACTED,))])) == [
            ("stages.name", "everybody is a name; leave it out")
        ]

    def test_two_rules_of_one_name(self):
        twice = (Rule("r", (Fact.WANTS_IN,)), Rule("r", (Fact.RESPONDED,)))

        assert faults_of(routes=twice) == [
            ("routes", "two rules are called 'r'; give each a name of its own")
        ]
        assert faults_of(stages=stages(rep=[Rule("r", (Fact.SIGNED_UP,)), Rule("r", (Fact.PURCHASED,))])) == [
            ("stages.rep", "two rules are called 'r'; give each a name of its own")
        ]

    def test_standings(self):
        assert faults_of(standings={Standing.DO_NOT_CONTACT: (), Standing.ACTIVE: (Fact.RESPONDED,)}) == [
            ("standing.do_not_contact", "names no fact; name the facts that give it"),
            ("standing.declined", "names no fact; name the facts that give it"),
            ("standing.lapsed", "names no fact; name the facts that give it"),
            ("standing.active", "is what remains when no other applies; leave it out"),
        ]

    def test_routes(self):
        impossible = Rule("no", (Fact.SOUGHT_YOU_OUT,), unless=(Fact.RESPONDED,))

        assert faults_of(routes=()) == [("routes", "nobody could qualify; give at least one route")]
        assert faults_of(routes=(Rule("all", ()), impossible)) == [
            ("routes.all", "asks for nothing, so everybody would qualify; name a fact"),
            ("routes.no", "asks for responded and forbids it, so nobody could take it"),
        ]

    @pytest.mark.parametrize("number", [1.0, True, "1", None])
    @pytest.mark.parametrize("argument", ["base", "qualified", "points"])
    def test_points_are_whole_numbers(self, argument, number):
        given = {"base": 0, "qualified": 0, "points": ()}
        given[argument] = {Fact.RESPONDED: number} if argument == "points" else number

        with pytest.raises(WrongType, match=rf"{argument} must be a whole number, not .*use int\(\.\.\.\)"):
            Score(**given)

    @pytest.mark.parametrize(
        ("base", "qualified", "points", "width"),
        [
            (127, 0, 0, 8),
            (128, 0, 0, 16),
            (-128, 0, 0, 8),
            (-129, 0, 0, 16),
            (100, 20, 7, 8),
            (100, 20, 8, 16),
            (-100, -20, -8, 8),
            (-100, -20, -9, 16),
            (-100, 128, 0, 16),
            (100, -129, 0, 16),
            (100, -100, 27, 8),
            (100, -100, 28, 16),
            (-100, 100, -28, 8),
            (-100, 100, -29, 16),
            ((1 << 15) - 1, 0, 0, 16),
            (1 << 15, 0, 0, 32),
            (1 << 31, 0, 0, 64),
            ((1 << 63) - 1, 0, 0, 64),
            (1 << 63, 0, 0, None),
        ],
    )
    def test_the_width_of_a_score_holds_every_line_and_every_sum_of_lines(
        self, base, qualified, points, width
    ):
        assert Score(base, qualified, ((Fact.RESPONDED, points),)).width == width

    def test_a_score_fits_into_64_bits(self):
        refused = [("score", "adds up to more than 64 bits hold; give smaller numbers")]

        assert changed(score=Score((1 << 63) - 1, 0, ())).score.width == 64
        assert faults_of(score=Score(1 << 63, 0, ())) == refused

    def test_every_kind_of_event_has_one_rank(self):
        rank = (*STANDARD.replay.rank[1:], STANDARD.replay.rank[-1], EventKind(Fact.PURCHASED, reverses=True))

        assert faults_of(replay=evolve(STANDARD.replay, rank=rank)) == [
            ("replay.rank", "holds -interested_in_industry 0 times; name every kind once"),
            ("replay.rank", "holds opted_out 2 times; name every kind once"),
            ("replay.rank", "-purchased: a milestone is never reversed; leave it out"),
        ]

    def test_no_milestone_is_cleared_and_no_event_clears_what_it_brings(self):
        clears = ((Fact.LAPSED, (Fact.SIGNED_UP,)), (Fact.LIKES_INDUSTRY, (Fact.KNOWS_INDUSTRY,)))

        assert faults_of(replay=evolve(STANDARD.replay, clears=clears)) == [
            ("replay.clears.likes_industry", "would clear knows_industry, which it brings"),
            ("replay.clears.lapsed", "signed_up is a milestone and never undone; leave it out"),
        ]

    def test_both_sides_of_a_then_rule_and_what_it_adds_are_milestones(self):
        then = (SequenceRule(Fact.WANTS_IN, Fact.DECLINED, Fact.LAPSED),)

        faults = faults_of(replay=evolve(STANDARD.replay, then=then))
        assert [where for where, _ in faults] == ["replay.then.first", "replay.then.then", "replay.then.adds"]
        assert faults[0][1].startswith("wants_in is not a milestone")

    def test_an_opt_out_ends_only_by_the_person_s_own_later_word(self):
        """`OPTED_OUT` ends only by an explicit, strictly later reversal."""
        clears = {**dict(STANDARD.replay.clears), Fact.RESPONDED: (Fact.OPTED_OUT,)}.items()
        rank = tuple(reversed(STANDARD.replay.rank))

        assert faults_of(replay=evolve(STANDARD.replay, clears=clears)) == [
            ("replay.clears.responded", "opted_out ends only if the person says so; leave it out")
        ]
        assert faults_of(replay=evolve(STANDARD.replay, rank=rank)) == [
            ("replay.rank", "-opted_out comes after opted_out; at one instant opting out wins")
        ]

    def test_what_a_then_rule_adds_comes_first_in_no_other(self):
        """An aggregation of events could not equal the fold."""
        chained = SequenceRule(Fact.ASKED_FOR_MORE, Fact.PURCHASED, Fact.ATTENDED_SEMINAR)

        assert faults_of(replay=evolve(STANDARD.replay, then=(*STANDARD.replay.then, chained))) == [
            ("replay.then", "asked_for_more is added by one rule and comes first in another")
        ]

    def test_a_policy_has_a_name_and_a_version_and_all_faults_are_told_at_once(self):
        with pytest.raises(PolicyRefused) as caught:
            STANDARD.replace(name=" ", version=3, routes=())

        assert str(caught.value).splitlines() == [
            "name: must be a text that is not empty",
            "version: must be a text that is not empty",
            "routes: nobody could qualify; give at least one route",
        ]
        assert pickle.loads(pickle.dumps(caught.value)) == caught.value

    def test_a_fault_says_where_and_why(self):
        assert str(Fault("here", "because")) == "here: because"


class TestParts:
    """`Policy` and its parts check what they are given, as `Event` does."""

    @pytest.mark.parametrize(
        ("make", "message"),
        [
            (lambda: Rule(None, ()), "name must be a text, not NoneType"),
            (lambda: Rule("r", None), "facts must be an iterable of Fact"),
            (lambda: Rule("r", (), ("declind",)), "not str; did you mean Fact.DECLINED?"),
            (lambda: Rule("r", (), sentence=3), "sentence must be a Sentence or a text, not int"),
            (
                lambda: Score(0, 0, {"respondd": 4}),
                "each key of points must be a Fact, not str; did you mean",
            ),
            (lambda: Score(0, 0, 7), "points must be an iterable of pairs of a Fact and its value"),
            (
                lambda: Score(0, 0, [Fact.RESPONDED]),
                "each of points must be a pair of a Fact and its value, not Fact",
            ),
            (lambda: Score(0, 0, ["ab"]), "each of points must be a pair of a Fact and its value, not str"),
            (lambda: SequenceRule("saw_business", Fact.PURCHASED, Fact.SIGNED_UP), "mean Fact.SAW_BUSINESS?"),
            (
                lambda: SequenceRule(Fact.SAW_BUSINESS, None, Fact.SIGNED_UP),
                "then must be a Fact, not NoneType",
            ),
            (lambda: EventKind("nobody"), "fact must be a Fact, not str; use Fact.parse for a word"),
            (lambda: EventKind(Fact.DECLINED, reverses=1), "reverses must be True or False, not int"),
            (lambda: Replay(["saw_business"], (), ()), "each of rank must be an EventKind, not str"),
            (lambda: Replay((), {"responded": ()}, ()), "each key of clears .* did you mean Fact.RESPONDED?"),
            (lambda: Replay((), (), {}), "then must be an iterable of values, each a SequenceRule, not dict"),
            (lambda: MatrixCell({Stage.NAME}, "generic"), "qualification must be a Qualification, not str"),
            (
                lambda: MatrixCell("name", Qualification.GENERIC),
                "must be a set of stages, not str; use Stage.parse",
            ),
            (lambda: Expectation(["name/generic"], ()), "each of impossible must be a MatrixCell, not str"),
            (lambda: Expectation((), ["rich"]), "each of reachable must be a Stage, a Qualification or a St"),
            (lambda: changed(stages={"leed": ()}), "each key of stages must be a Stage, not str; did you"),
            (
                lambda: changed(stages={Stage.LEAD: "responded"}),
                "stages must be an iterable of values, each a Rule, not str",
            ),
            (lambda: changed(standings={"lapst": ()}), "not str; did you mean Standing.LAPSED?"),
            (lambda: changed(routes=[Fact.PURCHASED]), "each of routes must be a Rule, not Fact"),
            (lambda: changed(score=5), "score must be a Score, not int"),
            (lambda: changed(replay=None), "replay must be a Replay, not NoneType"),
            (lambda: changed(expects=()), "expects must be an Expectation, not tuple"),
        ],
    )
    def test_what_is_no_part_of_a_policy_is_refused_with_the_nearest_word(self, make, message):
        with pytest.raises(WrongType, match=message):
            make()

    def test_a_word_given_twice_is_refused(self):
        twice = [(Stage.LEAD, STANDARD.rules_for(Stage.LEAD))] * 2

        with pytest.raises(WrongValue, match="stages: names lead twice; give it once, with everything"):
            changed(stages=twice)

    def test_a_cell_with_a_gap_is_refused(self):
        """It would vanish from an expectation without a word."""
        with pytest.raises(
            WrongValue, match="position: is not a position: it lacks name; use verdict.reached"
        ):
            Expectation([MatrixCell(frozenset({Stage.LEAD}), Qualification.GENERIC)], ())

    def test_lists_and_generators_make_the_same_policy_as_tuples(self):
        replay = STANDARD.replay
        same = STANDARD.replace(
            name="standard",
            version="1",
            stages={stage: list(rules) for stage, rules in STANDARD.stages},
            standings=[[standing, list(facts)] for standing, facts in STANDARD.standings],
            routes=(rule for rule in STANDARD.routes),
            score=Score(15, 50, (pair for pair in STANDARD.score.points)),
            replay=Replay(
                list(replay.rank),
                {fact: list(cleared) for fact, cleared in replay.clears},
                (then for then in replay.then),
            ),
            expects=Expectation(
                [MatrixCell(set(cell.position), cell.qualification) for cell in STANDARD.expects.impossible],
                list(STANDARD.expects.reachable),
            ),
        )

        assert same == STANDARD
        assert hash(same) == hash(STANDARD)

    def test_a_route_that_is_not_there_is_refused_with_those_that_are(self):
        with pytest.raises(UnknownWord, match="unknown route 'ofer'; did you mean 'offer'") as caught:
            STANDARD.route("ofer")

        assert caught.value.choices == ("offer", "industry", "seminar", "customer", "rep")


def test_what_an_event_clears_by_the_policys_word():
    replay: Replay = STANDARD.replay
    bit = {fact: 1 << index for index, fact in enumerate(Fact)}

    assert (
        replay.cleared_by(bit[Fact.PURCHASED] | bit[Fact.RESPONDED]) == bit[Fact.DECLINED] | bit[Fact.LAPSED]
    )
    assert replay.cleared_by(bit[Fact.CONTACTED]) == 0
    apart = evolve(replay, clears=((Fact.RESPONDED, (Fact.DECLINED,)), (Fact.PURCHASED, (Fact.LAPSED,))))
    assert (
        apart.cleared_by(bit[Fact.PURCHASED] | bit[Fact.RESPONDED]) == bit[Fact.DECLINED] | bit[Fact.LAPSED]
    )


def test_an_event_adds_to_what_is_known():
    saw, lapsed, asked = (BRINGS[each] for each in (Fact.SAW_BUSINESS, Fact.LAPSED, Fact.ASKED_FOR_MORE))
    interest = STANDARD.replay.effect_of(EventKind(Fact.INTERESTED_IN_OFFER))

    assert interest.on(saw | lapsed) == asked | lapsed


def test_an_event_that_brings_what_a_then_rule_adds_waits_for_nothing():
    assert STANDARD.replay.effect_of(EventKind(Fact.INTERESTED_IN_OFFER)).then
    assert STANDARD.replay.effect_of(EventKind(Fact.ASKED_FOR_MORE)).then == ()


def test_a_kind_that_the_rank_leaves_out_comes_last():
    """A policy with such a rank is refused; making the parts of one does not fail before it can say why."""
    replay = evolve(STANDARD.replay, rank=STANDARD.replay.rank[:2])

    assert [replay.places[EVENT_KINDS.index(kind)] for kind in STANDARD.replay.rank[:4]] == [0, 1, 2, 2]


@pytest.mark.parametrize("place", range(2 * WIDTH))
def test_the_kinds_of_event_that_write_a_bit_are_those_after_which_it_is_set_or_not(place):
    bit = 1 << place
    effects = dict(zip(EVENT_KINDS, STANDARD.replay.effects, strict=True))
    sets = tuple(kind for kind, effect in effects.items() if effect.on(0) & bit)
    clears = tuple(kind for kind, effect in effects.items() if not effect.on(bit) & bit)

    assert STANDARD.replay.written_by(bit) == (sets, clears)
