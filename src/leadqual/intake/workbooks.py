"""How the rows of a sheet of an Excel workbook become records, in memory that does not grow with them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time, timedelta
from functools import lru_cache
from importlib import import_module
from io import BytesIO
from itertools import islice
from typing import Any, Final, final
from warnings import catch_warnings, simplefilter
from zipfile import BadZipFile, ZipFile
from zlib import compress, decompress

from leadqual.errors import ExtraMissing, import_extra
from leadqual.intake.codes import Code
from leadqual.intake.decoding import CHUNK_BYTES, SheetChoice, require_ratio
from leadqual.intake.dialects import Record, Uncomputed, fault_in
from leadqual.intake.headers import Header
from leadqual.intake.problems import FileRefused, Limits, other_format, refuse
from leadqual.taxonomy.vocabulary import counted

_MOST_ROWS: Final = 1_048_576
_MOST_TAGS: Final = 500_000  # of one row; all columns, each with a formula and a text, have fewer
_MOST_DIGITS: Final = 10**15
_HELD_WHOLE: Final = 268_435_456  # bytes of the parts that are not sheets, such as the texts of all cells
_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STYLES: Final = "xl/styles.xml"
_VALUE, _FORMULA, _INLINE, _TEXT = (f"{_MAIN}{name}" for name in ("v", "f", "is", "t"))
_MERGE: Final = b"mergeCell"
_MERGED: Final = re.compile(
    rb"<(?:\w+:)?mergeCell ref=[\"']([A-Z]{1,3}[0-9]{1,7}):[A-Z]{1,3}([0-9]{1,7})[\"']"
)
_MOST_MERGED: Final = 100_000
_LONGEST_TAG: Final = 100
_BLOCK: Final = 256  # texts that are packed together
_TOO_LARGE: Final = "the workbook is too large when unpacked; save the sheet as CSV in UTF-8"
_Row = tuple[int, dict[int, str]]  # its number, and the texts of its cells by column
_OTHER_ARCHIVES: Final = (
    ("xl/workbook.bin", "this is a binary workbook (.xlsb); save it as .xlsx"),
    ("mimetype", "this is an OpenDocument file; save the sheet as .xlsx, or as CSV in UTF-8"),
    ("word/document.xml", "this is a Word document; save its table as CSV in UTF-8"),
)


@final
class SheetReader(Iterator[Record]):
    """An iterator over the rows of a sheet; those that the file does not have are blank."""

    unit: Final = "row"

    def __init__(self, chunks: Iterator[bytes], sheet: SheetChoice, limits: Limits) -> None:
        self._file, self._limits = BytesIO(), limits
        self.lines_read: int = 0
        self.header: Header = Header.of(())
        self.titles: tuple[str, ...] = ()  # the names of all sheets
        self._records = self._read(chunks, sheet)
        next(self._records)

    @property
    def bytes_read(self) -> int:
        return self._file.tell()

    def begin(self, header: Header, *, pads: bool) -> None:  # noqa: ARG002 (any row may be short)
        self.header = header

    def __next__(self) -> Record:
        return next(self._records)

    def _read(self, chunks: Iterator[bytes], sheet: SheetChoice) -> Iterator[Record]:
        for chunk in chunks:
            if self._file.tell() > self._limits.unpacked_bytes:
                raise refuse(Code.LIMIT_EXCEEDED, _TOO_LARGE)
            self._file.write(chunk)
        try:
            _require_workbook(self._file, self._limits)
            book = _Book(self._file)
            self.titles = book.names
            part = book.part(sheet)
            yield Record(0, 0, 0, 0, None, [])  # the workbook is open
            for number, found in self._spread(book.rows(part), book.merged(part)):
                while self.lines_read < number:
                    self.lines_read += 1
                    texts = found if self.lines_read == number else {}
                    cells = [""] * max(len(self.header.names), *texts, 0)
                    for column, text in texts.items():
                        cells[column - 1] = text
                    yield Record(self.lines_read, self.lines_read, 0, 0, None, cells, *self._fault_in(cells))
        except (FileRefused, ExtraMissing):
            raise
        except Exception:  # noqa: BLE001 (what a hostile file makes of the library)
            advice = "the workbook or archive is damaged; get a whole copy, or save it again in Excel"
            raise refuse(Code.FILE_UNREADABLE, advice) from None

    def _spread(self, rows: Iterable[_Row], merged: Mapping[int, Mapping[int, int]]) -> Iterator[_Row]:
        """Yield the rows, those that have a text also with that of a merged cell that begins above.

        A heading that goes over several rows is no cell: it begins before there are names.
        """
        above: dict[int, tuple[int, str]] = {}
        for number, cells in rows:
            spread = {i: text for i, (last, text) in above.items() if number <= last} if cells else {}
            begun = ((i, last) for i, last in merged.get(number, {}).items() if i in cells)
            above |= {i: (last, cells[i]) for i, last in begun if i <= len(self.header.names)}
            yield number, {**spread, **cells}

    def _fault_in(self, cells: list[str]) -> tuple[Code | None, str]:
        named = len(self.header.names)
        if named and self.header.repeated_by(cells):
            return Code.HEADER_REPEATED, ""
        if named and any(map(str.strip, cells[named:])):
            return Code.CELLS_EXTRA, f"the row has text in {len(cells)} cells, the header has {named} names"
        uncomputed = any(isinstance(cell, Uncomputed) for cell in cells)
        return Code.CELL_UNCOMPUTED if uncomputed else fault_in(cells, self._limits), ""


def _require_workbook(file: BytesIO, limits: Limits) -> None:
    size, parts = file.tell(), ZipFile(file).infolist()
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise other_format("this is an archive with a password; unpack it first")
    for name, advice in _OTHER_ARCHIVES:
        if name in names:
            raise other_format(advice)
    if "[Content_Types].xml" not in names:
        raise other_format(f"this is an archive of {counted(len(parts), 'file')}; unpack it, and check each")
    held = sum(part.file_size for part in parts)
    require_ratio(held, size, limits)
    whole = sum(part.file_size for part in parts if not part.filename.startswith("xl/worksheets/"))
    if held > limits.unpacked_bytes or whole > _HELD_WHOLE:
        raise refuse(Code.LIMIT_EXCEEDED, _TOO_LARGE)


@final
class _Texts:
    """The shared texts of a workbook, packed in blocks; most cells are in the order of the texts."""

    def __init__(self, texts: Iterable[str]) -> None:
        found = iter(texts)
        blocks = iter(lambda: tuple(islice(found, _BLOCK)), ())
        self._blocks = [compress("\0".join(block).encode()) for block in blocks]
        self._unpacked = lru_cache(64)(self._unpack)

    def __getitem__(self, index: int) -> str:
        return self._unpacked(index // _BLOCK)[index % _BLOCK]

    def _unpack(self, number: int) -> list[str]:
        return decompress(self._blocks[number]).decode().split("\0")


@final
class _Book:
    def __init__(self, file: BytesIO) -> None:
        library = import_extra("openpyxl.reader.excel", "reading Excel workbooks", "intake")
        self._iterparse: Any = import_module("openpyxl.xml.functions").iterparse
        self._from_excel: Any = import_module("openpyxl.utils.datetime").from_excel
        self._place_of: Any = import_module("openpyxl.utils").coordinate_to_tuple
        reader = library.ExcelReader(file, read_only=True, data_only=True, keep_links=False)
        self._archive: ZipFile = reader.archive
        # Only what the cells depend on is read; the rest may be large, or as no library expects it.
        with catch_warnings():
            simplefilter("ignore")
            reader.read_manifest()
            reader.read_workbook()
            found = [each for each in reader.parser.find_sheets() if "worksheet" in each[1].Type]
            self._styles: Any = import_module("openpyxl.styles.stylesheet").Stylesheet()
            if _STYLES in reader.valid_files:
                self._styles = self._styles.from_tree(library.fromstring(self._archive.read(_STYLES)))
        self._sheets = {sheet.name: (str(part.target), sheet.state == "visible") for sheet, part in found}
        self._epoch = reader.wb.epoch
        strings = reader.package.find(library.SHARED_STRINGS)
        self.names: tuple[str, ...] = tuple(self._sheets)
        shared = self._elements(strings.PartName[1:], "si", "sst") if strings else ()
        self._texts = _Texts(map(_text_of, shared))

    def part(self, sheet: SheetChoice) -> str:
        """Return the part of the sheet that is named, or of the only visible one with data."""
        parts = {name: part for name, (part, _) in self._sheets.items()}
        visible = {name: part for name, (part, shown) in self._sheets.items() if shown}
        offered, reason = visible, "no visible sheet has this name or number"
        if sheet is not None:
            numbered = {str(number): part for number, part in enumerate(visible.values(), 1)}
            found = (numbered if isinstance(sheet, int) else numbered | parts).get(str(sheet))
        else:
            filled = {name: part for name, part in visible.items() if any(row for _, row in self.rows(part))}
            if not filled and len(visible) == len(parts):
                raise refuse(Code.FILE_EMPTY)
            found = next(iter(filled.values())) if len(filled) == 1 else None
            offered, reason = filled or parts, f"{counted(len(filled), 'visible sheet')} hold data"
        if found is None:
            names = ", ".join(map(repr, offered))
            raise refuse(Code.SHEET_UNKNOWN, f"{reason}; name one (--sheet NAME, sheet=NAME): {names}")
        return found

    def rows(self, part: str) -> Iterator[_Row]:
        last = 0
        for row in self._elements(part, "row", "sheetData"):
            number, column, cells = int(row.get("r", last + 1)), 0, {}
            for element in row:
                place = element.get("r")
                column = self._place_of(place)[1] if place else column + 1
                if text := self._cell(element):
                    if column in cells:
                        raise BadZipFile
                    cells[column] = text
            if not last < number <= _MOST_ROWS:
                raise BadZipFile
            last = number
            yield number, cells

    def merged(self, part: str) -> Mapping[int, Mapping[int, int]]:
        """Return the merged cells over several rows: by the first row, the column of each and its last row."""
        merged: dict[int, dict[int, int]] = {}
        held, text = 0, b""
        with self._archive.open(part) as file:
            while chunk := file.read(CHUNK_BYTES):
                text = text[-_LONGEST_TAG:] + chunk
                for match in _MERGED.finditer(text) if _MERGE in text else ():
                    first, column = self._place_of(match[1].decode())
                    if int(match[2]) > first:
                        merged.setdefault(first, {})[column] = int(match[2])
                        held += 1
                    if held > _MOST_MERGED:
                        raise refuse(Code.LIMIT_EXCEEDED, _TOO_LARGE)
        return merged

    def _elements(self, part: str, name: str, parent: str) -> Iterator[Any]:
        inside: Any = None
        cleared = 0
        with self._archive.open(part) as file:
            for number, (event, element) in enumerate(self._iterparse(file, events=("start", "end"))):
                strict = not (number or element.tag.startswith(_MAIN))  # a variant with other names
                if strict or number - cleared > _MOST_TAGS:
                    raise BadZipFile
                if element.tag == f"{_MAIN}{parent}":
                    if event == "end":
                        return
                    inside = element
                elif event == "end" and element.tag == f"{_MAIN}{name}":
                    yield element
                    inside.clear()
                    cleared = number

    def _cell(self, element: Any) -> str:  # noqa: ANN401 (an element of XML)
        parts = {part.tag: part for part in element}
        kind, value = element.get("t", "n"), parts.get(_VALUE)
        if kind == "inlineStr":
            return _text_of(parts.get(_INLINE, ()))
        text = "" if value is None else value.text or ""
        if not text:
            uncomputed = _FORMULA in parts and kind != "str"
            return Uncomputed(f"={parts[_FORMULA].text or ''}") if uncomputed else ""
        if kind == "s":
            return self._texts[int(text)]
        if kind == "b":
            return "true" if int(text) else "false"
        if kind == "n":
            return self._number(text, int(element.get("s", 0)))
        return Uncomputed(text) if kind == "e" else text

    def _number(self, text: str, style: int) -> str:
        number = float(text)
        if style not in self._styles.date_formats:
            # A workbook keeps 15 digits of a number.
            return f"{number:.15g}" if abs(number) < _MOST_DIGITS else Uncomputed(text)
        try:
            at: Any = self._from_excel(number, self._epoch, style in self._styles.timedelta_formats)
        except (OverflowError, ValueError):
            return Uncomputed(text)
        if isinstance(at, datetime) and at.time() == time():
            return at.date().isoformat()
        return str(at) if isinstance(at, timedelta) else str(at.isoformat())


def _text_of(element: Any) -> str:  # noqa: ANN401 (as above)
    plain = [part for part in element if part.tag == _TEXT]
    parts = plain or (part for run in element for part in run if part.tag == _TEXT and run.tag == f"{_MAIN}r")
    return "".join([part.text or "" for part in parts]).replace("_x000D_", "\r")
