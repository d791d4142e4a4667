"""A lead file is checked whole: every line accounted for, every fault named."""

import io
from enum import EnumMeta
from pathlib import Path

import numpy as np
import pytest
from attrs import evolve, fields

from leadqual import STANDARD, Fact, Qualification, Source, Stage, Standing, intake
from leadqual.errors import LeadqualError, WrongType, WrongValue
from leadqual.intake import (
    LAYOUTS,
    Accepted,
    Blank,
    Code,
    ContactsWriter,
    FileRefused,
    ImportWriter,
    Layout,
    Limits,
    Rejected,
    RejectsWriter,
    Severity,
    check,
    iter_check,
)
from leadqual.systems.system_file import from_toml

EXAMPLES = Path(__file__).parents[2] / "examples"


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
    spans = [
        (1, report.header.last_line),
        *(row.lines for row in (*report.accepted, *report.rejected, *report.blank)),
    ]

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


HUBSPOT = "Record ID,Email,Lifecycle Stage,Unsubscribed from all email"


@pytest.mark.parametrize(
    "ours", ["leadqual_priority,leadqual_do_not_contact", "leadqual_stage", "leadqual_x"]
)
def test_a_column_that_begins_like_ours_does_not_make_a_file_ours(ours):
    data = f"{HUBSPOT},{ours}\n1,ana@example.com,Lead,TRUE{',' * len(ours.split(','))}\n"
    report = check(data.encode())

    assert report.layout.name == "hubspot"
    assert report.accepted[0].verdict.standing is Standing.DO_NOT_CONTACT


class TestLateColumns:
    """In JSON Lines a column may come after the lines that tell the layout."""

    EARLY = b"".join(b'{"email": "ana%d@example.com"}\n' % n for n in range(120))

    def test_a_late_column_is_told_once(self):
        report = check(
            self.EARLY
            + b'{"late": ""}\n{"email": "y@example.com", "late": "x"}\n{"email": "z@example.com", "late": "x"}\n'
        )

        assert [(p.code, p.line, p.header) for p in report.problems] == [(Code.COLUMN_LATE, 122, "late")]
        assert report.rejected == ()

    @pytest.mark.parametrize(
        ("value", "standing"),
        [("true", "do_not_contact"), ("false", "active"), ('"who knows"', "do_not_contact")],
    )
    def test_a_late_column_for_opt_outs_is_read(self, value, standing):
        late = "".join(f'{{"unsubscribed": {value}, "email": "{name}@example.com"}}\n' for name in ("y", "z"))
        report = check(self.EARLY + late.encode() + b'{"email": "x@example.com", "unsubscribed": null}\n')

        assert [(p.code, p.line) for p in report.problems] == [(Code.COLUMN_LATE, 121)]
        assert [str(row.verdict.standing) for row in report.accepted[-3:]] == [standing, standing, "active"]
        assert report.counts.balanced

    def test_a_late_column_for_consent_stops_a_row_that_says_no(self):
        report = check(self.EARLY + b'{"email": "x@example.com", "newsletter": false}\n')

        assert codes(report) == [Code.COLUMN_LATE, Code.CONSENT_UNREAD]
        assert report.understanding.consent_unread == ("newsletter",)

    @pytest.mark.parametrize("layout", ["plain", "ignoring"])
    def test_a_late_column_that_the_layout_knows_is_read_or_ignored(self, layout):
        chosen = (
            from_toml(
                '[layout]\nname = "o"\n[fields]\nemail = "email"\n[ignore]\ncolumns = ["opted out"]'
            ).layout
            if layout == "ignoring"
            else layout
        )
        report = check(self.EARLY + b'{"email": "z@example.com", "opted out": "yes"}', layout=chosen)

        assert [problem.code for problem in report.problems] == [Code.COLUMN_LATE]
        standing = Standing.DO_NOT_CONTACT if layout == "plain" else Standing.ACTIVE
        assert report.accepted[-1].verdict.standing is standing


class TestIdentity:
    """A cell that is there but cannot be read is no cell that is missing."""

    @pytest.mark.parametrize(
        ("phone", "code"), [("0812345678", Code.REGION_MISSING), ("+1", Code.PHONE_UNREADABLE)]
    )
    def test_a_phone_that_cannot_be_read_is_no_missing_phone(self, phone, code):
        report = check(f"Email,Phone\n,{phone}\n".encode())

        assert codes(report) == [code]
        assert report.contacts[0].extra == (("Phone", phone),)

    def test_an_address_that_cannot_be_read_is_told_once(self):
        report = check(b"Email,Phone\nana@example,0812345678\n")

        assert codes(report) == [Code.EMAIL_INVALID, Code.REGION_MISSING]
        assert len(report.rejected) == 1

    @pytest.mark.parametrize("name", ["out.csv", "out.jsonl"])
    def test_what_was_accepted_without_a_readable_cell_is_read_back(self, tmp_path, name):
        report = check(b"Email,Phone,x\n,0812345678,\n,,1\n")
        report.write_accepted(tmp_path / name)
        again = check(tmp_path / name)

        assert codes(report) == [Code.REGION_MISSING, Code.IDENTITY_MISSING]
        assert again.contacts == report.contacts
        assert again.rejected == ()

    def test_our_own_file_with_an_emptied_row_is_told_of_it(self):
        report = check(b"email,opted_out,leadqual_stage\n,,name\n")

        assert codes(report) == [Code.IDENTITY_MISSING]

    @pytest.mark.parametrize(
        ("phone", "code", "told"),
        [
            ("p:+1", Code.PHONE_UNREADABLE, "no numbering plan"),
            ("ask him", Code.PHONE_UNREADABLE, "it holds letters"),
            ("030 901820", Code.REGION_MISSING, "no country code"),
        ],
    )
    def test_why_a_phone_cannot_be_read_is_what_is_told(self, phone, code, told):
        (problem,) = check(f"name,phone\nAna,{phone}\n".encode()).problems

        assert problem.code is code
        assert told in problem.message


REPORT = check(b"email\nana@example.com\nben@example\n")
IMPORT = check(b"email\nana@example.com\n", destination="mautic")
FILES = {"target": io.StringIO(), "do_not_contact": io.StringIO()}
WRONG = {
    "None": None, "int": 7, "bool": True, "nan": float("nan"), "text": "", "bytes": b"", "list": [], "list of text": ["x"],
    "dict": {}, "object": object(), "class": Limits, "NUL": "\0", "bytes file": io.BytesIO(), "numpy int": np.int64(1),
    "numpy bool": np.bool_(True), "numpy text": np.str_("x"), "numpy array": np.array(["x"]),
}  # fmt: skip
# What the intake answers with is made by the intake; nobody else has reason to call these.
ANSWERS = {"Accepted", "Blank", "Counts", "Preflight", "Problem", "Rejected", "Report", "Run", "FileRefused"}
# Each public callable, by name, with the arguments that work, one of which at a time is replaced.
OPTIONS = {
    "source": b"email\n", "layout": None, "region": None, "encoding": None, "duplicates": "report",
    "trust_stage": False, "policy": STANDARD, "limits": Limits(), "destination": "mautic",
}  # fmt: skip
CALLS = {
    "check": (check, OPTIONS),
    "iter_check": (lambda **options: list(iter_check(**options)), OPTIONS),
    "Limits": (Limits, {"lines": 1, "record_bytes": 1, "cell_characters": 1, "columns": 1}),
    "Layout": (lambda **values: evolve(LAYOUTS["plain"], **values), dict.fromkeys(each.name for each in fields(Layout))),
    "ContactsWriter": (lambda **given: ContactsWriter(**given).close(), {"target": io.StringIO(), "extra_columns": ("x",)}),
    "RejectsWriter": (lambda **given: RejectsWriter(**given).close(), {"target": io.StringIO(), "header": REPORT.header}),
    "ImportWriter": (lambda **given: ImportWriter(**given).close(), {**FILES, "preflight": IMPORT.preflight}),
    "ImportWriter.write": (ImportWriter(**FILES, preflight=IMPORT.preflight).write, {"row": IMPORT.accepted[0]}),
    "Report.write_import": (IMPORT.write_import, FILES),
    "ContactsWriter.write": (
        ContactsWriter(io.StringIO()).write,
        {"contact": REPORT.contacts[0], "verdict": REPORT.accepted[0].verdict},
    ),
    "RejectsWriter.write": (RejectsWriter(io.StringIO(), REPORT.header).write, {"row": REPORT.rejected[0]}),
    "Report.write_accepted": (REPORT.write_accepted, {"target": io.StringIO()}),
    "Report.write_rejects": (REPORT.write_rejects, {"target": io.StringIO()}),
    "Rejected.cell": (REPORT.rejected[0].cell, {"problem": REPORT.rejected[0].problems[0]}),
}  # fmt: skip


class TestDoors:
    """Whatever a public callable is given, it does what was asked or says what would work."""

    def test_every_public_callable_has_its_arguments_here(self):
        called = {name for name in intake.__all__ if callable(getattr(intake, name))}
        called -= {name for name in called if issubclass(type(getattr(intake, name)), EnumMeta)}

        assert called - ANSWERS == {name for name in CALLS if "." not in name}

    @pytest.mark.parametrize(
        ("name", "argument"), [(name, argument) for name, (_, right) in CALLS.items() for argument in right]
    )
    def test_nothing_is_raised_that_is_not_explained(self, name, argument, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        call, right = CALLS[name]
        refused = {}
        for wrong, value in WRONG.items():
            try:
                call(**{**right, argument: value} if name != "Layout" else {argument: value})
            except LeadqualError as error:
                refused[wrong] = str(error)
        assert refused.keys() >= {"object", "dict", "class"}
        assert all(refused.values())

    @pytest.mark.parametrize("argument", OPTIONS)
    @pytest.mark.parametrize(
        "wrong", [7, [], object(), (letter for letter in "ab")], ids=["int", "list", "object", "generator"]
    )
    def test_what_is_of_no_usable_type_is_told_by_the_name_of_its_argument(self, argument, wrong):
        for call in (check, iter_check):
            with pytest.raises(WrongType, match=f"^{argument} must be "):
                call(**{**OPTIONS, argument: wrong})

    @pytest.mark.parametrize(
        ("argument", "wrong"),
        [("limits", 10), ("duplicates", True), ("trust_stage", "no"), ("policy", "acme.toml")],
    )
    def test_what_users_have_tried_is_refused_with_advice(self, argument, wrong):
        with pytest.raises(WrongType) as caught:
            check(b"email\n", **{argument: wrong})
        assert caught.value.argument == argument
        assert caught.value.expected
