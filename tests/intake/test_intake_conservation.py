"""Every line of a file lies in exactly one span, and what is written is read back equal."""

import csv
import io
import json
import os
import random

import pytest
from attrs import evolve
from hostile import hostile_file
from hypothesis import given
from hypothesis import strategies as st

from leadqual import Contact
from leadqual.intake import FileRefused, Limits, Rejected, check, iter_check
from leadqual.intake.checking import Run
from leadqual.intake.headers import escape, unescape
from leadqual.intake.problems import LIMITS
from leadqual.policy.standard import STANDARD
from leadqual.strategies import records

HOSTILE_FILES = int(os.environ.get("LEADQUAL_HOSTILE_FILES", "4000"))


def conserved(data, run):
    """Hold the spans of a run to the lines of the data."""
    lines = data.splitlines(keepends=True)
    place, offset = run.header.last_line, sum(map(len, lines[: run.header.last_line]))
    for row in run:
        first, last = row.lines
        assert first == place + 1
        raw = b"".join(lines[first - 1 : last])
        if isinstance(row, Rejected):
            assert (row.offset, row.length) == (offset, len(raw))
            assert row.text is None or row.text.encode("utf-8", "surrogateescape") == raw
        place, offset = last, offset + len(raw)
    assert place == len(lines) == run.counts.lines
    assert offset == len(data)
    assert run.counts.balanced


def test_hostile_files_are_conserved_or_refused():
    """header, accepted, rejected and blank spans partition the lines and join to the input byte for byte"""
    read = refused = 0
    for number in range(HOSTILE_FILES):
        data = hostile_file(number)
        try:
            run = iter_check(data, layout="plain" if number % 3 else None)
            if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
                list(run)
                assert run.counts.balanced
            else:
                conserved(data, run)
            read += 1
        except FileRefused:
            refused += 1

    assert read > HOSTILE_FILES / 3
    assert read + refused == HOSTILE_FILES


@pytest.mark.parametrize("number", range(0, 900, 3))
def test_what_was_accepted_is_read_back_equal_and_what_was_rejected_is_rejected_again(number):
    data = hostile_file(number)
    try:
        report = check(data, layout="plain" if number % 2 else None)
    except FileRefused:
        return
    contacts, rejects = io.StringIO(), io.StringIO()
    report.write_accepted(contacts)
    report.write_rejects(rejects)

    if report.contacts:
        again = check(contacts.getvalue().encode())
        assert again.contacts == report.contacts
        assert again.rejected == ()
        assert [row.verdict for row in again.accepted] == [row.verdict for row in report.accepted]
    assert rejects.getvalue().count("leadqual_problems") >= (
        1 if report.header.delimiter else len(report.rejected)
    )


def known(record):
    """Return whether a column means something; a file without any is refused as a whole."""
    return any(column.lower() != "nickname?" for column in record)


def file_of(record):
    text = io.StringIO()
    csv.writer(text).writerows([record, record.values()])
    return text.getvalue().encode()


@given(records(readable=True).filter(known))
def test_a_record_is_read_alike_alone_and_from_a_file(record):
    """Whoever can be told apart is accepted, and is the contact that `Contact.from_record` makes; no blank is kept."""
    alone = Contact.from_record(record)
    alone = evolve(alone, extra=[(column, cell) for column, cell in alone.extra if cell.strip()])
    identified = any((alone.id, alone.name, alone.email, alone.phone))

    assert check(file_of(record), layout="plain").contacts == ((alone,) if identified else ())


@given(records().filter(known))
def test_a_damaged_record_is_accepted_or_rejected_and_its_lines_are_accounted_for(record):
    data = file_of(record)
    if b"\x00" in data:
        with pytest.raises(FileRefused, match="file-not-text: "):
            iter_check(data, layout="plain")
    else:
        conserved(data, iter_check(data, layout="plain"))


@given(st.integers(0, 5_000), st.integers(1, 9))
def test_the_size_of_the_chunks_changes_no_verdict(number, size):
    data = hostile_file(number)

    def rows(chunk_bytes):
        try:
            return list(
                Run(
                    data,
                    layout="plain",
                    region=None,
                    encoding=None,
                    policy=STANDARD,
                    limits=LIMITS,
                    duplicates="report",
                    trust_stage=False,
                    chunk_bytes=chunk_bytes,
                )
            )
        except FileRefused as refusal:
            return refusal

    assert rows(size) == rows(100_000)


@given(st.text(alphabet="'=+-1a@\t\r\n\x00＝＋－＠. ", max_size=8))
def test_escaping_is_undone_exactly_and_nothing_live_is_left(text):
    written = escape(text)

    assert unescape(written) == text
    assert (
        written[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠"}
        or written.strip("+-").replace(".", "").isdigit()
    )


def test_escaping_gives_different_texts_for_different_texts():
    choose = random.Random(7)
    texts = {"".join(choose.choices("'=+-1a@", k=choose.randrange(6))) for _ in range(5_000)}

    assert len({escape(text) for text in texts}) == len(texts)


def test_plain_numbers_and_telephone_numbers_need_no_escape():
    assert [escape(text) for text in ("-12.5", "+4930901820", "7")] == ["-12.5", "+4930901820", "7"]
    assert escape("+1-1") == "'+1-1"


def test_no_formula_is_live_in_what_is_written():
    formulas = ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "\t=1", "＝1+1", "'=1"]
    rows = "".join(f'"{text}",ana{n}@example.com,"{text}",bad\n' for n, text in enumerate(formulas))
    report = check(f"name,email,=HYPERLINK(1),responded\n{rows}".encode())
    fine = check(f"name,email,=HYPERLINK(1),responded\n{rows}".replace(",bad", ",yes").encode())
    contacts, rejects = io.StringIO(), io.StringIO()
    fine.write_accepted(contacts)
    report.write_rejects(rejects)

    for text in (contacts.getvalue(), rejects.getvalue().removeprefix("\ufeff")):
        cells = [cell for line in csv.reader(io.StringIO(text)) for cell in line]
        assert not [cell for cell in cells if escape(unescape(cell)) != cell]
        assert not [cell for cell in cells if cell[:1] in {"=", "@", "\t", "＝"}]
    assert check(contacts.getvalue().encode()).contacts == fine.contacts
    assert {column for column, _ in fine.contacts[0].extra} == {"=HYPERLINK(1)"}


class TestCorrectedRejects:
    """Rejected rows, corrected, import; the first column is ignored."""

    def test_a_corrected_row_is_accepted(self):
        report = check('name,email,notes\nAna,ana@example,=1\n王,ben@example.com,"a"b\n'.encode())
        rejects = io.StringIO()
        report.write_rejects(rejects)

        corrected = rejects.getvalue().replace("ana@example,", "ana@example.com,").replace('"""a""b"', "ab")
        again = check(corrected.encode())

        assert [contact.email for contact in again.contacts] == ["ana@example.com", "ben@example.com"]
        assert again.contacts[0].extra == (("notes", "=1"),)
        assert again.contacts[1].name == "王"

    def test_uncorrected_rows_are_rejected_again_for_the_same_reasons(self):
        report = check(b"name,email,responded\nAna,ana@example,maybe\nBen\nCleo,c@example.com,x,y\n")
        rejects = io.StringIO()
        report.write_rejects(rejects)
        again = check(rejects.getvalue().encode())
        twice = io.StringIO()
        again.write_rejects(twice)

        assert [problem.code for problem in again.problems] == [problem.code for problem in report.problems]
        assert check(twice.getvalue().encode()).rows == 3

    def test_a_row_wrapped_in_quotes_is_written_as_the_row_it_holds(self):
        report = check(b'name,email\n"Ana,ana@example.com"\n')
        rejects = io.StringIO()
        report.write_rejects(rejects)

        assert check(rejects.getvalue().encode()).contacts[0].email == "ana@example.com"

    def test_bytes_that_are_no_text_stay_as_they_are(self, tmp_path):
        report = check(b"name;email\nB\xe4n;ben@example.com\n")
        report.write_rejects(tmp_path / "rejects.csv")

        assert b";B\xe4n;ben@example.com" in (tmp_path / "rejects.csv").read_bytes()

    def test_a_row_over_the_limit_is_told_without_its_text(self):
        report = check(b"name,email\n" + b"x" * 100 + b",a\n", limits=Limits(record_bytes=50))
        rejects = io.StringIO()
        report.write_rejects(rejects)

        assert rejects.getvalue().splitlines()[1] == "record-too-long: the row is longer than the limit"

    def test_json_lines_keep_their_shape(self):
        data = b'{"email": "ana@example", "age": 29}\n{}\n{"email"\n{"email": "ben@example.com"}\n'
        report = check(data)
        rejects = io.StringIO()
        report.write_rejects(rejects)
        lines = rejects.getvalue().splitlines()

        assert lines[0].endswith('"email": "ana@example", "age": 29}')
        assert lines[-1].endswith('"leadqual_problems_raw": "{\\"email\\""}')
        assert check(rejects.getvalue().replace('example"', 'example.com"').encode()).contacts[0].extra == (
            ("age", "29"),
        )

    def test_problems_are_told_once_however_often_a_file_is_checked(self):
        data = b'{"email": "ana@example", "age": 29}\n{"email"\n{}\n["x"]\n{"email": "\xff", "age": 1.10}\n'
        data += b'{"leadqual_problems": "x\n'
        first, second, third = rounds(data, 3)

        assert first == second == third
        assert [line.count(b'"leadqual_problems":') for line in third.splitlines()] == [1] * 5

    @pytest.mark.parametrize(
        "line",
        [
            b'{"email": "ana@example", "leadqual_problems": "x, \\"y\\": {", "age": 29}',
            b'{"email": "ana@example", "age": 29, "leadqual_problems": null}',
            b'{ "leadqual_problems" : "x" , "email": "ana@example", "age": 29}',
        ],
    )
    def test_the_problems_may_have_been_moved(self, line):
        first, second = rounds(line, 2)

        assert first == second
        assert json.loads(first) == {
            "leadqual_problems": json.loads(first)["leadqual_problems"], "email": "ana@example", "age": 29,
        }  # fmt: skip

    def test_a_moved_column_of_problems_is_not_kept_beside_the_new_one(self):
        first, second = rounds(b"email,age,leadqual_problems\nana@example,29,old\n", 2)

        assert first == second
        assert first.decode("utf-8-sig").splitlines()[0] == "leadqual_problems,email,age"

    def test_a_history_that_we_did_not_write_stays_in_its_line(self):
        line = b'{"email": "ana@example.com", "leadqual_stage": "lead", "leadqual_history": {"events": 7}}'
        (written,) = rounds(line, 1)

        assert json.loads(written)["leadqual_history"] == {"events": 7}

    @given(st.integers(0, 3_000), st.booleans())
    def test_rejects_go_round_any_number_of_times(self, number, json_lines):
        """After the first round, which mends what is certain, nothing changes any more."""
        data = as_json_lines(number) if json_lines else hostile_file(number)
        try:
            (first,) = rounds(data, 1)
        except FileRefused:
            return
        again = rounds(first, 4) if first else [first]
        assert len(set(again[1:])) <= 1
        if json_lines:
            assert first == again[0]


def rounds(data, number):
    """Return the rejected rows of a file, of these rows checked again, and so on."""
    written = []
    for _ in range(number):
        file = io.StringIO()
        check(data, layout="plain", duplicates="ignore").write_rejects(file)
        data = file.getvalue().encode("utf-8", "surrogateescape")
        written.append(data)
    return written


def as_json_lines(number):
    """Return lines of which one at least can be recognised and cannot be accepted."""
    choose = random.Random(number)
    parts = [
        '"',
        "{",
        "}",
        ":",
        ",",
        '"leadqual_problems"',
        '"name"',
        '"email"',
        "1.10",
        "ä",
        "\\",
        " ",
        "null",
    ]
    values = [json.dumps("".join(choose.choices(parts, k=choose.randrange(6)))) for _ in range(8)]
    values += ["29", "1.10", "null", "[1, {}]", '{"leadqual_x": 1}']
    lines = [
        "{"
        + ", ".join(
            f'"{key}": {choose.choice(values)}'
            for key in ("email", "name", "responded", "leadqual_problems", "x")[: choose.randrange(6)]
        )
        + "}"
        for _ in range(4)
    ]
    lines += ["".join(choose.choices(parts, k=choose.randrange(9)))]
    return "\n".join(['{"email": "ana@example"}', *lines]).encode()
