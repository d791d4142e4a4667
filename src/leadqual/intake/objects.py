"""How objects, whatever format they are written in, become records; a key is a column."""

from collections import deque
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final, NamedTuple, final

from leadqual.intake.codes import Code
from leadqual.intake.dialects import Record, fault_in
from leadqual.intake.headers import Header
from leadqual.intake.problems import Limits, other_format

_LOOKED_AT: Final = 100


class Item(NamedTuple):
    """The text of one object as it stands in the file, and its values by key."""

    length: int
    text: str | None  # None where it was too long to be kept
    values: Mapping[str, str]
    fault: Code | None = None
    detail: str = ""
    units: int = 1  # how many lines it takes, or 1
    doubtful: bool = False


@final
class ObjectReader:
    """An iterator over the records of objects; later ones may bring new columns."""

    header: Header

    def __init__(
        self, items: Iterator[Item], limits: Limits, unit: str = "line", delimiter: str = ""
    ) -> None:
        self._items = items
        self._limits = limits
        self.unit: Final = unit
        self._delimiter = delimiter
        self.lines_read: int = 0
        self.bytes_read: int = 0
        self._indexes: dict[str, int] = {}
        self._ahead: deque[Item] = deque()
        self._look_ahead(_LOOKED_AT, {})
        if not self._indexes:
            raise other_format(f"this looks like JSON, but no {unit} is an object of its own")

    def _look_ahead(self, items: int, values: Mapping[str, str]) -> None:
        """Make columns of new keys, and of those of the next *items*, so that new ones come seldom."""
        before, held = len(self._indexes), 0
        self._learn(values)
        for item in islice(self._items, items):
            self._ahead.append(item)
            self._learn(item.values)
            held += item.length if item.text else 0
            if held > self._limits.record_bytes:
                break
        if len(self._indexes) > before:
            self.header = Header.of(list(self._indexes), delimiter=self._delimiter)

    def _learn(self, values: Mapping[str, str]) -> None:
        for key in values:
            if len(self._indexes) < self._limits.columns:
                self._indexes.setdefault(key, len(self._indexes))

    def __iter__(self) -> Iterator[Record]:
        return self

    def __next__(self) -> Record:
        item = self._ahead.popleft() if self._ahead else next(self._items)
        first, offset = self.lines_read + 1, self.bytes_read
        self.lines_read += item.units
        self.bytes_read += item.length
        cells, fault = self._cells(item)
        return Record(
            *(first, self.lines_read, offset, item.length, item.text, cells, fault, item.detail),
            doubtful=item.doubtful,
        )

    def _cells(self, item: Item) -> tuple[list[str], Code | None]:
        values = item.values
        if not values.keys() <= self._indexes.keys():
            self._look_ahead(len(self._indexes), values)
            if not values.keys() <= self._indexes.keys():
                return [], Code.CELLS_EXTRA
        if not values:
            return [], item.fault
        cells = [""] * len(self._indexes)
        for key, value in values.items():
            cells[self._indexes[key]] = value
        return cells, item.fault or fault_in(values.values(), self._limits)
