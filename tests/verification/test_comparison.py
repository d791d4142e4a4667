"""Two policies side by side: equivalent, one implies the other, or different; and who moves."""

import pickle

import pytest
from attrs import evolve

from leadqual import (
    STANDARD,
    Comparison,
    Contact,
    Evidence,
    Fact,
    History,
    Qualification,
    Relation,
    Rule,
    Stage,
    Standing,
    classify,
    compare,
    from_json,
    to_json,
)
from leadqual.errors import WrongType
from leadqual.policy.policy_file import read_policy
from leadqual.policy.rules import MATRIX, EventKind, SequenceRule
from leadqual.taxonomy.facts import bits_of
from leadqual.verification.comparison import Shift
from leadqual.verification.study import closed_sets, order_key

OFFER, INDUSTRY, SEMINAR, *OTHERS = STANDARD.routes


def changed(**changes):
    return STANDARD.replace(name="changed", version="2", **changes)


def answers(policy, bits):
    answer = classify(Evidence.from_bits(bits), policy)
    return answer.reached, answer.qualification, answer.standing, answer.score


def smallest_difference(first, second):
    """Return the smallest set of facts of which two policies differ, over all of them."""
    return min(
        (bits for bits in closed_sets() if answers(first, bits) != answers(second, bits)), key=order_key
    )


FEWER_ROUTES = changed(routes=(OFFER, SEMINAR))
LATER_REPS = changed(
    stages={**dict(STANDARD.stages), Stage.REP: (Rule("kit", (Fact.SIGNED_UP, Fact.PURCHASED)),)}
)


class TestRelation:
    """Every stage and QUALIFIED of the one is also given by the other."""

    def test_names_sentences_and_expectations_are_not_compared(self):
        other = changed(
            routes=tuple(
                evolve(route, name=f"our {route.name}", sentence="ours") for route in STANDARD.routes
            ),
            expects=evolve(STANDARD.expects, impossible=MATRIX),
        )
        comparison = compare(STANDARD, other)

        assert comparison.relation is Relation.EQUIVALENT
        assert comparison.witnesses == ()
        assert str(comparison) == "standard 1 and changed 2: equivalent; both give everybody the same answer"

    def test_a_rule_written_otherwise_is_equivalent(self):
        other = changed(routes=(*STANDARD.routes, Rule("visitor", (Fact.SOUGHT_YOU_OUT,))))

        assert compare(STANDARD, other).relation is Relation.EQUIVALENT

    @pytest.mark.parametrize("fewer", [LATER_REPS, FEWER_ROUTES], ids=["stages", "routes"])
    def test_one_that_gives_less_implies_the_other(self, fewer):
        assert compare(fewer, STANDARD).relation is Relation.IMPLIES
        assert compare(STANDARD, fewer).relation is Relation.IMPLIED

    def test_one_that_gives_more_here_and_less_there_is_different(self):
        other = changed(
            stages=LATER_REPS.stages, routes=(*STANDARD.routes, Rule("liking", (Fact.LIKES_INDUSTRY,)))
        )

        assert compare(STANDARD, other).relation is Relation.DIFFERENT

    def test_other_points_or_standings_alone_are_different(self):
        assert (
            compare(STANDARD, changed(score=evolve(STANDARD.score, base=14))).relation is Relation.DIFFERENT
        )
        standings = {**dict(STANDARD.standings), Standing.LAPSED: (Fact.LAPSED, Fact.NEVER_JOINING)}
        assert compare(STANDARD, changed(standings=standings)).relation is Relation.DIFFERENT

    def test_one_that_gives_less_but_replays_otherwise_is_different(self):
        other = evolve(LATER_REPS, replay=evolve(STANDARD.replay, clears=()))

        assert compare(other, STANDARD).relation is Relation.DIFFERENT


class TestSmallestDifference:
    """With the smallest differing contact."""

    @pytest.mark.parametrize(
        "other",
        [
            LATER_REPS,
            FEWER_ROUTES,
            changed(score=evolve(STANDARD.score, base=14)),
            changed(routes=(evolve(OFFER, unless=(Fact.NEVER_JOINING,)), INDUSTRY, SEMINAR, *OTHERS)),
        ],
    )
    def test_no_smaller_set_of_facts_differs(self, other):
        witnesses = compare(STANDARD, other).witnesses

        assert {bits_of(witness.facts) for witness in witnesses} == {smallest_difference(STANDARD, other)}

    def test_each_of_the_two_says_what_it_says(self):
        first, second = compare(STANDARD, LATER_REPS).witnesses

        assert str(first) == "{signed_up} → rep, qualified, active, score 65   (replay: signed_up)"
        assert str(second) == "{signed_up} → name, qualified, active, score 65   (replay: signed_up)"

    def test_where_only_replays_differ_it_is_a_history(self):
        other = changed(replay=evolve(STANDARD.replay, clears=STANDARD.replay.clears[:2]))
        first, second = compare(STANDARD, other).witnesses

        assert first.history == second.history == (EventKind(Fact.DECLINED), EventKind(Fact.SIGNED_UP))
        assert (first.facts, second.facts) == ((Fact.SIGNED_UP,), (Fact.SIGNED_UP, Fact.DECLINED))

    def test_another_rank_differs_by_two_events_of_one_instant(self):
        opting = [kind for kind in STANDARD.replay.rank if kind.fact is Fact.OPTED_OUT]
        others = [kind for kind in STANDARD.replay.rank if kind.fact is not Fact.OPTED_OUT]
        rank = (opting[0], *reversed(others), opting[1])
        other = changed(replay=evolve(STANDARD.replay, rank=rank))
        first, second = compare(STANDARD, other).witnesses

        assert first.history == second.history[::-1]
        assert first.facts != second.facts or first.denied != second.denied

    def test_another_rank_of_events_whose_order_does_not_decide_is_equivalent(self):
        rank = list(STANDARD.replay.rank)
        place = rank.index(EventKind(Fact.PURCHASED))
        rank[place : place + 2] = rank[place + 1], rank[place]

        assert compare(STANDARD, changed(replay=evolve(STANDARD.replay, rank=tuple(rank)))).relation is (
            Relation.EQUIVALENT
        )

    def test_another_then_rule_is_a_difference(self):
        other = changed(
            replay=evolve(
                STANDARD.replay, then=(SequenceRule(Fact.SAW_BUSINESS, Fact.RESPONDED, Fact.ASKED_FOR_MORE),)
            )
        )
        first, second = compare(STANDARD, other).witnesses

        assert first.history == (EventKind(Fact.SAW_BUSINESS), EventKind(Fact.RESPONDED))
        assert set(second.facts) - set(first.facts) >= {Fact.ASKED_FOR_MORE}


class TestShifts:
    """Over contacts, who moves from where to where and which rule did it."""

    def test_who_moves_and_which_rule_did_it(self):
        contacts = [
            {Fact.RESPONDED},
            Contact(evidence=Evidence.of(Fact.SIGNED_UP)),
            Evidence.of(Fact.KNOWS_INDUSTRY, Fact.WANTS_IN),
            (fact for fact in (Fact.SIGNED_UP, Fact.PURCHASED)),
        ]
        comparison = compare(STANDARD, evolve(LATER_REPS, routes=(OFFER, SEMINAR, *OTHERS)), contacts)

        assert comparison.compared == 4
        assert [shift.number for shift in comparison.shifts] == [1, 2]
        rep, industry = comparison.shifts
        assert rep.stages == (Stage.REP, Stage.NAME)
        assert rep.rules == ("-lead by signed_up", "-prospect by signed_up", "-rep by signed_up")
        assert industry.qualifications == (Qualification.QUALIFIED, Qualification.GENERIC)
        assert industry.scores == (71 + 0, 21)
        assert str(industry) == "contact 2: qualified → generic, 71 → 21 (-qualified by industry)"
        assert str(comparison).splitlines()[-3] == "2 of 4 contacts change"

    def test_a_change_of_points_names_no_rule(self):
        other = changed(score=evolve(STANDARD.score, base=14))
        (shift,) = compare(STANDARD, other, [()]).shifts

        assert str(shift) == "contact 0: 15 → 14 (points)"

    def test_a_change_below_the_headline_is_told(self):
        shift = Shift(0, (Stage.REP,) * 2, (Qualification.GENERIC,) * 2, (Standing.ACTIVE,) * 2, (1, 1), ())

        assert str(shift) == "contact 0: other stages below (points)"

    def test_nothing_else_is_taken_for_a_contact(self):
        with pytest.raises(WrongType, match="use Evidence.from_mapping"):
            compare(STANDARD, STANDARD, [{Fact.RESPONDED: False}])

    @pytest.mark.parametrize(
        "contacts", [Contact(), Evidence(), History(), {Fact.RESPONDED: True}, "ana", None, 3]
    )
    def test_what_is_no_iterable_of_contacts_is_told_to_come_in_a_list(self, contacts):
        with pytest.raises(WrongType, match="contacts must be .*; give one contact in a list"):
            compare(STANDARD, STANDARD, contacts)

    def test_the_instant_is_checked_also_where_nobody_is_given(self):
        with pytest.raises(WrongType, match="as_of must be an aware datetime, not str"):
            compare(STANDARD, STANDARD, as_of="yesterday")

    def test_it_is_a_plain_value(self):
        comparison = compare(STANDARD, LATER_REPS, [{Fact.SIGNED_UP}])

        assert from_json(to_json(comparison), Comparison) == comparison
        assert pickle.loads(pickle.dumps(comparison)) == comparison


def test_the_starter_kit_gives_less_than_the_standard(root):
    kit = read_policy(root / "examples" / "policies" / "starter-kit.toml")

    assert compare(kit, STANDARD).relation is Relation.IMPLIES
