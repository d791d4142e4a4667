"""The words for where a person stands."""

import pickle

import pytest

from leadqual import Qualification, Source, Stage, Standing
from leadqual.errors import WrongType
from leadqual.learning.learned import Readiness
from leadqual.taxonomy.facts import Fact, Nature
from leadqual.taxonomy.stages import HEADLINE, POSITIONS, down_set, headline, position_name, topmost
from leadqual.taxonomy.transitions import Move
from leadqual.taxonomy.vocabulary import UnknownWord, normalize
from leadqual.verification.comparison import Relation

VOCABULARIES = (Stage, Qualification, Standing, Source, Fact, Nature, Move, Relation, Readiness)
WORDS = [word for vocabulary in VOCABULARIES for word in vocabulary]


class TestWords:
    """Every word has a value fixed for ever, a definition, and a basis."""

    @pytest.mark.parametrize("word", WORDS, ids=str)
    def test_every_word_rests_on_a_sentence_or_says_why_it_is_a_convention(self, word):
        assert word.definition
        if word.sentence is None:
            assert word.basis.startswith("A convention of this library: ")
        else:
            assert word.basis is word.sentence
            assert word.sentence.article in (1, 2)

    def test_what_the_articles_do_not_say_rests_on_no_sentence(self):
        """«Fledgling marketers may also turn off qualified leads …» tells of no opt-out; no sentence tells of leaving."""
        assert {word for word in WORDS if word.sentence is None} == {
            *Nature,
            *Relation,
            *Readiness,
            *(set(Move) - {Move.STEP}),
            *(set(Standing) - {Standing.DECLINED}),
            Fact.LAPSED,
            Fact.OPTED_OUT,
            Source.SOCIAL_MEDIA,
            Source.SEARCH,
            Source.REFERRAL,
            Source.EVENT,
            Source.OTHER,
        }

    @pytest.mark.parametrize("word", WORDS, ids=str)
    def test_a_value_is_the_lower_case_name_and_is_what_str_gives(self, word):
        assert word.value == word.name.lower() == str(word)

    @pytest.mark.parametrize("word", WORDS, ids=str)
    def test_a_word_survives_pickling_as_the_same_object(self, word):
        assert pickle.loads(pickle.dumps(word)) is word

    def test_words_have_no_order_of_their_own(self):
        """A text enum would make LEAD < NAME true, by spelling."""
        with pytest.raises(TypeError):
            assert Stage.LEAD < Stage.NAME

    @pytest.mark.parametrize("text", ["Asked for more", "asked-for-more", " ASKED_FOR_MORE "])
    def test_a_word_is_read_in_any_case_with_spaces_or_hyphens(self, text):
        assert Fact.parse(text) is Fact.ASKED_FOR_MORE

    def test_an_unknown_word_names_itself_and_the_nearest(self):
        with pytest.raises(UnknownWord, match="unknown fact 'responed'; did you mean 'responded'?") as caught:
            Fact("responed")

        assert (caught.value.kind, caught.value.word, caught.value.nearest) == (
            "fact",
            "responed",
            ("responded",),
        )

    def test_an_unknown_word_like_no_other_lists_what_there_is(self):
        with pytest.raises(UnknownWord, match="use one of generic, qualified"):
            Qualification("x")

    def test_a_word_is_text(self):
        with pytest.raises(WrongType, match="stage must be a word such as 'name', not int"):
            Stage(3)

    def test_an_unknown_word_can_be_pickled_and_compared(self):
        error = UnknownWord("fact", "responed", ("responded", "declined"))

        again = pickle.loads(pickle.dumps(error))

        assert again == error
        assert hash(again) == hash(error)
        assert again != UnknownWord("fact", "responed", ("declined",))
        assert again.nearest == ("responded",)

    def test_folding_is_what_comparing_needs(self):
        assert normalize("  Asked For-More ") == "asked_for_more"


@pytest.mark.parametrize("text", [3, None, [], b"name"])
def test_what_is_no_text_names_no_word(text):
    with pytest.raises(WrongType, match="stage must be a word such as 'name', not "):
        Stage.parse(text)


class TestOrder:
    """NAME < LEAD < PROSPECT < {CUSTOMER, REP}, REP < LEADER."""

    def test_the_chain(self):
        order = {stage: {lower.name for lower in stage.below} for stage in Stage}

        assert order == {
            Stage.NAME: set(),
            Stage.LEAD: {"NAME"},
            Stage.PROSPECT: {"NAME", "LEAD"},
            Stage.CUSTOMER: {"NAME", "LEAD", "PROSPECT"},
            Stage.REP: {"NAME", "LEAD", "PROSPECT"},
            Stage.LEADER: {"NAME", "LEAD", "PROSPECT", "REP"},
        }

    def test_precedes_is_strict_and_customer_and_rep_lie_side_by_side(self):
        assert Stage.NAME.precedes(Stage.LEADER)
        assert not Stage.LEAD.precedes(Stage.LEAD)
        assert not Stage.CUSTOMER.precedes(Stage.REP)
        assert not Stage.REP.precedes(Stage.CUSTOMER)
        assert not Stage.CUSTOMER.precedes(Stage.LEADER)

    def test_the_headline_order_never_puts_a_stage_before_one_above_it(self):
        for index, stage in enumerate(HEADLINE):
            assert not any(stage.precedes(later) for later in HEADLINE[index:])


class TestPositions:
    """A position holds, with each stage, all below it."""

    def test_there_are_eight_from_the_fewest_stages_to_the_most(self):
        assert [position_name(position) for position in POSITIONS] == [
            "name",
            "lead",
            "prospect",
            "customer",
            "rep",
            "customer+rep",
            "leader",
            "customer+leader",
        ]

    def test_they_are_all_the_closed_sets_that_hold_name(self):
        subsets = [
            frozenset(stage for index, stage in enumerate(Stage) if bits >> index & 1) for bits in range(64)
        ]

        assert set(POSITIONS) == {subset for subset in subsets if subset == down_set(subset)}

    def test_the_headline_is_the_furthest(self):
        assert [headline(position) for position in POSITIONS] == [
            Stage.NAME,
            Stage.LEAD,
            Stage.PROSPECT,
            Stage.CUSTOMER,
            Stage.REP,
            Stage.REP,
            Stage.LEADER,
            Stage.LEADER,
        ]

    def test_who_reached_nothing_is_a_name(self):
        assert headline(()) is Stage.NAME
        assert down_set(()) == {Stage.NAME}

    def test_the_topmost_stages_lie_below_no_other(self):
        assert topmost(POSITIONS[-1]) == (Stage.CUSTOMER, Stage.LEADER)
