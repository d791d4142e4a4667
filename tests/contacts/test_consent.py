"""What columns that nothing reads say of consent."""

import datetime as dt
import inspect
import subprocess
import sys
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadqual.contacts import consent
from leadqual.contacts.consent import (
    ConsentKind,
    ConsentReader,
    ConsentReading,
    column_kind,
    read_cell,
    text_of,
)
from leadqual.contacts.headings import word_lists, words_of

NOTHING, DEAD, STOPS, OUT = ConsentReading
OUT_KINDS = (ConsentKind.OUT, ConsentKind.SWITCH)
NAMES, VALUES, TEXTS = map(word_lists("consent").get, ("name", "value", "text"))


def all_of(lists):
    return sorted(set(words_of(lists)))


def spelt(lists):
    """Yield every phrase of the lists in six spellings."""
    for phrase in all_of(lists):
        words = phrase.split()
        yield from {
            *(phrase, phrase.upper(), phrase.title()),
            *(joined.join(words) for joined in "_-"),
            "".join(map(str.title, words)),
        }


# How the people of each language write what the lists hold without accents.
ACCENTED = {
    "desinscrit": "Désinscrit",
    "desabonnee": "désabonnée",
    "nao contatar": "NÃO CONTATAR",
    "inscricao cancelada": "inscrição cancelada",
    "cancelo suscripcion": "Canceló suscripción",
    "nie dzwonic": "nie dzwonić",
    "nie kontaktowac": "Nie kontaktować",
    "ne keressuk": "Ne keressük!",
    "ne hivjuk": "NE HÍVJUK",
    "dont contact": "Don’t contact",
    "dont call": "don't call",
    "do not contact": "Do Not\u00a0Contact",
    "opt out": "ＯＰＴ ＯＵＴ",
    "dnc": "D.N.C.",
    "unsubscribed": "un\u00adsub\u200bscribed",
}


class TestNames:
    """The names of columns are told by lists of whole words, whatever their spelling."""

    @pytest.mark.parametrize("language", NAMES["out"])
    def test_in_a_column_for_opt_outs_everything_but_a_no_is_one(self, language):
        for name in spelt(NAMES["out"][language]):
            kind = column_kind(name)

            assert kind in OUT_KINDS, name
            for cell in (
                "yes",
                "ja",
                "X",
                "1",
                "true",
                "2026-03-01",
                "too many letters",
                "✓",
                "pending",
                "confirmed",
            ):
                assert read_cell(kind, cell) is OUT, (name, cell)
            for cell in (
                "no",
                "nein",
                "Não",
                "FALSE",
                "0",
                "0.0",
                "",
                " ",
                "-",
                "n/a",
                "Allow",
                "unknown",
                "☐",
            ):
                assert read_cell(kind, cell) is NOTHING, (name, cell)

    @pytest.mark.parametrize("language", NAMES["in"])
    def test_in_a_column_for_consent_a_no_stops_the_row_and_is_no_opt_out(self, language):
        for name in spelt(NAMES["in"][language]):
            assert column_kind(name) is ConsentKind.IN, name
        for cell in ("no", "nem", "FALSCH", "0", "declined", "weekly digest", "inactive"):
            assert read_cell(ConsentKind.IN, cell) is STOPS, cell
        for cell in ("yes", "igen", "WAHR", "1.0", "", "k. A.", "Allow", "granted", "opted-in", "pending"):
            assert read_cell(ConsentKind.IN, cell) is NOTHING, cell

    def test_what_a_whole_name_says_it_says_in_no_longer_one(self):
        assert column_kind("Is blocked") is ConsentKind.OUT
        assert column_kind("Permission") is ConsentKind.IN
        assert {column_kind(name) for name in ("Blocked by", "Mail stop", "MailingCity", "")} == {
            ConsentKind.NONE
        }

    @pytest.mark.parametrize(
        "name",
        [
            "Opt in / out",
            "No opt-out",
            "Subscribe/unsubscribe",
            "Consent not given",
            "Not subscribed",
            "Werbung unerwünscht",
            "Newsletter cancelled",
            "Consent denied",
        ],
    )
    def test_a_name_that_may_mean_either_stops_the_row(self, name):
        assert column_kind(name) is ConsentKind.MIXED
        assert [read_cell(ConsentKind.MIXED, cell) for cell in ("yes", "no", "active", "sometimes")] == [
            STOPS
        ] * 4
        assert [read_cell(ConsentKind.MIXED, cell) for cell in ("", "opted in", "allow")] == [NOTHING] * 3
        assert read_cell(ConsentKind.MIXED, "Opted out") is OUT

    @pytest.mark.parametrize(
        "name",
        ["Nem kér hírlevelet", "Does not want emails", "E-Mail nicht zulassen", "No desea recibir nada"],
    )
    def test_a_negated_name_is_an_opt_out_only_by_a_plain_yes(self, name):
        assert column_kind(name) is ConsentKind.WEAK_OUT
        assert [read_cell(ConsentKind.WEAK_OUT, cell) for cell in ("igen", "TRUE")] == [OUT] * 2
        assert [read_cell(ConsentKind.WEAK_OUT, cell) for cell in ("nem", "0", "")] == [NOTHING] * 3
        assert read_cell(ConsentKind.WEAK_OUT, "+49 30 1234567") is STOPS

    def test_a_topic_never_turns_the_polarity(self):
        for topic in all_of(NAMES["topic"]):
            assert column_kind(f"{topic} unsubscribed") is ConsentKind.OUT, topic

    def test_active_means_no_where_an_opt_out_is_switched(self):
        cells = ("active", "inactive", "permanent")

        assert [read_cell(column_kind("DND SMS"), cell) for cell in cells] == [OUT, NOTHING, OUT]
        assert [read_cell(column_kind("Subscription status"), cell) for cell in cells] == [
            NOTHING,
            STOPS,
            STOPS,
        ]
        assert read_cell(column_kind("Unsubscribe state"), "active") is STOPS

    def test_allow_is_read_by_the_polarity_of_the_name(self):
        names = ("Do not allow Emails", "Allow Emails")

        assert [read_cell(column_kind(name), "Allow") for name in names] == [NOTHING, NOTHING]
        assert [read_cell(column_kind(name), "Do Not Allow") for name in names] == [OUT, OUT]

    @pytest.mark.parametrize(
        "name",
        [
            *(
                "Unsubscribe link",
                "UNSUB_CAMPAIGN_ID",
                "OPTIN_TIME",
                "OPTIN_IP",
                "Opt-in date (GMT)",
                "Consent source",
            ),
            *(
                "Lawful Basis Date Reviewed",
                "No. of calls",
                "WhatsApp No",
                "Optional",
                "Newsletter clicks",
                "Fax opt out",
            ),
            *(
                "Non Primary E-mails",
                "Non-primary mobile",
                "Subscriber email",
                "Subscription type",
                "Privacy policy URL",
            ),
        ],
    )
    def test_a_name_that_mentions_consent_may_hold_none(self, name):
        assert column_kind(name) is ConsentKind.NONE

    def test_a_choice_of_answers_in_a_name_is_no_negation(self):
        assert column_kind("Opt-in (yes/no)") is column_kind("Newsletter j/n") is ConsentKind.IN
        assert column_kind("Keine Werbung (ja/nein)") is ConsentKind.OUT

    def test_names_run_together_are_known_by_their_pieces(self):
        assert column_kind("hasoptedoutofemail") is column_kind("Newsletterabmeldung") is ConsentKind.OUT
        assert column_kind("marketingconsent") is ConsentKind.IN


class TestWords:
    """A word that says that a person opted out says so in a column of any name."""

    @pytest.mark.parametrize("language", VALUES["out"])
    def test_a_strong_word_is_an_opt_out_in_every_column(self, language):
        reader = ConsentReader({0: "Column"})
        for cell in spelt(VALUES["out"][language]):
            assert {read_cell(kind, cell) for kind in ConsentKind} == {OUT}, cell
            assert {read_cell(kind, f"{cell}; 2026-03-01") for kind in ConsentKind} == {OUT}, cell
            assert reader.read([cell]) == reader.read([f"vip, {cell}"]) == ((0, OUT),), cell

    def test_accents_apostrophes_and_invisible_marks_hide_nothing(self):
        reader = ConsentReader({0: "Column"})

        assert {reader.read([cell]) for cell in ACCENTED.values()} == {((0, OUT),)}

    def test_a_phrase_within_a_text_stops_the_row(self):
        reader = ConsentReader({0: "Notes"})
        for cell in spelt(TEXTS["within"]):
            text = f"Met at the fair. {cell} - Ann"

            assert reader.read([text]) == ((0, STOPS),), text
            assert read_cell(ConsentKind.STATUS, text) is STOPS

    @pytest.mark.parametrize(
        "text",
        [
            "Elle ne souhaite plus être contactée.",
            "No quiere ser contactada",
            "Não quer receber e-mails",
            "Non vuole essere contattato",
            "wil niet gebeld worden",
            "Nie życzy sobie kontaktu",
            "Nem kér hírlevelet",
            "Nu dorește să fie contactată",
        ],
    )
    def test_in_ten_languages_and_what_is_wished_does_not(self, text):
        reader = ConsentReader({0: "Notes"})
        wished = (
            "souhaite être contacté",
            "quiere recibir noticias",
            "deseja ser contatado",
            "kér hírlevelet",
        )

        assert reader.read([text]) == ((0, STOPS),)
        assert [reader.read([each]) for each in wished] == [()] * 4

    def test_a_status_speaks_by_its_words(self):
        cells = (
            "Unsubscribed",
            "non-subscribed",
            "no_consent",
            "cleaned",
            "bounced",
            "active",
            "open",
            "no",
            "",
        )
        wanted = [OUT, STOPS, STOPS, DEAD, DEAD, NOTHING, NOTHING, NOTHING, NOTHING]

        assert [read_cell(column_kind("Email Status"), cell) for cell in cells] == wanted
        assert read_cell(ConsentKind.NONE, "bounced") is NOTHING

    def test_the_worst_of_several_values_counts(self):
        assert read_cell(ConsentKind.IN, "yes; no") is STOPS
        assert read_cell(ConsentKind.IN, "yes\nja") is NOTHING
        assert read_cell(ConsentKind.OUT, "no | no") is NOTHING
        assert read_cell(ConsentKind.OUT, "12/03/2026") is OUT
        assert read_cell(ConsentKind.NONE, "vip ::: DNC") is OUT

    def test_no_word_is_in_two_lists_and_no_topic_is_unall_of(self):
        lists = {name: set(words_of(VALUES[name])) for name in VALUES}
        names = {name: set(words_of(NAMES[name])) for name in ("out", "in", "mixed", "status")}

        assert not [(a, b) for a, b in combinations(lists, 2) if lists[a] & lists[b]]
        assert not [(a, b) for a, b in combinations(names, 2) if names[a] & names[b]]
        assert set(words_of(NAMES["topic"])) <= names["in"]
        assert set(words_of(NAMES["switch"])) <= names["out"]
        together = {}
        for word, name in consent._words().items():
            assert together.setdefault(word.replace(" ", ""), name) == name, word

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (None, ""),
            (True, "True"),
            (0, "0"),
            (1.0, "1.0"),
            ("no", "no"),
            (dt.date(2026, 3, 1), "2026-03-01"),
            (["a", None, "DNC"], "a; ; DNC"),
        ],
    )
    def test_values_of_other_types_are_read_as_text(self, value, text):
        assert text_of(value) == text

    def test_true_false_and_not_a_number_are_answers(self):
        cells = [text_of(value) for value in (True, 1, 1.0, False, 0, 0.0, None, float("nan"))]

        assert [read_cell(ConsentKind.OUT, cell) for cell in cells] == [OUT] * 3 + [NOTHING] * 5
        assert [read_cell(ConsentKind.IN, cell) for cell in cells] == [NOTHING] * 3 + [STOPS] * 3 + [
            NOTHING
        ] * 2

    def test_scalars_of_pandas_and_numpy_are_answers(self):
        pd = pytest.importorskip("pandas", reason="pandas is not installed")
        cells = [
            text_of(value) for value in (pd.NA, pd.NaT, pd.Series([True])[0], pd.Timestamp("2026-03-01"))
        ]

        assert [read_cell(ConsentKind.OUT, cell) for cell in cells] == [NOTHING, NOTHING, OUT, OUT]


COLUMNS = {1: "City", 2: "DND", 4: "Newsletter", 5: "Notes", 7: "Status"}


class TestReader:
    """`ConsentReader` reads whole rows, and says what `read_cell` says of each cell."""

    def test_most_rows_say_nothing_however_often(self):
        reader = ConsentReader(COLUMNS)
        row = ["7", "Wien", "no", "", "yes", "met at the fair", "", "new"]

        assert [reader.read(row), reader.read(row), ConsentReader({}).read(row)] == [(), (), ()]

    def test_each_finding_has_the_index_of_its_column(self):
        reader = ConsentReader(COLUMNS)
        row = ["7", "Wien", "yes", "", "no", "please do not call her", "", "DNC"]

        for _ in range(2):
            assert dict(reader.read(row)) == {2: OUT, 4: STOPS, 5: STOPS, 7: OUT}

    def test_two_ways_out(self):
        row = ["no", "no", "do not call", "nein"]
        columns = dict(enumerate(("Newsletter", "Werbung", "Notes", "Consent")))
        reader = ConsentReader(columns, consent_in=["newsletter"], no_consent_in=["Werbung", "NOTES"])

        assert dict(reader.read(row)) == {0: OUT, 3: STOPS}
        assert reader.kinds == {0: ConsentKind.TOLD_IN, 3: ConsentKind.IN}

    def test_a_no_in_a_column_that_the_caller_named_is_an_opt_out(self):
        cells = ("no", "Rejected", "not subscribed", "inactive", "yes", "", "bounced", "perhaps")

        assert [read_cell(ConsentKind.TOLD_IN, cell) for cell in cells] == [OUT] * 4 + [NOTHING] * 2 + [
            DEAD,
            STOPS,
        ]

    def test_an_ignored_column_is_exempt_from_the_rule_about_names_only(self):
        reader = ConsentReader({0: "Newsletter"}, ignored=["Newsletter"])

        assert [reader.read([cell]) for cell in ("no", "unsubscribed")] == [(), ((0, OUT),)]

    def test_what_is_remembered_is_bounded(self, monkeypatch):
        monkeypatch.setattr(consent, "_REMEMBERED", 3)
        reader = ConsentReader({0: "Street", 1: "DND"})
        for number in range(20):
            assert reader.read([f"Main Street {number}", "no"]) == ()
            assert reader.read(["x" * 1_000, f"since {number}"]) == ((1, OUT),)
        for _, _, look in reader._groups:
            seen = inspect.getclosurevars(look).nonlocals
            assert len(seen["cleared"]) + len(seen["told"]) <= 8

    @given(
        st.lists(
            st.text(max_size=8)
            | st.sampled_from(all_of([*VALUES.values(), TEXTS["within"]]))
            | st.sampled_from(all_of(VALUES["out"])).map(str.title)
            | st.sampled_from([" ", ", ", "; ", "-", "\n", "not ", "mail"]),
            max_size=4,
        ).map("".join),
        st.sampled_from(["City", "Status", "DND", "Newsletter", "Opt in/out", "Does not want emails"]),
    )
    def test_a_reader_says_what_the_cell_says(self, text, name):
        reader = ConsentReader({0: name})
        said = read_cell(column_kind(name), text)

        for _ in range(2):
            assert reader.read([text]) == (() if said is NOTHING else ((0, said),))


def test_the_lists_are_read_at_first_use_only():
    code = "import leadqual, sys; print('leadqual.contacts.consent' in sys.modules, 'leadqual.contacts.headings' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["False", "False"]
    code = "import leadqual.contacts.consent, leadqual.contacts.headings; print(leadqual.contacts.headings.word_lists.cache_info().currsize)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0"]
