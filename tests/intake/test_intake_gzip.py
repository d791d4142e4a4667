"""A gzip file is read as what it holds, in constant memory; one that is cut short or a bomb is refused."""

import gzip
import random
import tracemalloc
import zlib

import pytest
from hostile import hostile_file

from leadqual.intake import Code, FileRefused, Limits, check, iter_check

LEADS = b"name,email,responded\nAna,ana@example.com,yes\nBen,ben@example,no\n\n"


def outcome(data, **options):
    """Return the rows of a file without what depends on memory, or the code of its refusal."""
    try:
        report = check(data, **options)
    except FileRefused as refusal:
        return refusal.problem.code
    return report.accepted, report.rejected, report.blank, report.counts


def test_it_is_read_as_the_file_that_it_holds():
    report = check(gzip.compress(LEADS))

    assert (report.counts.accepted, report.counts.rejected, report.counts.blank) == (1, 1, 1)
    assert outcome(gzip.compress(LEADS)) == outcome(LEADS)


def test_json_lines_and_utf_16_may_be_packed_too():
    assert check(gzip.compress(b'{"email": "ana@example.com"}\n')).counts.accepted == 1
    assert check(gzip.compress(LEADS.decode().encode("utf-16"))).counts.accepted == 1


def test_members_are_joined_and_nuls_at_the_end_are_no_data():
    members = gzip.compress(LEADS[:30]) + gzip.compress(LEADS[30:])

    assert outcome(members) == outcome(members + bytes(512)) == outcome(LEADS)


@pytest.mark.parametrize("number", range(300))
def test_a_hostile_file_is_read_alike_packed_and_not(number):
    data = hostile_file(number)
    if data:
        assert outcome(gzip.compress(data), layout="plain") == outcome(data, layout="plain")


@pytest.mark.parametrize("cut", [1, 4, 8, 20])
def test_one_that_is_cut_short_is_refused(cut):
    data = gzip.compress(LEADS * 1_000)[:-cut]

    with pytest.raises(FileRefused, match="file-unreadable: the gzip file is cut short") as caught:
        check(data)
    assert "get a whole copy" in str(caught.value)


def test_rows_before_the_cut_are_handed_out_and_then_it_is_told():
    rows = iter_check(gzip.compress(LEADS * 5_000)[:-9])
    with pytest.raises(FileRefused, match="cut short"):
        for _ in rows:
            pass
    assert rows.counts.accepted > 4_000


def test_one_that_is_damaged_is_refused():
    data = bytearray(gzip.compress(LEADS * 1_000))
    data[len(data) // 2] ^= 0xFF

    with pytest.raises(FileRefused, match="file-unreadable: the gzip file is damaged"):
        check(bytes(data))
    with pytest.raises(FileRefused, match="file-unreadable: the gzip file is damaged"):
        check(gzip.compress(LEADS) + b"rest")


def test_one_that_is_packed_twice_is_told():
    with pytest.raises(FileRefused, match="file-not-text: not a lead file: this is compressed; unpack"):
        check(gzip.compress(gzip.compress(LEADS)))


def test_a_bomb_is_refused_in_bounded_memory():
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = pack.compress(b"name,email\n") + b"".join(pack.compress(b"a" * 1_000_000) for _ in range(100))
    bomb += pack.flush()
    tracemalloc.start()
    try:
        with pytest.raises(FileRefused, match="limit-exceeded: .* more than 100 times as large as the file"):
            check(bomb)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert len(bomb) < 200_000
    assert peak < 8_000_000


def test_the_limit_can_be_raised_and_small_files_are_below_it():
    row = b"Ana,ana@example.com," + b"x" * 20_000 + b"\n"
    data = gzip.compress(b"name,email,notes\n" + row * 1_000)

    with pytest.raises(FileRefused) as caught:
        list(iter_check(data))
    assert caught.value.problem.code is Code.LIMIT_EXCEEDED
    assert check(gzip.compress(LEADS + b"\n" * 50_000)).counts.blank == 50_001
    with iter_check(data, limits=Limits(unpacked_ratio=1_000)) as run:
        assert next(run).record == 2


@pytest.mark.parametrize("start", [b"BZh9", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf", b"Rar!"])
def test_other_packings_are_told(start):
    with pytest.raises(FileRefused, match="unpack it first"):
        check(start + b"rest")


def test_an_old_workbook_and_one_with_a_password_are_told_apart():
    ole = b"\xd0\xcf\x11\xe0" + bytes(300_000)

    with pytest.raises(FileRefused, match="old Excel workbook; save it as .xlsx"):
        check(ole)
    with pytest.raises(FileRefused, match="a workbook with a password; save it without one"):
        check(ole + "EncryptedPackage".encode("utf-16-le") + bytes(100))


@pytest.mark.long
def test_many_damaged_ones_give_rows_or_one_refusal():
    for number in range(100_000):
        choose = random.Random(number)
        data = bytearray(gzip.compress(hostile_file(number)))
        for _ in range(choose.randrange(3)):
            data[choose.randrange(2, len(data))] = choose.randrange(256)
        del data[len(data) - choose.choice([0, 0, 1, 9]) :]
        try:
            with iter_check(bytes(data), layout="plain") as run:
                list(run)
            assert run.counts.balanced
        except FileRefused:
            pass
