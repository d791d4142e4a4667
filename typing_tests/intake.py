"""The types that a user of the intake meets."""

from typing import assert_type

from leadqual import LAYOUTS, FileRefused, Layout, Problem, Report, check, iter_check
from leadqual.contacts import Contact
from leadqual.intake import Accepted, Blank, Counts, Rejected

report = check(b"email\nana@example.com\n", layout="plain")
assert_type(report, Report)
assert_type(report.rows, int)
assert_type(report.accepted, tuple[Accepted, ...])
assert_type(report.contacts, tuple[Contact, ...])
assert_type(report.problems, tuple[Problem, ...])
assert_type(LAYOUTS["plain"], Layout)
with iter_check("leads.csv") as run:
    assert_type(run.counts, Counts)
    for row in run:
        assert_type(row, Accepted | Rejected | Blank)


def refused(error: FileRefused) -> None:
    """Show that a refusal carries its problem."""
    assert_type(error.problem, Problem)
