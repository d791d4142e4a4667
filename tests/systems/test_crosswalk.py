"""What is written in another system never says more than is known, and what is lost by that is told.

The laws are held over sets of facts closed under the implications, for every system with a value mapping and
every set of answers; what was written is read back by `check`, with and without trust in claimed stages.
"""

from functools import cache, partial
from itertools import combinations, islice, product
from operator import itemgetter

import pytest

from leadqual import (
    SYSTEMS,
    Contact,
    Evidence,
    Fact,
    Qualification,
    RecordUnreadable,
    Source,
    Stage,
    Standing,
    WrongType,
    check,
    classify,
    express,
    interpret,
)
from leadqual.systems.mapping import Sureness
from leadqual.systems.system_file import from_toml
from leadqual.taxonomy.stages import down_set
from leadqual.verification.study import closed_sets, edges

# One field that has room for everything, so that the laws do not depend on what other systems happen to have.
ROOMY = from_toml(
    """
[system]
title = "Roomy"
[layout]
[fields]
name = "Name"
email = "Email"
[questions]
buys = "Does a buyer always buy?"
talks = "Is every open row a talk?"
[mapping.Status.values]
Open = { written = true, when = { talks = { facts = ["contacted"] } } }
Answered = { stage = "lead", written = true }
Showed = { stage = "lead", facts = ["saw_business"], written = true }
Asked = { stage = "prospect", written = true }
Buyer = { stage = "customer", written = true, when = { buys = { facts = ["purchased"] } } }
Builder = { stage = "rep", facts = ["signed_up"] }
Head = { stage = "leader", written = true }
Fan = { stage = "leader", facts = ["likes_industry", "wants_in"] }
Left = { facts = ["lapsed"], written = true }
Refused = { facts = ["declined"], written = true }
Never = { facts = ["opted_out"], written = true }
[mapping.Origin]
columns = ["Origin", "Lead Origin"]
split = ";"
[mapping.Origin.values]
Web = { source = "website", written = true }
Search = { source = "search" }
[mapping.Proof]
read_only = true
[mapping.Proof.values]
yes = { labels = ["1"], facts = ["purchased"], written = true }
[mapping.Letters]
[mapping.Letters.values]
bounced = {}
gone = { facts = ["opted_out"] }
""",
    "roomy.toml",
)
MAPPED = [ROOMY, *(system for system in SYSTEMS.values() if system.values)]
WORDS = (None, *Source)


def answered(systems):
    """Return each system of a company, for every set of answers that it can give."""
    return [
        system.answering(dict.fromkeys(names, True))
        for system in systems
        for number in range(len(system.questions) + 1)
        for names in combinations([name for name, _ in system.questions], number)
    ]


COMPANIES = answered(MAPPED)
ROOMIES = answered([ROOMY])
WRITTEN = [system for system in COMPANIES if any(mapping.writable for mapping in system.values)]
PART = 211  # a prime number, so that every PART-th set of facts has each fact with and without each other


@cache
def people(every):
    """Return every so manieth classification of a closed set of facts, each with a source."""
    chosen = enumerate(closed_sets()[::every])
    return [(classify(Evidence.from_bits(facts)), WORDS[number % len(WORDS)]) for number, facts in chosen]


@cache
def pairs(every):
    """Return every so manieth pair of sets of facts that differ in one fact and what it implies."""
    return [(less, more) for less, _, more in islice(edges(), 0, None, every)]


@cache
def closure(facts):
    return Evidence.of(*facts).established


@cache
def known(verdict):
    return verdict.evidence.established


@cache
def fields_of(system):
    """Return each field that can be written, with its values, and the facts and the weight of each."""
    found = {}
    for mapping in system.values:
        for value in mapping.values:
            facts = closure(value.facts)
            against = [fact in facts for fact in (Fact.OPTED_OUT, Fact.DECLINED, Fact.LAPSED)]
            weight = (against, [None, *Stage].index(value.stage), len(facts), bool(value.source))
            if value.written and not mapping.read_only:
                found.setdefault(mapping.name, []).append((value, facts, weight))
    return found


def write(verdict, system, source):
    return express(verdict, system, source=source, standard_fields=True).values


def reference(verdict, system, source, *, implied=False, exact=False, marked=False):
    """Return the values that are to be written, found by trying every value of every field.

    An option makes it wrong: *implied* accepts stages that are not witnessed, *exact* wants the furthest
    stage itself, *marked* takes every value that may be written.
    """
    stages = verdict.reached if implied else verdict.reached - set(verdict.implied)
    stages = {None, *({verdict.stage} if exact else stages)}
    written = []
    for name, values in fields_of(system).items():
        fitting = [
            (weight, value)
            for value, facts, weight in values
            if marked
            or (value.stage in stages and facts <= known(verdict) and value.source in (None, source))
        ]
        if fitting:
            written.append((name, max(fitting, key=itemgetter(0))[1].value))
    return tuple(written)


@cache
def read_back(system, values, trust):
    """Return what `check` reads of a file with these values: a verdict, the source, the stages said.

    None if the values, which were not written by the library, are no accepted row.
    """
    columns = {mapping.name: mapping.columns[0] for mapping in system.values}
    rules = dict(system.layout.fields)
    rule = next(rules[name] for name in ("id", "name", "email") if name in rules)
    names = [(rule.columns or rule.joined)[0], *(columns[name] for name, _ in values)]
    rows = [names, ["1@example.com", *(text for _, text in values)]]
    file = "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in rows).encode()
    accepted = check(file, layout=system.layout, trust_stage=trust, names_only=True).accepted
    if not accepted:
        return None
    (row,) = accepted
    return (
        row.verdict,
        row.contact.source,
        row.verdict.reached | down_set({row.contact.claimed_stage} - {None}),
    )


def exceeds(verdict, system, values, trust):
    """Return whether the values, read back, establish, reach or qualify beyond the classification."""
    read, _, stages = read_back(system, values, trust)
    qualifies = read.qualification is Qualification.QUALIFIED is not verdict.qualification
    return qualifies or not known(read) <= known(verdict) or not stages <= verdict.reached


@cache
def files(writing, system, every):
    """Return what is written about each of the people, in one system."""
    made = {}
    written = (writing(verdict, system, source) for verdict, source in people(every))
    return [made.setdefault(values, values) for values in written]


def exceeding(writing, every, systems=COMPANIES):
    """Return in how many cases what is read back says more than was known: P1."""
    return sum(
        exceeds(verdict, system, values, trust)
        for system in systems
        for (verdict, _), values in zip(people(every), files(writing, system, every), strict=True)
        for trust in (False, True)
    )


def adding(writing, every, systems=COMPANIES):
    """Return in how many cases writing in one system, and what is read there in another, says more: P10."""
    failed = 0
    for system, trust in product(systems, (False, True)):
        # People of whom the same is written are judged together.
        least = {}
        for (verdict, _), values in zip(people(every), files(writing, system, every), strict=True):
            least.setdefault(values, set(Fact)).intersection_update(known(verdict))
        for values, facts in least.items():
            there, source, _ = read_back(system, values, trust)
            verdict = classify(facts)
            failed += sum(
                exceeds(verdict, other, writing(there, other, source), each)
                for other, each in product(systems, (False, True))
            )
    return failed


@cache
def said(system, values):
    """Return what is said in each field that is written: how much caution, how far a stage, how many facts."""
    found = {}
    for name, text in values:
        meaning = next(mapping for mapping in system.values if mapping.name == name).meaning(text)
        facts = closure(meaning.facts)
        caution = list(reversed(Standing)).index(classify(facts).standing)
        found[name] = (caution, [None, *Stage].index(meaning.stage), len(facts))
    return found


def lowering(writing, every, systems=COMPANIES):
    """Return in how many cases one more fact lowers what is written in a field, or empties it: P3."""
    failed = 0
    for system in systems:
        told = cache(
            lambda facts, system=system: said(
                system, writing(classify(Evidence.from_bits(facts)), system, None)
            )
        )
        for less, more in pairs(every):
            failed += any(
                name not in told(more) or told(more)[name] < low for name, low in told(less).items()
            )
    return failed


def in_order(words, vocabulary):
    return list(words) == [word for word in vocabulary if word in words]


def assert_losses_are_exact(every, systems=COMPANIES):
    """P2: what is told to be lost is what was known without what is read back."""
    for system in systems:
        for verdict, source in people(every):
            expressed = express(verdict, system, source=source, standard_fields=True)
            read, back, stages = read_back(system, expressed.values, trust=False)
            assert set(expressed.lost_stages) == verdict.reached - stages
            assert set(expressed.lost_facts) == known(verdict) - known(read)
            assert (back, expressed.lost_source) in {(source, None), (None, source)}
            assert in_order(expressed.lost_stages, Stage)
            assert in_order(expressed.lost_facts, Fact)


IMPLIED, EXACT, MARKED = (partial(reference, **{name: True}) for name in ("implied", "exact", "marked"))


class TestWriting:
    """What is written never says more than is known; each law is broken by a likely way to write."""

    def test_no_other_value_says_more(self):
        for system in COMPANIES:
            assert files(write, system, PART) == files(reference, system, PART)

    def test_reading_back_adds_nothing(self):
        assert [exceeding(each, PART) > 0 for each in (write, IMPLIED, MARKED)] == [False, True, True]

    def test_losses_are_exact(self):
        assert_losses_are_exact(PART)

    def test_more_evidence_never_lowers_what_is_written(self):
        assert [lowering(each, 9 * PART) > 0 for each in (write, EXACT)] == [False, True]

    def test_two_systems_in_a_row_add_nothing(self):
        assert [adding(each, PART) > 0 for each in (write, IMPLIED)] == [False, True]


@pytest.mark.long
class TestWritingAllFacts:
    """The same over all sets of facts, where anything is written at all.

    The numbers are how many cases each wrong way to write gets wrong.
    """

    def test_no_other_value_says_more(self):
        for system in WRITTEN:
            assert files(write, system, 1) == files(reference, system, 1)

    def test_reading_back_adds_nothing(self):
        assert exceeding(write, 1, WRITTEN) == 0
        assert [exceeding(each, 1, ROOMIES) for each in (IMPLIED, MARKED)] == [1_728, 101_376]

    def test_losses_are_exact(self):
        assert_losses_are_exact(1, WRITTEN)

    def test_more_evidence_never_lowers_what_is_written(self):
        assert lowering(write, 1, WRITTEN) == 0
        assert lowering(EXACT, 1, ROOMIES) == 3_648

    def test_two_systems_in_a_row_add_nothing(self):
        assert adding(write, 1, WRITTEN) == 0
        assert adding(IMPLIED, 1, ROOMIES) == 64


class TestValues:
    @pytest.mark.parametrize("system", MAPPED, ids=lambda system: system.name)
    def test_a_value_that_is_written_is_sure_and_can_be_imported(self, system):
        """P5, and what is read of a broader meaning is never written for it."""
        for mapping in system.mappings:
            for value in mapping.values:
                if value.written or any(answer.written for answer in value.when):
                    assert value.sureness is not Sureness.UNCERTAIN, value.value
                    assert not mapping.read_only or system is ROOMY
                    assert mapping.meaning(value.value) is value
                    # Whoever was reached by a promotion is contacted, and need not have talked to anybody.
                    assert set(value.facts) != {Fact.CONTACTED}


class TestCustomFields:
    """Our own words are written by default, in fields of their own."""

    def test_they_hold_the_verdict_and_lose_what_it_does_not_say(self):
        for verdict, source in people(PART):
            for system in COMPANIES[:2]:
                expressed = express(verdict, system, source=source)
                words = (verdict.stage, verdict.qualification, verdict.standing, verdict.score)
                names = ("stage", "qualification", "standing", "score")
                assert expressed.values == tuple(
                    (f"leadqual_{name}", str(word)) for name, word in zip(names, words, strict=True)
                )
                told = {
                    Standing.DO_NOT_CONTACT: {Fact.OPTED_OUT},
                    Standing.DECLINED: {Fact.DECLINED},
                    Standing.LAPSED: {Fact.LAPSED},
                    Standing.ACTIVE: set(),
                }[verdict.standing]
                assert set(expressed.lost_stages) == verdict.reached - down_set({verdict.stage})
                assert set(expressed.lost_facts) == known(verdict) - told
                assert expressed.lost_source is source

    def test_of_a_customer_who_is_a_rep_the_headline_is_written(self):
        expressed = express(classify({Fact.PURCHASED, Fact.SIGNED_UP}), SYSTEMS["hubspot"])

        assert dict(expressed.values)["leadqual_stage"] == "rep"
        assert expressed.lost_stages == (Stage.CUSTOMER,)


class TestStandardFields:
    def test_what_forbids_contact_comes_before_the_stage(self):
        gone = classify({Fact.PURCHASED, Fact.LAPSED, Fact.DECLINED, Fact.OPTED_OUT})

        assert write(gone, ROOMY, None) == (("Status", "Never"),)
        assert write(classify({Fact.PURCHASED, Fact.LAPSED, Fact.DECLINED}), ROOMY, None) == (
            ("Status", "Refused"),
        )

    def test_of_two_values_for_a_stage_the_one_with_more_facts_is_written(self):
        assert write(classify({Fact.RESPONDED}), ROOMY, None) == (("Status", "Answered"),)
        assert write(classify({Fact.RESPONDED, Fact.SAW_BUSINESS}), ROOMY, None) == (("Status", "Showed"),)

    def test_a_source_without_a_value_is_lost(self):
        nobody = classify(())

        found = express(nobody, ROOMY, source=Source.WEBSITE, standard_fields=True)
        assert (dict(found.values)["Origin"], found.lost_source) == ("Web", None)
        lost = express(nobody, ROOMY, source=Source.SEARCH, standard_fields=True)
        assert ("Origin" in dict(lost.values), lost.lost_source) == (False, Source.SEARCH)

    def test_an_answer_of_the_company_changes_what_is_written(self):
        buyer = classify({Fact.PURCHASED})
        with_answer = ROOMY.answering({"buys": True})

        assert express(buyer, ROOMY, standard_fields=True).lost_facts == (Fact.PURCHASED,)
        assert express(buyer, with_answer, standard_fields=True).lost_facts == ()

    def test_wrong_types_are_refused(self):
        with pytest.raises(
            WrongType, match="verdict must be a Classification, not set; classify the contact"
        ):
            express({Fact.PURCHASED}, ROOMY)
        with pytest.raises(WrongType, match="system must be a System, not str; take one from SYSTEMS"):
            express(classify(()), "hubspot")


class TestReading:
    """A record of another system becomes a contact."""

    def test_a_field_is_found_by_either_name_and_a_value_in_any_case(self):
        hubspot = SYSTEMS["hubspot"]

        assert interpret({"lifecyclestage": "salesqualifiedlead"}, hubspot).claimed_stage is Stage.LEAD
        assert interpret({"Lifecycle Stage": "Sales qualified lead"}, hubspot).claimed_stage is Stage.LEAD
        answered = hubspot.answering({"sql_saw": True})
        assert interpret({"lifecyclestage": "salesqualifiedlead"}, answered).claimed_stage is Stage.PROSPECT

    def test_claims_facts_and_the_source_are_read(self):
        contact = interpret({"status": "Builder", "Lead Origin": "Web;Search", "stage": "lead"}, ROOMY)

        assert contact == Contact(
            claimed_stage=Stage.REP, evidence=Evidence.of(Fact.SIGNED_UP), source=Source.WEBSITE
        )

    def test_what_is_not_listed_is_kept_and_read_for_opt_outs(self):
        contact = interpret({"Status": "Sleeping", "Name": "Ana", "hs_email_optout": True, "x": 1}, ROOMY)

        assert contact.extra == (("Status", "Sleeping"), ("hs_email_optout", True), ("x", 1))
        assert (contact.name, contact.evidence) == ("Ana", Evidence.of(Fact.OPTED_OUT))
        assert Fact.OPTED_OUT in interpret({"Status": "unsubscribed"}, ROOMY).evidence

    def test_a_blank_says_nothing_and_a_value_need_not_be_text(self):
        assert interpret({"Status": None, "Origin": " "}, ROOMY) == Contact(extra=[("Status", None)])
        assert interpret({"Proof": 1}, ROOMY).evidence == Evidence.of(Fact.PURCHASED)

    def test_in_a_field_about_consent_alone_an_unlisted_value_means_do_not_contact(self):
        assert Fact.OPTED_OUT in interpret({"Letters": "hmm"}, ROOMY).evidence
        assert Fact.OPTED_OUT not in interpret({"Letters": "bounced"}, ROOMY).evidence

    def test_a_column_about_consent_stops_unless_it_is_named(self):
        record = {"Status": "Asked", "newsletter": False}

        with pytest.raises(RecordUnreadable, match="give consent_in"):
            interpret(record, ROOMY)
        assert Fact.OPTED_OUT in interpret(record, ROOMY, consent_in=["newsletter"]).evidence
        assert Fact.OPTED_OUT not in interpret(record, ROOMY, no_consent_in=["newsletter"]).evidence

    def test_it_reads_values_as_check_does(self):
        for system in COMPANIES:
            for mapping in system.values:
                for value in mapping.values:
                    read = read_back(system, ((mapping.name, value.value),), trust=False)
                    record = {mapping.columns[0]: value.value}
                    if read is None:
                        # A column about consent that does not say yes.
                        with pytest.raises(RecordUnreadable):
                            interpret(record, system)
                        continue
                    contact, (verdict, source, stages) = interpret(record, system), read
                    assert classify(contact) == verdict
                    assert (contact.source, contact.extra) == (source, ())
                    assert down_set({contact.claimed_stage} - {None}) | verdict.reached == stages

    def test_wrong_types_are_refused(self):
        with pytest.raises(WrongType, match="record must be a mapping of fields to values, not str"):
            interpret("customer", ROOMY)
        with pytest.raises(WrongType, match="system must be a System, not str"):
            interpret({}, "hubspot")
