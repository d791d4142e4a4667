"""How chunks of bytes become physical lines, as ``bytes.splitlines`` yields them."""

from collections.abc import Iterable, Iterator

Line = bytes | int
"""A line with its end, or the number of bytes of one that is too long to be kept."""


def split_lines(chunks: Iterable[bytes], longest: int) -> Iterator[Line]:
    """Yield the lines of *chunks*, however these are cut; of one over *longest* bytes its length.

    A line ends at LF, CRLF or a lone CR; what follows the last end is a line if it is not empty.
    """
    tail = bytearray()  # the line that has not ended yet, as far as it is kept
    held = 0
    returned = False  # whether it ends in a CR that an LF may follow
    for chunk in filter(None, chunks):
        if returned and not chunk.startswith(b"\n"):
            yield _kept(tail, held, longest)
            held = 0
        lines = chunk.splitlines(keepends=True)
        rest = b"" if chunk.endswith(b"\n") else lines.pop()
        if held and lines:
            first = lines[0]
            held += len(first)
            yield _kept(tail + first, held, longest)
            del lines[0]
            held = 0
        for line in lines:
            yield line if len(line) <= longest else len(line)
        if not held:
            tail = bytearray()
        held += len(rest)
        if held <= longest:
            tail += rest
        returned = rest.endswith(b"\r")
    if held:
        yield _kept(tail, held, longest)


def _kept(line: bytearray, length: int, longest: int) -> Line:
    return bytes(line) if length <= longest else length
