"""A lead file is checked whole: every line accounted for, every fault named."""

from pathlib import Path

import pytest

from leadqual import Fact, Qualification, Source, Stage, Standing
from leadqual.errors import WrongValue
from leadqual.intake import Accepted, Blank, Code, FileRefused, Rejected, Severity, check, iter_check

EXAMPLES = Path(__file__).parent.parent / "examples"


def codes(report):
    return [problem.code for problem in report.problems]


def test_a_plain_file_becomes_contacts_with_their_verdicts():
    report = check(b"name,E-Mail,Responded,source\nAna,ana@example.com,yes,social media\n")

    (row,) = report.accepted
    assert row.contact.name == "Ana"
    assert row.contact.email == "ana@example.com"
    assert row.contact.source is Source.SOCIAL_MEDIA
    assert Fact.RESPONDED in row.contact.evidence
    assert row.verdict.stage is Stage.LEAD
    assert row.lines == (2, 2)
    assert report.counts.stages == {(Stage.LEAD, Qualification.GENERIC): 1}


def test_every_line_of_the_sample_lies_in_exactly_one_span():
    path = EXAMPLES / "contacts.csv"
    report = check(path)
    spans = [report.header.lines, *(row.lines for row in (*report.accepted, *report.rejected, *report.blank))]

    lines = [line for first, last in spans for line in range(first, last + 1)]
    assert sorted(lines) == list(range(1, len(path.read_bytes().splitlines()) + 1))
    assert report.counts.balanced
    assert (report.rows, len(report.accepted), len(report.rejected), len(report.blank)) == (23, 14, 9, 2)


def test_the_sample_shows_every_kind_of_fault_at_its_place():
    report = check(EXAMPLES / "contacts.csv")

    assert [(problem.line, problem.column, str(problem.code)) for problem in report.problems] == [
        (8, 13, "claim-unproved"),
        (9, 3, "role-address"),
        (10, 4, "region-missing"),
        (11, 4, "phone-unreadable"),
        (12, 12, "consent-unreadable"),
        (13, 3, "several-values"),
        (14, 5, "word-unlisted"),
        (17, 3, "email-invalid"),
        (18, 7, "word-unreadable"),
        (19, None, "identity-missing"),
        (20, None, "cells-missing"),
        (21, None, "cells-extra"),
        (22, None, "quote-stray"),
        (23, None, "quote-unclosed"),
        (24, None, "read-after-damage"),
        (25, None, "row-in-quotes"),
        (25, None, "read-after-damage"),
        (26, None, "header-repeated"),
    ]


def test_an_unreadable_consent_cell_means_do_not_contact():
    (row,) = check(b"email,opted_out\nana@example.com,perhaps\n").accepted

    assert row.verdict.standing is Standing.DO_NOT_CONTACT
    assert [problem.code for problem in row.problems] == [Code.CONSENT_UNREADABLE]
    assert ("opted_out", "perhaps") in row.contact.extra


def test_all_faults_of_a_record_are_told_in_one_pass():
    report = check(b"email,responded,wants in\nana@example,maybe,who knows\n")

    assert codes(report) == [Code.EMAIL_INVALID, Code.WORD_UNREADABLE, Code.WORD_UNREADABLE]
    assert all(problem.severity is Severity.ERROR for problem in report.problems)


def test_the_iterator_yields_rows_and_counts_what_it_has_yielded():
    run = iter_check(b"email\nana@example.com\n\nbroken\n")

    assert [type(row) for row in run] == [Accepted, Blank, Rejected]
    assert run.counts.balanced
    assert (run.counts.accepted, run.counts.rejected, run.counts.blank) == (1, 1, 1)


def test_a_file_that_cannot_be_used_is_refused_with_its_problem():
    with pytest.raises(FileRefused) as refusal:
        check(b"")

    assert refusal.value.problem.code is Code.FILE_EMPTY


def test_a_region_that_is_no_country_is_refused_before_a_row_is_read():
    with pytest.raises(
        WrongValue, match="region: no country has the code 'UK'; give its two capital letters"
    ):
        iter_check(b"name,phone\n", region="UK")
