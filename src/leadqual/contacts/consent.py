"""What the columns that no layout reads say of consent: by their names, and by the words of their cells."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import Enum
from functools import cache, lru_cache, partial
from itertools import filterfalse
from operator import itemgetter
from typing import Final, cast, final

from leadqual.contacts.headings import field_of, listed, plain_words, without_accents, word_lists
from leadqual.errors import Fault
from leadqual.taxonomy.facts import FACTS, Fact
from leadqual.taxonomy.vocabulary import nearest, normalize


@final
class ConsentKind(Enum):
    OUT = "out"  # a yes means do not contact, and so does anything else that does not say no
    SWITCH = "switch"  # an opt-out that is switched on or off: "active" means do not contact, too
    WEAK_OUT = "weak_out"  # the name is negated and not a listed one: a plain yes means do not contact
    IN = "in"  # a yes means that contact is permitted
    TOLD_IN = "told_in"  # the same, and the caller said that a no means do not contact
    MIXED = "mixed"  # a yes may mean either
    STATUS = "status"  # the name speaks by the words of its cells only
    NONE = "none"  # the name says nothing of consent


OPT_OUTS: Final = (ConsentKind.OUT, ConsentKind.SWITCH, ConsentKind.TOLD_IN)
"""The kinds of columns that tell opt-outs."""


@final
class ConsentReading(Enum):
    """What one cell says of consent: a closed set, of which the later outweighs the earlier."""

    NOTHING = "nothing"  # nothing against contact
    DEAD_ADDRESS = "dead_address"  # the address is dead; the person said nothing
    STOPS = "stops"  # perhaps a no: the row is not accepted before somebody has looked at it
    OPTED_OUT = "opted_out"  # the person asked not to be contacted


_NOTHING, _STOPS, _OUT = ConsentReading.NOTHING, ConsentReading.STOPS, ConsentReading.OPTED_OUT
_WEIGHT: Final = {reading: weight for weight, reading in enumerate(ConsentReading)}

OPT_OUT: Final = Fact.OPTED_OUT
"""The fact that a column of opt-outs says."""

_Look = Callable[[tuple[str, ...], list[str]], tuple[tuple[int, ConsentReading], ...]]
_SEVERAL: Final = re.compile(r"[;,|/\n\r\t]|:::")
_REMEMBERED: Final = 10_000
_LONGEST_REMEMBERED: Final = 100
_list: Final = partial(listed, "consent")


@lru_cache(maxsize=4096)
def column_kind(name: str) -> ConsentKind:
    words = _names("answers").sub(" ", f" {plain_words(name)} ")
    if field_of(name) is not None or _names("not", "any").search(words):
        return ConsentKind.NONE
    if _names("mixed").search(words):
        return ConsentKind.MIXED
    out = _names("out").sub(" #", words)
    if out != words:
        if _names("in", topics=False).search(out) or _negated().search(out):
            return ConsentKind.MIXED
        return ConsentKind.SWITCH if _names("switch").search(words) else ConsentKind.OUT
    if _negated("contact").search(words):
        return ConsentKind.WEAK_OUT
    allowed = _names("in").sub(" #", words)
    if allowed != words:
        after = allowed.rpartition("#")[2].split()
        last, anywhere = _list("name", "not", "last_of_in"), _list("name", "not", "after_in")
        if not (last.isdisjoint(after[-1:]) and anywhere.isdisjoint(after)):
            return ConsentKind.NONE
        refusals = _phrase(_list("name", "negators") | _list("value", "refused"))
        return ConsentKind.MIXED if refusals.search(allowed) else ConsentKind.IN
    whole = " ".join([word for word in words.split() if word not in _list("name", "whole", "beside")])
    for kind in (ConsentKind.OUT, ConsentKind.IN):
        if whole in _list("name", "whole", kind.value):
            return kind
    return ConsentKind.STATUS if _names("status").search(words) else ConsentKind.NONE


def opts_out(column: str) -> bool | None:
    """Return whether the name of a column says that a yes there is an opt-out; None if it may say so."""
    kind = column_kind(column)
    return kind in OPT_OUTS or (False if kind in (ConsentKind.STATUS, ConsentKind.NONE) else None)


def faults_in_ways_out(
    columns: Iterable[str] | None, consent_in: Iterable[str], no_consent_in: Iterable[str]
) -> Iterator[Fault]:
    """Yield what is wrong with the columns named as ways out; *columns* are all that there are, if that is known."""
    named = {"consent_in": {normalize(name): name for name in consent_in}}
    named["no_consent_in"] = {normalize(name): name for name in no_consent_in}
    known = None if columns is None else {normalize(column): column for column in columns}
    for argument, names in named.items():
        for word, name in names.items():
            reason = ""
            if known is not None and word not in known:
                near = [f"; did you mean {known[each]!r}?" for each in nearest(name, known)[:1]]
                reason = f"which is not among the columns{''.join(near)}"
            elif all(word in each for each in named.values()):
                reason = "which is given as the opposite, too; leave out one of the two"
            elif argument == "consent_in" and opts_out(name):
                reason = "in which a yes means do not contact, by its name; leave it out"
            if reason:
                yield Fault(argument, f"names {name!r}, {reason}")


def titles_against_contact(titles: Iterable[str], exempt: Iterable[str]) -> list[str]:
    """Return the titles that say, or may say, that somebody is not to be contacted, but for the exempt ones."""
    known = set(map(normalize, exempt))
    said = {title: opts_out(title) or read_cell(ConsentKind.NONE, title) for title in titles}
    return [each for each in said if said[each] in (True, _STOPS, _OUT) and normalize(each) not in known]


def fact_named(column: str) -> Fact | None:
    """Return the fact that a column says by its name: by the fact's word, or by a name for opt-outs."""
    return FACTS.get(normalize(column)) or (OPT_OUT if opts_out(column) else None)


@cache
def words_of_opt_outs() -> tuple[str, ...]:
    """Return the words that are an opt-out in any column, as they may be written in lower case."""
    return tuple(sorted({word.replace(" ", sign) for word in _list("value", "out") for sign in (*" _-", "")}))


def read_cell(kind: ConsentKind, text: str) -> ConsentReading:
    meanings, words = _meanings(kind), plain_words(text)
    otherwise = meanings["otherwise"]
    if (said := _said(words)) is not None:
        return meanings.get(said, otherwise)
    values = [_said(plain_words(value)) or "" for value in _SEVERAL.split(text)]
    reading = max((meanings.get(value, otherwise) for value in values), key=_WEIGHT.__getitem__)
    within = _phrase(_list("text", "within"))
    return _STOPS if reading is _NOTHING and within.search(f" {words} ") else reading


def text_of(value: object) -> str:
    """Return a cell of any type as the text that it stands for: nothing, a word, a number, a date, a list."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return "; ".join(map(text_of, cast("Iterable[object]", value)))
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


@final
class ConsentReader:
    """Reader of *columns*, given by index, in many rows; of those in *ignored* only the cells count."""

    def __init__(
        self,
        columns: Mapping[int, str],
        consent_in: Iterable[str] = (),
        no_consent_in: Iterable[str] = (),
        *,
        ignored: Iterable[str] = (),
    ) -> None:
        told, exempt, unnamed = (
            frozenset(map(normalize, names)) for names in (consent_in, no_consent_in, ignored)
        )
        kinds = {index: column_kind(name) for index, name in columns.items() if normalize(name) not in exempt}
        kinds |= {index: ConsentKind.NONE for index in kinds if normalize(columns[index]) in unnamed}
        kinds |= {index: ConsentKind.TOLD_IN for index in kinds if normalize(columns[index]) in told}
        self.kinds: Mapping[int, ConsentKind] = kinds  # what the names say, by the indexes of the columns
        self._groups = tuple(
            _reader_of(kind, tuple(index for index, each in kinds.items() if each is kind))
            for kind in dict.fromkeys(kinds.values())
        )

    def read(self, cells: Sequence[str]) -> tuple[tuple[int, ConsentReading], ...]:
        found: tuple[tuple[int, ConsentReading], ...] = ()
        for pick, is_cleared, look in self._groups:
            texts = pick(cells)
            if new := list(filterfalse(is_cleared, texts)):
                found += look(texts, new)
        return found


def _reader_of(
    kind: ConsentKind, indexes: tuple[int, ...]
) -> tuple[Callable[[Sequence[str]], tuple[str, ...]], Callable[[str], bool], _Look]:
    """Return what picks the cells of columns of one kind, knows those that say nothing, and reads the others."""
    told: dict[str, ConsentReading] = {}
    cleared = {""}

    def look(texts: tuple[str, ...], new: list[str]) -> tuple[tuple[int, ConsentReading], ...]:
        if len(cleared) + len(told) > _REMEMBERED:
            cleared.clear()
            told.clear()
        joined = "\n".join(new)
        if kind is ConsentKind.NONE and not _sieve().search(without_accents(joined).lower()):
            if len(joined) <= _LONGEST_REMEMBERED:
                cleared.update(new)
            return ()
        said = {text: told.get(text) or read_cell(kind, text) for text in new}
        short = [text for text in new if len(text) <= _LONGEST_REMEMBERED]
        cleared.update([text for text in short if said[text] is _NOTHING])
        said = {text: reading for text, reading in said.items() if reading is not _NOTHING}
        told.update({text: said[text] for text in short if text in said})
        return tuple([(i, said[text]) for i, text in zip(indexes, texts, strict=False) if text in said])

    # Of one index alone, itemgetter would give the bare cell.
    return itemgetter(*(indexes[:-1] or indexes), indexes[-1]), cleared.__contains__, look


@cache
def _words() -> Mapping[str, str]:
    """Return which list each word for a cell is in, also where it is run together."""
    lists = {name: _list("value", name) for name in word_lists("consent")["value"]}
    lists["yes"] |= listed("headings", "answer", "yes") | listed("headings", "answer", "letters")
    lists["no"] |= listed("headings", "answer", "no")
    words = {word: name for name, words in lists.items() for word in words}
    return {word.replace(" ", ""): name for word, name in words.items() if not word[-1:].isdigit()} | words


@cache
def _meanings(kind: ConsentKind) -> Mapping[str, ConsentReading]:
    """Return what the lists of words for cells mean in a column of a kind, and what anything else means."""
    readings = word_lists("consent")["cell"][kind.value].items()
    return {name: ConsentReading(reading) for reading, names in readings for name in names}


def _said(words: str) -> str | None:
    return _words().get(words) or _words().get(words.replace(" ", ""))


@cache
def _sieve() -> re.Pattern[str]:
    """Return a pattern that is in every text with a phrase of an opt-out, grouped by its first letters."""
    pieces = word_lists("consent")["text"]["piece"]["any"]
    letters = sorted({piece[0] for piece in pieces})
    rest = {letter: "|".join(piece[1:] for piece in pieces if piece[0] == letter) for letter in letters}
    return re.compile("|".join(f"{letter}(?:{rest[letter]})" for letter in letters))


def _any_of(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=lambda word: (-len(word), word)))


@cache
def _phrase(phrases: frozenset[str], among: str = "") -> re.Pattern[str]:
    return re.compile(f" (?:{_any_of(phrases)}{among})(?= )")


@cache
def _names(*path: str, topics: bool = True) -> re.Pattern[str]:
    """Return a pattern for the phrases of a list and words with its pieces, or only for no topics."""
    phrases = _list("name", *path)
    pieces = word_lists("consent")["name"]["piece"].get(path[0]) if topics else None
    among = rf"|\S*(?:{_any_of(pieces)})\S*" if pieces else ""
    return _phrase(phrases if topics else phrases - _list("name", "topic"), among)


@cache
def _negated(*path: str) -> re.Pattern[str]:
    """Return a pattern for a negator at most four words before a beginning of a word, or before a mark."""
    followers = _any_of(_list("name", *path)) if path else "#"
    return re.compile(rf" (?:{_any_of(_list('name', 'negators'))}) (?:\S+ ){{0,3}}(?:{followers})")
