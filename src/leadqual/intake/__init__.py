"""Validate lead data before import, with every line accounted for."""

from leadqual.intake.checking import Run, iter_check
from leadqual.intake.codes import Code
from leadqual.intake.output import ContactsWriter, ImportWriter, RejectsWriter
from leadqual.intake.preflight import Preflight
from leadqual.intake.problems import FileRefused, Limits, Problem
from leadqual.intake.report import Report, check
from leadqual.intake.rows import Accepted, Blank, Counts, Rejected
from leadqual.systems.layout import Layout
from leadqual.systems.system_file import LAYOUTS
from leadqual.taxonomy.severity import Severity

__all__ = [
    "LAYOUTS",
    "Accepted",
    "Blank",
    "Code",
    "ContactsWriter",
    "Counts",
    "FileRefused",
    "ImportWriter",
    "Layout",
    "Limits",
    "Preflight",
    "Problem",
    "Rejected",
    "RejectsWriter",
    "Report",
    "Run",
    "Severity",
    "check",
    "iter_check",
]
