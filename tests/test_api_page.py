"""The page of the API, as it is built: every public callable has types, parameters and an executed example."""

import subprocess
import sys
import tomllib
from xml.etree import ElementTree as ET

import pytest

pytest.importorskip("sphinx")


@pytest.fixture(scope="module")
def entries(root, tmp_path_factory):
    """Build the page as XML, and return its classes, functions and methods by name."""
    built = tmp_path_factory.mktemp("docs")
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "xml", "-d", str(built / "trees")]
    subprocess.run([*command, str(root / "docs"), str(built / "xml")], check=True, capture_output=True)
    page = ET.parse(built / "xml" / "reference" / "api.xml").getroot()  # noqa: S314 (our own page)
    found = {each.find("desc_signature").get("ids"): each for each in page.iter("desc")}
    return {name: each for name, each in found.items() if each.get("objtype") in CALLABLE}


CALLABLE = {"class", "exception", "function", "method"}


def told(entry):
    """Return the fields of an entry: the name of each, in lower case, with its text."""
    fields = entry.findall("desc_content/field_list/field")
    return {"".join(each[0].itertext()).lower(): "".join(each[1].itertext()) for each in fields}


def parameters(entry):
    return [
        name.text
        for each in entry.find("desc_signature").iter("desc_parameter")
        for name in each.iter("desc_sig_name")
    ]


def lacking(entry):
    """Return the parameters that the entry does not list with a type."""
    listed = told(entry).get("parameters", "")
    return [name for name in parameters(entry) if f"{name} (" not in listed]


def test_the_page_has_all_public_names(entries):
    import leadqual
    from leadqual import frames, strategies

    public = {
        f"{module.__name__}.{name}"
        for module in (leadqual, frames, strategies)
        for name in module.__all__
        if callable(getattr(module, name))
    }

    assert public <= entries.keys()


def test_every_callable_lists_its_parameters_with_their_types(entries):
    enums = {"AuditCode", "Fact", "Qualification", "Relation", "Source", "Stage", "Standing"}
    without = {name: lacking(each) for name, each in entries.items() if lacking(each)}

    assert {name for name in without if name.rpartition(".")[2] not in enums} == set()


def test_every_function_and_method_says_what_it_returns(entries):
    without = [
        name
        for name, each in entries.items()
        if each.get("objtype") in ("function", "method") and "return type" not in told(each)
    ]

    assert without == []


def test_every_callable_has_an_example_that_is_executed(root, entries):
    examples = tomllib.loads((root / "docs" / "reference" / "examples.toml").read_text("utf-8"))
    without = []
    for name in entries:
        module = max((each for each in examples if name.startswith(f"{each}.")), key=len)
        owner, _, method = name.removeprefix(f"{module}.").partition(".")
        if f".{method}(" not in examples[module].get(owner, "") if method else owner not in examples[module]:
            without.append(name)

    assert without == []


def test_no_signature_is_longer_than_a_screen(entries):
    lengths = {name: len("".join(each.find("desc_signature").itertext())) for name, each in entries.items()}

    assert {name: length for name, length in lengths.items() if length > 450} == {}
