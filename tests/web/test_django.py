"""The form of the how-to, under real Django."""

import importlib.util

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadqual import Fact


@pytest.fixture(scope="module")
def client(root):
    spec = importlib.util.spec_from_file_location("django_app", root / "examples" / "django_app.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    from django.conf import settings
    from django.test import Client

    settings.ROOT_URLCONF = module
    return Client(raise_request_exception=False)


def test_a_form_is_classified(client):
    answer = client.post("/classify", {"email": "ana@example.com", "facts": ["responded", "saw_business"]})

    assert (answer.status_code, answer.json()["stage"], answer.json()["score"]) == (200, "lead", 22)


def test_a_box_that_is_not_ticked_is_no_denial(client):
    answer = client.post("/classify", {"name": "Ana"})

    assert "asked_for_more" in answer.json()["facts_to_ask"]


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"email": "ana"}, "email"),
        ({"phone": "1"}, "phone"),
        ({"facts": ["responed"]}, "facts"),
    ],
)
def test_a_wrong_form_is_unprocessable_and_names_the_field(client, form, field):
    answer = client.post("/classify", form)

    assert (answer.status_code, set(answer.json()["errors"])) == (422, {field})


WORDS = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(["name", "email", "phone", "facts", "more"], WORDS)))
def test_no_form_is_an_error_of_the_server(client, form):
    assert client.post("/classify", form).status_code in (200, 422)


@pytest.mark.parametrize("fact", Fact)
def test_every_fact_is_a_box_of_the_form(client, fact):
    assert client.post("/classify", {"facts": [str(fact)]}).status_code == 200
