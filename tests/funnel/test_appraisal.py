"""What a list is worth before it is paid for."""

from decimal import Decimal
from fractions import Fraction

import pytest

from leadqual import Fact, Funnel, appraise, from_json, to_json
from leadqual.errors import WrongType, WrongValue
from leadqual.funnel.appraisal import SIGHT_UNSEEN, Appraisal
from leadqual.funnel.proportions import Proportion, Verdict

SEMINAR = appraise(Proportion(90, 100), price=Decimal("500.00"), contacts=100)


class TestAppraisal:
    def test_a_list_sight_unseen(self):
        """Nine times out of ten this transaction will cost a fair amount of money and net the marketer
        generic leads.
        """
        bought = appraise(SIGHT_UNSEEN, price=1000, contacts=1000)

        assert bought.sample.rate == Fraction(1, 10)
        assert bought.price_per_contact == 1
        assert bought.price_per_qualified == 10
        assert (round(bought.price_interval.low, 2), round(bought.price_interval.high, 2)) == (2.47, 55.94)
        assert str(bought) == (
            "1 of 10 = 10.0 % (1.8–40.4 %) qualified; 1.00 a contact, 10.00 a qualified one (2.47 to 55.94)"
        )

    def test_the_sample_may_be_people_or_their_funnel(self):
        people = [{Fact.INTERESTED_IN_OFFER}, [], {Fact.KNOWS_INDUSTRY, Fact.WANTS_IN}]

        appraised = appraise(people, price=30, contacts=10)
        assert appraised.sample == Proportion(2, 3)
        assert appraised == appraise(Funnel.of(people), price=30, contacts=10)

    def test_qualified_leads_that_cost_more_may_be_the_better_buy(self):
        """Conversely, purchasing qualified leads is a lot more expensive yet also an investment well worth
        making!
        """
        generic = appraise(Proportion(5, 100), price=100, contacts=100, against=SEMINAR)

        assert generic.price_per_contact < SEMINAR.price_per_contact
        assert generic.comparison.verdict is Verdict.LOWER
        assert str(generic).endswith("; more expensive for each qualified contact than the other offer")

    def test_the_cheaper_offer_and_the_one_that_nobody_can_tell(self):
        cheap = appraise(Proportion(80, 100), price=100, contacts=100, against=SEMINAR)
        unclear = appraise(SIGHT_UNSEEN, price=100, contacts=100, against=SEMINAR)

        assert str(cheap).endswith("; cheaper for each qualified contact than the other offer")
        assert str(unclear).endswith("not enough data to prefer either offer")
        assert unclear.comparison.still_needed > (0, 0)

    def test_the_verdict_is_about_the_price_of_a_qualified_contact(self):
        """Equal shares at half the price are the better buy, whatever the share."""
        half = appraise(Proportion(90, 100), price=250, contacts=100, against=SEMINAR)

        assert half.comparison.difference == Fraction(9, 10) * 5 - Fraction(9, 10) * Fraction(5, 2)
        assert half.comparison.verdict is Verdict.HIGHER
        assert SEMINAR.comparison is None

    def test_nobody_qualified_has_no_price_and_no_limit(self):
        none = appraise(Proportion(0, 50), price=10, contacts=100)

        assert none.price_per_qualified is None
        assert none.price_interval.high == float("inf")
        assert "no price known a qualified one (1.40 to no limit known)" in str(none)

    def test_nobody_looked_at(self):
        nobody = appraise([], price=10, contacts=100)

        assert (nobody.price_per_qualified, nobody.price_interval) == (None, None)
        assert str(nobody) == "0 of 0 qualified; 0.10 a contact"

    def test_a_gift_costs_nothing(self):
        assert appraise(Proportion(1, 2), price=0, contacts=5, against=SEMINAR).price_per_qualified == 0

    def test_it_is_a_value(self):
        appraised = appraise(SIGHT_UNSEEN, price=Fraction(1, 3), contacts=7, against=SEMINAR)

        assert from_json(to_json(appraised), Appraisal) == appraised


class TestBadInput:
    @pytest.mark.parametrize("price", [9.9, "9.90", True, None])
    def test_a_price_that_cannot_be_exact_is_refused(self, price):
        with pytest.raises(WrongType, match=r"price must be .*; use Decimal\('9.90'\)"):
            appraise(SIGHT_UNSEEN, price=price, contacts=1)

    def test_what_is_no_other_offer_is_refused(self):
        with pytest.raises(
            WrongType, match="against must be an Appraisal, not int; appraise the other offer"
        ):
            appraise(SIGHT_UNSEEN, price=1, contacts=1, against=7)

    def test_a_price_of_a_third_is_one(self):
        assert appraise(SIGHT_UNSEEN, price=Decimal(1) / 3, contacts=1).price == Fraction(Decimal(1) / 3)

    @pytest.mark.parametrize(
        "price",
        [-1, 10**400, *map(Decimal, ("Infinity", "NaN", "1e99999999", "1e-99999999", "0e99999999"))],
        ids=lambda price: str(price)[:9],
    )
    def test_a_price_that_is_none_is_refused(self, price):
        with pytest.raises(WrongValue, match="price: is not a price"):
            appraise(SIGHT_UNSEEN, price=price, contacts=1)

    def test_an_empty_offer_is_refused(self):
        with pytest.raises(WrongValue, match="contacts: the list is empty"):
            appraise(SIGHT_UNSEEN, price=1, contacts=0)

    def test_a_confidence_that_is_none_is_refused(self):
        with pytest.raises(WrongValue, match="confidence"):
            appraise(SIGHT_UNSEEN, price=1, contacts=1, confidence=1)
