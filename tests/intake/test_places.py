"""Places that an editor or a spreadsheet opens, and annotations of GitHub."""

import json

import pytest

from leadqual import Problem, check
from leadqual.intake import Code
from leadqual.intake.places import annotation, by_frequency, place_of, report_as_data

EMAIL = Problem(Code.EMAIL_INVALID, "it has no @", 3, 4, 2, "email")


@pytest.mark.parametrize(
    ("problem", "sheet", "place"),
    [
        (EMAIL, None, "leads.csv:4:2"),
        (Problem(Code.QUOTE_STRAY, "a quote", 3, 4), None, "leads.csv:4"),
        (Problem(Code.FACTS_UNREAD, "unread"), None, "leads.csv"),
        (Problem(Code.EMAIL_INVALID, "", 3, 17, 3, unit="row"), None, "leads.csv:C17"),
        (Problem(Code.EMAIL_INVALID, "", 3, 17, 3, unit="row"), "My Leads", "leads.csv:My Leads!C17"),
        (Problem(Code.EMAIL_INVALID, "", 3, 17, 3, unit="row"), "2", "leads.csv:C17"),
        (Problem(Code.CELLS_EXTRA, "", 3, 17, unit="row"), None, "leads.csv:17"),
        (Problem(Code.EMAIL_INVALID, "", 3, 2, 1, unit="item"), None, "leads.csv: item 2"),
    ],
)
def test_a_place_is_written_as_programs_open_it(problem, sheet, place):
    assert place_of(problem, "leads.csv", sheet) == place


@pytest.mark.parametrize(
    ("column", "letters"),
    [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (702, "ZZ"), (703, "AAA"), (16384, "XFD")],
)
def test_columns_of_a_sheet_have_the_letters_of_excel(column, letters):
    assert place_of(Problem(Code.DUPLICATE, "", 1, 9, column, unit="row"), "f") == f"f:{letters}9"


class TestAnnotations:
    def test_an_error_has_its_place_its_message_and_the_remedy(self):
        assert annotation(EMAIL, "leads.csv") == (
            "::error file=leads.csv,line=4,col=2,title=email-invalid::email: it has no @; correct the address"
        )

    def test_a_file_has_no_line_and_the_level_follows_the_severity(self):
        levels = {
            Code.FILE_EMPTY: "error",
            Code.FACTS_UNREAD: "error",
            Code.DUPLICATE: "warning",
            Code.FACTS_ABSENT: "notice",
        }

        for code, level in levels.items():
            told = annotation(Problem(code, "x"), "f")
            assert told == f"::{level} file=f,title={code}::x; {code.remedy}"

    def test_signs_of_the_syntax_are_escaped(self):
        """As in @actions/core: % and line ends everywhere, colon and comma in properties too."""
        hostile = Problem(Code.ROLE_ADDRESS, "50%\r\n::error::x", 1, 1, 1, "a,b:c\n::set-env")
        told = annotation(hostile, "a:b,c%\n.csv")

        assert told == (
            "::warning file=a%3Ab%2Cc%25%0A.csv,line=1,col=1,title=role-address"
            "::a,b:c%0A::set-env: 50%25%0D%0A::error::x; find a personal address"
        )


def test_the_data_of_a_report_are_those_of_the_command_line():
    report = check(b"email,Hat bestellt\nnobody,ja\nana@example.com,\n", layout="suggested")
    data = report_as_data(report, [(problem, None) for problem in report.problems])

    assert (data["rows"], data["accepted"], data["rejected"]) == (2, 1, 1)
    assert [(stage["contacts"]) for stage in data["contacts"]] == [1]
    assert "suggested" in data
    assert (
        json.loads(json.dumps([str(code) for code, _ in by_frequency(report.counts)]))[0] == "email-invalid"
    )
