"""The command that counts a funnel for each campaign."""

import json
from xml.etree import ElementTree as ET

import pytest

from leadqual import Fact, Funnel
from leadqual.cli import DONE, FOUND, UNUSABLE, main
from leadqual.funnel.picture import bars, svg

HEADER = "email,campaign,source,contacted,responded,asked_for_more,signed_up,became_leader\n"
SPRING = "ana@example.com,spring,search,yes,yes,,,\nben@example.com,spring,seminar,yes,,,,\n"
FALL = "cleo@example.com,fall,search,yes,yes,yes,yes,\n"
REJECTED = "dan@example.com,fall,search,maybe,,,,\n"
IN_SPRING = Funnel.of([{Fact.RESPONDED}, {Fact.CONTACTED}])
IN_FALL = Funnel.of([{Fact.ASKED_FOR_MORE, Fact.SIGNED_UP}])


@pytest.fixture
def run(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments):
        status = main(("funnel", *map(str, arguments)))
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.fixture
def file(tmp_path):
    def file(text, name="leads.csv"):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return file


class TestFunnels:
    def test_a_funnel_for_each_campaign_with_counts_rates_and_intervals(self, run, file):
        status, out, err = run(file(HEADER + SPRING + FALL))

        assert (status, err) == (DONE, "")
        assert out.startswith(bars({"spring": IN_SPRING.reached}))
        assert bars({"fall": IN_FALL.reached}) in out
        assert "name to leader: 0 of 2 = 0.0 % (0.0–65.8 %)" in out
        assert "In parentheses: the confidence interval of 95 %.\n" in out
        assert "qualified: 1 of 1 = 100.0 %" in out

    def test_two_campaigns_are_compared(self, run, file):
        """If you execute the same campaign as your leader does you will be able to compare your exact
        results to his or hers.
        """
        _, out, _ = run(file(HEADER + SPRING * 30 + FALL * 3))

        assert "spring against fall" in out
        rows = {line.partition("  ")[0]: line for line in out.splitlines() if " to " in line}
        assert "not enough data" in rows["name to lead"]
        assert "names more" in rows["name to lead"]
        assert "contacted more" in rows["contacted to lead"]
        assert "lower" in rows["lead to prospect"]
        assert "more" not in rows["lead to prospect"]
        assert "against" not in run(file(HEADER + SPRING))[1]

    def test_a_campaign_in_two_files_is_one_funnel(self, run, file):
        _, out, _ = run(file(HEADER + SPRING), file(HEADER + SPRING, "more.csv"))

        assert out.startswith(bars({"spring": (IN_SPRING + IN_SPRING).reached}))

    def test_by_source(self, run, file):
        _, out, _ = run(file(HEADER + SPRING + FALL), "--by", "source")

        assert [line for line in out.splitlines() if line in ("search", "seminar")] == ["search", "seminar"]

    def test_whoever_has_no_campaign_is_counted_too(self, run, file):
        _, out, _ = run(file("email,responded\nana@example.com,yes\n"))

        assert out.startswith("(no campaign)\n    Names 1")

    def test_json_has_the_same_numbers(self, run, file):
        status, out, _ = run(file(HEADER + SPRING + FALL), "--json")

        data = json.loads(out)
        spring = data["funnels"][0]
        assert (status, data["by"], data["rejected"]) == (DONE, "campaign", 0)
        assert spring["group"] == "spring"
        assert spring["reached"] == {str(where): n for where, n in IN_SPRING.reached.items()}
        assert spring["witnessed"] == {str(where): n for where, n in IN_SPRING.witnessed.items()}
        assert spring["now"] == {str(stage): n for stage, n in IN_SPRING.now.items()}
        assert {(rate["base"], rate["target"]): rate["rate"] for rate in spring["rates"]} == {
            ("name", "lead"): "1/2",
            ("lead", "prospect"): "0",
            ("prospect", "customer"): None,
            ("prospect", "rep"): None,
            ("rep", "leader"): None,
            ("contacted", "lead"): "1/2",
            ("name", "leader"): "0",
        }
        assert data["comparison"][0]["verdict"] == "not_enough_data"
        assert "comparison" not in json.loads(run(file(HEADER + SPRING), "--json")[1])

    def test_the_picture_is_the_same_funnels(self, run, file, tmp_path):
        run(file(HEADER + SPRING + FALL), "--svg", tmp_path / "funnel.svg")

        text = (tmp_path / "funnel.svg").read_text("utf-8")
        assert text == svg({"spring": IN_SPRING.reached, "fall": IN_FALL.reached})
        assert ET.fromstring(text).get("role") == "img"  # noqa: S314 (our own text)

    def test_a_name_cannot_command_the_terminal(self, run, file):
        _, out, _ = run(file("email,campaign\nana@example.com,[bold]x\x9b31m\n"))

        assert out.startswith("[bold]x\\x9b31m\n")


class TestBadInput:
    def test_rejected_rows_are_told_and_give_exit_status_1(self, run, file):
        status, out, _ = run(file(HEADER + FALL + REJECTED))

        assert status == FOUND
        assert out.endswith("rejected rows are not counted: 1; `leadqual check` says why.\n")
        assert bars({"fall": IN_FALL.reached}) in out

    def test_nobody_to_count(self, run, file):
        assert run(file(HEADER)) == (DONE, "There are no contacts to count.\n", "")

    def test_no_file_gets_one_line(self, run):
        assert run() == (
            UNUSABLE,
            "",
            "leadqual: FILES: none is named; name one, such as: leadqual funnel leads.csv\n",
        )

    def test_a_file_that_is_not_there_gets_one_line(self, run, tmp_path):
        status, out, err = run(tmp_path / "none.csv")

        assert (status, out, err.count("\n")) == (UNUSABLE, "", 1)

    def test_a_picture_that_cannot_be_written_gets_one_line(self, run, file, tmp_path):
        status, _, err = run(file(HEADER + FALL), "--svg", tmp_path / "none" / "funnel.svg")

        assert status == UNUSABLE
        assert err == (
            f"leadqual: {tmp_path / 'none' / 'funnel.svg'}: cannot be written: No such file or directory; "
            "name a file in a folder that exists and has space\n"
        )
