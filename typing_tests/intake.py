"""The types of the import check, as a user meets them. Checked, never run."""

from pathlib import Path
from typing import assert_type

from leadqual import LAYOUTS, Contact, FileRefused, Layout, Problem, Report, check, iter_check
from leadqual.classification.classification import Classification
from leadqual.intake import Accepted, Blank, Code, Rejected, Run, Severity

report = check("leads.csv", layout="hubspot", region="US", duplicates="merge")
assert_type(report, Report)
assert_type(report.rows, int)
assert_type(report.layout, Layout)
assert_type(report.accepted, tuple[Accepted, ...])
assert_type(report.contacts, tuple[Contact, ...])
assert_type(report.problems, tuple[Problem, ...])

run = iter_check(Path("leads.csv"), layout=LAYOUTS["plain"])
assert_type(run, Run)
for row in run:
    match row:
        case Accepted(contact=contact, verdict=verdict):
            assert_type(contact, Contact)
            assert_type(verdict, Classification)
        case Rejected():
            assert_type(row.cell(row.problems[0]), str | None)
        case Blank():
            assert_type(row.lines, tuple[int, int])


def tell(refusal: FileRefused) -> tuple[Code, Severity]:
    """Return what a refusal says."""
    assert_type(refusal.problem, Problem)
    return refusal.problem.code, refusal.problem.severity
