"""The base of all vocabularies, and the checks of words and values."""

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar, cast, final

from leadqual.errors import LeadqualError, WrongType, WrongValue, pairs_of, require, require_items
from leadqual.taxonomy.articles import Sentence

if TYPE_CHECKING:
    from attrs import Attribute

T = TypeVar("T")

CONVENTION: Final = "A convention of this library"

_SEPARATORS: Final = str.maketrans(" -", "__")


@final
class UnknownWord(LeadqualError, ValueError):
    """Raised for a word that is not in the vocabulary; names the nearest words.

    Attributes:
        kind: What was looked for, such as ``"fact"``.
        word: The word that was given.
        nearest: The words that look most like it, best first.
        choices: All the words that would have been right.
    """

    def __init__(self, kind: str, word: str, choices: tuple[str, ...]) -> None:
        super().__init__(kind, word, choices)
        self.kind = kind
        self.word = word
        self.choices = choices
        self.nearest: tuple[str, ...] = nearest(word, choices)

    def __str__(self) -> str:
        hint = did_you_mean(self.word, self.choices, f"use one of {', '.join(self.choices)}")
        return f"unknown {self.kind} {self.word!r}; {hint}"


def nearest(word: str, choices: Iterable[str]) -> tuple[str, ...]:
    """Return at most two of *choices* that look like *word*, best first."""
    from difflib import get_close_matches  # noqa: PLC0415 (only read when something is misspelt)

    return tuple(get_close_matches(normalize(word), choices, n=2, cutoff=0.6))


def did_you_mean(word: str, choices: Iterable[str], otherwise: str) -> str:
    near = nearest(word, choices)
    return f"did you mean {' or '.join(map(repr, near))}?" if near else otherwise


def look_up(kind: str, choices: Mapping[str, T], text: str) -> T:
    if text not in choices:
        raise UnknownWord(kind, text, tuple(choices))
    return choices[text]


def normalize(text: str) -> str:
    """Return *text* normalized for comparison: trimmed, in lower case, with underscores as separators."""
    return text.strip().casefold().translate(_SEPARATORS)


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


@cache
def _definitions() -> Mapping[str, Mapping[str, str]]:
    import tomllib  # noqa: PLC0415 (seldom needed, and slow to import beside this library)
    from importlib.resources import files  # noqa: PLC0415 (see above)

    return tomllib.loads((files("leadqual.taxonomy") / "definitions.toml").read_text("utf-8"))


class Word(Enum):
    """Base class of the closed vocabularies.

    A member's value is its lower-case word; ``str`` gives it. Members have no order of their own
    and are not strings, so that nothing is compared by spelling.

    Attributes:
        sentence: The sentence of an article that the word rests on; None for a convention of this library.
        basis: The sentence, or that the word is a convention of this library, and why.
    """

    _value_: str
    sentence: Sentence | None
    basis: Sentence | str

    def __new__(cls, word: str, basis: Sentence | str = "") -> Self:
        member = object.__new__(cls)
        member._value_ = word
        member.sentence = basis if isinstance(basis, Sentence) else None
        member.basis = member.sentence or f"{CONVENTION}: {basis}"
        return member

    @property
    def definition(self) -> str:
        """Return the meaning of the word, in one clause."""
        return _definitions()[type(self).__name__][self._value_]

    def __str__(self) -> str:
        return self._value_

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the member that *text* names, in any case, with spaces, hyphens or underscores.

        Raises:
            UnknownWord: If no member has this word.
            WrongType: If *text* is not a text.
        """
        # `cls` refuses anything but a text.
        return cls(normalize(text) if isinstance(text, str) else text)  # pyright: ignore[reportUnnecessaryIsInstance] (callers may not check types)

    @classmethod
    def _missing_(cls, value: object) -> None:
        if isinstance(value, str):
            raise UnknownWord(cls.__name__.lower(), value, tuple(str(member) for member in cls))
        expected = f"a word such as {str(next(iter(cls)))!r}"
        raise WrongType(cls.__name__.lower(), expected, type(value).__name__)


# The default hashes the name through a Python call; identity is as good and three times faster. Inside of
# the class, this assignment would hide the type that the base class declares.
Word.__hash__ = object.__hash__  # type: ignore[method-assign]

WordT = TypeVar("WordT", bound=Word)
PairsByWord = Mapping[WordT, T] | Iterable[tuple[WordT, T]]


def require_word(argument: str, value: object, vocabulary: type[Word]) -> None:
    name = vocabulary.__name__
    near = nearest(value, map(str, vocabulary)) if isinstance(value, str) else ()
    advice = f"did you mean {name}.{vocabulary(near[0]).name}?" if near else f"use {name}.parse for a word"
    require(argument, value, vocabulary, f"a {name}", advice)


def a_word(vocabulary: type[Word]) -> Callable[[object, "Attribute[Any]", object], None]:
    return lambda _, attribute, value: require_word(attribute.name, value, vocabulary)


def is_a(
    kind: type | UnionType, expected: str, advice: str = ""
) -> Callable[[object, "Attribute[Any]", object], None]:
    return lambda _, attribute, value: require(attribute.name, value, kind, expected, advice)


def whole(argument: str, value: int) -> int:
    """Return *value* if it is an `int`; refuse bools, and NumPy's numbers, which overflow in sums."""
    if type(value) is not int:
        raise WrongType(argument, "a whole number", type(value).__name__, "use int(...)")
    return value


def a_number(_: object, attribute: "Attribute[int]", value: int) -> None:
    whole(attribute.name, value)


def tuple_of(name: str, values: Iterable[T], kind: type[T] | UnionType, expected: str) -> tuple[T, ...]:
    require_items(name, values, f"values, each {expected}")
    found = tuple(values)
    for each in found:
        require(f"each of {name}", each, kind, expected)
    return found


def by_word(
    argument: str, given: object, vocabulary: type[WordT], convert: Callable[[Any], T]
) -> dict[WordT, T]:
    """Return a mapping by words, or pairs of a word and a value, in the order of the vocabulary."""
    found: dict[WordT, T] = {}
    for word, value in pairs_of(argument, cast("Any", given), f"a {vocabulary.__name__} and its value"):
        require_word(f"each key of {argument}", word, vocabulary)
        if word in found:
            raise WrongValue(argument, f"names {word} twice", "give it once, with everything")
        found[word] = convert(value)
    return {word: found[word] for word in vocabulary if word in found}
