"""How people are counted, and what the counts say."""

import pickle
import random
from collections import Counter
from fractions import Fraction
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadqual import STANDARD, Contact, Evidence, Fact, Funnel, Source, Stage, classify, from_json, to_json
from leadqual.errors import WrongType, WrongValue
from leadqual.funnel.levels import COLUMNS, CONTACTS, EARNED, LEVELS, Pattern, precedes
from leadqual.funnel.proportions import PeopleNeeded, Proportion, Verdict
from leadqual.policy.rules import Rule
from leadqual.strategies import facts
from leadqual.taxonomy.stages import POSITIONS

PEOPLE = st.lists(st.sets(facts(), max_size=4), max_size=25)
EARNING = {
    Stage.LEAD: Fact.RESPONDED,
    Stage.PROSPECT: Fact.ASKED_FOR_MORE,
    Stage.CUSTOMER: Fact.PURCHASED,
    Stage.REP: Fact.SIGNED_UP,
    Stage.LEADER: Fact.BECAME_LEADER,
}
EMPTY = dict.fromkeys(LEVELS, 0)


class TestCounting:
    def test_everybody_counts_at_every_stage_reached_and_once_now(self):
        """And some of the Leads will convert to Prospects, and some Prospects will convert to Reps and
        Customers and finally will convert to become Leaders by you training them effectively.
        """
        funnel = Funnel.of(
            [[], {Fact.CONTACTED}, {Fact.RESPONDED}, {Fact.PURCHASED, Fact.SIGNED_UP}, {Fact.BECAME_LEADER}]
        )

        assert funnel.reached == dict(zip(LEVELS, (5, 4, 3, 2, 1, 2, 1), strict=True))
        assert funnel.now == dict(zip(Stage, (2, 1, 0, 0, 1, 1), strict=True))

    def test_what_was_witnessed_is_counted_on_request(self):
        """Somebody who buys at once has reached Lead and Prospect too; those are implied."""
        funnel = Funnel.of([{Fact.PURCHASED}, {Fact.ASKED_FOR_MORE}])

        assert funnel.reached[Stage.PROSPECT] == 2
        assert funnel.witnessed == EMPTY | {
            Stage.NAME: 2,
            Fact.CONTACTED: 1,
            Stage.LEAD: 1,
            Stage.PROSPECT: 1,
            Stage.CUSTOMER: 1,
        }

    @given(PEOPLE)
    def test_counts_equal_those_of_the_classifications(self, people):
        funnel, verdicts = Funnel.of(people), [classify(person) for person in people]

        for stage in Stage:
            assert funnel.count(stage) == sum(stage in verdict.reached for verdict in verdicts)
            assert funnel.now[stage] == sum(verdict.stage is stage for verdict in verdicts)
            assert funnel.witnessed[stage] == sum(
                stage in verdict.reached and stage not in verdict.implied for verdict in verdicts
            )
        qualified = sum(str(verdict.qualification) == "qualified" for verdict in verdicts)
        assert funnel.qualified == Proportion(qualified, len(people))
        contacted = sum(
            Fact.CONTACTED in verdict.evidence or Stage.LEAD in verdict.reached for verdict in verdicts
        )
        assert funnel.count(Fact.CONTACTED) == contacted

    @given(PEOPLE)
    def test_reached_counts_fall_along_the_order_and_now_adds_up(self, people):
        """NAME < LEAD < PROSPECT < {CUSTOMER, REP}, REP < LEADER."""
        funnel = Funnel.of(people)

        for base, target in product(LEVELS, repeat=2):
            if precedes(base, target):
                assert funnel.count(target) <= funnel.count(base)
        assert sum(funnel.now.values()) == funnel.count(Stage.NAME) == len(people)
        assert funnel.now[Stage.CUSTOMER] <= funnel.count(Stage.CUSTOMER)

    @given(PEOPLE, PEOPLE, PEOPLE)
    def test_funnels_add(self, some, others, more):
        a, b, c = map(Funnel.of, (some, others, more))

        assert a + b == Funnel.of(some + others) == b + a
        assert (a + b) + c == a + (b + c)
        assert a + Funnel() == a

    @given(PEOPLE, st.randoms())
    def test_the_order_of_the_people_does_not_matter(self, people, shuffle: random.Random):
        shuffled = list(people)
        shuffle.shuffle(shuffled)

        assert Funnel.of(people) == Funnel.of(shuffled)
        assert hash(Funnel.of(people)) == hash(Funnel.of(shuffled))

    def test_whatever_can_be_classified_is_counted(self):
        contact = Contact.from_record({"email": "ana@example.com", "responded": "yes"})
        people = [contact, Evidence.of(Fact.RESPONDED), [Fact.RESPONDED], classify({Fact.RESPONDED})]

        assert Funnel.of(iter(people)).count(Stage.LEAD) == 4

    def test_another_policy_counts_by_its_own_rules(self):
        rules = {**dict(STANDARD.stages), Stage.LEAD: (Rule("contacted", (Fact.CONTACTED,)),)}
        policy = STANDARD.replace(name="acme", version="1", stages=tuple(rules.items()))

        assert Funnel.of([{Fact.CONTACTED}], policy=policy).count(Stage.LEAD) == 1
        assert Funnel.of([{Fact.CONTACTED}]).count(Stage.LEAD) == 0

    @pytest.mark.parametrize("people", [Evidence(), "ana", {Fact.RESPONDED: True}, 3])
    def test_what_is_no_list_of_people_is_refused(self, people):
        with pytest.raises(WrongType, match="put a single person into a list"):
            Funnel.of(people)

    def test_it_is_a_value(self):
        funnel = Funnel.of([{Fact.RESPONDED}, []])

        assert pickle.loads(pickle.dumps(funnel)) == funnel
        assert from_json(to_json(funnel), Funnel) == funnel

    def test_only_funnels_add(self):
        with pytest.raises(TypeError):
            Funnel() + 1


class TestGrouping:
    def test_by_source_or_campaign_or_anything(self):
        contacts = [
            Contact(campaign="spring", source=Source.SEMINAR, evidence=Evidence.of(Fact.RESPONDED)),
            Contact(campaign="spring", source=Source.SEARCH),
            Contact(campaign="fall", source=Source.SEARCH),
        ]

        by_campaign = Funnel.by(contacts, "campaign")
        assert list(by_campaign) == ["spring", "fall"]
        assert by_campaign["spring"].rate(Stage.NAME, Stage.LEAD).rate == Fraction(1, 2)
        assert by_campaign["fall"].count(Stage.LEAD) == 0
        assert Funnel.by(contacts, "source")[Source.SEARCH].count(Stage.NAME) == 2
        assert set(Funnel.by(contacts, lambda contact: contact.campaign[0])) == {"s", "f"}

    @given(PEOPLE)
    def test_the_groups_add_up_to_the_whole(self, people):
        groups = Funnel.by(people, len)

        assert sum(groups.values(), Funnel()) == Funnel.of(people)

    def test_a_person_without_the_attribute_is_refused(self):
        with pytest.raises(WrongType, match="something with a campaign, not Evidence; give a callable"):
            Funnel.by([Evidence()], "campaign")


class TestRate:
    def test_fifty_of_a_hundred(self):
        """I you talk 100 people and 50 want more information that means you have 50% conversion rate."""
        funnel = Funnel.of([{Fact.CONTACTED}] * 50 + [{Fact.RESPONDED}] * 50 + [[]] * 7)

        rate = funnel.rate(Fact.CONTACTED, Stage.LEAD)
        assert (rate.count, rate.total, rate.rate) == (50, 100, Fraction(1, 2))
        assert (round(rate.interval().low, 3), round(rate.interval().high, 3)) == (0.404, 0.596)
        assert (rate.base, rate.target) == (Fact.CONTACTED, Stage.LEAD)

    def test_one_of_a_hundred(self):
        """Lets say you talk 100 people and 1 becomes Leader, so your Name to Leader conversion rate is 1%."""
        rate = Funnel.of([[]] * 99 + [{Fact.BECAME_LEADER}]).rate(Stage.NAME, Stage.LEADER)

        assert rate.rate == Fraction(1, 100)
        assert (round(rate.interval().low, 3), round(rate.interval().high, 3)) == (0.002, 0.054)

    def test_whoever_became_a_lead_unasked_counts_as_contacted_unless_only_the_witnessed_count(self):
        funnel = Funnel.of([{Fact.PURCHASED}, {Fact.RESPONDED}])

        assert funnel.rate(Fact.CONTACTED, Stage.LEAD).total == 2
        assert funnel.rate(Fact.CONTACTED, Stage.LEAD, witnessed=True).total == 1

    @given(PEOPLE)
    def test_name_to_leader_is_the_exact_product_along_the_chain(self, people):
        """You can take out the middle section and see you conversion rate form Name to Leaders."""
        funnel = Funnel.of(people)
        chain = (Stage.NAME, Stage.LEAD, Stage.PROSPECT, Stage.REP, Stage.LEADER)

        rates = [funnel.rate(base, target).rate for base, target in pairwise(chain)]
        if None not in rates:
            steps = Fraction(1)
            for rate in rates:
                steps *= rate
            assert funnel.rate(Stage.NAME, Stage.LEADER).rate == steps

    @given(PEOPLE, st.booleans())
    def test_every_rate_lies_between_0_and_1_or_is_none(self, people, witnessed):
        funnel = Funnel.of(people)

        for base, target in product(LEVELS, repeat=2):
            if precedes(base, target):
                rate = funnel.rate(base, target, witnessed=witnessed).rate
                assert rate is None or 0 <= rate <= 1

    @given(PEOPLE)
    def test_counting_what_was_witnessed_asks_for_both(self, people):
        funnel, implied = Funnel.of(people), Counter()
        for verdict in map(classify, people):
            seen = set(verdict.reached) - set(verdict.implied)
            implied["base"] += Stage.PROSPECT in seen
            implied["both"] += {Stage.PROSPECT, Stage.CUSTOMER} <= seen

        rate = funnel.rate(Stage.PROSPECT, Stage.CUSTOMER, witnessed=True)
        assert (rate.count, rate.total) == (implied["both"], implied["base"])

    def test_an_empty_funnel_answers_none(self):
        for empty in (Funnel(), Funnel.of([]), Funnel.from_counts([]), Funnel.from_counts({})):
            assert empty == Funnel()
            assert empty.reached == EMPTY
            assert empty.rate(Stage.NAME, Stage.LEADER).rate is None
            assert empty.rate(Stage.NAME, Stage.LEAD, witnessed=True).interval() is None
            assert empty.qualified.rate is None
            assert empty.names_needed(1) == PeopleNeeded(1, None, None, None)

    def test_b_before_a_is_told_which_way_round(self):
        with pytest.raises(WrongValue, match="ask for it from name to leader"):
            Funnel().rate(Stage.LEADER, Stage.NAME)

    def test_another_fact_is_no_base(self):
        with pytest.raises(WrongType, match="a Stage or Fact.CONTACTED"):
            Funnel().rate(Fact.PURCHASED, Stage.LEADER)

    def test_a_confidence_that_is_none_is_refused(self):
        with pytest.raises(WrongValue, match="confidence: must lie between 0 and 1"):
            Funnel().names_needed(1, confidence=95)


class TestCompare:
    def test_one_leader_of_100_against_two(self):
        """If you execute the same campaign as your leader does you will be able to compare your exact
        results to his or hers.
        """
        mine = Funnel.of([[]] * 99 + [{Fact.BECAME_LEADER}])
        sponsors = Funnel.from_counts({Stage.NAME: 100, Stage.LEADER: 2})

        compared = mine.compare(sponsors, Stage.NAME, Stage.LEADER)
        assert compared.verdict is Verdict.NOT_ENOUGH_DATA
        assert compared.still_needed == (1070, 1070)
        assert compared.difference == Fraction(-1, 100)

    def test_only_the_witnessed_and_the_confidence_are_passed_on(self):
        mine = Funnel.of([{Fact.PURCHASED, Fact.RESPONDED}, {Fact.SIGNED_UP}])

        compared = mine.compare(mine, Stage.LEAD, Stage.CUSTOMER, confidence=0.8, witnessed=True)
        assert (compared.first, compared.confidence) == (Proportion(1, 1), 0.8)
        with pytest.raises(WrongValue, match="confidence"):
            mine.compare(mine, Stage.LEAD, Stage.CUSTOMER, confidence=0)


class TestFromPlainNumbers:
    """What a sponsor has: how many reached each stage."""

    def test_members_and_words(self):
        funnel = Funnel.from_counts({Stage.NAME: 100, Fact.CONTACTED: 90, Stage.LEAD: 50})

        assert funnel == Funnel.from_counts({"lead": 50, "Name": 100, "contacted": 90})
        assert funnel.rate(Stage.NAME, Stage.LEAD).rate == Fraction(1, 2)
        assert str(funnel.rate(Fact.CONTACTED, Stage.LEAD)).startswith("50 of 90")

    def test_the_middle_can_be_left_out(self):
        """You can take out the middle section and see you conversion rate form Name to Leaders."""
        funnel = Funnel.from_counts({"name": 100, "leader": 1})

        assert funnel.rate(Stage.NAME, Stage.LEADER).rate == Fraction(1, 100)
        with pytest.raises(WrongValue, match="counts: lead was not given; known are name, leader"):
            funnel.rate(Stage.LEAD, Stage.LEADER)

    @pytest.mark.parametrize("pair", [pair for pair in product(LEVELS, repeat=2) if precedes(*pair)])
    def test_later_above_earlier_is_refused_with_the_reason(self, pair):
        base, target = pair
        with pytest.raises(WrongValue) as caught:
            Funnel.from_counts({str(base): 5, str(target): 6})

        assert str(caught.value) == (
            f"counts: 6 at {target} are more than 5 at {base}, but everybody who came to {target} came to "
            f"{base} too; give how many ever reached each, not how many are there now"
        )

    def test_customers_may_outnumber_reps(self):
        assert Funnel.from_counts({"rep": 1, "customer": 2}).count(Stage.CUSTOMER) == 2

    @pytest.mark.parametrize(
        ("number", "error", "reason"),
        [(-1, WrongValue, "is negative"), (1.5, WrongType, "a whole number"), (True, WrongType, "not bool")],
    )
    def test_what_is_no_count_is_refused(self, number, error, reason):
        with pytest.raises(error, match=reason):
            Funnel.from_counts({"name": number})

    @pytest.mark.parametrize(
        ("ask", "words"),
        [
            (lambda funnel: funnel.now, "at which stage people are now"),
            (lambda funnel: funnel.witnessed, "what was witnessed"),
            (lambda funnel: funnel.qualified, "who is qualified"),
            (lambda funnel: funnel.rate(Stage.NAME, Stage.LEAD, witnessed=True), "what was witnessed"),
        ],
    )
    def test_what_plain_numbers_do_not_tell_is_said(self, ask, words):
        with pytest.raises(WrongValue, match=f"do not tell {words}; make it with Funnel.of"):
            ask(Funnel.from_counts({"name": 2, "lead": 1}))

    @given(PEOPLE, PEOPLE)
    def test_they_add_to_counted_people_as_far_as_both_know(self, some, others):
        numbers = {stage: Funnel.of(others).count(stage) for stage in (Stage.NAME, Stage.LEADER)}
        both = Funnel.of(some) + Funnel.from_counts(numbers)

        whole = Funnel.of(some + others)
        assert both.reached == {stage: whole.count(stage) for stage in numbers}
        assert Funnel.from_counts(numbers) + Funnel.of(some) == both


def reference_rows(people):
    """Count rows as a data frame would, from the rules alone."""
    tally = Counter()
    for person in people:
        verdict = classify(person)
        earned = tuple(fact in verdict.evidence for fact in EARNING.values())
        tally[*earned, Fact.CONTACTED in verdict.evidence, str(verdict.qualification) == "qualified"] += 1
    return [dict(zip(COLUMNS, (*key, n), strict=True)) for key, n in tally.items()]


class TestFromCountedRows:
    """What `leadqual.frames.count` makes: a row for each pattern."""

    @given(PEOPLE)
    def test_rows_equal_the_same_people(self, people):
        assert Funnel.from_counts(reference_rows(people)) == Funnel.of(people)

    @given(PEOPLE)
    def test_a_funnel_gives_back_what_it_is_made_from(self, people):
        funnel = Funnel.of(people)
        numbers = Funnel.from_counts(funnel.reached)

        assert Funnel.from_counts(funnel.to_counts()) == funnel
        assert Funnel.from_counts(numbers.to_counts()) == numbers

    def test_rows_that_count_alike_add_up_and_empty_ones_vanish(self):
        row = Pattern(frozenset({Stage.LEAD}), contacted=True, qualified=False)

        rows = [
            row.to_row(2),
            {**row.to_row(3), "campaign": "spring"},
            Pattern(frozenset(), False, False).to_row(0),
        ]
        assert Funnel.from_counts(rows).patterns == ((row, 5),)

    def test_every_position_can_be_counted(self):
        for position in POSITIONS:
            row = Pattern(position - {Stage.NAME}, contacted=False, qualified=False).to_row(1)
            assert {level for level, n in Funnel.from_counts([row]).reached.items() if n} - {
                Fact.CONTACTED
            } == position

    def test_the_columns(self):
        assert COLUMNS == (
            "earned_lead",
            "earned_prospect",
            "earned_customer",
            "earned_rep",
            "earned_leader",
            "contacted",
            "qualified",
            "contacts",
        )

    def test_a_missing_column_is_named(self):
        row = Pattern(frozenset(), contacted=False, qualified=False).to_row(1)
        del row[CONTACTS]

        with pytest.raises(WrongValue, match="column contacts: is missing; a row has earned_lead, "):
            Funnel.from_counts([row])

    @pytest.mark.parametrize("value", [1, None, "yes"])
    def test_a_flag_that_is_no_bool_is_refused(self, value):
        row = Pattern(frozenset(), contacted=False, qualified=False).to_row(1)

        with pytest.raises(WrongType, match="column earned_rep must be True or False"):
            Funnel.from_counts([row | {EARNED[Stage.REP]: value}])

    def test_a_number_that_is_none_is_refused(self):
        row = Pattern(frozenset(), contacted=False, qualified=False).to_row(1)

        with pytest.raises(WrongType, match="column contacts must be a whole number, not float"):
            Funnel.from_counts([row | {CONTACTS: 1.0}])

    def test_what_is_no_row_is_told_how_to_become_one(self):
        with pytest.raises(
            WrongType, match=r"each row must be a mapping of columns, not tuple; .*named=True"
        ):
            Funnel.from_counts([(True, 3)])


class TestWrongArguments:
    def test_words_are_read_wherever_a_level_is_asked_for(self):
        funnel = Funnel.of([{Fact.RESPONDED}])
        assert funnel.count("lead") == funnel.count(Stage.LEAD) == funnel.count("Contacted") == 1
        assert funnel.rate("Name", "LEAD") == funnel.rate(Stage.NAME, Stage.LEAD)
        assert funnel.compare(funnel, "name", "lead") == funnel.compare(funnel, Stage.NAME, Stage.LEAD)

    def test_it_is_compared_with_a_funnel(self):
        with pytest.raises(WrongType, match="other must be a Funnel, not dict; make one with Funnel.of"):
            Funnel().compare({}, Stage.NAME, Stage.LEAD)

    @pytest.mark.parametrize("confidence", ["0.9", None])
    def test_a_confidence_is_a_number(self, confidence):
        with pytest.raises(WrongType, match="confidence must be a number between 0 and 1, not "):
            Funnel().compare(Funnel(), Stage.NAME, Stage.LEAD, confidence=confidence)

    def test_a_count_of_400_digits_is_no_number_of_people(self):
        with pytest.raises(WrongValue, match="name: is above 1,000,000,000,000,000; count people"):
            Funnel.from_counts({"name": 10**400})

    def test_groups_are_told_apart_by_a_name_or_a_callable(self):
        with pytest.raises(WrongType, match="key must be the name of an attribute, or a callable, not int"):
            Funnel.by([], 7)

    def test_what_was_witnessed_is_asked_for_with_true_or_false(self):
        with pytest.raises(WrongType, match="witnessed must be True or False, not str"):
            Funnel().rate("name", "lead", witnessed="no")

    @pytest.mark.parametrize(
        ("patterns", "numbers", "message"),
        [
            ([(7, 1)], (), "each of patterns must be a Pattern, not int; make the funnel with Funnel.of"),
            (None, 7, "numbers must be an iterable of pairs of a level and a number, not int"),
            (None, [(7, 1)], "level must be a Stage or Fact.CONTACTED, not int"),
        ],
    )
    def test_a_funnel_made_by_hand_is_one(self, patterns, numbers, message):
        with pytest.raises(WrongType, match=message):
            Funnel(patterns, numbers)

    @pytest.mark.parametrize("counts", [None, 7, "name"])
    def test_counts_are_a_mapping_or_rows(self, counts):
        with pytest.raises(
            WrongType, match="counts must be an iterable of counted rows, not .*; or a mapping"
        ):
            Funnel.from_counts(counts)
