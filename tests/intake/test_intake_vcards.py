"""A card is a record of its lines; damage costs its own card, and photos cost no memory."""

import base64
import io
import random
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadqual.intake import LAYOUTS, Code, FileRefused, Limits, Rejected, check, iter_check

ANA = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ana\r\nEMAIL:ana@example.com\r\nEND:VCARD\r\n"
BEN = ANA.replace("Ana", "Ben").replace("ana", "ben")


def card(*lines, version="3.0"):
    return "\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""])


def conserved(data, **options):
    """Return the rows of a file of cards, whose spans are held to its lines."""
    lines, rows, place = data.splitlines(keepends=True), [], 0
    run = iter_check(data, **options)
    for row in run:
        first, last = row.lines
        raw = b"".join(lines[first - 1 : last])
        assert first == place + 1
        if isinstance(row, Rejected):
            assert (row.offset, row.length) == (sum(map(len, lines[:place])), len(raw))
            assert row.text is None or row.text.encode("utf-8", "surrogateescape") == raw
        place = last
        rows.append(row)
    assert place == len(lines) == run.counts.lines
    assert run.counts.balanced
    assert (run.counts.unit, run.bytes_read) == ("line", len(data))
    return rows


def contact(*lines, version="3.0"):
    (row,) = conserved(card(*lines, version=version).encode())
    return row.contact


def kept(found):
    return {name: value for name, value in found.extra if name != "VERSION"}


class TestProperties:
    """Each property is a column; the layout vcard says which are the fields of a contact."""

    def test_name_address_and_number(self):
        found = contact("FN:Ana", "EMAIL;TYPE=INTERNET:ana@example.com", "TEL:+4930901820", "UID:7")
        assert (found.name, found.email, found.phone, found.id) == (
            "Ana",
            "ana@example.com",
            "+4930901820",
            "7",
        )
        assert check(ANA.encode()).layout is LAYOUTS["vcard"]

    def test_a_card_of_2_1_may_have_no_full_name(self):
        found = contact("N:Miller;Ana;B.;Dr.;Jr.", version="2.1")
        assert (found.name, kept(found)["N Prefix"]) == ("Ana B. Miller", "Dr.")

    def test_the_first_of_several_is_used_and_the_others_are_kept(self):
        found = contact(
            "FN:Ana", "EMAIL:a@example.com", "EMAIL:b@example.com", "EMAIL:c@example.com", "TEL:", "TEL:1"
        )
        assert found.email == "a@example.com"
        assert kept(found) == {"EMAIL 2": "b@example.com", "EMAIL 3": "c@example.com", "TEL": "1"}

    def test_lines_are_unfolded_and_unescaped(self):
        found = contact("FN:Ana", "NOTE:a\\, b\\nc\r\n  d\r\n\te\\\\f\\;", "CATEGORIES:x,do not contact")
        assert kept(found) == {"NOTE": "a, b\nc de\\f;", "CATEGORIES": "x,do not contact"}

    def test_quoted_printable_and_base64_are_decoded(self):
        note = base64.b64encode("Müller".encode("cp1252")).decode()
        found = contact(
            "N;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:M=C3=BCl=\r\nler;Ana", f"NOTE;ENCODING=b;CHARSET=windows-1252:{note}",
            'TITLE;QUOTED-PRINTABLE;CHARSET="iso-8859-1":=FC', version="2.1",
        )  # fmt: skip
        assert (found.name, kept(found)["NOTE"], kept(found)["TITLE"]) == ("Ana Müller", "Müller", "ü")

    def test_groups_parameters_and_schemes_are_no_part_of_the_value(self):
        found = contact(
            'item1.TEL;VALUE=uri;TYPE="voice;home,x:y":tel:+4930901820',
            "item1.EMAIL:mailto:ana@example.com",
            version="4.0",
        )
        assert (found.phone, found.email) == ("+4930901820", "ana@example.com")

    def test_what_no_list_knows_is_kept(self):
        assert kept(contact("FN:Ana", "X-Opt-Out:yes")) == {"X-OPT-OUT": "yes"}

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_marks_and_blank_lines_before_are_no_part_of_a_card(self, encoding):
        report = check(f"\r\n{ANA}\n\n{BEN.lower()}".encode(encoding))
        assert [row.contact.email for row in report.accepted] == ["ana@example.com", "ben@example.com"]
        assert len(report.blank) == 3

    def test_another_encoding_has_to_be_named(self):
        data = card("FN:Müller").encode("cp1252")
        assert check(data).problems[0].code is Code.CARD_BROKEN
        assert check(data, encoding="cp1252").contacts[0].name == "Müller"


@pytest.mark.parametrize(
    "damage",
    [
        "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:X\r\n",
        "FN:X\r\nEND:VCARD\r\n",
        "what is this\r\n",
        card("FN:X", "no property"),
        card("FN:X", "AGENT:", "BEGIN:VCARD", "FN:Y").removesuffix("END:VCARD\r\n"),
        card("NOTE;ENCODING=BASE64:%%%="),
        card("NOTE;CHARSET=idna:x"),
        card("NOTE;CHARSET=nothing:x"),
        card("NOTE;ENCODING=QUOTED-PRINTABLE:=FF"),
        card("FN:X", "NOTE:a", "please do not call"),
    ],
)
def test_a_damaged_card_costs_itself_and_nothing_after_it(damage):
    rows = conserved((ANA + damage + BEN).encode())

    assert rows[0].contact.name == "Ana"
    assert rows[-1].contact.name == "Ben"
    assert all(row.problems[0].code is Code.CARD_BROKEN for row in rows[1:-1])
    assert 1 <= len(rows) - 2 <= 2


def test_what_cannot_be_read_is_kept_in_a_column_of_the_rejects():
    report = check((ANA + card("FN:X", "EMAIL:x@example.com", "one", "two")).encode())
    rejects = io.StringIO()
    report.write_rejects(rejects)

    assert dict(zip(report.header.names, report.rejected[0].cells, strict=True))["UNREAD"] == "one\ntwo\n"
    again = check(rejects.getvalue().encode())
    assert (again.layout.name, again.contacts[0].name) == ("vcard", "X")


def test_corrected_rejects_lose_nothing():
    report = check((ANA + card("FN:X", "EMAIL:x@example", "NOTE:a\\nb", "TEL:+4930901820")).encode())
    rejects = io.StringIO()
    report.write_rejects(rejects)
    found = check(rejects.getvalue().replace("x@example", "x@example.com").encode()).contacts[0]

    assert (found.email, found.phone, kept(found)["NOTE"]) == ("x@example.com", "+4930901820", "a\nb")


@pytest.mark.parametrize("fold", [" ", "", "\t"])
def test_a_photo_of_five_megabytes_costs_no_memory(fold):
    photo = base64.encodebytes(bytes(5_000_000)).decode().replace("\n", "\r\n" + fold)
    data = (
        ANA + card(f"PHOTO;ENCODING=b;TYPE=JPEG:{photo}", "FN:Ben", "EMAIL:ben@example.com") + ANA
    ).encode()
    tracemalloc.start()
    try:
        with iter_check(data) as run:
            rows = list(run)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert [row.contact.name for row in rows] == ["Ana", "Ben", "Ana"]
    assert run.counts.balanced
    assert peak < 5_000_000


def test_a_card_over_the_limit_is_told_without_its_text():
    long = card("FN:X", *["NOTE:x"] * 50)
    assert [len(conserved((ANA + long + BEN).encode(), limits=limits)) for limits in (Limits(lines=20), Limits(record_bytes=100))] == [3, 3]  # fmt: skip
    rows = conserved((ANA + card("FN:X", "NOTE:" + "x" * 2_000_000) + BEN).encode())
    assert [type(row).__name__ for row in rows] == ["Accepted", "Rejected", "Accepted"]
    assert (rows[1].problems[0].code, rows[1].text) == (Code.RECORD_TOO_LONG, None)
    assert [row.problems[0].code for row in conserved(f"{ANA}{'x' * 2_000_000}".encode())[1:]] == [
        Code.RECORD_TOO_LONG
    ]


def test_a_csv_file_with_such_names_is_no_address_book():
    assert check(b"fn,email\nAna,ana@example.com\n").layout.name == "plain"


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"), max_size=12)


@given(
    st.lists(st.tuples(st.sampled_from(["FN", "EMAIL", "TEL", "NOTE", "X-A", "N"]), WORDS), max_size=6),
    st.integers(5, 60),
)
def test_any_card_is_read_back(properties, width):
    def folded(line):
        return "\r\n ".join(line[at : at + width] for at in range(0, len(line), width)) if line else line

    escape = str.maketrans({"\\": "\\\\", ",": "\\,", ";": "\\;"})
    lines = [folded(f"{name}:{value.translate(escape)}") for name, value in properties]
    rows = conserved((card(*lines) + BEN).encode())

    assert rows[-1].contact.name == "Ben"
    assert len(rows) == 2
    notes = [value.strip() for name, value in properties if name == "NOTE" and value.strip()]
    if rows[0].contact:
        assert [value for name, value in rows[0].contact.extra if name.startswith("NOTE")][:1] == notes[:1]


PIECES = [
    b"BEGIN:VCARD\n",
    b"END:VCARD\n",
    b"\n",
    b" ",
    b"\r",
    b"=\n",
    b":",
    b";",
    b"\xff",
    b"FN",
    b"\\",
    b'"',
    b"\x00",
    b"PHOTO:x\n",
]


def damaged_cards(number):
    choose = random.Random(number)
    data = bytearray(
        "".join(
            card(f"FN:P{n}", f"EMAIL:p{n}@example.com", "NOTE;ENCODING=QUOTED-PRINTABLE:a=\r\nb")
            for n in range(5)
        ).encode()
    )
    for _ in range(choose.randrange(1, 5)):
        place = choose.randrange(20, len(data))
        data[place : place + choose.randrange(4)] = choose.choice(PIECES)
    return bytes(data)


def damaged_cards_are_conserved(numbers):
    for number in numbers:
        data = damaged_cards(number)
        try:
            rows = conserved(data)
        except FileRefused:
            continue
        told = str(
            [
                (row.contact.name, row.contact.email, row.contact.extra)
                for row in rows
                if getattr(row, "contact", None)
            ]
        )
        told += str([row.cells for row in rows if isinstance(row, Rejected)])
        for n in range(5):
            address = f"p{n}@example.com"
            assert address in told or f"EMAIL:{address}\r\n".encode() not in data or b"PHOTO" in data, number


def test_damaged_cards_are_conserved():
    damaged_cards_are_conserved(range(1_500))


@pytest.mark.long
def test_many_damaged_cards_are_conserved():
    damaged_cards_are_conserved(range(10_000, 310_000))


@pytest.mark.parametrize(
    "line", ["CATEGORIES:friends,unsubscribed", "X-OPT-OUT:yes", "NOTE:unsubscribed", "CATEGORIES:DNC"]
)
@pytest.mark.parametrize("before", [0, 150])
def test_an_opt_out_in_any_property_is_read_also_in_a_late_one(line, before):
    (*_, row) = check(
        (ANA.replace("ana@", "x@") * before + card("FN:Ben", "EMAIL:ben@example.com", line)).encode(),
        duplicates="ignore",
    )

    assert isinstance(row, Rejected) or str(row.verdict.standing) == "do_not_contact"


def test_a_note_that_may_forbid_contact_stops_its_card():
    report = check(
        card("FN:Ben", "EMAIL:ben@example.com", "NOTE:please do not\r\n  call her any more").encode()
    )

    assert [each.code for each in report.problems if each.record] == [Code.CONSENT_UNREAD]
