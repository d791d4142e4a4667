"""One test for each sentence of the articles that states a rule; the sentence is the docstring."""

import re

import pytest

from leadqual import (
    Evidence,
    Fact,
    Qualification,
    Source,
    Stage,
    Standing,
    TransitionNotAllowed,
    classify,
    transition,
)
from leadqual.taxonomy import articles
from leadqual.taxonomy.articles import ARTICLES, Sentence

SENTENCES = list(articles.SENTENCES.values())
FILES = {1: "name-lead-prospect.txt", 2: "generic-or-qualified.txt"}


def stage(*facts):
    return classify(facts).stage


def qualification(*facts):
    return classify(facts).qualification


def score(*facts):
    return classify(facts).score


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda sentence: sentence.text[:40])
def test_every_quoted_sentence_stands_in_its_article(shared, sentence):
    text = (shared / "articles" / FILES[sentence.article]).read_text("utf-8")

    assert sentence.text in text


def test_the_articles_are_named_with_their_authors():
    assert [(article.number, article.author) for article in ARTICLES] == [
        (1, "Gregory Troy"),
        (2, "Dock J. Murphy"),
    ]
    assert str(Sentence(1, "So.")) == "“So.” (article 1)"


class TestArticle1:
    """Name, lead, prospect."""

    def test_name_is_who_never_wanted_details(self):
        """«Name or Contact is some who has never wanted to know any details about your business or products.»"""
        assert stage() is Stage.NAME
        assert stage(Fact.CONTACTED) is Stage.NAME
        assert stage(Fact.INTERESTED_IN_OFFER) is Stage.LEAD

    def test_one_name_outranks_another(self):
        """«… a person who never been in network marketing and states never will be is less qualified than the one who knows and likes MLM.»"""
        assert stage(Fact.NEVER_JOINING) is stage(Fact.KNOWS_INDUSTRY, Fact.LIKES_INDUSTRY) is Stage.NAME
        assert score(Fact.NEVER_JOINING) < score() < score(Fact.KNOWS_INDUSTRY, Fact.LIKES_INDUSTRY)

    def test_qualified_names_are_still_names(self):
        """«Regardless of qualification they are still only a name.»"""
        qualified = classify({Fact.KNOWS_INDUSTRY, Fact.LIKES_INDUSTRY, Fact.WANTS_IN})

        assert (qualified.stage, qualified.qualification) == (Stage.NAME, Qualification.QUALIFIED)
        assert stage(Fact.NEVER_JOINING) is Stage.NAME

    def test_a_response_makes_a_lead(self):
        """«A Lead is a person who has responded to a promotion.»"""
        assert stage(Fact.RESPONDED) is Stage.LEAD

    def test_being_made_known_to_is_no_response(self):
        """«The word “promote” means to make known.»"""
        assert stage(Fact.CONTACTED) is Stage.NAME
        assert Fact.CONTACTED in Fact.RESPONDED.implies

    def test_a_called_name_that_shows_interest_is_a_lead(self):
        """«So lead can come from a name you call and showing interest …»"""
        assert stage(Fact.CONTACTED, Fact.INTERESTED_IN_OFFER) is Stage.LEAD

    def test_who_answers_an_advertisement_is_a_lead(self):
        """«… or you are advertising somewhere and that person respond requesting information.»"""
        assert stage(Fact.CONTACTED, Fact.RESPONDED) is Stage.LEAD

    def test_answering_work_from_home_makes_a_generic_lead(self):
        """«Let’s say you advertise looking for people who want to work from home and someone respond requesting more information.»"""
        verdict = classify({Fact.RESPONDED})

        assert (verdict.stage, verdict.qualification) == (Stage.LEAD, Qualification.GENERIC)

    def test_such_a_response_is_no_request_about_the_business(self):
        """«They are not necessarily requesting more information about your primary business, so that what makes them a Lead not a Prospect.»"""
        assert stage(Fact.RESPONDED, Fact.SAW_BUSINESS) is Stage.LEAD

    def test_seeing_and_then_asking_makes_a_prospect(self):
        """«A Prospect who has seen something about your primary business and requesting more details, information.»"""
        assert stage(Fact.ASKED_FOR_MORE) is Stage.PROSPECT
        assert stage(Fact.SAW_BUSINESS) is Stage.NAME
        assert stage(Fact.INTERESTED_IN_OFFER) is Stage.LEAD

    def test_without_dates_seeing_and_interest_pose_a_question(self):
        """«They might have seen a video and they have questions and want to learn more about it.»"""
        verdict = classify({Fact.SAW_BUSINESS, Fact.INTERESTED_IN_OFFER})

        assert verdict.stage is Stage.LEAD
        assert [str(question) for question in verdict.order_questions] == [
            "which came first, saw_business or interested_in_offer? In this order they mean asked_for_more"
        ]

    def test_great_potential_is_no_stage_but_a_prospect_always_qualifies(self):
        """«In short a Prospect who shows great potential in joining you to build business with you or become a customer.»"""
        assert qualification(Fact.ASKED_FOR_MORE) is Qualification.QUALIFIED
        assert score(Fact.ASKED_FOR_MORE) > score(Fact.INTERESTED_IN_OFFER)

    def test_buying_makes_a_customer(self):
        """«A Customer who has purchased products.»"""
        assert stage(Fact.PURCHASED) is Stage.CUSTOMER

    def test_signing_up_makes_a_rep(self):
        """«A Representative (rep, distributor, etc) who has signed up to build business with you.»"""
        assert stage(Fact.SIGNED_UP) is Stage.REP

    def test_having_bought_is_never_undone_by_leaving(self):
        """«A Customer who has purchased products.» The perfect tense: once reached, always reached."""
        verdict = classify({Fact.PURCHASED, Fact.LAPSED})

        assert (verdict.stage, verdict.standing) == (Stage.CUSTOMER, Standing.LAPSED)

    def test_23_leads_are_not_prospects(self):
        """«… 23 leads who requested information, and they are not prospects, customers, reps, leaders.»"""
        verdicts = [classify({Fact.RESPONDED}) for _ in range(23)]

        assert {verdict.stage for verdict in verdicts} == {Stage.LEAD}
        assert all(verdict.reached == {Stage.NAME, Stage.LEAD} for verdict in verdicts)

    def test_some_names_become_leads(self):
        """«… you show your primary business and products to them and some of them will become Leads who want more information and details.»

        The word is loose here: who has seen the business and then wants more is a prospect, by the definition.
        """
        assert transition(Stage.NAME, Stage.LEAD).legal
        assert stage(Fact.SAW_BUSINESS, Fact.RESPONDED) is Stage.LEAD
        assert stage(Fact.ASKED_FOR_MORE) is Stage.PROSPECT

    def test_leads_convert_to_prospects(self):
        """«And some of the Leads will convert to Prospects …»"""
        assert transition(Stage.LEAD, Stage.PROSPECT).implied == ()

    def test_prospects_convert_to_reps_and_customers_side_by_side(self):
        """«… and some Prospects will convert to Reps and Customers …»"""
        assert transition(Stage.PROSPECT, Stage.REP).implied == ()
        assert transition(Stage.PROSPECT, Stage.CUSTOMER).implied == ()
        assert classify({Fact.PURCHASED, Fact.SIGNED_UP}).reached >= {Stage.CUSTOMER, Stage.REP}

    def test_leaders_are_developed_from_reps(self):
        """«… and finally will convert to become Leaders by you training them effectively.»"""
        assert Stage.REP in classify({Fact.BECAME_LEADER}).reached
        assert Stage.CUSTOMER not in classify({Fact.BECAME_LEADER}).reached
        with pytest.raises(TransitionNotAllowed):
            transition(Stage.LEADER, Stage.REP)

    def test_the_middle_can_be_taken_out(self):
        """«You can take out the middle section and see you conversion rate form Name to Leaders.»"""
        assert transition(Stage.NAME, Stage.LEADER).implied == (Stage.LEAD, Stage.PROSPECT, Stage.REP)


class TestArticle2:
    """Generic or qualified."""

    def test_anyone_is_generic(self):
        """«An unqualified lead is anyone and everyone you might meet on the street.»"""
        verdict = classify(Evidence())

        assert (verdict.stage, verdict.qualification, verdict.score) == (
            Stage.NAME,
            Qualification.GENERIC,
            15,
        )

    def test_a_stranger_with_a_business_card_is_a_generic_name(self):
        """«Complete strangers whom you hand a business card in passing are unqualified leads.»"""
        verdict = classify({Fact.CONTACTED})

        assert (verdict.stage, verdict.qualification) == (Stage.NAME, Qualification.GENERIC)

    def test_family_that_watched_the_presentation_is_a_generic_name(self):
        """«They could be leads simply because out of love and respect for you they will permit you to give them your sales presentation, but they are unqualified …»"""
        verdict = classify({Fact.CONTACTED, Fact.SAW_BUSINESS})

        assert (verdict.stage, verdict.qualification) == (Stage.NAME, Qualification.GENERIC)

    def test_love_permits_a_presentation_and_no_more(self):
        """«… they have not actually expressed an interest in the product you are selling or the company you are representing.»"""
        assert qualification(Fact.SAW_BUSINESS) is Qualification.GENERIC
        assert qualification(Fact.INTERESTED_IN_OFFER) is Qualification.QUALIFIED
        assert qualification(Fact.SAW_BUSINESS, Fact.PURCHASED) is Qualification.QUALIFIED
        assert qualification(Fact.SIGNED_UP) is Qualification.QUALIFIED

    @pytest.mark.parametrize(
        "facts", [(), (Fact.NEVER_JOINING,), (Fact.DECLINED, Fact.NEVER_JOINING, Fact.OPTED_OUT)]
    )
    def test_nobody_is_beyond_being_qualified(self, facts):
        """«… there is a chance that any lead, no matter how generic and unqualified, may be turned into a qualified lead …»"""
        assert qualification(*facts) is Qualification.GENERIC
        assert qualification(*facts, Fact.INTERESTED_IN_OFFER) is Qualification.QUALIFIED

    def test_who_sought_out_your_website_is_a_qualified_lead(self):
        """«Usually it is a person who has sought out you or your website to get more information …»"""
        verdict = classify({Fact.SOUGHT_YOU_OUT})

        assert (verdict.stage, verdict.qualification) == (Stage.LEAD, Qualification.QUALIFIED)

    def test_who_knows_the_industry_and_wants_in_is_qualified(self):
        """«… someone who is familiar with the network marketing industry and wants to become involved but might still be searching for just the right niche to buy into.»"""
        assert qualification(Fact.KNOWS_INDUSTRY, Fact.WANTS_IN) is Qualification.QUALIFIED
        assert qualification(Fact.KNOWS_INDUSTRY, Fact.LIKES_INDUSTRY) is Qualification.GENERIC
        assert qualification(Fact.WANTS_IN) is Qualification.GENERIC

    def test_qualified_leads_outrank_generic_ones(self):
        """«Such leads are worth their weight in gold!»"""
        worst = score(Fact.PURCHASED, Fact.NEVER_JOINING, Fact.DECLINED, Fact.LAPSED)
        best = score(Fact.SAW_BUSINESS, Fact.RESPONDED, Fact.LIKES_INDUSTRY, Fact.ATTENDED_SEMINAR)

        assert (best, worst) == (28, 50)

    def test_being_qualified_promises_no_purchase(self):
        """«Does this mean that each and every qualified lead will turn into a customer or down line candidate? By no means!»"""
        assert stage(Fact.SOUGHT_YOU_OUT) is Stage.LEAD

    def test_deciding_against_you_takes_neither_stage_nor_class(self):
        """«… the individual may decide that your product or business and she or he simply do not represent a good fit.»"""
        verdict = classify({Fact.ASKED_FOR_MORE, Fact.DECLINED})

        assert (verdict.stage, verdict.qualification) == (Stage.PROSPECT, Qualification.QUALIFIED)
        assert verdict.standing is Standing.DECLINED

    def test_being_turned_off_is_a_standing(self):
        """«Fledgling marketers may also turn off qualified leads because of incompetence.»"""
        verdict = classify({Fact.SOUGHT_YOU_OUT, Fact.OPTED_OUT, Fact.DECLINED})

        assert (verdict.standing, verdict.qualification) == (Standing.DO_NOT_CONTACT, Qualification.QUALIFIED)

    def test_a_purchased_lists_silent_row_is_a_generic_name(self):
        """«Thus it is a questionable practice for the beginning marketer to purchase leads sights unseen.»"""
        verdict = classify(Evidence())

        assert (verdict.stage, verdict.qualification) == (Stage.NAME, Qualification.GENERIC)
        assert Source.PURCHASED_LIST.sentence.text.startswith("Thus it is a questionable practice")

    def test_answering_a_bait_advertisement_makes_a_generic_lead(self):
        """«… generic leads, such as may have been generated with a "make money while you sleep ad" or similar promotions.»"""
        verdict = classify({Fact.RESPONDED})

        assert (verdict.stage, verdict.qualification) == (Stage.LEAD, Qualification.GENERIC)

    def test_interest_at_a_seminar_qualifies_without_being_familiar(self):
        """«These leads are usually collected during network marketing seminars when individuals are being introduced to the concept and express interest in learning more about the industry or the wellness aspect thereof.»"""
        assert qualification(Fact.ATTENDED_SEMINAR, Fact.INTERESTED_IN_INDUSTRY) is Qualification.QUALIFIED
        assert qualification(Fact.ATTENDED_SEMINAR) is Qualification.GENERIC
        assert qualification(Fact.INTERESTED_IN_INDUSTRY) is Qualification.GENERIC
        assert stage(Fact.ATTENDED_SEMINAR, Fact.INTERESTED_IN_INDUSTRY) is Stage.NAME

    def test_there_is_no_guarantee(self):
        """«There is no guarantee in network marketing, only a leg up.»"""
        assert max(score(*facts) for facts in ((Fact.SOUGHT_YOU_OUT,), tuple(Fact)[:14])) == 100
        assert stage(*tuple(Fact)[9:14], Fact.SOUGHT_YOU_OUT) is Stage.LEAD


def test_at_least_29_sentences_have_their_test():
    tests = [
        test
        for group in (TestArticle1, TestArticle2)
        for name, test in vars(group).items()
        if name.startswith("test_")
    ]
    quoted = [test for test in tests if re.search(r"«.+»", test.__doc__)]

    assert len(quoted) == len(tests) >= 29


def test_a_sentence_is_found_by_its_name_only():
    assert articles.SOUGHT_OUT is articles.SENTENCES["SOUGHT_OUT"]
    with pytest.raises(AttributeError, match="there is no sentence 'SOUGHT_IN'"):
        _ = articles.SOUGHT_IN
