"""How chunks of bytes become physical lines, as ``bytes.splitlines`` yields them."""

from collections.abc import Iterable, Iterator
from typing import final

from attrs import frozen


@final
@frozen
class LongLine:
    length: int
    quotes: int

    def __len__(self) -> int:
        return self.length


Line = bytes | LongLine
"""A line with its end, or the length of one that is too long to be kept."""


def split_lines(chunks: Iterable[bytes], longest: int) -> Iterator[Line]:
    """Yield the lines of *chunks*, which end at LF, CRLF or a lone CR; none over *longest* bytes is kept."""
    tail = bytearray()  # the line that has not ended yet, as far as it is kept
    held = quotes = 0
    returned = False  # whether it ends in a CR that an LF may follow
    for chunk in filter(None, chunks):
        if returned and not chunk.startswith(b"\n"):
            yield bytes(tail) if held <= longest else LongLine(held, quotes)
            held = 0
        lines = chunk.splitlines(keepends=True)
        rest = b"" if chunk.endswith(b"\n") else lines.pop()
        if held and lines:
            first = lines[0]
            held += len(first)
            yield bytes(tail + first) if held <= longest else LongLine(held, quotes + first.count(b'"'))
            del lines[0]
            held = 0
        for line in lines:
            yield line if len(line) <= longest else LongLine(len(line), line.count(b'"'))
        if not held:
            tail, quotes = bytearray(), 0
        held += len(rest)
        quotes += rest.count(b'"')
        if held <= longest:
            tail += rest
        returned = rest.endswith(b"\r")
    if held:
        yield bytes(tail) if held <= longest else LongLine(held, quotes)
