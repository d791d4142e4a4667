"""Funnels: counts of people by stage, and conversion rates with their confidence intervals."""

from leadqual.funnel.appraisal import SIGHT_UNSEEN, Appraisal, appraise
from leadqual.funnel.claims import lint_claim
from leadqual.funnel.counting import Funnel
from leadqual.funnel.levels import Conversion
from leadqual.funnel.proportions import PeopleNeeded, Proportion, RateComparison, Verdict, time_to_reach

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
