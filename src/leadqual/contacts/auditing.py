"""The audit of a contact: what in its record does not fit the rest."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final, final

from attrs import field, frozen

from leadqual.classification.classification import Classification, classify
from leadqual.contacts.contact import Contact
from leadqual.errors import instant, require
from leadqual.history.history import Event, shown_by_repr
from leadqual.policy.policy import Policy
from leadqual.policy.standard import STANDARD
from leadqual.taxonomy.facts import BIT, BRINGS, WIDTH, Fact, bits_of, each_of
from leadqual.taxonomy.severity import Severity, StableCode
from leadqual.taxonomy.stages import Stage, topmost

_NEVER: Final = datetime.min.replace(tzinfo=UTC)


@final
class AuditCode(StableCode):
    """The stable name of a discrepancy, with its severity, meaning and remedy."""

    CONTRADICTION = "contradiction", Severity.ERROR
    EVENT_IN_FUTURE = "event-in-future", Severity.ERROR
    RECORDED_IN_FUTURE = "recorded-in-future", Severity.ERROR
    CONTACTED_AFTER_OPT_OUT = "contacted-after-opt-out", Severity.ERROR

    CLAIM_UNPROVED = "claim-unproved", Severity.WARNING
    OUTCOME_BEFORE_CONTACT = "outcome-before-contact", Severity.WARNING
    LEADER_BEFORE_SIGN_UP = "leader-before-sign-up", Severity.WARNING
    CORRECTION_OF_NOTHING = "correction-of-nothing", Severity.WARNING

    CLAIM_OUTGROWN = "claim-outgrown", Severity.NOTE
    DENIAL_OUTWEIGHED = "denial-outweighed", Severity.NOTE
    ORDER_UNKNOWN = "order-unknown", Severity.NOTE


@final
@shown_by_repr
@frozen
class Discrepancy:
    """Something in a record that does not fit the rest of it.

    Its text and its ``repr`` hold nothing personal.

    Attributes:
        code: What it is.
        facts: The facts concerned; of an unproved claim, the facts that are missing for it.
        stage: The claimed stage, or None where no claim is concerned.
        events: The events concerned.
        names: The fields recorded in the future, or the ids of corrections.
    """

    code: AuditCode
    facts: tuple[Fact, ...] = ()
    stage: Stage | None = None
    events: tuple[Event, ...] = field(default=(), repr=False)
    names: tuple[str, ...] = field(default=(), repr=False)

    @property
    def severity(self) -> Severity:
        """Return how much it matters."""
        return self.code.severity

    def __str__(self) -> str:
        concerned = [str(self.stage)] if self.stage else []
        concerned += map(str, self.facts)
        about = f" ({', '.join(concerned)})" if concerned else ""
        return f"{self.severity}: {self.code.meaning}{about}; {self.code.remedy}"


def audit(contact: Contact, *, now: datetime, policy: Policy = STANDARD) -> tuple[Discrepancy, ...]:
    """Return everything in a record that does not fit the rest of it, the most severe first.

    *now* is the instant up to which events count; no clock is read.

    Raises:
        WrongType: If *contact* is not a contact, or *now* not a datetime.
        WrongValue: If *now* has no time zone.
    """
    require("contact", contact, Contact, "a Contact", "use Contact(history=…) for a history")
    end = instant("now", now)
    verdict = classify(contact, policy, as_of=end)
    events = contact.history.in_order(policy, end)
    replayed = policy.replay.apply(event.number for event in events)
    early = tuple(name for name, at in contact.recorded if at > end)
    found = [
        *_about_the_record(contact, verdict, replayed),
        *_about_events(
            AuditCode.EVENT_IN_FUTURE, (e for e in contact.history.in_order(policy) if e.at > end)
        ),
        *([Discrepancy(AuditCode.RECORDED_IN_FUTURE, names=early)] if early else ()),
        *_about_order(events, policy),
    ]
    return tuple(sorted(found, key=lambda discrepancy: list(AuditCode).index(discrepancy.code)))


def _about_the_record(contact: Contact, verdict: Classification, replayed: int) -> Iterator[Discrepancy]:
    if contradictions := bits_of(verdict.evidence.contradictions):
        yield Discrepancy(AuditCode.CONTRADICTION, tuple(each_of(contradictions)))
    if outweighed := contact.evidence.bits >> WIDTH & replayed & ~contradictions:
        yield Discrepancy(AuditCode.DENIAL_OUTWEIGHED, tuple(each_of(outweighed)))
    for question in verdict.order_questions:
        yield Discrepancy(AuditCode.ORDER_UNKNOWN, (question.first, question.then))
    if unknown := contact.history.corrections - {event.id for event in contact.history.events}:
        yield Discrepancy(AuditCode.CORRECTION_OF_NOTHING, names=tuple(sorted(unknown)))
    claimed = contact.claimed_stage
    step = verdict.step_to(claimed) if claimed else None
    if step is not None:
        yield Discrepancy(AuditCode.CLAIM_UNPROVED, step.facts_to_ask + step.denied, claimed)
    elif claimed and claimed not in topmost(verdict.reached):
        yield Discrepancy(AuditCode.CLAIM_OUTGROWN, stage=claimed)


def _about_order(events: tuple[Event, ...], policy: Policy) -> Iterator[Discrepancy]:
    first_contact = next((event.at for event in events if BRINGS[event.fact] & BIT[Fact.CONTACTED]), _NEVER)
    outcomes = BIT[Fact.PURCHASED] | BIT[Fact.SIGNED_UP]
    before = (event for event in events if BRINGS[event.fact] & outcomes and event.at < first_contact)
    yield from _about_events(AuditCode.OUTCOME_BEFORE_CONTACT, before)
    first = {event.fact: event for event in reversed(events)}
    leader, signed_up = first.get(Fact.BECAME_LEADER), first.get(Fact.SIGNED_UP)
    if leader and signed_up and leader.at < signed_up.at:
        yield from _about_events(AuditCode.LEADER_BEFORE_SIGN_UP, [leader, signed_up])
    unwanted: list[Event] = []
    known = 0
    for event in events:
        if event.fact is Fact.CONTACTED and known & BIT[Fact.OPTED_OUT]:
            unwanted.append(event)
        known = policy.replay.effects[event.number].on(known)
    yield from _about_events(AuditCode.CONTACTED_AFTER_OPT_OUT, unwanted)


def _about_events(code: AuditCode, events: Iterable[Event]) -> Iterator[Discrepancy]:
    if found := tuple(events):
        yield Discrepancy(code, tuple(each_of(bits_of(event.fact for event in found))), events=found)
