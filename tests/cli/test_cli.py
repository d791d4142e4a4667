"""The command line: small, friendly, and never a traceback."""

import io
import json
import re
import sys

import pytest

from leadqual import STANDARD, Classification, Evidence, Fact, Policy, classify, from_json
from leadqual.cli import DONE, FOUND, UNUSABLE, main
from leadqual.policy.policy_file import from_toml, to_toml


@pytest.fixture
def run(capsys, monkeypatch):
    """Run a command; return its exit status, output and errors."""
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments):
        status = main(arguments)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def numbers(out):
    """Return the numbers of the summary, each by what it counts."""
    found = re.findall(r"^ +([\d,]+)  ((?:of them: )?\w+(?: \w+)*)", out, re.MULTILINE)
    return {label: int(number.replace(",", "")) for number, label in found}


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
            "leadqual: unknown fact 'responed'; did you mean 'responded'?\n",
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


class TestCheck:
    """Every line is accounted for, every fault named with its line, column and reason."""

    @pytest.fixture
    def sample(self, tmp_path):
        path = tmp_path / "leads.csv"
        path.write_text(
            "name,email,Saw Business,responded,opted out\n"
            "Ana,ana@example.com,yes,yes,\n"
            "Ben,ben@example,yes,maybe,\n"
            "\n"
            "Cleo,,yes,,yes\n",
            "utf-8",
        )
        return path

    def test_the_summary(self, run, sample):
        status, out, err = run("check", str(sample))

        assert (status, err) == (FOUND, "")
        assert out.startswith(f"{sample}: layout plain; 5 of 5 columns read")
        assert numbers(out) == {
            "rows read": 3,
            "accepted": 2,
            "of them: do not contact": 1,
            "rejected": 1,
            "blank": 1,
        }
        assert "1 × error email-invalid: the e-mail address is not valid\n" in out
        assert f"\n    {sample}:3:2 (email): " in out
        assert f"\n    {sample}:3:4 (responded): the word is neither; write yes or no" in out
        assert "ben@example" not in out
        assert "--duplicates merge     applies an opt-out to every row of a person" in out
        _, merged, _ = run("check", str(sample), "--duplicates", "merge")
        assert numbers(merged)["of them: do not contact"] == 1
        assert "applies an opt-out" not in merged

    def test_the_report_is_written_as_a_page(self, run, sample, tmp_path):
        page = tmp_path / "report.html"
        status, out, _ = run("check", str(sample), "--html", str(page))
        text = page.read_text("utf-8")

        assert status == FOUND
        assert f'"title": "{sample}"' in text
        held = json.loads(re.search('id="data">(.*)</script>', text)[1])
        assert held["rows"]["rejected"] == numbers(out)["rejected"] == 1
        assert "ana@example.com" not in text
        assert "email-invalid" in text

    def test_nothing_is_printed_twice(self, run, sample):
        _, out, _ = run("check", str(sample))

        lines = [line.strip() for line in out.splitlines() if line.strip()]
        assert len(lines) == len(set(lines))
        assert out.count("the e-mail address is not valid") == out.count("correct the address") == 1
        assert out.splitlines()[-5].startswith("2 errors found; 1 of 3 rows rejected.")

    def test_json_holds_the_same(self, run, sample):
        status, out, _ = run("check", str(sample), "--json")

        report = json.loads(out)
        assert status == FOUND
        assert (report["rows"], report["accepted"], report["rejected"], report["blank"]) == (3, 2, 1, 1)
        assert report["contacts"] == [
            {"stage": "name", "qualification": "generic", "contacts": 1},
            {"stage": "lead", "qualification": "generic", "contacts": 1},
        ]
        assert report["standings"]["do_not_contact"] == 1
        assert [(problem["line"], problem["column"], problem["code"]) for problem in report["problems"]] == [
            (3, 2, "email-invalid"),
            (3, 4, "word-unreadable"),
        ]

    def test_a_file_without_faults_is_done(self, run, sample):
        sample.write_text("email,responded\nana@example.com,yes\n", "utf-8")

        status, out, _ = run("check", str(sample), "--layout", "plain")

        assert status == DONE
        assert numbers(out) == {"rows read": 1, "accepted": 1, "rejected": 0, "blank": 0}
        assert "\nNo problems found.\nNext\n  --output contacts.csv  writes the contacts\n" in out

    @pytest.mark.parametrize(
        ("make", "reason"),
        [
            (lambda path: path.unlink(), "file-unreadable"),
            (lambda path: path.write_bytes(b""), "file-empty"),
            (lambda path: (path.unlink(), path.mkdir()), "file-unreadable"),
            (lambda path: path.write_bytes(b"\x00\x01PNG"), "file-not-text"),
            (lambda path: path.write_text("a,b\n1,2\n"), "layout-unknown"),
        ],
    )
    def test_a_file_that_cannot_be_used_gets_one_clear_line(self, run, sample, make, reason):
        make(sample)

        status, out, err = run("check", str(sample))

        assert (status, out) == (UNUSABLE, "")
        assert err.startswith(f"leadqual: {sample}: {reason}: ")
        assert err.count("\n") == 1

    def test_a_layout_file_that_cannot_be_used_is_not_taken_for_the_file(self, run, sample, tmp_path):
        _, _, err = run("check", str(sample), "--layout", str(tmp_path / "none.toml"))

        assert err.startswith("leadqual: layout-invalid: the layout cannot be used: ")

    def test_a_real_export_through_a_layout_of_ones_own(self, run, shared, root):
        """All 9,240 rows read, none lost, opted-out rows with standing DO_NOT_CONTACT."""
        status, out, _ = run(
            "check",
            str(shared / "data" / "x-education" / "Leads.csv"),
            "--layout",
            str(root / "examples" / "layouts" / "x-education.toml"),
            "--json",
        )

        report = json.loads(out)
        assert status == DONE
        assert (report["rows"], report["accepted"], report["rejected"]) == (9_240, 9_240, 0)
        assert report["standings"]["do_not_contact"] == 739
        assert sum(cell["contacts"] for cell in report["contacts"]) == 9_240


class TestCalls:
    """Exit status 0, 1 where something was found, 2 where the call cannot be used."""

    def test_an_unknown_command_gets_one_line(self, run):
        status, out, err = run("explian")

        assert (status, out) == (UNUSABLE, "")
        assert err == "leadqual: unknown command explian; did you mean explain?\n"
        assert run("xyz")[2] == "leadqual: unknown command xyz; see leadqual --help\n"

    def test_an_unknown_option_is_told_with_the_nearest_one(self, run):
        status, out, err = run("check", "--regoin", "DE", "f.csv")

        assert (status, out) == (UNUSABLE, "")
        assert err == "leadqual: unknown option --regoin; did you mean --region?\n"

    @pytest.mark.parametrize(
        ("call", "told"),
        [
            ("rules a b", "too many arguments: a b; see leadqual rules --help"),
            ("check", "FILES: none is named; name one, such as: leadqual check leads.csv"),
            ("check f -q", "unknown option -q; see leadqual check --help"),
            ("check f --region", "--region needs a value; see leadqual check --help"),
            ("check f --duplicates x", "--duplicates: 'x' is not one of ignore, report, merge"),
            ("check f --json=3", "--json takes no value"),
            ("check f --sheet 1 --sheet 2", "--sheet is given twice; leave one out"),
            (
                "check f g --json",
                "--json, --output, --rejects and --html: are for one file; check the files one by one",
            ),
            ("compare a", "SECOND needs a value; see leadqual compare --help"),
            ("learn f", "--outcome needs a value; see leadqual learn --help"),
            ("learn f --outcome a --days-to-convert b", "--days-to-convert: 'b' is not a whole number"),
            ("prioritize f --scorecard c --as-of b", "--as-of: 'b' is not a day such as 2026-04-03"),
            ("compare --first a b", "Cannot specify token"),
        ],
    )
    def test_an_error_is_told_in_the_words_of_the_call(self, run, call, told):
        status, out, err = run(*call.split())

        assert (status, out) == (UNUSABLE, "")
        assert err.startswith(f"leadqual: {told}")
        assert err.count("\n") == 1

    def test_help_and_version(self, run):
        assert run("--help")[0] == DONE
        assert run("--version")[:2] == (DONE, "0.1.0\n")
        assert "Exit status: 0 if nothing is wrong, 1 if something is" in run("--help")[1]

    def test_without_the_extra_it_says_what_to_install(self, run, monkeypatch):
        monkeypatch.setitem(sys.modules, "leadqual.cli.application", None)

        status, _, err = run("glossary")

        assert status == UNUSABLE
        assert "pip install 'leadqual[cli]'" in err

    def test_a_reader_that_goes_away_is_no_error(self, monkeypatch):
        import leadqual.cli.application

        def gone(arguments):
            raise BrokenPipeError

        monkeypatch.setattr(leadqual.cli.application, "run", gone)
        monkeypatch.setattr(sys, "stdout", sys.stdout)

        assert main(["glossary"]) == DONE


class TestCheckInFull:
    """What came in, what is fine, what is not and why, and what to do first."""

    @pytest.fixture
    def sample(self, tmp_path):
        path = tmp_path / "leads.csv"
        path.write_text(
            "name,email,responded,phone\n"
            "Ana,ana@example.com,yes,030 901820\n"
            "Ben,ben@example,yes,\n"
            "Ben,ben@example,yes,\n"
            "Ana,ana@example.com,maybe,\n"
            "Anna,Ana@example.com,,\n",
            "utf-8",
        )
        return path

    def test_the_most_frequent_fault_comes_first_and_is_what_to_do_first(self, run, sample):
        status, out, _ = run("check", str(sample))

        assert status == FOUND
        assert out.index("2 × error email-invalid") < out.index("1 × error word-unreadable")
        assert out.index("1 × error word-unreadable") < out.index("1 × warning region-missing")
        assert out.index("To do: correct the address") < out.index("1 × error word-unreadable")

    def test_rejects_and_contacts_are_written_beside_the_stream(self, run, sample, tmp_path):
        rejects, contacts = tmp_path / "rejects.csv", tmp_path / "contacts.jsonl"
        run("check", str(sample), "--rejects", str(rejects), "--output", str(contacts), "--region", "DE")

        assert run("check", str(rejects))[0] == FOUND
        assert json.loads(run("check", str(contacts), "--json")[1])["accepted"] == 2
        assert '"phone": "+4930901820"' in contacts.read_text("utf-8")

    def test_duplicates_are_merged(self, run, sample, tmp_path):
        contacts = tmp_path / "contacts.csv"
        _, out, _ = run("check", str(sample), "--duplicates", "merge", "--output", str(contacts))

        assert numbers(out)["of them: merged with an earlier one"] == 1
        assert len(contacts.read_text("utf-8").splitlines()) == 2

    def test_findings_can_be_told_without_an_exit_status(self, run, sample, tmp_path):
        assert run("check", str(sample), "--exit-zero") == (DONE, *run("check", str(sample))[1:])
        assert run("check", str(tmp_path / "none.csv"), "--exit-zero")[0] == UNUSABLE
        assert run("check", str(sample), "--exit-zero", "--region", "XX")[0] == UNUSABLE

    def test_where_nothing_is_rejected_no_file_of_rejected_rows_is_advised(self, run, tmp_path):
        path = tmp_path / "leads.csv"
        path.write_text("name,claimed stage,email\n" + "Ana,rep,\n" * 30, "utf-8")
        _, out, _ = run("check", str(path))

        assert "--rejects" not in out
        assert "  --format json          lists every place" in out

    def test_values_are_shown_only_to_whoever_asks(self, run, sample):
        assert "ben@example" not in run("check", str(sample))[1]
        _, out, _ = run("check", str(sample), "--show-values")
        assert "email-invalid" in out
        assert "| 'ben@example'" in out
        assert "| '030 901820'" in out
        values = json.loads(run("check", str(sample), "--show-values", "--json")[1])["problems"]
        assert values[1]["value"] == "ben@example"

    def test_standard_input_is_read(self, run, monkeypatch):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"email\nana@example.com\n")))

        assert numbers(run("check", "-")[1])["accepted"] == 1

    def test_of_each_code_the_first_places_are_shown(self, run, tmp_path):
        path = tmp_path / "leads.csv"
        path.write_text("email,x,x\n" + "nobody,,\n" * 30, "utf-8")
        _, out, _ = run("check", str(path))

        assert "30 × error email-invalid" in out
        assert [line.split()[0] for line in out.splitlines() if "(email)" in line] == [
            f"{path}:{line}:1" for line in (2, 3, 4)
        ]
        assert out.count("An email address must have an @-sign") == 1
        assert (
            f"1 × warning header-duplicated: two columns have the same name; both are kept\n    {path}:1:3"
            in out
        )
        assert "30 errors and 1 warning found; 30 of 30 rows rejected." in out

    def test_at_the_end_it_says_what_to_do_next(self, run, sample, tmp_path):
        _, out, _ = run("check", str(sample))
        assert out.endswith(
            "Next\n  --rejects rejects.csv  writes the rejected rows, to be corrected\n"
            "  --output contacts.csv  writes the contacts                      \n"
        )
        given = ["--output", str(tmp_path / "out.csv"), "--rejects", str(tmp_path / "rejects.csv")]
        assert "Next" not in run("check", str(sample), *given)[1]

    def test_what_rejects_a_row_is_shown_before_what_warns(self, run, tmp_path):
        path = tmp_path / "leads.csv"
        path.write_text("name,claimed stage,email\n" + "Ana,rep,\n" * 30 + "Ben,,nobody\n", "utf-8")
        _, out, _ = run("check", str(path))

        assert out.index("1 × error email-invalid") < out.index("30 × warning claim-unproved")
        assert f"    {path}:32:3 (email)" in out

    def test_several_files_are_checked_one_after_the_other(self, run, sample, tmp_path):
        clear = tmp_path / "clear.csv"
        clear.write_text("email,responded\nana@example.com,yes\n", "utf-8")
        status, out, err = run("check", str(sample), str(tmp_path / "none.csv"), str(clear))

        assert status == UNUSABLE
        assert err.startswith(f"leadqual: {tmp_path / 'none.csv'}: file-unreadable: ")
        assert out.index(f"{sample}: layout plain") < out.index(f"\n\n{clear}: layout plain")
        assert run("check", str(clear), str(sample))[0] == run("check", str(sample), str(clear))[0] == FOUND

    def test_a_file_is_not_read_and_written_at_once(self, run, sample):
        status, _, err = run("check", str(sample), "--output", str(sample))

        assert status == UNUSABLE
        assert err == "leadqual: --output: is a file that this command reads; name another one\n"
        _, _, err = run("check", str(sample), "--output", "x.csv", "--rejects", "./x.csv")
        assert err == "leadqual: --rejects: is the file that --output writes; name another one\n"

    def test_a_long_file_shows_its_progress_to_a_person(self, run, sample, monkeypatch):
        from rich.console import Console

        from leadqual.cli import checking

        monkeypatch.setattr(checking, "LONG_FILE", 10)
        monkeypatch.setattr(checking, "console", lambda **_: Console(stderr=True, force_terminal=True))
        _, out, err = run("check", str(sample))

        assert "reading" in err
        assert numbers(out)["rows read"] == 5


class TestLayoutCommand:
    """What was recognised, or a first layout for an unknown file to edit."""

    def test_what_becomes_of_each_column(self, run, tmp_path):
        path = tmp_path / "leads.csv"
        path.write_text("FirstName,LastName,Email,LeadSource,Shoe Size\n", "utf-8")
        status, out, _ = run("layout", str(path))

        assert status == DONE
        assert "salesforce: 80% of the columns are known; next best plain, 80%" in out
        assert "kept; not known to the layout" in out
        assert json.loads(run("layout", str(path), "--json")[1])["unmapped"] == ["Shoe Size"]
        path.write_text("email\n", "utf-8")
        assert "plain: 100% of the columns are known\n" in run("layout", str(path))[1]

    def test_a_first_layout_for_an_unknown_file(self, run, tmp_path):
        path, own = tmp_path / "leads.csv", tmp_path / "own.toml"
        path.write_text("Vorname,Nachname,Ort\nAna,Lopez,Lima\n", "utf-8")
        status, out, _ = run("layout", str(path))
        own.write_text(out, "utf-8")

        assert status == FOUND
        assert run("check", str(path), "--layout", str(own))[0] == DONE

    def test_a_check_of_an_unknown_file_names_the_commands_to_run_next(self, run, tmp_path):
        path = tmp_path / "leads.csv"
        path.write_text("Vorname,Nachname,Ort\nAna,Lopez,Lima\n", "utf-8")
        status, _, err = run("check", str(path))

        assert status == UNUSABLE
        assert "leadqual check FILE --layout suggested" in err
        assert "leadqual layout FILE --draft" in err
        assert run("check", str(path), "--layout", "suggested")[0] == DONE
        assert run("layout", str(path), "--draft")[0] == DONE

    def test_a_first_layout_for_a_known_file_where_it_is_asked_for(self, run, tmp_path):
        path, own = tmp_path / "leads.csv", tmp_path / "own.toml"
        path.write_text("email,responded,Shoe Size\nana@example.com,yes,38\n", "utf-8")
        status, out, _ = run("layout", str(path), "--draft")
        own.write_text(out, "utf-8")

        assert status == DONE
        assert 'columns = ["Shoe Size"]' in out
        assert run("check", str(path), "--layout", str(own))[0] == DONE

    def test_a_suggested_layout_is_printed_with_every_column_that_is_read(self, run, tmp_path):
        path = tmp_path / "leads.csv"
        path.write_text("E-Mail;Eingeschrieben\nana@example.com;ja\nben@example.com;nein\n", "utf-8")
        told = 'signed_up = [{ column = "Eingeschrieben", yes = ["ja"], no = ["nein"], denies = true }]'
        status, out, _ = run("check", str(path), "--layout", "suggested")

        assert status == DONE
        assert told in out
        assert told in json.loads(run("check", str(path), "--layout", "suggested", "--json")[1])["suggested"]
        assert told in run("layout", str(path), "--draft")[1]
        assert "suggested" not in json.loads(run("check", str(path), "--json")[1])

    def test_names_that_may_be_those_of_a_person_are_never_drafted(self, run, tmp_path):
        path = tmp_path / "leads.csv"
        path.write_text("Ana,Lopez,Lima\nBen,Miller,Leeds\n", "utf-8")
        for command in (
            ("layout", str(path)),
            ("layout", str(path), "--draft"),
            ("check", str(path), "--layout", "suggested"),
        ):
            status, out, err = run(*command)

            assert status == UNUSABLE
            assert "Lopez" not in out + err
            assert "no layout can be suggested" in err

    def test_a_file_that_cannot_be_used_gets_one_clear_line(self, run, tmp_path):
        assert run("layout", str(tmp_path / "none.csv"))[0] == UNUSABLE
