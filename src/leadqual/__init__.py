"""The words of network marketing, held to their meaning.

Everything public can be imported from here. Names that need cattrs or an extra are loaded when they
are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

from leadqual.classification import Classification, classify
from leadqual.errors import LeadqualError
from leadqual.explanation import NextStep, Reason
from leadqual.facts import Evidence, Fact
from leadqual.policy import Policy
from leadqual.rules import Rule
from leadqual.stages import (
    Qualification,
    Source,
    Stage,
    Standing,
)
from leadqual.standard import STANDARD
from leadqual.transitions import TRANSITIONS, Transition, TransitionNotAllowed, transition

if TYPE_CHECKING:
    from leadqual.appraisal import appraise
    from leadqual.auditing import AuditCode, Discrepancy, audit
    from leadqual.claims import lint_claim
    from leadqual.comparison import Comparison, Relation, compare
    from leadqual.contacts import Contact
    from leadqual.conversions import Conversion
    from leadqual.evaluation import Evaluation, evaluate
    from leadqual.funnel import Funnel
    from leadqual.history import Event, EventIdReused, History
    from leadqual.intake import LAYOUTS, FileRefused, Layout, Problem, Report, check, iter_check
    from leadqual.journeys import Journey, StageChange, journey
    from leadqual.learning import Learned, learn
    from leadqual.priority import Priority
    from leadqual.scoring import Scorecard
    from leadqual.serialization import from_data, from_json, to_data, to_json
    from leadqual.signals import Signal
    from leadqual.stage_log import LoggedMove, check_stage_log
    from leadqual.verification import Finding, Proof, verify
    from leadqual.waiting import time_to_reach

_LOADED_ON_FIRST_USE: Final = {
    "LAYOUTS": "intake",
    "AuditCode": "auditing",
    "Comparison": "comparison",
    "Contact": "contacts",
    "Conversion": "conversions",
    "Discrepancy": "auditing",
    "Evaluation": "evaluation",
    "Event": "history",
    "EventIdReused": "history",
    "FileRefused": "intake",
    "Finding": "verification",
    "Funnel": "funnel",
    "History": "history",
    "Journey": "journeys",
    "Layout": "intake",
    "Learned": "learning",
    "LoggedMove": "stage_log",
    "Priority": "priority",
    "Problem": "intake",
    "Proof": "verification",
    "Relation": "comparison",
    "Report": "intake",
    "Scorecard": "scoring",
    "Signal": "signals",
    "StageChange": "journeys",
    "appraise": "appraisal",
    "audit": "auditing",
    "check": "intake",
    "check_stage_log": "stage_log",
    "compare": "comparison",
    "evaluate": "evaluation",
    "from_data": "serialization",
    "from_json": "serialization",
    "iter_check": "intake",
    "journey": "journeys",
    "learn": "learning",
    "lint_claim": "claims",
    "time_to_reach": "waiting",
    "to_data": "serialization",
    "to_json": "serialization",
    "verify": "verification",
}

__all__ = [
    "LAYOUTS",
    "STANDARD",
    "TRANSITIONS",
    "AuditCode",
    "Classification",
    "Comparison",
    "Contact",
    "Conversion",
    "Discrepancy",
    "Evaluation",
    "Event",
    "EventIdReused",
    "Evidence",
    "Fact",
    "FileRefused",
    "Finding",
    "Funnel",
    "History",
    "Journey",
    "Layout",
    "LeadqualError",
    "Learned",
    "LoggedMove",
    "NextStep",
    "Policy",
    "Priority",
    "Problem",
    "Proof",
    "Qualification",
    "Reason",
    "Relation",
    "Report",
    "Rule",
    "Scorecard",
    "Signal",
    "Source",
    "Stage",
    "StageChange",
    "Standing",
    "Transition",
    "TransitionNotAllowed",
    "appraise",
    "audit",
    "check",
    "check_stage_log",
    "classify",
    "compare",
    "evaluate",
    "from_data",
    "from_json",
    "iter_check",
    "journey",
    "learn",
    "lint_claim",
    "time_to_reach",
    "to_data",
    "to_json",
    "transition",
    "verify",
]


def __getattr__(name: str) -> object:
    """Load a public name on first use (PEP 562)."""
    if name not in _LOADED_ON_FIRST_USE:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(import_module(f"leadqual.{_LOADED_ON_FIRST_USE[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted({*__all__, *globals()})
