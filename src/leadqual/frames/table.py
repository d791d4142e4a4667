"""Which frames come in, and how one goes out again."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Self, TypeVar, cast, final

import narwhals.stable.v2 as nw
from attrs import evolve, frozen
from narwhals.exceptions import DuplicateError

from leadqual.errors import Fault, Refused, WrongType, require
from leadqual.policy.policy import Policy
from leadqual.taxonomy.vocabulary import nearest

FrameT = TypeVar("FrameT")

_WITH_ENUMS: Final = (nw.Implementation.POLARS, nw.Implementation.PANDAS, nw.Implementation.DUCKDB)
"""The engines that have a type for a closed set of words; elsewhere labels are strings."""


WORDS: Final = (nw.String, nw.Categorical, nw.Enum)
"""The types of a column that holds text."""


_OBJECTS: Final = (nw.Object, nw.String)
"""The types that a column of Python objects seems to have."""


@final
class FrameRefused(Refused):
    """Say everything that keeps a frame from being read, and what would be right."""


BLANKS: Final = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""What ``str.strip`` removes; every engine has its own idea of a blank."""


def require_policy(policy: object) -> None:
    """Raise a `WrongType` if that is no policy."""
    require("policy", policy, Policy, "a Policy")


def require_texts(**arguments: object) -> None:
    """Raise a `WrongType` if any of the arguments is no text."""
    for argument, value in arguments.items():
        require(argument, value, str, "a text")


def require_flags(**arguments: object) -> None:
    """Raise a `WrongType` if any of the arguments is neither True nor False."""
    for argument, value in arguments.items():
        require(argument, value, bool, "True or False")


def refuse_if(faults: Iterable[Fault]) -> None:
    """Raise a `FrameRefused` with the faults, if there are any."""
    found = tuple(faults)
    if found:
        raise FrameRefused(found)


@final
@frozen(eq=False)
class InputFrame:
    """Hold a frame that came in.

    Attributes:
        frame: The frame as a ``narwhals`` frame that is ready to be read.
        schema: The types of its columns.
        originals: The columns of objects that were converted to be read, as they came.
    """

    frame: nw.DataFrame[Any] | nw.LazyFrame[Any]
    schema: Mapping[str, Any]
    originals: tuple[nw.Series[Any], ...] = ()

    @classmethod
    def of(cls, given: object) -> Self:
        """Return the table of a frame.

        Raises:
            WrongType: If it is no frame.
            FrameRefused: If two of its columns have one name.
        """
        try:
            frame: Any = nw.from_native(cast("Any", given))
            return cls(frame, dict(frame.collect_schema()))
        except TypeError:
            raise WrongType(
                "frame",
                "a data frame of Polars, pandas, PyArrow, DuckDB or PySpark",
                type(given).__name__,
                "a series is made one by series.to_frame(), rows by polars.DataFrame(rows)",
            ) from None
        except DuplicateError:
            raise FrameRefused((Fault("columns", "two have the same name; rename one of them"),)) from None

    @property
    def has_enums(self) -> bool:
        """Return whether the engine has a type for a closed set of words."""
        return self.frame.implementation in _WITH_ENUMS

    def reading(self, columns: Iterable[str]) -> Self:
        """Return the table with such of these columns as hold Python objects converted to their type."""
        if isinstance(self.frame, nw.LazyFrame):
            return self
        # A column of objects that begins with nulls claims to be text.
        wanted = dict.fromkeys(columns).keys() - {original.name for original in self.originals}
        objects = [name for name in self.schema if name in wanted and self.schema[name] in _OBJECTS]
        frame = _converted(self.frame, objects)
        originals = (*self.originals, *(self.frame[name] for name in objects))
        return evolve(self, frame=frame, schema=dict(frame.schema), originals=originals)

    def is_empty(self, column: str) -> bool:
        """Return whether a column is known to hold nothing at all."""
        if isinstance(self.frame, nw.DataFrame):
            return self.frame[column].null_count() == len(self.frame)
        # Elsewhere a type without a name may be one of instants, which nobody may take for nothing.
        is_polars = self.frame.implementation is nw.Implementation.POLARS
        return is_polars and self.schema[column] == nw.Unknown

    def text_of(self, column: str) -> nw.Expr:
        """Return what a column of one of `WORDS` says, as text."""
        said = nw.col(column)
        return said if self.schema[column] == nw.String else said.cast(nw.String)

    def word_of(self, column: str) -> nw.Expr:
        """Return what a column of one of `WORDS` says, as words are compared: trimmed, in lower case."""
        return self.text_of(column).str.strip_chars(BLANKS).str.to_lowercase()

    def not_words(self, argument: str, column: str, whose: str) -> Iterator[Fault]:
        """Yield the fault that a column, which is there, holds something else than text."""
        if self.schema[column] not in WORDS and not self.is_empty(column):
            advice = f"give the column with the words of the {whose}"
            yield Fault(argument, f"{column} holds {self.schema[column]}, not text; {advice}")

    def missing(self, argument: str, column: object) -> Iterator[Fault]:
        """Yield the fault that a column is not there."""
        if column not in self.schema:
            near = nearest(str(column), map(str, self.schema))
            hint = f"did you mean {' or '.join(map(repr, near))}?" if near else "name one that is"
            yield Fault(argument, f"there is no column {column!r}; {hint}")

    def leaving(
        self,
        result: nw.LazyFrame[Any],
        given: FrameT,
        *originals: nw.Series[Any],
        objects: Iterable[str] = (),
    ) -> FrameT:
        """Return a result as a frame of the kind that was given.

        *originals* are put back; such of the columns *objects* as hold Python objects are converted.
        """
        answer: Any = result
        if isinstance(self.frame, nw.DataFrame):
            answer = _converted(result.collect(), list(objects)).with_columns(*originals)
        wrapped = isinstance(given, nw.DataFrame | nw.LazyFrame)
        return cast("FrameT", answer if wrapped else nw.to_native(answer))


def _converted(frame: nw.DataFrame[Any], objects: list[str]) -> nw.DataFrame[Any]:
    """Return a frame with columns of Python objects, which pandas has, converted to a type with nulls."""
    if not objects:
        return frame
    return frame.with_columns(*nw.maybe_convert_dtypes(frame.select(objects)).iter_columns())


def clashes(columns: Iterable[str], ours: Iterable[str], advice: str) -> Iterator[Fault]:
    """Yield a fault for each of *columns* that engines without case could take for one of *ours*."""
    taken = {str(name).casefold() for name in ours}
    for name in columns:
        if str(name).casefold() in taken:
            yield Fault(f"column {name}", f"has the name of a column that is added; {advice}")


def alike(argument: str, ours: Iterable[str], advice: str) -> Iterator[Fault]:
    """Yield a fault for each of *ours* that engines without case could take for another of them."""
    counted = Counter(name.casefold() for name in ours)
    for name, number in counted.items():
        if number > 1:
            yield Fault(argument, f"two added columns would be called {name!r}; {advice}")
