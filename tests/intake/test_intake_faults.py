"""Every code has a meaning, a remedy and a file that causes it; no message holds the data of a person."""

import copy
import io
import logging
import pickle
import traceback
import warnings

import openpyxl
import pytest

from leadqual import to_json
from leadqual.intake import Code, FileRefused, Limits, Problem, Severity, check

CANARY = "zanarya"
NUMBER = "5550177"


def workbook():
    book = openpyxl.Workbook()
    book.active.append(["name", "email"])
    book.active.append(["zanarya", "=zanarya"])
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


# Each code with a file that causes it. Every file holds the canary in the cells of a person.
EARLY = b'{"email": "zanarya@example.com"}\n' * 100
CAUSES = {
    Code.FILE_UNREADABLE: ("/nowhere/zanarya.csv", {}),
    Code.FILE_EMPTY: (b"\n\n", {}),
    Code.FILE_NOT_TEXT: (b"%PDF zanarya", {}),
    Code.ENCODING_UNKNOWN: (b"n\xe4me,email\nzanarya,zanarya@example.com\n", {}),
    Code.HEADER_BROKEN: (b'zan"arya,email\nzanarya,zanarya@example.com\n', {}),
    Code.HEADER_AMBIGUOUS: (b"email,name,email\nzanarya@example.com,zanarya,\n", {}),
    Code.HEADER_MISSING: (b"zanarya,zanarya@example.com\nzanarya,z@example.com\n", {}),
    Code.LAYOUT_UNKNOWN: (b"zanarya,5550177x\nzanarya,1\n", {}),
    Code.LAYOUT_INVALID: (b"email\nzanarya@example.com\n", {"layout": "/nowhere/own.toml"}),
    Code.LIMIT_EXCEEDED: (b"name,email,zanarya\n", {"limits": Limits(columns=2)}),
    Code.SHEET_UNKNOWN: (workbook(), {"sheet": "zanary"}),
    Code.CELL_UNCOMPUTED: (workbook(), {}),
    Code.CARD_BROKEN: (b"BEGIN:VCARD\nVERSION:3.0\nFN:zanarya\n", {}),
    Code.QUOTE_UNCLOSED: (b'name,email\n"zanarya,zanarya@example.com\n', {}),
    Code.QUOTE_STRAY: (b'name,email\nzan"arya,zanarya@example.com\n', {}),
    Code.ROW_IN_QUOTES: (b'name,email\n"zanarya,zanarya@example.com"\n', {}),
    Code.ROWS_SWALLOWED: (
        b'name,email,notes\nzanarya,zanarya@example.com,"a\nzanarya,zanarya@example.com,b"\n',
        {},
    ),
    Code.CELLS_MISSING: (b"name,email,x\nzanarya,zanarya@example.com\n", {}),
    Code.CELLS_EXTRA: (b"name,email\nzanarya,zanarya@example.com,zanarya\n", {}),
    Code.NOT_TEXT: (b"name,email\nzanarya\xff,zanarya@example.com\n", {}),
    Code.CONTROL_CHARACTER: (b"name,email\nzanarya\x01,zanarya@example.com\n", {}),
    Code.RECORD_TOO_LONG: (b"name,email\nzanarya,zanarya@example.com\n", {"limits": Limits(record_bytes=20)}),
    Code.CELL_TOO_LONG: (b"name,email\nzanarya,zanarya@example.com\n", {"limits": Limits(cell_characters=5)}),
    Code.HEADER_REPEATED: (b"name,email\nname,email\n", {}),
    Code.JSON_INVALID: (b'{"email": "zanarya@example.com"}\n{"email": "zanarya@example.com"\n', {}),
    Code.IDENTITY_MISSING: (b"name,email,city\n,,zanarya\n", {}),
    Code.EMAIL_INVALID: (b"name,email\nzanarya,zanarya@zanarya\n", {}),
    Code.WORD_UNREADABLE: (b"name,email,responded\nzanarya,zanarya@example.com,zanarya\n", {}),
    Code.DATE_UNREADABLE: (
        b"Email Address,LEID,OPTIN_TIME\nzanarya@example.com,1,zanarya\n",
        {"layout": "mailchimp"},
    ),
    Code.NUMBER_UNREADABLE: (
        b"Contact ID,Lifecycle Stage,Email,Number of Form Submissions\n1,,zanarya@example.com,zanarya\n",
        {},
    ),
    Code.CONSENT_UNREAD: (b"name,email,newsletter\nzanarya,zanarya@example.com,zanarya\n", {}),
    Code.FACTS_UNREAD: (b"name,email,bought\nzanarya,zanarya@example.com,zanarya\n", {}),
    Code.PHONE_UNREADABLE: (b"name,phone\nzanarya,+1 5550177 zanarya\n", {}),
    Code.REGION_MISSING: (b"name,phone\nzanarya,030 5550177\n", {}),
    Code.CONSENT_UNREADABLE: (b"name,email,opted out\nzanarya,zanarya@example.com,zanarya\n", {}),
    Code.ROWS_IN_QUOTES: (b'name,email,notes\nzanarya,zanarya@example.com,"a\nzanarya,b,c"\n', {}),
    Code.READ_AFTER_DAMAGE: (
        b'name,email\n"zanarya,zanarya@example.com\nzanarya,zanarya@example.com\n',
        {},
    ),
    Code.TEXT_DAMAGED: ("name,email\nzanaryaÃ©,zanarya@example.com\n".encode(), {}),
    Code.SEVERAL_VALUES: (b"name,email\nzanarya,zanarya@example.com; z@example.com\n", {}),
    Code.ROLE_ADDRESS: (b"name,email\nzanarya,info@zanarya.example.com\n", {}),
    Code.DUPLICATE: (b"name,email\nzanarya,zanarya@example.com\nzanarya,zanarya@example.com\n", {}),
    Code.CLAIM_UNPROVED: (b"name,email,stage\nzanarya,zanarya@example.com,rep\n", {}),
    Code.CLAIM_UNKNOWN: (b"name,email,stage\nzanarya,zanarya@example.com,zanarya\n", {}),
    Code.WORD_UNLISTED: (b"name,email,source\nzanarya,zanarya@example.com,zanarya\n", {}),
    Code.HEADER_DUPLICATED: (b"name,email,x,x\nzanarya,zanarya@example.com,,\n", {}),
    Code.ADDRESS_DEAD: (b"name,email,status\nzanarya,zanarya@example.com,bounced\n", {}),
    Code.EVIDENCE_UNREAD: (b"name,email,responded,budget\nzanarya,zanarya@example.com,,zanarya\n", {}),
    Code.ANSWERS_UNREAD: (b"name,email,vip\nzanarya,zanarya@example.com,yes\n", {}),
    Code.FACTS_ABSENT: (b"name,email\nzanarya,zanarya@example.com\n", {}),
    Code.COLUMN_LATE: (EARLY + b'{"email": "z@example.com", "late": "zanarya"}', {}),
    Code.CONSENT_OUTSIDE: (b"Do not contact\n\nname,email,phone\nzanarya,zanarya@example.com,\n", {}),
    Code.CONSENT_UNREAD_ELSEWHERE: (
        b"name,email,newsletter\nzanarya,zanarya@example.com,no\nzanarya,zanarya@example.com,\n",
        {},
    ),
    Code.OPTED_OUT_ELSEWHERE: (
        b"id,email,opted out\n1,zanarya@example.com,\n2,zanarya@example.com,yes\n",
        {},
    ),
    Code.DESTINATION_UNMET: (b"name,email\nzanarya,zanarya@example.com\n", {"destination": "zoho"}),
    Code.DESTINATION_MISSING: (
        b"last name,company,email\nzanarya,,zanarya@example.com\n",
        {"destination": "zoho"},
    ),
    Code.DESTINATION_TOO_LONG: (
        b"last name,company,email\nzanarya," + b"x" * 101 + b",z@example.com\n",
        {"destination": "zoho"},
    ),
    Code.DESTINATION_FORBIDDEN: (b'email,city\nz@example.com,"zana\nrya"\n', {"destination": "mautic"}),
    Code.DESTINATION_UNLISTED: (
        b"Record ID,Lifecycle Stage,Email\n1,zanarya,zanarya@example.com\n",
        {"destination": "hubspot"},
    ),
    Code.DESTINATION_REPEATED: (
        b"email\nzanarya@example.com\nZanarya@example.com\n",
        {"destination": "hubspot"},
    ),
    Code.DESTINATION_LIMIT: (
        ",".join(f"zanarya {number}" for number in range(999)).encode()
        + b",email\n"
        + b"," * 999
        + b"z@example.com\n",
        {"destination": "hubspot"},
    ),
    Code.OPT_OUT_STRANDED: (b"name,opted out\nzanarya,yes\n", {"destination": "mautic"}),
    Code.FORMULA_ESCAPED: (b"email,city\nzanarya@example.com,=zanarya\n", {"destination": "mautic"}),
}


# Demands of a destination, which reject nothing.
OF_DESTINATIONS = {code for code in Code if str(code).startswith(("destination-", "opt-out-stranded"))}


def problems_of(code):
    source, options = CAUSES[code]
    try:
        report = check(source, **options)
    except FileRefused as refusal:
        return (refusal.problem,), None, refusal
    return (*report.problems, *report.understanding.notes), report, None


def test_there_are_62_codes_and_each_has_its_cause_here():
    assert len(Code) == 62
    assert set(CAUSES) == set(Code)


@pytest.mark.parametrize("code", Code, ids=str)
class TestEveryCode:
    """Every code has a test that triggers it, and a documented meaning and remedy."""

    def test_it_is_found_with_its_severity(self, code):
        problems, report, refusal = problems_of(code)

        assert code in {problem.code for problem in problems}
        assert (code.severity is Severity.REFUSAL) == (refusal is not None)
        if report is not None and code is not Code.HEADER_REPEATED:
            rejected = {problem.code for row in report.rejected for problem in row.problems}
            told = code in rejected or code in (Code.FACTS_UNREAD, Code.CONSENT_OUTSIDE, *OF_DESTINATIONS)
            assert (code.severity is Severity.ERROR) == told

    def test_it_has_a_meaning_and_a_remedy(self, code):
        assert code.meaning
        assert code.remedy
        assert not code.meaning.endswith(".")

    def test_nothing_that_is_told_holds_the_data_of_a_person(self, code, caplog):
        with warnings.catch_warnings(record=True) as warned, caplog.at_level(logging.DEBUG):
            problems, report, refusal = problems_of(code)
        told = [str(problem) + repr(problem) + to_json(problem) for problem in problems]
        told += [str(warning.message) for warning in warned] + caplog.messages
        if report is not None:
            told += [str(report), repr(report), repr(report.counts)]
            told += [repr(row) for row in report]
        if refusal is not None:
            told += ["".join(traceback.format_exception(refusal))]
            told += [str(each) + repr(each) for each in (refusal, refusal.__cause__, refusal.__context__)]
            told += getattr(refusal, "__notes__", [])

        said = "".join(told).replace("test_intake_faults", "")
        if code not in {Code.FILE_UNREADABLE, Code.LAYOUT_INVALID}:
            assert CANARY not in "\n".join(line for line in said.splitlines() if "CAUSES" not in line)
            assert NUMBER not in said


def test_the_value_is_given_to_whoever_asks_for_it():
    report = check(b"name,email\nzanarya,zanarya@zanarya\n")
    (row,) = report.rejected

    assert row.cell(row.problems[0]) == "zanarya@zanarya"
    assert row.cell(Problem(Code.QUOTE_STRAY, "x")) == row.text == "zanarya,zanarya@zanarya\n"
    assert row.cell(Problem(Code.QUOTE_STRAY, "x", column=9)) == row.text


class TestProblem:
    def test_its_text_has_the_place_the_code_and_the_message(self):
        problem = Problem(Code.EMAIL_INVALID, "it has no dot", 3, 17, 4, "Email")

        assert str(problem) == "line 17, column 4 (Email): email-invalid: it has no dot"
        assert str(Problem(Code.CELLS_EXTRA, "too many", 3, 17)) == "line 17: cells-extra: too many"
        assert str(Problem(Code.NOT_TEXT, "no", 3, 17, 4)) == "line 17, column 4: not-text: no"
        assert str(Problem(Code.FILE_EMPTY, "nothing")) == "file-empty: nothing"
        assert problem.severity is Severity.ERROR
        assert str(problem.severity) == "error"

    def test_a_repair_is_no_part_of_what_is_shown(self):
        problem = Problem(Code.ROW_IN_QUOTES, "wrapped", repair="zanarya")

        assert CANARY not in repr(problem) + str(problem) + to_json(problem)

    def test_a_refusal_is_a_value(self):
        refusal = FileRefused(Problem(Code.FILE_EMPTY, "nothing"))

        assert pickle.loads(pickle.dumps(refusal)) == refusal == copy.copy(refusal)
        assert str(refusal) == "file-empty: nothing; export it again"


def test_a_report_and_its_rows_can_be_pickled():
    report = check(b"name,email\nAna,ana@example.com\nBen,ben@example\n\n")

    again = pickle.loads(pickle.dumps(report))

    assert again == report
    assert io.StringIO() is not None
