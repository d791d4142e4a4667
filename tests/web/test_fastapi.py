"""The endpoint of the how-to, under real FastAPI."""

import importlib.util
import json

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator as Validator

from leadqual import Classification, Fact, json_schema
from leadqual.strategies import records


@pytest.fixture(scope="module")
def client(root):
    spec = importlib.util.spec_from_file_location("fastapi_app", root / "examples" / "fastapi_app.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with TestClient(module.app, raise_server_exceptions=False) as client:
        yield client


def test_a_contact_is_classified(client):
    answer = client.post(
        "/classify", json={"email": "ana@example.com", "responded": "yes", "saw business": True}
    )

    assert answer.status_code == 200
    assert (answer.json()["stage"], answer.json()["score"]) == ("lead", 22)
    assert Validator(json_schema(Classification, brief=True)).is_valid(answer.json())


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"responded": "perhaps"}, ["body", "responded"]),
        ({"email": "ana"}, ["body", "email"]),
        ({"phone": "1"}, ["body", "phone"]),
        ({"responed": "yes"}, ["body", "column 'responed'"]),
        ({"newsletter": False}, ["body", "column 'newsletter'"]),
        ({"notes": {"a": 1}}, ["body", "column 'notes'"]),
        (["Ana"], ["body"]),
        ("Ana", ["body"]),
        (None, ["body"]),
    ],
)
def test_a_wrong_body_is_unprocessable(client, body, told):
    answer = client.post("/classify", json=body)

    assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, told)


def test_an_answer_repeats_nothing_that_was_sent(client):
    answer = client.post(
        "/classify", json={"email": "ana at example", "responded": "perhaps", "phone": "+49 1"}
    )

    assert answer.status_code == 422
    assert not any(part in answer.text for part in ("ana at", "perhaps", "+49 1"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b'{"a": NaN}',
        b'{"\\ud800": [1]}',
        b'{"name": "\\ud800"}',
        b"[" * 20_000,
        b'{"a": 1e999}',
    ],
)
def test_a_body_that_is_no_record_is_never_an_error_of_the_server(client, body):
    answer = client.post("/classify", content=body, headers={"content-type": "application/json"})

    assert answer.status_code in (200, 400, 422)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
NAMES = st.sampled_from(
    ["name", "email", "phone", "source", "stage", "campaign", "newsletter", *map(str, Fact)]
)


@given(st.dictionaries(NAMES | st.text(), ANYTHING) | ANYTHING | records())
def test_no_body_is_an_error_of_the_server(client, body):
    answer = client.post("/classify", content=json.dumps(body, default=str))

    assert answer.status_code in (200, 422)


def test_the_schema_stands_in_openapi(client):
    """A person who generates a client sees every fact and every stage."""
    body = client.get("/openapi.json").json()["paths"]["/classify"]["post"]
    sent = body["requestBody"]["content"]["application/json"]["schema"]
    received = body["responses"]["200"]["content"]["application/json"]["schema"]

    assert {str(fact) for fact in Fact} < set(sent["properties"])
    assert "leader" in received["properties"]["stage"]["enum"]
