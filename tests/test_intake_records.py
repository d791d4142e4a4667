"""Lines become records; a bad quote costs its record and the lines of its own broken cell."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadqual.intake import Code, Limits, check
from leadqual.intake.headers import Header
from leadqual.intake.problems import LIMITS
from leadqual.intake.records import RecordReader, shape

HEADER = b"id,name,email,notes\n"


def rows(*lines, **options):
    return check(HEADER + b"".join(lines), layout="plain", **options)


def row(number, notes=b"x"):
    return b"%d,Ana,ana%d@example.com,%s\n" % (number, number, notes)


def told(report):
    return [(problem.line, problem.code) for problem in report.problems]


class TestCells:
    """RFC 4180: cells may be quoted, a quote inside is doubled, a quoted cell may hold line ends."""

    @pytest.mark.parametrize(
        ("line", "cells"),
        [
            ("a,b", ["a", "b"]),
            ('"a","b"', ["a", "b"]),
            ('"a,b",c', ["a,b", "c"]),
            ('"he said ""no""",c', ['he said "no"', "c"]),
            ('"",c', ["", "c"]),
            ('a,""', ["a", ""]),
            ('"""",', ['"', ""]),
            (" a , b ", [" a ", " b "]),
            ("", [""]),
            (",", ["", ""]),
        ],
    )
    def test_a_closed_line_is_split(self, line, cells):
        comma = shape(",")

        assert comma.closed(line)
        assert comma.cells(line) == cells

    @pytest.mark.parametrize("line", ['a"b,c', '"a"b,c', '"a" ,c', ' "a",c', '"a"",c"d'])
    def test_a_stray_quote_is_neither_closed_nor_open(self, line):
        assert not shape(",").closed(line)
        assert not shape(",").opened(line)

    @given(
        st.lists(st.text(alphabet='a",;\n\r|\t ', max_size=6), min_size=1, max_size=5),
        st.sampled_from(",;\t|"),
    )
    def test_what_is_quoted_is_read_back(self, cells, delimiter):
        line = delimiter.join('"{}"'.format(cell.replace('"', '""')) for cell in cells)

        assert shape(delimiter).closed(line)
        assert shape(delimiter).cells(line) == cells

    @given(
        st.lists(st.sampled_from(['"', '""', ",", "a", "\n", '",', ',"', "b\n"]), max_size=14).map("".join)
    )
    def test_no_line_inside_an_open_cell_can_begin_another_one(self, text):
        """The parity of quotes makes reading linear: see the docstring of the module."""
        split = shape(",")
        first, *following = text.split("\n")
        if split.opened(first):
            for line in following:
                if not split.goes_on(line):
                    break
                assert not split.opened(line)
                assert not split.goes_on(line) or line.count('"') % 2 == 0


class TestDelimiters:
    """The delimiter is told by the header, without guessing from data."""

    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_four_delimiters_are_known(self, delimiter):
        data = (
            delimiter.join(["name", '"the, best; e|mail"', "email"])
            + "\n"
            + delimiter.join(["Ana", "x", "a@b.example"])
        )
        (row,) = check(data.encode().replace(b"b.example", b"example.com")).accepted

        assert row.contact.email == "a@example.com"

    def test_a_line_that_names_the_separator_is_part_of_the_header(self):
        report = check(b"sep=;\nname;email\nAna;ana@example.com\n")

        assert report.header.lines == (1, 2)
        assert report.accepted[0].record == 3

    def test_a_header_may_go_over_several_lines(self):
        report = check(b'name,email,"a long\nname"\nAna,ana@example.com,x\n')

        assert report.header.lines == (1, 2)
        assert report.accepted[0].contact.extra == (("a long\nname", "x"),)


class TestBrokenQuotes:
    """One bad quote costs its record; reading goes on at the next line."""

    def test_a_missing_quote_costs_one_record(self):
        report = rows(row(1), b'2,"Ana,ana@example.com,x\n', row(3), row(4))

        assert [row.record for row in report.accepted] == [2, 4, 5]
        assert told(report) == [(3, Code.QUOTE_UNCLOSED)]
        assert "lines 4 to 5 were read on their own" in report.problems[0].message

    def test_a_quote_that_closes_far_below_did_not_open_there(self):
        """The quotes fit, the width does not, and a line inside is a row: the quote had swallowed it."""
        report = rows(b'1,"Ana,ana@example.com,x\n', row(2), b'3,Ben"\n')

        assert [row.record for row in report.accepted] == [3]
        assert told(report) == [(2, Code.QUOTE_UNCLOSED), (4, Code.QUOTE_STRAY)]

    def test_a_wrong_width_without_rows_inside_costs_the_whole_record(self):
        report = rows(b'1,"Ana\nB\nC",ana@example.com\n', row(2))

        assert [(row.lines, row.problems[0].code) for row in report.rejected] == [
            ((2, 4), Code.CELLS_MISSING)
        ]

    def test_a_note_over_several_lines_is_one_record(self):
        report = rows(b'1,Ana,ana@example.com,"one\n\n  two ""x""\r\nthree"\n', row(2))

        assert [row.lines for row in report.accepted] == [(2, 5), (6, 6)]
        assert report.accepted[0].contact.extra == (("notes", 'one\n\n  two "x"\r\nthree'),)

    def test_a_cell_that_opens_again_goes_on(self):
        report = rows(b'1,"A\na","e\nx",ok\n', row(2))

        assert [row.lines for row in report.rejected] == [(2, 4)]
        assert report.rejected[0].problems[0].code is Code.EMAIL_INVALID

    def test_a_note_that_looks_like_rows_is_accepted_with_a_warning(self):
        report = rows(b'1,Ana,ana@example.com,"one\n2,Ben,ben@example.com,two"\n')

        assert told(report) == [(2, Code.ROWS_IN_QUOTES)]
        assert len(report.accepted) == 1

    def test_the_end_of_the_file_closes_nothing(self):
        report = rows(row(1), b'2,Ana,ana@example.com,"x')

        assert told(report) == [(3, Code.QUOTE_UNCLOSED)]
        assert report.problems[0].message == Code.QUOTE_UNCLOSED.meaning

    def test_the_line_that_is_read_on_its_own_is_named(self):
        report = rows(b'2,Ana,ana@example.com,"x\n', row(3))

        assert "line 3 was read on its own" in report.problems[0].message

    def test_a_row_wrapped_in_quotes_is_rejected_with_its_repair(self):
        report = rows(b'"1,Ana,ana@example.com,""x, y"""\n', row(2))

        (problem,) = report.rejected[0].problems
        assert (problem.code, problem.repair) == (Code.ROW_IN_QUOTES, '1,Ana,ana@example.com,"x, y"')
        assert "ana@example.com" not in repr(problem) + str(problem)

    def test_a_quoted_sentence_is_no_row(self):
        assert told(rows(b'"1,Ana"\n')) == [(2, Code.CELLS_MISSING)]
        assert told(rows(b'"1,A""na"\n')) == [(2, Code.CELLS_MISSING)]

    @pytest.mark.parametrize("quoted", [False, True])
    def test_dropping_any_single_quote_loses_exactly_one_record(self, quoted):
        lines = [
            b'"%d","Ana","ana%d@example.com","x, y"\n' % (n, n)
            if quoted
            else b'%d,Ana,ana%d@example.com,"x, y"\n' % (n, n)
            for n in range(20)
        ]
        data = HEADER + b"".join(lines)
        places = [place for place, sign in enumerate(data) if sign == ord('"')]
        for place in places:
            report = check(data[:place] + data[place + 1 :], layout="plain", duplicates="ignore")
            assert (len(report.accepted), len(report.rejected)) == (19, 1), place

        assert len(places) == (160 if quoted else 40)

    def test_adding_any_single_quote_loses_at_most_one_record(self):
        data = HEADER + b"".join(row(n) for n in range(5))
        for place in range(len(HEADER), len(data)):
            report = check(data[:place] + b'"' + data[place:], layout="plain", duplicates="ignore")
            assert len(report.accepted) >= 4, place


class TestLinearTime:
    """100,000 records with one bad quote: 99,999 accepted, 1 rejected; 20,000 or all bad, likewise."""

    @staticmethod
    def read(count, bad):
        """Return how many records can be split, and how many times a line was looked at."""
        looks = 0

        def counting(function):
            def count_it(text):
                nonlocal looks
                looks += 1
                return function(text)

            return count_it

        lines = [
            b'%d,"Ana,ana@example.com,x\n' % n if n in bad else b'%d,"Ana","a",x\n' % n for n in range(count)
        ]
        reader = RecordReader(iter(lines), "utf-8")
        reader.begin(Header.of(("id", "name", "email", "notes"), 1, 1, ","), pads=False)
        comma = shape(",")
        reader.shape = type(comma)(
            ",", counting(comma.closed), counting(comma.opened), counting(comma.goes_on), comma._each_cell
        )
        records = list(reader)
        return sum(record.fault is None for record in records), len(records), looks

    @pytest.mark.parametrize("every", [50_000, 5, 1])
    def test_no_line_is_looked_at_more_than_a_few_times(self, every):
        count = 50_000 if every > 5 else 20_000
        bad = set(range(0, count, every))
        good, all_records, looks = self.read(count, bad)

        assert (good, all_records) == (count - len(bad), count)
        assert looks <= 4 * count

    def test_a_file_with_one_bad_quote_is_read_to_its_end(self):
        data = HEADER + b"".join(b'1,"Ana,,x\n' if n == 500 else b"%d,Ana,,x\n" % n for n in range(10_000))
        start = time.perf_counter()
        report = check(data, layout="plain", duplicates="ignore")

        assert (len(report.accepted), len(report.rejected)) == (9_999, 1)
        assert time.perf_counter() - start < 60


class TestShapes:
    """A broken shape rejects the record; blank cells too many are no fault."""

    def test_cells_missing_and_extra(self):
        report = rows(b"1,Ana\n", b"1,Ana,ana@example.com,x,y\n", b"1,Ana,ana@example.com,x,,\n")

        assert told(report) == [(2, Code.CELLS_MISSING), (3, Code.CELLS_EXTRA)]
        assert len(report.accepted) == 1
        assert report.problems[0].message == "the row has 2 cells, the header has 4"

    def test_a_layout_may_pad_short_rows(self, tmp_path):
        layout = tmp_path / "own.toml"
        layout.write_text(
            '[layout]\nname = "own"\nshort_rows = "pad"\n[fields]\nname = "name"\nemail = "email"\n'
        )

        report = check(b"name,email,notes\nAna\n", layout=layout)

        assert report.contacts[0].name == "Ana"

    def test_a_trailing_comma_in_header_and_rows_is_no_fault(self):
        report = check(b"name,email,,\nAna,ana@example.com,,\nBen,ben@example.com,,x\n")

        assert (len(report.accepted), told(report)) == (1, [(3, Code.CELLS_EXTRA)])

    def test_blank_lines_and_rows_of_blank_cells_are_blank(self):
        report = rows(b"\n", b"  \t\n", b",,,\n", b' ,"",  ,\n', b'"\n",,,\n', row(1))

        assert [row.lines for row in report.blank] == [(2, 2), (3, 3), (4, 4), (5, 5), (6, 7)]
        assert report.rows == 1

    def test_a_repeated_header_is_rejected_with_a_mark_in_front_too(self):
        report = rows(row(1), HEADER, b"\xef\xbb\xbf" + HEADER, row(2))

        assert told(report) == [(3, Code.HEADER_REPEATED), (4, Code.HEADER_REPEATED)]

    def test_a_carriage_return_alone_ends_a_record(self):
        report = rows(b"1,Ana,ana@example.com,a\rb\n")

        assert told(report) == [(3, Code.CELLS_MISSING)]

    def test_a_file_written_twice_through_text_mode_has_blank_lines(self):
        report = check(b"name,email\r\r\nAna,ana@example.com\r\r\n")

        assert (len(report.accepted), len(report.blank)) == (1, 2)


class TestFaultsOfText:
    """What is no text in a cell rejects the record, and the other cells are still judged."""

    def test_a_control_character(self):
        report = rows(b"1,An\x01a,ana@example,x\n", b"1,Ana,ana@example.com,\x1b\n")

        assert [(problem.line, problem.column, problem.code) for problem in report.problems] == [
            (2, 2, Code.CONTROL_CHARACTER),
            (2, 3, Code.EMAIL_INVALID),
            (3, 4, Code.CONTROL_CHARACTER),
        ]

    def test_a_nul_far_down_costs_its_record(self):
        report = rows(*map(row, range(200)), b"1,Ana,ana@example.com,\x00\n", row(300))

        assert (202, Code.CONTROL_CHARACTER) in told(report)
        assert len(report.rejected) == 1

    def test_invalid_bytes_in_a_cell_over_several_lines(self):
        report = rows(b'1,Ana,ana@example.com,"one\n\xff"\n', row(2))

        assert [(row.lines, row.problems[0].code) for row in report.rejected] == [((2, 3), Code.NOT_TEXT)]

    def test_invalid_bytes_beside_a_stray_quote(self):
        assert told(rows(b'1,A"na,\xff,\n')) == [(2, Code.NOT_TEXT)]

    def test_damaged_text_only_warns(self):
        report = rows("1,JosÃ©,jose@example.com,x\n".encode(), "2,Ana\u200b,ana@example.com,�\n".encode())

        assert [(problem.line, problem.column, problem.code) for problem in report.problems] == [
            (2, 2, Code.TEXT_DAMAGED),
            (3, 2, Code.TEXT_DAMAGED),
            (3, 4, Code.TEXT_DAMAGED),
        ]
        assert len(report.accepted) == 2

    def test_text_in_other_scripts_is_no_damage(self):
        assert rows("1,Ångström José 王 👩‍👩‍👧,ana@example.com,naïve\n".encode()).problems == ()

    def test_a_fault_in_a_cell_after_a_line_break_is_told_on_its_line(self):
        report = check(b'name,notes,email\nAna,"one\ntwo\nthree",ana@example\n')

        assert [(problem.record, problem.line, problem.column) for problem in report.problems] == [(2, 4, 3)]


class TestLimits:
    """Limits are published and adjustable, each with its code; nothing is silently cut."""

    def test_the_defaults_are_those_of_the_documentation(self):
        assert Limits(lines=1_000, record_bytes=1_048_576, cell_characters=65_536, columns=1_000) == LIMITS

    def test_a_line_over_the_limit_keeps_its_span_and_not_its_text(self):
        report = rows(
            row(1), b"2,Ana,ana@example.com," + b"x" * 200 + b"\n", row(3), limits=Limits(record_bytes=100)
        )

        (rejected,) = report.rejected
        assert (rejected.lines, rejected.length, rejected.text) == ((3, 3), 223, None)
        assert rejected.problems[0].code is Code.RECORD_TOO_LONG
        assert len(report.accepted) == 2

    def test_a_cell_over_the_limit(self):
        limits = Limits(cell_characters=20)
        report = rows(b"1,Ana,ana@example.com," + b"x" * 21 + b"\n", row(2, b"x" * 20), limits=limits)

        assert [(problem.line, problem.column, problem.code) for problem in report.problems] == [
            (2, 4, Code.CELL_TOO_LONG)
        ]

    def test_a_record_of_more_lines_than_the_limit_reads_as_broken(self):
        """A valid quoted cell longer than the window reads as broken: a failure case that is documented."""
        report = rows(b'1,Ana,ana@example.com,"a\nb\nc"\n', row(2), limits=Limits(lines=2))

        assert told(report)[0] == (2, Code.QUOTE_UNCLOSED)
        assert len(report.accepted) == 1

    def test_a_well_formed_record_over_the_bytes_is_rejected_whole(self):
        report = rows(
            b'1,Ana,ana@example.com,"' + b"a" * 60 + b"\n" + b"b" * 60 + b'"\n',
            row(2),
            limits=Limits(record_bytes=100),
        )

        assert [(row.lines, row.problems[0].code) for row in report.rejected] == [
            ((2, 3), Code.RECORD_TOO_LONG)
        ]
        assert report.rejected[0].text is None

    def test_a_line_over_the_limit_ends_the_search_for_a_quote(self):
        report = rows(
            b'1,Ana,ana@example.com,"a\n', b"x" * 200 + b"\n", row(2), limits=Limits(record_bytes=100)
        )

        assert told(report) == [(2, Code.QUOTE_UNCLOSED), (3, Code.RECORD_TOO_LONG)]

    def test_too_many_columns_refuse_the_file(self):
        with pytest.raises(Exception, match="limit-exceeded: the header has more than 3 columns"):
            rows(limits=Limits(columns=3))

    @pytest.mark.parametrize(
        "limit", [{"lines": 0}, {"columns": -1}, {"record_bytes": True}, {"cell_characters": 1.5}]
    )
    def test_a_limit_that_lets_nothing_pass_is_refused(self, limit):
        with pytest.raises(ValueError, match="is no limit; give a whole number from 1"):
            Limits(**limit)
