"""What is known of other systems, held to its laws; and a company's own file, with every fault told."""

from itertools import product

import pytest
from attrs import evolve

from leadqual import Evidence, Fact, Qualification, Source, Stage, Standing, check, classify
from leadqual.contacts.consent import ConsentReading, column_kind, read_cell, words_of_opt_outs
from leadqual.contacts.headings import word_lists
from leadqual.documents import DocumentRefused
from leadqual.errors import WrongValue
from leadqual.intake import FileRefused, Layout, iter_check
from leadqual.systems.layout import FieldRule
from leadqual.systems.mapping import Answer, Sureness, ValueMapping, ValueMeaning
from leadqual.systems.system_file import LAYOUTS, SYSTEMS, from_toml
from leadqual.taxonomy.vocabulary import UnknownWord, normalize

CAUTION = {Fact.CONTACTED, Fact.DECLINED, Fact.LAPSED, Fact.OPTED_OUT}
ACTS = {("salesforce-contacts", "CampaignMember.Status", "Responded"), ("webinar", "Attended", "Yes")}


def answered(system):
    """Return the system under each set of answers."""
    questions = [question for question, _ in system.questions]
    for yes in product((False, True), repeat=len(questions)):
        yield system.answering(dict(zip(questions, yes, strict=True)))


def meanings(system):
    return {(field.name, value.value): value for field in system.values for value in field.values}


def stages(meaning):
    return {meaning.stage, *meaning.stage.below} if meaning.stage else set()


def yes_that_takes_away(system):
    """P4: more questions answered with yes never remove a fact or a stage from what a value means."""
    each = list(answered(system))
    return [
        key
        for fewer, more in product(each, each)
        if fewer.answers < more.answers
        for key, before in meanings(fewer).items()
        if not (
            set(before.facts) <= set(meanings(more)[key].facts)
            and stages(before) <= stages(meanings(more)[key])
            and before.written <= meanings(more)[key].written
        )
    ]


def badly_written(system):
    """P5: no value is written that is uncertain or cannot be set; no two values of a field are compared alike."""
    found = []
    for each in answered(system):
        for field in each.values:
            names = {
                (normalize(text), value.value)
                for value in field.values
                for text in (value.value, *value.labels)
            }
            written = [value for value in field.values if value.written]
            if len(names) > len({name for name, _ in names}):
                found.append(field.name)
            if written and (field.read_only or field.sureness is Sureness.UNCERTAIN):
                found.append(field.name)
            found += [value.value for value in written if value.sureness is Sureness.UNCERTAIN]
    return found


def opinions_taken_for_facts(system):
    """P11: what the staff said is a fact only where it says what they did or calls for caution."""
    found = []
    for (field, name), value in meanings(evolve(system, answers=frozenset())).items():
        verdict = classify(Evidence.of(*value.facts))
        reached = verdict.stage is not Stage.NAME or verdict.qualification is Qualification.QUALIFIED
        if value.act != ((system.name, field, name) in ACTS):
            found.append((field, name))
        if not value.act and (reached or not set(value.facts) <= CAUTION):
            found.append((field, name))
    return found


def silent_opt_outs(system):
    """A value that the words of consent take for an opt-out means one."""
    return [
        (column, text)
        for field in system.values
        for column in field.columns
        for value in field.values
        for text in (value.value, *value.labels)
        if read_cell(column_kind(column), text) is ConsentReading.OPTED_OUT
        and Fact.OPTED_OUT not in value.facts
    ]


def mutated(system, **changes):
    """Return the system with its first value changed."""
    field, *fields = system.mappings
    value, *values = field.values
    field = evolve(field, values=(evolve(value, **changes), *values))
    return evolve(system, mappings=(field, *fields))


LAWS = (yes_that_takes_away, badly_written, opinions_taken_for_facts, silent_opt_outs)


def only_the_answer(meaning, answers):
    """Let a yes say what a value means alone, and forget what it meant before."""
    for each in meaning.when:
        if answers.get(each.question):
            return evolve(meaning, stage=each.stage, facts=each.facts, when=())
    return evolve(meaning, when=())


class TestLaws:
    """What holds for every built-in system and every set of answers; a mutant breaks each law."""

    @pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
    @pytest.mark.parametrize("name", SYSTEMS)
    def test_it_holds(self, law, name):
        assert law(SYSTEMS[name]) == []

    @pytest.mark.parametrize(
        ("law", "changes"),
        [
            (badly_written, {"written": True, "sureness": Sureness.UNCERTAIN}),
            (badly_written, {"labels": ("Marketing qualified-lead", "marketingqualifiedlead")}),
            (opinions_taken_for_facts, {"facts": (Fact.RESPONDED,)}),
            (opinions_taken_for_facts, {"facts": (Fact.PURCHASED,)}),
            (opinions_taken_for_facts, {"facts": (Fact.LIKES_INDUSTRY,)}),
            (opinions_taken_for_facts, {"act": True}),
            (silent_opt_outs, {"labels": ("Do not contact",)}),
        ],
    )
    def test_a_changed_value_breaks_it(self, law, changes):
        assert law(mutated(SYSTEMS["hubspot"], **changes))

    def test_a_field_that_cannot_be_set_is_not_written(self):
        system = SYSTEMS["hubspot"]

        assert badly_written(evolve(system, mappings=(evolve(system.mappings[0], read_only=True),)))

    def test_an_answer_that_replaces_what_was_meant_breaks_the_law_of_answers(self, monkeypatch):
        monkeypatch.setattr(ValueMeaning, "answered", only_the_answer)

        assert yes_that_takes_away(evolve(SYSTEMS["salesforce-contacts"], mappings=(LIKED,)))

    def test_every_yes_adds_something(self):
        for name, system in SYSTEMS.items():
            for question, _ in system.questions:
                assert system.answering({question: True}).values != system.values, (name, question)

    def test_an_answer_never_claims_less(self):
        low = Answer("deal_is_purchase", stage=Stage.LEAD, facts=(Fact.CONTACTED,))
        value = ValueMeaning("Won", stage=Stage.CUSTOMER, when=(low,))

        assert value.answered({"deal_is_purchase": True}).stage is Stage.CUSTOMER
        assert value.answered({"deal_is_purchase": True}).facts == (Fact.CONTACTED,)
        assert value.answered({"deal_is_purchase": False}) == evolve(value, when=())


LIKED = ValueMapping(
    "x",
    values=(
        ValueMeaning("a", facts=(Fact.LAPSED,), when=(Answer("deal_is_purchase", facts=(Fact.PURCHASED,)),)),
    ),
)


class TestAnswers:
    def test_a_question_that_is_not_asked_and_an_answer_that_is_none(self):
        with pytest.raises(UnknownWord, match="did you mean 'sql_saw'"):
            SYSTEMS["hubspot"].answering({"sql_sow": True})
        with pytest.raises(WrongValue, match="give True or False"):
            SYSTEMS["hubspot"].answering({"sql_saw": "yes"})

    def test_a_later_answer_counts(self):
        yes = SYSTEMS["hubspot"].answering({"sql_saw": True})

        assert yes.answers == {"sql_saw"}
        assert yes.answering({"sql_saw": False}) == SYSTEMS["hubspot"]


# The words that the layouts of this library had before their files described systems, and what each meant.
BEFORE = {
    ("hubspot", "Original Source"): {
        Source.SEARCH: ["Organic Search", "Paid Search", "ORGANIC_SEARCH", "PAID_SEARCH"],
        Source.SOCIAL_MEDIA: ["Social Media", "Organic Social", "Paid Social", "SOCIAL_MEDIA", "PAID_SOCIAL"],
        Source.REFERRAL: ["Referrals", "Referral", "REFERRALS"],
        Source.WEBSITE: ["Direct Traffic", "DIRECT_TRAFFIC"],
        Source.OTHER: ["Offline Sources", "Email Marketing", "Other Campaigns", "OFFLINE", "EMAIL_MARKETING"],
    },
    ("hubspot", "Lifecycle Stage"): {
        None: ["Other", "other", "Subscriber", "subscriber"],
        Stage.LEAD: [
            "Lead",
            "lead",
            "Marketing Qualified Lead",
            "marketingqualifiedlead",
            "Sales Qualified Lead",
        ],
        Stage.PROSPECT: ["Opportunity", "opportunity"],
        Stage.CUSTOMER: ["Customer", "customer", "Evangelist", "evangelist"],
    },
    ("hubspot", "Lead Status"): {
        Fact.CONTACTED: ["Connected", "CONNECTED"],
        None: [
            "Attempted to Contact",
            "Bad Timing",
            "In Progress",
            "New",
            "Open",
            "Unqualified",
            "IN_PROGRESS",
        ],
    },
    ("salesforce", "LeadSource"): {
        Source.WEBSITE: ["Web", "Web Site"],
        Source.REFERRAL: ["Partner Referral", "Employee Referral", "External Referral", "Word of mouth"],
        Source.PURCHASED_LIST: ["Purchased List"],
        Source.ADVERTISEMENT: ["Advertisement"],
        Source.SEMINAR: ["Seminar - Internal", "Seminar - Partner"],
        Source.EVENT: ["Trade Show"],
        Source.OTHER: ["Phone Inquiry", "Partner", "Public Relations", "Other"],
    },
    ("salesforce", "Status"): {
        Fact.CONTACTED: ["Working - Contacted"],
        None: ["Open - Not Contacted", "Closed - Converted", "Closed - Not Converted"],
    },
    ("zoho", "Lead Status"): {
        Fact.CONTACTED: ["Contacted"],
        None: [
            "-None-",
            "Attempted to Contact",
            "Contact in Future",
            "Junk Lead",
            "Not Contacted",
            "Not Qualified",
        ],
        Stage.LEAD: ["Pre-Qualified", "Pre Qualified"],
    },
    ("zoho", "Lead Source"): {
        None: ["-None-"],
        Source.COLD_CALL: ["Cold Call"],
        Source.SOCIAL_MEDIA: ["Facebook", "X (Twitter)", "Twitter", "Google+"],
        Source.SEMINAR: ["Seminar Partner", "Seminar-Internal", "Internal Seminar", "Partner Seminar"],
    },
    ("suitecrm", "Lead Source"): {
        Source.COLD_CALL: ["Cold Call"],
        Source.REFERRAL: ["Employee", "Existing Customer", "Partner", "Word of mouth"],
        Source.EVENT: ["Conference", "Trade Show"],
    },
}


@pytest.mark.parametrize(("name", "column"), BEFORE)
def test_every_word_of_the_layouts_before_is_read_as_it_was(name, column):
    """P8, but for a claim of NAME, which is none, and Not Contacted, which denies nothing."""
    (values,) = [each for each in LAYOUTS[name].values if column in each.columns]
    for meant, words in BEFORE[name, column].items():
        for word in words:
            meaning = values.meaning(word)

            assert meaning is not None, word
            assert {meant} - {None} == {*meaning.facts, meaning.stage, meaning.source} - {None}, word


def test_a_changed_word_is_noticed():
    assert LAYOUTS["zoho"].values[0].meaning("contacted").facts == (Fact.CONTACTED,)
    assert LAYOUTS["zoho"].values[0].meaning("not contacted").facts == ()
    assert LAYOUTS["zoho"].values[0].meaning("Kontaktiert") is None


class TestConsent:
    """Nothing that the words of consent notice is lost by what a system says of a column."""

    @pytest.mark.parametrize("name", SYSTEMS)
    def test_a_mapped_column_notices_what_an_unread_one_would(self, name):
        lists = {
            key: value
            for key, value in word_lists("consent")["value"].items()
            if key in ("out", "refused_status")
        }
        words = [word for languages in lists.values() for listed in languages.values() for word in listed]
        assert len(words) > 150
        bare = Layout("bare", fields=(("email", FieldRule(("address",))),))
        for field in SYSTEMS[name].values:
            for column in field.columns:
                rows = "".join(f"a{n}@example.com,{word}\n" for n, word in enumerate(words))
                data = f'address,"{column}"\n{rows}'.encode()
                layout = evolve(bare, values=(field,)) if field.says else bare
                before, after = outcomes(data, bare), outcomes(data, layout)
                for word, was, became in zip(words, before, after, strict=True):
                    assert became is Standing.DO_NOT_CONTACT or became == was, (column, word, was, became)

    @pytest.mark.parametrize(
        "name", [name for name in SYSTEMS if any(f.is_consent for f in SYSTEMS[name].values)]
    )
    def test_an_unknown_word_about_consent_alone_means_do_not_contact(self, name):
        for field in SYSTEMS[name].values:
            if field.is_consent:
                data = f'address,"{field.columns[0]}"\na@example.com,zulassen?\n'.encode()
                layout = Layout("own", fields=(("email", FieldRule(("address",))),), values=(field,))

                assert outcomes(data, layout) == [Standing.DO_NOT_CONTACT]

    def test_all_words_of_opt_outs_are_known_here(self):
        assert "unsubscribed" in words_of_opt_outs()


def outcomes(data, layout):
    """Return the standing of each row, or that it was rejected."""
    with iter_check(data, layout=layout, duplicates="ignore") as run:
        return [row.verdict.standing if hasattr(row, "verdict") else "rejected" for row in run]


def faults_of(text):
    with pytest.raises(DocumentRefused) as caught:
        from_toml(text, "own.toml")
    return {fault.where.removeprefix("own.toml: "): fault.reason for fault in caught.value.faults}


FIELDS = '[layout]\n[fields]\nemail = "E"\n'


class TestFaults:
    """Every fault of a file is told at once, with its place and what would be right."""

    def test_they_are_told_all_at_once(self):
        found = faults_of(
            '[system]\nextends = "hubspt"\ncolour = 1\n[answers]\nsql_saw = true\nasked = "yes"\n'
            '[questions]\nasked = "Asked?"\n' + FIELDS + '[mapping.A]\ncolums = ["A"]\n'
            '[mapping.A.means]\nleed = ["x"]\nrep = ["y"]\ncustomer = ["y"]\n'
            '[mapping.A.values."In Touch"]\nstage = "prospct"\nfacts = ["respond"]\nsource = "web"\nsureness = "surely"\nwhen = { askd = { stage = "lead" } }\n'
            '[mapping.A.values."in-touch"]\nstage = "name"\nfriend = "x"\nwritten = 1\n'
            "[mapping.A.values]\ngone = false\n"
        )
        for place, reason in {
            "system.extends": "did you mean 'hubspot'",
            "system.colour": "is not known here",
            "answers.sql_saw": "unknown question 'sql_saw'",
            "answers.asked": "must be true or false",
            "mapping.A.colums": "did you mean columns?",
            "mapping.A.means.leed": "unknown meaning 'leed'; did you mean 'lead'",
            "mapping.A.means.customer": "gives 'y' another stage; keep one of them",
            "mapping.A.values.In Touch.stage": "unknown stage 'prospct'; did you mean 'prospect'?",
            "mapping.A.values.In Touch.facts": "did you mean 'responded'",
            "mapping.A.values.In Touch.source": "unknown source 'web'",
            "mapping.A.values.In Touch.sureness": "unknown sureness 'surely'",
            "mapping.A.values.In Touch.when.askd": "did you mean 'asked'?",
            "mapping.A.values.in-touch": "is compared as 'In Touch' is, by 'in-touch'; describe it under 'In Touch'",
            "mapping.A.values.in-touch.stage": "claims nothing",
            "mapping.A.values.in-touch.friend": "is not known here",
            "mapping.A.values.in-touch.written": "must be true or false",
            "mapping.A.values.gone": "is taken away and not there: unknown value 'gone'",
        }.items():
            assert reason in found.pop(place), place
        assert found == {}

    @pytest.mark.parametrize(
        ("text", "place", "reason"),
        [
            (FIELDS + '[mapping.A]\nvalues = { X = "lead" }', "mapping.A.values.X", "must be a table"),
            (FIELDS + "[mapping]\nA = 1", "mapping.A", "must be a table"),
            (FIELDS + "mapping = 1\n[facts]\nlapsed = 7", "facts.lapsed", "must be a table"),
            (FIELDS + '[mapping.A.means]\nlead = "x"', "mapping.A.means.lead", "must be a list"),
            (FIELDS + "[questions]\nq = 1", "questions.q", "must be a text"),
            (FIELDS + '[facts]\nlapsed = "A"\n[mapping.A.means]\nlead = ["x"]', "mapping.A", "reads 'A', as [facts] does"),
            ('[system]\nextends = "hubspot"\n[mapping.lifecyclestage.values]\ncustomr = false', "mapping.lifecyclestage.values.customr", "did you mean 'customer'"),
            ('[system]\nextends = "hubspot"\n[mapping.lifecyclestage.values."Sales Qualified Lead"]\nstage = "prospect"', "mapping.lifecyclestage.values.Sales Qualified Lead", "describe it under 'salesqualifiedlead'"),
        ],
    )  # fmt: skip
    def test_each_with_its_place(self, text, place, reason):
        assert reason in faults_of(text)[place]

    def test_built_in_files_are_looked_up_by_their_exact_names(self):
        assert next(iter(SYSTEMS)) == "plain"
        assert len(SYSTEMS) == len(LAYOUTS) >= 28
        assert "hubspt" not in LAYOUTS
        with pytest.raises(KeyError):
            SYSTEMS["hubspt"]


class TestACompanysOwnFile:
    """A file over a built-in one: values added, changed and taken away, questions answered."""

    OWN = """
        [system]
        extends = "hubspot"
        [answers]
        deal_is_purchase = true
        [mapping.lifecyclestage.values.other]
        labels = ["Team partner"]
        stage = "rep"
        [mapping.lifecyclestage.values]
        evangelist = false
        [mapping.lifecyclestage.values.guest]
        facts = ["contacted"]
        [mapping.hs_lead_status.means]
        declined = ["No interest"]
    """

    def test_values_are_added_changed_and_taken_away(self):
        system = from_toml(self.OWN, "ours.toml")
        stage, status, source = system.values

        assert (system.name, system.title, system.layout.name) == ("ours", "HubSpot", "ours")
        assert stage.meaning("Other").stage is stage.meaning("team-partner").stage is Stage.REP
        assert stage.meaning("Other").definition == "a wildcard: suppliers, staff"
        assert stage.meaning("evangelist") is None
        assert stage.meaning("Guest").facts == (Fact.CONTACTED,)
        assert stage.meaning("customer").facts == (Fact.PURCHASED,)
        assert status.meaning("no interest").facts == (Fact.DECLINED,)
        assert source == SYSTEMS["hubspot"].values[2]
        assert SYSTEMS["hubspot"].values[0].meaning("evangelist").stage is Stage.CUSTOMER

    def test_a_part_is_taken_away_whole_and_where_it_is_written_too(self):
        own = '[system]\nextends = "hubspot"\n[mapping]\nhs_lead_status = false\n'
        system = from_toml(own + '[import.columns]\n"Lead Status" = false')

        assert [field.name for field in system.mappings] == ["lifecyclestage", "hs_analytics_source"]
        with pytest.raises(DocumentRefused, match="unknown mapping 'hs_lead_status'"):
            from_toml(own)

    def test_it_reads_a_file(self, tmp_path):
        path = tmp_path / "ours.toml"
        path.write_text(self.OWN)
        report = check(
            b"Record ID,Email,Lifecycle Stage,Lead Status\n1,a@example.com,Team Partner,\n2,b@example.com,customer,No interest\n3,c@example.com,Evangelist,\n",
            layout=path,
        )

        assert [contact.claimed_stage for contact in report.contacts] == [Stage.REP, Stage.CUSTOMER, None]
        assert report.accepted[1].verdict.standing is Standing.DECLINED
        assert report.accepted[1].verdict.stage is Stage.CUSTOMER
        assert [problem.code.value for problem in report.problems] == ["claim-unproved", "claim-unknown"]

    def test_a_file_with_faults_is_refused(self, tmp_path):
        path = tmp_path / "ours.toml"
        path.write_text('[system]\nextends = "hubspt"')

        with pytest.raises(FileRefused, match="did you mean 'hubspot'"):
            check(b"email\n", layout=path)
