"""The types that a user meets when records of one person are merged."""

from datetime import UTC, datetime
from typing import assert_type

from leadqual import Contact, Event, Fact, History

now = datetime(2026, 1, 1, tzinfo=UTC)
contact = Contact(name="Ana", history=History.of(Event(Fact.RESPONDED, now)), recorded={"name": now})

assert_type(contact.history, History)
assert_type(contact.recorded, tuple[tuple[str, datetime], ...])
assert_type(contact | contact, Contact)
assert_type(contact.recorded_at(now), Contact)
