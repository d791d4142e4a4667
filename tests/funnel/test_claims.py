"""Claims are held to the words of the taxonomy."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadqual import Fact, Stage, lint_claim
from leadqual.errors import WrongType
from leadqual.funnel.claims import SPOKEN


def words(text):
    return [claim.words for claim in lint_claim(text)]


class TestVague:
    def test_the_article_s_claim_defines_no_outcome(self):
        """If someone says that one of my advertisements got 23 people interested in the business that does
        not really define what the outcome was, does not it?
        """
        text = "One of my advertisements got 23 people interested in the business."
        (claim,) = lint_claim(text)

        assert claim.words == text[claim.start : claim.end] == "23 people interested in the business"
        assert claim.instead == tuple(Stage)
        assert str(claim) == (
            "“23 people interested in the business” does not say what the outcome was; say how many are "
            f"names, leads, prospects, customers, reps or leaders. {claim.sentence}"
        )
        assert claim.sentence.article == 1

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("Twenty-three people are interested!", ["Twenty-three people are interested"]),
            ("23 interested", ["23 interested"]),
            ("5 very interested people and 23 leads", ["5 very interested people"]),
            ("23 people showed interest in us", ["23 people showed interest in us"]),
            ("1,200 clicks, lots of sign-ups", ["1,200 clicks", "lots of sign-ups"]),
            ("50 % of the people", ["50 % of the people"]),
            ("23 people interested in becoming leads", ["23 people interested in becoming leads"]),
            ("many people saw it, 3 people bought", ["many people"]),
        ],
    )
    def test_the_span_is_pointed_at(self, text, found):
        assert words(text) == found


class TestDefined:
    def test_23_leads_says_what_the_outcome_was(self):
        """But if they say that one of my promotion generated 23 leads, so now you understand that means 23
        leads who requested information, and they are not prospects, customers, reps, leaders.
        """
        assert words("One of my promotions generated 23 leads") == []

    @pytest.mark.parametrize("stage", Stage)
    def test_every_word_for_a_stage_is_a_word(self, stage):
        assert words(f"We got 23 new {stage}s") == []

    @pytest.mark.parametrize("fact", Fact)
    def test_people_of_whom_a_fact_is_said_are_counted_well(self, fact):
        for said in (str(fact).replace("_", " "), *SPOKEN.get(fact, ())):
            assert words(f"23 people who have {said}") == []
            assert words(f"23 people {said.upper()}") == []

    def test_talking_to_a_hundred_people_is_a_base(self):
        """I you talk 100 people and 50 want more information that means you have 50% conversion rate."""
        assert words("I talked to 100 people and 50 want more information") == []
        assert words("I contacted 100 people, and 50 people want more information") == []

    @pytest.mark.parametrize(
        "text", ["", "a person", "people are interested", "on 23 May", "23 leads, interested"]
    )
    def test_what_counts_nobody_is_no_claim(self, text):
        assert words(text) == []


class TestAnyText:
    @given(st.text(), st.text())
    def test_a_claim_lies_where_it_says(self, before, after):
        text = f"{before}. 23 people interested. {after}"

        assert "23 people interested" in words(text)
        assert all(text[claim.start : claim.end] == claim.words for claim in lint_claim(text))

    @pytest.mark.parametrize(
        "evil", ["1,", "1 ", "23 new ", "23 people ", "talked to ", " ", "twenty ", "a "]
    )
    def test_time_grows_with_the_length_of_the_text_not_with_its_square(self, evil):
        """A text of 200,000 characters took minutes where the amount had no limit."""
        text = evil * (200_000 // len(evil))
        start = time.process_time()
        lint_claim(text)

        assert time.process_time() - start < 20

    def test_what_is_no_text_is_refused(self):
        with pytest.raises(WrongType, match="text must be a text, not bytes"):
            lint_claim(b"23 people")
