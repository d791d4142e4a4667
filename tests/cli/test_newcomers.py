"""What a newcomer tripped over, each with its message."""

import pytest

from leadqual import STANDARD, Funnel, History, Stage, check, compare, verify
from leadqual.cli import main
from leadqual.contacts.contact import Contact
from leadqual.contacts.record import RecordUnreadable
from leadqual.errors import WrongType


@pytest.mark.parametrize(
    "header", ["Opted out of all email", "Email Opt Out", "Unsubscribed?", "Do Not Mail", "optout"]
)
def test_a_column_that_looks_like_an_opt_out_is_never_overlooked(header):
    report = check(f"name,email,responded,{header}\nAna,ana@example.com,yes,TRUE\n".encode(), layout="plain")

    assert (header, "opted_out") in report.recognition.mapped
    assert str(report.accepted[0].verdict.standing) == "do_not_contact"


def test_a_column_that_is_read_or_says_something_else_is_not_warned_of():
    report = check(b"name,email,opted out,options\nAna,ana@example.com,no,x\n")

    assert report.problems == ()


def test_what_check_writes_is_what_classify_reads(tmp_path, capsys):
    source, ready, done = tmp_path / "in.csv", tmp_path / "ready.csv", tmp_path / "done.csv"
    source.write_text("email,responded,purchased\nana@example.com,yes,no\nben@example.com,,yes\n", "utf-8")

    assert main(["check", str(source), "-o", str(ready)]) == 0
    assert main(["classify", str(ready), "-o", str(done)]) == 0
    assert "customer" in done.read_text("utf-8")
    capsys.readouterr()


def test_wrong_types_are_told_what_is_right():
    with pytest.raises(WrongType, match="policy must be a Policy, not str; read a file with read_policy"):
        verify("acme.toml")
    with pytest.raises(WrongType, match="second must be a Policy, not Funnel; funnels are compared by"):
        compare(STANDARD, Funnel.from_counts({Stage.NAME: 1}))
    with pytest.raises(
        WrongType, match="each event must be an Event, not list; History.of takes them one by one"
    ):
        History.of([])
    with pytest.raises(RecordUnreadable, match="it is of the type int; write yes, no or a date"):
        Contact.from_record({"responded": 7})


def test_levels_of_a_funnel_may_be_words():
    funnel = Funnel.from_counts({"name": 100, "lead": 50})

    assert funnel.rate("name", "lead") == funnel.rate(Stage.NAME, Stage.LEAD)


def test_a_policy_shows_its_name():
    assert repr(STANDARD) == "<Policy standard 1>"
