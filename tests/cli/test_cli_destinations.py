"""Files to import into another system, on the command line."""

import json

import pytest

from leadqual.cli import DONE, FOUND, UNUSABLE, main

pytest.importorskip("cyclopts", reason="needs cyclopts")

LEADS = """Record ID,First Name,Last Name,Email,Lifecycle Stage,Unsubscribed from all email
1,Ana,Novak,ana@example.com,Lead,
2,Ben,Toth,ben@example.com,,yes
3,Ana,Novak,ANA@example.com,,
4,Cleo,,cleo@example.com,,
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    (tmp_path / "leads.csv").write_text(LEADS, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_two_files_are_written_and_the_summary_says_what_is_in_them(folder, capsys):
    status = main(["check", "leads.csv", "--for", "hubspot", "-o", "ready.csv"])
    told = capsys.readouterr().out

    assert status == FOUND
    assert "1  of them: do not contact" in told
    assert "For HubSpot: 3 ready, 1 held back, 0 rejected; 1 do not contact.\n" in told
    assert "import the one of opt-outs last, and again after every later import: import it as an" in " ".join(
        told.split()
    )
    assert "HubSpot calls this DUPLICATE_UNIQUE_PROPERTY_VALUE" in " ".join(told.split())
    assert [line.split(",")[0] for line in (folder / "ready.csv").read_text("utf-8").splitlines()] == [
        "Record ID",
        "1",
        "4",
    ]
    assert (folder / "ready.do-not-contact.csv").read_text("utf-8").splitlines() == [
        "Email",
        "ben@example.com",
    ]


def test_blank_cells_are_filled_and_an_unsure_demand_is_a_warning(folder, capsys):
    status = main([
        "check", "leads.csv", "--for", "salesforce", "--fill", "company=Private", "--output", "ready.csv",
        "--do-not-contact", "out.csv",
    ])  # fmt: skip
    told = capsys.readouterr().out

    assert status == FOUND
    assert "1 × error destination-missing" in told
    assert "1 × warning destination-repeated" in told
    assert "Private" in (folder / "ready.csv").read_text("utf-8")
    assert "Ben" not in (folder / "ready.csv").read_text("utf-8")
    assert "ben@example.com,true" in (folder / "out.csv").read_text("utf-8")
    assert not (folder / "ready.do-not-contact.csv").exists()


def test_json_has_the_counts_and_the_names_of_the_destination(capsys):
    main(["check", "leads.csv", "--for", "hubspot", "--json"])
    data = json.loads(capsys.readouterr().out)

    assert (data["destination"], data["ready"], data["held_back"], data["accepted"]) == ("hubspot", 3, 1, 4)
    (problem,) = [each for each in data["problems"] if each["code"] == "destination-repeated"]
    assert (problem["theirs"], problem["severity"], problem["record"]) == (
        "DUPLICATE_UNIQUE_PROPERTY_VALUE",
        "error",
        4,
    )

    main(["check", "leads.csv", "--json"])
    assert not {"destination", "ready", "held_back"} & json.loads(capsys.readouterr().out).keys()


def test_nothing_at_fault_exits_with_zero(folder, capsys):
    (folder / "leads.csv").write_text("email\nana@example.com\n", "utf-8")

    assert main(["check", "leads.csv", "--for", "mautic", "--names-only"]) == DONE
    assert "For Mautic: 1 ready, 0 held back, 0 rejected; 0 do not contact.\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--for", "hubspto"], "did you mean 'hubspot'"),
        (["--for", "zoho", "--fill", "Compny=x"], "did you mean 'Company'"),
        (["--for", "zoho", "--fill", "Company"], "write the column and its text, such as Company=None"),
        (["--for", "zoho", "--fill", "=x"], "write the column and its text, such as Company=None"),
        (["--fill", "Company=x"], "name the destination, too"),
        (["--for", "zoho", "--do-not-contact", "out.csv"], "give --for and --output, too"),
        (["--output", "ready.csv", "--do-not-contact", "out.csv"], "give --for and --output, too"),
        (["--for", "zoho", "-o", "-"], "name the other: --do-not-contact FILE"),
        (["--for", "zoho", "-o", "ready.jsonl"], "name it .csv"),
        (["--for", "zoho", "-o", "ready.csv", "--do-not-contact", "ready.csv"], "--output writes"),
    ],
)
def test_what_cannot_be_done_is_refused_with_advice(arguments, told, folder, capsys):
    assert main(["check", "leads.csv", *arguments]) == UNUSABLE
    assert told in " ".join(capsys.readouterr().err.split())
    assert {path.name for path in folder.iterdir()} == {"leads.csv"}


def test_a_system_without_a_note_has_no_advice(folder, capsys):
    text = '[layout]\n[fields]\nemail = "email"\n[import.columns]\nemail = { field = "email" }\n'
    (folder / "ours.toml").write_text(text, "utf-8")
    main(["check", "leads.csv", "--for", "ours.toml", "--duplicates", "merge"])
    told = capsys.readouterr().out

    assert "For ours: 3 ready, 1 held back, 0 rejected; 1 do not contact.\n" in told
    assert "--output, import" not in told


def test_a_pipe_gets_the_first_file(folder, capfd):
    main(["check", "leads.csv", "--for", "hubspot", "-o", "-", "--do-not-contact", "out.csv"])

    assert capfd.readouterr().out.startswith("Record ID,")
    assert (folder / "out.csv").read_text("utf-8").splitlines() == ["Email", "ben@example.com"]
