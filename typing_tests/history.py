"""The types that a user of histories meets."""

from datetime import UTC, datetime
from typing import assert_type

from leadqual import Classification, Event, EventIdReused, Evidence, Fact, History, classify
from leadqual.policy.rules import EventKind

event = Event(Fact.RESPONDED, datetime(2026, 1, 1, tzinfo=UTC), id="crm:1")
history = History.of(event, corrections=["crm:0"])

assert_type(event.at, datetime)
assert_type(event.id, str | None)
assert_type(event.kind, EventKind)
assert_type(history.events, tuple[Event, ...])
assert_type(history.corrections, frozenset[str])
assert_type(history | history, History)
assert_type(history.evidence(), Evidence)
assert_type(history.in_order(), tuple[Event, ...])
assert_type(classify(history, as_of=event.at), Classification)
assert_type(EventIdReused("crm:1").id, str)
