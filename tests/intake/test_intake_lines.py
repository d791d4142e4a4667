"""Bytes become physical lines as bytes.splitlines yields them, however they are cut into chunks."""

import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadqual import Scorecard, Signal
from leadqual.cli import DONE, FOUND, main
from leadqual.errors import WrongType
from leadqual.intake import Code, FileRefused, check
from leadqual.intake.decoding import read_chunks, text_chunks
from leadqual.intake.lines import LongLine, split_lines
from leadqual.intake.opening import read_table
from leadqual.scoring.scorecard_file import scorecard_to_toml

LINES = st.lists(
    st.sampled_from([b"a", b'"', b"\r", b"\n", b"\r\n", b"\xe2\x80\xa8", b"\x0b", b"\x85", b""])
).map(b"".join)


def refusal(source, **options):
    with pytest.raises(FileRefused) as caught:
        check(source, **options)
    return caught.value.problem


class TestLines:
    """A physical line is what bytes.splitlines() yields."""

    @given(LINES, st.integers(1, 7))
    def test_the_size_of_the_chunks_changes_nothing(self, data, size):
        chunks = [data[start : start + size] for start in range(0, len(data), size)]

        assert list(split_lines(chunks, 100)) == data.splitlines(keepends=True)

    @given(LINES, st.integers(1, 7), st.integers(1, 5))
    def test_of_a_line_that_is_too_long_only_length_and_quotes_are_kept(self, data, size, longest):
        chunks = [data[start : start + size] for start in range(0, len(data), size)]
        expected = [
            line if len(line) <= longest else LongLine(len(line), line.count(b'"'))
            for line in data.splitlines(keepends=True)
        ]

        assert list(split_lines(chunks, longest)) == expected

    def test_an_empty_chunk_says_nothing(self):
        assert list(split_lines([b"a\r", b"", b"\nb"], 10)) == [b"a\r\n", b"b"]


class TestSources:
    """Bytes, a path, or an open binary file."""

    def test_every_kind_of_source_is_read_alike(self, tmp_path):
        data = b"email\nana@example.com\n"
        path = tmp_path / "leads.csv"
        path.write_bytes(data)

        for source in (data, bytearray(data), memoryview(data), path, str(path), io.BytesIO(data)):
            assert check(source).rows == 1

    def test_a_file_opened_by_the_caller_stays_open(self):
        file = io.BytesIO(b"email\nana@example.com\n")

        check(file)

        assert not file.closed

    def test_a_pipe_that_ends_early_gives_what_it_gave(self):
        readable, writable = os.pipe()
        os.write(writable, b"email\nana@example.com\nben@exam")
        os.close(writable)
        with os.fdopen(readable, "rb") as pipe:
            report = check(pipe)

        assert [len(report.accepted), len(report.rejected)] == [1, 1]

    def test_text_is_refused_with_what_to_give_instead(self):
        with pytest.raises(WrongType, match="encode the text as UTF-8"):
            check("email\nana@example.com\n")
        with pytest.raises(WrongType, match="must be bytes, a path or a binary file, not int"):
            check(7)
        with pytest.raises(WrongType, match='open it with mode "rb"'):
            check(io.StringIO("email\nana@example.com\n"))

    @pytest.mark.parametrize("name", ["missing.csv", ".", "bad\x00name.csv"])
    def test_what_cannot_be_opened_is_one_problem(self, tmp_path, name):
        problem = refusal(tmp_path / name)

        assert problem.code is Code.FILE_UNREADABLE
        assert "cannot be opened or read: " in problem.message

    def test_a_file_that_fails_later_is_refused_then(self):
        class Failing(io.RawIOBase):
            given = b"email\n" + b"ana@example.com\n" * 1000

            def read(self, size=-1):
                if not self.given:
                    raise OSError(5, "Input/output error")
                piece, self.given = self.given[:size], self.given[size:]
                return piece

        assert refusal(Failing()).message == "the file cannot be opened or read: Input/output error"

    def test_a_closed_file_is_unreadable(self):
        file = io.BytesIO(b"email\n")
        file.close()

        assert refusal(file).code is Code.FILE_UNREADABLE

    def test_a_file_that_is_not_read_to_its_end_is_closed(self, tmp_path):
        path = tmp_path / "leads.csv"
        path.write_bytes(b"email\n" + b"ana@example.com\n" * 100_000)
        chunks = read_chunks(path, 64)
        next(chunks)

        chunks.close()

        assert next(chunks, None) is None


class TestWhatIsNoTable:
    """A file that is something else is refused with what to do instead."""

    @pytest.mark.parametrize(
        ("data", "advice"),
        [
            (b"\xd0\xcf\x11\xe0rest", "old Excel workbook"),
            (b"%PDF-1.7", "PDF"),
            (b"  <!DOCTYPE html><table>", "web page"),
            (b"\xef\xbb\xbf<?xml version='1.0'?>", "web page or XML"),
            (b"[]", "no item is an object of its own"),
            (b"email\x00\n", "NUL bytes"),
            (b'{\n  "email": "ana@example.com"\n', "no line is an object of its own"),
            (b'{\n  "email": "ana@example.com"\n}\n', "no line is an object of its own"),
        ],
    )
    def test_it_is_told_what_it_is(self, data, advice):
        problem = refusal(data)

        assert problem.code is Code.FILE_NOT_TEXT
        assert advice in problem.message

    @pytest.mark.parametrize("data", [b"", b"\n", b"  \r\n\r\n", b"\xef\xbb\xbf", b",,,\n"])
    def test_nothing_at_all_is_an_empty_file(self, data):
        assert refusal(data).code is Code.FILE_EMPTY


TEXT = "name,email\nÄnne,ana@example.com\n"


class TestEncodings:
    """A byte order mark decides, or else the text is UTF-8; any other encoding has to be named."""

    @pytest.mark.parametrize(
        "data",
        [
            TEXT.encode(),
            TEXT.encode("utf-8-sig"),
            TEXT.encode("utf-16"),
            b"\xfe\xff" + TEXT.encode("utf-16-be"),
        ],
    )
    def test_utf_8_and_what_has_a_mark_is_read(self, data):
        (row,) = check(data).accepted

        assert row.contact.name == "Änne"

    @pytest.mark.parametrize(
        "encoding",
        ["cp1252", "latin-1", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "utf-7",
         "cp500", "mac-roman"],
    )  # fmt: skip
    def test_any_other_encoding_is_read_when_it_is_named(self, encoding):
        (row,) = check(TEXT.encode(encoding), encoding=encoding).accepted

        assert row.contact.name == "Änne"
        assert row.lines == (2, 2)

    def test_utf_16_is_told_by_its_mark_even_where_its_order_is_named(self):
        assert check(TEXT.encode("utf-16"), encoding="utf-16").rows == 1
        assert check(b"\xff\xfe" + TEXT.encode("utf-16-le"), encoding="utf-16-le").rows == 1

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
    def test_a_byte_order_mark_wins_over_the_encoding_of_a_layout(self, encoding, tmp_path):
        layout = tmp_path / "own.toml"
        layout.write_text('[layout]\nname = "own"\nencoding = "cp1252"\n[fields]\nname = "name"\n')

        assert check(TEXT.encode(encoding), layout=layout).contacts[0].name == "Änne"

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
    def test_a_byte_order_mark_wins_over_the_encoding_that_is_named(self, encoding):
        assert check(TEXT.encode(encoding), encoding="cp1252").contacts[0].name == "Änne"

    def test_a_mark_of_utf_32_is_read_where_utf_32_is_named_and_nothing_else(self):
        assert check(TEXT.encode("utf-32"), encoding="utf-32-be").contacts[0].name == "Änne"
        assert "encoding='utf-32'" in refusal(TEXT.encode("utf-32"), encoding="cp1252").message

    def test_without_a_name_the_argument_that_works_is_said(self):
        assert "encoding='utf-32'" in refusal(TEXT.encode("utf-32")).message
        assert "such as utf-16-le" in refusal(TEXT.encode("utf-16-le")).message
        assert "such as 'cp1252'" in refusal("Näme,email\n".encode("cp1252")).message

    @pytest.mark.parametrize(
        "name", ["klingon", "hex", "rot13", "idna", "undefined", "unicode_escape", "a\x00b"]
    )
    def test_what_is_no_encoding_of_files_is_refused(self, name):
        assert refusal(b"email\n", encoding=name).code is Code.ENCODING_UNKNOWN

    def test_bytes_that_are_no_text_cost_their_record_only(self):
        report = check(b"name,email\nAna,ana@example.com\nB\xe4n,ben@example.com\nCleo,cleo@example.com\n")

        assert [len(report.accepted), len(report.rejected)] == [2, 1]
        (problem,) = report.rejected[0].problems
        assert (problem.code, problem.line, problem.column) == (Code.NOT_TEXT, 3, 1)

    def test_half_a_character_of_utf_16_costs_its_record_only(self):
        data = "name,email\nAna,ana@example.com\nBen,ben@example.com".encode("utf-16") + b"\xff"
        lone = "name,email\n".encode("utf-16") + b"\x00\xd8" + "Ana,ana@example.com\n".encode("utf-16-le")

        assert [row.problems[0].code for row in check(data).rejected] == [Code.NOT_TEXT]
        assert [row.problems[0].code for row in check(lone).rejected] == [Code.NOT_TEXT]

    def test_a_utf_32_file_that_begins_like_utf_16_is_told_apart(self):
        assert refusal(b"\xff\xfe\x00\x00" + TEXT.encode("utf-32-le")).code is Code.ENCODING_UNKNOWN

    def test_a_layout_may_name_the_encoding_of_its_files(self, tmp_path):
        layout = tmp_path / "own.toml"
        layout.write_text('[layout]\nname = "own"\nencoding = "cp1252"\n[fields]\nname = "Näme"\n', "utf-8")

        assert check("Näme\nÄnne\n".encode("cp1252"), layout=layout).contacts[0].name == "Änne"

    @given(st.text(alphabet="aä\n\r,\ud800\U0001f600", max_size=20), st.integers(1, 5))
    def test_what_is_turned_into_utf_8_is_split_alike_in_any_chunks(self, text, size):
        data = b"\xff\xfe" + text.encode("utf-16-le", "surrogatepass") + b"a\x00\n\x00"
        chunks = (data[start : start + size] for start in range(0, len(data), size))

        encoding, utf_8 = text_chunks(chunks, None)

        whole = "\ufeff" + text + "a\n"
        assert encoding == "utf-8"
        if "\ud800" not in text:
            assert b"".join(utf_8) == whole.encode()
        else:
            with pytest.raises(UnicodeDecodeError):
                b"".join(utf_8).decode()


ROWS = "".join(f'"a{n}@example.com","Ana","{n % 3}","{"yes" if n % 2 else "no"}"\n' for n in range(200))
MARKED = f'"email","name","visits","won"\n{ROWS}'


@pytest.mark.parametrize(
    "command",
    [
        "check {file}",
        "layout {file}",
        "funnel {file}",
        "learn {file} --outcome won",
        "prioritize {file} --scorecard {card}",
        "evaluate {file} --outcome won --scorecard {card}",
    ],
)
def test_every_command_reads_a_quoted_header_behind_a_mark(command, tmp_path, capsys):
    """A file that a spreadsheet wrote gives what the same file gives without a mark."""
    path, card = tmp_path / "leads.csv", tmp_path / "card.toml"
    card.write_text(
        scorecard_to_toml(Scorecard("own", version="1", signals=[Signal.number("visits", {1: 5})])), "utf-8"
    )

    def told(data):
        path.write_bytes(data)
        status = main(command.format(file=path, card=card).split())
        return status, capsys.readouterr()

    plain = told(MARKED.encode())
    assert plain[0] in (DONE, FOUND)
    assert told(MARKED.encode("utf-8-sig")) == told(MARKED.encode("utf-16")) == plain


def test_a_table_holds_every_row_that_can_be_read():
    table = read_table(b'name,email\nAna,ana@example.com\n\n"Ben,x\n')
    assert [cells["name"] for _, cells in table.rows] == ["Ana"]
    assert table.skipped == 1
    table = read_table(b'{"name": "Ana"}\n{"name": "Ben"}\n')
    assert [cells["name"] for _, cells in table.rows] == ["Ana", "Ben"]
