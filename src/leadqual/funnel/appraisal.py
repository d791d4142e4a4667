"""The appraisal of an offered list of contacts, from a sample of it."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Final, final

from attrs import frozen

from leadqual.errors import WrongValue, require
from leadqual.funnel.counting import Funnel, Person
from leadqual.funnel.proportions import CONFIDENCE, MOST, Interval, Proportion, RateComparison, Verdict, whole

SIGHT_UNSEEN: Final = Proportion(1, 10)
"""The forecast for a list without a sample: “Nine times out of ten” the contacts are generic.

It counts like a sample of ten contacts. Source: article 2.
"""

_DIGITS: Final = 60


@final
@frozen
class Appraisal:
    """The price of the qualified contacts of an offered list, by a sample of it."""

    sample: Proportion
    price: Fraction
    contacts: int
    confidence: float
    against: "Appraisal | None" = None

    @property
    def price_per_contact(self) -> float:
        return float(self.price / self.contacts)

    @property
    def price_per_qualified(self) -> float | None:
        """Return the price of a qualified contact at the observed share; None if none was seen."""
        rate = self.sample.rate
        return float(self.price / self.contacts / rate) if rate else None

    @property
    def price_interval(self) -> Interval | None:
        """Return the likely range of that price, infinite where the share may be 0; None without a sample."""
        _, low, high = self.sample.per_success(self.price / self.contacts, self.confidence)
        return None if low is None else Interval(float(low), float("inf") if high is None else float(high))

    @property
    def comparison(self) -> RateComparison | None:
        """Return the comparison with the other offer: HIGHER if a qualified contact is cheaper here."""
        if (other := self.against) is None:
            return None
        # Each share is multiplied by the other offer's price per contact.
        weights = (other.price / other.contacts, self.price / self.contacts)
        return RateComparison(self.sample, other.sample, self.confidence, weights)

    def __str__(self) -> str:
        text = f"{self.sample} qualified; {self.price_per_contact:,.2f} a contact"
        ends, price = self.price_interval, self.price_per_qualified
        if ends is not None:
            expected = "no price known" if price is None else f"{price:,.2f}"
            high = "no limit known" if ends.high == float("inf") else f"{ends.high:,.2f}"
            text += f", {expected} a qualified one ({ends.low:,.2f} to {high})"
        if self.comparison is not None:
            text += f"; {_ADVICE[self.comparison.verdict]}"
        return text


_ADVICE: Final = {
    Verdict.HIGHER: "cheaper for each qualified contact than the other offer",
    Verdict.LOWER: "more expensive for each qualified contact than the other offer",
    Verdict.NOT_ENOUGH_DATA: "not enough data to prefer either offer",
}


def appraise(
    sample: Funnel | Proportion | Iterable[Person],
    *,
    price: int | Decimal | Fraction,
    contacts: int,
    against: Appraisal | None = None,
    confidence: float = CONFIDENCE,
) -> Appraisal:
    """Return the appraisal of an offered list of contacts, from a sample of it.

    *sample* is a random part of the list: a funnel of it, the people, or the proportion of those who are
    qualified; `SIGHT_UNSEEN` where there is none. *price* is for all *contacts* of the list, in the
    same money as *against*, the appraisal of another offer.

    Source: article 2, “Thus it is a questionable practice for the beginning marketer to purchase
    leads sights unseen.”

    Raises:
        WrongValue: If the price is negative or not finite, the list empty, or *confidence* not in 0 to 1.
        WrongType: If the price is a float, which cannot hold cents exactly, or a value has another type.
    """
    kinds = (Decimal, Fraction) if isinstance(price, bool) else (int, Decimal, Fraction)
    require("price", price, kinds, "a whole number, a Decimal or a Fraction", "use Decimal('9.90')")
    # The fraction of Decimal('1e-99999999') takes for ever, so the exponent is checked first.
    exponent = price.as_tuple().exponent if isinstance(price, Decimal) else 0
    if isinstance(exponent, str) or abs(exponent) > _DIGITS or not 0 <= price <= MOST:
        raise WrongValue("price", "is not a price", f"give what the whole list costs, from 0 to {MOST:,}")
    contacts = whole("contacts", contacts)
    if not contacts:
        raise WrongValue("contacts", "the list is empty", "give how many contacts are offered")
    if not isinstance(sample, Funnel | Proportion):
        sample = Funnel.of(sample)
    require("against", against, Appraisal | None, "an Appraisal", "appraise the other offer first")
    share = sample.qualified if isinstance(sample, Funnel) else sample
    share.interval(confidence)  # refuses a wrong confidence
    return Appraisal(share, Fraction(price), contacts, confidence, against)
