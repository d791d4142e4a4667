"""Where a person stands, with reasons and with what is missing."""

import pickle
from datetime import UTC, datetime

import pytest
from hypothesis import given

from leadqual import (
    STANDARD,
    Evidence,
    Fact,
    History,
    Policy,
    Qualification,
    Rule,
    Stage,
    Standing,
    classify,
)
from leadqual.classification.classification import CACHE_LIMIT
from leadqual.errors import WrongType, WrongValue
from leadqual.strategies import evidence
from leadqual.taxonomy import articles
from leadqual.taxonomy.facts import ALL_BITS
from leadqual.taxonomy.stages import POSITIONS, topmost


class TestEveryFactSet:
    """All 262,144 sets of facts, not samples."""

    def test_all_are_answered_and_eight_positions_and_ten_cells_occur(self):
        """Names and leads in both classes, the rest qualified only; generic scores up to 28, qualified from 50."""
        tried = 0
        scores = {}
        for bits in range(ALL_BITS + 1):
            verdict = classify(Evidence.from_bits(bits))
            scores.setdefault((verdict.reached, verdict.qualification), set()).add(verdict.score)
            tried += 1

        assert tried == 262_144
        assert {position for position, _ in scores} == set(POSITIONS)
        assert {position for position, of in scores if of is Qualification.GENERIC} == set(POSITIONS[:2])
        assert len(scores) == 10
        for qualification, ends in ((Qualification.GENERIC, (0, 28)), (Qualification.QUALIFIED, (50, 100))):
            found = {score for (_, of), several in scores.items() if of is qualification for score in several}
            assert (min(found), max(found)) == ends


class TestAnswer:
    """The verdict says which rule made each stage and the class, by which facts, and the score's lines."""

    @given(evidence())
    def test_the_lines_always_add_up_to_the_score(self, evidence):
        verdict = classify(evidence)

        assert sum(line.points for line in verdict.score_lines) == verdict.score

    @given(evidence())
    def test_every_stage_reached_has_its_reason_and_every_other_a_next_step(self, evidence):
        verdict = classify(evidence)

        with_reason = {reason.conclusion for reason in verdict.reasons}
        with_step = {step.target for step in verdict.next_steps}
        assert {stage for stage in Stage if stage in with_reason} == verdict.reached
        assert {stage for stage in Stage if stage in with_step} == set(Stage) - verdict.reached
        assert (Qualification.QUALIFIED in with_step) is (verdict.qualification is Qualification.GENERIC)
        assert {verdict.qualification, verdict.standing} <= with_reason

    @given(evidence())
    def test_the_facts_of_a_reason_are_established(self, evidence):
        for reason in classify(evidence).reasons:
            assert set(reason.facts) <= evidence.established

    @given(evidence())
    def test_doing_what_a_step_asks_reaches_its_target(self, evidence):
        for step in classify(evidence).next_steps:
            after = classify(evidence.established | set(step.facts_to_ask) | set(step.denied))
            assert step.target in after.reached or step.target is after.qualification

    @given(evidence())
    def test_a_step_asks_for_nothing_that_is_known_and_nothing_twice(self, evidence):
        for step in classify(evidence).next_steps:
            assert set(step.facts_to_ask) <= evidence.unknown
            assert set(step.denied) <= evidence.denied
            missing = {*step.facts_to_ask, *step.denied}
            assert not any(fact in other.implies for fact in missing for other in missing)

    def test_a_stage_below_one_that_was_witnessed_is_implied(self):
        verdict = classify({Fact.PURCHASED})

        assert verdict.implied == verdict.explanation.implied == (Stage.LEAD, Stage.PROSPECT)
        implied = [reason for reason in verdict.reasons if reason.implied]
        assert [(reason.conclusion, reason.rule) for reason in implied] == [
            (Stage.LEAD, "purchased"),
            (Stage.PROSPECT, "purchased"),
        ]
        assert (
            str(implied[0])
            == "lead (implied): purchased. “A Customer who has purchased products.” (article 1)"
        )

    def test_a_stage_with_its_own_rule_is_witnessed_though_a_later_one_is_too(self):
        verdict = classify({Fact.RESPONDED, Fact.PURCHASED})

        assert verdict.implied == (Stage.PROSPECT,)

    def test_what_no_rule_used_is_said(self):
        assert classify({Fact.CONTACTED, Fact.WANTS_IN}).unused == (Fact.CONTACTED,)
        assert classify({Fact.OPTED_OUT}).unused == ()

    def test_every_route_that_holds_is_a_reason(self):
        verdict = classify({Fact.SOUGHT_YOU_OUT, Fact.KNOWS_INDUSTRY, Fact.WANTS_IN})

        rules = [reason.rule for reason in verdict.reasons if reason.conclusion is Qualification.QUALIFIED]
        assert rules == ["offer", "industry"]

    def test_a_generic_contact_is_told_so(self):
        (reason,) = (r for r in classify(()).reasons if r.conclusion is Qualification.GENERIC)

        assert str(reason).startswith("generic: no rule holds. “An unqualified lead is anyone")

    @pytest.mark.parametrize(
        ("facts", "standing"),
        [
            ({Fact.OPTED_OUT, Fact.DECLINED, Fact.LAPSED}, Standing.DO_NOT_CONTACT),
            ({Fact.DECLINED, Fact.LAPSED}, Standing.DECLINED),
            ({Fact.LAPSED}, Standing.LAPSED),
            (set(), Standing.ACTIVE),
        ],
    )
    def test_the_first_standing_that_applies(self, facts, standing):
        verdict = classify(facts)

        assert verdict.standing is standing
        assert standing in {reason.conclusion for reason in verdict.reasons}

    def test_do_not_contact_is_no_reason_for_or_against_a_stage_or_a_class(self):
        """DESIGN 2, row 15, for every set of facts that occurs under a position."""
        for position in POSITIONS:
            facts = {fact for fact in Fact if STANDARD_FACT.get(fact) in topmost(position)}
            with_it, without = classify(facts | {Fact.OPTED_OUT}), classify(facts)
            assert (with_it.reached, with_it.qualification, with_it.score) == (
                without.reached,
                without.qualification,
                without.score,
            )

    def test_a_contradiction_does_not_disturb_the_answer(self):
        verdict = classify(Evidence.of(Fact.KNOWS_INDUSTRY, Fact.WANTS_IN, Fact.NEVER_JOINING))

        assert verdict.qualification is Qualification.QUALIFIED

    def test_it_prints_its_conclusions(self):
        assert str(classify({Fact.RESPONDED})) == "lead, generic, active, score 19"
        assert [str(line) for line in classify({Fact.NEVER_JOINING}).score_lines] == [
            "base +15",
            "never_joining -9",
        ]


STANDARD_FACT = {rule.all[0]: stage for stage, rules in STANDARD.stages for rule in rules}


class TestCitations:
    """A reason cites what says so, and no sentence where none does."""

    def test_a_lead_is_not_told_to_have_never_wanted_to_know(self):
        name, lead, *_ = classify({Fact.RESPONDED}).reasons

        assert name.conclusion is Stage.NAME
        assert "some of them will become Leads" in name.sentence.text
        assert lead.sentence is articles.RESPONDED_TO_PROMOTION
        assert classify(()).reasons[0].sentence is articles.NEVER_WANTED_DETAILS

    @pytest.mark.parametrize("fact", [Fact.OPTED_OUT, Fact.LAPSED, Fact.CONTACTED])
    def test_a_standing_of_which_the_articles_do_not_speak_is_a_convention(self, fact):
        reason = classify({fact}).reasons[-1]

        assert isinstance(reason.conclusion, Standing)
        assert reason.sentence == reason.conclusion.basis
        assert reason.sentence.startswith("A convention of this library: ")

    def test_who_has_bought_or_signed_up_is_qualified_by_a_convention_that_says_so(self):
        verdict = classify({Fact.PURCHASED, Fact.BECAME_LEADER})

        assert [
            str(reason) for reason in verdict.reasons if reason.conclusion is Qualification.QUALIFIED
        ] == [
            "qualified: purchased. A convention of this library: who buys the offer is interested in it",
            "qualified: signed_up. A convention of this library: who signs up for the offer is interested in it",
        ]


class TestNextSteps:
    """For each stage not reached and for QUALIFIED, the facts not yet established, ask and denied apart."""

    def test_the_readme_example(self):
        verdict = classify(Evidence.of(Fact.RESPONDED, Fact.SAW_BUSINESS))

        assert [(step.target, step.rule, step.facts_to_ask) for step in verdict.next_steps] == [
            (Stage.PROSPECT, "asked_for_more", (Fact.ASKED_FOR_MORE,)),
            (Stage.CUSTOMER, "purchased", (Fact.PURCHASED,)),
            (Stage.REP, "signed_up", (Fact.SIGNED_UP,)),
            (Stage.LEADER, "became_leader", (Fact.BECAME_LEADER,)),
            (Qualification.QUALIFIED, "offer", (Fact.INTERESTED_IN_OFFER,)),
            (Qualification.QUALIFIED, "industry", (Fact.KNOWS_INDUSTRY, Fact.WANTS_IN)),
            (Qualification.QUALIFIED, "seminar", (Fact.ATTENDED_SEMINAR, Fact.INTERESTED_IN_INDUSTRY)),
            (Qualification.QUALIFIED, "customer", (Fact.PURCHASED,)),
            (Qualification.QUALIFIED, "rep", (Fact.SIGNED_UP,)),
        ]

    def test_what_is_denied_is_not_asked(self):
        verdict = classify(Evidence.of(Fact.KNOWS_INDUSTRY, denied=[Fact.WANTS_IN]))

        step = next(step for step in verdict.next_steps if step.rule == "industry")
        assert (step.facts_to_ask, step.denied, step.open) == ((), (Fact.WANTS_IN,), False)
        assert Fact.WANTS_IN not in verdict.facts_to_ask
        assert "known not to" in str(step)

    @pytest.mark.parametrize("target", ["prospect", 3, Fact.RESPONDED])
    def test_step_to_what_is_no_target_is_refused(self, target):
        """None would mean that nothing is missing."""
        with pytest.raises(
            WrongType, match=f"target must be a Stage or a Qualification, not {type(target).__name__}$"
        ):
            classify({Fact.RESPONDED}).step_to(target)

    def test_step_to_picks_the_shortest_open_step(self):
        verdict = classify(Evidence.of(Fact.KNOWS_INDUSTRY, denied=[Fact.RESPONDED]))

        assert verdict.step_to(Qualification.QUALIFIED).rule == "industry"
        assert verdict.step_to(Stage.NAME) is None

    def test_of_steps_that_are_not_open_the_one_with_the_fewest_obstacles_is_the_shortest(self):
        denied = with_routes(
            Rule("two", (Fact.KNOWS_INDUSTRY, Fact.WANTS_IN)), Rule("one", (Fact.ATTENDED_SEMINAR,))
        )
        blocked = with_routes(
            Rule("two", (Fact.WANTS_IN,), unless=(Fact.DECLINED, Fact.LAPSED)),
            Rule("one", (Fact.ATTENDED_SEMINAR,), unless=(Fact.DECLINED,)),
        )
        known_not = Evidence.of(denied=[Fact.KNOWS_INDUSTRY, Fact.WANTS_IN, Fact.ATTENDED_SEMINAR])

        assert classify(known_not, denied).step_to(Qualification.QUALIFIED).rule == "one"
        assert classify({Fact.DECLINED, Fact.LAPSED}, blocked).step_to(Qualification.QUALIFIED).rule == "one"

    def test_ask_begins_with_what_completes_a_step_soonest(self):
        verdict = classify(Evidence.of(Fact.KNOWS_INDUSTRY, denied=[Fact.RESPONDED, Fact.PURCHASED]))

        assert verdict.facts_to_ask[:3] == (Fact.SIGNED_UP, Fact.BECAME_LEADER, Fact.WANTS_IN)

    def test_a_rule_that_asks_for_more_than_another_is_dropped(self):
        policy = with_routes(
            Rule("short", (Fact.WANTS_IN,)), Rule("long", (Fact.WANTS_IN, Fact.LIKES_INDUSTRY))
        )

        assert [
            step.rule for step in classify((), policy).next_steps if step.target is Qualification.QUALIFIED
        ] == ["short"]

    def test_a_longer_rule_stays_where_the_shorter_one_is_blocked(self):
        policy = with_routes(
            Rule("short", (Fact.WANTS_IN,), unless=(Fact.DECLINED,)),
            Rule("long", (Fact.WANTS_IN, Fact.LIKES_INDUSTRY)),
        )

        verdict = classify({Fact.DECLINED}, policy)
        steps = {step.rule: step for step in verdict.next_steps if step.target is Qualification.QUALIFIED}
        assert steps["short"].blocked == (Fact.DECLINED,)
        assert "not while: decided that it is not a fit" in str(steps["short"])
        assert steps["long"].blocked == ()
        assert verdict.step_to(Qualification.QUALIFIED).rule == "long"

    def test_a_fact_that_another_missing_one_brings_is_not_asked_for(self):
        policy = with_routes(Rule("both", (Fact.SAW_BUSINESS, Fact.ASKED_FOR_MORE)))

        (step,) = (s for s in classify((), policy).next_steps if s.target is Qualification.QUALIFIED)
        assert step.facts_to_ask == (Fact.ASKED_FOR_MORE,)


def with_routes(*routes: Rule) -> Policy:
    return STANDARD.replace(name="other", version="1", routes=routes)


class TestOrderQuestions:
    """Where facts are undated and the order decides, it says so."""

    def test_no_question_once_the_answer_is_known(self):
        both = (Fact.SAW_BUSINESS, Fact.INTERESTED_IN_OFFER)

        assert classify(Evidence.of(*both)).order_questions
        assert classify(Evidence.of(*both, Fact.ASKED_FOR_MORE)).order_questions == ()
        assert classify(Evidence.of(*both, denied=[Fact.ASKED_FOR_MORE])).order_questions == ()
        assert classify(Evidence.of(Fact.SAW_BUSINESS)).order_questions == ()

    def test_bare_facts_have_no_dates(self):
        (question,) = classify(
            [Fact.SAW_BUSINESS, Fact.INTERESTED_IN_OFFER], with_routes(ROUTE)
        ).order_questions

        assert (question.first, question.then) == (Fact.SAW_BUSINESS, Fact.INTERESTED_IN_OFFER)
        assert question.adds is Fact.ASKED_FOR_MORE


ROUTE = Rule("offer", (Fact.INTERESTED_IN_OFFER,))


class Person:
    """What can say what is known of it."""

    def __init__(self, evidence, dated=0):
        self.evidence, self.dated = evidence, dated
        self.asked = None

    def known(self, policy, as_of):
        self.asked = as_of
        return self.evidence, self.dated


class TestSubjects:
    """Evidence, whatever can say what is known, or an iterable of facts."""

    def test_any_iterable_of_facts(self):
        expected = classify(Evidence.of(Fact.PURCHASED))

        assert classify({Fact.PURCHASED}) is expected
        assert classify([Fact.PURCHASED, Fact.PURCHASED]) is expected
        assert classify(fact for fact in (Fact.PURCHASED,)) is expected

    def test_something_classifiable_is_asked_for_the_instant(self):
        person = Person(Evidence.of(Fact.RESPONDED))
        instant = datetime(2026, 5, 1, tzinfo=UTC)

        assert classify(person, as_of=instant) is classify({Fact.RESPONDED})
        assert person.asked == instant

    def test_known_dates_settle_the_question_of_order(self):
        both = Evidence.of(Fact.SAW_BUSINESS, Fact.INTERESTED_IN_OFFER)

        assert classify(Person(both)).order_questions
        assert classify(Person(both, both.bits & ALL_BITS)).order_questions == ()
        assert classify(Person(both, Evidence.of(Fact.SAW_BUSINESS).bits & ALL_BITS)).order_questions
        assert classify(both).order_questions

    @pytest.mark.parametrize(
        ("subject", "advice"),
        [
            ({Fact.RESPONDED: False}, "use Evidence.from_mapping"),
            ("responded", "use Fact.parse for a word"),
            (["responded"], "did you mean Fact.RESPONDED?"),
            (["xyz"], "use Fact.parse for a word"),
            (None, "not NoneType"),
            (History, "facts must be an iterable of Fact, not type"),
        ],
    )
    def test_a_wrong_subject_is_told_what_to_use(self, subject, advice):
        with pytest.raises(WrongType, match=advice):
            classify(subject)

    def test_a_policy_is_a_policy(self):
        with pytest.raises(WrongType, match="policy must be a Policy, not str"):
            classify((), "standard")

    def test_an_instant_has_a_time_zone(self):
        with pytest.raises(WrongValue, match="as_of: has no time zone; give an aware datetime"):
            classify((), as_of=datetime(2026, 5, 1))  # noqa: DTZ001


@pytest.mark.parametrize("subject", [History(), Evidence(), Evidence.of(Fact.RESPONDED), ()])
def test_an_instant_that_is_none_is_refused(subject):
    """Also of what has no dates, and was answered before."""
    classify(subject)
    with pytest.raises(WrongType, match="as_of must be an aware datetime, not str"):
        classify(subject, as_of="2026")


def test_a_single_fact_is_told_to_come_in_a_set():
    with pytest.raises(WrongType, match=r"not Fact; give a set: \{Fact.RESPONDED\}"):
        classify(Fact.RESPONDED)


class TestValue:
    """The verdict is immutable; it can be pickled, compared and hashed, and names the policy."""

    def test_it_names_the_policy_and_its_version(self):
        verdict = classify(())

        assert (verdict.policy, verdict.policy_version) == ("standard", "1")

    @given(evidence())
    def test_pickling_keeps_the_whole_answer(self, evidence):
        verdict = classify(evidence)
        again = pickle.loads(pickle.dumps(verdict))

        assert again == verdict
        assert hash(again) == hash(verdict)
        assert again.explanation == verdict.explanation

    def test_equal_conclusions_for_other_reasons_are_not_equal(self):
        other = STANDARD.replace(
            name="standard",
            version="1",
            routes=(Rule("offer", (Fact.INTERESTED_IN_OFFER,), sentence="ours"),),
        )
        facts = {Fact.INTERESTED_IN_OFFER}

        assert classify(facts, other).stage is classify(facts).stage
        assert classify(facts, other) != classify(facts)
        assert classify(facts) != "lead"

    def test_answers_spread_over_a_hash_table(self):
        assert len({hash(classify({fact})) for fact in Fact}) > 1

    def test_it_cannot_be_changed(self):
        with pytest.raises(AttributeError):
            classify(()).score = 100

    def test_the_same_evidence_gives_the_same_object_until_the_cache_is_emptied(self):
        policy = STANDARD.replace(name="other", version="1")
        first = classify({Fact.RESPONDED}, policy)
        assert classify({Fact.RESPONDED}, policy) is first

        policy.cache.update(dict.fromkeys(range(1 - CACHE_LIMIT, 0)))
        assert len(policy.cache) == CACHE_LIMIT
        classify({Fact.PURCHASED}, policy)

        assert len(policy.cache) == 1
        assert classify({Fact.RESPONDED}, policy) == first

    def test_an_equal_answer_made_apart_is_equal(self):
        apart = STANDARD.replace(name=STANDARD.name, version=STANDARD.version)

        assert classify({Fact.PURCHASED}, apart) == classify({Fact.PURCHASED})
        assert classify({Fact.PURCHASED}, apart) is not classify({Fact.PURCHASED})
        assert classify({Fact.PURCHASED}) == classify({Fact.PURCHASED})
