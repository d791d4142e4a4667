"""The command `crosswalk`: a value mapping as a table and as JSON, and one system against another."""

import itertools
import json
import re

import pytest

from leadqual.cli import DONE, UNUSABLE, main

OWN = """
[system]
title = "Acme"
extends = "hubspot"
[answers]
deal_is_purchase = true
[mapping.lifecyclestage.values]
evangelist = false
partner = { labels = ["Brand Partner"], stage = "rep", written = true, sureness = "uncertain" }
[mapping.hs_analytics_source]
read_only = true
[mapping.hs_analytics_source.values]
WORD = { source = "referral" }
"""


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "acme.toml").write_text(OWN, "utf-8")

    def run(*arguments):
        status = main(["crosswalk", *arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def row(out, value):
    """Return the cells of the first line of a row."""
    before, line = re.search(rf"(?ms)(.*?)^({re.escape(value)}[^\n]*)", out).groups()
    header = [line for line in before.splitlines() if line.startswith("value ")][-1]
    starts = [found.start() for found in re.finditer(r"(?:^|(?<=  ))\S", header)]
    return [line[start:end].strip() for start, end in itertools.pairwise([*starts, None])]


def test_each_value_stands_with_its_meaning_and_what_it_is_mistaken_for(run):
    status, out, err = run("hubspot")

    assert (status, err) == (DONE, "")
    assert out.startswith(
        "HubSpot (contacts)\nlifecyclestage (known, companies change the list, forwards only)\n"
    )
    assert row(out, "customer, Customer")[:3] == ["customer, Customer", "claims customer", "yes"]
    assert row(out, "opportunity, Opportunity")[1:3] == ["claims prospect", ""]
    assert "False friend: an attempt is no talk" in out
    assert (
        "deal_is_purchase (not answered with yes): Is a closed deal always the purchase of a product?" in out
    )


def test_an_answer_changes_a_meaning(run):
    _, out, _ = run("hubspot", "--answer", "deal_is_purchase", "--answer", "sql_saw")

    assert row(out, "customer, Customer")[1] == "claims customer, purchased"
    assert row(out, "salesqualifiedlead, Sales Qualified")[1] == "claims prospect"
    assert "sql_saw (answered with yes): " in out


def test_a_company_file_is_read_by_its_path(run):
    status, out, _ = run("acme.toml")

    assert status == DONE
    assert row(out, "partner, Brand Partner")[1:] == ["claims rep", "yes", "uncertain"]
    assert "evangelist" not in out
    assert "an import cannot set it" in out


def test_one_system_becomes_another(run):
    status, out, _ = run("salesforce", "hubspot")

    assert status == DONE
    assert out.startswith("Salesforce (Lead) to HubSpot (contacts)\n")
    assert row(out, "Working - Contacted")[1:] == ["contacted", "nothing", "contacted"]
    assert "A claimed stage is not evidence; --trust-stage accepts it." in out

    _, out, _ = run("hubspot", "acme.toml", "--trust-stage")
    assert row(out, "opportunity, Opportunity")[2:] == ["lifecyclestage: lead", "prospect, asked_for_more"]
    assert "--trust-stage" not in out
    _, out, _ = run("zoho", "salesforce")
    assert row(out, "Employee Referral")[1:] == ["source referral", "LeadSource: Partner Referral", ""]
    assert row(out, "Cold Call")[1:] == ["source cold_call", "nothing", "cold_call"]


def test_json_has_the_same_content(run):
    status, out, _ = run("hubspot", "--json")

    data = json.loads(out)
    assert (status, data["system"], list(data)) == (DONE, "hubspot", ["system", "questions", "mappings"])
    values = {value["value"]: value for value in data["mappings"][0]["values"]}
    assert values["customer"]["stage"] == "customer"
    assert values["customer"]["written"] is True

    _, out, _ = run("acme.toml", "hubspot", "--trust-stage", "--json")
    moves = {move["value"]: move["becomes"] for move in json.loads(out)}
    assert moves["partner"] == {
        "values": [],
        "lost_stages": ["lead", "prospect", "rep"],
        "lost_facts": ["signed_up"],
        "lost_source": None,
    }
    assert json.loads(run("google", "hubspot", "--json")[1]) == []


def test_a_system_without_a_value_mapping_says_so(run):
    assert run("google")[::2] == (DONE, "")
    assert run("google")[1].endswith("No value mapping is known.\n")


def test_a_field_whose_values_each_company_lists_says_so(run):
    assert row(run("exigo")[1], "listed by each company")[1:] == ["", "", ""]


def test_what_is_not_known_is_told_with_what_would_do(run):
    assert run("hubspott")[::2] == (
        UNUSABLE,
        "leadqual: unknown system 'hubspott'; did you mean 'hubspot'?\n",
    )
    assert "unknown question 'sql'; did you mean 'sql_saw'?" in run("hubspot", "--answer", "sql")[2]
    assert "cannot be read: No such file" in run("none.toml")[2]


@pytest.mark.parametrize("width", [80, 120])
def test_it_fits_a_terminal(run, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    for arguments in (["hubspot"], ["zoho", "salesforce"], ["hubspot", "acme.toml", "--trust-stage"]):
        out = run(*arguments)[1]
        rules = [line.rstrip() for line in out.splitlines() if line.startswith("──")]

        assert rules
        assert max(map(len, rules)) <= width
        header = next(line for line in out.splitlines() if line.startswith("value "))
        starts = [found.start() for found in re.finditer(r"(?:^|(?<=  ))\S", header)]
        assert min(end - start for start, end in itertools.pairwise([*starts, len(rules[0])])) >= 6


def test_what_a_file_says_never_commands_the_terminal(run, tmp_path):
    hostile = "\\u001b]0;owned\\u0007[/title]\\u202e"
    text = OWN.replace("Acme", hostile).replace("partner =", f'"{hostile}" =')
    text += f'[questions]\n"{hostile}" = "{hostile}"\n'
    (tmp_path / "hostile.toml").write_text(text, "utf-8")

    for arguments in (["hostile.toml"], ["hostile.toml", "hubspot"], ["hostile.toml", "--json"]):
        status, out, _ = run(*arguments)

        assert status == DONE
        assert "[/title]" in out
        assert all(sign.isprintable() or sign == "\n" for sign in out)
