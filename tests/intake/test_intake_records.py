"""Lines become records; a bad quote costs its record and the lines of its own broken cell."""

import io
import json
import time
from itertools import product

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import leadqual.intake
from leadqual.intake import Code, Layout, Limits, Rejected, checking
from leadqual.intake.dialects import dialect
from leadqual.intake.headers import Header
from leadqual.intake.opening import read_table
from leadqual.intake.problems import LIMITS
from leadqual.intake.records import RecordReader
from leadqual.systems.layout import FieldRule

HEADER = b"id,name,email,notes\n"


def check(data, **options):
    """Check a file as it is and behind a byte order mark: the rows are the same."""
    report = leadqual.intake.check(data, **options)
    marked = [leadqual.intake.check(b"\xef\xbb\xbf" + data, **options)]
    if data.isascii():
        marked += [
            leadqual.intake.check(("\ufeff" + data.decode()).encode(encoding), **options)
            for encoding in ("utf-16-le", "utf-16-be")
        ]
    for again in marked:
        assert again.header == report.header
        assert list(map(unplaced, again)) == list(map(unplaced, report))
    return report


NAMES, ADDRESSES = (Layout("own", fields=((field, FieldRule((field,))),)) for field in ("name", "email"))


def unplaced(row):
    """Return a row without its place in bytes, which a mark changes."""
    return evolve(row, offset=0) if isinstance(row, Rejected) else row


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
        comma = dialect(",")

        assert comma.closed(line)
        assert comma.cells(line) == cells

    @pytest.mark.parametrize("padded", [False, True])
    def test_where_csv_is_trusted_it_splits_as_the_dialect_does(self, padded):
        texts = ["".join(signs) for length in range(1, 8) for signs in product('",a ', repeat=length)]
        texts += ['"a\nb",c', '"a\n""b""",""', '"a"\n"b"', 'a,"b\nc']
        comma = dialect(",", padded=padded)
        split = comma.strict_splitter()
        quoted = [text for text in texts if '"' in text]
        found = {text: cells for text, cells in zip(quoted, map(split, quoted), strict=True) if cells}

        assert all(comma.closed(text) and comma.cells(text) == cells for text, cells in found.items())
        assert found['"a\n""b""",""'] == ['a\n"b"', ""]
        assert {'a"b,c', '"a,b', 'a,"b""c"', '"a"\n"b"'}.isdisjoint(found)

    @pytest.mark.parametrize("line", ['a"b,c', '"a"b,c', '"a" ,c', ' "a",c', '"a"",c"d'])
    def test_a_stray_quote_is_neither_closed_nor_open(self, line):
        assert not dialect(",").closed(line)
        assert not dialect(",").opened(line)

    @given(
        st.lists(st.text(alphabet='a",;\n\r|\t ', max_size=6), min_size=1, max_size=5),
        st.sampled_from(",;\t|"),
    )
    def test_what_is_quoted_is_read_back(self, cells, delimiter):
        line = delimiter.join('"{}"'.format(cell.replace('"', '""')) for cell in cells)

        assert dialect(delimiter).closed(line)
        assert dialect(delimiter).cells(line) == cells

    @given(
        st.lists(st.sampled_from(['"', '""', ",", "a", "\n", '",', ',"', "b\n"]), max_size=14).map("".join)
    )
    def test_no_line_inside_an_open_cell_can_begin_another_one(self, text):
        """The parity of quotes makes reading linear: see the docstring of the module."""
        split = dialect(",")
        first, *following = text.split("\n")
        if split.opened(first):
            for line in following:
                if not split.continues(line):
                    break
                assert not split.opened(line)
                assert not split.continues(line) or line.count('"') % 2 == 0


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

        assert report.header.last_line == 2
        assert report.accepted[0].record == 3

    def test_a_mark_before_a_quoted_name_is_no_part_of_it(self):
        """What spreadsheets write: the mark is taken off before the line is split."""
        report = check(b'"email","first name"\n"ana@example.com","Ana"\n')

        assert report.header.cells == ("email", "first name")
        assert len(report.accepted) == 1

    def test_a_mark_before_a_quoted_row_of_a_joined_file_is_no_part_of_it(self):
        report = rows(row(1), b'\xef\xbb\xbf"2","Ben","ben@example.com","x"\n')

        assert [row.contact.id for row in report.accepted] == ["1", "2"]
        assert report.problems == ()

    @pytest.mark.parametrize("place", [0, 1, 2])
    def test_a_header_may_have_a_line_break_in_any_cell(self, place):
        names = ["name", "email", "notes"]
        names[place] = f'"{names[place]}\n(as given, in full)"'
        data = ",".join(names) + "\nAna,ana@example.com,x\n"

        (accepted,) = check(data.encode(), layout=NAMES if place else ADDRESSES).accepted
        assert accepted.lines == (3, 3)

    def test_a_header_may_go_over_several_lines(self):
        report = check(b'name,email,"a long\nname"\nAna,ana@example.com,x\n')

        assert report.header.last_line == 2
        assert report.accepted[0].contact.extra == (("a long\nname", "x"),)


class TestBrokenQuotes:
    """One bad quote costs its record; reading goes on at the next line."""

    def test_a_missing_quote_costs_one_record(self):
        report = rows(row(1), b'2,"Ana,ana@example.com,x\n', row(3), row(4))

        assert [row.record for row in report.accepted] == [2, 4, 5]
        assert told(report) == [
            (3, Code.QUOTE_UNCLOSED),
            (4, Code.READ_AFTER_DAMAGE),
            (5, Code.READ_AFTER_DAMAGE),
        ]
        assert "lines 4 to 5 were read on their own" in report.problems[0].message

    def test_a_quote_that_closes_far_below_did_not_open_there(self):
        """The quotes fit, the width does not, and a line inside is a row: the quote had swallowed it."""
        report = rows(b'1,"Ana,ana@example.com,x\n', row(2), b'3,Ben"\n')

        assert [row.record for row in report.accepted] == [3]
        assert told(report) == [
            (2, Code.QUOTE_UNCLOSED),
            (3, Code.READ_AFTER_DAMAGE),
            (4, Code.QUOTE_STRAY),
            (4, Code.READ_AFTER_DAMAGE),
        ]

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

    def test_a_note_in_which_a_line_has_the_cells_of_a_row_is_accepted_with_a_warning(self):
        report = rows(b'1,Ana,ana@example.com,"one\nwell, she said, yes, she would"\n')

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


EVE = b"x,Eve,eve@example.com,hi\n"


class TestWhatABrokenRecordLeavesBehind:
    """A reject names every line that may belong to it, and what is read from these lines carries a warning."""

    def damaged(self, report):
        """Return the lines of each reject that names others, these others, and the lines that are warned of."""
        named = {row.lines: row.problems[0].message for row in report.rejected}
        return (
            [(lines, message.partition("; ")[2]) for lines, message in named.items() if "; " in message],
            [line for line, code in told(report) if code is Code.READ_AFTER_DAMAGE],
        )

    def test_a_stray_quote_whose_record_spans_lines(self):
        report = rows(b'1,A"na,ana@example.com,"he wrote:\n', EVE, b'bye"\n', row(3))

        assert self.damaged(report) == (
            [
                ((2, 2), "lines 3 to 4 were read on their own, look at them too"),
                ((4, 4), "line 3 was read on its own, look at it too"),
            ],
            [3, 4],
        )
        assert [row.lines for row in report.accepted] == [(3, 3), (5, 5)]
        assert report.counts.problems[Code.READ_AFTER_DAMAGE] == 2

    def test_a_stray_quote_in_a_record_of_one_line_leaves_nothing_behind(self):
        report = rows(b'1,A"na,"ana@example.com",x\n', row(2))

        assert told(report) == [(2, Code.QUOTE_STRAY)]

    def test_stray_quotes_below_each_other_name_the_same_lines(self):
        report = rows(b'1,A"na,,"he wrote:\n', b'a","c\n', b'a","c\n', b'bye"\n', row(3))

        named, warned = self.damaged(report)
        assert [" ".join(words.split()[:4]) for _, words in named] == [
            "lines 3 to 5",
            "lines 4 to 5",
            "line 5 was read",
        ]
        assert warned == [3, 4, 5]

    def test_a_lost_opening_quote_of_a_last_cell_over_several_lines(self):
        report = rows(row(1), b"2,Ana,ana@example.com,he wrote:\n", b"so\n", b'bye"\n', row(3))

        assert self.damaged(report) == (
            [((5, 5), "lines 3 to 4 were read on their own, look at them too")],
            [3, 4],
        )
        assert [row.lines for row in report.accepted] == [(2, 2), (3, 3), (6, 6)]

    def test_a_lost_opening_quote_whose_closing_one_stands_alone(self):
        report = rows(b"2,Ana,ana@example.com,he wrote:\n", b'"\n', row(3))

        assert self.damaged(report) == (
            [((3, 3), "lines 2 to 4 were read on their own, look at them too")],
            [2, 4],
        )

    def test_a_row_in_a_cell_that_was_not_opened_is_doubtful(self):
        report = rows(b"2,Ana,ana@example.com,he wrote:\n", EVE, b'bye"\n')

        assert self.damaged(report)[1] == [3]

    def test_rows_that_are_too_short_are_searched_once_where_they_are_padded(self):
        layout = evolve(NAMES, pads=True)
        report = check(HEADER + b"2,Ana\n3,Ben\n4,Cleo\n" + b'bye"\n', layout=layout)

        assert [line for line, code in told(report) if code is Code.READ_AFTER_DAMAGE] == [2, 3, 4]

    def test_as_many_lines_are_named_as_a_record_may_have(self):
        limits = Limits(lines=3, record_bytes=60)
        after = rows(b'1,A"na,,"he wrote:\n', b"x" * 70 + b"\n", *map(row, range(9)), limits=limits)
        before = rows(row(1), b"so\n" * 4, b'bye"\n', limits=limits)

        assert self.damaged(after)[1] == [3, 4, 5]
        assert self.damaged(before)[1] == []

    def test_a_quote_that_is_missing_on_its_own_line_leaves_the_rows_before_alone(self):
        report = rows(row(1), b'2,Ana,ana@example.com,x"\n', row(3))

        assert told(report) == [(3, Code.QUOTE_STRAY)]

    @pytest.mark.parametrize("line_like_a_row", [1, 500, 1_200, 1_499])
    @pytest.mark.parametrize("filling", [b"and so on\n", b"5,Zoe,zoe@example.com,x\n"])
    def test_a_note_over_the_limit_is_one_reject_with_all_its_lines(self, line_like_a_row, filling):
        note = [filling] * 1_500
        note[line_like_a_row] = EVE
        report = rows(b'1,Ana,ana@example.com,"he wrote:\n', *note, b'bye"\n', row(2))

        assert [(row.lines, row.problems[0].code) for row in report.rejected] == [
            ((2, 1_503), Code.RECORD_TOO_LONG)
        ]
        assert [row.lines for row in report.accepted] == [(1_504, 1_504)]

    @pytest.mark.parametrize("limits", [Limits(lines=5), Limits(record_bytes=60)])
    def test_a_note_is_one_reject_however_long_it_is(self, limits):
        note = [b"and so on\n" * 6, EVE, b"x" * 70 + b"\n", EVE]
        start = b'1,Ana,ana@example.com,"he wrote:\n'
        report = rows(start, *note, b'bye"\n', row(2), limits=limits)

        assert [(row.lines, row.problems[0].code) for row in report.rejected] == [
            ((2, 12), Code.RECORD_TOO_LONG)
        ]
        assert len(report.accepted) == 1

    def test_a_long_line_may_open_and_close_a_cell(self):
        limits = Limits(record_bytes=60)
        opening, closing = b'1,Ana,,"' + b"x" * 60 + b"\n", b"x" * 60 + b'"\n'
        long = rows(opening, EVE, b'bye"\n', row(2), limits=limits)
        longer = rows(b'1,Ana,,"x\n', b"so\n", closing, row(2), limits=limits)
        longest = rows(b'1,Ana,,"x\n', b"so\n" * 40, closing, row(2), limits=limits)
        broken = rows(b'1,Ana,,"x\n', EVE, closing, limits=limits)

        for report in (long, longer, longest):
            assert [row.problems[0].code for row in report.rejected] == [Code.RECORD_TOO_LONG]
            assert len(report.accepted) == 1
        assert [row.lines for row in broken.rejected] == [(2, 2), (4, 4)]

    @pytest.mark.parametrize("end", [b"", b'x "y" z\n'])
    def test_a_long_note_that_nothing_closes_is_rejected_whole(self, end):
        report = rows(b'1,Ana,,"x\n', b"so\n" * 9, end, limits=Limits(lines=5))

        assert next((row.lines, row.problems[0].code) for row in report.rejected) == (
            (2, 11),
            Code.QUOTE_UNCLOSED,
        )
        assert self.damaged(report)[1] == ([12] if end else [])

    def test_a_quote_before_more_rows_than_a_record_may_have_costs_its_line(self):
        report = rows(b'1,"Ana,ana@example.com,x\n', *map(row, range(40)), limits=Limits(lines=5))
        cut = rows(b'1,"Ana,ana@example.com,x\n', *map(row, range(40)), limits=Limits(record_bytes=200))

        assert [len(each.accepted) for each in (report, cut)] == [40, 40]
        assert [len(self.damaged(each)[1]) for each in (report, cut)] == [40, 9]


class TestSwallowedRows:
    """A record that swallowed rows is rejected; an honest note over several lines is accepted."""

    def test_two_broken_quotes_far_apart(self):
        lines = [row(n) for n in range(1_000)]
        lines[100] = b'100,Ana,ana100@example.com,"x\n'
        lines[900] = b'900,Ana,ana900@example.com,x"\n'
        report = rows(*lines)

        assert [(row.lines, row.problems[0].code) for row in report.rejected] == [
            ((102, 902), Code.ROWS_SWALLOWED)
        ]
        assert len(report.accepted) == 199

    @pytest.mark.parametrize(
        "lines",
        [
            (b'1,Ana,ana@example.com,"one\n', b'2,Ben,ben@example.com,two"\n'),
            (b'1,Ana,ana@example.com,"one\n', b'2,Ben,,two"\n'),
            (row(1), b'2,"Ben,ben@example.com,x\n', b'3,Cleo",cleo@example.com,x\n'),
        ],
    )
    def test_one_row_is_enough(self, lines):
        report = rows(*lines)

        assert not [row for row in report.accepted if row.lines[0] != row.lines[1]]

    def test_rows_without_addresses_and_numbers_are_told_by_their_number(self):
        header = b"name,city,notes\n"
        lines = [b'Ana,Rome,"x\n', *[b"Ben,Rome,x\n"] * 4, b'Cleo,Rome,x"\n']

        assert told(check(header + b"".join(lines), layout=NAMES)) == [(2, Code.ROWS_SWALLOWED)]
        assert told(check(header + b"".join([*lines[:2], *lines[-1:]]), layout=NAMES)) == [
            (2, Code.ROWS_IN_QUOTES)
        ]

    @pytest.mark.parametrize(
        "note",
        [
            b"one\n\ntwo",
            b"Hello, Ana\nsee you\non 3, 4, or 5 May, as agreed",
            b"12 Main Street, Springfield, IL\nUSA",
            b"From: ben@example.com\nTo: ana@example.com\n\nHello",
            b"Dear all,\nyes, no, perhaps, and so on\nyours, as ever",
            b"- one, two\n- three, four\n- five, six",
        ],
    )
    def test_an_honest_note_is_accepted(self, note):
        report = rows(row(1), b'2,Ana,ana@example.com,"' + note + b'"\n', row(3))

        assert [row.record for row in report.accepted] == [2, 3, 4]

    def test_cells_over_several_lines_before_the_address_are_no_rows(self):
        report = check(b'notes,email,id\n"Ana\nB",ana@example.com,7\nx,ben@example.com,8\n')

        assert [row.record for row in report.accepted] == [2, 3]


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
            b'%d,"Ana,ana@example.com,x\n' % n if n in bad else b'%d,"Ana",a,x\n' % n for n in range(count)
        ]
        reader = RecordReader(iter(lines), "utf-8")
        reader.begin(Header.of(("id", "name", "email", "notes"), 1, 1, ","), pads=False)
        comma = dialect(",")
        looked_at = ("closed", "opened", "continues", "ends", "left_open")
        reader.dialect = evolve(comma, **{name: counting(getattr(comma, name)) for name in looked_at})
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


class TestLinearPlaces:
    """The place of a fault is found with one look at each cell, however many cells have one."""

    @pytest.mark.parametrize("columns", [100, 400])
    def test_each_cell_of_a_record_over_several_lines_is_looked_at_once(self, columns, monkeypatch):
        looks = []
        count = checking._line_ends
        monkeypatch.setattr(checking, "_line_ends", lambda cell: looks.append(len(cell)) or count(cell))
        names = ",".join(["email", *(f"c{n}" for n in range(columns))])
        cells = ",".join(["ana@example.com", *['"x\n\u200b"'] * columns])
        (accepted,) = leadqual.intake.check(f"{names}\n{cells}\n".encode()).accepted

        assert [problem.line for problem in accepted.problems] == list(range(2, columns + 2))
        assert sum(looks) < len(cells)


class TestJsonLines:
    """A key is a column; what stands under a strange one is kept."""

    @pytest.mark.parametrize("key", ["", " "])
    def test_a_value_under_an_empty_key_is_kept(self, key):
        data = json.dumps({"email": "ana@example.com", key: "secret"}).encode()

        assert leadqual.intake.check(data).contacts[0].extra == (("column 2", "secret"),)

    def test_an_empty_key_before_others_is_kept_too(self):
        data = b'{"": "one", "email": "ana@example.com"}\n{"email": "ben@example.com", "x": "two"}\n'

        assert [contact.extra for contact in leadqual.intake.check(data).contacts] == [
            (("column 1", "one"),),
            (("x", "two"),),
        ]

    def test_a_warning_about_a_key_has_no_line(self):
        (problem,) = leadqual.intake.check(b'{"email": "ana@example.com", "x": "", " x": ""}').problems

        assert (problem.code, problem.record, problem.line) == (Code.HEADER_DUPLICATED, None, None)
        assert str(problem).startswith("column 3 (x (2)): header-duplicated: ")

    def test_keys_that_come_late_are_looked_for_ahead(self, monkeypatch):
        """A new key in each line costs a few new headers and not one for each line."""
        made, make = [], Header.of
        monkeypatch.setattr(Header, "of", lambda cells, **more: made.append(cells) or make(cells, **more))
        lines = [json.dumps({"email": f"a{n}@example.com", f"key {n}": str(n)}) for n in range(1_000)]
        report = leadqual.intake.check("\n".join(lines).encode(), duplicates="ignore")

        assert [contact.extra for contact in report.contacts[:999]] == [
            ((f"key {n}", str(n)),) for n in range(999)
        ]
        faults = [found for found in told(report) if found[1] is not Code.COLUMN_LATE]
        assert faults == [(1_000, Code.CELLS_EXTRA)]
        assert len(made) < 10

    def test_no_more_is_looked_at_than_a_record_may_have(self):
        lines = [json.dumps({"email": "ana@example.com", f"key {n}": "x" * 50}) for n in range(200)]
        report = leadqual.intake.check("\n".join(lines).encode(), limits=Limits(record_bytes=500))

        assert len(report.accepted) == 200


class TestTables:
    """A file as a table has the rows that a check accepts."""

    def test_a_row_that_is_only_worth_a_look_is_there(self):
        data = HEADER + b'1,Ana,ana@example.com,"one\nwell, she said, yes, she would"\n'

        assert [line for line, _ in read_table(data).rows] == [2]

    def test_what_this_library_escaped_is_read_as_it_was(self):
        table = read_table(b"leadqual_stage,notes\nname,'=1+1\n")

        assert table.rows == ((2, {"leadqual_stage": "name", "notes": "=1+1"}),)

    def test_a_mark_before_a_quoted_name_is_no_part_of_it(self):
        data = b'\xef\xbb\xbf"email","first name"\n"ana@example.com","Ana"\n'

        assert check(data).header.names == read_table(data).names == ("email", "first name")


class TestShapes:
    """A broken shape rejects the record."""

    def test_cells_missing_and_extra(self):
        report = rows(b"1,Ana\n", b"1,Ana,ana@example.com,x,y\n", b"1,Ana,ana@example.com,x,,\n")

        assert told(report) == [(2, Code.CELLS_MISSING), (3, Code.CELLS_EXTRA), (4, Code.CELLS_EXTRA)]
        assert report.problems[0].message == "the row has 2 cells, the header has 4"

    def test_one_delimiter_too_many_never_shifts_a_row(self):
        """A blank cell at the end says nothing: the opt-out would be read as a note."""
        report = check(b"name,email,opted out,notes\nAna,ana@example.com,,\nBen,ben@example.com,,yes,\n")

        assert told(report) == [(3, Code.CELLS_EXTRA)]
        assert report.problems[0].message == "the row has 5 cells, the header has 4"

    @pytest.mark.parametrize("habit", ["header and rows", "rows", "header"])
    @pytest.mark.parametrize("place", [0, 1, 2, 3])
    def test_a_shifted_row_is_told_whatever_the_habit_of_the_file(self, habit, place):
        header = b"name,email,opted out,notes" + (b",\n" if "header" in habit else b"\n")
        end = b",\n" if "rows" in habit else b"\n"
        sound = [b"Ana,ana%d@example.com,," % n + end for n in range(3)]
        cells = [b"Ben", b"ben@example.com", b"yes", b""]
        cells.insert(place, b"")
        report = check(header + b"".join([*sound, b",".join(cells) + end]))

        assert [row.record for row in report.accepted] == [2, 3, 4]
        assert told(report) == [(5, Code.CELLS_EXTRA)]

    def test_a_delimiter_at_the_end_of_every_row_is_the_habit_of_the_file(self):
        report = check(b"name,email\n" + b"Ana,ana@example.com,\n" * 3 + b"Cleo,c@example.com\n")
        lone = check(b"name,email\nAna,ana@example.com,\n")

        assert [row.record for row in report.accepted] == [2, 3, 4]
        assert report.rejected[0].problems[0].message == "the row has 2 cells, the first rows have 3"
        assert told(lone) == [(2, Code.CELLS_EXTRA)]

    def test_rejected_rows_keep_the_habit_of_their_file(self):
        report = check(b"name,email,,\nAna,ana@example,,\n")
        rejects = io.StringIO()
        report.write_rejects(rejects)

        again = check(rejects.getvalue().replace("example", "example.com").encode())
        assert len(again.accepted) == 1

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
        assert report.problems[0].message == "the row has text in 4 cells, the header has 2 names"

    def test_blank_lines_and_rows_of_blank_cells_are_blank(self):
        report = rows(b"\n", b"  \t\n", b",,,\n", b' ,"",  ,\n', b'"\n",,,\n', row(1))

        assert [row.lines for row in report.blank] == [(2, 2), (3, 3), (4, 4), (5, 5), (6, 7)]
        assert report.rows == 1

    def test_a_file_of_problems_alone_has_no_header_to_repeat(self):
        (row,) = check(b"leadqual_problems\na,b\n").rejected

        assert [problem.code for problem in row.problems] == [Code.CELLS_EXTRA]

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

    def test_a_record_of_more_lines_than_the_limit_is_rejected_whole(self):
        report = rows(b'1,Ana,ana@example.com,"a\nb\nc"\n', row(2), limits=Limits(lines=2))

        assert [(row.lines, row.problems[0].code) for row in report.rejected] == [
            ((2, 4), Code.RECORD_TOO_LONG)
        ]
        assert [row.lines for row in report.accepted] == [(5, 5)]

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

    def test_a_line_over_the_limit_may_stand_in_a_cell_that_nothing_closes(self):
        report = rows(
            b'1,Ana,ana@example.com,"a\n', b"x" * 200 + b"\n", row(2), limits=Limits(record_bytes=100)
        )

        assert told(report) == [
            (2, Code.QUOTE_UNCLOSED),
            (3, Code.RECORD_TOO_LONG),
            (3, Code.READ_AFTER_DAMAGE),
            (4, Code.READ_AFTER_DAMAGE),
        ]

    def test_too_many_columns_refuse_the_file(self):
        with pytest.raises(Exception, match="limit-exceeded: the header has more than 3 columns"):
            rows(limits=Limits(columns=3))

    @pytest.mark.parametrize(
        "limit", [{"lines": 0}, {"columns": -1}, {"record_bytes": True}, {"cell_characters": 1.5}]
    )
    def test_a_limit_that_lets_nothing_pass_is_refused(self, limit):
        with pytest.raises(ValueError, match="is not a limit; give a whole number from 1"):
            Limits(**limit)
