"""No accepted row that is not do-not-contact holds a cell that says so (DESIGN 19)."""

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from leadqual import Contact, Fact, Standing, WrongType, WrongValue, check, iter_check
from leadqual.contacts.consent import ConsentKind, ConsentReading, column_kind, read_cell
from leadqual.contacts.headings import word_lists, words_of
from leadqual.contacts.record import RecordUnreadable
from leadqual.intake import Code, FileRefused, Severity

NAMES, VALUES = (word_lists("consent")[name] for name in ("name", "value"))
OUT_NAMES, IN_NAMES = (sorted(set(words_of(NAMES[name]))) for name in ("out", "in"))
OUT_WORDS = sorted(set(words_of(VALUES["out"])))
ONE = "email,{}\nana@example.com,{}\n"


def checked(column, cell, **options):
    return check(ONE.format(column, cell).encode(), **options)


def outcome(column, cell, **options):
    """Return the standing of the one row, or its problem."""
    report = checked(column, cell, **options)
    if report.rejected:
        return [str(problem.code) for problem in report.rejected[0].problems]
    return str(report.accepted[0].verdict.standing)


class TestColumnsForOptOuts:
    """An opt-out column that does not say no establishes OPTED_OUT."""

    @pytest.mark.parametrize("name", OUT_NAMES)
    def test_a_yes_in_a_listed_column_means_do_not_contact(self, name):
        assert outcome(name, "yes") == outcome(name.title(), "2024-05-03") == "do_not_contact"
        assert outcome(name, "") == "active"

    @pytest.mark.parametrize(
        "name", ["Abgemeldet", "Werbesperre", "DNC", "DSGVO Widerspruch", "Leiratkozott"]
    )
    def test_what_cannot_be_read_there_means_do_not_contact_and_a_no_does_not(self, name):
        assert outcome(name, "ask Bob") == outcome(name, "ja") == "do_not_contact"
        assert outcome(name, "nein") == outcome(name, "0") == "active"

    def test_it_is_told_as_read(self):
        report = checked("Keine Werbung", "ja")

        assert ("Keine Werbung", "opted_out") in report.recognition.mapped
        assert report.recognition.unmapped == ()
        assert report.contacts[0].extra == (("Keine Werbung", "ja"),)
        assert report.clear


class TestWords:
    """A strong word in any column establishes OPTED_OUT, whatever the column is called."""

    @pytest.mark.parametrize("word", OUT_WORDS)
    def test_a_listed_word_means_do_not_contact(self, word):
        assert outcome("zeta", word) == outcome("Tags", f"new; {word}; b") == "do_not_contact"

    def test_a_phrase_in_a_longer_text_stops_the_row(self):
        assert outcome("Notes", "please do not call her again") == ["consent-unread"]
        assert outcome("Notes", "likes to be called") == "active"

    @pytest.mark.parametrize("column", ["source", "campaign", "stage"])
    def test_a_column_that_the_layout_reads_is_held_to_the_words_too(self, column):
        report = checked(column, "unsubscribed")
        (row,) = report.accepted

        assert Fact.OPTED_OUT in row.contact.evidence

    def test_a_campaign_about_opt_outs_stops_nobody(self):
        assert outcome("campaign", "dnc list of 2024") == "active"

    def test_a_layout_that_ignores_the_column_exempts_its_name_and_not_its_words(self):
        layout = read_layout_of('[ignore]\ncolumns = ["Status", "Newsletter"]')

        assert outcome("Status", "Unsubscribed", layout=layout) == "do_not_contact"
        assert outcome("Newsletter", "no", layout=layout) == "active"


def read_layout_of(more, head=""):
    from leadqual.systems.system_file import from_toml

    return from_toml(f'[layout]\nname = "own"\n{head}\n[fields]\nemail = "email"\n{more}').layout


class TestColumnsForConsent:
    """A no there is not "asked not to be contacted", and active would lose it: the row stops."""

    @pytest.mark.parametrize("name", IN_NAMES)
    def test_a_no_stops_the_row_and_a_yes_does_not(self, name):
        assert outcome(name, "no") == ["consent-unread"]
        assert outcome(name, "yes") == outcome(name, "") == "active"

    def test_the_two_ways_out(self):
        assert outcome("Newsletter", "no", consent_in=["newsletter"]) == "do_not_contact"
        assert outcome("Newsletter", "no", no_consent_in=["newsletter"]) == "active"
        assert outcome("Newsletter", "perhaps", consent_in=["Newsletter"]) == ["consent-unread"]

    def test_the_ways_out_as_keys_of_a_layout(self):
        told = read_layout_of("", 'consent_in = ["Newsletter"]')
        exempt = read_layout_of("", 'no_consent_in = ["Newsletter"]')

        assert outcome("Newsletter", "no", layout=told) == "do_not_contact"
        assert outcome("Newsletter", "no", layout=exempt) == "active"

    def test_the_remedy_names_both(self):
        assert "--consent-in COLUMN" in Code.CONSENT_UNREAD.remedy
        assert "--no-consent-in COLUMN" in Code.CONSENT_UNREAD.remedy

    def test_a_row_that_is_do_not_contact_already_is_not_stopped(self):
        report = check(b"email,opted out,newsletter\nana@example.com,yes,no\n")

        assert report.problems == ()
        assert report.accepted[0].verdict.standing is Standing.DO_NOT_CONTACT

    def test_the_opt_out_of_a_stopped_row_holds_for_the_others(self):
        report = check(b"email,unsubscribed,age\nana@example.com,yes,\nana@example.com,,\n")

        assert [row.verdict.standing for row in report.accepted] == [Standing.DO_NOT_CONTACT] * 2

    @pytest.mark.parametrize("argument", ["consent_in", "no_consent_in"])
    def test_a_column_that_is_not_there_is_refused(self, argument):
        with pytest.raises(ValueError, match=f"{argument}: .*did you mean .newsletter"):
            checked("newsletter", "no", **{argument: ["Newsleter"]})
        with pytest.raises(WrongType, match="an iterable of names of columns"):
            checked("newsletter", "no", **{argument: "newsletter"})


def test_a_dead_address_warns():
    report = checked("Email Status", "bounced")

    assert [problem.code for problem in report.problems] == [Code.ADDRESS_DEAD]
    assert report.clear


words = st.sampled_from(
    [*OUT_NAMES[::7], *IN_NAMES[::7], "Status", "Notes", "zeta", "Tags", "VIP", "Newsletter"]
)
texts = st.sampled_from(
    [*OUT_WORDS[::9], "yes", "no", "", "ja", "nein", "x", "pls do not call", "42", "Bounced"]
)


@given(st.lists(words, min_size=1, max_size=5, unique_by=str.lower), st.data())
def test_no_accepted_row_that_may_be_contacted_holds_a_cell_that_says_so(columns, data):
    rows = data.draw(st.lists(st.lists(texts, min_size=len(columns), max_size=len(columns)), max_size=6))
    lines = [["email", *columns], *([f"a{n}@example.com", *row] for n, row in enumerate(rows))]
    source = "\n".join(";".join(line) for line in lines).encode()

    with iter_check(source) as run:
        for row in run:
            if row.verdict.standing is Standing.DO_NOT_CONTACT if hasattr(row, "verdict") else True:
                continue
            cells = dict(row.contact.extra)
            for column in columns:
                assert read_cell(column_kind(column), cells.get(column, "")) not in (
                    ConsentReading.STOPS,
                    ConsentReading.OPTED_OUT,
                )


def test_kinds_are_those_of_the_words():
    assert {column_kind(name) for name in OUT_NAMES} <= {
        ConsentKind.OUT,
        ConsentKind.SWITCH,
        ConsentKind.MIXED,
    }


class TestUnderstanding:
    """A file that the library does not understand is never given an all-clear (DESIGN 19)."""

    GERMAN = b"E-Mail;Hat bestellt;Stadt\nana@example.com;ja;Graz\nben@example.com;nein;\n"

    def test_evidence_that_nothing_reads_is_an_error_of_the_file(self):
        report = check(self.GERMAN)

        assert not report.clear
        assert [str(problem) for problem in report.problems] == [
            "facts-unread: columns that seem to say what people did were not read: Hat bestellt"
        ]
        assert report.counts.problems == {Code.FACTS_UNREAD: 1}
        assert len(report.accepted) == 2
        assert all(
            way in Code.FACTS_UNREAD.remedy for way in ("--layout suggested", "--draft", "--names-only")
        )

    def test_names_only_makes_a_warning_of_it(self):
        report = check(self.GERMAN, names_only=True)

        assert report.clear
        assert [problem.code for problem in report.problems] == [Code.EVIDENCE_UNREAD]

    def test_beside_facts_that_are_read_it_is_a_warning(self):
        report = check(b"email,responded,Budget\nana@example.com,yes,yes\n")

        assert report.clear
        assert [problem.code for problem in report.problems] == [Code.EVIDENCE_UNREAD]

    def test_a_name_that_suggests_a_fact_is_an_error_also_beside_facts_that_are_read(self):
        source = b"E-Mail;Hat geantwortet;Eingeschrieben\nana@example.com;ja;nein\n"
        report = check(source)

        assert report.understanding.facts == ("Hat geantwortet",)
        assert [problem.code for problem in report.problems] == [Code.FACTS_UNREAD]
        assert not report.clear
        assert check(source, layout="suggested").clear

    def test_a_column_of_blanks_says_nothing(self):
        report = check(b"email,Bought\nana@example.com,\n")

        assert report.problems == ()
        assert [problem.code for problem in report.understanding.notes] == [Code.FACTS_ABSENT]

    def test_answers_under_an_unknown_name_are_named(self):
        report = check(
            b"email,vip,deceased,n\na@example.com,x,yes,1\nb@example.com,,no,0\nc@example.com,,,1\n"
        )

        assert report.understanding.answers_unread == ("deceased", "n")
        assert [problem.code for problem in report.problems] == [Code.ANSWERS_UNREAD]
        assert report.clear

    def test_the_line_of_the_summary(self):
        report = check(b"email,name,responded,a,b,c,d,e,f,newsletter\nana@example.com,Ana,yes,,,,,,,yes\n")

        assert str(report.understanding) == (
            "3 of 10 columns read (1 as facts), 7 kept unread: a, b, c, d, e and 2 more"
        )
        assert report.understanding.consent_unread == ("newsletter",)

    def test_a_claimed_stage_is_no_ignorance(self):
        assert check(b"email,stage,Bought\nana@example.com,lead,yes\n").understanding.facts == ("stage",)

    def test_a_history_of_our_own_is_no_ignorance(self):
        report = check(b'{"email": "ana@example.com", "leadqual_stage": "name", "leadqual_history": "{}"}\n')

        assert report.understanding.facts == ("leadqual_history",)


fields = st.fixed_dictionaries(
    {"email": st.just("ana@example.com")},
    optional={
        "responded": st.sampled_from(["yes", "no", "", "ja", "2024-05-03", "perhaps"]),
        "opted out": st.sampled_from(["yes", "no", "", "perhaps", "nein"]),
        "phone": st.sampled_from(["+49 30 901820", "123", ""]),
        "source": st.sampled_from(["referral", "billboard", "unsubscribed", ""]),
        "stage": st.sampled_from(["lead", "boss", ""]),
        "Newsletter": st.sampled_from(["yes", "no", "", "perhaps"]),
        "Unsubscribed": st.sampled_from(["yes", "no", "", "2024-05-03"]),
        "Notes": st.sampled_from(["do not call her", "nice", ""]),
        "Tags": st.sampled_from(["a, unsubscribed", "b", "dnc"]),
    },
)


@given(fields)
def test_a_record_is_read_alike_alone_and_from_a_file(record):
    """Where the paths must differ (a record raises, a file reports), only the severity differs."""
    source = "\n".join(["\t".join(record), "\t".join(record.values())]).encode()
    (row,) = check(source)
    errors = [problem for problem in row.problems if problem.severity is Severity.ERROR]

    if errors:
        with pytest.raises(RecordUnreadable) as caught:
            Contact.from_record(record)
        assert len(caught.value.faults) == len(errors)
    else:
        alone = Contact.from_record(record)
        assert evolve(alone, extra=()) == evolve(row.contact, extra=())
        assert {(name, value) for name, value in alone.extra if value} == set(row.contact.extra)


HEADINGS = sorted(
    {
        *("id", "name", "Email", "e_mail", "First Name", "Last Name", "phone", "mobile", "user id", "stage"),
        *("source", "Quelle", "campaign", "Notes", "Newsletter", "E-Mail", "Responded", "opted out"),
        *list(words_of(word_lists("headings")["field"]))[::9],
        *list(words_of(word_lists("headings")["fact"]["exact"]))[::3],
    }
)
CELLS = [
    "",
    "",
    "Ana",
    "ana@example.com",
    "ben@example.com",
    "+49 30 901820",
    "ja",
    "nein",
    "yes",
    "dnc",
    "referral",
]


@given(
    st.lists(
        st.tuples(st.sampled_from(HEADINGS), st.sampled_from(CELLS)),
        max_size=6,
        unique_by=lambda each: each[0],
    )
)
def test_it_is_read_by_the_same_headings(pairs):
    record = {**dict(pairs), "zeta": "x", "purchased": "no"}
    twice = len({name.casefold().replace(" ", "_").replace("-", "_") for name in record}) < len(record)
    source = "\n".join(["\t".join(record), "\t".join(record.values())]).encode()
    try:
        (row,) = check(source, duplicates="ignore")
    except FileRefused:
        assume(twice)
        with pytest.raises(RecordUnreadable, match="is there twice"):
            Contact.from_record(record)
        return
    errors = {problem.code for problem in row.problems if problem.severity is Severity.ERROR}
    assume(not twice)
    if errors - {Code.IDENTITY_MISSING}:
        with pytest.raises(RecordUnreadable):
            Contact.from_record(record)
    else:
        alone = Contact.from_record(record)
        assert evolve(alone, extra=()) == evolve(row.contact, extra=())
        assert {(name, value) for name, value in alone.extra if value} == set(row.contact.extra)


class TestWhereItIsWritten:
    """An opt-out that might be one is never passed over in silence, wherever somebody wrote it."""

    @pytest.mark.parametrize(
        ("column", "cell"),
        [
            ("name", "Ana (nicht anrufen)"),
            ("phone", "bitte nicht anrufen"),
            ("phone", "0151 23456789 bitte nicht anrufen"),
            ("Notizen", "möchte keine Anrufe"),
            ("Notizen", "hat widersprochen"),
            ("Notizen", "please leave her alone"),
        ],
    )
    def test_a_phrase_stops_the_row_also_in_a_field(self, column, cell):
        assert "consent-unread" in outcome(column, cell, region="DE")
        with pytest.raises(RecordUnreadable, match="may say that the person does not want"):
            Contact.from_record({"email": "ana@example.com", column: cell}, region="DE")

    def test_a_word_in_place_of_a_phone_is_an_opt_out(self):
        assert outcome("phone", "keine Anrufe") == outcome("Tags", "VIP; keine Mails") == "do_not_contact"
        assert Fact.OPTED_OUT in Contact.from_record({"phone": "keine Anrufe"}).evidence

    def test_words_of_a_layout_for_opt_outs_do_not_hide_others(self):
        layout = read_layout_of('[mapping.News]\npartial = true\nmeans = { opted_out = ["nein"] }')

        assert outcome("News", "nein", layout=layout) == outcome("News", "abgemeldet", layout=layout)
        assert outcome("News", "bitte keine Werbung", layout=layout) == ["consent-unread"]

    def test_the_ways_out_cannot_turn_an_opt_out_round(self):
        record = {"email": "a@example.com", "Keine Werbung": "ja", "Newsletter": "nein"}
        source = "\n".join(map(",".join, (record, record.values()))).encode()
        for message, ways in (
            ("a yes means do not contact, by its name; leave it out", {"consent_in": ["keine werbung"]}),
            (
                "given as the opposite, too",
                {"consent_in": ["Newsletter"], "no_consent_in": ["newsletter"]},
            ),
            ("which is not among the columns; did you mean 'Newsletter'", {"no_consent_in": ["newslettr"]}),
        ):
            with pytest.raises(WrongValue, match=message):
                check(source, **ways)
            with pytest.raises(RecordUnreadable, match=message):
                Contact.from_record(record, **ways)

    @pytest.mark.parametrize("name", ["Kontakt erwünscht", "Anrufen erlaubt", "Post erlaubt", "Anruf ok"])
    def test_german_names_of_consent(self, name):
        assert outcome(name, "nein") == ["consent-unread"]
        assert outcome("Bitte nicht stören", "ja") == outcome("Keinerlei Werbung", "x") == "do_not_contact"

    def test_a_column_of_opt_outs_is_not_said_to_be_misspelt(self):
        record = {"email": "a@example.com", "Abgemeldet": "ja", "Keine Mails": ""}

        assert Fact.OPTED_OUT in Contact.from_record(record, strict=True).evidence


class TestBesideTheRows:
    """A title or a line of its own is about other rows; it is told, and stops its own line."""

    @pytest.mark.parametrize(
        "above", ["DO NOT CONTACT:", "Abgemeldete und Werbesperre;;", "Unsubscribed members\n"]
    )
    def test_a_title_above_the_names(self, above):
        report = check(f"{above}\nemail;name;phone;age\nana@example.com;Ana;;\n".encode())

        assert [problem.code for problem in report.problems] == [Code.CONSENT_OUTSIDE]
        assert not report.clear
        title = report.header.titles[0]
        assert check(
            f"{above}\nemail;name;phone;age\nana@example.com;Ana;;\n".encode(), no_consent_in=[title]
        ).clear

    def test_a_harmless_title(self):
        assert check(b"Leads of May\n\nemail,name,phone\nana@example.com,Ana,\n").clear

    @pytest.mark.parametrize(
        "line", ["DO NOT CONTACT:", "DO NOT CONTACT:;;", "Bitte nicht anrufen;;", ";;dnc"]
    )
    def test_a_line_between_the_rows(self, line):
        report = check(f"name;email;tags\nAna;ana@example.com;\n{line}\nBen;ben@example.com;\n".encode())

        assert [row.record for row in report.accepted] == [2, 4]
        assert Code.CONSENT_UNREAD in {problem.code for problem in report.rejected[0].problems}

    def test_a_person_without_more_than_a_dead_address_is_no_line(self):
        (row,) = check(b"name,status,email\n,bounced,\n").rejected

        assert {problem.code for problem in row.problems} == {Code.ADDRESS_DEAD, Code.IDENTITY_MISSING}

    def test_the_second_of_two_columns_for_one_field(self):
        report = check(b"phone,mobile,email\n+4930901820,keine Anrufe,ana@example.com\n")

        assert report.accepted[0].verdict.standing is Standing.DO_NOT_CONTACT
