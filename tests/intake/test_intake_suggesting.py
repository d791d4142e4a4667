"""Headings in ten languages, and a layout that is suggested by them and by the cells below."""

import gzip
import io
import json

import openpyxl
import pytest
from attrs import evolve

from leadqual import Fact, Standing
from leadqual.intake import LAYOUTS, Code, FileRefused, check, iter_check
from leadqual.intake.decoding import read_chunks
from leadqual.intake.headers import Header
from leadqual.intake.problems import LIMITS
from leadqual.intake.recognition import SUGGESTED, fields_named, names_people, recognise
from leadqual.intake.suggesting import draft, suggest, to_toml_as_read
from leadqual.systems.system_file import from_toml, signed
from leadqual.taxonomy.vocabulary import UnknownWord

LISTS = {
    "de": (
        "E-Mail;Hat geantwortet;Gekauft;Eingeschrieben;Keine Werbung",
        "ja", "nein",
    ),
    "hu": (
        "E-mail cím;Válaszolt;Vásárolt;Csatlakozott a csapathoz;Hírlevél tiltás",
        "igen", "nem",
    ),
    "fr": (
        "Adresse e-mail;A répondu;A acheté;A rejoint l'équipe;Ne pas contacter",
        "oui", "non",
    ),
    "es": (
        "Correo electrónico;Ha respondido;Ha comprado;Se unió al equipo;No contactar",
        "sí", "no",
    ),
}  # fmt: skip
FACTS = (Fact.RESPONDED, Fact.PURCHASED, Fact.SIGNED_UP)

# Small files in the shape of other systems: the header, a person who opted out, and one who did not.
SYSTEMS = {
    "brevo": (
        "EMAIL,FIRSTNAME,LASTNAME,SMS,BLACKLISTED,ADDED_TIME",
        "ana@example.com,Ana,Lopez,,yes,2026-01-02",
        "ben@example.com,Ben,Miller,,no,2026-01-02",
    ),
    "back office": (
        "CustomerID,FirstName,LastName,Company,Email,Phone,EnrollerID,Rank,Joined Team,Do Not Contact",
        "1,Ana,Lopez,,ana@example.com,,7,Gold,2026-01-02,1",
        "2,Ben,Miller,,ben@example.com,,7,,,0",
    ),
    "dynamics": (
        "Lead,Full Name,Email Address 1,Mobile Phone,Status Reason,Do not allow Emails",
        "x,Ana Lopez,ana@example.com,+14155552671,New,Do Not Allow",
        "y,Ben Miller,ben@example.com,+14155552672,New,Allow",
    ),
    "pipedrive": (
        "Person - Name,Person - Email,Person - Phone,Person - Marketing status",
        "Ana Lopez,ana@example.com,,unsubscribed",
        "Ben Miller,ben@example.com,,subscribed",
    ),
    "gohighlevel": (
        "Contact Id,First Name,Last Name,Phone,Email,Tags,DND",
        "1,Ana,Lopez,,ana@example.com,a,true",
        "2,Ben,Miller,,ben@example.com,b,false",
    ),
    "activecampaign": (
        "ID,Email,First Name,Last Name,Status,Tags",
        "1,ana@example.com,Ana,Lopez,Unsubscribed,a",
        "2,ben@example.com,Ben,Miller,Active,b",
    ),
    "klaviyo": (
        "Email,First Name,Last Name,Phone Number,Email Marketing Consent,Unsubscribed On",
        "ana@example.com,Ana,Lopez,,,2026-01-02",
        "ben@example.com,Ben,Miller,,SUBSCRIBED,",
    ),
    "facebook": (
        "id,created_time,full_name,email,phone_number,do_not_call",
        "l:1,2026-01-02,Ana Lopez,ana@example.com,p:+14155552671,yes",
        "l:2,2026-01-02,Ben Miller,ben@example.com,p:+14155552672,no",
    ),
    "webinar": (
        "Attendee Name,Attendee Email,Attended webinar,Opted out",
        "Ana Lopez,ana@example.com,Yes,Yes",
        "Ben Miller,ben@example.com,No,No",
    ),
    "shop": (
        "Customer Name,Customer Email,First order date,Unsubscribed",
        "Ana Lopez,ana@example.com,2026-01-02,TRUE",
        "Ben Miller,ben@example.com,,FALSE",
    ),
}  # fmt: skip


def lines(*rows):
    return "\n".join(rows).encode()


def suggested(*rows, **options):
    return check(lines(*rows), layout=SUGGESTED, **options)


def named(*names):
    return fields_named(names)


class TestHeadings:
    """The plain layout knows the names of a person's own columns in ten languages, as whole words only."""

    @pytest.mark.parametrize(
        ("header", "row", "read"),
        [
            ("E-mail Address", "ana@example.com", {"email": "ana@example.com"}),
            ("Primary Email;FullName", "ana@example.com;Ana", {"email": "ana@example.com", "name": "Ana"}),
            ("Work Phone;Full Name", "+14155552671;Ana", {"phone": "+14155552671", "name": "Ana"}),
            ("Vorname;Nachname;Handynummer", "Ana;Lopez;+493090182000", {"name": "Ana Lopez", "phone": "+493090182000"}),
            ("Nachname;Vorname;Mail", "Lopez;Ana;ana@example.com", {"name": "Ana Lopez"}),
            ("Keresztnév;Vezetéknév;Telefonszám", "Ana;Lopez;+36301234567", {"name": "Ana Lopez", "phone": "+36301234567"}),
            ("Prénom;Nom;Courriel", "Ana;Lopez;ana@example.com", {"name": "Ana Lopez"}),
            ("Nombre;Apellidos;Correo", "Ana;Lopez;ana@example.com", {"name": "Ana Lopez"}),
            ("Name;Vorname;Firma;Telefon", "Lopez;Ana;X;+493090182000", {"name": "Ana Lopez"}),
            ("Adres e-mail;Imię i nazwisko;Źródło", "ana@example.com;Ana Lopez;website", {"name": "Ana Lopez"}),
            ("Work Email;Home Email", ";ana@example.com", {"email": "ana@example.com"}),
            ("Kundennummer;E-Mail-Adresse", "7;ana@example.com", {"id": "7"}),
        ],
    )  # fmt: skip
    def test_fields(self, header, row, read):
        (contact,) = check(lines(header, row)).contacts

        assert {name: getattr(contact, name) for name in read} == read

    def test_of_several_columns_the_first_filled_is_read_and_the_others_are_kept(self):
        report = check(lines("Work Email;Home Email;Name", "a@example.com;b@example.com;Ana"))
        (contact,) = report.contacts

        assert contact.email == "a@example.com"
        assert ("Home Email", "b@example.com") in contact.extra
        assert {name for name, word in report.recognition.mapped if word == "email"} == {
            "Work Email",
            "Home Email",
        }

    @pytest.mark.parametrize(
        "heading",
        [
            "Spouse's Email", "Assistant's Phone", "Contact Owner", "Lead Owner", "Company Name", "Mum", "Manager Email",
            "Sponsor Email", "Company Email", "Owner Email", "Emails sent", "Phonetic Name", "State",
        ],
    )  # fmt: skip
    def test_relatives_owners_assistants_and_companies_are_never_the_person(self, heading):
        assert not named(heading)
        assert check(lines(f"E-Mail-Adresse;{heading}", "a@example.com;x")).recognition.unmapped == (heading,)

    def test_exact_words_for_facts_are_read_with_their_answers(self):
        report = check(lines("E-Mail;Gekauft", "a@example.com;ja", "b@example.com;nein", "c@example.com;"))

        assert [c.evidence.value(Fact.PURCHASED) for c in report.contacts] == [True, False, None]
        assert ("Gekauft", "purchased") in report.recognition.mapped

    def test_looser_words_are_not(self):
        assert check(lines("E-Mail;Eingeschrieben", "a@example.com;ja")).recognition.unmapped == (
            "Eingeschrieben",
        )

    def test_what_other_people_may_share_is_no_id(self):
        report = check(lines("E-Mail;Vorname;Rep ID", "a@example.com;Ana;1", "b@example.com;Ben;1"))

        assert [contact.id for contact in report.contacts] == [None, None]
        assert Code.DUPLICATE not in report.counts.problems

    def test_a_name_that_is_there_twice_is_not_guessed(self):
        report = check(lines("E-Mail;Work Phone;Work Phone", "a@example.com;+14155552671;+14155552672"))

        assert report.contacts[0].phone is None
        assert report.accepted

    def test_what_this_library_wrote_is_read_by_its_own_names_alone(self):
        written = io.StringIO()
        check(lines("Primary Email;Work Phone;x", "a@example.com;0301;1")).write_accepted(written)

        again = check(written.getvalue().encode())
        assert again.layout is LAYOUTS["plain"]
        assert (
            again.contacts[0].extra
            == check(lines("Primary Email;Work Phone;x", "a@example.com;0301;1")).contacts[0].extra
        )

    def test_our_own_words_come_first(self):
        assert (
            check(lines("Work Email;Email", "a@example.com;b@example.com")).contacts[0].email
            == "b@example.com"
        )


class TestWhatIsAListOfPeople:
    @pytest.mark.parametrize(
        "header",
        [
            "EmployeeID,FIRSTNAME,LASTNAME,Department,Salary",
            "Company,Phone,Website",
            "Name,Phone,Industry,Number of Employees",
            "id,name,amount",
            "Vorname,Nachname",
            "Assistant Email,Assistant Phone",
        ],
    )
    def test_these_are_not(self, header):
        assert not names_people(Header.of(header.split(",")))
        with pytest.raises(FileRefused, match="--layout suggested"):
            check(lines(header, "1,2,3,4,5"))

    @pytest.mark.parametrize(
        "header",
        [
            "Phone", "Name,Phone", "Company,Name,Phone", "Full Name,Phone,Industry", "Company,E-mail", "Name,Kontaktiert",
            "First Name,Phone,Company",
        ],
    )  # fmt: skip
    def test_these_are(self, header):
        assert names_people(Header.of(header.split(",")))

    @pytest.mark.parametrize(
        "header",
        [
            "EMAIL,FIRSTNAME,LASTNAME,SMS,BLACKLISTED",
            "CustomerID,FirstName,LastName,Company,Email,Phone,Rank,Joined Team,Do Not Contact",
            "CustomerID,FirstName,LastName,Email,CustomerType,CustomerStatus",
            "name,lead_name,email,lead_owner,status",
            "id,created_time,full_name,email",
            "Attended,First Name,Last Name,Email",
            "Contact Id,First Name,Last Name,Email,Tags",
            "EmployeeID,FirstName,LastName,Email,Department,Status",
            "firstname,lastname,email,company",
            "First Name,Last Name,Account Name,Email,Do Not Call",
            "user_id,contact_name,email",
        ],
    )
    def test_no_system_is_told_by_names_that_others_have_too(self, header):
        assert recognise(Header.of(header.split(","))).layout.name == "plain"

    @pytest.mark.parametrize(
        "header",
        [
            "Id,Name,Website,BillingStreet,OwnerId",
            "Id,AccountId,StageName,IsWon,Amount",
            "Account Owner,Account Name,Website,Lead Source",
            "id,name,emailAddress,assignedUserName,billingAddressCity",
            "activityid,subject,statuscode,scheduledend",
            "Deal - Title,Deal - Status,Deal - Stage,Organization - Name",
            "name,company_name,lost_reason,deal_status",
            "External ID,Opportunity,Company Name,Expected Revenue,Stage",
        ],
    )
    def test_a_table_of_firms_or_deals_is_no_list_of_people(self, header):
        assert signed(header.split(",")) == ()

    @pytest.mark.parametrize("name", sorted(name for name, layout in LAYOUTS.items() if layout.signature))
    def test_every_other_layout_asks_for_names_spelt_as_the_system_spells_them(self, name):
        cells = [group[0].replace("{n}", "1") for group in LAYOUTS[name].signature]

        assert name in signed([*cells, "x"])
        assert recognise(Header.of([*cells, "x"])).layout.name == name
        assert signed([cell.swapcase() for cell in cells]) == ()
        assert name not in signed(cells[1:])

    def test_a_system_is_preferred_to_headings_and_our_own_facts_to_a_system(self):
        header = (
            "Record ID,Lifecycle Stage,Email,First Name,Last Name,Work Phone,Work Email,Home Email,Gekauft"
        )
        connections = "First Name,Last Name,Connected On,Email,Contacted,Responded,Purchased"

        assert check(lines(header, "1,lead,a@example.com,Ana,Lopez,,,,")).layout.name == "hubspot"
        assert check(lines(connections, "Ana,Lopez,,a@example.com,yes,no,no")).layout.name == "plain"


class TestSuggestion:
    """What both the name of a column and its cells say is read; the rest is told."""

    @pytest.mark.parametrize("language", LISTS)
    def test_every_fact_and_opt_out_is_right_in_the_words_of_the_file(self, language):
        header, yes, no = LISTS[language]
        rows = [
            f"{name}@example.com;{yes if n & 1 else no};{yes if n & 2 else no};{yes if n & 4 else no};{yes if n & 8 else no}"
            for n, name in enumerate("abcdefghijklmnop")
        ]
        report = suggested(header, *rows)

        assert report.clear
        assert len(report.accepted) == 16
        for n, row in enumerate(report.accepted):
            assert [row.contact.evidence.value(fact) for fact in FACTS] == [
                bool(n & 1),
                bool(n & 2),
                bool(n & 4),
            ]
            assert (row.verdict.standing is Standing.DO_NOT_CONTACT) is bool(n & 8)
        assert check(lines(header, *rows)).understanding.evidence_unread == (header.split(";")[3],)

    @pytest.mark.parametrize("name", SYSTEMS)
    def test_a_file_in_the_shape_of_another_system_is_read_and_no_opt_out_is_lost(self, name):
        header, out, still_in = SYSTEMS[name]
        for report in (
            suggested(header, out, still_in),
            check(lines(header, out, still_in), layout=from_toml(draft(lines(header, out, still_in))).layout),
            check(lines(header, out, still_in)),
        ):
            standings = {row.contact.email: row.verdict.standing for row in report.accepted}

            assert standings.get("ana@example.com") is Standing.DO_NOT_CONTACT
            assert standings.get("ben@example.com") is Standing.ACTIVE
            assert {contact.name for contact in report.contacts} == {"Ana Lopez", "Ben Miller"}

    @pytest.mark.parametrize(
        ("heading", "cells", "test"),
        [
            ("Gekauft", ["WAHR", "FALSCH", "falsch"], 'yes = ["wahr"], no = ["falsch"]'),
            ("Gekauft", ["x"], "yes_no = true"),
            ("Gekauft", ["1", "0"], 'yes = ["1"], no = ["0"]'),
            ("Gekauft", ["nein"], "yes_no = true, denies = true"),
            ("Gekauft", ["Ja", "JA", "nein", "-", "n/a"], 'yes = ["ja"], no = ["nein"], denies = true'),
            ("Achete", ["o", "n"], 'yes = ["o"], no = ["n"], denies = true'),
            ("Kunde seit", ["03.04.2026", "13.04.2026"], "date = true"),
            ("Vásárlás dátuma", ["2026.04.03.", "2026.12.31."], "date = true"),
            ("Purchase date", ["2026-04-03", "2026-04-03T10:00:00Z"], "date = true"),
            ("Abgemeldet am", ["2026-04-03"], "date = true"),
            ("Abgemeldet", ["ja", "nein"], 'yes = ["ja"], no = ["nein"]'),
        ],
    )  # fmt: skip
    def test_the_cells_tell_the_test(self, heading, cells, test):
        text = draft(lines(f"E-Mail;{heading}", *(f"a@example.com;{cell}" for cell in cells)))

        assert f'{{ column = "{heading}", {test} }}' in text

    @pytest.mark.parametrize(
        ("heading", "cells", "note"),
        [
            ("Kunde seit", ["03/04/2026", "13/04/2026"], '# purchased = { column = "Kunde seit", date = true }'),
            ("Gekauft", ["vielleicht", "ja"], '# "Gekauft" may say what somebody did'),
            ("Gekauft", [], '# "Gekauft" may say what somebody did'),
            ("Gekauft", ["o"], '# "Gekauft" may say what somebody did'),
            ("Newsletter", ["ja", "nein"], '# under [layout]: consent_in = ["Newsletter"]'),
            ("Newsletter", ["ja"], '# "Newsletter" may be about consent'),
            ("Nem kér hírlevelet", ["igen", "nem"], '# "Nem kér hírlevelet" may be about consent'),
            ("Abgemeldet", ["ja", "bounced"], '# "Abgemeldet" may be about consent'),
            ("Sponsor", ["Eve"], '# "Sponsor" is about upline, which is neither a fact nor a stage'),
            ("Paid as rank", ["Gold"], '# "Paid as rank" is about rank, which is neither a fact nor a stage'),
            ("Lead Status", ["New"], '# "Lead Status" may say what somebody did'),
            ("Brille", ["ja", "nein"], '# "Brille" holds yes and no'),
            ("Work Email", ["nobody"], '# "Work Email" has a name for the email'),
            ("Lead Source", ["Web"], '# "Lead Source" has a name for the source'),
            ("Vorname", ["7"], '# "Vorname" has a name for the first_name'),
            ("Rep ID", ["7", "7", "7"], '# "Rep ID" has a name for the id'),
        ],
    )  # fmt: skip
    def test_what_is_not_borne_out_is_left_to_a_person(self, heading, cells, note):
        data = lines(f"E-Mail;{heading}", "a@example.com;", *(f"a@example.com;{cell}" for cell in cells))
        text = draft(data)

        assert note in text
        assert heading not in {column for column, _ in from_toml(text).layout.uses}

    @pytest.mark.parametrize(
        "heading", ["Newsletter", "Abgemeldet", "Opt in / out", "Email Status", "Gekauft"]
    )
    def test_nothing_about_consent_or_deeds_is_ignored(self, heading):
        for cells in (["x y"], ["ja", "nein"], []):
            data = lines(f"E-Mail;{heading};Shoe Size", *(f"a@example.com;{cell};38" for cell in cells))

            assert from_toml(draft(data)).layout.ignored == ("Shoe Size",)

    def test_later_words_are_compared_in_any_case_and_new_ones_are_told(self):
        rows = [f"a{n}@example.com;{'Ja' if n % 2 else 'nein'};nein" for n in range(1_000)]
        late = ["b@example.com;JA;Nein", "c@example.com;vielleicht;nein", "d@example.com;nein;später"]
        report = suggested("E-Mail;Gekauft;Keine Werbung", "z@example.com;ja;ja", *rows, *late)

        assert Fact.PURCHASED in report.accepted[-2].contact.evidence
        assert [problem.code for problem in report.rejected[0].problems] == [Code.WORD_UNREADABLE]
        assert report.accepted[-1].verdict.standing is Standing.DO_NOT_CONTACT
        assert report.understanding.columns == 3

    def test_dates_have_one_format_and_columns_in_another_one_are_left(self):
        report = suggested(
            "E-Mail;Kunde seit;Partner seit;Hat Video gesehen",
            "a@example.com;03.04.2026;2026-01-02;04.04.2026",
        )

        assert report.layout.dates == "%d.%m.%Y"
        assert "Partner seit" in report.recognition.unmapped

    def test_what_is_suggested_is_the_draft(self):
        for header, *rows in (
            *((h, f"a@example.com;{y};{n};{y};{n}") for h, y, n in LISTS.values()),
            *SYSTEMS.values(),
        ):
            data = lines(header, *rows)

            assert (
                evolve(from_toml(draft(data)).layout, name=SUGGESTED) == check(data, layout=SUGGESTED).layout
            )

    def test_names_of_columns_are_escaped_in_the_draft(self):
        report = check(lines('E-Mail;"Ge""kauft ]\n[x"', "a@example.com;ja"), layout=SUGGESTED)
        text = draft(b'{"email": "a@example.com", "a\\"\\n\\u001b": 38, "Sponsor\\u001b": "x"}\n')

        assert report.accepted
        assert from_toml(text).layout.ignored[0] == 'a"\n\x1b'
        assert "\x1b" not in text

    def test_the_names_may_stand_below_other_lines(self):
        data = lines("Leads of May;;", "Exported by Purchased;;", "E-Mail;Gekauft;x", "a@example.com;ja;1")
        own = from_toml(draft(data)).layout

        assert own.preamble
        assert check(data, layout=own).contacts[0].evidence.value(Fact.PURCHASED)
        assert check(data, layout=SUGGESTED).counts.balanced

    def test_a_row_with_a_word_of_ours_is_not_taken_for_the_names(self):
        with pytest.raises(FileRefused, match="no layout can be suggested"):
            suggested("a;b", "x;Name", "y;z")

    @pytest.mark.parametrize(
        "data", [b"a,b\n1,2\n", b"Gekauft;Kampagne\nja;May\n", b'{"x": 1}\n', b"Ana,Lopez,Lima\n"]
    )
    def test_where_nothing_identifies_a_person_it_says_so(self, data):
        with pytest.raises(FileRefused, match="no layout can be suggested") as caught:
            draft(data)

        assert caught.value.problem.code is Code.LAYOUT_UNKNOWN
        assert "Lopez" not in str(caught.value)

    def test_a_stream_is_read_once(self):
        class Stream(io.RawIOBase):
            def __init__(self, data):
                self.data = io.BytesIO(data)

            def read(self, size=-1):
                return self.data.read(size)

            def seekable(self):
                return False

        rows = [f"a{n}@example.com;{'ja' if n % 3 else 'nein'}" for n in range(30_000)]
        data = lines("E-Mail;Gekauft", *rows)

        with iter_check(Stream(data), layout=SUGGESTED) as run:
            bought = sum(Fact.PURCHASED in row.verdict.evidence for row in run)
            assert bought == 20_000
            assert run.bytes_read == len(data)
            assert run.counts.balanced

    @pytest.mark.parametrize("form", ["csv", "gzip", "array", "workbook", "no names", "titled"])
    def test_every_format_is_read(self, form):
        rows = [
            ["E-Mail", "Gekauft", "Keine Werbung"],
            ["a@example.com", "ja", "nein"],
            ["b@example.com", "nein", "ja"],
        ]
        text = lines(*map(";".join, rows))
        book = openpyxl.Workbook()
        for row in rows:
            book.worksheets[0].append(row)
        saved = io.BytesIO()
        book.save(saved)
        data = {
            "gzip": gzip.compress(text),
            "array": json.dumps([dict(zip(rows[0], row, strict=True)) for row in rows[1:]]).encode(),
            "workbook": saved.getvalue(),
            "no names": text.partition(b"\n")[2],
            "titled": b"Leads of May\n\n" + text,
        }.get(form, text)
        report = check(data, layout=SUGGESTED, columns=rows[0] if form == "no names" else ())

        assert [Fact.PURCHASED in row.contact.evidence for row in report.accepted] == [True, False]
        assert [str(row.verdict.standing) for row in report.accepted] == ["active", "do_not_contact"]

    def test_of_long_records_only_so_many_are_looked_at(self):
        long = "n" * 65_000 + "@"
        rows = [f"a{n}@example.com;{'ja' if n % 2 else 'nein'};{long};{long}" for n in range(40)]
        data = lines("E-Mail;Gekauft;Vorname;Telefon", *rows, "z@example.com;vielleicht;;")
        report = check(data, layout=SUGGESTED)

        assert dict(report.layout.fields).keys() == {"email"}
        assert [problem.code for problem in report.rejected[0].problems] == [Code.WORD_UNREADABLE]

    def test_the_file_is_given_back_whole(self):
        data = lines("E-Mail;Gekauft", "a@example.com;ja")

        _, _, chunks = suggest(read_chunks(data, 4), None, LIMITS)
        assert b"".join(chunks) == data

    def test_the_name_is_reserved_and_known(self):
        with pytest.raises(UnknownWord, match="did you mean 'suggested'"):
            check(b"email\n", layout="sugested")


def test_one_unreadable_cell_costs_its_row_and_not_the_column():
    data = b"E-Mail;Gekauft\na@example.com;ja\nb@example.com;nein\nc@example.com;vielleicht\n"
    report = check(data, layout=SUGGESTED)

    assert [Fact.PURCHASED in row.contact.evidence for row in report.accepted] == [True, False]
    assert [str(problem.code) for problem in report.problems] == ["word-unreadable"]


class TestFewUnreadableCells:
    """Of 50 cells one may be unreadable, and the check reports it; of a column about consent none."""

    @staticmethod
    def read(unreadable, cells=("ja", "nein")):
        rows = [f"a{n}@example.com;{cells[n % 2]}" for n in range(100)]
        rows[:unreadable] = [f"z{n}@example.com;mal sehen" for n in range(unreadable)]
        return check("\n".join(["E-Mail;Eingeschrieben", *rows]).encode(), layout=SUGGESTED)

    @pytest.mark.parametrize("cells", [("ja", "nein"), ("x", "ja"), ("01.02.2024", "13.02.2024")])
    def test_up_to_one_of_50_is_told_of_its_row(self, cells):
        report = self.read(2, cells)

        assert ("Eingeschrieben", "signed_up") in report.recognition.mapped
        assert [row.record for row in report.rejected] == [2, 3]
        assert not report.clear

    def test_more_leave_the_column_to_a_person(self):
        report = self.read(3)

        assert ("Eingeschrieben", "signed_up") not in report.recognition.mapped
        assert report.rejected == ()
        assert [problem.code for problem in report.problems] == [Code.FACTS_UNREAD]

    def test_none_in_a_column_about_consent(self):
        rows = "".join(f"a{n}@example.com;{('aktiv', 'nein')[n > 0]}\n" for n in range(100))
        report = check(f"E-Mail;Unsubscribed\n{rows}".encode(), layout=SUGGESTED)

        assert [test for _, tests in report.layout.facts for test in tests] == []
        assert [row.record for row in report.rejected] == [2]


def test_the_columns_about_consent_stand_beside_the_layout_that_a_file_was_read_in():
    data = b"E-Mail;Gekauft;Newsletter;Unsubscribed\na@example.com;ja;ja;ask Bob\n"
    report = check(data, layout=SUGGESTED)
    toml = to_toml_as_read(report.recognition, report.understanding.consent_unread)

    assert '# "Newsletter" is about consent: its cells are read word by word' in toml
    assert '# "Unsubscribed" is about consent' in toml
    assert from_toml(toml).layout.facts == report.layout.facts


def test_a_draft_names_the_built_in_layout_that_reads_the_file():
    card = b"BEGIN:VCARD\nVERSION:3.0\nFN:Ana\nEMAIL:ana@example.com\nEND:VCARD\n"

    assert "# the built-in layout vcard reads this file, and may read more of it" in draft(io.BytesIO(card))
    assert "built-in" not in draft(io.BytesIO(b"email\nana@example.com\n"))


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_what_was_read_as_suggested_is_clear_and_equal_when_it_is_written_and_read(tmp_path, form):
    data = "E-Mail;Hat geantwortet;Eingeschrieben;Kunde seit;Phone;VIP;Newsletter;DNC\n"
    data += "ana@example.com;ja;nein;01.02.2024;abc;ja;ja;\nben@example.com;;ja;;+4930901820;nein;nein;x\n"
    report = check(data.encode(), layout=SUGGESTED)
    report.write_accepted(tmp_path / f"o.{form}")
    again = check(tmp_path / f"o.{form}")

    assert report.clear
    assert again.clear
    assert again.contacts == report.contacts
    assert {problem.code for problem in again.problems} <= {Code.EVIDENCE_UNREAD, Code.ANSWERS_UNREAD}
