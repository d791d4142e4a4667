"""The same rules over a data frame, on one machine or on many.

Polars (eager and lazy), pandas, PyArrow, DuckDB and PySpark, by way of ``narwhals``. Every function
takes a frame of any of them and returns one of the same kind; what is lazy stays lazy.
"""

from importlib import import_module

from leadqual.errors import ExtraMissing

try:
    import_module("narwhals.stable.v2")
except ModuleNotFoundError:
    raise ExtraMissing("leadqual.frames", "frames") from None

from leadqual.frames.classification import audit, classify, count
from leadqual.frames.columns import YesNoWords
from leadqual.frames.histories import replay
from leadqual.frames.points import occurrences
from leadqual.frames.priorities import prioritize
from leadqual.frames.table import FrameRefused

__all__ = ["FrameRefused", "YesNoWords", "audit", "classify", "count", "occurrences", "prioritize", "replay"]
