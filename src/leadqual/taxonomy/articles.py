"""The sentences of the two articles that every word and every rule rests on."""

from typing import Final

from attrs import frozen


@frozen
class Article:
    """A source text."""

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

# Article 1: name, lead, prospect.
NEVER_WANTED_DETAILS: Final = Sentence(
    1, "Name or Contact is some who has never wanted to know any details about your business or products."
)
MORE_OR_LESS_QUALIFIED: Final = Sentence(
    1,
    "The word is that one name can be more qualified then the other, for example a person who never been in network marketing and states never will be is less qualified than the one who knows and likes MLM.",
)
STILL_ONLY_A_NAME: Final = Sentence(1, "Regardless of qualification they are still only a name.")
RESPONDED_TO_PROMOTION: Final = Sentence(1, "A Lead is a person who has responded to a promotion.")
TO_PROMOTE: Final = Sentence(1, "The word “promote” means to make known.")
CALLED_OR_ADVERTISED: Final = Sentence(
    1,
    "So lead can come from a name you call and showing interest or you are advertising somewhere and that person respond requesting information.",
)
WORK_FROM_HOME: Final = Sentence(
    1,
    "They are not necessarily requesting more information about your primary business, so that what makes them a Lead not a Prospect.",
)
SAW_AND_ASKED: Final = Sentence(
    1,
    "A Prospect who has seen something about your primary business and requesting more details, information.",
)
SAW_A_VIDEO: Final = Sentence(
    1, "They might have seen a video and they have questions and want to learn more about it."
)
HAS_PURCHASED: Final = Sentence(1, "A Customer who has purchased products.")
HAS_SIGNED_UP: Final = Sentence(
    1, "A Representative (rep, distributor, etc) who has signed up to build business with you."
)
SOME_BECOME_LEADS: Final = Sentence(
    1,
    "As you are using the Inviting and Presenting Formula with the 10 Communication Qualities, you show your primary business and products to them and some of them will become Leads who want more information and details.",
)
BECOME_LEADERS: Final = Sentence(
    1,
    "And some of the Leads will convert to Prospects, and some Prospects will convert to Reps and Customers and finally will convert to become Leaders by you training them effectively.",
)
TALK_TO_100: Final = Sentence(
    1, "I you talk 100 people and 50 want more information that means you have 50% conversion rate."
)
INTERESTED_IN_THE_BUSINESS: Final = Sentence(
    1,
    "If someone says that one of my advertisements got 23 people interested in the business that does not really define what the outcome was, does not it?",
)
TWENTY_THREE_LEADS: Final = Sentence(
    1,
    "But if they say that one of my promotion generated 23 leads, so now you understand that means 23 leads who requested information, and they are not prospects, customers, reps, leaders.",
)
COMPARE_RESULTS: Final = Sentence(
    1,
    "If you execute the same campaign as your leader does you will be able to compare your exact results to his or hers.",
)
CALLED_CONVERSION: Final = Sentence(
    1, "How many people you convert from one section to another that called Conversion."
)
NAME_TO_LEADER: Final = Sentence(
    1,
    "Lets say you talk 100 people and 1 becomes Leader, so your Name to Leader conversion rate is 1%.",
)

# Article 2: generic or qualified.
ANYONE_ON_THE_STREET: Final = Sentence(
    2, "An unqualified lead is anyone and everyone you might meet on the street."
)
COMPLETE_STRANGERS: Final = Sentence(
    2, "Complete strangers whom you hand a business card in passing are unqualified leads."
)
FAMILY_AND_FRIENDS: Final = Sentence(
    2, "Your family and circle of friends are perhaps the best examples of unqualified leads!"
)
NO_INTEREST_EXPRESSED: Final = Sentence(
    2,
    "They could be leads simply because out of love and respect for you they will permit you to give them your sales presentation, but they are unqualified in that they have not actually expressed an interest in the product you are selling or the company you are representing.",
)
MAY_BE_TURNED: Final = Sentence(
    2,
    "Do not misunderstand: there is a chance that any lead, no matter how generic and unqualified, may be turned into a qualified lead, yet this is a time consuming process that relies on the skill, product knowledge and determination of the network marketer.",
)
SOUGHT_OUT: Final = Sentence(
    2,
    "Usually it is a person who has sought out you or your website to get more information about the product you are selling, the service you are providing and also the business you are representing.",
)
KNOWS_AND_WANTS_IN: Final = Sentence(
    2,
    "Similarly, a qualified lead is someone who is familiar with the network marketing industry and wants to become involved but might still be searching for just the right niche to buy into.",
)
NOT_A_GOOD_FIT: Final = Sentence(
    2,
    "As a matter of fact, the individual may decide that your product or business and she or he simply do not represent a good fit.",
)
TURNED_OFF: Final = Sentence(
    2, "Fledgling marketers may also turn off qualified leads because of incompetence."
)
SIGHT_UNSEEN: Final = Sentence(
    2, "Thus it is a questionable practice for the beginning marketer to purchase leads sights unseen."
)
MAKE_MONEY_AD: Final = Sentence(
    2,
    'Nine times out of ten this transaction will cost a fair amount of money and net the marketer generic leads, such as may have been generated with a "make money while you sleep ad" or similar promotions.',
)
WORTH_MAKING: Final = Sentence(
    2,
    "Conversely, purchasing qualified leads is a lot more expensive yet also an investment well worth making!",
)
SEMINARS: Final = Sentence(
    2,
    "These leads are usually collected during network marketing seminars when individuals are being introduced to the concept and express interest in learning more about the industry or the wellness aspect thereof.",
)
NO_GUARANTEE: Final = Sentence(2, "There is no guarantee in network marketing, only a leg up.")
