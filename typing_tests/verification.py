"""The types that a user of the proof meets."""

from typing import assert_type

from leadqual import STANDARD, Comparison, Fact, Finding, Proof, Relation, compare, verify
from leadqual.policy.rules import EventKind
from leadqual.taxonomy.severity import Severity
from leadqual.verification.comparison import Shift
from leadqual.verification.proof import Occurrence, OrderSensitive, Property, Witness

proof = verify(STANDARD)

assert_type(proof, Proof)
assert_type(proof.ok, bool)
assert_type(proof.findings, tuple[Finding, ...])
assert_type(proof.properties, tuple[Property, ...])
assert_type(proof.cells, tuple[Occurrence, ...])
assert_type(proof.order_sensitive, tuple[OrderSensitive, ...])
assert_type(proof.findings[0].severity, Severity)
assert_type(proof.findings[0].witnesses, tuple[Witness, ...])
assert_type(proof.cells[0].witness, Witness | None)
assert_type(proof.findings[0].witnesses[0].history, tuple[EventKind, ...])

comparison = compare(STANDARD, STANDARD, [{Fact.RESPONDED}])

assert_type(comparison, Comparison)
assert_type(comparison.relation, Relation)
assert_type(comparison.shifts, tuple[Shift, ...])
