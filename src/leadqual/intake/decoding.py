"""How the bytes of a file are unpacked, and become chunks of text whose lines can be split."""

import codecs
import os
import zlib
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from io import BytesIO
from itertools import chain
from typing import BinaryIO, Final, Self, cast

from leadqual.errors import WrongType
from leadqual.intake.codes import Code
from leadqual.intake.problems import Limits, other_format, refuse

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
_NO_ENCODINGS: Final = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"}
_GZIP: Final = b"\x1f\x8b"
_OLE: Final = b"\xd0\xcf\x11\xe0"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_OTHER_FORMATS: Final = (
    ((_GZIP, b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd"), "this is compressed; unpack it first"),
    ((b"7z\xbc\xaf", b"Rar!"), "this is an archive; unpack it first"),
    ((b"%PDF",), "this is a PDF; export the data as CSV in UTF-8"),
)
_SMALL: Final = 16_777_216  # what may be unpacked from any file, however small it is
_MARKING: Final = "leadqual.mark"
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
            raise refuse(Code.FILE_UNREADABLE, f"the file cannot be opened or read: {reason}") from None


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
    _opened: ExitStack

    def close(self) -> None:
        """Close the file, if it was opened here."""
        self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def peeked(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    head = b""
    while len(head) < _HEAD_BYTES and (chunk := next(chunks, b"")):
        head += chunk
    return head, chain((head,), chunks)


def unpacked(chunks: Iterator[bytes], limits: Limits) -> tuple[bytes, Iterator[bytes]]:
    head, chunks = peeked(chunks)
    if head.startswith(_GZIP):
        head, chunks = peeked(_gunzipped(chunks, limits))
    if head.startswith(_OLE):
        raise other_format(_ole_advice(chunks))
    for starts, advice in _OTHER_FORMATS:
        if head.startswith(starts):
            raise other_format(advice)
    return head, chunks


def require_ratio(unpacked_bytes: int, packed_bytes: int, limits: Limits) -> None:
    if unpacked_bytes > max(_SMALL, packed_bytes * limits.unpacked_ratio):
        reason = f"what it holds is more than {limits.unpacked_ratio} times as large as the file"
        raise refuse(Code.LIMIT_EXCEEDED, f"{reason}; unpack it first, or raise the limit unpacked_ratio")


def _gunzipped(chunks: Iterator[bytes], limits: Limits) -> Iterator[bytes]:
    stream, packed, held = zlib.decompressobj(31), 0, 0
    try:
        for chunk in chunks:
            packed += len(chunk)
            rest = chunk
            while rest and not (stream.eof and not rest.strip(b"\x00")):  # NULs may fill a last block
                if stream.eof:
                    stream = zlib.decompressobj(31)
                part = stream.decompress(rest, CHUNK_BYTES)
                held += len(part)
                require_ratio(held, packed, limits)
                yield part
                rest = stream.unconsumed_tail or stream.unused_data
        yield stream.flush()
        if stream.eof:
            return
        reason = "is cut short"
    except zlib.error:
        reason = "is damaged"
    raise refuse(Code.FILE_UNREADABLE, f"the gzip file {reason}; get a whole copy of it")


def _ole_advice(chunks: Iterator[bytes]) -> str:
    tail = b""
    for chunk in chunks:
        tail = tail[-len(_ENCRYPTED) :] + chunk
        if _ENCRYPTED in tail:
            return "this is a workbook with a password; save it without one"
    return "this is an old Excel workbook; save it as .xlsx, or the sheet as CSV in UTF-8"


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
        texts = codecs.iterdecode(chunks, found, _MARKING)
        chunks = (text.encode("utf-8", "surrogatepass") for text in texts)
        head = next(chunks, b"")
        found, chunks = "utf-8", chain((head,), chunks)
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()[:64].lower()
    if b"\x00" in head[:_HEAD_BYTES]:
        advice = "it holds NUL bytes; if it is UTF-16 or UTF-32, name the encoding, such as utf-16-le"
        raise other_format(advice)
    if text.startswith((b"<!doctype", b"<html", b"<table", b"<?xml")):
        raise other_format("this is a web page or XML; export the data as CSV in UTF-8")
    return found, chunks


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
    if name in _NO_ENCODINGS:
        message = "unknown encoding of a file; name one such as 'cp1252' or 'utf-16'"
        raise refuse(Code.ENCODING_UNKNOWN, message)
    if name == "utf_8_sig":
        return "utf_8", True
    return name, as_ascii and not name.startswith(("utf_7", "iso2022", "hz"))


def _mark(error: UnicodeError) -> tuple[str, int]:
    """Put a lone surrogate where bytes are not text, so that the line is known not to be text."""
    return "\udcff", cast("UnicodeDecodeError", error).end


codecs.register_error(_MARKING, _mark)
