"""Scorecards: whom to call first, by a company's own signals."""

from leadqual.scoring.priority import Priority
from leadqual.scoring.scorecard import Scorecard
from leadqual.scoring.signals import Signal

__all__ = ["Priority", "Scorecard", "Signal"]
