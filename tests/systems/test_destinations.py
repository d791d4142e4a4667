"""Files to import into other systems: what is ready, what is held back, and nobody's opt-out lost or lifted."""

import csv
import io
import tracemalloc

import pytest
from destinations import DESTINATIONS, FILLS, STAND_INS, StandIn, rows_of
from hypothesis import given
from hypothesis import strategies as st

from leadqual import Fact, Standing
from leadqual.documents import DocumentRefused
from leadqual.errors import WrongType, WrongValue
from leadqual.intake import Accepted, Blank, Code, FileRefused, ImportWriter, Severity, check, iter_check
from leadqual.systems.crosswalk import express
from leadqual.systems.destination import DemandKind
from leadqual.systems.mapping import Sureness
from leadqual.systems.system_file import SYSTEMS, from_toml
from leadqual.taxonomy.vocabulary import UnknownWord, normalize

OURS = frozenset(
    code for code in Code if str(code).startswith(("destination-", "opt-out-stranded", "formula-"))
)


def csv_of(names, *rows):
    text = io.StringIO()
    csv.writer(text).writerows([names, *rows])
    return text.getvalue().encode()


def files_of(report):
    ready, opted_out = io.StringIO(newline=""), io.StringIO(newline="")
    report.write_import(ready, opted_out)
    return ready.getvalue(), opted_out.getvalue()


def found(report):
    """Return what the destination makes of the file: each code with its severity."""
    return [(each.code, each.severity) for each in report.problems if each.code in OURS]


def opted_out(row):
    if isinstance(row, Accepted):
        return Fact.OPTED_OUT in row.verdict.evidence
    return row.contact is not None and Fact.OPTED_OUT in row.contact.evidence


def opt_out_columns(name):
    system = SYSTEMS[name]
    theirs = {normalize(column) for column, word in system.layout.uses if word == "opted_out"}
    return theirs | {normalize(each.name) for each in system.destination.opt_out.columns if each.value}


# Files -----------------------------------------------------------------------------------------------------------

TEXTS = st.sampled_from(
    ["", "Ana", "Ben Novak", "x" * 45, "x" * 300, "a\nb", "=1+1", "-", "+36 1 23", "<b>", "Ü"]
)
ADDRESSES = st.sampled_from(
    ["", *(f"{name}@example.com" for name in "abcde"), "A@example.com", "a@example", "+f@example.com"]
)
YES_NO = st.sampled_from(["", "", "yes", "no", "perhaps"])
# The columns of a file of each kind, with what a cell of them may be.
KINDS = {
    "plain": {
        "first name": TEXTS, "last name": TEXTS, "company": TEXTS, "email": ADDRESSES, "phone": TEXTS, "city": TEXTS,
        "opted out": YES_NO, "responded": YES_NO, "notes": TEXTS,
    },
    "hubspot": {
        "Record ID": st.sampled_from(["", "1", "2", "3"]), "First Name": TEXTS, "Last Name": TEXTS, "Email": ADDRESSES,
        "Phone Number": TEXTS, "Lifecycle Stage": st.sampled_from(["", "Lead", "Sponsor"]),
        "Unsubscribed from all email": YES_NO, "City": TEXTS,
    },
    "salesforce": {
        "Id": st.sampled_from(["", "1", "2"]), "LastName": TEXTS, "Company": TEXTS, "Email": ADDRESSES, "LeadSource": TEXTS,
        "HasOptedOutOfEmail": YES_NO, "DoNotCall": YES_NO,
    },
    "mautic": {
        "id": st.sampled_from(["", "1", "2"]), "firstname": TEXTS, "lastname": TEXTS, "email": ADDRESSES, "points": TEXTS,
        "doNotEmail": YES_NO, "address1": TEXTS,
    },
}  # fmt: skip


@st.composite
def lead_files(draw):
    columns = KINDS[draw(st.sampled_from(sorted(KINDS)))]
    rows = draw(st.lists(st.tuples(*columns.values()), max_size=6))
    return csv_of(columns, *rows)


def checked(file, name, **options):
    options = {"destination": name, "fill": FILLS.get(name, {}), "names_only": True} | options
    return check(file, **options)


def assert_opt_outs_are_kept(name, report, there):
    """Import both files after people who opted out *there*: none is lost, none is lifted."""
    system = STAND_INS[name](there)
    ready, opt_outs = files_of(report)
    system.load(ready)
    system.load_opt_outs(opt_outs)

    assert not any(map(system.contactable, there))
    for row in (*report.accepted, *report.rejected):
        if opted_out(row) and row.contact.email:
            stranded = Code.OPT_OUT_STRANDED in {problem.code for problem in row.problems}
            assert not system.contactable(row.contact.email) or stranded
            if SYSTEMS[name].destination.opt_out.way.value == "separate" and not stranded:
                assert system.opted_out[row.contact.email.casefold()]


def assert_nobody_is_in_the_wrong_file(name, report):
    ready, opt_outs = files_of(report)
    written = {"ready": rows_of(ready), "opt_outs": rows_of(opt_outs)}
    expected = {"ready": 0, "opt_outs": 0}
    for row in (*report.accepted, *report.rejected):
        stranded = any(problem.code is Code.OPT_OUT_STRANDED for problem in row.problems)
        if isinstance(row, Accepted) and row.repeats is not None:
            continue
        if opted_out(row):
            expected["opt_outs"] += not stranded
            assert not isinstance(row, Accepted) or row.held_back == stranded
        else:
            assert not stranded
            expected["ready"] += isinstance(row, Accepted) and not row.held_back
    assert {key: len(rows) for key, rows in written.items()} == expected
    names = next(csv.reader(io.StringIO(ready)))
    assert not {normalize(column) for column in names} & opt_out_columns(name)
    assert len(set(names)) == len(names)
    says = {each.name: each.value for each in SYSTEMS[name].destination.opt_out.columns if each.value}
    for row in written["opt_outs"]:
        assert {column: row[column] for column in says} == says
        assert any(row.get(key) for key in SYSTEMS[name].destination.opt_out.keys)


def assert_it_adds_up(file, report, **options):
    counts, without = report.counts, check(file, names_only=True, **options)
    assert counts.accepted == counts.ready + counts.held_back
    assert counts.held_back == sum(row.held_back for row in report.accepted)
    assert counts.balanced
    for with_one, row in zip(report, without, strict=True):
        assert type(with_one) is type(row)
        if not isinstance(row, Blank):
            kept = [each for each in with_one.problems if each.code not in OURS]
            assert with_one.contact == row.contact
            assert [(each.code, each.place) for each in kept] == [
                (each.code, each.place) for each in row.problems
            ]
    assert without.counts.ready == without.counts.accepted


def assert_nothing_is_lost(name, report):
    """Every cell of a row that is ready is written, save in columns for opt-outs."""
    for row in report.accepted:
        if row.held_back or row.repeats is not None or opted_out(row):
            continue
        _, cells = report.preflight.written(row)
        contact = row.contact
        mapped = report.recognition.mapped
        dropped = {normalize(column) for column, word in mapped if word == "opted_out"} | opt_out_columns(
            name
        )
        addresses = {normalize(column) for column, word in mapped if word in ("email", "phone")}
        kept = {normalize(column): str(text) for column, text in contact.extra if text}
        assert {text for column, text in kept.items() if column not in dropped | addresses} <= set(cells)
        # What was read of several addresses in a cell, or of a number, stands for the text.
        read = {contact.email, contact.phone} & set(cells)
        assert read or {text for column, text in kept.items() if column in addresses} <= set(cells)
        assert read or not (contact.email or contact.phone) or addresses & kept.keys()
        assert contact.id is None or contact.id in cells


@pytest.mark.parametrize("name", DESTINATIONS)
class TestOptOuts:
    """No opt-out is lost, and none that is there already is lifted."""

    @given(file=lead_files(), there=st.sets(ADDRESSES.filter(bool)))
    def test_both_files_keep_every_opt_out(self, name, file, there):
        assert_opt_outs_are_kept(name, checked(file, name), there)

    @given(file=lead_files(), merged=st.sampled_from(["report", "merge", "ignore"]))
    def test_everybody_is_in_the_right_file_or_told(self, name, file, merged):
        report = checked(file, name, duplicates=merged)

        assert_nobody_is_in_the_wrong_file(name, report)
        assert_it_adds_up(file, report, duplicates=merged)
        assert_nothing_is_lost(name, report)

    @given(file=lead_files())
    def test_row_by_row_the_same_is_found(self, name, file):
        with iter_check(
            file, destination=name, fill=FILLS.get(name, {}), duplicates="report", names_only=True
        ) as run:
            rows = list(run)
        whole = checked(file, name)
        elsewhere = {
            row.record
            for row in whole.accepted
            if any(each.code is Code.OPTED_OUT_ELSEWHERE for each in row.problems)
        }

        if not elsewhere:
            assert rows == list(whole)
            assert run.counts == whole.counts

    @pytest.mark.long
    def test_the_real_files_keep_every_opt_out(self, name, shared):
        seen = 0
        for path in sorted((shared / "data").rglob("*")):
            if path.suffix.lower() not in {".csv", ".json", ".vcf"} or path.stat().st_size > 3_000_000:
                continue
            try:
                report = checked(path, name)
            except FileRefused:
                continue
            people = [row.contact.email for row in report.accepted if row.contact.email]
            assert_opt_outs_are_kept(name, report, set(people[::7]))
            assert_nobody_is_in_the_wrong_file(name, report)
            assert report.counts.accepted == report.counts.ready + report.counts.held_back
            assert_nothing_is_lost(name, report)
            seen += 1
        assert seen > 20


def test_one_file_in_the_obvious_form_lifts_an_opt_out_in_mautic():
    rows = [("ana@example.com", "", ""), ("ben@example.com", "", "yes")]
    one_file = csv_of(("email", "firstname", "doNotEmail"), *rows).decode()
    mautic = STAND_INS["mautic"]({"ana@example.com"})
    mautic.load(one_file)

    assert mautic.contactable("ana@example.com")
    assert not mautic.contactable("ben@example.com")

    mautic = STAND_INS["mautic"]({"ana@example.com"})
    ready, opt_outs = files_of(check(one_file.encode(), layout="mautic", destination="mautic"))
    mautic.load(ready)
    mautic.load_opt_outs(opt_outs)

    assert not mautic.contactable("ana@example.com")
    assert not mautic.contactable("ben@example.com")


@pytest.mark.parametrize(("name", "word"), [("salesforce", "false"), ("zoho", ""), ("dynamics", "0")])
def test_the_other_stand_ins_lift_an_opt_out_as_well(name, word):
    system = STAND_INS[name]({"ana@example.com"})
    system.load(csv_of((system.email, system.lists[0]), ("ana@example.com", word)).decode())

    assert system.contactable("ana@example.com")


def test_a_stand_in_refuses_a_row_without_what_it_needs():
    system = STAND_INS["salesforce"]()
    system.load("LastName,Company,Email\nNovak,,ana@example.com\n")

    assert len(system.refused) == 1
    assert not StandIn().contactable("ana@example.com")


# Demands ---------------------------------------------------------------------------------------------------------

GOOD = {
    "id": "", "name": "Ana Novak", "first_name": "Ana", "last_name": "Novak", "company": "Novak", "job_title": "Nurse",
    "website": "example.com", "street": "Main 1", "city": "Pest", "state": "P", "postal_code": "1", "country": "HU",
    "description": "tall", "email": "ana@example.com", "phone": "+36301234567",
}  # fmt: skip
SOURCE = {field: field.replace("_", " ") for field in GOOD if field not in ("name", "id")}


def plain_file(**changed):
    cells = GOOD | changed
    return csv_of(SOURCE.values(), [cells[field] for field in SOURCE])


def breaking_demands():
    """Yield every demand of every destination, with a file that breaks it alone."""
    for name in DESTINATIONS:
        destination = SYSTEMS[name].destination
        fields = {each.name: each.field for each in destination.columns}
        for group in destination.needs:
            if all(fields[column] in SOURCE for column in group):
                blank = {fields[column]: "" for column in group}
                blank |= {"phone": "+36301234567", "email": "" if "email" in blank else "ana@example.com"}
                yield name, group[0], plain_file(**blank), (Code.DESTINATION_MISSING, Severity.ERROR)
        by_kind = {each.kind: each for each in destination.demands}
        for column in destination.columns:
            if column.length and column.field in SOURCE and column.field not in ("email", "phone"):
                demand = by_kind.get(DemandKind.TOO_LONG)
                known = column.sureness is Sureness.KNOWN and (
                    demand is None or demand.sureness is Sureness.KNOWN
                )
                severity = Severity.ERROR if known else Severity.WARNING
                yield (
                    name,
                    column.name,
                    plain_file(**{column.field: "x" * (column.length + 1)}),
                    (Code.DESTINATION_TOO_LONG, severity),
                )
        if forbidden := by_kind.get(DemandKind.FORBIDDEN):
            severity = Severity.ERROR if forbidden.sureness is Sureness.KNOWN else Severity.WARNING
            for sign in forbidden.characters.replace("\r", ""):
                yield name, repr(sign), plain_file(city=f"a{sign}b"), (Code.DESTINATION_FORBIDDEN, severity)
        if repeated := by_kind.get(DemandKind.REPEATED):
            known = repeated.sureness is Sureness.KNOWN and not repeated.effect
            severity = Severity.ERROR if known else Severity.WARNING
            if any(fields[key] == "email" for key in destination.keys):
                line = plain_file().splitlines(keepends=True)[1]
                expected = (Code.DESTINATION_REPEATED, severity)
                yield name, "key", plain_file() + line.replace(b"ana@", b"Ana@"), expected


BREAKING = list(breaking_demands())


@pytest.mark.parametrize("name", DESTINATIONS)
def test_a_row_that_breaks_no_demand_has_no_problem(name):
    report = checked(plain_file(), name, fill={**FILLS.get(name, {})})

    assert found(report) == []
    assert (report.counts.ready, report.counts.held_back) == (1, 0)
    assert len(rows_of(files_of(report)[0])) == 1


@pytest.mark.parametrize(
    ("name", "what", "file", "expected"), BREAKING, ids=[f"{n}-{w}" for n, w, *_ in BREAKING]
)
def test_a_row_that_breaks_one_demand_alone_has_that_problem_alone(name, what, file, expected):
    fill = {column: text for column, text in FILLS.get(name, {}).items() if column != what}
    report = checked(file, name, fill=fill)

    assert found(report) == [expected]
    assert report.counts.held_back == (expected[1] is Severity.ERROR)
    assert report.counts.severity(expected[0]) is expected[1]
    assert report.clear == (expected[1] is not Severity.ERROR)


@pytest.mark.parametrize("name", DESTINATIONS)
def test_a_text_may_be_as_long_as_its_column(name):
    lengths = {
        each.field: each.length
        for each in SYSTEMS[name].destination.columns
        if each.length and each.field in SOURCE
    }
    texts = {field: "x" * length for field, length in lengths.items() if field not in ("email", "phone")}

    assert found(checked(plain_file(**texts), name)) == []


def test_one_filled_column_of_a_group_is_enough():
    report = check(b"first name,last name,email\nAna,,\n,Novak,\n,,ana@example.com\n", destination="hubspot")

    assert (found(report), report.counts.ready) == ([], 3)


@pytest.mark.long
def test_memory_does_not_grow_with_the_file():
    def peak(rows):
        lines = (
            f"Ana,Novak,Acme,a{number}@example.com,{'yes' if number % 9 == 0 else ''}\n"
            for number in range(rows)
        )
        file = io.BytesIO(b"first name,last name,company,email,opted out\n" + "".join(lines).encode())
        tracemalloc.start()
        try:
            with iter_check(file, destination="salesforce") as run:
                for row in run:
                    run.preflight.written(row)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(100)
    small, large = peak(11_000), peak(44_000)
    assert large < small + 500_000


@pytest.mark.parametrize("name", DESTINATIONS)
def test_a_needed_column_that_nothing_gives_is_told_once(name):
    needs = [group for group in SYSTEMS[name].destination.needs if "Email" not in group]
    report = check(
        csv_of(("email", "city"), *[(f"{n}@example.com", "Pest") for n in "abc"]), destination=name
    )

    assert found(report) == [(Code.DESTINATION_UNMET, Severity.ERROR)] * len(needs)
    assert report.counts.held_back == (3 if needs else 0)
    for group in needs:
        (told,) = [each.message for each in report.problems if group[0] in each.message]
        assert told.startswith(f"{SYSTEMS[name].title} needs {' or '.join(group)}, which no column gives")


def test_limits_of_the_whole_file_are_told_of_the_file():
    ours = from_toml(
        '[system]\nextends = "hubspot"\n[import.demands]\nrows = { at_most = 2, error = "LIMIT_EXCEEDED" }\nbytes = { at_most = 300, sureness = "uncertain" }\ncolumns = { at_most = 6 }\n',
        "ours",
    )
    file = csv_of(("email", "a", "b"), *[(f"{n}@example.com", "x" * 60, "") for n in "abc"])
    report = check(file, destination=ours)

    messages = [
        (each.message, each.severity) for each in report.problems if each.code is Code.DESTINATION_LIMIT
    ]
    assert messages == [
        ("the file has 3 rows, and HubSpot takes 2; HubSpot calls this LIMIT_EXCEEDED", Severity.ERROR),
        (
            "the file has 308 bytes, and HubSpot takes 300; it is not confirmed that HubSpot refuses this",
            Severity.WARNING,
        ),
        ("the file has 7 columns, and HubSpot takes 6", Severity.ERROR),
    ]
    assert report.counts.held_back == 0


class TestValues:
    """Values of lists: those of the system's own, and those of an account."""

    FILE = b"Record ID,Email,Lifecycle Stage\n1,a@example.com,Sponsor\n2,b@example.com,sponsor\n3,c@example.com,Lead\n"

    def test_a_value_that_a_changed_list_may_have_is_told_once(self):
        report = check(self.FILE, destination="hubspot")

        assert found(report) == [(Code.DESTINATION_UNLISTED, Severity.WARNING)]
        assert report.counts.held_back == 0

    def test_a_value_that_the_account_does_not_have_holds_its_rows_back(self):
        ours = '[system]\nextends = "salesforce"\n[mapping.Status]\ncustomised = false\n'
        file = b"Id,LastName,Company,Email,Status,LeadSource\n1,A,B,a@example.com,Odd,\n2,A,B,b@example.com,Odd,\n3,A,B,c@example.com,,\n"
        report = check(file, destination=from_toml(ours, "ours"))

        assert found(report) == [(Code.DESTINATION_UNLISTED, Severity.ERROR)] * 2
        assert report.counts.held_back == 2
        assert (
            "Salesforce calls this INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
            in report.accepted[0].problems[-1].message
        )

    def test_no_more_than_a_thousand_values_are_remembered(self):
        lines = "".join(f"{n},u{n}@example.com,odd{n}\n" for n in range(1_002))
        report = check(
            f"Record ID,Email,Lifecycle Stage\n{lines}9999,z@example.com,odd1001\n".encode(),
            destination="hubspot",
        )

        assert report.counts.problems[Code.DESTINATION_UNLISTED] == 1_003


# Files to import -------------------------------------------------------------------------------------------------


class TestColumns:
    """A file of the same system keeps its columns; any other gets those of the destination, and keeps the rest."""

    def test_an_export_of_the_same_system_keeps_its_columns(self):
        file = b"Favourite,Record ID,firstname,Email,hs_email_optout,Lifecycle Stage\ntea,7,Ana,ANA@example.com,,Lead\n"
        ready, opt_outs = files_of(check(file, destination="hubspot"))

        assert ready.splitlines() == [
            "Favourite,Record ID,firstname,Email,Lifecycle Stage,leadqual_stage,leadqual_qualification,leadqual_standing,leadqual_score",
            "tea,7,Ana,ANA@example.com,Lead,name,generic,active,15",
        ]
        assert opt_outs == "Email\r\n"

    def test_another_file_gets_their_columns_and_keeps_unknown_ones_under_their_names(self):
        file = b"id,Vorname,Nachname,Firma,email,points,responded,opted out\n7,Ana,Novak,Acme,ana@example.com,3,yes,\n"
        report = check(file, destination="mautic")

        (row,) = rows_of(files_of(report)[0])
        assert row == {
            "firstname": "Ana", "lastname": "Novak", "company": "Acme", "email": "ana@example.com",
            "extra id": "7", "extra points": "3", "responded": "yes",
            "leadqual_stage": "lead", "leadqual_qualification": "generic", "leadqual_standing": "active", "leadqual_score": "19",
        }  # fmt: skip

    def test_a_name_that_is_taken_twice_is_written_under_a_name_of_its_own(self):
        report = check(b"id,extra id,email\n7,8,ana@example.com\n", destination="mautic")

        (row,) = rows_of(files_of(report)[0])
        assert (row["extra id"], row["extra extra id"]) in {("7", "8"), ("8", "7")}

    def test_the_id_of_another_system_is_never_their_key(self):
        report = check(
            b"Id,LastName,Company,Email,IsConverted\n7,Novak,Acme,ana@example.com,\n", destination="hubspot"
        )

        assert "Record ID" not in rows_of(files_of(report)[0])[0]

    def test_an_opt_out_of_the_same_system_is_recorded_by_its_id(self):
        file = b"Id,LastName,Company,Email,HasOptedOutOfEmail\n7,Novak,Acme,,true\n"

        (row,) = rows_of(files_of(check(file, destination="salesforce"))[1])
        assert row["Id"] == "7"
        assert row["Email"] == ""
        assert found(check(file, destination="zoho")) == [(Code.OPT_OUT_STRANDED, Severity.ERROR)]

    def test_a_full_name_is_not_split(self):
        report = check(
            b"name,email\nAna Novak,ana@example.com\n", destination="salesforce", fill={"company": "–"}
        )

        assert found(report) == [(Code.DESTINATION_UNMET, Severity.ERROR)]
        assert (
            rows_of(files_of(check(b"name,email\nAna Novak,\n", destination="pipedrive"))[0])[0][
                "Person - Name"
            ]
            == "Ana Novak"
        )

    def test_a_telephone_number_that_cannot_be_read_is_written_as_it_stands(self):
        report = check(b"email,phone\nana@example.com,030 123\n", destination="mautic")

        assert rows_of(files_of(report)[0])[0]["phone"] == "030 123"

    def test_an_escaped_cell_keeps_its_apostrophe_and_is_told(self):
        report = check(b"email,city\nana@example.com,=1+1\n", destination="mautic")

        assert rows_of(files_of(report)[0])[0]["city"] == "'=1+1"
        assert found(report) == [(Code.FORMULA_ESCAPED, Severity.WARNING)]
        (problem,) = [each for each in report.problems if each.code is Code.FORMULA_ESCAPED]
        assert (problem.record, problem.header, problem.column) == (2, "city", 2)

    def test_a_trusted_stage_is_marked_as_in_other_output(self):
        report = check(b"email,stage\nana@example.com,rep\n", destination="mautic", trust_stage=True)

        (row,) = rows_of(files_of(report)[0])
        assert (row["trusted_stage"], row["extra stage"], row["leadqual_stage"]) == ("rep", "rep", "rep")

    def test_json_lines_are_written_with_the_columns_of_all_lines(self):
        file = b'{"last_name": "Novak", "company": "Acme"}\n{"last_name": "Toth", "company": "B", "email": "t@example.com"}\n'
        report = check(file, destination="salesforce")

        assert [row["Email"] for row in rows_of(files_of(report)[0])] == ["", "t@example.com"]

    def test_cells_that_the_destination_would_refuse_are_left_out_of_an_opt_out(self):
        file = csv_of(("last name", "email", "opted out"), ("x" * 90, "ana@example.com", "yes"))

        (row,) = rows_of(files_of(check(file, destination="salesforce", fill={"Company": "Private"}))[1])
        assert (row["LastName"], row["Company"], row["Email"]) == ("", "Private", "ana@example.com")

    @pytest.mark.parametrize("address", ["=ana@example.com", "a" * 64 + "@" + "b" * 60 + ".example.com"])
    def test_an_opt_out_whose_key_cannot_be_written_is_stranded(self, address):
        report = check(
            csv_of(("email", "opted out"), (address, "yes")), destination="salesforce", fill={"Company": "–"}
        )

        assert (Code.OPT_OUT_STRANDED, Severity.ERROR) in found(report)
        assert rows_of(files_of(report)[1]) == []

    def test_the_opt_out_of_a_rejected_row_is_recorded_or_told(self):
        file = b"email,phone,source,opted out,responded\nana@example.com,,,yes,perhaps\n,+36301234567,,yes,perhaps\n"
        report = check(file, destination="mautic")

        assert len(report.rejected) == 2
        assert [row["email"] for row in rows_of(files_of(report)[1])] == ["ana@example.com"]
        assert found(report) == [(Code.OPT_OUT_STRANDED, Severity.ERROR)]

    def test_an_address_that_is_rejected_has_the_name_of_the_destination(self):
        report = check(b"email\nana@example\n", destination="hubspot")
        (problem,) = report.rejected[0].problems

        assert problem.theirs == "INVALID_EMAIL"
        assert problem.message.endswith("; HubSpot calls this INVALID_EMAIL")
        assert check(b"email\nana@example\n", destination="zoho").rejected[0].problems[0].theirs == ""

    def test_their_own_fields_are_written_only_if_asked_for(self):
        file = b"email,purchased,source\nana@example.com,yes,referral\nben@example.com,,\n"
        ours, theirs = (check(file, destination="hubspot", standard_fields=asked) for asked in (False, True))

        assert "Lifecycle Stage" not in rows_of(files_of(ours)[0])[0]
        expected = [
            dict(express(row.verdict, SYSTEMS["hubspot"], standard_fields=True).values)
            for row in theirs.accepted
        ]
        written = [row["Lifecycle Stage"] for row in rows_of(files_of(theirs)[0])]
        assert written == [values.get("lifecyclestage", "") for values in expected]
        assert any(written)
        assert found(theirs) == []

    def test_a_filled_list_is_written_as_it_is_given(self):
        report = check(b"email\nana@example.com\n", destination="hubspot", fill={"Lifecycle Stage": "Lead"})

        assert rows_of(files_of(report)[0])[0]["Lifecycle Stage"] == "Lead"

    def test_a_file_of_another_object_of_the_system_does_not_give_its_ids(self):
        file = b"Id,LastName,Company,Email,AccountId,LeadSource\n7,Novak,Acme,ana@example.com,9,\n"
        report = check(file, layout="salesforce-contacts", destination="salesforce")

        assert rows_of(files_of(report)[0])[0]["extra Id"] == "7"

    def test_a_company_file_over_a_system_is_the_same_system(self):
        ours = from_toml('[system]\nextends = "hubspot"\n', "ours")
        for layout, destination in (("hubspot", ours), (ours.layout, "hubspot")):
            report = check(
                b"Record ID,Email,Lifecycle Stage\n1,a@example.com,\n", layout=layout, destination=destination
            )
            assert rows_of(files_of(report)[0])[0]["Record ID"] == "1"

    def test_a_field_of_the_same_system_is_copied_as_it_is(self):
        file = b"Record ID,Email,Lifecycle Stage,Became a Customer Date\n1,a@example.com,Lead,2026-01-02\n"
        report = check(file, destination="hubspot", standard_fields=True)

        assert [row["Lifecycle Stage"] for row in rows_of(files_of(report)[0])] == ["Lead"]

    def test_merged_rows_are_held_to_the_demands_together(self):
        file = b"id,last name,company,email\n1,Novak,,ana@example.com\n1,,Acme,ana@example.com\n2,Toth,,t@example.com\n2,Toth,,t@example.com\n"
        apart, merged = (check(file, destination="salesforce", duplicates=way) for way in ("ignore", "merge"))

        assert (apart.counts.ready, apart.counts.held_back) == (0, 4)
        assert (merged.counts.ready, merged.counts.held_back) == (2, 2)
        assert len(rows_of(files_of(merged)[0])) == 1


def test_an_account_that_opted_out_elsewhere_in_the_file_is_not_contacted():
    report = check(b"email,opted out\nana@example.com,\nANA@example.com,yes\n", destination="mautic")
    ready, opt_outs = files_of(report)

    assert rows_of(ready) == []
    assert {row["email"].casefold() for row in rows_of(opt_outs)} == {"ana@example.com"}
    assert report.counts.standings == {Standing.DO_NOT_CONTACT: 2}


def test_a_system_without_a_way_to_record_an_opt_out_strands_each():
    ours = from_toml(
        '[layout]\n[fields]\nemail = "email"\n[import.columns]\nemail = { field = "email" }\n', "ours"
    )
    report = check(b"email,opted out\nana@example.com,yes\nben@example.com,\n", destination=ours)

    assert found(report) == [(Code.OPT_OUT_STRANDED, Severity.ERROR)]
    assert (report.counts.ready, report.counts.held_back) == (1, 1)


# The arguments ---------------------------------------------------------------------------------------------------


class TestArguments:
    def test_a_destination_that_does_not_exist_is_told_with_the_nearest(self):
        for name in ("hubspto", "google"):
            with pytest.raises(UnknownWord, match="unknown destination"):
                check(b"email\n", destination=name)
        with pytest.raises(UnknownWord, match="did you mean 'hubspot'"):
            check(b"email\n", destination="hubspto")

    def test_a_file_of_a_company_is_a_destination(self, tmp_path):
        path = tmp_path / "ours.toml"
        path.write_text(
            '[system]\nextends = "mautic"\ntitle = "Ours"\n[import]\nneeds = [["city"]]\n', encoding="utf-8"
        )
        report = check(b"email\nana@example.com\n", destination=str(path), fill={"City": "Pest"})

        assert rows_of(files_of(report)[0])[0]["city"] == "Pest"
        assert report.preflight.system.title == "Ours"

    @pytest.mark.parametrize(
        ("destination", "fill", "error", "told"),
        [
            ("mautic", {"ctiy": "Pest"}, UnknownWord, "did you mean 'city'"),
            ("mautic", {"email": "x"}, WrongValue, "by which people are told apart"),
            ("mautic", {"doNotEmail": "no"}, UnknownWord, "unknown column"),
            ("mautic", {"city": 7}, WrongType, "fill for city"),
            ("mautic", {7: "city"}, WrongType, "each column of fill"),
            ("mautic", "city", WrongType, "fill must be"),
            (None, {"city": "Pest"}, WrongValue, "name the destination, too"),
            (SYSTEMS["google"], {}, WrongValue, "does not say what an import demands"),
            (7, {}, WrongType, "destination must be"),
        ],
    )
    def test_what_cannot_be_used_is_refused_with_advice(self, destination, fill, error, told):
        for call in (check, iter_check):
            with pytest.raises(error, match=told):
                call(b"email\n", destination=destination, fill=fill)

    def test_their_own_fields_need_a_destination(self):
        with pytest.raises(WrongValue, match=r"^standard_fields: .*name the destination, too"):
            check(b"email\n", standard_fields=True)
        with pytest.raises(WrongType, match="^standard_fields must be"):
            check(b"email\n", destination="mautic", standard_fields="no")

    def test_a_check_without_a_destination_writes_no_files_to_import(self):
        with pytest.raises(WrongValue, match="destination"):
            check(b"email\n").write_import(io.StringIO(), io.StringIO())

    def test_the_files_are_csv(self, tmp_path):
        report = check(b"email\n", destination="mautic")
        with pytest.raises(WrongValue, match="CSV"):
            report.write_import(tmp_path / "a.jsonl", tmp_path / "b.csv")
        with pytest.raises(WrongValue, match="cannot be written"):
            ImportWriter(tmp_path / "a.csv", tmp_path / "none" / "b.csv", report.preflight)

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            (
                '[import]\nneeds = [["emial"]]\n[import.columns]\nemail = { field = "email" }\n',
                "unknown column 'emial'; did you mean 'email'",
            ),
            (
                '[import]\nkeys = ["emial"]\n[import.columns]\nemail = { field = "email" }\n',
                "did you mean 'email'",
            ),
            (
                '[import.columns]\nemail = { field = "emial" }\n',
                "unknown field 'emial'; did you mean 'email'",
            ),
            ('[import.columns]\nstage = { mapping = "stage" }\n', "unknown mapping 'stage'"),
            ("[import.columns]\n[import.demands]\nrow = { at_most = 7 }\n", "did you mean 'rows'"),
            ('[import.columns]\n[import.opt_out]\nway = "column"\n', "did you mean 'columns'"),
            ('[import.columns]\n[import.opt_out]\nkeys = ["email"]\n', "unknown column 'email'"),
            ("[import]\n", "import.columns: is missing"),
        ],
    )
    def test_a_destination_that_is_described_wrongly_is_refused_at_its_place(self, text, told):
        with pytest.raises(DocumentRefused) as refused:
            from_toml(f'[layout]\n[fields]\nemail = "email"\n{text}', "ours")
        assert told in str(refused.value)


@pytest.mark.parametrize("name", DESTINATIONS)
def test_every_destination_is_described_in_full(name):
    destination = SYSTEMS[name].destination
    columns = [each.name for each in destination.columns]

    assert destination.opt_out.note
    assert destination.opt_out.keys
    assert any(each.field == "email" for each in destination.opt_out.columns)
    assert len(set(columns)) == len(columns)
    assert not {normalize(column) for column in columns} & opt_out_columns(name)
    # What is always written is never what any cell could mean as a no.
    assert all(each.value.casefold() not in {"false", "no", "0"} for each in destination.opt_out.columns)
    assert set(destination.opt_out.keys) <= {each.name for each in destination.opt_out.columns}
