"""What type checkers must see of the core; never run, only checked."""

from collections.abc import Mapping
from typing import Any, assert_type

from leadqual import (
    STANDARD,
    TRANSITIONS,
    Classification,
    Contact,
    Evidence,
    Fact,
    LeadqualError,
    NextStep,
    Policy,
    Qualification,
    Reason,
    Rule,
    Source,
    Stage,
    Standing,
    Transition,
    TransitionNotAllowed,
    classify,
    from_data,
    from_json,
    json_schema,
    record_schema,
    to_data,
    to_json,
    transition,
)

verdict = classify(Evidence.of(Fact.RESPONDED, denied=[Fact.PURCHASED]))
assert_type(verdict, Classification)
assert_type(verdict.stage, Stage)
assert_type(verdict.reached, frozenset[Stage])
assert_type(verdict.qualification, Qualification)
assert_type(verdict.standing, Standing)
assert_type(verdict.score, int)
assert_type(verdict.reasons, tuple[Reason, ...])
assert_type(verdict.next_steps, tuple[NextStep, ...])
assert_type(verdict.step_to(Stage.REP), NextStep | None)
assert_type(verdict.facts_to_ask, tuple[Fact, ...])
classify({Fact.PURCHASED})
classify(Contact.from_record({"email": "ana@example.com", "responded": "yes"}), STANDARD)

assert_type(Fact("responded"), Fact)
assert_type(Stage.parse("Lead"), Stage)
assert_type(Source.OTHER.definition, str)
assert_type(Evidence.from_mapping({"responded": True, "purchased": None}), Evidence)
assert_type(Evidence.from_mapping({Fact.RESPONDED: True}), Evidence)
assert_type(Evidence() | Evidence(), Evidence)
assert_type(Fact.RESPONDED in Evidence(), bool)

assert_type(transition(Stage.NAME, Stage.LEAD), Transition)
assert_type(transition({Stage.NAME}, {Stage.NAME, Stage.LEAD}).implied, tuple[Stage, ...])
assert_type(TRANSITIONS, Mapping[tuple[Stage, Stage], Transition])
assert_type(TransitionNotAllowed(TRANSITIONS[Stage.REP, Stage.LEAD]).transition, Transition)

assert_type(STANDARD, Policy)
assert_type(STANDARD.replace(name="acme", version="1", routes=(Rule("r", (Fact.WANTS_IN,)),)), Policy)

assert_type(to_json(verdict), str)
assert_type(from_json("{}", Contact), Contact)
assert_type(from_data({}, Policy), Policy)
to_data(verdict)
to_data(verdict, brief=True)
assert_type(json_schema(Classification), dict[str, Any])
assert_type(record_schema(), dict[str, Any])
assert_type(LeadqualError(), LeadqualError)
