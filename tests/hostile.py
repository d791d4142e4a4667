"""Hostile files, made again from a number."""

import random

PIECES = [
    b'"', b'"', b'""', b",", b",", b"\n", b"\n", b"\r\n", b"\r", b";", b"\t", b"|", b" ", b"'", b"=1+1", b"a", b"yes", b"no",
    b"ana@example.com", b"+4930901820", b"email", b"name,email", b"\xff", b"\xc3", b"\xc3\xa4", b"\x00", b"\x1a", b"\xef\xbb\xbf",
    b"\xe2\x80\xa8", b"\xc2\x85", b"{", b"}", b"[", b'{"email": "ana@example.com"}', b'"a\nb"', b"x" * 50, b"\xed\xb3\xbf",
]  # fmt: skip
HEADERS = [
    b"name,email,responded,notes\n",
    b'"name","email","responded","notes"\r\n',
    b"name;email;responded;notes\r",
    b"email\n",
    b"sep=;\nname;email\n",
    b"name\temail\tphone\n",
    b"name,email,,\n",
    b"\xef\xbb\xbfname,email,opted out\n",
    b'{"email": "ana@example.com"}\n',
    b"",
]
ROWS = [
    b"Ana,ana@example.com,yes,hello\n",
    b'"Ana","ana@example.com","yes","he said ""no"""\n',
    b'Ben,ben@example.com,no,"two\nlines"\n',
    b"Ana;ana@example.com;yes;x\r",
    b",,,\n",
    b"\n",
    b'{"email": "ben@example.com", "name": "Ben"}\n',
    b"ana@example.com\n",
]


def hostile_file(number):
    """Return the bytes of a file that nobody should have to read."""
    choose = random.Random(number)
    kind = choose.random()
    if kind < 0.3:
        return b"".join(choose.choices(PIECES, k=choose.randrange(40)))
    data = bytearray(choose.choice(HEADERS) + b"".join(choose.choices(ROWS, k=choose.randrange(12))))
    for _ in range(choose.randrange(6)):
        place = choose.randrange(len(data) + 1)
        if kind < 0.7:
            data[place : place + choose.randrange(3)] = choose.choice(PIECES)
        else:
            data[place : place + choose.randrange(4)] = bytes(
                choose.choices(range(256), k=choose.randrange(3))
            )
    data = bytes(data)
    if kind > 0.97:
        return data.decode("latin-1").encode(choose.choice(["utf-16", "utf-16-le", "utf-32", "utf-16-be"]))
    return data
