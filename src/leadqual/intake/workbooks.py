"""How the rows of a sheet of an Excel workbook become records, in memory that does not grow with them."""

from array import array
from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from importlib import import_module
from io import BytesIO
from typing import Any, Final, final
from zipfile import BadZipFile, ZipFile

from leadqual.errors import ExtraMissing
from leadqual.intake.codes import Code
from leadqual.intake.containers import other_format, require_ratio
from leadqual.intake.decoding import SheetChoice
from leadqual.intake.dialects import CONTROL, Record, Uncomputed
from leadqual.intake.headers import Header
from leadqual.intake.problems import FileRefused, Limits, refuse
from leadqual.taxonomy.vocabulary import counted

_MOST_ROWS: Final = 1_048_576
_HELD_WHOLE: Final = 268_435_456
"""How many bytes the parts of a workbook may have that are not sheets; the texts of all cells are one."""

_MOST_PARTS: Final = 500_000
"""How many tags a row may have; a row of all columns, each with a formula and a text, has fewer."""

_DAMAGED: Final = "the workbook or archive is damaged; get a whole copy, or save it again in Excel"
_MOST_DIGITS: Final = 10**15
_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_CELL, _VALUE, _FORMULA, _INLINE, _TEXT = (f"{_MAIN}{name}" for name in ("c", "v", "f", "is", "t"))
_OTHER_ARCHIVES: Final = (
    ("xl/workbook.bin", "this is a binary workbook (.xlsb); save it as .xlsx"),
    ("mimetype", "this is an OpenDocument file; save the sheet as .xlsx, or as CSV in UTF-8"),
    ("word/document.xml", "this is a Word document; save its table as CSV in UTF-8"),
)


@final
class SheetReader:
    """An iterator over the rows of a sheet; `begin` with a header."""

    unit: Final = "row"

    def __init__(self, chunks: Iterator[bytes], sheet: SheetChoice, limits: Limits) -> None:
        self._file = BytesIO()
        self._file.writelines(chunks)
        self._limits = limits
        self.lines_read: int = 0
        self.header: Header = Header.of(())
        self._named = 0
        self._next: tuple[int, dict[int, str]] | None = None
        try:
            _require_workbook(self._file, self._file.tell(), limits)
            book = _Book(self._file)
            self._rows = book.rows(book.sheet(sheet))
        except (FileRefused, ExtraMissing):
            raise
        except Exception:  # noqa: BLE001 (what a hostile file makes of the library)
            raise refuse(Code.FILE_UNREADABLE, _DAMAGED) from None

    @property
    def bytes_read(self) -> int:
        """Return how far the packed file was read."""
        return self._file.tell()

    def begin(self, header: Header, *, pads: bool) -> None:  # noqa: ARG002 (all rows may be short)
        """Say which cells a row may have."""
        self.header, self._named = header, len(header.names)

    def __iter__(self) -> Iterator[Record]:
        return self

    def __next__(self) -> Record:
        try:
            self._next = self._next or next(self._rows)
        except StopIteration:
            raise
        except Exception:  # noqa: BLE001 (as above)
            raise refuse(Code.FILE_UNREADABLE, _DAMAGED) from None
        self.lines_read += 1
        cells: list[str] = []
        if self.lines_read == self._next[0]:
            found, self._next = self._next[1], None
            cells = [""] * max(self._named, *found, 0)
            for column, text in found.items():
                cells[column - 1] = text
        fault, detail = self._fault_in(cells)
        return Record(self.lines_read, self.lines_read, 0, 0, None, cells, fault, detail)

    def _fault_in(self, cells: list[str]) -> tuple[Code | None, str]:
        if self._named and self.header.repeated_by(cells):
            return Code.HEADER_REPEATED, ""
        if self._named and any(map(str.strip, cells[self._named :])):
            return (
                Code.CELLS_EXTRA,
                f"the row has text in {len(cells)} cells, the header has {self._named} names",
            )
        if any(isinstance(cell, Uncomputed) for cell in cells):
            return Code.CELL_UNCOMPUTED, ""
        if any(map(CONTROL.search, cells)):
            return Code.CONTROL_CHARACTER, ""
        too_long = max(map(len, cells), default=0) > self._limits.cell_characters
        return Code.CELL_TOO_LONG if too_long else None, ""


def _require_workbook(file: BytesIO, size: int, limits: Limits) -> None:
    """Refuse an archive that is no workbook, or holds too much."""
    try:
        archive = ZipFile(file)
    except BadZipFile:
        raise refuse(Code.FILE_UNREADABLE, _DAMAGED) from None
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise other_format("this is an archive with a password; unpack it first")
    for name, advice in _OTHER_ARCHIVES:
        if name in names:
            raise other_format(advice)
    if "[Content_Types].xml" not in names:
        raise other_format(
            f"this is an archive of {counted(len(parts), 'file')}; unpack it, and check each by itself"
        )
    held = sum(part.file_size for part in parts)
    require_ratio(held, size, limits)
    whole = sum(part.file_size for part in parts if not part.filename.startswith("xl/worksheets/"))
    if held > limits.unpacked_bytes or whole > _HELD_WHOLE:
        raise refuse(
            Code.LIMIT_EXCEEDED, "the workbook is too large when unpacked; save the sheet as CSV in UTF-8"
        )


@final
class _Texts:
    """The shared texts of a workbook, as a list of them would be, in a third of the memory."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("Q", [0])

    def append(self, text: str) -> None:
        self._bytes += text.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._bytes))

    def __getitem__(self, index: int) -> str:
        return self._bytes[self._ends[index] : self._ends[index + 1]].decode("utf-8", "surrogatepass")


@final
class _Book:
    """The sheets of a workbook, as openpyxl finds them, and their cells."""

    def __init__(self, file: BytesIO) -> None:
        try:
            library: Any = import_module("openpyxl.reader.excel")
        except ImportError:
            raise ExtraMissing("reading Excel workbooks", "intake") from None
        self._iterparse: Any = import_module("openpyxl.xml.functions").iterparse
        self._from_excel: Any = import_module("openpyxl.utils.datetime").from_excel
        reader = library.ExcelReader(file, read_only=True, data_only=True, keep_links=False)
        reader.read_strings = lambda: None  # it would hold them as a list
        reader.read()
        self._book: Any = reader.wb
        self._archive: ZipFile = reader.archive
        self._texts = _Texts()
        part = reader.package.find(library.SHARED_STRINGS)
        for element in self._elements(part.PartName[1:], "si", "sst") if part else ():
            self._texts.append(_text_of(element))

    def sheet(self, choice: SheetChoice) -> Any:  # noqa: ANN401 (the library has no types)
        """Return the sheet that is named, or the only visible one with data."""
        sheets: dict[str, Any] = {each.title: each for each in self._book.worksheets}
        visible = {name: each for name, each in sheets.items() if each.sheet_state == "visible"}
        if choice is not None:
            numbered = {str(number): each for number, each in enumerate(visible.values(), 1)}
            found = (numbered if isinstance(choice, int) else numbered | sheets).get(str(choice))
            if found is None:
                raise _which_sheet("no visible sheet has this name or number", visible)
            return found
        filled = {name: each for name, each in visible.items() if any(row for _, row in self.rows(each))}
        if len(filled) == 1:
            return next(iter(filled.values()))
        if not filled and len(visible) == len(sheets):
            raise refuse(Code.FILE_EMPTY)
        raise _which_sheet(
            f"{counted(len(filled), 'visible sheet')} of the workbook hold data", filled or sheets
        )

    def rows(self, sheet: Any) -> Iterator[tuple[int, dict[int, str]]]:  # noqa: ANN401 (as above)
        """Yield the rows that the file has, each with its number and the texts of its cells by column."""
        last = 0
        column_of: Any = import_module("openpyxl.utils").coordinate_to_tuple
        for row in self._elements(sheet._worksheet_path, "row", "sheetData"):  # noqa: SLF001 (what it is read from)
            number = int(row.get("r", last + 1))
            if not last < number <= _MOST_ROWS:
                raise ValueError
            last, column, cells = number, 0, {}
            for element in row:
                place = element.get("r")
                column = column_of(place)[1] if place else column + 1
                if text := self._cell(element):
                    if column in cells:
                        raise ValueError
                    cells[column] = text
            yield number, cells

    def _elements(self, part: str, name: str, parent: str) -> Iterator[Any]:
        """Yield the elements inside a parent, none of which is kept."""
        with self._archive.open(part) as file:
            inside: Any = None
            cleared = 0
            for number, (event, element) in enumerate(self._iterparse(file, events=("start", "end"))):
                if number - cleared > _MOST_PARTS:
                    raise ValueError
                if element.tag == f"{_MAIN}{parent}":
                    if event == "end":
                        return
                    inside = element
                elif event == "end" and element.tag == f"{_MAIN}{name}":
                    yield element
                    inside.clear()
                    cleared = number

    def _cell(self, element: Any) -> str:  # noqa: ANN401 (an element of XML)
        """Return the text of a cell as a CSV file has it."""
        parts = {part.tag: part for part in element}
        kind, value, inner = element.get("t", "n"), parts.get(_VALUE), parts.get(_INLINE)
        if kind == "inlineStr":
            return "" if inner is None else _text_of(inner)
        if value is None or not value.text:
            formula = parts.get(_FORMULA)
            return "" if formula is None or kind == "str" else Uncomputed(f"={formula.text or ''}")
        text = str(value.text)
        if kind == "s":
            return self._texts[int(text)]
        if kind == "b":
            return "true" if int(text) else "false"
        if kind == "n":
            return self._number(text, int(element.get("s", 0)))
        return Uncomputed(text) if kind == "e" else text

    def _number(self, value: str, style: int) -> str:
        number = float(value)
        if style in self._book._date_formats:  # noqa: SLF001 (which styles show dates)
            try:
                moment: Any = self._from_excel(
                    number,
                    self._book.epoch,
                    timedelta=style in self._book._timedelta_formats,  # noqa: SLF001
                )
            except (OverflowError, ValueError):
                return Uncomputed(value)
            if isinstance(moment, datetime) and moment.time() == time():
                return moment.date().isoformat()
            return str(moment) if isinstance(moment, timedelta) else str(moment.isoformat())
        # A workbook keeps 15 digits of a number.
        return f"{number:.15g}" if abs(number) < _MOST_DIGITS else Uncomputed(value)


def _text_of(element: Any) -> str:  # noqa: ANN401 (as above)
    """Return a text, however its parts are formatted."""
    parts = [part for part in element if part.tag == _TEXT] or element.iterfind(f"{_MAIN}r/{_TEXT}")
    return "".join([part.text or "" for part in parts]).replace("_x000D_", "\r")


def _which_sheet(reason: str, sheets: Iterable[str]) -> FileRefused:
    names = ", ".join(map(repr, sheets))
    return refuse(Code.SHEET_UNKNOWN, f"{reason}; name one (--sheet NAME, sheet=NAME): {names}")
