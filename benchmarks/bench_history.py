"""The rows of histories: a replay of six events, and the growth to a million events.

`transitions` is given the lighter task: it keeps the stage and the standing and none of the other
facts, its events come sorted, and moves that change nothing are not declared.
"""

import gc
import random
import time
from datetime import UTC, datetime, timedelta

from interleaved import ratios, show
from transitions import Machine

from leadqual import Event, Fact, History, Stage, classify
from leadqual.policy.rules import EVENT_KINDS

START = datetime(2026, 1, 1, tzinfo=UTC)
random.seed(20260801)

STAGES = [str(stage) for stage in Stage]
REACHING = {
    "responded": ("lead", STAGES[:1]),
    "asked_for_more": ("prospect", STAGES[:2]),
    "purchased": ("customer", STAGES[:3]),
    "signed_up": ("rep", STAGES[:4]),
    "became_leader": ("leader", STAGES[:5]),
}
INTEREST = ("interested_in_offer", "sought_you_out")
ENDS_REFUSAL = {"responded", "asked_for_more", "purchased", "signed_up", "became_leader", *INTEREST}
ENDS_LAPSE = {"purchased", "signed_up", "became_leader"}


class Person:
    """Hold what a state machine of stages needs beside its state."""

    def __init__(self) -> None:
        """Start as a name of whom nothing is known."""
        self.start()

    def start(self) -> None:
        """Forget everything."""
        self.state = "name"
        self.touched = self.seen = self.is_declined = self.is_lapsed = self.is_opted_out = False

    def has_seen(self) -> bool:
        """Return whether an interest makes a prospect now."""
        return self.seen

    @property
    def standing(self) -> str:
        """Return the first standing that applies."""
        if self.is_opted_out:
            return "do_not_contact"
        return "declined" if self.is_declined else "lapsed" if self.is_lapsed else "active"

    def touch(self) -> None:
        """Note that the person was contacted."""
        self.touched = True

    def see(self) -> None:
        """Note that the business was seen."""
        self.seen = True

    def respond(self) -> None:
        """Note that a refusal is over."""
        self.is_declined = False

    def join(self) -> None:
        """Note that a refusal and a lapse are over."""
        self.is_declined = self.is_lapsed = False

    def see_and_respond(self) -> None:
        """Note both."""
        self.seen, self.is_declined = True, False


def machine(person: Person) -> Machine:
    """Return the state machine with the same rules for stage and standing."""
    after = dict.fromkeys(ENDS_REFUSAL, "respond") | dict.fromkeys(ENDS_LAPSE, "join")
    after |= {"asked_for_more": "see_and_respond", "saw_business": "see"}
    rows: list[dict[str, object]] = []
    for trigger in INTEREST:
        rows += [
            {"trigger": trigger, "source": STAGES[:2], "dest": "prospect", "conditions": "has_seen"},
            {"trigger": trigger, "source": "name", "dest": "lead"},
        ]
    rows += [
        {"trigger": trigger, "source": sources, "dest": dest} for trigger, (dest, sources) in REACHING.items()
    ]
    after["contacted"] = "touch"
    rows += [{"trigger": trigger, "source": "*", "dest": None} for trigger in after]
    for row in rows:
        row["after"] = after[str(row["trigger"])]
    result = Machine(
        person, STAGES, initial="name", auto_transitions=False, ignore_invalid_triggers=True, transitions=rows
    )
    for fact in ("declined", "lapsed", "opted_out"):
        for kind, value in ((fact, True), (f"-{fact}", False)):
            result.add_transition(kind, "*", None, after=_setting(person, fact, value=value))
    return result


USUAL_ORDER = (
    Fact.CONTACTED,
    Fact.SAW_BUSINESS,
    Fact.RESPONDED,
    Fact.DECLINED,
    Fact.INTERESTED_IN_OFFER,
    Fact.ASKED_FOR_MORE,
    Fact.PURCHASED,
    Fact.LAPSED,
    Fact.SIGNED_UP,
    Fact.BECAME_LEADER,
)
"""What happens to people, in the order in which it mostly does."""


def _setting(person: Person, fact: str, *, value: bool) -> object:
    return lambda: setattr(person, f"is_{fact}", value)


def histories(people: int, events: int) -> list[History]:
    """Return *people* random histories of *events* events each, a tenth of them tied."""
    return [
        History.of(
            *(
                Event(
                    kind.fact, START + timedelta(hours=random.randrange(events * 10)), reverses=kind.reverses
                )
                for kind in random.choices(EVENT_KINDS, k=events)
            )
        )
        for _ in range(people)
    ]


def ours(given: list[History]) -> None:
    """Replay to all facts."""
    for history in given:
        history.evidence()


def answered(given: list[History]) -> None:
    """Replay to the whole answer."""
    for history in given:
        classify(history)


def triggers(given: list[History]) -> list[list[str]]:
    """Return the events as the state machine wants them, without those it would ignore."""
    known = set(machine(Person()).events)
    return [[kind for event in history.in_order() if (kind := str(event.kind)) in known] for history in given]


def theirs(person: Person, given: list[list[str]]) -> list[tuple[str, str]]:
    """Replay by the state machine."""
    result: list[tuple[str, str]] = []
    for names in given:
        person.start()
        for name in names:
            getattr(person, name)()
        result.append((person.state, person.standing))
    return result


def six_events() -> None:
    """Compare the replay of six events."""
    given = [
        History.of(
            *(
                Event(USUAL_ORDER[place], START + timedelta(hours=hour))
                for hour, place in enumerate(sorted(random.sample(range(len(USUAL_ORDER)), 6)))
            )
        )
        for _ in range(2_000)
    ]
    person = Person()
    machine(person)
    names = triggers(given)
    verdicts = [classify(history) for history in given]
    assert theirs(person, names) == [(str(each.stage), str(each.standing)) for each in verdicts]
    result = ratios(
        "History.evidence (all facts)",
        **{
            "History.evidence (all facts)": lambda: ours(given),
            "classify(history)": lambda: answered(given),
            "transitions (stage and standing)": lambda: theirs(person, names),
        },
    )
    show("replay of six events (target: transitions 50 x)", result, len(given))


def growth() -> None:
    """Show the time per event from ten thousand to a million events, ten a person."""
    print("\ngrowth, ten events a person, all 26 kinds")
    person = Person()
    machine(person)
    for people in (1_000, 10_000, 100_000):
        events = people * 10
        start = time.perf_counter()
        given = histories(people, 10)
        made = time.perf_counter() - start
        gc.collect()
        gc.disable()
        start = time.perf_counter()
        ours(given)
        replayed = time.perf_counter() - start
        gc.enable()
        names = triggers(given)
        start = time.perf_counter()
        theirs(person, names)
        other = time.perf_counter() - start
        print(
            f"  {events:>9,} events: made {made:6.2f} s, replayed {replayed:6.3f} s "
            f"({replayed / events * 1e6:.3f} µs an event), transitions {other:6.2f} s ({other / replayed:.0f} x)"
        )


if __name__ == "__main__":
    assert len(Fact) == 18
    six_events()
    growth()
