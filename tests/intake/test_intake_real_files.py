"""Files that nobody on this project wrote: read, accounted for, and never crashed on."""

import csv
import io
import json

import pytest

from leadqual import Standing
from leadqual.intake import Blank, Code, FileRefused, check, iter_check
from leadqual.intake.headers import Header
from leadqual.intake.lines import split_lines
from leadqual.intake.records import RecordReader

email_validator = pytest.importorskip("email_validator")

# What differs from the JSON of its authors, and why.
EXCEPTIONS = {
    "location_coordinates.csv": "a quote inside an unquoted cell is rejected: it looks like a quote that is missing",
    "newlines_crlf.csv": "the stored copy has LF where its JSON has CRLF; line ends inside a cell are kept as they are",
    "all-empty.csv": "a line without text is blank, also where there is one column",
    "empty-one-column.csv": "a line without text is blank, also where there is one column",
    "trailing-newline-one-field.csv": "a line without text is blank, also where there is one column",
}


def records(path):
    reader = RecordReader(split_lines([path.read_bytes()], 1_048_576), "utf-8")
    return list(reader)


def test_csv_spectrum_is_equal_to_its_json(shared):
    compared = 0
    for path in sorted((shared / "data" / "csv-spectrum" / "csvs").glob("*.csv")):
        if path.name in EXCEPTIONS:
            continue
        header, *rows = [record.cells for record in records(path) if not record.blank]
        expected = json.loads((path.parent.parent / "json" / f"{path.stem}.json").read_text("utf-8"))
        assert [dict(zip(header, row, strict=True)) for row in rows] == expected, path.name
        compared += 1

    assert compared == 10


def test_csv_test_data_is_equal_to_its_json(shared):
    compared = 0
    for path in sorted((shared / "data" / "csv-test-data" / "csv").glob("*.csv")):
        json_path = path.parent.parent / "json" / f"{path.stem}.json"
        if path.name in EXCEPTIONS or not json_path.exists():
            continue
        cells = [record.cells for record in records(path) if record.cells != [""]]
        expected = json.loads(json_path.read_text("utf-8"))
        if expected and isinstance(expected[0], dict):
            cells = [dict(zip(cells[0], row, strict=True)) for row in cells[1:]]
        assert cells == expected or (not expected and len(cells) == 1), path.name
        compared += 1

    assert compared >= 15


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("bad-header-less-fields.csv", Code.CELLS_MISSING),
        ("bad-header-more-fields.csv", Code.CELLS_EXTRA),
        ("bad-missing-quote.csv", Code.QUOTE_UNCLOSED),
        ("bad-unescaped-quote.csv", Code.QUOTE_STRAY),
        ("bad-quotes-with-unescaped-quote.csv", Code.QUOTE_STRAY),
    ],
)
def test_bad_files_of_csv_test_data_are_not_accepted(shared, name, code):
    path = shared / "data" / "csv-test-data" / "csv" / name
    found = [record.fault for record in records(path)]
    reader = RecordReader(split_lines([path.read_bytes()], 1_048_576), "utf-8")
    header = next(reader)
    reader.begin(Header.of(header.cells or ["a", "b", "c"], 1, 1, ","), pads=False)
    found += [record.fault for record in reader if record.cells]

    assert code in found


def test_every_address_gets_the_verdict_of_the_library(shared):
    cases = json.loads(
        (shared / "data" / "email-validator-cases" / "email_validator_cases.json").read_text("utf-8")
    )

    def texts(value):
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            for each in value.values():
                yield from texts(each)
        elif isinstance(value, list):
            for each in value:
                yield from texts(each)

    compared = 0
    for text in {text.strip() for text in texts(cases) if "@" in text}:
        if not text.isprintable() or any(sign in text for sign in ";,|"):
            continue
        try:
            expected = email_validator.validate_email(text, check_deliverability=False).normalized
        except email_validator.EmailNotValidError:
            expected = None
        file = io.StringIO()
        csv.writer(file).writerows([["email", "name"], [text, "Ana"]])
        report = check(file.getvalue().encode())
        found = report.contacts[0].email if report.contacts else None
        assert found == expected, text
        compared += 1

    assert compared > 100


def test_no_naughty_string_crashes_and_nothing_live_is_written(shared):
    folder = shared / "data"
    lines = (folder / "naughty-strings" / "blns.txt").read_text("utf-8").splitlines()
    for name in ("payloads_all_the_things.txt", "csv-payload.txt"):
        lines += (folder / "csv-injection" / name).read_text("utf-8", "replace").splitlines()
    file = io.StringIO()
    csv.writer(file).writerows(
        [["name", "email", "notes"], *([text, "ana@example.com", text] for text in lines)]
    )
    report = check(file.getvalue().encode("utf-8", "replace"), duplicates="ignore")
    assert report.counts.balanced
    for write in (report.write_accepted, report.write_rejects):
        out = io.StringIO()
        write(out)
        cells = [cell for row in csv.reader(io.StringIO(out.getvalue())) for cell in row]
        live = [
            cell for cell in cells if cell[:1] in set("=+-@\t\r") and not cell[1:].replace(".", "").isdigit()
        ]
        assert live == []
    assert report.rows > 500


def test_every_lead_file_goes_through(shared):
    read = 0
    for path in sorted((shared / "data").rglob("*.csv")):
        try:
            with iter_check(path) as run:
                rows = [row for row in run if not isinstance(row, Blank)]
        except FileRefused:
            continue
        assert run.counts.balanced
        assert run.counts.rows == len(rows)
        read += 1

    assert read >= 30


def test_all_rows_of_x_education_are_read_and_none_is_lost(shared, root):
    report = check(
        shared / "data" / "x-education" / "Leads.csv",
        layout=root / "examples" / "layouts" / "x-education.toml",
    )

    assert report.rows == len(report.accepted) == 9240
    assert report.counts.standings == {Standing.ACTIVE: 8501, Standing.DO_NOT_CONTACT: 739}
