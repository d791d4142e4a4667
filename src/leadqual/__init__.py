"""The words of network marketing, and data checked against their meaning.

Everything public can be imported from here. Names that need cattrs or an extra are loaded when they
are first used.
"""

from importlib import import_module
from threading import RLock
from typing import TYPE_CHECKING, Final

from leadqual.classification.classification import Classification, classify
from leadqual.classification.explanation import NextStep, Reason
from leadqual.errors import ExtraMissing, Fault, LeadqualError, Refused, WrongType, WrongValue
from leadqual.policy.policy import Policy, PolicyRefused
from leadqual.policy.rules import Rule
from leadqual.policy.standard import STANDARD
from leadqual.taxonomy.facts import Evidence, Fact
from leadqual.taxonomy.stages import Qualification, Source, Stage, Standing
from leadqual.taxonomy.transitions import TRANSITIONS, Transition, TransitionNotAllowed, transition
from leadqual.taxonomy.vocabulary import UnknownWord

if TYPE_CHECKING:
    from leadqual.contacts.auditing import AuditCode, Discrepancy, audit
    from leadqual.contacts.contact import Contact
    from leadqual.contacts.record import RecordUnreadable
    from leadqual.documents import DocumentRefused
    from leadqual.funnel.appraisal import appraise
    from leadqual.funnel.claims import lint_claim
    from leadqual.funnel.counting import Funnel
    from leadqual.funnel.levels import Conversion
    from leadqual.funnel.proportions import time_to_reach
    from leadqual.history.history import Event, EventIdReused, History
    from leadqual.history.journeys import Journey, LoggedMove, StageChange, check_stage_log, journey
    from leadqual.intake import LAYOUTS, FileRefused, Layout, Problem, Report, check, iter_check
    from leadqual.learning.evaluation import Evaluation, evaluate
    from leadqual.learning.learned import Learned, learn
    from leadqual.learning.records import TooFewOutcomes
    from leadqual.scoring.priority import Priority
    from leadqual.scoring.scorecard import Scorecard, ScorecardRefused
    from leadqual.scoring.signals import Signal
    from leadqual.serialization.converter import DataUnreadable, from_data, from_json, to_data, to_json
    from leadqual.serialization.schema import json_schema, record_schema
    from leadqual.systems.crosswalk import Expressed, express, interpret
    from leadqual.systems.mapping import ValueMapping, ValueMeaning
    from leadqual.systems.system import System
    from leadqual.systems.system_file import SYSTEMS
    from leadqual.verification import Finding, Proof, verify
    from leadqual.verification.comparison import Comparison, Relation, compare

_LOADED_ON_FIRST_USE: Final = {
    "contacts.auditing": ("AuditCode", "Discrepancy", "audit"),
    "contacts.contact": ("Contact",),
    "contacts.record": ("RecordUnreadable",),
    "documents": ("DocumentRefused",),
    "funnel.appraisal": ("appraise",),
    "funnel.claims": ("lint_claim",),
    "funnel.counting": ("Funnel",),
    "funnel.levels": ("Conversion",),
    "funnel.proportions": ("time_to_reach",),
    "history.history": ("Event", "EventIdReused", "History"),
    "history.journeys": ("Journey", "LoggedMove", "StageChange", "check_stage_log", "journey"),
    "intake": ("LAYOUTS", "FileRefused", "Layout", "Problem", "Report", "check", "iter_check"),
    "learning.evaluation": ("Evaluation", "evaluate"),
    "learning.learned": ("Learned", "learn"),
    "learning.records": ("TooFewOutcomes",),
    "scoring.priority": ("Priority",),
    "scoring.scorecard": ("Scorecard", "ScorecardRefused"),
    "scoring.signals": ("Signal",),
    "serialization.converter": ("DataUnreadable", "from_data", "from_json", "to_data", "to_json"),
    "serialization.schema": ("json_schema", "record_schema"),
    "systems.crosswalk": ("Expressed", "express", "interpret"),
    "systems.mapping": ("ValueMapping", "ValueMeaning"),
    "systems.system": ("System",),
    "systems.system_file": ("SYSTEMS",),
    "verification": ("Finding", "Proof", "verify"),
    "verification.comparison": ("Comparison", "Relation", "compare"),
}
_MODULE_OF: Final = {name: module for module, names in _LOADED_ON_FIRST_USE.items() for name in names}

__all__ = [
    "LAYOUTS", "STANDARD", "SYSTEMS", "TRANSITIONS", "AuditCode", "Classification", "Comparison",
    "Contact", "Conversion", "DataUnreadable", "Discrepancy", "DocumentRefused", "Evaluation", "Event",
    "EventIdReused", "Evidence", "Expressed", "ExtraMissing", "Fact", "Fault", "FileRefused", "Finding",
    "Funnel", "History", "Journey", "Layout", "LeadqualError", "Learned", "LoggedMove", "NextStep",
    "Policy", "PolicyRefused", "Priority", "Problem", "Proof", "Qualification", "Reason",
    "RecordUnreadable", "Refused", "Relation", "Report", "Rule", "Scorecard", "ScorecardRefused",
    "Signal", "Source", "Stage", "StageChange", "Standing", "System", "TooFewOutcomes", "Transition",
    "TransitionNotAllowed", "UnknownWord", "ValueMapping", "ValueMeaning", "WrongType", "WrongValue",
    "appraise", "audit", "check", "check_stage_log", "classify", "compare", "evaluate", "express",
    "from_data", "from_json", "interpret", "iter_check", "journey", "json_schema", "learn", "lint_claim",
    "record_schema", "time_to_reach", "to_data", "to_json", "transition", "verify",
]  # fmt: skip


# Two threads that enter a package by different modules of it would wait for each other.
_LOADING: Final = RLock()


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with _LOADING:
        value = getattr(import_module(f"leadqual.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*__all__, *globals()})
