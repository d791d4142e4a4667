"""What is written in another system never says more than is known, and what is lost by that is told.

The laws are held over sets of facts closed under the implications, for every system with a value mapping and
every set of answers; what was written is read back by `check`, with and without trust in claimed stages.
"""

from functools import cache, partial
from itertools import combinations

from leadqual import (
    SYSTEMS,
    Evidence,
    Fact,
    Qualification,
    Source,
    Stage,
    Standing,
    check,
    classify,
    express,
)
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
Builder = { stage = "rep", facts = ["signed_up"], written = true }
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
yes = { facts = ["purchased"], written = true }
[mapping.Mail]
[mapping.Mail.values]
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


SAMPLE = 37  # a prime number, so that the sample has every fact with and without every other
COMPANIES = answered(MAPPED)


@cache
def people(every):
    """Return every so manieth classification of a closed set of facts, with its facts and a source."""
    chosen = enumerate(closed_sets()[::every])
    return [(classify(Evidence.from_bits(facts)), WORDS[number % len(WORDS)]) for number, facts in chosen]


@cache
def closure(facts):
    return Evidence.of(*facts).established


@cache
def known(verdict):
    return verdict.evidence.established


@cache
def read_back(system, values, trust):
    """Return what `check` reads of a file with these values: a verdict, the source, the stages said."""
    columns = {mapping.name: mapping.columns[0] for mapping in system.values}
    rules = dict(system.layout.fields)
    rule = next(rules[name] for name in ("id", "name", "email") if name in rules)
    names = [(rule.columns or rule.joined)[0], *(columns[name] for name, _ in values)]
    rows = [names, ["1", *(text for _, text in values)]]
    file = "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in rows).encode()
    (row,) = check(file, layout=system.layout, trust_stage=trust, names_only=True).accepted
    said = row.verdict.reached | down_set({row.contact.claimed_stage} - {None})
    return row.verdict, row.contact.source, said


def write(verdict, system, source):
    return express(verdict, system, source=source, standard_fields=True).values


def reference(verdict, system, source, *, witnessed=True, exact=False, marked=False):
    """Return the values that are to be written, found by trying every value of every field.

    With another option it is wrong: *witnessed* off takes stages that are only implied, *exact* wants the
    furthest stage itself, *marked* takes every value that may be written.
    """
    stages = verdict.reached - set(verdict.implied) if witnessed else verdict.reached
    stages = {None, *(stages if not exact else {verdict.stage})}
    found = {}
    for mapping in system.values:
        for value in mapping.values:
            facts, place = closure(value.facts), list((None, *Stage)).index(value.stage)
            true = value.stage in stages and facts <= known(verdict) and value.source in (None, source)
            if value.written and (true or marked) and not mapping.read_only:
                against = [fact in facts for fact in (Fact.OPTED_OUT, Fact.DECLINED, Fact.LAPSED)]
                weight = (against, place, len(facts), bool(value.source))
                if mapping.name not in found or weight > found[mapping.name][0]:
                    found[mapping.name] = (weight, value.value)
    return tuple((name, value) for name, (_, value) in found.items())


def exceeds(verdict, system, values):
    """Return whether the values, read back with or without trust, say more than the classification."""
    for trust in (False, True):
        read, _, stages = read_back(system, values, trust)
        qualifies = read.qualification is Qualification.QUALIFIED is not verdict.qualification
        if qualifies or not known(read) <= known(verdict) or not stages <= verdict.reached:
            return True
    return False


def failures(writing, every, systems=COMPANIES):
    """Return in how many cases what is written says more than the classification: P1."""
    return sum(
        exceeds(verdict, system, writing(verdict, system, source))
        for system in systems
        for verdict, source in people(every)
    )


def in_order(words, vocabulary):
    return list(words) == [word for word in vocabulary if word in words]


def assert_losses_are_exact(every):
    for system in COMPANIES:
        for verdict, source in people(every):
            expressed = express(verdict, system, source=source, standard_fields=True)
            read, back, stages = read_back(system, expressed.values, trust=False)
            assert set(expressed.lost_stages) == verdict.reached - stages
            assert set(expressed.lost_facts) == known(verdict) - known(read)
            assert (back, expressed.lost_source) in {(source, None), (None, source)}
            assert in_order(expressed.lost_stages, Stage)
            assert in_order(expressed.lost_facts, Fact)


@cache
def said(system, values):
    """Return what is said in each field that is written: how much caution, how far a stage, how many facts."""
    found = {}
    for name, text in values:
        meaning = next(mapping for mapping in system.values if mapping.name == name).meaning(text)
        facts = closure(meaning.facts)
        caution = list(reversed(Standing)).index(classify(facts).standing)
        found[name] = (caution, (None, *Stage).index(meaning.stage), len(facts))
    return found


def lowered(writing, every, systems=COMPANIES):
    """Return in how many cases one more fact lowers what is written in a field, or empties it: P3."""
    failed = 0
    for system in systems:
        for before, _, after in list(edges())[::every]:
            verdicts = (classify(Evidence.from_bits(facts)) for facts in (before, after))
            less, more = (said(system, writing(verdict, system, None)) for verdict in verdicts)
            failed += any(name not in more or more[name] < less[name] for name in less)
    return failed


def added(writing, every, systems=COMPANIES):
    """Return in how many cases writing in one system, and what is read there in another, says more: P10."""
    failed = 0
    for system in systems:
        for verdict, source in people(every):
            for trust in (False, True):
                there, back, _ = read_back(system, writing(verdict, system, source), trust)
                failed += any(exceeds(verdict, other, writing(there, other, back)) for other in systems)
    return failed


class TestWriting:
    """What is written never says more than is known."""

    def test_every_value_is_tried(self):
        for system in COMPANIES:
            for verdict, source in people(SAMPLE):
                assert write(verdict, system, source) == reference(verdict, system, source)

    def test_reading_back_adds_nothing(self):
        """P1, and the two ways to write that break it."""
        assert failures(write, SAMPLE) == 0
        assert failures(partial(reference, witnessed=False), SAMPLE) > 0
        assert failures(partial(reference, marked=True), SAMPLE) > 0

    def test_losses_are_exact(self):
        """P2."""
        assert_losses_are_exact(SAMPLE)

    def test_more_evidence_never_lowers_what_is_written(self):
        """P3, and a way to write that breaks it."""
        assert lowered(write, 401) == 0
        assert lowered(partial(reference, exact=True), 401) > 0

    def test_two_systems_in_a_row_add_nothing(self):
        """P10, and a way to write that breaks it."""
        assert added(write, SAMPLE) == 0
        assert added(partial(reference, witnessed=False), SAMPLE) > 0
