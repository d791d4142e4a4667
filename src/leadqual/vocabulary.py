"""What every word of the taxonomy carries: a value fixed for ever, a definition, a sentence."""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Final, Self, TypeVar, final

from attrs import frozen

from leadqual.articles import Sentence
from leadqual.errors import LeadqualError, WrongType

_SEPARATORS: Final = str.maketrans(" -", "__")


@frozen
class Meaning:
    """Hold what a word means.

    Attributes:
        definition: Who belongs, in one clause.
        sentence: The sentence of the article that the word rests on.
    """

    definition: str
    sentence: Sentence


@final
class UnknownWord(LeadqualError, ValueError):
    """Say that a word is not in the vocabulary, and which words are near.

    Attributes:
        kind: What was looked for, such as ``"fact"``.
        word: The word that was given.
        nearest: The words that look most like it, best first.
        choices: All the words that would have been right.
    """

    def __init__(self, kind: str, word: str, choices: tuple[str, ...]) -> None:  # noqa: D107
        super().__init__(kind, word, choices)
        self.kind = kind
        self.word = word
        self.choices = choices
        self.nearest: tuple[str, ...] = nearest(word, choices)

    def __str__(self) -> str:
        """Return the message."""
        if self.nearest:
            hint = f"did you mean {' or '.join(repr(choice) for choice in self.nearest)}?"
        else:
            hint = f"there are {', '.join(self.choices)}"
        return f"no {self.kind} is called {self.word!r}; {hint}"


def nearest(word: str, choices: Iterable[str]) -> tuple[str, ...]:
    """Return at most two of *choices* that look like *word*, best first."""
    from difflib import get_close_matches  # noqa: PLC0415 (only read when something is misspelt)

    return tuple(get_close_matches(fold(word), choices, n=2, cutoff=0.6))


def fold(text: str) -> str:
    """Return *text* as words are compared: trimmed, in lower case, with underscores between."""
    return text.strip().casefold().translate(_SEPARATORS)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural unless it is one."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


class Word(Enum):
    """Be the base of the closed vocabularies.

    A member's value is its lower-case word; ``str`` gives it. Members have no order of their own
    and are not strings, so that nothing is compared by spelling.
    """

    def __str__(self) -> str:
        """Return the word."""
        return str(self.value)

    @property
    def definition(self) -> str:
        """Return who or what belongs, in one clause."""
        return _MEANINGS[self].definition

    @property
    def sentence(self) -> Sentence:
        """Return the sentence of the article that the word rests on."""
        return _MEANINGS[self].sentence

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the member that *text* names, in any case, with spaces, hyphens or underscores.

        Raises:
            UnknownWord: If no member is called so.
            WrongType: If *text* is no text.
        """
        word = fold(text) if isinstance(text, str) else text  # pyright: ignore[reportUnnecessaryIsInstance] (callers may not check types)
        member = cls._value2member_map_.get(word)
        return member if isinstance(member, cls) else cls(word)

    @classmethod
    def _missing_(cls, value: object) -> None:
        """Raise the error that names the nearest word."""
        if isinstance(value, str):
            raise UnknownWord(cls.__name__.lower(), value, tuple(str(member) for member in cls))
        raise WrongType(
            cls.__name__.lower(), f"a word such as {str(next(iter(cls)))!r}", type(value).__name__
        )


# The default hashes the name through a Python call; identity is as good and three times faster. Inside of
# the class this would take away the type that the base gives to it.
Word.__hash__ = object.__hash__  # type: ignore[method-assign]

WordT = TypeVar("WordT", bound=Word)

_MEANINGS: Final[dict[Word, Meaning]] = {}


def define(meanings: Mapping[WordT, Meaning]) -> None:
    """Give the members of a vocabulary their meanings, in the module that holds the vocabulary."""
    _MEANINGS.update({word: meaning for word, meaning in meanings.items()})  # noqa: C416 (a mapping is invariant in its keys)
