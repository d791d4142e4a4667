"""No printed form of a value shows what it hides, whoever prints it."""

from datetime import UTC, datetime

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from leadqual import Contact, Event, EventIdReused, Fact, History, Problem, check, journey
from leadqual.contacts.auditing import AuditCode, Discrepancy
from leadqual.intake.codes import Code

pretty_repr = pytest.importorskip("rich.pretty", reason="needs rich").pretty_repr
DAY = datetime(2026, 1, 1, tzinfo=UTC)


def event(secret):
    return Event(Fact.RESPONDED, DAY, id=f"{secret}:1", campaign=secret)


MADE = {
    "Contact": lambda secret: Contact(name=secret, extra={secret: secret}, history=History.of(event(secret))),
    "Event": event,
    "History": lambda secret: History.of(event(secret), corrections=[secret]),
    "StageChange": lambda secret: journey(History.of(event(secret))).changes[0],
    "Journey": lambda secret: journey(History.of(event(secret), corrections=[f"{secret}:1", secret])),
    "Discrepancy": lambda secret: Discrepancy(AuditCode.CORRECTION_OF_NOTHING, names=(secret,)),
    "Problem": lambda secret: Problem(next(iter(Code)), "message", repair=secret),
    "Rejected": lambda secret: check(f"name,responded\n{secret},{secret}\n".encode()).rejected[0],
}
made = pytest.mark.parametrize("make", MADE.values(), ids=MADE)


@made
def test_the_repr_hides_it_alone_and_in_a_list(make):
    assert "secret" not in repr(make("secret")) + repr([make("secret")])


@made
def test_rich_prints_the_repr(make):
    printed = pretty_repr(make("secret"), max_width=1_000)
    assert "secret" not in printed + pretty_repr([make("secret")])
    assert printed.replace("\n", "") == repr(make("secret"))


@made
def test_the_assertions_of_pytest_explain_no_field(make, request):
    for left, right in ((make("secret"), make("other secret")), ([make("secret")], [make("other secret")])):
        assert left != right
        explained = request.config.hook.pytest_assertrepr_compare(
            config=request.config, op="==", left=left, right=right
        )
        assert "secret" not in str(explained)


@made
def test_the_falsifying_example_of_hypothesis_is_the_repr(make):
    @settings(database=None, max_examples=1)
    @given(st.just(make("secret")))
    def fails(value):
        raise AssertionError

    with pytest.raises(AssertionError) as caught:
        fails()
    (example,) = [note for note in caught.value.__notes__ if "value=" in note]
    assert "secret" not in example
    assert type(make("secret")).__name__ in example


def test_an_id_used_twice_is_in_the_error_but_in_no_printed_form_of_it():
    with pytest.raises(EventIdReused) as caught:
        History.of(event("secret"), evolve(event("secret"), at=DAY.replace(day=2)))
    assert caught.value.id == "secret:1"
    assert "secret" not in str(caught.value) + repr(caught.value) + pretty_repr(caught.value)


def test_what_is_compared_by_a_field_stays_equal_and_hashed_alike():
    assert event("a") == event("a")
    assert event("a") != event("b")
    assert event("a") != "a"
    assert len({event("a"), event("a")}) == 1
