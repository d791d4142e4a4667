"""The sentences of the two articles that every word and every rule rests on."""

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

_TEXTS: Final = {
    1: {
        "NEVER_WANTED_DETAILS": "Name or Contact is some who has never wanted to know any details about your business or products.",
        "MORE_OR_LESS_QUALIFIED": "The word is that one name can be more qualified then the other, for example a person who never been in network marketing and states never will be is less qualified than the one who knows and likes MLM.",
        "RESPONDED_TO_PROMOTION": "A Lead is a person who has responded to a promotion.",
        "CALLED_OR_ADVERTISED": "So lead can come from a name you call and showing interest or you are advertising somewhere and that person respond requesting information.",
        "SAW_AND_ASKED": "A Prospect who has seen something about your primary business and requesting more details, information.",
        "SAW_A_VIDEO": "They might have seen a video and they have questions and want to learn more about it.",
        "HAS_PURCHASED": "A Customer who has purchased products.",
        "HAS_SIGNED_UP": "A Representative (rep, distributor, etc) who has signed up to build business with you.",
        "SOME_BECOME_LEADS": "As you are using the Inviting and Presenting Formula with the 10 Communication Qualities, you show your primary business and products to them and some of them will become Leads who want more information and details.",
        "BECOME_LEADERS": "And some of the Leads will convert to Prospects, and some Prospects will convert to Reps and Customers and finally will convert to become Leaders by you training them effectively.",
        "TALK_TO_100": "I you talk 100 people and 50 want more information that means you have 50% conversion rate.",
        "INTERESTED_IN_THE_BUSINESS": "If someone says that one of my advertisements got 23 people interested in the business that does not really define what the outcome was, does not it?",
        "COMPARE_RESULTS": "If you execute the same campaign as your leader does you will be able to compare your exact results to his or hers.",
    },
    2: {
        "ANYONE_ON_THE_STREET": "An unqualified lead is anyone and everyone you might meet on the street.",
        "COMPLETE_STRANGERS": "Complete strangers whom you hand a business card in passing are unqualified leads.",
        "FAMILY_AND_FRIENDS": "Your family and circle of friends are perhaps the best examples of unqualified leads!",
        "NO_INTEREST_EXPRESSED": "They could be leads simply because out of love and respect for you they will permit you to give them your sales presentation, but they are unqualified in that they have not actually expressed an interest in the product you are selling or the company you are representing.",
        "SOUGHT_OUT": "Usually it is a person who has sought out you or your website to get more information about the product you are selling, the service you are providing and also the business you are representing.",
        "KNOWS_AND_WANTS_IN": "Similarly, a qualified lead is someone who is familiar with the network marketing industry and wants to become involved but might still be searching for just the right niche to buy into.",
        "NOT_A_GOOD_FIT": "As a matter of fact, the individual may decide that your product or business and she or he simply do not represent a good fit.",
        "SIGHT_UNSEEN": "Thus it is a questionable practice for the beginning marketer to purchase leads sights unseen.",
        "MAKE_MONEY_AD": 'Nine times out of ten this transaction will cost a fair amount of money and net the marketer generic leads, such as may have been generated with a "make money while you sleep ad" or similar promotions.',
        "SEMINARS": "These leads are usually collected during network marketing seminars when individuals are being introduced to the concept and express interest in learning more about the industry or the wellness aspect thereof.",
    },
}

SENTENCES: Final = {
    name: Sentence(article, text) for article, texts in _TEXTS.items() for name, text in texts.items()
}


def __getattr__(name: str) -> Sentence:
    """Return a sentence by its name: ``articles.SOUGHT_OUT``."""
    if name not in SENTENCES:
        raise AttributeError(f"there is no sentence {name!r}")
    return SENTENCES[name]
