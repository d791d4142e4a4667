"""What a file is packed in, and which formats are refused by name, told by the first bytes."""

import zlib
from collections.abc import Iterator
from typing import Final

from leadqual.intake.codes import Code
from leadqual.intake.decoding import CHUNK_BYTES, peeked
from leadqual.intake.problems import Limits, other_format, refuse

_GZIP: Final = b"\x1f\x8b"
_OLE: Final = b"\xd0\xcf\x11\xe0"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_OTHER_FORMATS: Final = (
    ((_GZIP, b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd"), "this is compressed; unpack it first"),
    ((b"7z\xbc\xaf", b"Rar!"), "this is an archive; unpack it first"),
    ((b"%PDF",), "this is a PDF; export the data as CSV in UTF-8"),
)
_SMALL: Final = 16_777_216  # what may be unpacked from any file, however small it is


def unpacked(chunks: Iterator[bytes], limits: Limits) -> tuple[bytes, Iterator[bytes]]:
    """Return the first bytes and all chunks of a file, those of a gzip file unpacked."""
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
    """Refuse a file that holds much more than its size suggests."""
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
