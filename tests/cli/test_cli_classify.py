"""`leadqual classify FILE -o OUT`: a table of any size, streamed from file to file."""

import json
import sys

import pytest

from leadqual import ExtraMissing, Stage
from leadqual.cli import DONE, UNUSABLE, main

pytest.importorskip("cyclopts", reason="needs cyclopts")
pl = pytest.importorskip("polars", reason="needs polars")

ROWS = {
    "who": ["ana@example.com", "ben@example.com", "=1+1"],
    "zip": ["00501", None, "7"],
    "Responded": [True, False, None],
    "purchased": [None, True, None],
}
READ = {"parquet": pl.read_parquet, "csv": pl.read_csv, "ndjson": pl.read_ndjson, "jsonl": pl.read_ndjson}


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    """Run a command in a folder of its own; return its exit status, output and errors."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        status = main(arguments)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def write(path):
    frame = pl.DataFrame(ROWS)
    {"parquet": frame.write_parquet, "csv": frame.write_csv}.get(path.suffix[1:], frame.write_ndjson)(path)
    return str(path)


class TestEveryFormat:
    @pytest.mark.parametrize("reads", READ)
    @pytest.mark.parametrize("writes", READ)
    def test_from_each_to_each(self, run, tmp_path, reads, writes):
        out = tmp_path / f"out.{writes}"

        status, printed, errors = run("classify", write(tmp_path / f"in.{reads}"), "-o", str(out))

        assert (status, errors) == (DONE, "")
        frame = READ[writes](out)
        assert frame["stage"].to_list() == ["lead", "customer", "name"]
        assert frame["score"].to_list() == [19, 65, 15]
        assert frame["who"].to_list() == [*ROWS["who"][:2], "'=1+1" if writes == "csv" else "=1+1"]
        assert f"{out.name}: 3 rows" in printed.replace("\n", "")
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted([f"in.{reads}", f"out.{writes}"])

    def test_columns_that_are_no_facts_pass_through_csv_as_they_are(self, run, tmp_path):
        out = tmp_path / "out.csv"
        run("classify", write(tmp_path / "in.csv"), "-o", str(out))

        assert out.read_text("utf-8").splitlines() == [
            "who,zip,Responded,purchased,stage,qualification,standing,score",
            "ana@example.com,00501,true,,lead,generic,active,19",
            "ben@example.com,,false,true,customer,qualified,active,65",
            "'=1+1,7,,,name,generic,active,15",
        ]


class TestOptions:
    def test_json_prefix_and_texts(self, run, tmp_path):
        out = tmp_path / "out.parquet"

        status, printed, _ = run(
            "classify", write(tmp_path / "in.parquet"), "-o", str(out), "--prefix", "our_", "--reasons", "--json",
        )  # fmt: skip

        assert status == DONE
        assert json.loads(printed) == {
            "output": str(out),
            "rows": 3,
            "contacts": [
                {"stage": "name", "qualification": "generic", "contacts": 1},
                {"stage": "lead", "qualification": "generic", "contacts": 1},
                {"stage": "customer", "qualification": "qualified", "contacts": 1},
            ],
        }
        frame = pl.read_parquet(out)
        assert frame["our_reasons"].to_list() == [
            "lead: responded",
            "lead (implied): purchased; prospect (implied): purchased; customer: purchased; qualified: purchased",
            "",
        ]
        assert frame.schema["our_stage"] == pl.Enum([str(stage) for stage in Stage])


class TestConsent:
    """What `check` takes for an opt-out is one here."""

    EXPORT = (
        "Record ID,Email,Lifecycle Stage,Became a Customer Date,Unsubscribed from all email\n"
        "1,ana@example.com,customer,2026-01-05,true\n"
        "2,ben@example.com,lead,,false\n"
        "3,cy@example.com,lead,,\n"
    )

    def test_an_export_with_an_opt_out_column_is_held_as_check_and_score_hold_it(self, run, tmp_path):
        export, card = tmp_path / "export.csv", tmp_path / "card.toml"
        export.write_text(self.EXPORT, "utf-8")
        card.write_text('name = "acme"\n[signals."record id"]\nfilled = 5\n', "utf-8")

        run("check", str(export), "-o", str(tmp_path / "checked.csv"))
        run("classify", str(export), "-o", str(tmp_path / "out.csv"))
        run("prioritize", str(export), "--scorecard", str(card), "-o", str(tmp_path / "ranked.csv"))

        checked, out, ranked = (
            pl.read_csv(tmp_path / f"{name}.csv") for name in ("checked", "out", "ranked")
        )
        assert checked["leadqual_standing"].to_list() == ["do_not_contact", "active", "active"]
        assert out["standing"].to_list() == ["do_not_contact", "active", "active"]
        assert ranked.sort("Record ID")["leadqual_do_not_contact"].to_list() == ["yes", "no", "no"]

    def test_any_word_of_an_opt_out_is_read_in_csv(self, run, tmp_path):
        file, out = tmp_path / "in.csv", tmp_path / "out.csv"
        file.write_text("responded,opted_out\ntrue,Yes\n,perhaps\ntrue,no\ntrue,\n", "utf-8")

        run("classify", str(file), "-o", str(out))

        assert pl.read_csv(out)["standing"].to_list() == [
            "do_not_contact",
            "do_not_contact",
            "active",
            "active",
        ]

    def test_a_name_that_does_not_say_which_way_is_refused(self, run, tmp_path):
        file = tmp_path / "in.csv"
        file.write_text("responded,GDPR consent\ntrue,no\n", "utf-8")

        status, _, errors = run("classify", str(file), "-o", str(tmp_path / "out.csv"))

        assert status == UNUSABLE
        assert (
            "column GDPR consent: may forbid contact, but its name does not show whether yes or no does"
            in errors
        )
        assert not (tmp_path / "out.csv").exists()


class TestRefused:
    def refused(self, run, *arguments):
        status, printed, errors = run("classify", *map(str, arguments))
        assert (status, printed) == (UNUSABLE, "")
        [line] = errors.splitlines()
        return line

    def test_other_words_in_csv_are_told_what_prepares_them_and_nothing_is_left_behind(self, run, tmp_path):
        file = tmp_path / "in.csv"
        file.write_text("who,responded\nsecret,yes\n", "utf-8")

        line = self.refused(run, file, "-o", tmp_path / "out.csv")

        assert line == (
            f"leadqual: {file}: cannot be read as csv; facts must be true, false or empty; "
            f"this prepares it: leadqual check {file} -o ready.csv"
        )
        assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]

    def test_what_cannot_be_read(self, run, tmp_path):
        broken = tmp_path / "in.parquet"
        broken.write_bytes(b"no")
        empty = tmp_path / "in.csv"
        empty.touch()

        assert "check that it is complete" in self.refused(run, broken, "-o", tmp_path / "out.csv")
        assert "cannot be read as csv" in self.refused(run, empty, "-o", tmp_path / "out.csv")
        missing = self.refused(run, tmp_path / "none.csv", "-o", tmp_path / "out.csv")
        assert "none.csv: cannot be read: No such file or directory; check the path" in missing
        unwritable = self.refused(run, write(tmp_path / "in.ndjson"), "-o", tmp_path / "none" / "out.csv")
        assert "none/out.csv: cannot be written: No such file or directory; name a file in" in unwritable

    def test_endings_and_one_file_for_both(self, run, tmp_path):
        file = write(tmp_path / "in.csv")

        assert "in.xlsx: has an unknown file extension; one of .parquet, .csv" in self.refused(
            run, tmp_path / "in.xlsx", "-o", "out.csv"
        )
        assert "--output: is a file that this command reads; name another one" in self.refused(
            run, file, "-o", file
        )

    def test_what_frames_refuse(self, run, tmp_path):
        pl.DataFrame({"who": ["a"]}).write_parquet(tmp_path / "in.parquet")

        assert "facts: no column is one" in self.refused(run, tmp_path / "in.parquet", "-o", "out.csv")


@pytest.mark.parametrize("package", ["polars", "leadqual.frames"])
def test_without_its_packages_it_names_the_extra_that_brings_them(run, tmp_path, monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delattr("leadqual.frames", raising=False)

    status, out, errors = run("classify", write(tmp_path / "in.csv"), "-o", "out.csv")

    assert (status, out) == (UNUSABLE, "")
    assert errors == f"leadqual: {ExtraMissing('leadqual classify', 'tables')}\n"
    assert not (tmp_path / "out.csv").exists()


def test_the_two_ways_out_of_a_column_about_consent(tmp_path, capsys):
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("responded,Newsletter\ntrue,no\ntrue,yes\n", "utf-8")

    assert main(["classify", str(source), "-o", str(target)]) == 2
    assert "consent_in=, no_consent_in=" in capsys.readouterr().err
    assert main(["classify", str(source), "-o", str(target), "--consent-in", "Newsletter"]) == 0
    assert target.read_text("utf-8").count("do_not_contact") == 1
    assert main(["classify", str(source), "-o", str(target), "--no-consent-in", "Newsletter"]) == 0
    assert "do_not_contact" not in target.read_text("utf-8")
