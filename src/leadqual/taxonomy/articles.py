"""The sentences of the two articles that every word and every rule rests on."""

from functools import partial
from typing import Final

from attrs import frozen


@frozen
class Article:
    number: int
    title: str
    author: str
    date: str = ""


@frozen
class Sentence:
    """A sentence of an article, or the part that states a rule, letter by letter."""

    article: int
    text: str

    def __str__(self) -> str:
        return f"“{self.text}” (article {self.article})"


ARTICLES: Final = (
    Article(1, "Basic expressions to generate leads in MLM: name, lead, prospect", "Gregory Troy"),
    Article(
        2,
        "Differentiate Generic Marketing Lead From Qualified MLM Network Lead",
        "Dock J. Murphy",
        "2008-03-05",
    ),
)

_article_1 = partial(Sentence, 1)
_article_2 = partial(Sentence, 2)

# Article 1: name, lead, prospect.
NEVER_WANTED_DETAILS: Final = _article_1(
    "Name or Contact is some who has never wanted to know any details about your business or products."
)
MORE_OR_LESS_QUALIFIED: Final = _article_1(
    "The word is that one name can be more qualified then the other, for example a person who never been in network marketing and states never will be is less qualified than the one who knows and likes MLM."
)
RESPONDED_TO_PROMOTION: Final = _article_1("A Lead is a person who has responded to a promotion.")
CALLED_OR_ADVERTISED: Final = _article_1(
    "So lead can come from a name you call and showing interest or you are advertising somewhere and that person respond requesting information."
)
SAW_AND_ASKED: Final = _article_1(
    "A Prospect who has seen something about your primary business and requesting more details, information."
)
SAW_A_VIDEO: Final = _article_1(
    "They might have seen a video and they have questions and want to learn more about it."
)
HAS_PURCHASED: Final = _article_1("A Customer who has purchased products.")
HAS_SIGNED_UP: Final = _article_1(
    "A Representative (rep, distributor, etc) who has signed up to build business with you."
)
SOME_BECOME_LEADS: Final = _article_1(
    "As you are using the Inviting and Presenting Formula with the 10 Communication Qualities, you show your primary business and products to them and some of them will become Leads who want more information and details."
)
BECOME_LEADERS: Final = _article_1(
    "And some of the Leads will convert to Prospects, and some Prospects will convert to Reps and Customers and finally will convert to become Leaders by you training them effectively."
)
TALK_TO_100: Final = _article_1(
    "I you talk 100 people and 50 want more information that means you have 50% conversion rate."
)
INTERESTED_IN_THE_BUSINESS: Final = _article_1(
    "If someone says that one of my advertisements got 23 people interested in the business that does not really define what the outcome was, does not it?"
)
COMPARE_RESULTS: Final = _article_1(
    "If you execute the same campaign as your leader does you will be able to compare your exact results to his or hers."
)

# Article 2: generic or qualified.
ANYONE_ON_THE_STREET: Final = _article_2(
    "An unqualified lead is anyone and everyone you might meet on the street."
)
COMPLETE_STRANGERS: Final = _article_2(
    "Complete strangers whom you hand a business card in passing are unqualified leads."
)
FAMILY_AND_FRIENDS: Final = _article_2(
    "Your family and circle of friends are perhaps the best examples of unqualified leads!"
)
NO_INTEREST_EXPRESSED: Final = _article_2(
    "They could be leads simply because out of love and respect for you they will permit you to give them your sales presentation, but they are unqualified in that they have not actually expressed an interest in the product you are selling or the company you are representing."
)
SOUGHT_OUT: Final = _article_2(
    "Usually it is a person who has sought out you or your website to get more information about the product you are selling, the service you are providing and also the business you are representing."
)
KNOWS_AND_WANTS_IN: Final = _article_2(
    "Similarly, a qualified lead is someone who is familiar with the network marketing industry and wants to become involved but might still be searching for just the right niche to buy into."
)
NOT_A_GOOD_FIT: Final = _article_2(
    "As a matter of fact, the individual may decide that your product or business and she or he simply do not represent a good fit."
)
SIGHT_UNSEEN: Final = _article_2(
    "Thus it is a questionable practice for the beginning marketer to purchase leads sights unseen."
)
MAKE_MONEY_AD: Final = _article_2(
    'Nine times out of ten this transaction will cost a fair amount of money and net the marketer generic leads, such as may have been generated with a "make money while you sleep ad" or similar promotions.'
)
SEMINARS: Final = _article_2(
    "These leads are usually collected during network marketing seminars when individuals are being introduced to the concept and express interest in learning more about the industry or the wellness aspect thereof."
)
