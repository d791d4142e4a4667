"""The closed vocabulary of facts, and evidence."""

import pickle
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadqual import Evidence, Fact
from leadqual.errors import WrongType, WrongValue
from leadqual.strategies import facts
from leadqual.taxonomy.facts import ALL_BITS, Nature, bits_of, close, excluded_by, facts_of
from leadqual.taxonomy.vocabulary import UnknownWord

FACTS = st.frozensets(facts())
IMPLIES = {
    Fact.RESPONDED: {"CONTACTED"},
    Fact.INTERESTED_IN_OFFER: {"RESPONDED", "CONTACTED"},
    Fact.SOUGHT_YOU_OUT: {"INTERESTED_IN_OFFER", "RESPONDED", "CONTACTED"},
    Fact.SAW_BUSINESS: {"CONTACTED"},
    Fact.ASKED_FOR_MORE: {"SAW_BUSINESS", "INTERESTED_IN_OFFER", "RESPONDED", "CONTACTED"},
    Fact.BECAME_LEADER: {"SIGNED_UP"},
    Fact.LIKES_INDUSTRY: {"KNOWS_INDUSTRY"},
}


class TestTable:
    """Meaning, implications and exclusions are the library's, the same under every policy."""

    def test_eighteen_facts_ten_milestones_four_signals_four_against(self):
        natures = [fact.nature for fact in Fact]

        assert natures == [Nature.MILESTONE] * 10 + [Nature.SIGNAL] * 4 + [Nature.AGAINST] * 4

    @pytest.mark.parametrize("fact", Fact, ids=str)
    def test_what_each_fact_implies(self, fact):
        assert {implied.name for implied in fact.implies} == IMPLIES.get(fact, set())

    def test_only_wanting_in_and_never_joining_exclude_each_other(self):
        excluding = {fact: fact.excludes for fact in Fact if fact.excludes}

        assert excluding == {
            Fact.WANTS_IN: {Fact.NEVER_JOINING},
            Fact.NEVER_JOINING: {Fact.WANTS_IN},
        }

    def test_25344_sets_are_closed_and_19008_of_them_without_contradiction(self):
        closed = [bits for bits in range(ALL_BITS + 1) if close(bits) == bits]
        consistent = [bits for bits in closed if not excluded_by(bits) & bits]

        assert (ALL_BITS + 1, len(closed), len(consistent)) == (262_144, 25_344, 19_008)


class TestEvidence:
    """Each fact is established, denied or unknown; unknown is never read as no."""

    def test_what_is_established_brings_what_it_implies(self):
        evidence = Evidence.of(Fact.ASKED_FOR_MORE)

        assert evidence.established == {Fact.ASKED_FOR_MORE} | Fact.ASKED_FOR_MORE.implies
        assert Fact.RESPONDED in evidence
        assert Fact.PURCHASED not in evidence

    def test_what_is_established_denies_what_it_excludes(self):
        assert Evidence.of(Fact.NEVER_JOINING).denied == {Fact.WANTS_IN}

    def test_who_never_responded_did_not_seek_you_out(self):
        denied = Evidence.of(denied=[Fact.RESPONDED]).denied

        assert denied == {
            Fact.RESPONDED,
            Fact.INTERESTED_IN_OFFER,
            Fact.SOUGHT_YOU_OUT,
            Fact.ASKED_FOR_MORE,
        }

    def test_a_denial_says_nothing_of_what_the_fact_implies(self):
        assert Evidence.of(denied=[Fact.SAW_BUSINESS]).value(Fact.CONTACTED) is None

    def test_a_fact_both_established_and_denied_is_listed(self):
        evidence = Evidence.of(Fact.NEVER_JOINING, Fact.WANTS_IN)

        assert evidence.contradictions == {Fact.NEVER_JOINING, Fact.WANTS_IN}
        assert Evidence.of(Fact.RESPONDED).contradictions == frozenset()

    def test_value_tells_the_three_apart(self):
        evidence = Evidence.of(Fact.SAW_BUSINESS, denied=[Fact.PURCHASED])

        assert [evidence.value(fact) for fact in (Fact.SAW_BUSINESS, Fact.PURCHASED, Fact.WANTS_IN)] == [
            True,
            False,
            None,
        ]

    @given(FACTS, FACTS)
    def test_established_denied_and_unknown_cover_all_facts(self, established, denied):
        evidence = Evidence.of(*established, denied=denied)

        assert evidence.established | evidence.denied | evidence.unknown == set(Fact)
        assert evidence.unknown & (evidence.established | evidence.denied) == set()

    @given(FACTS, FACTS)
    def test_closure_is_extensive_and_idempotent(self, established, denied):
        evidence = Evidence.of(*established, denied=denied)

        assert evidence.established >= established
        assert evidence.denied >= denied
        assert Evidence.of(*evidence.established, denied=evidence.denied) == evidence

    @given(FACTS, FACTS, FACTS, FACTS)
    def test_joining_knows_what_either_knows_and_stays_closed(self, a, not_a, b, not_b):
        left, right = Evidence.of(*a, denied=not_a), Evidence.of(*b, denied=not_b)

        assert left | right == Evidence.of(*a, *b, denied=not_a | not_b)
        assert left | right == right | left
        assert left | left == left

    def test_joining_with_something_else_is_refused(self):
        with pytest.raises(TypeError):
            assert Evidence() | {Fact.RESPONDED}

    @pytest.mark.parametrize("facts", [(), (Fact.LIKES_INDUSTRY,), (Fact.NEVER_JOINING, Fact.WANTS_IN)])
    def test_repr_makes_it_again(self, facts):
        evidence = Evidence.of(*facts)

        assert eval(repr(evidence), {"Evidence": Evidence, "Fact": Fact}) == evidence

    def test_it_is_a_value(self):
        evidence = Evidence.of(Fact.RESPONDED, denied=[Fact.PURCHASED])

        assert pickle.loads(pickle.dumps(evidence)) == evidence
        assert len({evidence, Evidence.of(Fact.RESPONDED, denied=[Fact.PURCHASED])}) == 1

    @pytest.mark.parametrize("bits", [1 << 5, -1, 1 << 36, 1 << 18 << 1])
    def test_bits_that_are_no_closed_set_of_facts_are_refused(self, bits):
        with pytest.raises(WrongValue, match="bits: .*; use Evidence.of"):
            Evidence(bits)

    @pytest.mark.parametrize("bits", [None, True, 1.0, "1"])
    def test_bits_are_a_whole_number(self, bits):
        for make in (Evidence, Evidence.from_bits):
            with pytest.raises(WrongType, match="must be a whole number, not "):
                make(bits)

    @pytest.mark.parametrize("given", [(1 << 18,), (-1,), (0, 1 << 18), (0, -1)])
    def test_bits_that_belong_to_no_fact_are_refused(self, given):
        with pytest.raises(WrongValue, match="is not a set of facts; use Evidence.of"):
            Evidence.from_bits(*given)

    @given(FACTS, FACTS)
    def test_its_own_bits_make_it_again(self, established, denied):
        evidence = Evidence.of(*established, denied=denied)

        assert Evidence(evidence.bits) == evidence


class TestFromMapping:
    """A mapping says True, False, or None for unknown."""

    def test_facts_or_their_words(self):
        wanted = Evidence.of(Fact.RESPONDED, denied=[Fact.PURCHASED])

        by_fact = Evidence.from_mapping({Fact.RESPONDED: True, Fact.PURCHASED: False, Fact.DECLINED: None})
        by_word = Evidence.from_mapping({"responded": True, "purchased": False, "declined": None})

        assert by_fact == by_word == wanted

    def test_an_unknown_word_suggests_the_nearest(self):
        with pytest.raises(UnknownWord, match="did you mean 'purchased'"):
            Evidence.from_mapping({"purchasd": True})

    @pytest.mark.parametrize("value", ["yes", 1, 0])
    def test_only_true_false_and_none_are_answers(self, value):
        with pytest.raises(
            WrongType, match=f"responded must be True, False or None, not {type(value).__name__}"
        ):
            Evidence.from_mapping({"responded": value})

    def test_a_value_of_numpy_is_told_to_be_converted(self):
        numpy = pytest.importorskip("numpy", reason="needs NumPy")

        with pytest.raises(WrongType, match=r"not bool; bool\(...\) converts"):
            Evidence.from_mapping({"responded": numpy.True_})
        with pytest.raises(WrongType, match=r"not int64; use int\(...\)"):
            Evidence(numpy.int64(0))

    def test_a_list_is_no_mapping(self):
        with pytest.raises(WrongType, match="facts must be a mapping"):
            Evidence.from_mapping([Fact.RESPONDED])


class TestBits:
    """Facts as whole numbers."""

    def test_bits_and_facts_go_both_ways(self):
        for pair in combinations(Fact, 2):
            assert facts_of(bits_of(pair)) == set(pair)

    @pytest.mark.parametrize(
        ("facts", "message"),
        [
            ({Fact.RESPONDED: False}, "not a mapping; use Evidence.from_mapping"),
            ("responded", "not str; use Fact.parse for a word"),
            (7, "not int"),
            (["responded"], "each fact must be a Fact, not str"),
        ],
    )
    def test_what_is_no_set_of_facts_says_what_to_use(self, facts, message):
        with pytest.raises(WrongType, match=message):
            bits_of(facts)

    def test_membership_asks_for_a_fact(self):
        with pytest.raises(WrongType, match="each fact must be a Fact, not str"):
            assert "responded" in Evidence()
