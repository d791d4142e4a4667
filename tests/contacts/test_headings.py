"""What headings say of a person, and the words for yes and no."""

from itertools import combinations

import pytest

from leadqual.contacts.consent import ConsentKind, ConsentReading, column_kind, read_cell
from leadqual.contacts.headings import (
    answer_of,
    fact_of,
    field_of,
    is_evidence,
    never_a_fact,
    plain_words,
    word_lists,
    words_of,
)
from leadqual.taxonomy.facts import Fact

LISTS = word_lists("headings")

# Headings of exports and forms of many systems: of the person's own id, name, e-mail, phone, source,
# campaign and stage. After the bar, one whose meaning no list can tell.
IDENTITY = """
Full Name|Contact Email|Mobile|First Name|Middle Name|Last Name|E-mail 1 - Value|Phone 1 - Value|ID|Name
E-mail Address|E-mail 2 Address|E-mail 3 Address|Mobile Phone|Home Phone|Home Phone 2|Business Phone
Business Phone 2|Other Phone|Email Address|Contact ID|Phone Number|Mobile Phone Number|Lifecycle Stage
Lead Source|email|name|firstname|lastname|phone|nombre|first_name|last_name|phone_raw|hs_object_id|FirstName
LastName|Office Phone|Non Primary E-mails|Prospect ID|Lead Number|Lead Origin|How did you hear about X Education
LEADID|Lead First Name|Lead Last Name|Campaign Name|mql_id|origin|Record ID - Contact|Original Source|MobilePhone
LeadSource|HomePhone|OtherPhone|Display Name|External ID|Primary Phone|Given Name|Family Name|Additional Name
phone_number|campaign_name|Person - Name|Person - Email|Person - Phone|Primary Email|Work Phone|StageName|Vorname
Nachname|E-Mail-Adresse|Telefonnummer|Handy|Prénom|Nom|Courriel|Téléphone|Correo electrónico|Apellidos|Teléfono
Cognome|Cellulare|Voornaam|Achternaam|Imię|Nazwisko|Numer telefonu|Vezetéknév|Keresztnév|Telefonszám|E-mail cím
Prenume|Număr de telefon|utm_campaign|utm_source|Kampagne|Quelle|Contact Type|Customer ID|Member ID
"""

# Headings of the same files that hold nothing about consent, nor about the person's own identity.
HARMLESS = """
Business|Job Title|City|Additional Info|Organization Title|Website 1 - Label|Address 1 - Formatted|Action|Notes|Pager
Company|Home Fax|Home Address|Position|Connected On|URL|Title|LinkedIn|Location|age|job|marital|education|default
housing|loan|contact|month|day_of_week|duration|pdays|previous|poutcome|balance|Activity Type|Activity Date
Call/Meeting Title/Subject|Task Due Date|Create Date|Last Modified Date|Contact Owner|Website URL|Street Address
State/Region|Postal Code|Associated Company Domain|Deal Name|Amount|Close Date|Closed Lost Reason|attributes|country
companycity|isPublished|dateAdded|alias|description|postAction|template|formType|facebook|twitter|ip|points|content
hits|language|page|referer|userAgent|trackingId|created_date|zip_code|account_number|hubspot_owner_id|seller_id
business_segment|lead_behaviour_profile|has_company|has_gtin|average_stock|declared_monthly_revenue
first_contact_date|landing_page_id|Salutation|Department|Account Name|Fax|Primary Address Street|Opportunity Name
Referred By|Campaign ID|Portal Name|Assistant Phone|Birthdate|Assigned User|Deleted|Photo|Longitude|TotalVisits
Total Time Spent on Website|Page Views Per Visit|Last Activity|Specialization|What is your current occupation|Search
Magazine|Newspaper Article|Digital Advertisement|Through Recommendations|Lead Quality|Lead Profile
Asymmetrique Activity Index|I agree to pay the amount through cheque|A free copy of Mastering The Interview
Lead Owner|Industry|Is Lead Active?|Email sent|No. of calls|Account no.|Street no.|Mailing City
Mailing Street|Call Duration|Email Opens|Time zone|Employees|Annual Revenue|Preferred language|Preferred time to call
"""

CONSENT = """
Unsubscribed from all email|Opted out of email|Email Opt Out|HasOptedOutOfEmail|Do Not Call|DoNotCall|doNotEmail
BLACKLISTED|Suppressed|Do not allow Emails|Do not allow Bulk Emails|donotbulkemail|donotsendmm
Send Marketing Materials|DND|DND SMS|Do Not Disturb|Marketing status|Person - Marketing status|Subscription Status
subscribed|is_subscribed|Email Permission Status|Email marketing consent|Consent|Consent Status|marketing_consent
lawful_basis|Newsletter|Opt-In|OPTIN|Accepts Marketing|Accepts Email Marketing|Remove|Kein Newsletter
Werbeeinwilligung|Nicht kontaktieren|Leiratkozott|Hozzájárulás|Baja|Darse de baja|Desinscrito|Status|Email Status
Do Not Email|Receive More Updates About Our Courses|Update me on Supply Chain Content|Get updates on DM Content
"""

# (name, cell): none may leave the contact active, but for the last, which is no wish.
PROBES = """
DND=true|DND SMS=active|DND=permanent|Do not allow Emails=Do Not Allow|donotbulkemail=1|donotsendmm=Do Not Send
Status=Unsubscribed|Status=Opted Out|Status=Do Not Contact|Email Status=complained|Email Status=suppressed
marketing_status=no_consent|marketing_status=unsubscribed|Subscription Status=Non-Subscribed|consent_sms=FALSE
Marketing consent=no|Consent=withdrawn|Consent=refused|lawful_basis=None given|Keine Werbung=ja|Kein Newsletter=x
Einwilligung=nein|Newsletter=Nein|Newsletter=abgemeldet|Leiratkozott=igen|Hozzájárulás=nem|Hírlevél=leiratkozott
Baja=sí|Consentement=non|Désinscrit=oui|Consenso=NO|Toestemming=nee|Zgoda=nie|Inscrito=não|unsubscribed=True
Tags=vip; DNC|Notes=please do not call her again|Last Activity=Unsubscribed|Accepts Marketing=no|Remove=2026-03-01
Opt-in=0|Do Not Call=Yes|followemail=Do Not Allow|Is blocked=1|Acord marketing=nu|Bounced=yes
"""


def entries(text):
    return [entry for line in text.split("\n") for entry in line.split("|") if entry]


class TestFields:
    """A heading names a field only as a whole: nothing is guessed."""

    def test_headings_of_identity_are_told(self):
        untold = [heading for heading in entries(IDENTITY) if field_of(heading) is None]

        assert untold == ["How did you hear about X Education"]

    def test_nobody_else_is_taken_for_the_person(self):
        others = (
            "Company",
            "Contact Owner",
            "Mother's Email",
            "Assistant Phone",
            "Account Name",
            "Spouse",
            "ad_name",
        )

        assert {field_of(heading) for heading in (*others, *entries(HARMLESS))} == {None}

    def test_no_heading_names_two_things(self):
        lists = {
            f"{group} {meaning}": set(words_of(words))
            for group, tables in (("field", LISTS["field"]), ("fact", LISTS["fact"]["exact"]))
            for meaning, words in tables.items()
        }
        lists |= {f"loose {fact}": set(words_of(words)) for fact, words in LISTS["fact"]["loose"].items()}
        lists |= {name: set(words_of(words)) for name, words in LISTS["nothing"].items()}

        assert not [(a, b) for a, b in combinations(lists, 2) if lists[a] & lists[b]]

    def test_no_heading_of_a_person_or_a_fact_is_one_of_consent(self):
        for heading in words_of(
            [*LISTS["field"].values(), *LISTS["fact"].values(), *LISTS["nothing"].values()]
        ):
            assert column_kind(heading) in (ConsentKind.NONE, ConsentKind.STATUS), heading


class TestFacts:
    """Exact words are the library's own and their translations; looser ones only suggest."""

    def test_every_fact_is_told_by_its_own_word(self):
        assert all(fact_of(str(fact).replace("_", "-").title()) is fact for fact in Fact)

    def test_translations_are_exact(self):
        headings = ("Hat geantwortet", "Gekauft", "A acheté", "Respondió", "Vásárolt", "Kupiła", "Cumpărat")
        responded, purchased = Fact.RESPONDED, Fact.PURCHASED

        found = [fact_of(heading) for heading in headings]
        assert found == [responded, purchased, purchased, responded, purchased, purchased, purchased]

    def test_looser_words_are_suggested_only(self):
        assert fact_of("Customer since") is fact_of("Eingeschrieben") is fact_of("City", loose=True) is None
        assert fact_of("Customer since", loose=True) is Fact.PURCHASED
        assert fact_of("Eingeschrieben", loose=True) is Fact.SIGNED_UP
        assert fact_of("Gekauft", loose=True) is Fact.PURCHASED

    def test_an_upline_and_a_rank_are_no_facts(self):
        assert [never_a_fact(heading) for heading in ("Sponsor ID", "Paid-as Rank", "Rep")] == [
            "upline",
            "rank",
            None,
        ]

    def test_every_listed_fact_is_one(self):
        assert {Fact(name) for tables in LISTS["fact"].values() for name in tables} < set(Fact)


class TestEvidence:
    """An unread column called so says that the file knows more than was read."""

    @pytest.mark.parametrize(
        "heading",
        [
            "Lead Status",
            "Converted",
            "Kaufdatum",
            "Vásárlás dátuma",
            "Last Order",
            "Lifecycle Stage",
            "won_date",
        ],
    )
    def test_what_somebody_did_is_evidence(self, heading):
        assert is_evidence(heading)

    def test_whoever_the_person_is_is_none(self):
        told = [heading for heading in entries(IDENTITY) if is_evidence(heading)]

        assert {field_of(heading) for heading in told} <= {"claimed_stage"}
        others = (
            "Marital Status",
            "Customer Number",
            "Customer Name",
            "Order ID",
            "Lost Reason",
            "Street",
            "City",
        )
        assert not [heading for heading in others if is_evidence(heading)]


class TestAnswers:
    """Yes and no are closed lists in ten languages, and in Excel's."""

    def test_no_word_is_yes_in_one_language_and_no_in_another(self):
        yes, no = (set(words_of(LISTS["answer"][answer])) for answer in ("yes", "no"))

        assert not yes & no
        assert yes >= {"yes", "y", "true", "t", "1", "on", "x"}
        assert no >= {"no", "n", "false", "f", "0", "off"}
        assert not set(words_of(LISTS["answer"]["letters"])) & (yes | no)

    def test_each_language_has_both(self):
        languages = LISTS["answer"]["yes"].keys() - {"signs"}

        assert len(languages) == 10
        assert LISTS["answer"]["no"].keys() - {"signs"} == languages
        assert LISTS["evidence"].keys() == languages

    def test_words_are_read_in_any_case_and_with_accents(self):
        assert [answer_of(text) for text in ("Ja", "SÍ", "igen", "WAHR", " 1.0 ", "✓", "Adevărat")] == [
            True
        ] * 7
        assert [answer_of(text) for text in ("NÃO", "Nein", "FAŁSZ", "nem", "0", "☐", "nu")] == [False] * 7
        assert [answer_of(text) for text in ("", "perhaps", "10", "-")] == [None] * 4

    def test_single_letters_are_read_only_where_asked(self):
        assert [answer_of(letter) for letter in "josi"] == [None] * 4
        assert [answer_of(letter, letters=True) for letter in "josi"] == [True] * 4
        assert answer_of("perhaps", letters=True) is None


class TestFolding:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("HasOptedOutOfEmail", "has opted out of email"),
            ("SMSOptOut", "sms opt out"),
            ("E-Mail-Adresse", "email adresse"),
            ("Some e-mails", "some emails"),
            ("some mail", "some mail"),
            ("  Straße_Nr.  ", "strasse nr"),
            ("Łódź", "lodz"),
            ("Don’t", "dont"),
            ("d'achat", "d achat"),
            ("✓", "✓"),
            ("", ""),
        ],
    )
    def test_names_and_cells_are_folded_alike(self, text, words):
        assert plain_words(text) == words
        assert plain_words(words) == words


class TestMeasured:
    """Names and cells as they are met in exports and forms."""

    def test_every_name_of_consent_is_noticed(self):
        unnoticed = [name for name in entries(CONSENT) if column_kind(name) is ConsentKind.NONE]

        assert unnoticed == []

    def test_no_opt_out_is_left_active(self):
        probes = [probe.partition("=") for probe in entries(PROBES)]
        active = [
            f"{name}={cell}"
            for name, _, cell in probes
            if read_cell(column_kind(name), cell) not in (ConsentReading.OPTED_OUT, ConsentReading.STOPS)
        ]

        assert active == ["Bounced=yes"]

    def test_no_harmless_name_is_taken_for_consent(self):
        assert [name for name in entries(HARMLESS) if column_kind(name) is not ConsentKind.NONE] == []
