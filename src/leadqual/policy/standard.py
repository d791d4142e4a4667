"""The canonical reading of the two articles, as a policy."""

from typing import Final

from leadqual.policy.policy import Policy
from leadqual.policy.rules import EVENT_KINDS, Expectation, MatrixCell, Replay, Rule, Score, SequenceRule
from leadqual.taxonomy import articles
from leadqual.taxonomy.facts import Fact, Nature
from leadqual.taxonomy.stages import POSITIONS, Qualification, Stage, Standing
from leadqual.taxonomy.vocabulary import CONVENTION

# The places of events at one instant, after the reversals.
_RANK: Final = {fact: 3 if fact.nature is Nature.AGAINST else 2 for fact in Fact} | {
    Fact.SAW_BUSINESS: 1,
    Fact.OPTED_OUT: 4,
}


_EARNED_BY: Final = {
    Stage.LEAD: Fact.RESPONDED,
    Stage.PROSPECT: Fact.ASKED_FOR_MORE,
    Stage.CUSTOMER: Fact.PURCHASED,
    Stage.REP: Fact.SIGNED_UP,
    Stage.LEADER: Fact.BECAME_LEADER,
}

STANDARD: Final = Policy(
    name="standard",
    version="1",
    stages={stage: [Rule(str(fact), [fact], sentence=stage.basis)] for stage, fact in _EARNED_BY.items()},
    standings=(
        (Standing.DO_NOT_CONTACT, (Fact.OPTED_OUT,)),
        (Standing.DECLINED, (Fact.DECLINED,)),
        (Standing.LAPSED, (Fact.LAPSED,)),
    ),
    routes=(
        Rule("offer", (Fact.INTERESTED_IN_OFFER,), sentence=articles.SOUGHT_OUT),
        Rule("industry", (Fact.KNOWS_INDUSTRY, Fact.WANTS_IN), sentence=articles.KNOWS_AND_WANTS_IN),
        Rule("seminar", (Fact.ATTENDED_SEMINAR, Fact.INTERESTED_IN_INDUSTRY), sentence=articles.SEMINARS),
        Rule("customer", (Fact.PURCHASED,), sentence=f"{CONVENTION}: who buys the offer is interested in it"),
        Rule(
            "rep", (Fact.SIGNED_UP,), sentence=f"{CONVENTION}: who signs up for the offer is interested in it"
        ),
    ),
    score=Score(
        base=15,
        qualified=50,
        points=(
            (Fact.RESPONDED, 4),
            (Fact.INTERESTED_IN_OFFER, 3),
            (Fact.SOUGHT_YOU_OUT, 6),
            (Fact.SAW_BUSINESS, 3),
            (Fact.ASKED_FOR_MORE, 8),
            (Fact.ATTENDED_SEMINAR, 1),
            (Fact.INTERESTED_IN_INDUSTRY, 1),
            (Fact.KNOWS_INDUSTRY, 2),
            (Fact.LIKES_INDUSTRY, 3),
            (Fact.WANTS_IN, 4),
            (Fact.NEVER_JOINING, -9),
            (Fact.DECLINED, -4),
            (Fact.LAPSED, -2),
        ),
    ),
    replay=Replay(
        rank=sorted(EVENT_KINDS, key=lambda kind: 0 if kind.reverses else _RANK[kind.fact]),
        clears=(
            (Fact.RESPONDED, (Fact.DECLINED,)),
            (Fact.PURCHASED, (Fact.DECLINED, Fact.LAPSED)),
            (Fact.SIGNED_UP, (Fact.DECLINED, Fact.LAPSED)),
            (Fact.INTERESTED_IN_INDUSTRY, (Fact.DECLINED,)),
            (Fact.WANTS_IN, (Fact.DECLINED,)),
        ),
        then=(SequenceRule(Fact.SAW_BUSINESS, Fact.INTERESTED_IN_OFFER, Fact.ASKED_FOR_MORE),),
    ),
    expects=Expectation(
        impossible=[MatrixCell(each, Qualification.GENERIC) for each in POSITIONS if Stage.PROSPECT in each],
        reachable=(Qualification.QUALIFIED, Stage.CUSTOMER, Stage.LEADER, Standing.ACTIVE),
    ),
)
