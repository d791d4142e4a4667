"""What the heading of a column says, and the words for yes and no, in ten languages."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache, reduce
from importlib.resources import files
from operator import getitem
from typing import Any, Final
from unicodedata import normalize as normal_form

from leadqual.taxonomy.facts import FACTS, Fact

_PARTS: Final[tuple[str, ...]] = ("first_name", "middle_name", "last_name")
IDENTITY: Final = frozenset({"id", "name", *_PARTS, "email", "phone"})
"""The fields that identify a person, as the lists of headings have them."""

# Letters that no normal form takes apart, and marks that nobody sees.
_LETTERS: Final = str.maketrans(
    "łŁøØđĐ\u0131", "lLoOdDi", "\u00ad\u200b\u200c\u200d\u2060\ufe0f\ufeff"
) | str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe"})
_ACCENTS: Final = re.compile("[\u0300-\u036f]")
_NOT: Final = re.compile("(?<=n)['\u2019](?=t\\b)", re.IGNORECASE)
_HUMP: Final = re.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SIGNS: Final = re.compile(r"[\W_]+")


def without_accents(text: str) -> str:
    return text if text.isascii() else _ACCENTS.sub("", normal_form("NFKD", text.translate(_LETTERS)))


def plain_words(text: str) -> str:
    """Return a heading or a cell as the lists compare it: words in lower case with a blank between.

    Accents go, ``CamelCase`` is split, signs separate words, and ``e-mail`` is ``email``. A text of
    signs alone stays as it is.
    """
    split = _HUMP.sub(" ", _NOT.sub("", without_accents(text)))
    words = _SIGNS.sub(" ", split.lower()).strip()
    return f" {words}".replace(" e mail", " email")[1:] or text.strip()


@cache
def word_lists(name: str) -> Mapping[str, Any]:
    return tomllib.loads((files("leadqual.contacts") / "words" / f"{name}.toml").read_text("utf-8"))


def words_of(lists: Any) -> Iterator[str]:  # noqa: ANN401 (a part of a TOML file)
    if isinstance(lists, str):
        yield plain_words(lists)
    else:
        for each in lists.values() if hasattr(lists, "values") else lists:
            yield from words_of(each)


@cache
def listed(name: str, *path: str) -> frozenset[str]:
    """Return the words of the list that *path* leads to in one file, folded."""
    return frozenset(words_of(reduce(getitem, path, word_lists(name))))


def field_of(heading: str) -> str | None:
    return _meanings("field").get(plain_words(heading))


def columns_by_field(
    names: Iterable[str], *, halves: bool
) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return the columns of each field of a person: those that may hold it, and those that together do.

    With *halves* a "Name" beside a first name alone is the last name; beside a last name alone, the first.
    """
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(field_of(name) or "", []).append(name)
    whole, parts = found.get("name", []), {part: found[part][0] for part in _PARTS if part in found}
    missing = {"first_name", "last_name"} - parts.keys()
    if (
        halves
        and len(missing) == len(whole) == 1
        and plain_words(whole[0]) in listed("headings", "half_name", "any")
    ):
        parts[missing.pop()] = whole.pop()
    columns = {
        field: (tuple(names), ()) for field, names in found.items() if field not in ("", "name", *_PARTS)
    }
    named = (tuple(whole), tuple(parts[part] for part in _PARTS if part in parts))
    return columns | ({"name": named} if any(named) else {})


def shared_column(heading: str) -> str | None:
    """Return what systems call a column that is kept unread, such as ``"company"``, by its heading."""
    firm = "company" if plain_words(heading) in listed("headings", "firm", "name") else None
    return firm or _meanings("shared").get(plain_words(heading)) or field_of(heading)


def fact_of(heading: str, *, loose: bool = False) -> Fact | None:
    """Return the fact that a heading names; *loose* adds words that suggest one, which somebody must confirm."""
    words = plain_words(heading)
    fact = _meanings("fact", "exact").get(words) or (loose and _meanings("fact", "loose").get(words))
    return FACTS.get(fact or words.replace(" ", "_"))


def never_a_fact(heading: str) -> str | None:
    """Return ``"upline"`` or ``"rank"`` where a heading names one of them, which is no fact and no stage."""
    return _meanings("nothing").get(plain_words(heading))


def is_evidence(heading: str) -> bool:
    """Return whether a column called so may say what somebody did; a person's own fields do not."""
    words = plain_words(heading)
    last = words.rpartition(" ")[2]
    if field_of(heading) not in (None, "claimed_stage") or last in listed("headings", "no_evidence", "last"):
        return False
    named = fact_of(heading, loose=True) or _has(words, listed("headings", "evidence"))
    return bool(named) and not _has(words, listed("headings", "no_evidence", "any"))


@lru_cache(1_000)
def answer_of(text: str, *, letters: bool = False) -> bool | None:
    """Return what a word for yes or no says; *letters*, in a column of nothing but answers, adds single ones."""
    words = plain_words(text)
    if words in listed("headings", "answer", "no"):
        return False
    is_letter = letters and words in listed("headings", "answer", "letters")
    return True if is_letter or words in listed("headings", "answer", "yes") else None


@cache
def _meanings(*path: str) -> Mapping[str, str]:
    lists = reduce(getitem, path, word_lists("headings"))
    return {word: meaning for meaning, words in lists.items() for word in words_of(words)}


def _has(words: str, phrases: frozenset[str]) -> bool:
    return any(f" {phrase} " in f" {words} " for phrase in phrases)
