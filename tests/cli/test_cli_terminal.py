"""Whatever comes from a file or is a name is shown to a terminal, and never commands it."""

import csv
import json
import os
import re
import subprocess
import sys

import pytest
from attrs import evolve
from history_of_a_company import history

from leadqual import STANDARD, Policy, Scorecard, Signal, from_json
from leadqual.cli import DONE, FOUND, UNUSABLE, main
from leadqual.policy.policy_file import from_toml, to_toml
from leadqual.scoring.scorecard_file import scorecard_from_toml, scorecard_to_toml

pytest.importorskip("cyclopts", reason="needs cyclopts")
pl = pytest.importorskip("polars", reason="needs polars")

HOSTILE = [
    "[/title]",
    "[link=https://example.com]:x:",
    "\x1b]0;owned\x07\x9b31m",
    "\u202egnp.exe a\u200bb\ufeff\U000e0041",
    "two\nlines",
]
PRINTED = [name for name in HOSTILE if name.isprintable()]


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    """Run a command in a folder of its own; return its exit status and what it said, which must be harmless."""
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        status = main(arguments)
        captured = capsys.readouterr()
        said = captured.out + captured.err
        assert status in (DONE, FOUND, UNUSABLE)
        assert all(sign.isprintable() or sign == "\n" for sign in said)
        assert "❌" not in said
        return status, said

    return run


def written(path, header, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return str(path)


@pytest.mark.parametrize("hostile", HOSTILE)
class TestNamesThatWouldCommand:
    @pytest.fixture
    def leads(self, tmp_path, hostile):
        path = tmp_path / "leads.jsonl"
        rows = [
            {"email": email, hostile: "+x", "campaign": hostile} for email in ("ana@example.com", "nobody")
        ]
        path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
        return str(path)

    @pytest.fixture
    def policy(self, tmp_path, hostile):
        rule = evolve(STANDARD.routes[0], name=hostile, sentence=hostile)
        path = tmp_path / "policy.toml"
        path.write_text(
            to_toml(STANDARD.replace(name=hostile, version=hostile, routes=[rule, *STANDARD.routes[1:]])),
            "utf-8",
        )
        return str(path)

    @pytest.mark.parametrize(
        "more",
        [(), ("--json",), ("--show-values",), ("--show-values", "--json"), ("--format", "github")],
    )
    def test_columns_and_cells_of_a_file_that_is_checked(self, run, leads, hostile, more):
        assert run("check", leads, *more)[0] in (FOUND, UNUSABLE)

    @pytest.mark.parametrize("more", [(), ("--json",)])
    def test_columns_of_a_layout_and_of_a_draft(self, run, tmp_path, leads, hostile, more):
        status, said = run("layout", leads, *more)
        assert status == DONE
        if hostile in PRINTED:
            assert hostile in said
        header = ["Vorname", hostile, f"Sponsor {hostile}"]
        path = tmp_path / "unknown.jsonl"
        path.write_text(json.dumps(dict.fromkeys(header, "x")) + "\n", "utf-8")
        status, said = run("layout", str(path), *more)
        assert status in (FOUND, UNUSABLE)
        if hostile in PRINTED and status == FOUND:
            assert hostile in said

    @pytest.mark.parametrize("more", [(), ("--json",), ("--by", "source")])
    def test_campaigns_of_a_funnel(self, run, leads, hostile, more):
        status, said = run("funnel", leads, *more)

        assert status == FOUND
        if hostile in PRINTED and not more:
            assert f"{hostile}\n" in said

    def test_two_campaigns_side_by_side(self, run, tmp_path, hostile):
        path = tmp_path / "leads.jsonl"
        rows = [{"email": f"{n}@example.com", "campaign": name} for n, name in enumerate([hostile, "b"])]
        path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")

        status, said = run("funnel", str(path))
        assert (status == DONE) == (" against b" in said)

    @pytest.mark.parametrize(
        "command", ["rules", "rules --json", "rules --toml", "explain wants_in", "explain wants_in --json"]
    )
    def test_a_policy(self, run, policy, hostile, command):
        name, *more = command.split()
        status, said = run(name, *more, "--policy", policy)

        assert status == DONE
        if hostile in PRINTED and "--json" not in more:
            assert hostile in said

    def test_a_policy_reads_back_from_what_is_printed(self, run, policy, hostile):
        assert from_json(run("rules", "--json", "--policy", policy)[1], Policy).name == hostile
        assert from_toml(run("rules", "--toml", "--policy", policy)[1]).name == hostile

    def test_scorecards_and_their_columns(self, run, tmp_path, hostile):
        card = Scorecard(hostile, version=hostile, base=50, signals=[Signal.words(hostile, {"a": 5})])
        (tmp_path / "card.toml").write_text(scorecard_to_toml(card), "utf-8")
        assert scorecard_from_toml((tmp_path / "card.toml").read_text("utf-8")) == card
        assert all(sign.isprintable() or sign == "\n" for sign in scorecard_to_toml(card))
        rows = [{**row, hostile: row["noise"]} for row in history(200, strength=2)]
        path = tmp_path / "acme.jsonl"
        path.write_text("".join(f"{json.dumps(row, default=str)}\n" for row in rows), "utf-8")

        for more in ((), ("--json",)):
            assert run("learn", str(path), "--outcome", "won", *more)[0] in (DONE, FOUND)
            assert (
                run("evaluate", str(path), "--scorecard", "card.toml", "--outcome", "won", *more)[0] == DONE
            )
            status, said = run("prioritize", str(path), "--scorecard", "card.toml", *more)
            assert status == DONE
            if hostile in PRINTED and not more:
                assert f"by {hostile} {hostile}" in said

    def test_names_of_files_and_arguments(self, run, tmp_path, hostile):
        name = hostile.replace("/", "")
        file = written(tmp_path / f"{name}.csv", ["email", "responded"], [["ana@example.com", "true"]])
        none = str(tmp_path / f"{name} none.csv")

        assert run("check", file)[0] == DONE
        assert run("classify", file, "-o", str(tmp_path / f"{name} out.csv"))[0] == DONE
        for call in (
            ("check", none),
            ("check", file, "--layout", name),
            ("check", file, "--layout", f"{name}.toml"),
            ("check", file, "--policy", none),
            ("check", file, "-o", str(tmp_path / name / "out.csv")),
            ("classify", none, "-o", "out.csv"),
            ("classify", file, "-o", name),
            ("prioritize", file, "--scorecard", none),
            ("learn", file, "--outcome", name),
            ("learn", file, "--outcome", "responded", "--leave-out", name),
            ("explain", name),
            ("check", file, f"--{name}"),
            ("check", file, "--duplicates", name),
            ("check", file, "--json", none),
            (name,),
        ):
            status, said = run(*call)
            assert (status, said[:10]) == (UNUSABLE, "leadqual: ")


def test_names_in_proofs_and_comparisons(run, tmp_path):
    """The proof of a policy with every such name, and its comparison with another."""
    rules = [evolve(STANDARD.routes[0], name="".join(HOSTILE)), *STANDARD.routes[1:]]
    paths = [tmp_path / f"{number}.toml" for number in range(2)]
    for path, routes in zip(paths, (rules, rules[:-1]), strict=True):
        path.write_text(to_toml(STANDARD.replace(name="".join(HOSTILE), version="2", routes=routes)), "utf-8")

    assert HOSTILE[0] in run("verify", str(paths[0]))[1]
    assert run("compare", *map(str, paths))[0] == FOUND
    for call in (("verify", str(paths[0])), ("compare", *map(str, paths))):
        assert json.loads(run(*call, "--json")[1])


class TestEncodings:
    """Status 1 means a finding and nothing else: what a terminal cannot hold is replaced."""

    def said(self, *arguments, encoding):
        command = [sys.executable, "-c", "import sys; from leadqual.cli import main; sys.exit(main())"]
        environment = os.environ | {"PYTHONIOENCODING": encoding}
        done = subprocess.run(
            [*command, *arguments], env=environment, check=False, capture_output=True, timeout=60
        )
        return done.returncode, done.stdout.decode(encoding), done.stderr

    @pytest.mark.parametrize(
        ("command", "encoding"), [("verify", "cp1252"), ("rules", "ascii"), ("glossary", "utf-16")]
    )
    def test_no_encoding_stops_a_command(self, command, encoding):
        status, out, err = self.said(command, encoding=encoding)

        assert (status, err) == (DONE, b"")
        assert len(out) > 1_000

    def test_json_is_whole_in_every_encoding(self):
        status, out, _ = self.said("rules", "--json", encoding="ascii")

        assert status == DONE
        assert from_json(out, Policy) == STANDARD


class TestWidths:
    @pytest.mark.parametrize("width", ["0", "1", "2", "19"])
    def test_help_and_tables_come_to_an_end_in_the_narrowest_terminal(self, monkeypatch, capsys, width):
        monkeypatch.setenv("COLUMNS", width)

        for call in (["--help"], ["check", "--help"], ["learn", "--help"], ["glossary"], ["rules"]):
            assert main(call) == DONE
            assert max(map(len, capsys.readouterr().out.splitlines())) > 2


class TestColours:
    """On a terminal lines are wrapped and coloured; elsewhere they are neither."""

    @pytest.fixture
    def said(self, monkeypatch, capsys, tmp_path):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("TERM", "xterm-256color")
        name = "a" * 100
        for file in ("leads.csv", f"{name}.csv"):
            (tmp_path / file).write_text("email,phone\nnobody,\nana@example.com,030 901820\n", "utf-8")

        def said(width, file="leads.csv", **environment):
            for key, value in {"COLUMNS": str(width), **environment}.items():
                monkeypatch.setenv(key, value)
            main(["check", file])
            for key in environment:
                monkeypatch.delenv(key)
            return capsys.readouterr().out

        return said

    def test_a_pipe_gets_whole_lines_without_colour(self, said):
        out = said(40)

        assert "\x1b" not in out
        assert "was named; its text is kept\n    leads.csv:3:2 (phone)\n" in out

    @pytest.mark.parametrize("width", [60, 80, 120])
    def test_lines_of_a_terminal_are_wrapped_and_hang_below_their_first(self, said, width):
        coloured = said(width, FORCE_COLOR="1")
        plain = re.sub(r"\x1b\[[0-9;]*m", "", coloured)

        assert max(map(len, plain.splitlines())) <= width
        assert "\x1b[1;31m1 × error email-invalid\x1b[0m" in coloured
        assert "\x1b[1;33m1 × warning region-missing\x1b[0m" in coloured
        wrapped = plain.partition("warning region-missing")[2].splitlines()[1]
        assert wrapped.startswith("  " if width < 120 else "    leads.csv:3:2")

    def test_a_place_that_is_longer_than_a_line_is_not_broken(self, said):
        assert f"{'a' * 100}.csv:2:1\x1b[0m (email): " in said(80, f"{'a' * 100}.csv", FORCE_COLOR="1")

    def test_no_color_is_obeyed(self, said):
        assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", said(80, FORCE_COLOR="1", NO_COLOR="1"))


def test_annotations_name_what_is_wrong_with_rows_and_files(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "leads.csv").write_text("email,responded\nnobody,yes\n", "utf-8")

    assert main(["check", "leads.csv", "none.csv", "--format", "github"]) == UNUSABLE
    out, err = capsys.readouterr()
    row, file = out.splitlines()
    assert row.startswith("::error file=leads.csv,line=2,col=1,title=email-invalid::email: ")
    assert file.startswith("::error file=none.csv,title=file-unreadable::")
    assert err.startswith("leadqual: none.csv: file-unreadable: ")
