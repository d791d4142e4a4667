"""The report as one page of HTML; what a browser makes of it is tested in tests/browser."""

import json
import re

import pytest

from leadqual import check
from leadqual.intake.page import LISTED

FILE = b"email,responded,purchased\nana@example.com,yes,\nben@example.com,perhaps,\ncy@example.com,,yes\n"


def data_of(page):
    return json.loads(re.search('id="data">(.*?)</script>', page, re.DOTALL)[1])


def test_the_page_holds_what_the_report_says():
    report = check(FILE)
    data = data_of(report.to_html("leads.csv"))

    rows = {"rows": 3, "accepted": 2, "held_back": 0, "rejected": 1, "blank": 0, "merged": 0}
    assert data["rows"] == rows
    assert [row[2:] for row in data["stages"] if row[0] in ("lead", "customer")] == [[1, 0], [0, 1]]
    assert data["columns"][0] == ["email", "email"]
    assert data["codes"][0][:3] == ["word-unreadable", "error", 1]
    assert data["problems"] == [
        [3, 2, "responded", "error", "word-unreadable", report.problems[0].message, None]
    ]


def test_a_cell_is_shown_only_if_it_is_asked_for():
    report = check(FILE)

    assert "perhaps" not in report.to_html()
    assert data_of(report.to_html(show_values=True))["problems"][0][-1] == "perhaps"


def test_the_kept_text_of_an_accepted_row_is_shown_if_it_is_asked_for():
    report = check(b"email,phone,responded\nana@example.com,12,yes\n")

    assert data_of(report.to_html(show_values=True))["problems"][0][-1] == "12"


def test_nothing_is_loaded_from_a_network():
    """A page that somebody mails on cannot tell anybody that it was opened."""
    page = check(FILE).to_html()

    assert "default-src 'none'" in page
    assert not re.search(r"(?:src|href|url)\s*[=(]", page.replace("default-src", "").replace("-src", ""))


@pytest.mark.parametrize("name", ["</script><b>", "<!--", "]]>", "a\u2028b", 'a"b'])
def test_no_name_of_a_column_ends_the_element_that_holds_it(name):
    quoted = name.replace('"', '""')
    page = check(f'email,"{quoted}",responded\nana@example.com,x,yes\n'.encode()).to_html("<i>")

    assert data_of(page)["columns"][-1][0] == name
    assert page.count("</script>") == 2
    assert "<i>" not in page.partition("<body>")[0]


def test_a_long_list_of_problems_is_cut_and_its_length_is_told():
    rows = LISTED + 5
    data = data_of(
        check(b"email,responded\n" + b"ana@example.com,perhaps\n" * rows, duplicates="ignore").to_html()
    )

    assert (len(data["problems"]), data["codes"][0][2]) == (LISTED, rows)
