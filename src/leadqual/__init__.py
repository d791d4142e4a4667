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
    from leadqual.auditing import AuditCode, Discrepancy, audit
    from leadqual.comparison import Comparison, Relation, compare
    from leadqual.contacts import Contact
    from leadqual.funnel import Conversion, Funnel, appraise, lint_claim, time_to_reach
    from leadqual.history import Event, EventIdReused, History
    from leadqual.intake import LAYOUTS, FileRefused, Layout, Problem, Report, check, iter_check
    from leadqual.journeys import Journey, StageChange, journey
    from leadqual.learning import Evaluation, Learned, evaluate, learn
    from leadqual.scoring import Priority, Scorecard, Signal
    from leadqual.serialization import from_data, from_json, to_data, to_json
    from leadqual.stage_log import LoggedMove, check_stage_log
    from leadqual.verification import Finding, Proof, verify

_LOADED_ON_FIRST_USE: Final = {
    "LAYOUTS": "intake",
    "AuditCode": "auditing",
    "Comparison": "comparison",
    "Contact": "contacts",
    "Conversion": "funnel",
    "Discrepancy": "auditing",
    "Evaluation": "learning",
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
    "Priority": "scoring",
    "Problem": "intake",
    "Proof": "verification",
    "Relation": "comparison",
    "Report": "intake",
    "Scorecard": "scoring",
    "Signal": "scoring",
    "StageChange": "journeys",
    "appraise": "funnel",
    "audit": "auditing",
    "check": "intake",
    "check_stage_log": "stage_log",
    "compare": "comparison",
    "evaluate": "learning",
    "from_data": "serialization",
    "from_json": "serialization",
    "iter_check": "intake",
    "journey": "journeys",
    "learn": "learning",
    "lint_claim": "funnel",
    "time_to_reach": "funnel",
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
