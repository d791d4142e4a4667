"""The proof: every law holds of STANDARD, and each law catches what breaks it."""

import pickle
from functools import cache
from itertools import combinations, islice, pairwise

import pytest
from attrs import evolve

from leadqual import (
    STANDARD,
    Fact,
    Policy,
    Proof,
    Qualification,
    Rule,
    Stage,
    Standing,
    from_json,
    to_json,
    verify,
)
from leadqual.classification.classification import classify
from leadqual.errors import WrongType
from leadqual.policy.policy_file import read_policy
from leadqual.policy.rules import EVENT_KINDS, MATRIX, EventKind, Expectation, MatrixCell, Score, SequenceRule
from leadqual.taxonomy.facts import ALL_BITS, BIT, BRINGS, WIDTH, Evidence, Nature, bits_of
from leadqual.taxonomy.severity import Severity
from leadqual.taxonomy.stages import POSITIONS, position_name
from leadqual.taxonomy.transitions import TransitionNotAllowed, transition
from leadqual.verification import LAWS, Interpreter, Law
from leadqual.verification.study import (
    Case,
    Study,
    closed_sets,
    consistent_sets,
    edges,
    known_states,
    order_key,
    state_count,
)

# What data cannot break, and what takes longest, is left out where only data is broken.
QUICK = [law for law in LAWS if law.code not in {"total", "local", "score_sum", "step_local"}]


@pytest.fixture(scope="module")
def proof() -> Proof:
    return verify(STANDARD)


def changed(**changes) -> Policy:
    return STANDARD.replace(name="changed", version="1", **changes)


def with_replay(**changes) -> Policy:
    return changed(replay=evolve(STANDARD.replay, **changes))


def with_points(**points) -> Policy:
    return changed(score=evolve(STANDARD.score, points={**dict(STANDARD.score.points), **points_of(points)}))


def points_of(points):
    return {Fact(word): number for word, number in points.items()}


def with_stage(stage: Stage, *rules: Rule) -> Policy:
    return changed(stages={**dict(STANDARD.stages), stage: rules})


def law(code):
    return next(law for law in LAWS if law.code == code)


class TestStandard:
    """`verify(STANDARD)`: no finding, all properties listed with their numbers."""

    def test_there_is_no_finding(self, proof):
        assert proof.ok
        assert proof.findings == ()
        assert all(each.holds for each in proof.properties)
        assert (proof.policy, proof.policy_version) == ("standard", "1")

    def test_every_law_is_listed_with_what_it_says_and_how_many_cases_it_stands_for(self, proof):
        assert [each.code for each in proof.properties] == [each.code for each in LAWS]
        assert len({each.code for each in proof.properties}) == 24
        for each in proof.properties:
            assert each.statement.endswith((".", ")."))
            assert each.tried > 0

    def test_no_case_is_left_out_and_none_is_tried_twice(self, proof):
        """How many cases are tried, and how many these stand for, follows from the rules alone."""
        steps, states = 19_008 * 26, state_count() * 26
        edges = sum(18 - bits.bit_count() for bits in closed_sets())
        squares = states * 25 // 2

        assert [(each.code, each.tried, each.stands_for) for each in proof.properties] == [
            ("total", 25_344, 25_344),
            ("local", 25_344, 25_344),
            ("stage_kept", 45, edges),
            ("idle_rule", 21, 19_008),
            ("idle_condition", 16, edges),
            ("qualification_sign", 448, edges),
            ("score_sum", 7_680, 25_344),
            ("score_sign", 57_600, edges),
            ("score_range", 7_680, 25_344),
            ("outranked", 1_479, 25_344**2),
            ("step_local", 494_456, states),
            ("state_closed", 248, states),
            ("state_consistent", 248, states),
            ("milestones", 248, states),
            ("idempotent", 248, states),
            ("undeclared_order", 14_902, squares),
            ("idle_order", 650, squares),
            ("skips_closed", 64 + 8**3 + 6**3, 64 + 8**3 + 6**3),
            ("no_regress", 780, steps),
            ("undeclared_move", 57, steps),
            ("untaken_move", 64, 64),
            ("well_founded", 57, steps),
            ("cells", 16, 16),
            ("dead_end", 324, steps),
        ]

    def test_ten_cells_occur_each_with_a_history_that_leads_there(self, proof):
        occurring = [each for each in proof.cells if each.witness]
        assert [each.cell for each in proof.cells] == list(MATRIX)
        assert {each.cell.position for each in occurring} == set(POSITIONS)
        assert len(occurring) == 10
        for each in occurring:
            answer = classify(replayed(STANDARD, each.witness.history))
            assert (answer.reached, answer.qualification) == (each.cell.position, each.cell.qualification)
            assert answer.evidence.established == set(each.witness.facts)

    def test_the_pairs_of_events_whose_order_decides(self, proof):
        """One brings what the other clears, excludes or reverses; or a then-rule."""
        pairs = {(str(each.first), str(each.second)) for each in proof.order_sensitive}
        forward = {pair for pair in pairs if not pair[0].startswith("-")}
        assert forward == {
            ("interested_in_offer", "saw_business"),
            ("sought_you_out", "saw_business"),
            ("responded", "declined"),
            ("interested_in_offer", "declined"),
            ("sought_you_out", "declined"),
            ("asked_for_more", "declined"),
            ("purchased", "declined"),
            ("signed_up", "declined"),
            ("became_leader", "declined"),
            ("purchased", "lapsed"),
            ("signed_up", "lapsed"),
            ("became_leader", "lapsed"),
            ("interested_in_industry", "declined"),
            ("wants_in", "declined"),
            ("wants_in", "never_joining"),
        }
        assert len(pairs) == 36
        assert all(each.reason for each in proof.order_sensitive)

    def test_replay_reaches_exactly_the_consistent_sets(self):
        graph = Study(STANDARD, Interpreter()).graph(ALL_BITS)

        assert len(closed_sets()) == 25_344
        assert set(graph) == set(consistent_sets())
        assert len(graph) == 19_008

    def test_25_moves_between_positions_of_which_18_happen_by_one_event(self):
        study = Study(STANDARD, Interpreter())
        graph = study.graph(study.stage_facts)
        reached = {state: study.answer(state).reached for state in graph}
        moves = {(reached[state], reached[after]) for state in graph for after in graph[state]}

        assert len({(a, b) for a in POSITIONS for b in POSITIONS if a < b}) == 25
        assert len({(before, after) for before, after in moves if before != after}) == 18

    def test_it_prints_and_is_a_plain_value(self, proof):
        lines = str(proof).splitlines()
        assert lines[0] == "policy standard 1: proved"
        assert lines[1] == (
            "  holds  total: Every set of facts has one position, its furthest stage as headline, "
            "one qualification, standing and score. (25,344 tried for 25,344)"
        )
        assert [line.split()[1].rstrip(":") for line in lines[1:-1]] == [each.code for each in LAWS]
        assert lines[-1].endswith("which stand for 1,112,336,936")
        assert from_json(to_json(proof), Proof) == proof
        assert pickle.loads(pickle.dumps(proof)) == proof

    def test_the_proof_leaves_no_answers_in_the_policy(self):
        policy = changed()
        verify(policy, laws=[law("stage_kept")])

        assert policy.cache == {}


def replayed(policy, kinds):
    known = 0
    for kind in kinds:
        known = policy.replay.effect_of(kind).on(known)
    return Evidence.from_bits(known & ALL_BITS, known >> WIDTH)


OFFER, INDUSTRY, SEMINAR, *OTHERS = STANDARD.routes


@cache
def quick_proof(policy: Policy) -> Proof:
    return verify(policy, laws=QUICK)


BROKEN = {
    "a route that another one covers": (
        "idle_rule",
        changed(routes=(*STANDARD.routes, Rule("visitor", (Fact.SOUGHT_YOU_OUT, Fact.LIKES_INDUSTRY)))),
    ),
    "a standing that an earlier one takes": (
        "idle_rule",
        changed(standings={**dict(STANDARD.standings), Standing.DECLINED: (Fact.DECLINED, Fact.LAPSED)}),
    ),
    "a clearing that an implied fact does already": (
        "idle_rule",
        with_replay(clears=(*STANDARD.replay.clears, (Fact.ASKED_FOR_MORE, (Fact.DECLINED,)))),
    ),
    "a then-rule that adds what is there": (
        "idle_rule",
        with_replay(
            then=(
                *STANDARD.replay.then,
                SequenceRule(Fact.ATTENDED_SEMINAR, Fact.ASKED_FOR_MORE, Fact.SAW_BUSINESS),
            )
        ),
    ),
    "a condition that another one implies": (
        "idle_condition",
        with_stage(Stage.PROSPECT, Rule("both", (Fact.SAW_BUSINESS, Fact.ASKED_FOR_MORE))),
    ),
    "a condition against that never matters": (
        "idle_condition",
        changed(routes=(OFFER, evolve(INDUSTRY, unless=(Fact.NEVER_JOINING,)), SEMINAR, *OTHERS)),
    ),
    "a good fact that disqualifies": (
        "qualification_sign",
        changed(routes=(evolve(OFFER, unless=(Fact.SAW_BUSINESS,)), INDUSTRY, SEMINAR, *OTHERS)),
    ),
    "a fact against that qualifies": (
        "qualification_sign",
        changed(routes=(*STANDARD.routes, Rule("stubborn", (Fact.LAPSED,)))),
    ),
    "a good fact that costs points": ("score_sign", with_points(attended_seminar=-1)),
    "a score above 100": ("score_range", changed(score=evolve(STANDARD.score, base=16))),
    "too little for being qualified": ("outranked", changed(score=evolve(STANDARD.score, qualified=20))),
    "a then-rule over a fact that brings the other": (
        "idle_condition",
        with_replay(
            then=(*STANDARD.replay.then, SequenceRule(Fact.CONTACTED, Fact.RESPONDED, Fact.ATTENDED_SEMINAR))
        ),
    ),
    "two then-rules that undo each other's order": (
        "idle_order",
        with_replay(
            then=(
                *STANDARD.replay.then,
                SequenceRule(Fact.ATTENDED_SEMINAR, Fact.PURCHASED, Fact.CONTACTED),
                SequenceRule(Fact.PURCHASED, Fact.ATTENDED_SEMINAR, Fact.CONTACTED),
            )
        ),
    ),
    "a cell that is not expected": (
        "cells",
        changed(expects=evolve(STANDARD.expects, impossible=(*STANDARD.expects.impossible, MATRIX[3]))),
    ),
    "a cell that is expected and never occurs": (
        "cells",
        changed(expects=evolve(STANDARD.expects, impossible=())),
    ),
    "a goal that is lost for ever": (
        "dead_end",
        changed(
            standings={**dict(STANDARD.standings), Standing.LAPSED: (Fact.LAPSED, Fact.ATTENDED_SEMINAR)}
        ),
    ),
    "a position that another one cannot reach": (
        "untaken_move",
        changed(
            stages={
                **dict(STANDARD.stages),
                Stage.PROSPECT: (Rule("seminar", (Fact.ATTENDED_SEMINAR,)),),
                Stage.LEADER: (Rule("both", (Fact.ATTENDED_SEMINAR, Fact.PURCHASED)),),
            },
            expects=Expectation((MATRIX[13], *STANDARD.expects.impossible[1:]), ()),
        ),
    ),
}


class TestBrokenPolicies:
    """For each property that policy data can break, a policy that breaks it, exactly that code reported."""

    @pytest.mark.parametrize(("code", "policy"), BROKEN.values(), ids=BROKEN)
    def test_exactly_that_code_is_reported(self, code, policy):
        proof = quick_proof(policy)

        assert [finding.code for finding in proof.findings] == [code]
        assert not proof.ok
        failing = {each.code for each in proof.properties if not each.holds}
        assert failing == {code, *proof.findings[0].consequences}
        assert proof.findings[0].severity is law(code).severity
        assert code in str(proof)

    @pytest.mark.parametrize(("code", "policy"), BROKEN.values(), ids=BROKEN)
    def test_the_counter_example_is_told_by_a_history(self, code, policy):
        (finding,) = quick_proof(policy).findings
        for witness in finding.witnesses:
            assert replayed(policy, witness.history).established == set(witness.facts)
            assert str(witness) in str(finding)

    def test_every_law_is_broken_by_a_policy_or_else_by_a_reader(self):
        broken = {code for code, _ in BROKEN.values()}

        assert len(broken) == 10
        assert len(MISREAD) == 14
        assert broken | MISREAD.keys() == {each.code for each in LAWS}

    def test_a_contradiction_has_no_history_but_is_a_counter_example(self):
        policy = changed(
            routes=(*STANDARD.routes, Rule("both", (Fact.WANTS_IN, Fact.NEVER_JOINING))),
        )
        (finding,) = verify(policy, laws=[law("qualification_sign")]).findings

        assert finding.witnesses[1].facts == (Fact.WANTS_IN, Fact.NEVER_JOINING)
        assert finding.witnesses[1].history == ()

    def test_the_finding_as_it_is_printed(self):
        _, policy = BROKEN["a good fact that disqualifies"]
        (finding,) = quick_proof(policy).findings

        assert str(finding).splitlines() == [
            "error qualification_sign: saw_business changes the qualification the wrong way",
            "  {interested_in_offer} → lead, qualified, active, score 72   (replay: interested_in_offer)",
            "  {interested_in_offer, saw_business} → lead, generic, active, score 25   (replay: interested_in_offer, saw_business)",
            "  the smallest of 9 cases",
            "  likely cause: routes.offer",
            "  likely consequences: cells",
        ]

    def test_a_proof_prints_the_findings_then_the_laws_that_fail_then_those_that_hold(self):
        _, policy = BROKEN["a good fact that disqualifies"]
        lines = str(quick_proof(policy)).splitlines()

        assert lines[0] == "error qualification_sign: saw_business changes the qualification the wrong way"
        verdict = lines.index("policy changed 1: 1 found")
        told = [line.split(":")[0].split() for line in lines[verdict + 1 : -1]]
        assert told[:2] == [["FAILS", "qualification_sign"], ["FAILS", "cells"]]
        assert "(1,024 tried for 223,488, 9 fail)" in lines[verdict + 1]
        rest = [law.code for law in QUICK if law.code not in {"qualification_sign", "cells"}]
        assert told[2:] == [["holds", code] for code in rest]

    def test_no_rule_is_named_where_two_may_be_at_fault(self):
        unless = (Fact.SAW_BUSINESS,)
        policy = changed(routes=(evolve(OFFER, unless=unless), evolve(INDUSTRY, unless=unless), SEMINAR))

        assert verify(policy, laws=[law("qualification_sign")]).findings[0].rule == ""

    def test_a_route_that_nobody_can_take_is_told_without_a_person(self):
        policy = changed(routes=(*STANDARD.routes, Rule("both", (Fact.WANTS_IN, Fact.NEVER_JOINING))))
        (finding,) = verify(policy, laws=[law("idle_rule")]).findings

        assert finding.message == "both: wants_in and never_joining decides nobody: nobody can meet it"
        assert finding.witnesses == ()

    def test_what_is_denied_is_told_too(self):
        known = BIT[Fact.CONTACTED] | BIT[Fact.DECLINED] << WIDTH
        witness = Study(STANDARD, Interpreter()).witness(Case(known, "so"))

        assert str(witness) == "{contacted, not declined} → so   (replay: -declined, contacted)"
        assert replayed(STANDARD, witness.history) == Evidence.of(Fact.CONTACTED, denied=(Fact.DECLINED,))


def brute_edges(policy, fails):
    """Return the smallest edge that fails, over all closed sets and facts, straight from the definition."""
    failing = (
        (facts, facts | BRINGS[fact])
        for facts in closed_sets()
        for fact in Fact
        if not facts & BIT[fact] and fails(policy, facts, fact, facts | BRINGS[fact])
    )
    return min(failing, key=lambda pair: (sum(each.bit_count() for each in pair), *map(order_key, pair)))


def class_goes_astray(policy, facts, fact, more):
    before, after = (classify(Evidence.from_bits(each), policy).qualification for each in (facts, more))
    return before is not after and (after is Qualification.QUALIFIED) is (fact.nature is Nature.AGAINST)


def score_goes_astray(policy, facts, fact, more):
    before, after = (classify(Evidence.from_bits(each), policy).score for each in (facts, more))
    return after > before if fact.nature is Nature.AGAINST else after < before


class TestSmallest:
    """The counter-example is the smallest of all, by brute force over every closed set."""

    @pytest.mark.parametrize(
        "name", [name for name in BROKEN if "good fact" in name or "against that q" in name]
    )
    def test_of_an_edge(self, name):
        code, policy = BROKEN[name]
        fails = class_goes_astray if code == "qualification_sign" else score_goes_astray
        (finding,) = verify(policy, laws=[law(code)]).findings

        assert tuple(bits_of(each.facts) for each in finding.witnesses) == brute_edges(policy, fails)

    def test_of_a_score_out_of_range(self):
        _, policy = BROKEN["a score above 100"]
        (finding,) = verify(policy, laws=[law("score_range")]).findings

        failing = [bits for bits in closed_sets() if classify(Evidence.from_bits(bits), policy).score > 100]
        assert bits_of(finding.witnesses[0].facts) == min(failing, key=order_key)

    def test_of_a_generic_contact_that_outranks_a_qualified_one(self):
        _, policy = BROKEN["too little for being qualified"]
        (finding,) = verify(policy, laws=[law("outranked")]).findings

        smallest = {}
        for bits in closed_sets():
            answer = classify(Evidence.from_bits(bits), policy)
            smallest.setdefault((answer.qualification, answer.score), bits)
        pairs = [
            (better, worse)
            for (high, score), better in smallest.items()
            for (low, other), worse in smallest.items()
            if high is Qualification.QUALIFIED and low is Qualification.GENERIC and other >= score
        ]
        expected = min(
            pairs, key=lambda pair: (sum(each.bit_count() for each in pair), *map(order_key, pair))
        )
        assert tuple(bits_of(each.facts) for each in finding.witnesses) == expected
        assert "9 more for being qualified" in finding.message

    def test_of_a_route_that_decides_nobody(self):
        _, policy = BROKEN["a route that another one covers"]
        (finding,) = verify(policy, laws=[law("idle_rule")]).findings
        *others, visitor = policy.routes

        holding = [bits for bits in consistent_sets() if visitor.holds(bits)]
        assert all(any(rule.holds(bits) for rule in others) for bits in holding)
        assert bits_of(finding.witnesses[0].facts) == min(holding, key=order_key)

    def test_of_a_standing_that_decides_nobody(self):
        _, policy = BROKEN["a standing that an earlier one takes"]
        (finding,) = verify(policy, laws=[law("idle_rule")]).findings

        holding = [bits for bits in consistent_sets() if bits & BIT[Fact.LAPSED]]
        standings = {classify(Evidence.from_bits(bits), policy).standing for bits in holding}
        assert standings == {Standing.DO_NOT_CONTACT, Standing.DECLINED}
        assert bits_of(finding.witnesses[0].facts) == min(holding, key=order_key)

    def test_of_a_cell_that_is_not_expected(self):
        _, policy = BROKEN["a cell that is not expected"]
        (finding,) = verify(policy, laws=[law("cells")]).findings

        occurring = []
        for bits in consistent_sets():
            answer = classify(Evidence.from_bits(bits), policy)
            if MatrixCell(answer.reached, answer.qualification) in policy.expects.impossible:
                occurring.append(bits)
        assert bits_of(finding.witnesses[0].facts) == min(occurring, key=order_key)

    def test_of_a_goal_that_is_lost(self):
        _, policy = BROKEN["a goal that is lost for ever"]
        (finding,) = verify(policy, laws=[law("dead_end")]).findings

        lost, before, after = set(consistent_sets()), None, everything_after(policy)
        while lost != before:
            before = lost
            lost = {
                bits
                for bits in lost
                if classify(Evidence.from_bits(bits), policy).standing is not Standing.ACTIVE
                and after[bits] <= lost
            }
        assert lost
        assert bits_of(finding.witnesses[0].facts) == min(lost, key=order_key)

    def test_of_a_pair_of_events(self):
        (finding,) = misread_proof("undeclared_order").findings

        # Nothing is smaller than to begin with nothing.
        assert [len(witness.history) for witness in finding.witnesses] == [2, 2]
        assert finding.witnesses[0].history == finding.witnesses[1].history[::-1]
        assert [witness.facts for witness in finding.witnesses] == [
            (Fact.WANTS_IN, Fact.LAPSED),
            (Fact.WANTS_IN,),
        ]


def everything_after(policy):
    """Return every situation with those one event further."""
    effects = policy.replay.effects
    return {bits: {effect.on(bits) & ALL_BITS for effect in effects} for bits in consistent_sets()}


class TestAbsent:
    """Where something should be and is not, nobody can be shown; that nobody is there is seen by looking at all."""

    def test_nobody_in_the_cell(self):
        _, policy = BROKEN["a cell that is expected and never occurs"]
        (finding,) = verify(policy, laws=[law("cells")]).findings

        answers = [classify(Evidence.from_bits(bits), policy) for bits in closed_sets()]
        cells = {str(MatrixCell(answer.reached, answer.qualification)) for answer in answers}
        assert finding.message == "no history reaches prospect/generic"
        assert set(map(str, MATRIX)) - cells == set(map(str, STANDARD.expects.impossible))

    def test_no_two_people_whom_the_condition_tells_apart(self):
        _, policy = BROKEN["a condition that another one implies"]
        (finding,) = verify(policy, laws=[law("idle_condition")]).findings

        read = bits_of(fact for _, rules in policy.stages for rule in rules for fact in rule.all)
        prospects, others = set(), set()
        for bits in closed_sets():
            earned = policy.rules_for(Stage.PROSPECT)[0].holds(bits)
            (prospects if earned else others).add(bits & read)
        apart = {fact for fact in Fact if any(bits ^ BIT[fact] in others for bits in prospects)}
        assert finding.message == "both asks for saw_business, which makes no difference"
        assert apart == {Fact.ASKED_FOR_MORE}

    def test_no_situation_in_which_the_order_decides(self):
        _, policy = BROKEN["two then-rules that undo each other's order"]
        (finding,) = verify(policy, laws=[law("idle_order")]).findings

        one, other = (
            policy.replay.effect_of(EventKind(fact)) for fact in (Fact.PURCHASED, Fact.ATTENDED_SEMINAR)
        )
        assert finding.message.startswith("the order of purchased and attended_seminar never decides")
        assert all(one.on(other.on(known)) == other.on(one.on(known)) for known in consistent_sets())

    def test_no_history_that_makes_the_move(self):
        _, policy = BROKEN["a position that another one cannot reach"]
        (finding,) = verify(policy, laws=[law("untaken_move")]).findings

        after = everything_after(policy)
        reached = {bits: classify(Evidence.from_bits(bits), policy).reached for bits in after}
        missing = set()
        for before in set(reached.values()):
            seen = frontier = {bits for bits in after if reached[bits] == before}
            while frontier:
                frontier = {bits for each in frontier for bits in after[each]} - seen
                seen |= frontier
            taken = {reached[bits] for bits in seen}
            missing |= {(before, other) for other in set(reached.values()) - taken if before <= other}
        told = {f"no history leads from {position_name(a)} to {position_name(b)}" for a, b in missing}
        assert finding.message in told
        assert finding.count == len(told) == 2


def misclassify(**change):
    """Return a reader that gives another answer where the facts are at least those of *where*."""

    def classify_wrongly(evidence, policy):
        answer = classify(evidence, policy)
        return evolve(answer, **{key: value(answer) for key, value in change.items()})

    return Interpreter(classify=classify_wrongly)


def misstep(wrong):
    def step(policy, number, known):
        return wrong(EVENT_KINDS[number], known, policy.replay.effects[number].on(known))

    return Interpreter(step=step)


def refuse(wrong):
    def judge(before, after):
        move = transition(before, after)
        if wrong(frozenset(before), frozenset(after)):
            raise TransitionNotAllowed(move)
        return move

    return Interpreter(transition=judge)


def forgets_reps_who_respond(answer):
    lost = {Stage.REP, Stage.PROSPECT} if Fact.RESPONDED in answer.evidence else set()
    return answer.reached - lost if answer.reached == POSITIONS[4] else answer.reached


MISREAD = {
    "total": misclassify(stage=lambda answer: Stage.NAME),
    "local": misclassify(score=lambda answer: answer.score + (Fact.CONTACTED in answer.evidence)),
    "stage_kept": misclassify(
        reached=lambda answer: POSITIONS[1] if answer.reached == POSITIONS[4] else answer.reached
    ),
    "score_sum": misclassify(score=lambda answer: max(answer.score, 20)),
    "step_local": misstep(lambda kind, before, after: after | bool(before & BIT[Fact.LAPSED])),
    "state_closed": misstep(
        lambda kind, before, after: (
            after & ~BIT[Fact.KNOWS_INDUSTRY] if kind == EventKind(Fact.LIKES_INDUSTRY) else after
        )
    ),
    "state_consistent": misstep(
        lambda kind, before, after: (
            after | before & BIT[Fact.NEVER_JOINING] if kind == EventKind(Fact.WANTS_IN) else after
        )
    ),
    "milestones": misstep(lambda kind, before, after: before if kind.fact is Fact.PURCHASED else after),
    "idempotent": misstep(
        lambda kind, before, after: (
            after ^ BIT[Fact.LAPSED]
            if kind == EventKind(Fact.LAPSED) and before & BIT[Fact.LAPSED]
            else after
        )
    ),
    "undeclared_order": misstep(
        lambda kind, before, after: after & ~BIT[Fact.LAPSED] if kind == EventKind(Fact.WANTS_IN) else after
    ),
    "no_regress": misstep(
        lambda kind, before, after: after & ~BIT[Fact.PURCHASED] if kind == EventKind(Fact.LAPSED) else after
    ),
    "skips_closed": refuse(lambda before, after: before == POSITIONS[0] and after == POSITIONS[3]),
    "undeclared_move": refuse(lambda before, after: before == POSITIONS[0] and after == POSITIONS[3]),
    "well_founded": misstep(
        lambda kind, before, after: after & ~BIT[Fact.PURCHASED] if kind == EventKind(Fact.LAPSED) else after
    ),
}


@cache
def misread_proof(code: str) -> Proof:
    return verify(STANDARD, interpreter=MISREAD[code], laws=[law(code)])


class TestBrokenInterpreters:
    """What data cannot break, a broken interpreter does, and the same check catches it."""

    @pytest.mark.parametrize("code", MISREAD)
    def test_the_law_catches_it(self, code):
        proof = misread_proof(code)

        assert [finding.code for finding in proof.findings] == [code]
        assert proof.properties[0].failed == proof.findings[0].count

    @pytest.mark.parametrize("name", [*BROKEN, *MISREAD])
    def test_the_finding_is_told_as_it_was_read_and_approved(self, name, root):
        """What is wrong, the smallest counter-example, how many there are, and the likely cause."""
        parts = (root / "tests" / "findings.txt").read_text("utf-8").split("# ")[1:]
        told = dict(part.rstrip().split("\n", 1) for part in parts)
        assert told.keys() == {*BROKEN, *MISREAD}
        if name in BROKEN:
            (finding,) = quick_proof(BROKEN[name][1]).findings
        else:
            (finding,) = misread_proof(name).findings

        assert str(finding) == told[name]

    def test_consequences_are_folded_under_their_cause(self):
        laws = [law(code) for code in ("no_regress", "undeclared_move", "well_founded")]
        (finding,) = verify(STANDARD, interpreter=MISREAD["no_regress"], laws=laws).findings

        assert finding.code == "no_regress"
        assert finding.consequences == ("undeclared_move", "well_founded")
        assert str(finding).endswith("\n  likely consequences: undeclared_move, well_founded")
        assert finding.message == "lapsed loses a stage"
        assert finding.witnesses[0].facts == (Fact.PURCHASED,)
        assert finding.witnesses[1].history == (EventKind(Fact.PURCHASED), EventKind(Fact.LAPSED))

    def test_an_event_that_does_more_than_it_declares_shows_before_and_after(self):
        more = misstep(
            lambda kind, before, after: (
                after | BIT[Fact.LAPSED] if kind == EventKind(Fact.CONTACTED) else after
            )
        )
        (finding,) = verify(STANDARD, interpreter=more, laws=[law("step_local")]).findings

        assert finding.message == "contacted changes what it does not declare"
        assert [each.facts for each in finding.witnesses] == [(), (Fact.CONTACTED, Fact.LAPSED)]

    def test_an_answer_that_changes_with_a_foreign_fact_shows_both_people(self):
        (finding,) = misread_proof("local").findings

        assert [each.facts for each in finding.witnesses] == [(), (Fact.CONTACTED,)]


class TestReduction:
    """Reduced to the facts that matter; the spanned sets stand for all."""

    def test_every_closed_set_agrees_with_exactly_one_spanned_set(self):
        cone = bits_of((Fact.ASKED_FOR_MORE, Fact.KNOWS_INDUSTRY, Fact.WANTS_IN, Fact.SAW_BUSINESS))
        spanned = closed_sets(cone)

        assert len(spanned) == 12
        for facts in closed_sets():
            (one,) = (each for each in spanned if each & cone == facts & cone)
            assert one & facts == one

    def test_the_smallest_come_first_then_in_declaration_order(self):
        assert all(order_key(a) < order_key(b) for a, b in pairwise(closed_sets()))
        first = [Evidence.from_bits(bits).established for bits in closed_sets()[:3]]
        assert first == [set(), {Fact.CONTACTED}, {Fact.PURCHASED}]

    def test_edges_add_one_fact_with_what_it_implies(self):
        assert list(edges(bits_of((Fact.LIKES_INDUSTRY,)))) == [
            (0, Fact.LIKES_INDUSTRY, BRINGS[Fact.LIKES_INDUSTRY])
        ]

    def test_states_hold_reversed_facts_as_denied(self):
        lapsed = BIT[Fact.LAPSED]
        assert known_states(lapsed) == (0, lapsed << WIDTH, lapsed)
        assert state_count() == 598_752

    def test_a_footprint_holds_what_implies_what_is_removed_and_what_excludes_what_is_added(self):
        study = Study(STANDARD, Interpreter())

        assert study.footprint(EVENT_KINDS.index(EventKind(Fact.KNOWS_INDUSTRY, reverses=True))) == bits_of(
            (Fact.KNOWS_INDUSTRY, Fact.LIKES_INDUSTRY)
        )
        assert study.footprint(EVENT_KINDS.index(EventKind(Fact.WANTS_IN))) == bits_of(
            (Fact.WANTS_IN, Fact.NEVER_JOINING, Fact.DECLINED)
        )

    def test_a_footprint_holds_what_is_cleared_and_the_milestones_of_then_rules(self):
        study = Study(STANDARD, Interpreter())

        assert study.footprint(EVENT_KINDS.index(EventKind(Fact.BECAME_LEADER))) == bits_of(
            (Fact.BECAME_LEADER, Fact.SIGNED_UP, Fact.DECLINED, Fact.LAPSED)
        )
        assert study.footprint(EVENT_KINDS.index(EventKind(Fact.INTERESTED_IN_OFFER))) == (
            BRINGS[Fact.ASKED_FOR_MORE] | bits_of((Fact.SAW_BUSINESS, Fact.DECLINED))
        )

    def test_the_reader_is_asked_each_question_once(self):
        asked = []

        def counting(evidence, policy):
            asked.append(evidence)
            return classify(evidence, policy)

        study = Study(STANDARD, Interpreter(classify=counting))

        assert study.answer(BIT[Fact.CONTACTED]) == study.answer(BIT[Fact.CONTACTED])
        assert asked == [Evidence.of(Fact.CONTACTED)]

    def test_a_clearing_of_what_an_event_brings_itself_is_no_fault(self):
        """Who likes the industry knows it; that knowing clears liking does not undo the liking that brings it."""
        clears = (*STANDARD.replay.clears, (Fact.KNOWS_INDUSTRY, (Fact.LIKES_INDUSTRY,)))

        assert verify(with_replay(clears=clears), laws=QUICK).ok

    @pytest.mark.parametrize("others", [(Fact.KNOWS_INDUSTRY,), (Fact.WANTS_IN, Fact.INTERESTED_IN_INDUSTRY)])
    def test_a_situation_that_no_history_leads_to_has_none(self, others):
        """What clears one another is never known together, though a history may go round for ever."""
        clears = tuple((other, (Fact.DECLINED,)) for other in others)
        policy = with_replay(clears=(*clears, (Fact.DECLINED, others)))

        assert Study(policy, Interpreter()).history(bits_of((*others, Fact.DECLINED))) is None


class TestExamples:
    """Worked example policies: a starter kit, "unless says never", and one broken on purpose."""

    @pytest.mark.parametrize(("name", "positions", "cells"), [("starter-kit", 7, 9), ("unless-never", 8, 11)])
    def test_the_sound_ones_are_proved(self, root, name, positions, cells):
        proof = verify(read_policy(root / "examples" / "policies" / f"{name}.toml"), laws=QUICK)

        assert proof.ok
        occurring = [each.cell for each in proof.cells if each.witness]
        assert len({cell.position for cell in occurring}) == positions
        assert len(occurring) == cells

    def test_the_broken_one_has_three_findings(self, root):
        proof = verify(read_policy(root / "examples" / "policies" / "broken.toml"), laws=QUICK)

        assert [(finding.code, finding.severity) for finding in proof.findings] == [
            ("idle_rule", Severity.WARNING),
            ("qualification_sign", Severity.ERROR),
            ("score_sign", Severity.ERROR),
        ]
        assert [finding.rule for finding in proof.findings] == [
            "routes.visitor",
            "routes.offer",
            "score.points.declined",
        ]


def test_a_score_of_its_own_may_keep_the_laws():
    policy = changed(score=Score(0, 100, ()))

    assert verify(policy, laws=QUICK).ok


def test_the_statement_of_a_law_is_the_first_line_of_its_function():
    def check(study):
        """Nobody is sad.

        Nor is anybody glad.
        """
        yield None

    def silent(study):
        yield None

    laws = [Law(name, len, each, Severity.ERROR, ()) for name, each in (("sad", check), ("none", silent))]
    assert [each.statement for each in laws] == ["Nobody is sad.", ""]


def work(number, monkeypatch):
    """Return how often a rule is asked whether it holds while *number* routes are proved."""
    good = [fact for fact in Fact if fact.nature is not Nature.AGAINST]
    routes = [
        Rule(f"rule {place}", wanted, (list(Fact)[14 + place % 4],))
        for place, wanted in enumerate(islice(combinations(good, 3), number))
    ]
    asked = 0
    holds = Rule.holds

    def counting(rule, established):
        nonlocal asked
        asked += 1
        return holds(rule, established)

    with monkeypatch.context() as patch:
        patch.setattr(Rule, "holds", counting)
        patch.setattr("leadqual.classification.classification.explain", None)
        verify(changed(routes=routes), laws=[law("idle_rule"), law("idle_condition"), law("score_sum")])
    return asked


def test_the_work_of_a_proof_grows_with_the_rules_and_not_with_their_square(monkeypatch):
    """Eighty rules with `unless` took forty seconds, and explained every answer."""
    assert work(40, monkeypatch) < 3 * work(20, monkeypatch)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"laws": None}, "laws must be an iterable of values, each a Law, not NoneType"),
        ({"laws": ["total"]}, "each of laws must be a Law, not str"),
        ({"interpreter": classify}, "interpreter must be an Interpreter, not function"),
    ],
)
def test_what_is_no_law_and_no_interpreter_is_refused(arguments, message):
    with pytest.raises(WrongType, match=message):
        verify(STANDARD, **arguments)


def test_a_file_is_no_policy():
    with pytest.raises(WrongType) as caught:
        verify("policy.toml")

    assert caught.value == WrongType("policy", "a Policy", "str", "read a file with read_policy")
