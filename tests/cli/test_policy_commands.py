"""The commands `verify` and `compare`, with their exit status."""

import json

import pytest

from leadqual.cli import DONE, FOUND, UNUSABLE, main


@pytest.fixture
def run(capsys):
    def run(*arguments):
        status = main(arguments)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.fixture
def policies(root):
    return root / "examples" / "policies"


class TestVerify:
    def test_the_standard_policy_is_proved(self, run):
        status, out, err = run("verify")

        assert (status, err) == (DONE, "")
        assert out.startswith("policy standard 1: proved\n")

    def test_a_finding_is_shown_with_its_counter_example_and_the_status_is_1(self, run, policies):
        status, out, _ = run("verify", str(policies / "broken.toml"))

        assert status == FOUND
        assert "  {interested_in_offer, saw_business} → lead, generic, active, score 25" in out
        assert "policy broken 1: 3 found" in out

    def test_json_has_the_same_content(self, run, policies):
        status, out, _ = run("verify", str(policies / "broken.toml"), "--json")

        findings = json.loads(out)["findings"]
        assert status == FOUND
        assert [finding["code"] for finding in findings] == ["idle_rule", "qualification_sign", "score_sign"]
        assert findings[1]["witnesses"][0]["history"] == [{"fact": "interested_in_offer", "reverses": False}]

    def test_every_fault_of_a_file_is_told_in_one_line_each_with_its_place_and_a_remedy(
        self, run, tmp_path, policies
    ):
        text = (policies / "broken.toml").read_text("utf-8")
        path = tmp_path / "acme.toml"
        path.write_text(
            text.replace('all = ["responded"]', 'all = ["respondet"]').replace("base = 15", "bass = 15"),
            "utf-8",
        )
        status, out, err = run("verify", str(path))

        assert (status, out) == (UNUSABLE, "")
        lines = err.splitlines()
        assert len(lines) == 3
        assert all(f"{path}: " in line for line in lines)
        assert "did you mean 'responded'" in err
        assert "did you mean base?" in err


class TestCompare:
    def test_a_policy_is_equivalent_to_itself(self, run, policies):
        kit = str(policies / "starter-kit.toml")

        assert run("compare", kit, kit) == (
            DONE,
            "starter-kit 1 and starter-kit 1: equivalent; both give everybody the same answer\n",
            "",
        )

    def test_a_difference_is_shown_and_the_status_is_1(self, run, policies):
        status, out, _ = run(
            "compare", str(policies / "starter-kit.toml"), str(policies / "unless-never.toml")
        )

        assert status == FOUND
        assert out.startswith("starter-kit 1 and unless-never 1: different")

    def test_json(self, run, policies):
        status, out, _ = run(
            "compare", str(policies / "starter-kit.toml"), str(policies / "unless-never.toml"), "--json"
        )

        assert status == FOUND
        assert json.loads(out)["relation"] == "different"
