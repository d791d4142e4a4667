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
    length: int
    text: str | None  # as it stands in the file; None where it was too long to be kept
    values: Mapping[str, str]
    fault: Code | None = None
    detail: str = ""
    units: int = 1  # how many lines it takes, or 1
    doubtful: bool = False


@final
class ObjectReader(Iterator[Record]):
    header: Header

    def __init__(
        self, items: Iterator[Item], limits: Limits, unit: str = "line", delimiter: str = ""
    ) -> None:
        self._items, self._limits, self._delimiter = items, limits, delimiter
        self.unit: Final = unit
        self.lines_read: int = 0
        self.bytes_read: int = 0
        self._indexes: dict[str, int] = {}
        self._ahead: deque[Item] = deque()
        self._look_ahead(_LOOKED_AT, {})
        if not self._indexes:
            raise other_format(f"this looks like JSON, but no {unit} is an object of its own")

    def _look_ahead(self, items: int, values: Mapping[str, str]) -> None:
        """Make columns of new keys, and of those of the next *items*, so that new ones come seldom."""
        keys, held = [*self._indexes, *values], 0
        for item in islice(self._items, items):
            self._ahead.append(item)
            keys += item.values
            held += item.length if item.text else 0
            if held > self._limits.record_bytes:
                break
        columns = list(dict.fromkeys(keys))[: self._limits.columns]
        if len(columns) > len(self._indexes):
            self._indexes = {key: index for index, key in enumerate(columns)}
            self.header = Header.of(columns, delimiter=self._delimiter)

    def __next__(self) -> Record:
        item = self._ahead.popleft() if self._ahead else next(self._items)
        first, offset, values, fault = self.lines_read + 1, self.bytes_read, item.values, item.fault
        self.lines_read += item.units
        self.bytes_read += item.length
        if not values.keys() <= self._indexes.keys():
            self._look_ahead(len(self._indexes), values)
        cells = [""] * len(self._indexes) if values else []
        if values.keys() <= self._indexes.keys():
            for key, value in values.items():
                cells[self._indexes[key]] = value
            fault = fault or fault_in(values.values(), self._limits)
        else:
            cells, fault = [], Code.CELLS_EXTRA
        read = (first, self.lines_read, offset, item.length, item.text, cells, fault, item.detail)
        return Record(*read, doubtful=item.doubtful)
