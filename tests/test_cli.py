"""The command line: small, friendly, and never a traceback."""

import json
import sys

import pytest

from leadqual import STANDARD, Classification, Evidence, Fact, Policy, classify, from_json
from leadqual.cli import DONE, UNUSABLE, main
from leadqual.policy_file import from_toml, to_toml


@pytest.fixture
def run(capsys, monkeypatch):
    """Run a command; return its exit status, output and errors."""
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments):
        status = main(arguments)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.fixture
def policy_file(tmp_path):
    path = tmp_path / "acme.toml"
    path.write_text(to_toml(STANDARD.replace(name="acme", version="9")), "utf-8")
    return str(path)


class TestExplain:
    def test_the_whole_answer(self, run):
        status, out, err = run("explain", "Responded", "saw-business")

        assert (status, err) == (DONE, "")
        assert out.splitlines()[0] == "lead, generic, active, score 22  (policy standard 1)"
        for part in (
            "reached: name, lead",
            "  responded +4",
            "  = 22",
            "prospect: asked for more",
            "  contacted",
        ):
            assert part in out

    def test_denied_facts_and_contradictions_are_shown(self, run):
        _, out, _ = run(
            "explain", "responded", "saw_business", "interested_in_offer", "--denied", "responded"
        )

        assert "Established and denied\n  responded" in out
        assert "(known not to)" in out

    def test_an_order_that_would_decide_is_asked_for(self, run):
        _, out, _ = run("explain", "saw_business", "interested_in_offer")

        assert "which came first, saw_business or interested_in_offer?" in out

    def test_json_is_the_answer_itself(self, run):
        _, out, _ = run("explain", "purchased", "--denied", "wants_in", "--json")

        verdict = classify(Evidence.of(Fact.PURCHASED, denied=[Fact.WANTS_IN]))
        assert from_json(out, Classification) == verdict

    def test_under_an_own_policy(self, run, policy_file):
        _, out, _ = run("explain", "--policy", policy_file)

        assert out.startswith("name, generic, active, score 15  (policy acme 9)")

    def test_a_misspelt_fact_gets_one_line(self, run):
        assert run("explain", "responed") == (
            UNUSABLE,
            "",
            "leadqual: no fact is called 'responed'; did you mean 'responded'?\n",
        )


class TestRules:
    def test_as_tables(self, run):
        status, out, _ = run("rules")

        assert status == DONE
        assert "Policy standard 1" in out
        assert "knows_industry and wants_in" in out
        assert "never_joining" in out
        assert "-9" in out

    def test_as_a_file_to_start_from(self, run):
        _, out, _ = run("rules", "--toml")

        assert from_toml(out) == STANDARD

    def test_as_json(self, run, policy_file):
        _, out, _ = run("rules", "--json", "--policy", policy_file)

        assert from_json(out, Policy).name == "acme"

    def test_a_file_that_is_not_there(self, run, tmp_path):
        status, out, err = run("rules", "--policy", str(tmp_path / "none.toml"))

        assert (status, out) == (UNUSABLE, "")
        assert err.count("\n") == 1
        assert "cannot be read: No such file or directory; name a TOML file" in err


class TestGlossary:
    def test_every_word_with_its_meaning(self, run):
        _, out, _ = run("glossary")

        assert all(str(fact) in out for fact in Fact)
        assert "has bought a product" in out

    def test_as_json(self, run):
        _, out, _ = run("glossary", "--json")

        words = json.loads(out)
        assert set(words) == {"stage", "qualification", "standing", "fact", "source"}
        assert words["fact"]["purchased"]["sentence"] == {
            "article": 1,
            "text": "A Customer who has purchased products.",
        }


class TestCalls:
    """Exit status 0, 1 where something was found, 2 where the call cannot be used."""

    def test_an_unknown_command_gets_one_line(self, run):
        status, out, err = run("explian")

        assert (status, out) == (UNUSABLE, "")
        assert err.startswith('leadqual: Unknown command "explian"')
        assert err.count("\n") == 1

    def test_help_and_version(self, run):
        assert run("--help")[0] == DONE
        assert run("--version")[:2] == (DONE, "0.1.0\n")

    def test_without_the_extra_it_says_what_to_install(self, run, monkeypatch):
        monkeypatch.delitem(sys.modules, "leadqual.cli.commands", raising=False)
        monkeypatch.setitem(sys.modules, "leadqual.cli.commands", None)

        status, _, err = run("glossary")

        assert status == UNUSABLE
        assert "pip install 'leadqual[cli]'" in err

    def test_a_reader_that_goes_away_is_no_error(self, monkeypatch):
        import leadqual.cli.commands

        def gone(arguments):
            raise BrokenPipeError

        monkeypatch.setattr(leadqual.cli.commands, "run", gone)
        monkeypatch.setattr(sys, "stdout", sys.stdout)

        assert main(["glossary"]) == DONE
