"""Duplicates are ignored, reported, or merged, on id or e-mail where neither conflicts."""

import csv
import io
from datetime import UTC, datetime

import pytest

from leadqual import Contact, Event, Fact, History, Standing, to_json
from leadqual.errors import WrongValue
from leadqual.intake import Code, ContactsWriter, Limits, check, iter_check
from leadqual.intake.duplicates import digest
from leadqual.intake.headers import escape
from leadqual.intake.report import _merged
from leadqual.intake.rows import Accepted
from leadqual.policy.standard import STANDARD
from leadqual.taxonomy.vocabulary import UnknownWord

HEADER = "id,name,email,phone,saw business,opted out\n"


def read(*lines, duplicates="report"):
    return check((HEADER + "".join(f"{line}\n" for line in lines)).encode(), duplicates=duplicates)


def told(report):
    return [(problem.record, problem.header, problem.message) for problem in report.problems]


class TestReported:
    """Each is reported with the record that it repeats."""

    def test_the_same_id(self):
        assert told(read("1,Ana,,,,", "1,Anna,ana@example.com,,,")) == [
            (3, "id", "the row has the id of row 2")
        ]

    def test_the_same_address_in_any_case(self):
        report = read(",Ana,Ana@example.com,,,", ",Anna,ana@example.com,,,", ",Ann,ana@example.com,,,")

        assert told(report) == [
            (3, "email", "the row has the e-mail address of row 2"),
            (4, "email", "the row has the e-mail address of row 2"),
        ]

    def test_a_contradiction_is_told_and_never_merged(self):
        report = read(
            "1,Ana,ana@example.com,,,",
            "1,Ben,ben@example.com,,,",
            "2,Cleo,ana@example.com,,,",
            duplicates="merge",
        )

        assert told(report) == [
            (3, "id", "the row has the id of row 2, but another e-mail address"),
            (4, "email", "the row has the e-mail address of row 2, but another id"),
        ]
        assert len(report.contacts) == 3

    def test_couples_share_a_telephone(self):
        report = read(",Ana,,+4930901820,,", ",Ben,,+4930901820,,", duplicates="merge")

        assert told(report) == [
            (3, "phone", "the row has the telephone number of row 2; two people may share it")
        ]
        assert len(report.contacts) == 2

    def test_one_person_is_told_once(self):
        assert (
            len(told(read("1,Ana,ana@example.com,+4930901820,,", "1,Ana,ana@example.com,+4930901820,,"))) == 1
        )

    def test_nothing_is_told_where_they_are_ignored(self):
        assert told(read("1,Ana,,,,", "1,Ana,,,,", duplicates="ignore")) == []

    def test_rejected_rows_repeat_nothing(self):
        assert [problem.code for problem in read("1,Ana,ana@example,,,", "1,Ana,,,,").problems] == [
            Code.EMAIL_INVALID
        ]


class TestMerged:
    """Stages are never merged, histories are; do-not-contact is never lost."""

    def test_the_first_row_holds_the_person(self):
        report = read("1,Ana,,,yes,", "2,Ben,,,,", "1,,ana@example.com,,,yes", duplicates="merge")

        first, second, repeated = report.accepted
        assert first.contact.email == "ana@example.com"
        assert Fact.SAW_BUSINESS in first.contact.evidence
        assert first.verdict.standing is Standing.DO_NOT_CONTACT
        assert (first.repeats, second.repeats, repeated.repeats) == (None, None, 2)
        assert report.counts.merged == 1
        assert sum(report.counts.stages.values()) == len(report.contacts) == 2
        assert report.counts.balanced

    def test_two_that_a_third_joins_are_one(self):
        report = read(
            "1,Ana,,,,",
            ",Anna,ana@example.com,,,",
            "1,An,ana@example.com,,,",
            ",A,ana@example.com,,,",
            duplicates="merge",
        )

        assert [row.repeats for row in report.accepted] == [None, 2, 2, 2]

    def test_a_later_record_may_join_by_what_an_earlier_one_brought(self):
        report = read("1,Ana,,,,", "1,,ana@example.com,,,", "1,,ben@example.com,,,", duplicates="merge")

        assert [row.repeats for row in report.accepted] == [None, 2, None]

    def test_no_memory_of_the_whole_file_no_merging(self):
        with pytest.raises(WrongValue, match="cannot be merged row by row; use check"):
            iter_check(b"email\n", duplicates="merge")
        with pytest.raises(UnknownWord, match="unknown way to treat duplicates 'drop'"):
            check(b"email\n", duplicates="drop")

    def test_records_whose_histories_contradict_each_other_stay_apart(self):
        def accepted(record, day):
            event = Event(Fact.RESPONDED, datetime(2026, 5, day, tzinfo=UTC), id="crm:1")
            contact = Contact(id="1", history=History.of(event))
            return Accepted(record, (record, record), contact, None)

        rows = _merged([accepted(2, 1), accepted(3, 2)], {3: (2,)}, STANDARD)

        assert [row.repeats for row in rows] == [None, None]


class TestOptedOutElsewhere:
    """An opt-out holds for every row of its person, whatever becomes of the row that says it."""

    @staticmethod
    def standings(report):
        return {row.record: str(row.verdict.standing) for row in report.accepted if row.repeats is None}

    @staticmethod
    def elsewhere(report):
        return [
            (problem.record, problem.message)
            for problem in report.problems
            if problem.code is Code.OPTED_OUT_ELSEWHERE
        ]

    @pytest.mark.parametrize("duplicates", ["ignore", "report", "merge"])
    def test_rows_with_one_address_and_two_ids(self, duplicates):
        report = read("1,Ana,ana@example.com,,,", "2,Ana,ANA@example.com,,,yes", duplicates=duplicates)

        assert self.standings(report) == {2: "do_not_contact", 3: "do_not_contact"}
        told = "row 3 with the same id or e-mail address asked not to be contacted"
        assert self.elsewhere(report) == [(2, told)]
        assert report.counts.problems[Code.OPTED_OUT_ELSEWHERE] == 1
        assert report.counts.standings == {Standing.DO_NOT_CONTACT: 2}
        assert report.counts.balanced

    @pytest.mark.parametrize("duplicates", ["ignore", "report", "merge"])
    @pytest.mark.parametrize("word", ["yes", "who knows"])
    def test_a_row_that_is_rejected_for_another_cell(self, duplicates, word):
        report = read(
            "1,Ana,ana@example.com,,,no", f"1,Ana,ana@example,,perhaps,{word}", duplicates=duplicates
        )

        assert [row.record for row in report.rejected] == [3]
        assert self.standings(report) == {2: "do_not_contact"}
        assert [record for record, _ in self.elsewhere(report)] == [2]

    def test_it_goes_on_from_row_to_row(self):
        report = read(
            "1,A,,,,yes", "1,A,ana@example.com,,,", ",A,ana@example.com,,,", "4,Ben,ben@example.com,,,"
        )

        assert self.standings(report) == {
            2: "do_not_contact",
            3: "do_not_contact",
            4: "do_not_contact",
            5: "active",
        }

    def test_merged_rows_pass_it_on_by_each_of_their_addresses(self):
        report = read("1,A,ana@example.com,,,", "1,A,,,,yes", "2,A,ana@example.com,,,", duplicates="merge")

        assert self.standings(report) == {2: "do_not_contact", 4: "do_not_contact"}
        assert self.elsewhere(report) == [
            (4, "row 2 with the same id or e-mail address asked not to be contacted")
        ]

    def test_couples_share_a_telephone_and_not_an_opt_out(self):
        report = read(",Ana,,+4930901820,,yes", ",Ben,,+4930901820,,")

        assert self.standings(report) == {2: "do_not_contact", 3: "active"}

    def test_a_row_whose_cells_could_not_be_told_apart_says_nothing_by_their_places(self):
        report = read("1,Ana,ana@example.com,,,", "1,Ana,yes")

        assert self.standings(report) == {2: "active"}
        assert report.rejected[0].contact is None

    @pytest.mark.parametrize(
        "broken",
        [
            "1,Ana,ana@example.com,unsubscribed",
            '1,"Ana,Ana@example.com,,,unsubscribed',
            '1,Ana,<ana@example.com>,"x,,dnc',
            "1,A,ana@example.com,,,,keine Werbung",
        ],
    )
    @pytest.mark.parametrize("duplicates", ["report", "merge"])
    def test_a_strong_word_in_a_row_of_broken_shape_is_about_the_address_in_it(self, broken, duplicates):
        report = read("1,Ana,ana@example.com,,,", "2,Ben,ben@example.com,,,", broken, duplicates=duplicates)

        assert self.standings(report) == {2: "do_not_contact", 3: "active"}
        assert Code.CONSENT_UNREAD in {problem.code for problem in report.rejected[0].problems}

    @pytest.mark.parametrize(
        ("broken", "warned"),
        [
            ("1,Ana,ana@example.com,please do not call", {2}),
            ("1,Ana,ana@example.com,ben@example.com,,,unsubscribed", {2, 3}),
            ("1,Ana,unsubscribed", set()),
            ("1,Ana,ana@example.com,nice", set()),
        ],
    )
    def test_where_it_is_not_certain_the_others_are_warned(self, broken, warned):
        report = read("1,Ana,ana@example.com,,,", "2,Ben,ben@example.com,,,", broken)
        told = [each.record for each in report.problems if each.code is Code.CONSENT_UNREAD_ELSEWHERE]

        assert self.standings(report) == {2: "active", 3: "active"}
        assert set(told) == warned
        assert (Code.CONSENT_UNREAD in report.counts.problems) == ("nice" not in broken)

    def test_the_rows_in_a_broken_cell_speak_for_themselves(self):
        rows = [f"{n},A,a{n}@example.com,,," for n in range(1, 4)]
        report = read(
            '9,"A,a9@example.com,,,', "2,A,a2@example.com,,,unsubscribed", '8,A",a8@example.com,,,', *rows
        )

        assert self.standings(report) == {3: "active", 4: "do_not_contact", 5: "active"}

    def test_the_names_of_the_columns_again_are_no_words(self):
        (row,) = check(b"email,unsubscribed\nemail,unsubscribed\n").rejected

        assert [problem.code for problem in row.problems] == [Code.HEADER_REPEATED]

    def test_two_hundred_thousand_addresses_have_as_many_keys_where_a_hash_is_short(self):
        """Two people would be one duplicate, and one contact after merging."""
        keys = {digest(("email", f"ana{n}@example.com")) for n in range(200_000)}

        assert len(keys) == 200_000
        assert max(map(int.bit_length, keys)) == 64
        assert digest(("id", "1")) != digest(("phone", "1"))
        assert digest(("name", "\udc80"))

    def test_who_opted_out_needs_no_warning(self):
        report = check(b"id,email,newsletter,opted out\n1,ana@example.com,no,\n1,ana@example.com,,yes\n")

        assert self.standings(report) == {3: "do_not_contact"}
        assert Code.CONSENT_UNREAD_ELSEWHERE not in report.counts.problems

    def test_a_row_that_is_stopped_warns_the_others(self):
        source = b"id,email,newsletter\n1,ana@example.com,no\n1,,yes\n,ANA@example.com,\n3,ben@example.com,\n"
        report = check(source)
        told = [each for each in report.problems if each.code is Code.CONSENT_UNREAD_ELSEWHERE]

        assert [problem.record for problem in told] == [3, 4]
        assert told[0].message == (
            "row 2 with the same id or e-mail address may say that this person does not want to be contacted"
        )
        assert set(self.standings(report).values()) == {"active"}
        assert self.standings(check(source, consent_in=["newsletter"])) == {
            2: "do_not_contact",
            3: "do_not_contact",
            4: "do_not_contact",
            5: "active",
        }

    @pytest.mark.parametrize("name", ["out.csv", "out.jsonl"])
    def test_it_survives_being_written_and_read(self, tmp_path, name):
        report = read("1,Ana,ana@example.com,,,no", "2,Ana,ana@example.com,,,yes")
        report.write_accepted(tmp_path / name)
        again = check(tmp_path / name)

        assert again.contacts == report.contacts
        assert self.elsewhere(again) == []
        assert set(self.standings(again).values()) == {"do_not_contact"}

    def test_what_was_read_of_a_rejected_row_is_not_shown(self):
        (row,) = read("1,Ana,ana@example,,,yes").rejected

        assert row.contact.id == "1"
        assert "Ana" not in f"{row!r}{to_json(row)}"


class TestWritten:
    """Accepted contacts as CSV or JSON Lines, with where they stand."""

    def test_the_columns_of_the_verdict(self, tmp_path):
        report = check(b'name,email,responded,Phone,City\nAna,ana@example.com,yes,abc,"Rome, RM"\n')
        report.write_accepted(tmp_path / "out.csv")
        (values,) = csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text("utf-8")))

        assert values["leadqual_stage"] == "lead"
        assert values["leadqual_qualification"] == "generic"
        assert values["leadqual_standing"] == "active"
        assert values["leadqual_score"] == "19"
        assert values["leadqual_reasons"] == "lead: responded"
        assert values["extra Phone"] == "abc"

    def test_what_is_both_established_and_denied_survives(self, tmp_path):
        report = check(b"email,responded,asked for more\nana@example.com,no,yes\n")
        for name in ("out.csv", "out.jsonl"):
            report.write_accepted(tmp_path / name)
            assert check(tmp_path / name).contacts == report.contacts
        assert report.contacts[0].evidence.contradictions

    def test_histories_need_json_lines(self, tmp_path):
        data = b"Email Address,LEID,OPTIN_TIME\nana@example.com,1,2024-01-02 03:04:05\n"
        report = check(data)
        for name in ("out.csv", "out.jsonl", "out.ndjson"):
            report.write_accepted(tmp_path / name)

        assert (
            check(tmp_path / "out.jsonl").contacts
            == check(tmp_path / "out.ndjson").contacts
            == report.contacts
        )
        (flat,) = check(tmp_path / "out.csv").accepted
        assert flat.verdict.stage is report.accepted[0].verdict.stage
        assert flat.contact.history.events == ()

    def test_a_history_that_we_did_not_write_is_rejected(self):
        data = b'{"email": "ana@example.com", "leadqual_stage": "lead", "leadqual_history": {"events": 7}}\n'

        assert [problem.code for problem in check(data).problems] == [Code.JSON_INVALID]

    def test_when_a_field_was_recorded_survives(self, tmp_path):
        report = check(b"email\nana@example.com\n")
        contact = report.contacts[0].recorded_at(datetime(2026, 5, 1, tzinfo=UTC))
        with ContactsWriter(tmp_path / "out.jsonl") as writer:
            writer.write(contact, report.accepted[0].verdict)

        assert check(tmp_path / "out.jsonl").contacts == (contact,)

    def test_where_it_cannot_be_written_is_said(self, tmp_path):
        with pytest.raises(WrongValue, match="target: cannot be written: "):
            check(b"email\n").write_accepted(tmp_path / "none" / "out.csv")

    @pytest.mark.parametrize("name", ["out.xlsx", "out.JSON", "out.parquet"])
    def test_a_name_that_promises_another_format_is_refused(self, tmp_path, name):
        with pytest.raises(WrongValue, match="target: would be written as text, .*; name it .csv or .jsonl"):
            check(b"email\n").write_accepted(tmp_path / name)
        assert not (tmp_path / name).exists()

    def test_a_file_of_the_caller_stays_open(self):
        file = io.StringIO()
        check(b"email\nana@example.com\n").write_accepted(file)

        assert not file.closed
        assert escape("=") == "'="

    def test_contacts_who_share_their_evidence(self):
        report = check(b"email,responded\nana@example.com,yes\nben@example.com,yes\n")
        file = io.StringIO()
        report.write_accepted(file)

        assert check(file.getvalue().encode()).contacts == report.contacts


class TestJsonLines:
    """One object on each line; keys are columns."""

    def test_values_are_read_as_they_are_written(self):
        data = (
            b'\n{"email": "ana@example.com", "responded": true, "opted out": null, "score": 1.10, "big": 12345678901234567890}\n'
            b'{"email": "ben@example.com", "responded": false, "tags": ["a", {"b": 1.0}], "new": "\xc3\xa4"}\n'
        )
        report = check(data)

        assert [row.lines for row in report.blank] == [(1, 1)]
        assert report.header.last_line == 0
        assert report.contacts[0].extra == (("big", "12345678901234567890"), ("score", "1.10"))
        assert report.contacts[1].extra == (("new", "ä"), ("tags", '["a", {"b": 1.0}]'))
        assert [Fact.RESPONDED in contact.evidence for contact in report.contacts] == [True, False]
        assert report.accepted[0].record == 2

    def test_a_key_that_comes_late_is_a_column_too(self):
        lines = [b'{"email": "ana%d@example.com"}' % n for n in range(150)]
        report = check(b"\n".join([*lines, b'{"email": "z@example.com", "late": "x", "opted out": "yes"}']))

        assert report.contacts[-1].extra == (("late", "x"),)
        assert report.accepted[-1].verdict.standing is Standing.DO_NOT_CONTACT
        assert report.counts.balanced

    @pytest.mark.parametrize(
        ("line", "code"),
        [
            (b'{"email": "a@example.com", "email": "b@example.com"}', Code.JSON_INVALID),
            (b'{"email": NaN}', Code.JSON_INVALID),
            (b'["a@example.com"]', Code.JSON_INVALID),
            (b'{"x": ' + b"[" * 5000 + b"]" * 5000 + b"}", Code.JSON_INVALID),
            (b'{"email": "a@example.com"', Code.JSON_INVALID),
            (b'{"email": "\\ud800"}', Code.NOT_TEXT),
            (b'{"email": "\xff"}', Code.NOT_TEXT),
            (b'{"name": "a\\u0000"}', Code.CONTROL_CHARACTER),
            (b'{"a": "1", "b": "1", "c": "1", "d": "1"}', Code.CELLS_EXTRA),
            (b'{"name": "' + b"x" * 70_000 + b'"}', Code.CELL_TOO_LONG),
            (b'{"name": "' + b"x" * 1_100_000 + b'"}', Code.RECORD_TOO_LONG),
        ],
    )
    def test_what_is_no_record(self, line, code):
        limits = Limits(columns=3) if code is Code.CELLS_EXTRA else Limits()
        first = b'{"email": "ana@example.com", "name": ""}'
        report = check(first + b"\n" + line + b"\n" + first, limits=limits, duplicates="ignore")

        assert code in {problem.code for row in report.rejected for problem in row.problems}
        assert [len(report.accepted), len(report.rejected)] == [2, 1]
        assert report.counts.balanced

    def test_a_line_without_history_and_the_place_in_the_file(self):
        data = b'{"email": "ana@example.com", "leadqual_stage": "name", "history": null}\n'
        with iter_check(data) as run:
            assert next(run).contact.history == History()
            assert (run.bytes_read, run.counts.lines) == (len(data), 1)
            assert next(run, None) is None

    def test_a_layout_may_be_named(self):
        assert check(b'{"email": "ana@example.com"}', layout="plain").rows == 1
