"""The items of a JSON array are records; together they take all bytes, and damage costs its own item."""

import io
import json
import random
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadqual.intake import Code, FileRefused, Limits, Rejected, check, iter_check
from leadqual.intake.checking import Run
from leadqual.intake.problems import LIMITS
from leadqual.policy.standard import STANDARD

ITEMS = [
    {"email": "ana@example.com", "name": "Ana", "tags": ["a", {"x": 1}]},
    {"email": "ben@example.com", "name": "Ben"},
    {"email": "cem@example.com", "name": 'He said "hi"},{', "note": "\n]\\"},
]


def conserved(data, **options):
    """Return the rows of an array whose spans are held to its bytes and whose counts are held to its items."""
    rows, place, run = [], 0, iter_check(data, **options)
    for row in run:
        rows.append(row)
        assert row.lines == (len(rows), len(rows))
        if isinstance(row, Rejected):
            assert row.offset == place
            assert (row.text or "").encode("utf-8", "surrogateescape") in data[place : run.bytes_read]
        place = run.bytes_read
    assert place == len(data)
    assert run.counts.balanced
    assert (run.counts.lines, run.counts.unit) == (len(rows), "item")
    return rows


def emails(rows):
    return [getattr(row, "contact", None) and row.contact.email for row in rows]


@pytest.mark.parametrize("options", [{}, {"indent": 2}, {"separators": (",", ":")}, {"ensure_ascii": False}])
@pytest.mark.parametrize("chunk", [1, 7, 64, 262_144])
def test_it_is_read_like_one_object_on_each_line_however_it_is_set(options, chunk):
    lines = check("".join(json.dumps(item) + "\n" for item in ITEMS).encode())
    data = json.dumps(ITEMS, **options).encode()
    run = Run(
        data, layout=None, region=None, encoding=None, policy=STANDARD, limits=LIMITS, duplicates="ignore",
        trust_stage=False, chunk_bytes=chunk,
    )  # fmt: skip

    assert [row.contact for row in run] == list(lines.contacts)
    assert emails(conserved(data)) == emails(lines)


def test_an_item_stands_where_a_line_stands():
    report = check(b'[{"email": "ana@example"},\n\n{"email": "ben@example.com"}]')

    assert str(report.problems[0]).startswith("item 1, column 1 (email): email-invalid")
    assert report.counts.unit == "item"
    assert check(b"email\nana@example.com\n").counts.unit == "line"


@pytest.mark.parametrize(
    "damage",
    [
        b'{"email": "x@example.com" "name": "X"}',
        b"{'email': 'x@example.com'}",
        b'{"email": "x@example.com", "email": "y@example.com"}',
        b'{"email": "x@example.com", "name": "no end}',
        b'{"email": "x@example.com", "name": no start"}',
        b'{"email": "x@example.com"',
        b'{"email": "x@example.com"}}',
        b'{"email": "x@example.com", "tags": [1, 2}',
        b'{"email": "x@example.com", "n": NaN}',
        b"5",
        b"null",
        b'["x@example.com"]',
        b"[" * 200_000,
        b'{"a":' * 100_000 + b"1",
        b'{"email": "x\xff@example.com"}',
    ],
    ids=lambda damage: damage[:50].decode("latin-1"),
)
def test_a_damaged_item_costs_itself_and_nothing_after_it(damage):
    items = [json.dumps({"email": f"{name}@example.com"}).encode() for name in ("ana", "ben", "cem")]
    data = b"[" + b", ".join([items[0], damage, *items[1:]]) + b"]"

    rows = conserved(data)

    assert emails(rows) == ["ana@example.com", None, "ben@example.com", "cem@example.com"]
    assert {problem.code for problem in rows[1].problems} <= {Code.JSON_INVALID, Code.NOT_TEXT}
    assert not rows[2].problems  # it has the keys of the first


def test_what_may_stand_inside_a_damaged_item_is_doubtful_until_an_object_has_the_keys_of_the_first():
    data = b"""[{"id": 1, "email": "ana@example.com"},
        {"id": 2, "people": [{"email": "x@example.com"}, {"email": "y@example.com"}, {"email": "z@example.com"}], oh},
        {"id": 3, "email": "ben@example.com"}, {"id": 4}]"""

    rows = conserved(data)

    doubtful = [
        any(each.code is Code.READ_AFTER_DAMAGE for each in getattr(row, "problems", ())) for row in rows
    ]
    assert emails(rows)[-2:] == ["ben@example.com", None]
    assert doubtful[0] is doubtful[-1] is doubtful[-2] is False
    assert all(doubtful[index] for index in range(1, len(rows) - 2) if not isinstance(rows[index], Rejected))


def test_text_after_the_end_and_a_missing_end_are_told():
    rows = conserved(b'[{"email": "ana@example.com"}, {"email": "ben@example.com"}] x')
    assert (emails(rows), rows[1].problems[0].code) == (["ana@example.com", None], Code.JSON_INVALID)
    rows = conserved(b'[{"email": "ana@example.com"}, ')
    assert "not closed" in str(rows[-1].problems[0])
    rows = conserved(b'[{"email": "ana@example.com"}, {"email": "b')
    assert emails(rows) == ["ana@example.com", None]
    rows = conserved(b'[{"email": "ana@example.com"}')
    assert "not closed" in str(rows[-1].problems[0])


def test_two_arrays_in_a_row_lose_nothing():
    rows = conserved(b'[{"email": "ana@example.com"}]\n[{"email": "ben@example.com"}]')

    assert emails(rows) == ["ana@example.com", "ben@example.com"]


def test_nothing_and_commas_are_blank():
    rows = conserved(b'[{"email": "ana@example.com"}, , {}, ]')

    assert [type(row).__name__ for row in rows] == ["Accepted", "Blank", "Blank", "Blank"]


@pytest.mark.parametrize("data", [b"[]", b"[[1, 2], [3]]", b"[" * 1_000_000, b"[{", b"[{}]", b"[[]"])
def test_an_array_without_an_object_is_refused(data):
    with pytest.raises(FileRefused, match="file-not-text: .* no item is an object of its own"):
        check(data)


def test_an_item_over_the_limit_is_rejected_without_its_text_and_one_without_end_refuses_the_file():
    long = json.dumps({"email": "ben@example.com", "photo": "x" * 3_000_000}).encode()
    rows = conserved(b'[{"email": "ana@example.com"}, ' + long + b', {"email": "cem@example.com"}]')

    assert emails(rows) == ["ana@example.com", None, "cem@example.com"]
    assert (rows[1].text, rows[1].problems[0].code) == (None, Code.RECORD_TOO_LONG)
    with pytest.raises(FileRefused, match="limit-exceeded: an item of the array is not closed"):
        list(
            iter_check(
                b'[{"email": "ana@example.com"}, {"a": "' + b"x" * 200_000, limits=Limits(record_bytes=5_000)
            )
        )


def test_memory_and_time_are_bounded():
    def chunks():
        yield b"["
        for number in range(8_000):
            yield json.dumps({"email": f"ana{number}@example.com", "note": "x" * 500}).encode() + b","
        yield b'{"email": "ana@example.com"}]'

    data = b"".join(chunks())
    tracemalloc.start()
    try:
        with iter_check(data) as run:
            assert sum(1 for _ in run) == 8_001
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 6_000_000


def test_nested_bombs_take_time_in_proportion_to_their_size():
    taken = []
    for size in (2_000, 8_000):
        bomb = b'[{"email": "ana@example.com"}, ' + b'{"a":[1},{"a":[1,' * size
        start = time.perf_counter()
        conserved(bomb)
        taken.append(time.perf_counter() - start)
    assert taken[1] < 16 * taken[0] + 1


def test_rejects_are_json_lines_that_read_back():
    data = json.dumps(
        [{"email": "ana@example", "note": "a\nb"}, {"email": "ben@example.com"}], indent=4
    ).encode()
    report = check(data)
    rejects = io.StringIO()
    report.write_rejects(rejects)

    assert rejects.getvalue().count("\n") == 1
    again = check(rejects.getvalue().encode())
    assert again.rejected[0].problems == tuple(report.rejected[0].problems[:0]) + again.rejected[0].problems
    corrected = check(rejects.getvalue().replace("ana@example", "ana@example.com").encode())
    assert (corrected.contacts[0].email, dict(corrected.contacts[0].extra)) == (
        "ana@example.com",
        {"note": "a\nb"},
    )


PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10)
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.lists(st.dictionaries(st.text(min_size=1, max_size=5), VALUES, max_size=4), max_size=8),
    st.none() | st.integers(0, 3),
)
def test_any_array_is_read_like_its_lines(items, indent):
    items = [{"email": "ana@example.com"}, *items]
    lines = check("".join(json.dumps(item) + "\n" for item in items).encode(), layout="plain")
    rows = conserved(json.dumps(items, indent=indent).encode(), layout="plain")

    assert [type(row) for row in rows] == [type(row) for row in lines]
    assert [getattr(row, "contact", None) for row in rows] == [getattr(row, "contact", None) for row in lines]


PIECES = [b'"', b"{", b"}", b"[", b"]", b",", b":", b"\\", b"\n", b" ", b"x", b"\xff", b"\xc3\xa4", b'{"email": "y@example.com"}', b"}, {"]  # fmt: skip


def damaged_array(number):
    """Return an array of 6 people with some damage."""
    choose = random.Random(number)
    items = [{"email": f"p{n}@example.com", "tags": [{"x": n}, {"y": "z"}]} for n in range(6)]
    data = bytearray(json.dumps(items, indent=choose.choice([None, 1])).encode())
    for _ in range(choose.randrange(1, 4)):
        place = choose.randrange(1, len(data))
        data[place : place + choose.randrange(3)] = choose.choice(PIECES)
    return bytes(data)


def damaged_arrays_are_conserved(numbers):
    lost = 0
    for number in numbers:
        data = damaged_array(number)
        try:
            rows = conserved(data, layout="plain")
        except FileRefused:
            continue
        accepted = {email for email in emails(rows) if email}
        texts = [row.text for row in rows if isinstance(row, Rejected)]
        contacts = [row.contact for row in rows if getattr(row, "contact", None)]
        told = "".join(filter(None, texts)) + str([(each.email, each.extra) for each in contacts])
        for n in range(6):
            address = f"p{n}@example.com"
            assert address in told or address.encode() not in data, number
        lost += 6 - len(accepted & {f"p{n}@example.com" for n in range(6)})
    return lost


def test_whoever_stands_in_a_damaged_array_is_accepted_or_rejected():
    # Three damages cost less than three people on average.
    assert damaged_arrays_are_conserved(range(1_500)) < 3 * 1_500


@pytest.mark.long
def test_whoever_stands_in_many_damaged_arrays_is_accepted_or_rejected():
    assert damaged_arrays_are_conserved(range(10_000, 310_000)) < 3 * 300_000
