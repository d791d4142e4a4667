"""Names that no line holds, blanks behind the delimiter, and apostrophes for quotes."""

import gzip

import pytest
from test_intake_workbooks import by_openpyxl

from leadqual.errors import WrongType, WrongValue
from leadqual.intake import Code, FileRefused, Limits, check, iter_check


class TestColumns:
    """The names of the columns may be given where the file has none."""

    @pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
    def test_every_line_is_a_row_then(self, sign):
        data = f"Ana{sign}ana@example.com{sign}x\n\nBen{sign}ben@example{sign}y\n".encode()
        report = check(data, columns=("name", "email", "notes"))

        assert [contact.email for contact in report.contacts] == ["ana@example.com"]
        assert (report.counts.header_lines, report.counts.lines, report.counts.balanced) == (0, 3, True)
        assert str(report.problems[0]).startswith("line 3, column 2 (email): email-invalid")
        assert [row.record for row in report] == [1, 2, 3]

    def test_they_serve_workbooks_packed_files_and_named_layouts(self):
        rows = ["Ana", "ana@example.com"], ["Ben", "ben@example.com"]
        assert check(by_openpyxl(*rows), columns=["name", "email"]).counts.accepted == 2
        assert check(gzip.compress(b"Ana,ana@example.com\n"), columns=["name", "email"]).counts.accepted == 1
        assert check(b"Ana,ana@example.com\n", columns=["name", "email"], layout="plain").counts.accepted == 1

    def test_a_column_without_a_name_is_kept(self):
        (contact,) = check(b"Ana,x,ana@example.com\n", columns=["name", "", "email"]).contacts
        assert contact.extra == (("column 2", "x"),)

    def test_rows_of_another_width_are_rejected_and_names_in_the_file_are_told(self):
        report = check(b"name,email\nAna,ana@example.com\nAna\n", columns=["name", "email"])
        assert [each.code for each in report.problems] == [Code.HEADER_REPEATED, Code.CELLS_MISSING]

    def test_they_must_say_something(self):
        with pytest.raises(FileRefused, match="layout-unknown"):
            check(b"Ana,ana@example.com\n", columns=["a", "b"])
        with pytest.raises(FileRefused, match="layout-unknown"):
            check(b"Ana\n", columns=[""])

    @pytest.mark.parametrize(
        "data", [b'{"email": "ana@example.com"}', b'[{"email": "a"}]', b"BEGIN:VCARD\nEND:VCARD\n"]
    )
    def test_what_names_its_values_itself_takes_none(self, data):
        with pytest.raises(WrongValue, match="columns: are for a file without names"):
            check(data, columns=["email"])

    def test_they_are_no_text(self):
        with pytest.raises(WrongType, match="columns"):
            check(b"a", columns="email")


class TestBlanksBehindTheDelimiter:
    """A cell may be quoted behind a blank where every delimiter of the names has one."""

    @pytest.mark.parametrize("sign", [", ", "; ", "| "])
    def test_quoted_cells_are_read(self, sign):
        rows = [
            ['"name"', '"email"', '"notes"'],
            ['"Ana"', '"ana@example.com"', f'"a{sign}""b""\n c"'],
            ["Ben", "ben@example.com", "x"],
        ]
        report = check("".join(sign.join(row) + "\n" for row in rows).encode())

        assert [contact.email for contact in report.contacts] == ["ana@example.com", "ben@example.com"]
        assert dict(report.contacts[0].extra) == {"notes": f'a{sign}"b"\n c'}
        assert report.counts.balanced

    def test_names_need_no_quotes(self):
        assert check(b'name, email\n"Ana", "ana@example.com"\n').contacts[0].email == "ana@example.com"

    def test_a_stray_quote_is_one_still(self):
        report = check(b'name, email\n"Ana" x, "ana@example.com"\nAna, "ben@example.com\n')
        assert [each.code for each in report.problems] == [Code.QUOTE_STRAY, Code.QUOTE_UNCLOSED]
        assert check(b'name,email\nAna, "ana@example.com"\n').problems[0].code is Code.QUOTE_STRAY


def test_apostrophes_as_quotes_are_told():
    for data in (b"'name','email'\n'Ana','ana@example.com'\n", b"'email'\n"):
        with pytest.raises(
            FileRefused, match="header-broken: the cells stand in apostrophes; put them in double quotes"
        ):
            check(data)
    assert iter_check(b"'name,email\n").header.names == ("'name", "email")


def test_limits_of_what_is_unpacked_are_published():
    limits = Limits()
    assert (limits.unpacked_ratio, limits.unpacked_bytes) == (100, 1_073_741_824)
