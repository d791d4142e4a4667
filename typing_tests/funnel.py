"""What type checkers must see of funnels, rates, appraisals and claims; never run, only checked."""

from datetime import UTC, datetime
from fractions import Fraction
from typing import assert_type

from leadqual import (
    Contact,
    Conversion,
    Evidence,
    Fact,
    Funnel,
    Source,
    Stage,
    appraise,
    classify,
    lint_claim,
    time_to_reach,
)
from leadqual.funnel.appraisal import SIGHT_UNSEEN, Appraisal
from leadqual.funnel.claims import VagueClaim
from leadqual.funnel.levels import Level
from leadqual.funnel.proportions import (
    Interval,
    PeopleNeeded,
    Proportion,
    RateComparison,
    TimeToReach,
    Verdict,
)

funnel = Funnel.of([Evidence(), {Fact.RESPONDED}, classify([]), Contact()])
assert_type(funnel, Funnel)
assert_type(funnel + Funnel(), Funnel)
assert_type(Funnel.from_counts({Stage.NAME: 100, Stage.LEAD: 50}), Funnel)
assert_type(Funnel.from_counts({"name": 100, "contacted": 90}), Funnel)
assert_type(Funnel.from_counts([{"earned_lead": True, "contacts": 3}]), Funnel)


def source(contact: Contact) -> Source | None:
    return contact.source


assert_type(Funnel.by([Contact()], source), dict[Source | None, Funnel])
assert_type(funnel.now, dict[Stage, int])
assert_type(funnel.reached, dict[Level, int])
assert_type(funnel.count(Fact.CONTACTED), int)
assert_type(funnel.qualified, Proportion)

rate = funnel.rate(Stage.NAME, Stage.LEADER)
assert_type(rate, Conversion)
assert_type(rate.rate, Fraction | None)
assert_type(rate.interval(confidence=0.99), Interval | None)
assert_type(funnel.names_needed(3), PeopleNeeded)

comparison = funnel.compare(Funnel(), Fact.CONTACTED, Stage.LEAD, confidence=0.9)
assert_type(comparison, RateComparison)
assert_type(comparison.verdict, Verdict)
assert_type(comparison.still_needed, tuple[int, int] | None)

assert_type(appraise(SIGHT_UNSEEN, price=100, contacts=1000), Appraisal)
assert_type(appraise([Contact()], price=100, contacts=1000).price_per_qualified, float | None)
assert_type(lint_claim("23 people interested"), tuple[VagueClaim, ...])
assert_type(time_to_reach([(datetime.now(UTC), None)], as_of=datetime.now(UTC)), TimeToReach)
