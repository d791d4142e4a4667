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
    from leadqual.contacts import Contact
    from leadqual.history import Event, EventIdReused, History
    from leadqual.intake import LAYOUTS, FileRefused, Layout, Problem, Report, check, iter_check
    from leadqual.serialization import from_data, from_json, to_data, to_json

_LOADED_ON_FIRST_USE: Final = {
    "LAYOUTS": "intake",
    "Contact": "contacts",
    "Event": "history",
    "EventIdReused": "history",
    "FileRefused": "intake",
    "History": "history",
    "Layout": "intake",
    "Problem": "intake",
    "Report": "intake",
    "check": "intake",
    "from_data": "serialization",
    "from_json": "serialization",
    "iter_check": "intake",
    "to_data": "serialization",
    "to_json": "serialization",
}

__all__ = [
    "LAYOUTS",
    "STANDARD",
    "TRANSITIONS",
    "Classification",
    "Contact",
    "Event",
    "EventIdReused",
    "Evidence",
    "Fact",
    "FileRefused",
    "History",
    "Layout",
    "LeadqualError",
    "NextStep",
    "Policy",
    "Problem",
    "Qualification",
    "Reason",
    "Report",
    "Rule",
    "Source",
    "Stage",
    "Standing",
    "Transition",
    "TransitionNotAllowed",
    "check",
    "classify",
    "from_data",
    "from_json",
    "iter_check",
    "to_data",
    "to_json",
    "transition",
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
