"""How the bytes of a file become chunks of text whose lines can be split."""

import codecs
import os
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack
from io import BytesIO
from itertools import chain
from typing import BinaryIO, Final, Self, cast

from leadqual.errors import WrongType
from leadqual.intake.codes import Code
from leadqual.intake.problems import other_format, refuse

FileSource = bytes | bytearray | memoryview | str | os.PathLike[str] | BinaryIO
SheetChoice = str | int | None
"""The name of a sheet, its number among the visible ones from 1, or None for the only one with data."""

CHUNK_BYTES: Final = 262_144
_HEAD_BYTES: Final = 4_096
# Byte order marks; one that begins with another comes before it.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_NO_ENCODING_OF_FILES: Final = frozenset(
    {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"}
)
_EVERY_SIGN: Final = '\r\n",;\t|'


def read_chunks(source: FileSource, size: int = CHUNK_BYTES) -> Generator[bytes]:
    """Yield the bytes of a file in chunks, and close what was opened here."""
    with ExitStack() as opened:
        try:
            stream = _opened(source, opened)
            while chunk := stream.read(size):
                if not isinstance(chunk, bytes):  # pyright: ignore[reportUnnecessaryIsInstance] (a file in text mode)
                    raise WrongType("source", "a binary file", "one in text mode", 'open it with mode "rb"')
                yield chunk
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "the path or file is not usable"
            message = f"the file cannot be opened or read: {reason}"
            raise refuse(Code.FILE_UNREADABLE, message) from None


def _opened(source: FileSource, opened: ExitStack) -> BinaryIO:
    if isinstance(source, bytes | bytearray | memoryview):
        return BytesIO(source)
    if isinstance(source, str | os.PathLike):
        if isinstance(source, str) and "\n" in source:
            raise WrongType("source", "bytes, a path or a binary file", "text", "encode the text as UTF-8")
        return opened.enter_context(open(source, "rb"))  # noqa: PTH123 (a path may be a str)
    if not hasattr(source, "read"):
        raise WrongType("source", "bytes, a path or a binary file", type(source).__name__)
    return source


class Closing:
    """A context that closes what was opened in it."""

    _opened: ExitStack

    def close(self) -> None:
        """Close the file, if it was opened here."""
        self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def peeked(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Return the first bytes of a file, and all its chunks."""
    head = b""
    while len(head) < _HEAD_BYTES and (chunk := next(chunks, b"")):
        head += chunk
    return head, chain((head,), chunks)


def text_chunks(chunks: Iterator[bytes], encoding: str | None) -> tuple[str, Iterator[bytes]]:
    """Return the encoding that each line can be decoded with, and the chunks to split into lines.

    A byte order mark decides, or else the text is UTF-8; any other encoding has to be named. Text in
    which line ends have other bytes than in ASCII, such as UTF-16, is turned into UTF-8.
    """
    head, chunks = peeked(chunks)
    if not head:
        raise refuse(Code.FILE_EMPTY)
    found, splittable = _encoding(head, encoding)
    if not splittable:
        chunks = _in_utf8(chunks, found)
        head = next(chunks, b"")
        found, chunks = "utf-8", chain((head,), chunks)
    _refuse_other_formats(head)
    return found, chunks


def _refuse_other_formats(head: bytes) -> None:
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()[:64].lower()
    if b"\x00" in head[:_HEAD_BYTES]:
        advice = "it holds NUL bytes; if it is UTF-16 or UTF-32, name the encoding, such as utf-16-le"
        raise other_format(advice)
    if text.startswith((b"<!doctype", b"<html", b"<table", b"<?xml")):
        raise other_format("this is a web page or XML; export the data as CSV in UTF-8")


def _encoding(head: bytes, named: str | None) -> tuple[str, bool]:
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    name, splittable = ("utf_8", True) if named is None else known_encoding(named)
    if marked == "utf-32" and not name.startswith("utf_32"):
        raise refuse(Code.ENCODING_UNKNOWN, "the file is in UTF-32; name it: encoding='utf-32'")
    return (marked, marked == "utf-8") if marked else (name, splittable)


def known_encoding(named: str) -> tuple[str, bool]:
    """Return the encoding with this name, and whether its lines can be split as bytes."""
    try:
        name = codecs.lookup(named).name.replace("-", "_")
        as_ascii = _EVERY_SIGN.encode(name) == _EVERY_SIGN.encode("ascii")
    except (LookupError, ValueError, TypeError):
        name, as_ascii = "undefined", False
    if name in _NO_ENCODING_OF_FILES:
        message = "unknown encoding of a file; name one such as 'cp1252' or 'utf-16'"
        raise refuse(Code.ENCODING_UNKNOWN, message)
    if name == "utf_8_sig":
        return "utf_8", True
    return name, as_ascii and not name.startswith(("utf_7", "iso2022", "hz"))


def _in_utf8(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)(_MARKING)
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "surrogatepass")
    yield decoder.decode(b"", final=True).encode("utf-8", "surrogatepass")


def _mark(error: UnicodeError) -> tuple[str, int]:
    """Put a lone surrogate where bytes are not text, so that the line is known not to be text."""
    return "\udcff", cast("UnicodeDecodeError", error).end


_MARKING: Final = "leadqual.mark"
codecs.register_error(_MARKING, _mark)
