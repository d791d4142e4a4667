"""Funnels: counts of people by stage, and conversion rates that say how sure they are."""

from leadqual.funnel.appraisal import SIGHT_UNSEEN, Appraisal, appraise
from leadqual.funnel.claims import lint_claim
from leadqual.funnel.conversions import Conversion
from leadqual.funnel.counting import Funnel
from leadqual.funnel.proportions import PeopleNeeded, Proportion, RateComparison, Verdict
from leadqual.funnel.waiting import time_to_reach

__all__ = [
    "SIGHT_UNSEEN",
    "Appraisal",
    "Conversion",
    "Funnel",
    "PeopleNeeded",
    "Proportion",
    "RateComparison",
    "Verdict",
    "appraise",
    "lint_claim",
    "time_to_reach",
]
