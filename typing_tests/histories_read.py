"""The types that a user meets when a history is read: journeys, stage logs, audits."""

from datetime import UTC, datetime, timedelta
from typing import assert_type

from leadqual import (
    AuditCode,
    Contact,
    Discrepancy,
    Event,
    Fact,
    History,
    Journey,
    LoggedMove,
    Stage,
    StageChange,
    Transition,
    audit,
    check_stage_log,
    journey,
)

now = datetime(2026, 1, 1, tzinfo=UTC)
told = journey(History.of(Event(Fact.RESPONDED, now)), as_of=now)

assert_type(told, Journey)
assert_type(told.changes, tuple[StageChange, ...])
assert_type(told.changes[0].transition, Transition)
assert_type(told.stays[0].lasted, timedelta | None)
assert_type(told.reached_at(Stage.LEAD), datetime | None)

log = check_stage_log([("lead", now), (Stage.REP, now)], labels={"Won": Stage.CUSTOMER})
assert_type(log, tuple[LoggedMove, ...])
assert_type(log[0].transition.legal, bool)

found = audit(Contact(), now=now)
assert_type(found, tuple[Discrepancy, ...])
assert_type(found[0].code, AuditCode)
assert_type(found[0].events, tuple[Event, ...])
