"""Frames of any engine, read and returned."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Self, TypeVar, cast, final

import narwhals.stable.v2 as nw
from attrs import evolve, frozen
from narwhals.exceptions import DuplicateError

from leadqual.errors import Fault, Refused, WrongType, require
from leadqual.policy.policy import Policy
from leadqual.scoring.scorecard import Scorecard
from leadqual.taxonomy.vocabulary import did_you_mean, normalize, tuple_of

FrameT = TypeVar("FrameT")

WORDS: Final = (nw.String, nw.Categorical, nw.Enum)
"""The types of a column that holds text."""

_EXPECTED: Final[Mapping[str, tuple[type, str]]] = {
    "policy": (Policy, "a Policy"),
    "card": (Scorecard, "a Scorecard"),
    "groups": (bool, "True or False"),
    "reasons": (bool, "True or False"),
}
"""The types of arguments, by their names; all others are texts."""


@final
class FrameRefused(Refused):
    """Raised for a frame that cannot be read; lists every fault."""


BLANKS: Final = "".join(filter(str.isspace, map(chr, range(ord("\u3000") + 1))))
"""The characters that ``str.strip`` removes; engines differ in what they take for blank."""


def require_arguments(**arguments: object) -> None:
    for argument, value in arguments.items():
        require(argument, value, *_EXPECTED.get(argument, (str, "a text")))


def refuse_if(faults: Iterable[Fault]) -> None:
    if found := tuple(faults):
        raise FrameRefused(found)


@final
@frozen(eq=False)
class InputFrame:
    """A frame, the types of its columns, and the columns of objects as they were before conversion."""

    frame: nw.DataFrame[Any] | nw.LazyFrame[Any]
    schema: Mapping[str, Any]
    originals: tuple[nw.Series[Any], ...] = ()
    consent_in: tuple[str, ...] = ()  # columns in which a no means do not contact
    no_consent_in: tuple[str, ...] = ()  # columns in which nothing is about consent

    @classmethod
    def of(cls, given: object, consent_in: Iterable[str] = (), no_consent_in: Iterable[str] = ()) -> Self:
        told = tuple_of("consent_in", consent_in, str, "a column")
        exempt = tuple_of("no_consent_in", no_consent_in, str, "a column")
        try:
            frame: Any = nw.from_native(cast("Any", given))
            return cls(frame, dict(frame.collect_schema()), (), told, exempt)
        except TypeError:
            expected = "a data frame of Polars, pandas, PyArrow, DuckDB or PySpark"
            advice = "convert a series with series.to_frame(), rows with polars.DataFrame(rows)"
            raise WrongType("frame", expected, type(given).__name__, advice) from None
        except DuplicateError:
            raise FrameRefused((Fault("columns", "two have the same name; rename one of them"),)) from None

    def reading(self, columns: Iterable[str | None]) -> Self:
        """Return the frame with those of *columns* that hold Python objects converted to their type."""
        if isinstance(self.frame, nw.LazyFrame):
            return self
        wanted = dict.fromkeys(columns).keys() - {original.name for original in self.originals}
        # A column of Python objects that begins with nulls is taken for text.
        objects = [
            name for name, dtype in self.schema.items() if name in wanted and dtype in (nw.Object, nw.String)
        ]
        frame = _converted(self.frame, objects)
        originals = (*self.originals, *(self.frame[name] for name in objects))
        return evolve(self, frame=frame, schema=dict(frame.schema), originals=originals)

    def named(self, names: Iterable[str]) -> list[str]:
        """Return the columns with one of *names*, in any case."""
        wanted = set(map(normalize, names))
        return [column for column in self.schema if normalize(str(column)) in wanted]

    def is_empty(self, column: str) -> bool:
        """Return whether a column is known to hold only nulls."""
        if isinstance(self.frame, nw.DataFrame):
            return self.frame[column].null_count() == len(self.frame)
        # In other engines an unknown type may be one of instants.
        return self.frame.implementation is nw.Implementation.POLARS and self.schema[column] == nw.Unknown

    def text_of(self, column: str) -> nw.Expr:
        return nw.col(column) if self.schema[column] == nw.String else nw.col(column).cast(nw.String)

    def word_of(self, column: str) -> nw.Expr:
        """Return a column of one of `WORDS` as text, trimmed and in lower case."""
        return self.text_of(column).str.strip_chars(BLANKS).str.to_lowercase()

    def wrong_type(self, argument: str, column: str, types: tuple[Any, ...], wanted: str) -> Iterator[Fault]:
        if self.schema[column] not in types and not self.is_empty(column):
            yield Fault(argument, f"{column} holds {self.schema[column]}, not {wanted}")

    def missing(self, columns: Iterable[tuple[str, object]]) -> Iterator[Fault]:
        for argument, column in columns:
            if column not in self.schema:
                hint = did_you_mean(str(column), map(str, self.schema), "name one that is")
                yield Fault(argument, f"there is no column {column!r}; {hint}")

    def adding(
        self, columns: Iterable[tuple[str, nw.Expr]], prefix: str, given: FrameT, objects: Iterable[str] = ()
    ) -> FrameT:
        """Return *given* with columns added; those of *objects* may be of Python objects."""
        added = [(f"{prefix}{name}", value) for name, value in columns]
        names = [name for name, _ in added]
        refuse_if(clashes(self.schema, names, "rename it, or give a prefix: prefix='leadqual_'", "group"))
        objects = [f"{prefix}{name}" for name in objects]
        result = self.frame.lazy().with_columns(**dict(added))
        return self.returned(result, given, *self.originals, objects=objects)

    def returned(
        self,
        result: nw.LazyFrame[Any],
        given: FrameT,
        *originals: nw.Series[Any],
        objects: Iterable[str] = (),
    ) -> FrameT:
        """Return a result as a frame of the kind of *given*, with the columns *originals* as they were."""
        answer: Any = result
        if isinstance(self.frame, nw.DataFrame):
            answer = _converted(result.collect(), list(objects)).with_columns(*originals)
        wrapped = isinstance(given, nw.DataFrame | nw.LazyFrame)
        return cast("FrameT", answer if wrapped else nw.to_native(answer))


def _converted(frame: nw.DataFrame[Any], objects: list[str]) -> nw.DataFrame[Any]:
    if not objects:
        return frame
    return frame.with_columns(*nw.maybe_convert_dtypes(frame.select(objects)).iter_columns())


def clashes(columns: Iterable[str], added: Iterable[str], advice: str, part: str = "") -> Iterator[Fault]:
    """Yield a fault for each of *columns*, and each *part* of a card, with the name of an added column."""
    taken = Counter(name.casefold() for name in added)
    for name in columns:
        if str(name).casefold() in taken:
            yield Fault(f"column {name}", f"has the name of a column that is added; {advice}")
    for folded, number in taken.items():
        if number > 1:
            yield Fault("card", f"two added columns would be called {folded!r}; rename a {part}")
