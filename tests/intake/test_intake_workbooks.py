"""A row of a sheet is a record; a cell without a value is a fault of its row, never a blank."""

import datetime as dt
import io
import re
import struct
import subprocess
import sys
import time
import tracemalloc
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadqual import Fact
from leadqual.errors import ExtraMissing, WrongType, WrongValue
from leadqual.intake import Code, FileRefused, Limits, Rejected, check, iter_check

openpyxl = pytest.importorskip("openpyxl")
xlsxwriter = pytest.importorskip("xlsxwriter")
calamine = pytest.importorskip("python_calamine")


def at(*parts):
    """Return an instant; a workbook has no time zones."""
    return dt.datetime(*parts)  # noqa: DTZ001 (see above)


HEADER = ["name", "email", "phone", "responded", "note"]
ANA = ["Ana", "ana@example.com", None, None, None]


def by_openpyxl(*rows, **others):
    """Return a workbook of one sheet with these rows; the others are further sheets."""
    book = openpyxl.Workbook()
    for name, content in {"Leads": rows, **others}.items():
        sheet = book.create_sheet(name)
        for row in content:
            sheet.append(row)
    del book["Sheet"]
    return saved(book)


def saved(book):
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def by_xlsxwriter(*rows, **options):
    """Return a workbook whose texts stand in their cells, or are shared."""
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True, "remove_timezone": True, **options})
    sheet, day = book.add_worksheet("Leads"), book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, dt.datetime):
                sheet.write_datetime(number, column, value, day)
            elif value is not None:
                sheet.write(number, column, value)
    book.close()
    return data.getvalue()


def with_parts(data, change):
    """Return a workbook whose parts went through *change*, a function of name and bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            changed = change(name, old.read(name))
            if changed is not None:
                new.writestr(name, changed)
    return out.getvalue()


def with_sheet(xml, data=None):
    """Return a workbook whose sheet holds these rows as XML."""

    def change(name, part):
        if name.startswith("xl/worksheets/sheet"):
            return re.sub(rb"<sheetData.*</sheetData>|<sheetData ?/>", b"<sheetData>" + xml + b"</sheetData>", part, flags=re.DOTALL)  # fmt: skip
        return part

    return with_parts(data or by_openpyxl(HEADER, ANA), change)


def cells(*texts):
    return b"".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>'.encode() for text in texts)


HEAD_XML = b'<row r="1">' + cells("name", "email", "note") + b"</row>"


def told(report):
    return [(each.record, each.header, each.code) for each in report.problems if each.record]


def extra(report):
    return [dict(row.contact.extra) for row in report.accepted]


@pytest.mark.parametrize(
    "make", [by_openpyxl, by_xlsxwriter, lambda *rows: by_xlsxwriter(*rows, constant_memory=True)]
)
class TestRows:
    """A row of the sheet stands where a line stands."""

    def test_rows_have_the_numbers_of_the_sheet_and_missing_ones_are_blank(self, make):
        report = check(
            make(HEADER, ANA, [], [None, "ben@example"], ["Cem", "cem@example.com", "+4930901820", True])
        )

        assert [row.record for row in report] == [2, 3, 4, 5]
        assert [row.record for row in report.blank] == [3]
        assert (report.counts.unit, report.counts.lines, report.counts.header_lines) == ("row", 5, 1)
        assert report.counts.balanced
        assert str(report.problems[0]).startswith("row 4, column 2 (email): email-invalid")
        assert report.contacts[1].phone == "+4930901820"

    def test_values_are_written_as_csv_has_them(self, make):
        values = {
            "day": (at(2026, 4, 3), "2026-04-03"),
            "moment": (at(2026, 4, 3, 10, 30), "2026-04-03T10:30:00"),
            "whole": (4930901820, "4930901820"),
            "whole real": (3.0, "3"),
            "real": (0.1 + 0.2, "0.3"),
            "minus": (-1.25, "-1.25"),
            "yes": (True, "true"),
            "no": (False, "false"),
            "text like a number": ("007", "007"),
            "text like a date": ("03.04.2026", "03.04.2026"),
            "lines": ("a\nb", "a\nb"),
            "15 digits": (999_999_999_999_999, "999999999999999"),
        }
        report = check(
            make(["email", *values], ["ana@example.com", *(value for value, _ in values.values())])
        )

        assert extra(report) == [{name: text for name, (_, text) in values.items()}]

    def test_a_phone_that_is_a_number_has_lost_its_plus_and_says_so(self, make):
        report = check(make(HEADER, ["Ana", "ana@example.com", 4930901820]))

        assert [each.code for each in report.problems] == [Code.REGION_MISSING]

    def test_a_number_whose_digits_are_lost_is_a_fault(self, make):
        report = check(make(HEADER, ["Ana", "ana@example.com", None, None, 1234567890123456789]))

        assert told(report) == [(2, "note", Code.CELL_UNCOMPUTED)]

    def test_a_row_with_text_beyond_the_names_is_rejected(self, make):
        report = check(make(["email"], ["ana@example.com", None, "x"], ["ben@example.com", " "]))

        assert told(report) == [(2, None, Code.CELLS_EXTRA)]

    def test_names_that_come_again_are_told(self, make):
        assert told(check(make(HEADER, HEADER, ANA))) == [(2, None, Code.HEADER_REPEATED)]

    def test_chunks_of_any_size_give_the_same(self, make):
        data = make(HEADER, ANA)
        assert check(io.BytesIO(data)).contacts == check(data).contacts == check(bytearray(data)).contacts


class TestWhatHasNoValue:
    """An error cell and a formula without a stored result are faults of the row, never blank."""

    def test_an_error_and_a_formula_without_a_result_are_told_each_in_its_cell(self):
        data = by_openpyxl([*HEADER, "opted out"], ["Ana", "=A1", None, None, "=1/0", "=B2"], ANA)
        report = check(data)

        assert told(report) == [(2, name, Code.CELL_UNCOMPUTED) for name in ("email", "note", "opted out")]
        assert report.rejected[0].cells == ("Ana", "=A1", "", "", "=1/0", "=B2")

    def test_errors_are_told_as_they_are_written(self):
        book = openpyxl.Workbook()
        for row in (HEADER, ["Ana", "ana@example.com", "#N/A"]):
            book.active.append(row)
        assert book.active["C2"].data_type == "e"
        report = check(saved(book))

        assert told(report) == [(2, "phone", Code.CELL_UNCOMPUTED)]
        assert report.rejected[0].cell(report.problems[0]) == "#N/A"

    def test_an_opt_out_that_is_an_error_is_no_consent(self):
        report = check(
            by_openpyxl(["email", "opted out"], ["ana@example.com", "#N/A"], ["ana@example.com", None])
        )

        assert str(report.accepted[0].verdict.standing) == "do_not_contact"

    def test_a_formula_with_a_result_is_its_result(self):
        data = io.BytesIO()
        book = xlsxwriter.Workbook(data)
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["email", "a", "b", "c", "d"])
        sheet.write(1, 0, "ana@example.com")
        for column, result in enumerate(["text", 3, True], 1):
            sheet.write_formula(1, column, "=A1", None, result)
        sheet.write_formula(2, 0, "=A1", None, "#REF!")
        book.close()
        report = check(data.getvalue())

        assert extra(report) == [{"a": "text", "b": "3", "c": "true"}]
        assert told(report) == [(3, "email", Code.CELL_UNCOMPUTED)]

    def test_a_date_that_no_calendar_has_is_told(self):
        xml = HEAD_XML + b'<row r="2">' + cells("Ana", "ana@example.com") + b'<c s="1"><v>9E9</v></c></row>'
        book = openpyxl.Workbook()
        book.active.append([at(2026, 4, 3)])
        report = check(with_sheet(xml, saved(book)))

        assert told(report) == [(2, "note", Code.CELL_UNCOMPUTED)]


def test_it_is_known_how_far_the_file_was_read():
    data = by_openpyxl(HEADER, ANA)
    with iter_check(data) as run:
        list(run)
        assert 0 < run.bytes_read <= len(data)


def test_a_title_above_the_names_is_no_row():
    report = check(by_openpyxl(["Leads of May"], [], ["Exported", at(2026, 4, 3)], HEADER, ANA))

    assert (report.counts.accepted, report.counts.header_lines, report.accepted[0].record) == (1, 4, 5)
    with pytest.raises(FileRefused, match="header-missing"):
        check(by_openpyxl(["ana@example.com"], HEADER, ANA))


def test_an_opt_out_of_another_row_is_told_at_its_row():
    data = by_openpyxl(["email", "opted out"], ["ana@example.com"], ["ana@example.com", True])
    assert str(check(data, duplicates="ignore").problems[0]).startswith("row 2: opted-out-elsewhere")


def test_times_and_durations_are_texts():
    report = check(
        by_openpyxl(["email", "at", "for"], ["ana@example.com", dt.time(10, 30), dt.timedelta(hours=30)])
    )

    assert extra(report) == [{"at": "10:30:00", "for": "1 day, 6:00:00"}]


def test_years_from_1904_are_told_by_the_workbook():
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.MAC_EPOCH
    for row in (["email", "day"], ["ana@example.com", at(2026, 4, 3)]):
        book.active.append(row)

    assert extra(check(saved(book))) == [{"day": "2026-04-03"}]


def test_hidden_rows_are_read():
    book = openpyxl.Workbook()
    for row in (HEADER, ANA):
        book.active.append(row)
    book.active.row_dimensions[2].hidden = True

    assert len(check(saved(book)).accepted) == 1


class TestMergedCells:
    """A merged cell holds for each of its rows, as whoever looks at the sheet sees it."""

    ROWS = (["email", "opted out"], ["a@example.com", "yes"], ["b@example.com"], ["c@example.com"])

    @staticmethod
    def merged(*ranges, rows=ROWS):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        for each in ranges:
            book.active.merge_cells(each)
        return saved(book)

    @staticmethod
    def opted_out(report):
        return [Fact.OPTED_OUT in contact.evidence for contact in report.contacts]

    def test_an_opt_out_over_several_rows_counts_for_each(self):
        report = check(self.merged("B2:B3"))

        assert self.opted_out(report) == [True, True, False]
        assert report.counts.balanced

    def test_over_several_columns_only_the_first_holds_the_text(self):
        rows = (["email", "opted out", "note"], ["a@example.com", "yes"], ["b@example.com"])
        report = check(self.merged("B2:C3", rows=rows))

        assert self.opted_out(report) == [True, True]
        assert extra(report) == [{}, {}]

    def test_a_heading_over_two_rows_is_no_cell(self):
        report = check(self.merged("A1:A2", rows=(["email", "note"], [None, "of May"], ["a@example.com"])))

        assert told(report) == [(2, None, Code.IDENTITY_MISSING)]

    def test_rows_without_a_text_stay_blank(self):
        report = check(self.merged("B2:B5", rows=(*self.ROWS, [])))

        assert self.opted_out(report) == [True, True, True]
        assert report.rows == 3

    def test_what_is_merged_over_columns_alone_changes_nothing(self):
        rows = (["email", "opted out", "note"], ["a@example.com", "yes"], ["b@example.com"])

        assert self.opted_out(check(self.merged("B2:C2", rows=rows))) == [True, False]

    def test_more_merged_cells_than_any_sheet_has_are_refused(self, monkeypatch):
        monkeypatch.setattr("leadqual.intake.workbooks._MOST_MERGED", 1)

        assert len(check(self.merged("B2:B3")).accepted) == 3
        with pytest.raises(FileRefused, match="limit-exceeded"):
            check(self.merged("A2:A3", "B2:B3"))


class TestWordsInTheNamesOfSheets:
    """What a sheet is called may say that nobody in it wants to be contacted; it is told, read or not."""

    @pytest.mark.parametrize("title", ["Unsubscribed", "Do not contact", "Opt-outs", "Abmeldungen", "DNC"])
    def test_they_are_an_error_of_the_file(self, title):
        book = openpyxl.Workbook()
        book.active.title = title
        for row in (["email"], ["ana@example.com"]):
            book.active.append(row)
        report = check(saved(book))

        assert not report.clear
        (problem,) = report.problems
        told = "consent-outside: words against contact stand outside the rows, in a title or in the name of"
        assert str(problem) == f"{told} a sheet: '{title}'"
        assert check(saved(book), no_consent_in=[title.upper()]).clear

    def test_also_where_another_sheet_is_read_and_the_names_of_columns_are_given(self):
        book = openpyxl.Workbook()
        book.active.append(["ana@example.com"])
        book.create_sheet("Unsubscribed").append(["ben@example.com"])
        report = check(saved(book), sheet="Sheet", columns=["email"])

        assert [problem.code for problem in report.problems] == [Code.CONSENT_OUTSIDE]


def test_formatted_texts_are_read_whole_and_control_characters_told():
    xml = (
        HEAD_XML
        + b"""<row r="2"><c t="inlineStr"><is><r><t>An</t></r><r><rPr><b/></rPr><t>a</t></r></is></c>
        <c t="inlineStr"><is><t>ana@example.com_x000D_</t></is></c><c t="inlineStr"/><c t="str"><f>A1</f><v></v></c></row>
        <row r="3"><c r="B3" t="inlineStr"><is><t>b\x7f@example.com</t></is></c><c><f/></c></row>"""
    )
    report = check(with_sheet(xml))

    assert (report.contacts[0].name, report.contacts[0].email) == ("Ana", "ana@example.com")
    assert [code for _, _, code in told(report)] == [Code.CELL_UNCOMPUTED, Code.EMAIL_INVALID][::-1]


def test_long_cells_and_control_characters_are_told():
    data = by_openpyxl(HEADER, [*ANA[:4], "x" * 100])
    assert told(check(data, limits=Limits(cell_characters=50))) == [(2, "note", Code.CELL_TOO_LONG)]
    xml = HEAD_XML + b'<row r="2">' + cells("Ana", "ana@example.com", "\x7f") + b"</row>"
    assert told(check(with_sheet(xml))) == [(2, "note", Code.CONTROL_CHARACTER)]


def test_damaged_text_is_told():
    assert told(check(by_openpyxl(HEADER, ["MÃ¼ller", "ana@example.com"]))) == [
        (2, "name", Code.TEXT_DAMAGED)
    ]


class TestSheets:
    """One visible sheet with data is read; else the sheet has to be named."""

    def test_the_only_one_with_data_is_read(self):
        assert check(by_openpyxl(HEADER, ANA, Sheet2=[], Sheet3=[[None]])).counts.accepted == 1

    def test_of_several_one_has_to_be_named(self):
        data = by_openpyxl(HEADER, ANA, Old=[HEADER, ANA, ANA], Empty=[])

        with pytest.raises(FileRefused, match="sheet-unknown: 2 visible sheets .*: 'Leads', 'Old'") as caught:
            check(data)
        assert "--sheet NAME" in str(caught.value)
        assert check(data, sheet="Old").counts.accepted == check(data, sheet=2).counts.accepted == 2
        assert check(data, sheet="1").counts.accepted == 1
        assert iter_check(data, sheet="Old").header.names == tuple(HEADER)
        for sheet in (0, 4, "4", "nothing", "leads", -1):
            with pytest.raises(
                FileRefused, match="sheet-unknown: no visible sheet .* 'Leads', 'Old', 'Empty'"
            ):
                check(data, sheet=sheet)

    @pytest.mark.parametrize("state", ["hidden", "veryHidden"])
    def test_a_hidden_one_is_read_only_by_its_name(self, state):
        book = openpyxl.Workbook()
        book.create_sheet("Secret", 0).append(HEADER)
        book["Secret"].append(ANA)
        book["Secret"].sheet_state = state
        data = saved(book)

        with pytest.raises(FileRefused, match="sheet-unknown: 0 visible sheets .*: 'Secret', 'Sheet'"):
            check(data)
        assert check(data, sheet="Secret").counts.accepted == 1
        with pytest.raises(FileRefused, match="file-empty"):
            check(data, sheet=1)

    def test_a_workbook_without_any_cell_is_empty(self):
        with pytest.raises(FileRefused, match="file-empty"):
            check(by_openpyxl())

    def test_a_sheet_of_what_has_none_is_no_choice(self):
        with pytest.raises(WrongValue, match="sheet: is for a workbook"):
            check(b"email\nana@example.com\n", sheet=1)
        with pytest.raises(WrongType, match="sheet"):
            check(by_openpyxl(HEADER, ANA), sheet=1.5)


class TestHostile:
    """One clear line, in bounded memory and time."""

    def refused(self, data, match, **options):
        tracemalloc.start()
        started = time.perf_counter()
        try:
            with pytest.raises(FileRefused, match=match):
                list(iter_check(data, **options))
            assert tracemalloc.get_traced_memory()[1] < 100_000_000
            assert time.perf_counter() - started < 60
        finally:
            tracemalloc.stop()

    def test_a_damaged_archive(self):
        data = by_openpyxl(HEADER, ANA)
        self.refused(data[: len(data) // 2], "file-unreadable: the workbook or archive is damaged")
        self.refused(b"PK\x03\x04rest", "file-unreadable: the workbook or archive is damaged")
        self.refused(with_parts(data, lambda name, part: part[:-20]), "file-unreadable: .* damaged")
        self.refused(
            with_parts(data, lambda name, part: None if "sheet1" in name else part), "file-unreadable"
        )
        self.refused(with_parts(data, lambda name, part: None if name[3:] == "workbook.xml" else part), "file-unreadable")  # fmt: skip

    def test_the_strict_variant_is_no_empty_file(self):
        names = (
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        )
        data = with_parts(
            by_openpyxl(HEADER, ANA), lambda name, part: part.replace(*names) if "sheet1" in name else part
        )
        self.refused(data, "file-unreadable: .* save it again in Excel")

    def test_damage_in_the_middle_of_a_sheet(self):
        data = with_sheet(HEAD_XML + b'<row r="2">' + cells("Ana", "ana@example.com") + b"</row><row><<")
        self.refused(data, "file-unreadable: the workbook or archive is damaged")

    @pytest.mark.parametrize(
        "xml",
        [
            b'<row r="3"><c><v>1</v></c></row><row r="2"><c><v>1</v></c></row>',
            b'<row r="2"><c><v>1</v></c></row><row r="2"><c><v>1</v></c></row>',
            b'<row r="1048577"><c><v>1</v></c></row>',
            b'<row r="1000000000000"><c><v>1</v></c></row>',
            b'<row r="x"/>',
            b'<row r="2"><c r="ZZZZZ2"><v>1</v></c></row>',
            b'<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>',
            b'<row r="2"><c t="s"><v>99</v></c></row>',
            b'<row r="2"><c><v>x</v></c></row>',
            b'<row r="2"><c s="x"><v>1</v></c></row>',
        ],
    )
    def test_rows_and_cells_that_no_workbook_has(self, xml):
        self.refused(with_sheet(HEAD_XML + xml), "file-unreadable: the workbook or archive is damaged")

    def test_deep_and_expanding_xml(self):
        self.refused(with_sheet(HEAD_XML + b"<a>" * 50_000), "file-unreadable|limit-exceeded")
        entities = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
            f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(12)
        )
        data = with_parts(
            by_openpyxl(HEADER, ANA),
            lambda name, part: (
                re.sub(rb"<worksheet", entities + b"]><worksheet", part).replace(b"<t>", b"<t>&m;")
                if name.startswith("xl/worksheets")
                else part
            ),
        )
        self.refused(data, "file-unreadable")

    def test_a_row_without_end(self):
        self.refused(with_sheet(HEAD_XML + b'<row r="2">' + b"<c/>" * 400_000 + b"</row>"), "file-unreadable")

    def test_a_bomb(self):
        bomb = with_parts(by_openpyxl(HEADER, ANA), lambda name, part: part + b" " * 200_000_000 if "sheet1" in name else part)  # fmt: skip
        self.refused(bomb, "limit-exceeded: what it holds is more than 100 times as large as the file")
        data = by_openpyxl(HEADER, ANA)
        self.refused(
            data,
            "limit-exceeded: the workbook is too large when unpacked",
            limits=Limits(unpacked_bytes=5_000),
        )

    def test_a_file_that_is_larger_than_what_it_may_hold(self):
        data = b"PK\x03\x04" + bytes(900_000)
        self.refused(data, "limit-exceeded: the workbook is too large", limits=Limits(unpacked_bytes=100_000))

    def test_a_sheet_of_blank_rows(self):
        xml = HEAD_XML + b"".join(b'<row r="%d" spans="1:3"/>' % number for number in range(2, 30_000))
        data = with_sheet(xml)
        tracemalloc.start()
        with iter_check(data) as run:
            rows = sum(1 for _ in run)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

        assert (rows, run.counts.blank, run.counts.balanced) == (29_998, 29_998, True)
        assert peak < 4_000_000

    def test_a_password(self):
        data = bytearray(by_openpyxl(HEADER, ANA))
        place = data.rfind(b"PK\x01\x02")
        data[place + 8 : place + 10] = struct.pack("<H", 1)
        self.refused(bytes(data), "file-not-text: not a lead file: this is an archive with a password")

    def test_what_no_cell_depends_on_is_not_looked_at(self):
        def change(name, part):
            if name == "xl/styles.xml" or "theme" in name:
                return None
            part = re.sub(rb"<dimension[^>]*>", b"", part)
            return b"<nonsense" if name.startswith("docProps") else part

        assert check(with_parts(by_openpyxl(HEADER, ANA), change)).counts.accepted == 1
        no_default = with_parts(by_openpyxl(HEADER, ANA), lambda name, part: re.sub(rb"<cellStyles.*</cellStyles>", b"", part))  # fmt: skip
        assert check(no_default).counts.accepted == 1

    def test_macros_are_not_run_and_the_rows_are_read(self):
        macro = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
        plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
        data = with_parts(by_openpyxl(HEADER, ANA), lambda name, part: part.replace(plain, macro))

        assert check(data).counts.accepted == 1


@pytest.mark.parametrize(
    ("names", "advice"),
    [
        (["xl/workbook.bin", "[Content_Types].xml"], "binary workbook .*save it as .xlsx"),
        (["mimetype", "content.xml"], "OpenDocument file"),
        (["word/document.xml", "[Content_Types].xml"], "Word document"),
        (["a.csv", "b.csv"], "an archive of 2 files; unpack it"),
        (["a.csv"], "an archive of 1 file; unpack it"),
        ([], "an archive of 0 files"),
    ],
)
def test_other_archives_are_told_with_what_to_do(names, advice):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in names:
            archive.writestr(name, "email\nana@example.com\n")

    with pytest.raises(FileRefused, match=f"file-not-text: not a lead file: this is .*{advice}"):
        check(data.getvalue())


def test_without_the_package_it_is_said_which_extra_brings_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl.reader.excel", None)

    with pytest.raises(ExtraMissing, match=re.escape("pip install 'leadqual[intake]'")):
        check(by_openpyxl(HEADER, ANA))


def test_rejects_go_into_csv_are_corrected_and_lose_nothing():
    book = by_openpyxl(
        HEADER, ANA, ["=x", "ben@example", None, None, "a;b\nc"], ["Cem", "cem@example.com", None, "#N/A"],
        ["Dee", "dee@example", None, True, 7],
    )  # fmt: skip
    report = check(book)
    rejects = io.StringIO()
    report.write_rejects(rejects)
    again = check(rejects.getvalue().encode())

    assert [row.cells for row in report.rejected] == [tuple(row.cells[1:]) for row in again.rejected] or len(
        again.rejected
    ) == 3
    text = (
        rejects.getvalue().replace("ben@example", "ben@example.com").replace("dee@example", "dee@example.com")
    )
    corrected = check(text.replace("#N/A", "").replace("'=x", "Ben").encode())
    assert {contact.email for contact in (*report.contacts, *corrected.contacts)} == {
        f"{name}@example.com" for name in ("ana", "ben", "cem", "dee")
    }
    assert [dict(row.contact.extra) for row in corrected.accepted] == [{"note": "a;b\nc"}, {}, {"note": "7"}]


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=8).filter(
    lambda text: "_x" not in text
)
VALUE = (
    st.none() | st.booleans() | st.integers(-(10**14), 10**14) | st.floats(-1e9, 1e9, allow_subnormal=False)
    | TEXT | st.datetimes(at(1950, 1, 1), at(2100, 1, 1)).map(lambda at: at.replace(microsecond=0))
)  # fmt: skip


def plain(value):
    """Return what a value of the oracle is as the text of a cell."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, dt.date) else str(value)


@given(
    st.lists(st.lists(VALUE, min_size=4, max_size=4), max_size=6),
    st.sampled_from([by_openpyxl, by_xlsxwriter]),
)
def test_every_cell_is_what_calamine_reads_and_every_row_is_accounted_for(rows, make):
    rows = [
        [None if isinstance(value, str) and value[:1] in ("=", "#", "{") else value for value in row]
        for row in rows
    ]
    data = make(["email", "a", "b", "c", "d"], *(["ana@example.com", *row] for row in rows), ["ben@example"])
    report = check(data)

    assert report.counts.balanced
    assert report.counts.lines == len(rows) + 2
    assert [row.record for row in report] == list(range(2, len(rows) + 3))
    oracle = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    for row, read in zip(report, oracle[1:], strict=True):
        if not isinstance(row, Rejected):
            found = dict(row.contact.extra)
            assert {
                name: text for name, text in zip("abcd", map(plain, read[1:]), strict=False) if text.strip()
            } == found


@pytest.mark.parametrize("number", range(200))
def test_flipped_bytes_give_rows_or_one_refusal(number):
    flipped(number)


@pytest.mark.long
def test_a_hundred_thousand_flipped_workbooks():
    for number in range(1_000, 101_000):
        flipped(number)


BASE = by_openpyxl(HEADER, *([f"Ana {n}", f"ana{n}@example.com", 1, True, at(2026, 1, 1)] for n in range(30)))


def flipped(number):
    """Check a workbook of which some bytes, packed or unpacked, are others."""
    import random

    choose = random.Random(number)

    def flip(part):
        part = bytearray(part)
        for _ in range(choose.randrange(1, 5)):
            part[choose.randrange(len(part))] = choose.randrange(256)
        return bytes(part)

    if number % 2:
        data = flip(BASE)
    else:
        broken = choose.choice(["sheet1", "sharedStrings", "workbook.xml", "styles", "Content_Types"])
        data = with_parts(BASE, lambda name, part: flip(part) if broken in name else part)
    try:
        with iter_check(data) as run:
            list(run)
        assert run.counts.balanced
    except FileRefused:
        pass


@pytest.mark.long
def test_a_workbook_that_libreoffice_wrote(tmp_path):
    """A sheet of CSV and of formulas, saved by LibreOffice."""
    import shutil

    office = shutil.which("soffice")
    if office is None:
        pytest.skip("needs LibreOffice")
    book = openpyxl.Workbook()
    for row in (
        ["name", "email", "day", "sum", "error", "blank", "text"],
        ["Ana", "ana@example.com", at(2026, 4, 3), "=1+1", None, '=""', "007"],
        ["Ben", "ben@example.com", None, None, "=NA()", None, None],
    ):
        book.active.append(row)
    book.active["G2"].number_format = "@"
    (tmp_path / "in.xlsx").write_bytes(saved(book))
    command = [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "out"), str(tmp_path / "in.xlsx")]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    report = check(tmp_path / "out" / "in.xlsx")

    assert extra(report) == [{"day": "2026-04-03", "sum": "2", "text": "007"}]
    assert told(report) == [(3, "error", Code.CELL_UNCOMPUTED)]


@pytest.mark.long
def test_memory_is_flat_for_a_hundred_thousand_rows(tmp_path):
    code = (
        "import resource, sys; from leadqual.intake import iter_check\n"
        "def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024\n"
        "before = peak()\n"
        "with iter_check(sys.argv[1]) as run: print(sum(1 for _ in run), peak() - before)"
    )
    book = xlsxwriter.Workbook(tmp_path / "long.xlsx", {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["name", "email", *(f"c{n}" for n in range(18))])
    for number in range(1, 100_001):
        sheet.write_row(
            number, 0, [f"Ana {number}", f"ana{number}@example.com", *([number, "text", 1.5] * 6)]
        )
    book.close()
    out = subprocess.run([sys.executable, "-c", code, str(tmp_path / "long.xlsx")], check=True, capture_output=True, text=True)  # fmt: skip
    rows, grown = map(int, out.stdout.split())

    assert rows == 100_000
    assert grown <= 60
