"""The commands of scorecards, the table that they read, and the pictures that they draw."""

import csv
import io
import json
from xml.etree import ElementTree as ET

import pytest
from history_of_a_company import history

from leadqual import Scorecard, Signal, evaluate
from leadqual.cli import DONE, FOUND, UNUSABLE, main
from leadqual.intake import FileRefused
from leadqual.intake.opening import read_table
from leadqual.learning.picture import bars, svg
from leadqual.scoring.scorecard_file import read_scorecard, scorecard_to_toml

ROWS = history(600, strength=2)
CARD = Scorecard(
    "by hand",
    base=10,
    signals=[
        Signal.number("minutes", {10: 20, 20: 40}),
        Signal.words("title", {"director": 30, "intern": -10}),
    ],
)


def text_of(rows):
    written = io.StringIO()
    writer = csv.DictWriter(written, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


@pytest.fixture
def company(tmp_path):
    path = tmp_path / "acme.csv"
    path.write_text(text_of(ROWS), "utf-8")
    (tmp_path / "hand.toml").write_text(scorecard_to_toml(CARD), "utf-8")
    return path


class TestLearn:
    def test_the_report_says_what_a_manager_wants_to_know(self, company, capsys):
        card, picture = company.with_name("card.toml"), company.with_name("card.svg")
        columns = ["--outcome", "won", "--at", "created", "-o", str(card), "--svg", str(picture)]

        assert main(["learn", str(company), *columns]) == DONE

        said = capsys.readouterr().out
        assert said.startswith("ready: the card ranks well, later people too")
        assert "Use it." in said
        for heading in (
            "What counts most",
            "How people have changed",
            "What to distrust",
            "What was left out",
        ):
            assert heading in said
        assert "ranked in the right order" in said
        assert said.count("In parentheses: the confidence interval of 95 %.\n") == 1
        assert "made from earlier people, on later ones: 0." in said
        assert "person" not in said
        assert read_scorecard(card).name == "card"
        ET.parse(picture)  # noqa: S314 (the file is ours)

    def test_a_card_that_is_not_ready_has_its_own_exit_status(self, company, capsys):
        assert main(["learn", str(company), "--outcome", "won", "--signals", "noise"]) == FOUND

        said = capsys.readouterr().out
        assert said.startswith("not ready: the card needs more people, or columns that say more: it may rank")
        assert "What it still needs" in said

    def test_json_holds_everything(self, company, capsys):
        assert main(["learn", str(company), "--outcome", "won", "--leave-out", "noise", "--json"]) == DONE

        data = json.loads(capsys.readouterr().out)
        assert data["verdict"] == "usable"
        assert {"minutes", "title"} <= {signal["name"] for signal in data["card"]["signals"]}
        assert "noise" not in str(data)

    def test_the_rule_score_and_unreadable_records_are_told(self, company, capsys):
        rows = [{**row, "responded": "yes" if row["minutes"] > 20 else "none"} for row in ROWS]
        company.write_text(text_of(rows) + "one,too,few\n\n", "utf-8")

        main(["learn", str(company), "--outcome", "won", "--blank", "none"])

        said = capsys.readouterr().out
        assert "the rule score alone: 0." in said
        assert "records that cannot be read: 1; `leadqual check` says why." in said

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (["--outcome", "wonn"], "outcome: no row has a column 'wonn'; did you mean 'won'?"),
            (
                ["--outcome", "won", "--leave-out", "x"],
                "--leave-out: the file has no column 'x'; name one of its",
            ),
            (
                ["--outcome", "won", "-o", "/no/such/folder/card.toml"],
                "/no/such/folder/card.toml: cannot be written: ",
            ),
            (
                ["--outcome", "won", "--svg", "/no/such/folder/card.svg"],
                "/no/such/folder/card.svg: cannot be written: ",
            ),
        ],
    )
    def test_bad_input_is_one_line(self, company, capsys, options, message):
        assert main(["learn", str(company), *options]) == UNUSABLE
        assert capsys.readouterr().err.startswith(f"leadqual: {message}")


class TestScore:
    def test_the_first_to_call_come_first_with_what_gave_the_points(self, company, capsys):
        card = str(company.with_name("hand.toml"))

        assert main(["prioritize", str(company), "--scorecard", card]) == DONE

        said = capsys.readouterr().out
        assert "Whom to call first, by by hand 1" in said
        assert "base +10; minutes +40; title +30" in said
        assert "and 580 more; --output writes all of them." in said

    def test_every_row_is_written_and_no_cell_can_run_as_a_formula(self, company, capsys):
        rows = [
            {"title": "director", "minutes": 30, "opted_out": "yes"},
            {"title": "=1+1", "minutes": 0, "opted_out": ""},
            {"title": "director", "minutes": "", "opted_out": "no"},
        ]
        company.write_text(text_of(rows), "utf-8")
        output = company.with_name("ranked.csv")

        main(
            [
                "prioritize",
                str(company),
                "--scorecard",
                str(company.with_name("hand.toml")),
                "-o",
                str(output),
            ]
        )

        assert "do not contact; base +10; minutes +40; title +30" in capsys.readouterr().out
        with output.open(newline="") as file:
            written = list(csv.DictReader(file))
        assert [row["leadqual_priority"] for row in written] == ["40", "10", "80"]
        assert [row["leadqual_do_not_contact"] for row in written] == ["no", "no", "yes"]
        assert written[1]["title"] == "'=1+1"

    def test_json_and_exit_statuses(self, company, capsys):
        card = str(company.with_name("hand.toml"))
        company.write_text("title,minutes\ndirector,30\nintern\n", "utf-8")

        assert main(["prioritize", str(company), "--scorecard", card, "--json"]) == FOUND
        data = json.loads(capsys.readouterr().out)
        assert [(each["line"], each["priority"]["total"]) for each in data] == [(2, 80)]
        assert main(["prioritize", str(company), "--scorecard", card]) == FOUND
        assert "records that cannot be read: 1" in capsys.readouterr().out
        assert (
            main(["prioritize", str(company), "--scorecard", card, "-o", "/no/such/folder/x.csv"]) == UNUSABLE
        )
        assert capsys.readouterr().err.startswith("leadqual: /no/such/folder/x.csv: cannot be written: ")

    def test_a_card_that_cannot_be_read_is_refused(self, company, capsys):
        card = company.with_name("bad.toml")
        card.write_text('name = "a"\n[signals.b]\nyes = 2.5\n', "utf-8")

        assert main(["prioritize", str(company), "--scorecard", str(card)]) == UNUSABLE
        assert "bad.toml: signals.b.yes: must be a whole number" in capsys.readouterr().err


class TestEvaluate:
    def test_any_card_can_be_tried(self, company, capsys):
        card, picture = str(company.with_name("hand.toml")), company.with_name("hand.svg")
        options = ["--scorecard", card, "--outcome", "won", "--at", "created", "--split", "2025-10-01"]

        assert main(["evaluate", str(company), *options, "--svg", str(picture)]) == DONE
        said = capsys.readouterr().out
        assert "Later against earlier" in said
        assert "What to distrust" in said
        assert picture.exists()

        assert main(["evaluate", str(company), *options, "--json"]) == DONE
        assert json.loads(capsys.readouterr().out)["auc"]["value"] > 0.6


class TestPictures:
    evaluation = evaluate(CARD, ROWS, outcome="won")

    def test_the_picture_holds_every_number_in_words(self):
        picture = svg(self.evaluation, "Ana & Ben <b>")

        drawn = ET.fromstring(picture)  # noqa: S314 (the picture is ours)
        told = drawn.find("{http://www.w3.org/2000/svg}desc").text
        assert drawn.find("{http://www.w3.org/2000/svg}title").text == "Ana & Ben <b>"
        for band in self.evaluation.calibration:
            assert f"{band.low} to {band.high} points: {band.outcome}." in told
        assert "the first 10 %: " in told

    def test_bars_of_text_hold_the_same(self):
        drawn = bars(self.evaluation)

        assert drawn.count("█") > 10
        assert str(self.evaluation.calibration[0].outcome) in drawn
        assert f"{self.evaluation.lifts[0].lift:.1f} times as many" in drawn


class TestTable:
    def test_every_record_is_a_mapping_with_its_line(self):
        found = read_table(b"name;age\r\n Ana ;5\r\n\r\nBen;6;7\r\nBen;8\r\n")

        assert found.names == ("name", "age")
        assert found.rows == ((2, {"name": " Ana ", "age": "5"}), (5, {"name": "Ben", "age": "8"}))
        assert found.skipped == 1

    def test_json_lines_are_read_too(self):
        found = read_table(b'{"name": "Ana", "age": 5}\n{"name": "Ben"}\n')

        assert [row["name"] for _, row in found.rows] == ["Ana", "Ben"]

    @pytest.mark.parametrize("content", [b"", b"\n\n"])
    def test_an_empty_file_is_refused(self, content):
        with pytest.raises(FileRefused):
            read_table(content)


def test_a_column_that_may_forbid_contact_is_read(company, tmp_path, capsys):
    path, card = tmp_path / "people.csv", str(company.with_name("hand.toml"))
    path.write_text("Minutes,Unsubscribed,opted_out\n30,yes,\n", "utf-8")

    main(["prioritize", str(path), "--scorecard", card])

    said = capsys.readouterr().out
    assert "do not contact; " in said
    assert "warning" not in said

    path.write_text("minutes,GDPR\n30,no\n30,yes\n", "utf-8")
    main(["prioritize", str(path), "--scorecard", card])
    assert capsys.readouterr().out.count("do not contact; ") == 1


def test_a_file_of_other_columns_is_warned_of(company, tmp_path, capsys):
    path = tmp_path / "people.csv"
    path.write_text("name\nAna\n", "utf-8")

    main(["prioritize", str(path), "--scorecard", str(company.with_name("hand.toml"))])

    assert "warning: the file has none of the columns that the scorecard reads" in capsys.readouterr().out


def test_the_two_ways_out_of_a_column_about_consent(tmp_path, capsys):
    card, table = tmp_path / "card.toml", tmp_path / "in.csv"
    card.write_text(scorecard_to_toml(CARD), "utf-8")
    table.write_text("title,Newsletter,ok\ndirector,no,yes\nintern,yes,no\n", "utf-8")

    def flags(*ways):
        assert main(["prioritize", str(table), "--scorecard", str(card), "--json", *ways]) == DONE
        rows = json.loads(capsys.readouterr().out)
        return {row["line"]: row["priority"]["do_not_contact"] for row in rows}

    assert flags() == {2: True, 3: False}
    assert flags("--no-consent-in", "Newsletter") == {2: False, 3: False}
    assert flags("--no-consent-in", "Newsletter", "--consent-in", "ok") == {2: False, 3: True}
    assert main(["prioritize", str(table), "--scorecard", str(card), "--consent-in", "news"]) == UNUSABLE
    assert "consent_in: names 'news', which is not among the columns" in capsys.readouterr().err
