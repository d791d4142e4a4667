"""Which column means what: recognised by the header, or said in a TOML file whose faults are told at once."""

import io

import pytest
from attrs import evolve, fields

from leadqual import Fact, Source, Stage, Standing, from_json, to_json
from leadqual.documents import DocumentRefused
from leadqual.errors import LeadqualError, WrongType, WrongValue
from leadqual.intake import LAYOUTS, Code, FileRefused, Layout, check, iter_check
from leadqual.intake.headers import Header
from leadqual.intake.recognition import recognise
from leadqual.intake.suggesting import draft
from leadqual.systems.layout import CellTest, FieldRule
from leadqual.systems.layout import TestKind as Kind
from leadqual.systems.system_file import from_toml
from leadqual.taxonomy.vocabulary import UnknownWord

# For each built-in layout the header of a small export, and a person who opted out in it.
EXPORTS = {
    "plain": ("name,email,opted out", "Ana,ana@example.com,yes", "Ana,ana@example.com,no"),
    "hubspot": (
        "Record ID,First Name,Last Name,Email,Lifecycle Stage,Unsubscribed from all email",
        "1,Ana,A,ana@example.com,Lead,TRUE",
        "1,Ana,A,ana@example.com,Lead,FALSE",
    ),
    "salesforce": (
        "Id,FirstName,LastName,Email,HasOptedOutOfEmail",
        "1,Ana,A,ana@example.com,1",
        "1,Ana,A,a@example.com,0",
    ),
    "zoho": (
        "Record Id,Lead Owner,Last Name,Email,Lead Status,Email Opt Out",
        "1,Ben,Ana,ana@example.com,Contacted,true",
        "1,Ben,Ana,ana@example.com,Not Contacted,false",
    ),
    "mautic": (
        "firstname,lastname,email,doNotEmail,points",
        "Ana,A,ana@example.com,1,3",
        "Ana,A,ana@example.com,0,3",
    ),
    "odoo": (
        "name,contact_name,email_from,is_blacklisted",
        "Deal,Ana,ana@example.com,True",
        "Deal,Ana,ana@example.com,False",
    ),
    "suitecrm": (
        "ID,First Name,Last Name,Non Primary E-mails,Email Address,Do Not Call",
        "1,Ana,A,,ana@example.com,1",
        "1,Ana,A,,ana@example.com,0",
    ),
    "mailchimp": (
        "Email Address,First Name,Last Name,OPTIN_TIME,UNSUB_TIME,LEID,EUID",
        "ana@example.com,Ana,A,2024-01-02 03:04:05,2024-02-02 03:04:05,1,2",
        "ana@example.com,Ana,A,2024-01-02 03:04:05,,1,2",
    ),
    "google": (
        "First Name,Middle Name,Last Name,Labels,E-mail 1 - Value,E-mail 2 - Value,Phone 1 - Value",
        "Ana,,A,* myContacts,,ana@example.com ::: b@example.com,",
        "",
    ),
    "google-old": (
        "Name,Given Name,Family Name,Group Membership,E-mail 1 - Type,E-mail 1 - Value",
        "Ana A,Ana,A,x,*,ana@example.com",
        "",
    ),
    "outlook": (
        "First Name,Last Name,E-mail Address,E-mail 2 Address,Home Phone",
        "Ana,A,,ana@example.com,",
        "",
    ),
    "linkedin": (
        "First Name,Last Name,URL,Email Address,Company,Position,Connected On",
        "Ana,A,x,ana@example.com,C,P,15 Jan 2024",
        "",
    ),
}
EXPORTS |= {
    "salesforce-contacts": (
        "Id,FirstName,LastName,Email,AccountId,MailingStreet,HasOptedOutOfEmail",
        "1,Ana,A,ana@example.com,2,,1",
        "1,Ana,A,ana@example.com,2,,0",
    ),
    "dynamics": (
        "(Do Not Modify) Lead,Name,Email,Topic,Status Reason,Do not allow Emails",
        "1,Ana A,ana@example.com,T,New,Do Not Allow",
        "1,Ana A,ana@example.com,T,New,Allow",
    ),
    "pipedrive": (
        "Person - ID,Person - Name,Person - Email,Person - Marketing status",
        "1,Ana,ana@example.com,unsubscribed",
        "1,Ana,ana@example.com,subscribed",
    ),
    "activecampaign": (
        "ID,Email,First Name,Last Name,Status",
        "1,ana@example.com,Ana,A,Unsubscribed",
        "1,ana@example.com,Ana,A,Active",
    ),
    "gohighlevel": (
        "Contact Id,First Name,Last Name,Phone,Email,Tags,DND",
        "1,Ana,A,,ana@example.com,,active",
        "1,Ana,A,,ana@example.com,,inactive",
    ),
    "brevo": (
        "EMAIL,FIRSTNAME,LASTNAME,SMS,BLACKLISTED,ADDED_TIME",
        "ana@example.com,Ana,A,,true,2026-01-02",
        "ana@example.com,Ana,A,,false,2026-01-02",
    ),
    "klaviyo": (
        "Klaviyo ID,Email,First Name,Last Name,Phone Number,Email Marketing Consent",
        "1,ana@example.com,Ana,A,,UNSUBSCRIBED",
        "1,ana@example.com,Ana,A,,SUBSCRIBED",
    ),
    "espocrm": (
        "id,firstName,lastName,emailAddress,accountName,status,doNotCall",
        "1,Ana,A,ana@example.com,,New,1",
        "1,Ana,A,ana@example.com,,New,0",
    ),
    "erpnext": (
        "name,lead_name,email_id,status",
        "1,Ana,ana@example.com,Do Not Contact",
        "1,Ana,ana@example.com,Open",
    ),
    "marketo": (
        "id,firstName,lastName,email,emailInvalid,unsubscribed",
        "1,Ana,A,ana@example.com,false,true",
        "1,Ana,A,ana@example.com,false,false",
    ),
    "facebook-lead-ads": (
        "id,created_time,ad_id,full_name,email,phone_number",
        "l:1,2026-01-02T10:00:00+01:00,ag:2,Ana,ana@example.com,p:+14155552671",
        "",
    ),
    "frappe-crm": ("name,lead_name,email,status,lost_reason", "1,Ana,ana@example.com,Contacted,", ""),
    "exigo": (
        "CustomerID,FirstName,LastName,Email,EnrollerID,CustomerType",
        "1,Ana,A,ana@example.com,7,Distributor",
        "",
    ),
    "webinar": (
        "Attended,User Name (Original Name),First Name,Last Name,Email,Time in Session (minutes)",
        "Yes,Ana A,Ana,A,ana@example.com,51",
        "",
    ),
    "thunderbird": (
        "First Name,Last Name,Display Name,Primary Email,Secondary Email",
        "Ana,A,Ana A,ana@example.com,",
        "",
    ),
}
CONSENT = {
    name: {
        *(test.column for fact, tests in layout.facts if fact is Fact.OPTED_OUT for test in tests),
        *(column for values in layout.values if values.is_consent for column in values.columns),
        *(["opted out"] if name == "plain" else []),
    }
    for name, layout in LAYOUTS.items()
}
EXPORTS["vcard"] = ("VERSION,FN,N Family,N Given,EMAIL,TEL", "3.0,,A,Ana,ana@example.com,", "")
OPT_OUTS = [name for name, export in EXPORTS.items() if export[2]]


def refusal(*arguments, **options):
    with pytest.raises(FileRefused) as caught:
        check(*arguments, **options)
    return caught.value.problem


def own(text):
    return from_toml(f"[layout]\n{text}", "own.toml").layout


class TestBuiltInLayouts:
    """Built-in layouts map only what a column honestly shows."""

    def test_every_one_has_its_export_here(self):
        assert set(EXPORTS) == set(LAYOUTS)

    @pytest.mark.parametrize("name", EXPORTS)
    def test_its_export_is_recognised_and_read(self, name):
        header, row, _ = EXPORTS[name]
        report = check(f"{header}\n{row}\n".encode(), layout=None if LAYOUTS[name].signature else name)

        assert report.layout is LAYOUTS[name]
        assert report.contacts[0].email == "ana@example.com"
        assert report.contacts[0].name in {"Ana", "Ana A"}
        assert report.recognition.confidence > 0.8

    @pytest.mark.parametrize("name", OPT_OUTS)
    def test_an_opt_out_survives_import_merge_output_and_import_again(self, name):
        header, out, still_in = EXPORTS[name]
        data = f"{header}\n{out}\n{still_in}\n".encode()
        layout = None if LAYOUTS[name].signature else name
        merged = check(data, layout=layout, duplicates="merge")
        written = io.StringIO()
        merged.write_accepted(written)
        again = check(written.getvalue().encode())

        assert check(data, layout=layout).accepted[0].verdict.standing is Standing.DO_NOT_CONTACT
        standings = [row.verdict.standing for row in again.accepted if row.repeats is None]
        assert standings[0] is Standing.DO_NOT_CONTACT

    @pytest.mark.parametrize("name", [name for name in OPT_OUTS if CONSENT[name]])
    def test_an_unreadable_consent_cell_means_do_not_contact(self, name):
        header, out, _ = EXPORTS[name]
        cells = out.split(",")
        place = next(index for index, column in enumerate(header.split(",")) if column in CONSENT[name])
        cells[place] = "whatever"
        (row,) = check(f"{header}\n{','.join(cells)}\n".encode(), layout=name).accepted

        assert row.verdict.standing is Standing.DO_NOT_CONTACT
        assert Code.CONSENT_UNREADABLE in {problem.code for problem in row.problems}

    @pytest.mark.parametrize("name", OPT_OUTS)
    def test_an_unticked_box_is_unknown_but_in_our_own_columns(self, name):
        header, _, still_in = EXPORTS[name]
        (row,) = check(f"{header}\n{still_in}\n".encode(), layout=name).accepted

        assert row.contact.evidence.value(Fact.OPTED_OUT) is (False if name == "plain" else None)

    def test_a_status_denies_nothing(self):
        """Not contacted by the staff: who filled in a form has been reached all the same."""
        header, _, row = EXPORTS["zoho"]

        assert check(f"{header}\n{row}\n".encode()).contacts[0].evidence.value(Fact.CONTACTED) is None

    @pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
    def test_no_fact_comes_from_a_source(self, layout):
        assert not [each for values in layout.values for each in values.values if each.source and each.facts]

    @pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
    def test_it_is_a_value_that_goes_through_json(self, layout):
        assert from_json(to_json(layout), Layout) == layout

    def test_a_first_name_alone_is_a_name(self):
        assert check(b"first name,last name,email\nAna,,ana@example.com\n").contacts[0].name == "Ana"

    def test_an_id_or_a_name_alone_is_no_sign(self):
        assert refusal(b"id,name,amount\n1,Deal,5\n").code is Code.LAYOUT_UNKNOWN
        assert check(b"id,name,amount\n1,Deal,5\n", layout="plain").rows == 1


class TestRecognition:
    def test_a_claimed_stage_is_a_claim_and_may_be_trusted(self):
        data = b"Record ID,Email,Lifecycle Stage\n1,ana@example.com,Customer\n2,ben@example.com,Other\n3,cleo@example.com,?\n"
        report, trusting = check(data), check(data, trust_stage=True)

        assert [problem.code for problem in report.problems] == [Code.CLAIM_UNPROVED, Code.CLAIM_UNKNOWN]
        assert report.accepted[0].verdict.stage is Stage.NAME
        assert trusting.accepted[0].verdict.stage is Stage.CUSTOMER
        assert ("trusted_stage", "customer") in trusting.contacts[0].extra
        assert trusting.accepted[1].contact.extra == (("Lifecycle Stage", "Other"),)

    def test_a_system_is_told_by_its_own_names_in_its_own_case(self):
        for header, name in (
            (b"firstname,lastname,email,points", "mautic"),
            (b"FirstName,LastName,Email,LeadSource", "salesforce"),
            (b"FIRSTNAME,LASTNAME,EMAIL,LEADSOURCE", "plain"),
            (b"FirstName,LastName,Email,points", "plain"),
        ):
            assert check(header + b"\nAna,A,ana@example.com,\n").layout.name == name

    def test_the_runner_up_is_said(self):
        recognition = check(b"FirstName,LastName,Email,LeadSource\nAna,A,ana@example.com,\n").recognition

        assert (recognition.runner_up, recognition.runner_up_confidence) == ("plain", 1.0)

    def test_two_layouts_that_read_a_column_differently_are_ambiguous(self, monkeypatch):
        one = own('signature = [["A"]]\n[fields]\nemail = "A"\nname = "B"')
        other = own('name = "other"\nsignature = [["A"]]\n[fields]\nemail = "A"\nid = "B"')
        known = {"own": one, "other": other, "same": one}
        monkeypatch.setattr("leadqual.intake.recognition.LAYOUTS", known)
        names = ["own", "other"]
        monkeypatch.setattr("leadqual.intake.recognition.signed", lambda columns: names)
        header = Header.of(("A", "B"), 1, 1, ",")

        with pytest.raises(FileRefused, match="may have the layout 'own' or 'other'"):
            recognise(header)
        names[1] = "same"
        assert recognise(header).runner_up == "own"

    def test_a_block_of_notes_before_the_header_is_part_of_it(self):
        data = (
            b'Notes:\n"When exporting, you may see missing ""emails""."\n\n'
            + EXPORTS["linkedin"][0].encode()
            + b"\nAna,A,x,ana@example.com,C,P,15 Jan 2024\n"
        )
        report = check(data)

        assert report.header.last_line == 4
        assert report.accepted[0].record == 5

    def test_what_becomes_of_each_column_is_said(self):
        recognition = check(
            b"Record ID,Email,Lifecycle Stage,City,Shoe Size\n1,ana@example.com,,,\n"
        ).recognition

        assert recognition.mapped == (
            ("Record ID", "id"),
            ("Email", "email"),
            ("Lifecycle Stage", "claimed_stage"),
        )
        assert recognition.ignored == ("City",)
        assert recognition.unmapped == ("Shoe Size",)
        assert "Phone Number" in recognition.absent

    def test_a_layout_that_the_file_does_not_have_is_refused(self):
        assert refusal(b"a,b\n1,2\n", layout="hubspot").code is Code.LAYOUT_UNKNOWN

    def test_a_header_that_is_a_person_is_told_by_its_place(self):
        for line in (b"Ana,ana@example.com\n", b"Ana,Lopez,5550132\n", b"Ana,Lopez,+1 415 555 0132\n"):
            problem = refusal(line + b"Ben,ben@example.com\n")
            assert problem.code is Code.HEADER_MISSING
            assert "Ana" not in problem.message

    def test_the_header_is_looked_for_in_the_first_20_records_only(self):
        assert refusal(b'x"y\n' * 30).code is Code.HEADER_BROKEN

    def test_header_only(self):
        report = check(b"name,email\n")

        assert (report.rows, report.counts.lines) == (0, 1)

    def test_braces_in_a_doubled_name_are_no_format(self):
        header = Header.of(["{0} }", "{0} }", "{0} }"])

        assert header.names == ("{0} }", "{0} } (2)", "{0} } (3)")

    def test_doubled_and_blank_column_names_are_kept_apart(self):
        report = check(b"email,x,,x,x (2),x,column 3\nana@example.com,1,2,3,4,5,6\n")

        assert dict(report.contacts[0].extra) == {
            "x": "1", "column 3 (2)": "2", "x (3)": "3", "x (2)": "4", "x (4)": "5", "column 3": "6",
        }  # fmt: skip
        assert [problem.code for problem in report.problems] == [Code.HEADER_DUPLICATED] * 2

    def test_a_doubled_column_name_may_hold_braces(self):
        report = check(b"email,{x},{x},}\nana@example.com,1,2,3\n", layout="plain")
        assert report.header.names == ("email", "{x}", "{x} (2)", "}")

    def test_a_doubled_column_that_a_field_is_read_from_refuses_the_file(self):
        assert "columns 1 and 2" in refusal(b"Email,EMAIL,x\na,b,c\n", layout="plain").message
        assert refusal(b"email,email\na,b\n").code is Code.HEADER_AMBIGUOUS

    def test_a_layout_is_named_given_or_read_from_a_file(self, tmp_path):
        path = tmp_path / "own.toml"
        path.write_text('[layout]\nname = "own"\n[fields]\nemail = "Mail"\n')

        for layout in (path, str(path), from_toml(path.read_text()).layout):
            assert check(b"Mail\nana@example.com\n", layout=layout).layout.name == "own"
        with pytest.raises(UnknownWord, match="did you mean 'hubspot'"):
            check(b"Mail\n", layout="hubspott")
        with pytest.raises(WrongType, match="layout must be a Layout, a name or the path"):
            check(b"Mail\n", layout=7)
        assert refusal(b"Mail\n", layout=tmp_path / "none.toml").code is Code.LAYOUT_INVALID


class TestOwnLayout:
    """The closed set of tests, and everything else that a layout file can say."""

    def read(self, layout, *lines):
        return check("\n".join(lines).encode(), layout=own(layout))

    def test_the_first_column_that_is_not_blank(self):
        report = self.read(
            '[fields]\nemail = ["A", "B"]', "A,B", ",b@example.com", "a@example.com,b@example.com"
        )

        assert [contact.email for contact in report.contacts] == ["b@example.com", "a@example.com"]
        assert report.contacts[1].extra == (("A", "a@example.com"), ("B", "b@example.com"))

    def test_joined_columns_numbered_columns_and_several_values(self):
        layout = '[fields]\nname = { join = ["F", "L"] }\nemail = { column = "M {n}", split = " / " }\nid = { column = "I", split = "+" }'
        report = self.read(
            layout,
            "F,L,M 2,M 1,I",
            "Ana,A,x@example.com,,1",
            ",B,x@example.com,y@example.com / z@example.com,1+2",
        )

        assert [(c.name, c.email, c.id) for c in report.contacts] == [
            ("Ana A", "x@example.com", "1"),
            ("B", "y@example.com", "1"),
        ]
        assert [problem.code for problem in report.problems][:2] == [Code.SEVERAL_VALUES, Code.SEVERAL_VALUES]

    def test_several_values_of_which_one_is_unreadable_are_unreadable(self):
        report = self.read(
            '[fields]\nemail = "M"\nphone = "P"',
            "M,P",
            '"a@example.com, nobody",',
            'a@example.com,"+4930901820; 1"',
        )

        assert [problem.code for problem in report.problems] == [Code.EMAIL_INVALID, Code.PHONE_UNREADABLE]

    def test_a_separator_alone_makes_no_several_values(self):
        assert [problem.code for problem in self.read('[fields]\nemail = "M"', "M", "nobody;").problems] == [
            Code.EMAIL_INVALID
        ]

    def test_only_so_many_texts_are_remembered(self, monkeypatch):
        monkeypatch.setattr("leadqual.intake.contact_reader._REMEMBERED", 1)
        report = self.read(
            '[fields]\nemail = "M"\n[facts]\nlapsed = "F"',
            "M,F",
            "a@example.com,yes",
            "b@example.com,no",
            "c@example.com,no",
        )

        assert [Fact.LAPSED in contact.evidence for contact in report.contacts] == [True, False, False]

    def test_a_phone_in_scientific_notation_is_told_as_such(self):
        (problem,) = self.read('[fields]\nemail = "M"\nphone = "P"', "M,P", "a@example.com,4.93E+10").problems

        assert "scientific notation" in problem.message

    def test_words_constants_and_blank_words(self):
        layout = (
            'blank = ["-"]\nregion = "DE"\n[constants]\nsource = "purchased_list"\ncampaign = "May"\n'
            '[fields]\nphone = "P"\n[mapping.S.means]\nrep = ["Berater"]\nnothing = ["keine"]'
        )
        report = self.read(layout, "P,S,X", "030 901820,Berater,-", "030 901820,keine,x", "030 901820,Chef,")

        first = report.contacts[0]
        assert (first.phone, first.source, first.campaign) == ("+4930901820", Source.PURCHASED_LIST, "May")
        assert [contact.claimed_stage for contact in report.contacts] == [Stage.REP, None, None]
        assert "X" not in dict(first.extra)
        assert Code.CLAIM_UNKNOWN in {problem.code for problem in report.problems}

    @pytest.mark.parametrize(
        ("test", "cell", "value", "code"),
        [
            ("filled = true", "x", True, None),
            ("filled = true", "", None, None),
            ("yes_no = true", "yes", True, None),
            ("yes_no = true", "no", None, None),
            ("yes_no = true, denies = true", "no", False, None),
            ("yes_no = true", "maybe", None, Code.WORD_UNREADABLE),
            ('yes = ["ja"], no = ["nein"]', "ja", True, None),
            ('yes = ["ja"], no = ["nein"], denies = true', "nein", False, None),
            ('yes = ["ja"], no = ["nein"]', "vielleicht", None, Code.WORD_UNREADABLE),
            ("at_least = 2", "2", True, None),
            ("at_least = 2.5", "2.4", None, None),
            ("at_least = 2", "two", None, Code.NUMBER_UNREADABLE),
            ("date = true", "2026-04-03", True, None),
            ("date = true", "2026-04-03T10:00:00Z", True, None),
            ("date = true", "03-04-2026", None, Code.DATE_UNREADABLE),
        ],
    )  # fmt: skip
    def test_every_test_of_the_closed_set(self, test, cell, value, code):
        report = self.read(
            f'[fields]\nemail = "M"\n[facts]\nlapsed = {{ column = "F", {test} }}',
            "M,F",
            f"a@example.com,{cell}",
        )
        found = {problem.code for problem in report.problems}

        assert found == ({code} if code else set())
        if report.accepted:
            assert report.accepted[0].verdict.evidence.value(Fact.LAPSED) is value
        else:
            assert code is not None

    @pytest.mark.parametrize(
        ("mapping", "cell", "value", "code"),
        [
            ('means = { lapsed = ["a", "b"] }', "b", True, None),
            ('means = { lapsed = ["a-b"] }', " A B", True, None),
            ('means = { lapsed = ["a"] }', "c", None, Code.WORD_UNLISTED),
            ('means = { lapsed = ["a"] }\npartial = true', "c", None, None),
            ('means = { lapsed = ["a"], nothing = ["b"] }', "b", None, None),
            ('means = { lapsed = ["a"], rep = ["a", "b"] }', "a", True, Code.CLAIM_UNPROVED),
            ('means = { lapsed = ["a"], rep = ["b"] }', "c", None, Code.CLAIM_UNKNOWN),
            ('means = { lapsed = ["a"] }\nsplit = ";"', "c; a", True, Code.WORD_UNLISTED),
            ('means = { lapsed = ["a"] }\nsplit = ";"\npartial = true', "c; a", True, None),
        ],
    )
    def test_the_words_of_a_column(self, mapping, cell, value, code):
        report = self.read(f'[fields]\nemail = "M"\n[mapping.F]\n{mapping}', "M,F", f"a@example.com,{cell}")

        assert [problem.code for problem in report.problems] == ([code] if code else [])
        assert report.accepted[0].verdict.evidence.value(Fact.LAPSED) is value

    def test_words_that_are_all_about_consent_are_held_to_it(self):
        """An unknown word in a column about consent alone is an opt-out, in a mixed one it is unlisted."""
        alone = '[fields]\nemail = "M"\n[mapping.F.means]\nopted_out = ["x"]\nnothing = ["y"]\n'
        for more, code, standing in (
            ("", Code.CONSENT_UNREADABLE, Standing.DO_NOT_CONTACT),
            ('contacted = ["z"]', Code.WORD_UNLISTED, Standing.ACTIVE),
        ):
            report = self.read(alone + more, "M,F", "a@example.com,?")

            assert [problem.code for problem in report.problems] == [code]
            assert report.accepted[0].verdict.standing is standing

    def test_the_furthest_of_several_claims_counts(self):
        report = self.read(
            '[fields]\nemail = "M"\nclaimed_stage = "S"\n[mapping.F.means]\nlead = ["l"]\nrep = ["r"]\n[mapping.G.means]\ncustomer = ["c"]',
            "M,S,F,G",
            "a@example.com,lead,r,c",
            "b@example.com,prospect,l,",
        )

        assert [contact.claimed_stage for contact in report.contacts] == [Stage.REP, Stage.PROSPECT]

    def test_a_list_of_tests_means_any_and_a_bare_column_yes_or_no(self):
        layout = '[fields]\nemail = "M"\n[facts]\nlapsed = [{ column = "F", filled = true }, { column = "G", yes = ["x"] }]\ndeclined = "H"'
        report = self.read(layout, "M,F,G,H", "a@example.com,,x,yes", "b@example.com,1,,no")

        assert [Fact.LAPSED in c.evidence for c in report.contacts] == [True, True]
        assert [Fact.DECLINED in c.evidence for c in report.contacts] == [True, False]

    def test_dates_with_a_zone_become_events(self):
        layout = 'dates = "%d.%m.%Y"\nzone = "Europe/Berlin"\n[fields]\nemail = "M"\n[facts]\npurchased = { column = "D", date = true }'
        report = self.read(layout, "M,D", "a@example.com,03.04.2026", "b@example.com,2026-04-03")

        (event,) = report.contacts[0].history.events
        assert (event.fact, event.at.isoformat()) == (Fact.PURCHASED, "2026-04-02T22:00:00+00:00")
        assert report.accepted[0].verdict.stage is Stage.CUSTOMER
        assert report.rejected[0].problems[0].code is Code.DATE_UNREADABLE

    def test_the_region_of_the_call_outweighs_that_of_the_layout(self):
        layout = own('region = "DE"\n[fields]\nphone = "P"')

        assert check(b"P\n(415) 555-0132\n", layout=layout, region="US").contacts[0].phone == "+14155550132"


class TestFaultsOfALayout:
    """Errors in a user's TOML are told all at once, with file, place and remedy."""

    def test_they_are_told_all_at_once(self):
        with pytest.raises(DocumentRefused) as caught:
            own(
                'signature = ["A"]\nshort_rows = "drop"\ndates = "whenever"\nzone = "Mars/Base"\nregion = "usa"\n'
                'encoding = "klingon"\ncolour = 1\n[fields]\nemail = { columns = [] }\nid = []\n'
                '[facts]\nlapsed = { column = "F" }\ndeclined = { column = "F", at_least = true }\n'
                'opted_out = { column = "F", filled = "x" }\nfrobnicated = "F"\n[constants]\nsource = "nowhere"\n'
            )
        for place in ("signature", "short_rows", "dates", "zone", "region", "encoding", "colour", "fields.email", "fields.id",
                      "facts.lapsed", "facts.declined", "facts.opted_out", "frobnicated", "constants.source"):  # fmt: skip
            assert place in str(caught.value), place

    def test_what_is_no_toml(self, tmp_path):
        (tmp_path / "own.toml").write_text("[layout")

        assert refusal(b"email\n", layout=tmp_path / "own.toml").code is Code.LAYOUT_INVALID
        with pytest.raises(DocumentRefused, match="is not valid TOML"):
            from_toml("[layout", "own.toml")

    def test_a_layout_without_fields_says_what_it_misses(self):
        with pytest.raises(DocumentRefused, match="say which column holds what"):
            own("")

    def test_signature_groups_are_lists_of_columns(self):
        with pytest.raises(DocumentRefused, match="list of lists"):
            own('signature = [[1]]\n[fields]\nemail = "A"')


def test_an_empty_file_has_no_header():
    with pytest.raises(FileRefused):
        draft(b"\n\n")


def test_a_run_says_what_it_has_read():
    with iter_check(b"name,email,x\nAna,ana@example.com,1\n") as run:
        assert next(run).record == 2
        assert run.bytes_read == 35
        assert run.extra_columns == ("email", "name", "x")
        assert run.header.names == ("name", "email", "x")


def test_a_layout_file_that_is_not_there_is_said_to_be_so():
    with pytest.raises(
        FileRefused, match="the layout cannot be used: /nowhere/own.toml: cannot be read: No such file"
    ):
        check(b"email\n", layout="/nowhere/own.toml")


def test_a_layout_file_that_is_no_text_is_said_to_be_so(tmp_path):
    (tmp_path / "own.toml").write_bytes(b"name = '\xff'")

    with pytest.raises(
        FileRefused, match="the layout cannot be used: .* cannot be read: it is not UTF-8 text"
    ):
        check(b"email\n", layout=tmp_path / "own.toml")


LAYOUT = own('[fields]\nemail = "Mail"')


class TestLayoutInCode:
    """A layout made in code is held to what a layout file is held to."""

    @pytest.mark.parametrize(
        ("changed", "message"),
        [
            ({"zone": "Mars/Base"}, "zone: is not a known time zone; write UTC or a name such as Europe/Berlin"),
            ({"zone": "../etc"}, "zone: is not a known time zone"),
            ({"region": "usa"}, "region: must be the two capital letters of a country"),
            ({"encoding": "klingon"}, "encoding: is not a known encoding"),
            ({"dates": "whenever"}, "dates: must be 'iso' or a format"),
            ({"constants": (("source", "nowhere"),)}, "constants: unknown source 'nowhere'"),
            ({"constants": (("colour", "red"),)}, "constants: unknown field 'colour'"),
            ({"fields": (("colour", FieldRule(("A",))),)}, "fields: unknown field 'colour'"),
            ({"fields": (("email", FieldRule()),)}, "fields: email names no column"),
            ({"fields": (), "facts": ()}, "fields: say which column holds what"),
        ],
    )  # fmt: skip
    def test_a_value_that_cannot_be_used_is_refused(self, changed, message):
        with pytest.raises(WrongValue, match=message):
            evolve(LAYOUT, **changed)

    @pytest.mark.parametrize("name", [each.name for each in fields(Layout)])
    @pytest.mark.parametrize(
        "value", [None, 7, b"x", object(), [7], {"a": 1}, (n for n in "ab"), float("nan")]
    )
    def test_a_value_of_another_type_is_refused(self, name, value):
        with pytest.raises(LeadqualError, match=f"{name}"):
            evolve(LAYOUT, **{name: value})

    def test_lists_become_tuples(self):
        test = CellTest("B", Kind.AT_LEAST, at_least=1)
        layout = Layout("own", [["A"]], [["email", FieldRule(["A"])]], [("responded", [test])], ignored=["B"])

        assert layout.facts == ((Fact.RESPONDED, (test,)),)
        assert hash(evolve(layout, facts=())) == hash(
            Layout("own", (("A",),), (("email", FieldRule(("A",))),), ignored=("B",))
        )


class TestTitleRow:
    """Lines above the column names that cannot be rows are part of the header."""

    @pytest.mark.parametrize(
        "title",
        [
            b"Leads of May\n",
            b"Leads of May,,\n\nfor the team,,\n",
            b'"Ana\'s leads",\n',
            b'Leads of "May\n',
            b"Exported on,2024-01-02,,\n",
            b"Exported on;2024-01-02\n",
        ],
    )
    @pytest.mark.parametrize("layout", [None, "plain"])
    def test_a_title_of_any_shape_is_no_row(self, title, layout):
        report = check(title + b"name,email,notes,phone\nAna,ana@example.com,x,\n", layout=layout)

        assert [contact.email for contact in report.contacts] == ["ana@example.com"]
        assert report.counts.header_lines == title.count(b"\n") + 1
        assert report.counts.balanced

    @pytest.mark.parametrize("above", [b"id,channel,x", b"Report,Q3,final,x"])
    def test_a_line_that_may_be_the_names_is_no_title(self, above):
        problem = refusal(above + b"\nname,email,notes\nAna,ana@example.com,x\n")

        assert problem.code is Code.HEADER_MISSING
        assert problem.message == "the column names are on line 2; remove the lines above it"

    def test_words_of_a_row_are_no_names(self):
        """A row under unknown names may hold a word that a column is called by."""
        for data in (
            b"who,channel\nAna,email\n",
            b"who,channel,\nAna,email,x\nBen,phone,x\n",
            b"who\nAna,email,x\n",
        ):
            assert refusal(data).code in {Code.HEADER_MISSING, Code.LAYOUT_UNKNOWN}

    def test_persons_above_the_column_names_are_no_title(self):
        problem = refusal(b"Ana,ana@example.com\nname,email\n")

        assert (problem.code, "remove" in problem.message) == (Code.HEADER_MISSING, False)
        assert refusal(b"ana@example.com,,\nname,email,notes\n").code is Code.HEADER_MISSING

    def test_an_unknown_file_stays_unknown(self):
        assert refusal(b"a,b\n1,2\n3,4\n").code is Code.LAYOUT_UNKNOWN


@pytest.mark.parametrize(
    "cell",
    [
        "Ana <ana@example.com>",
        "p:+15125550132",
        "2024-01-02",
        "02.01.2024 10:15",
        "1.200,50",
        "'+49 30 901820",
    ],
)
def test_a_first_line_that_looks_like_data_is_not_shown_as_column_names(cell):
    for read in (check, draft):
        with pytest.raises(FileRefused) as caught:
            read(f'Ana;"{cell}";Lima\nBen;;Lima\n'.encode())
        assert caught.value.problem.code is Code.HEADER_MISSING
        assert not [text for text in ("Ana", cell, "Lima") if text in str(caught.value)]


def test_one_column_is_told_as_one():
    assert "the 1 column of the file" in refusal(b"nothing\n").message
    assert str(check(b"email\nana@example.com\n")) == "1 row: 1 accepted, 0 rejected; 0 blank; layout plain"
    assert str(check(b"email\n")).startswith("0 rows: ")


@pytest.mark.parametrize(
    ("data", "advice"),
    [
        (b"PK\x03\x04", "get a whole copy"),
        (b"%PDF-1.7", "export the data as CSV in UTF-8"),
        (b"<html>", "export the data as CSV in UTF-8"),
        (b"", "export it again"),
        (b"Stra\xdfe,x\n", "--encoding cp1252"),
    ],
)
def test_a_remedy_is_told_once(data, advice):
    with pytest.raises(FileRefused) as caught:
        check(data)
    message = str(caught.value)
    assert message.count(";") == message.count(advice) == 1
    assert message.count("UTF-8") <= 1 or "no UTF-8" in message


def test_a_row_in_another_encoding_is_told_which_one_to_try():
    (problem,) = check(b"name,email\nJ\xf6rg,joerg@example.com\n").problems

    assert "--encoding cp1252" in problem.code.remedy
    assert 'encoding="cp1252"' in problem.code.remedy
    assert check(b"name,email\nJ\xf6rg,joerg@example.com\n", encoding="cp1252").contacts[0].name == "Jörg"


def test_a_history_is_read_only_from_the_lines_that_have_one():
    report = check(
        b'{"email": "a@example.com", "leadqual_stage": "lead", "leadqual_history": "x"}\n{"email": "b@example.com"}\n'
    )

    assert [[problem.code for problem in row.problems] for row in report.rejected] == [[Code.JSON_INVALID]]
    assert [contact.email for contact in report.contacts] == ["b@example.com"]
