"""A contact comes back from a database as it was."""

import importlib.util

import pytest
from hypothesis import given
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from leadqual import Contact, DataUnreadable
from leadqual.strategies import contacts


@pytest.fixture(scope="module")
def example(root):
    spec = importlib.util.spec_from_file_location(
        "sqlalchemy_contacts", root / "examples" / "sqlalchemy_contacts.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@given(contact=contacts())
def test_every_contact_is_equal_after_a_round_trip(example, contact):
    engine = create_engine("sqlite://")
    example.Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(example.Person(id="7", contact=contact))
        session.commit()
        session.expire_all()
        found = session.get(example.Person, "7").contact
    engine.dispose()

    assert found == contact


def test_what_is_no_contact_is_told(example):
    with pytest.raises(DataUnreadable, match="stage"):
        example.ContactType().process_result_value({"stage": "lead"}, None)
    assert example.ContactType().process_result_value({}, None) == Contact()
