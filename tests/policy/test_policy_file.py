"""A policy as a TOML document."""

import pytest

from leadqual import STANDARD, Fact, Rule
from leadqual.documents import DocumentRefused, Table
from leadqual.errors import WrongType
from leadqual.policy.policy_file import from_toml, read_policy, to_toml

TEXT = to_toml(STANDARD)


def faults_of(text):
    with pytest.raises(DocumentRefused) as caught:
        from_toml(text, "acme.toml")
    return str(caught.value).splitlines()


def test_standard_reads_back_equal_with_every_value_visible():
    assert from_toml(TEXT) == STANDARD
    for fact in Fact:
        assert f"\n{fact} = " in TEXT


def test_a_company_may_give_its_own_reason_in_any_letters():
    rule = Rule("offer", (Fact.INTERESTED_IN_OFFER,), (Fact.NEVER_JOINING,), 'said "no"\nonce\x7f – ünlikely')
    policy = STANDARD.replace(name="acme", version="2", routes=(rule,))

    assert from_toml(to_toml(policy)) == policy


def test_a_file_is_read(tmp_path):
    path = tmp_path / "acme.toml"
    path.write_text(TEXT, "utf-8")

    assert read_policy(path) == STANDARD


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: None, "cannot be read: No such file or directory"),
        (lambda path: path.mkdir(), "cannot be read: Is a directory"),
        (lambda path: path.write_bytes(b"\xff\xfe"), "cannot be read: it is not UTF-8 text"),
        (lambda path: path.write_text("x"), "is not valid TOML"),
    ],
)
def test_what_is_no_document_gets_one_line(tmp_path, make, reason):
    path = tmp_path / "acme.toml"
    make(path)

    with pytest.raises(DocumentRefused, match=reason) as caught:
        read_policy(path)
    assert len(caught.value.faults) == 1


class TestFaults:
    """File, place and remedy in one line each, all of them at once."""

    def test_all_at_once(self):
        text = (
            TEXT.replace('"purchased"]', '"purchsed"]', 1)
            .replace("base = 15", "base = 1.5")
            .replace("lapsed = -2\n", "")
            .replace("[expects]", "[expects]\nreachible = []")
            .replace('first = "saw_business"', "first = 1")
            .replace('impossible = ["prospect/generic"', 'impossible = ["prospect/genric"')
            .replace('"leader", "active"]', '"leader", "actve"]')
        )

        assert faults_of(text) == [
            "acme.toml: stages.customer[1].all: unknown fact 'purchsed'; did you mean 'purchased'?",
            "acme.toml: score.base: must be a whole number",
            "acme.toml: score.points.lapsed: is missing; give a whole number",
            "acme.toml: replay.then[1].first: must be a text",
            "acme.toml: expects.impossible: unknown cell 'prospect/genric'; did you mean 'prospect/generic' or 'rep/generic'?",
            "acme.toml: expects.reachable: unknown goal 'actve'; did you mean 'active'?",
            "acme.toml: expects.reachible: is not known here; did you mean reachable?",
        ]

    def test_a_missing_table_is_one_fault(self):
        assert faults_of("format = 2") == [
            "acme.toml: format: is not known; this version reads format 1",
            "acme.toml: stages: is missing; give a table",
            "acme.toml: standing: is missing; give a table",
            "acme.toml: score: is missing; give a table",
            "acme.toml: replay: is missing; give a table",
            "acme.toml: expects: is missing; give a table",
            "acme.toml: name: is missing; give a text",
            "acme.toml: version: is missing; give a text",
            "acme.toml: routes: is missing; give a list",
        ]

    def test_what_a_policy_cannot_mean_keeps_its_place(self):
        assert faults_of(TEXT.replace('all = ["responded"]', 'all = ["wants_in"]')) == [
            "acme.toml: stages.lead: wants_in is not a milestone and may change again; name one that is done for good"
        ]

    def test_unknown_stage_standing_and_kind(self):
        text = (
            TEXT.replace("[[stages.lead]]", "[[stages.lad]]")
            .replace("lapsed = [", "lpsed = [")
            .replace('"-wants_in"', '"-wants"')
        )

        assert [fault.split(": ")[1] for fault in faults_of(text)] == [
            "stages.lad",
            "standing.lpsed",
            "replay.rank",
        ]

    def test_tables_are_tables(self):
        faults = faults_of('routes = [1]\n[stages]\nlead = "x"')

        assert "acme.toml: routes: must be tables, each under its own [[routes]]" in faults
        assert "acme.toml: stages.lead: must be a list" in faults

    def test_a_byte_order_mark_is_no_part_of_the_text(self, tmp_path):
        path = tmp_path / "acme.toml"
        path.write_text(TEXT, "utf-8-sig")

        assert read_policy(path) == from_toml("\ufeff" + TEXT) == STANDARD

    @pytest.mark.parametrize("text", ["a = " + "[" * 5000, "a = " + "9" * 5000], ids=["nested", "digits"])
    def test_what_no_reader_can_hold_is_one_fault(self, text):
        assert faults_of(text) == [
            "acme.toml: cannot be read: it nests too deeply, or a number has thousands of digits"
        ]

    @pytest.mark.parametrize("call", [read_policy, from_toml, to_toml])
    @pytest.mark.parametrize("value", [None, 3, b"x"])
    def test_what_is_no_path_no_text_and_no_policy_is_refused(self, call, value):
        with pytest.raises(WrongType, match="must be"):
            call(value)

    def test_what_cannot_be_a_path_is_refused(self):
        with pytest.raises(DocumentRefused, match="cannot be read: it is not a path"):
            read_policy("a\0b")

    def test_texts_are_texts(self):
        table = Table.parse("facts = [1]", "doc")

        assert table.texts("facts") == ()
        with pytest.raises(DocumentRefused, match="doc: facts: must be a list of texts"):
            table.finish()
