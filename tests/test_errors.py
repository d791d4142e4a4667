"""Errors are values: they carry fields, compare, and can be pickled."""

import copy
import pickle

import pytest

from leadqual import LeadqualError
from leadqual.contacts.cells import CellUnreadable
from leadqual.errors import ExtraMissing, Fault, Refused, WrongType, WrongValue

ERRORS = [
    WrongType("age", "a number", "str", "use int"),
    WrongType("age", "a number", "str"),
    WrongValue("age", "is negative", "leave it out"),
    WrongValue("age", "is negative"),
    ExtraMissing("reading", "intake"),
    Refused((Fault("a", "b"), Fault("c", "d"))),
    CellUnreadable("a date", "no", "write one"),
]
MESSAGES = [
    "age must be a number, not str; use int",
    "age must be a number, not str",
    "age: is negative; leave it out",
    "age: is negative",
    "reading needs packages that are not installed; run: pip install 'leadqual[intake]' (in a checkout: pip install '.[intake]')",
    "a: b\nc: d",
    "not a date: no; write one",
]


@pytest.mark.parametrize(("error", "message"), list(zip(ERRORS, MESSAGES, strict=True)), ids=str)
def test_the_message_says_what_was_asked_why_not_and_what_would_work(error, message):
    assert str(error) == message


@pytest.mark.parametrize("error", ERRORS, ids=str)
def test_an_error_survives_pickling_copying_and_takes_notes(error):
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert again == error
        assert hash(again) == hash(error)
        assert str(again) == str(error)
        again.add_note("seen")


def test_errors_of_other_fields_or_classes_differ():
    assert len(set(ERRORS)) == len(ERRORS)
    assert WrongValue("a", "b") != WrongType("a", "b", "c")
    assert WrongValue("a", "b") != ValueError("a", "b")


@pytest.mark.parametrize("error", ERRORS, ids=str)
def test_every_error_is_ours_and_what_python_programmers_expect(error):
    assert isinstance(error, LeadqualError)
    assert isinstance(error, TypeError | ValueError | ImportError)


@pytest.mark.parametrize(
    ("error", "faults"),
    [
        (WrongType("age", "a number", "str", "use int"), [("age", "must be a number, not str; use int")]),
        (WrongValue("age", "is negative"), [("age", "is negative")]),
        (ERRORS[5], [("a", "b"), ("c", "d")]),
        (ExtraMissing("reading", "intake"), [("", MESSAGES[4])]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_error_tells_its_faults_each_with_its_place(error, faults):
    assert [(fault.where, fault.reason) for fault in error.faults] == faults


def test_a_fault_without_a_place_is_its_reason():
    assert str(Fault("", "is wrong")) == "is wrong"
