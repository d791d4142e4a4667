"""Which records of a file are about the same person."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from hashlib import blake2b
from sys import hash_info
from typing import Final, Literal, NamedTuple, final, get_args

from leadqual.contacts.consent import ConsentReader, ConsentReading
from leadqual.contacts.contact import Contact
from leadqual.errors import require
from leadqual.intake.codes import Code
from leadqual.intake.problems import Finding
from leadqual.taxonomy.vocabulary import UnknownWord

DuplicatesChoice = Literal["ignore", "report", "merge"]
_CHOICES: Final[tuple[str, ...]] = get_args(DuplicatesChoice)
_BITS: Final = 64
_MASK: Final = (1 << _BITS) - 1
_NAMES: Final = {"id": "id", "email": "e-mail address", "phone": "telephone number"}
_PART: Final = "[^\\s@<>()\"',;:|]"  # a character of an address
_ADDRESS: Final = re.compile(rf"(?<!{_PART}){_PART}++@{_PART}+\.[^\W\d_]{{2,}}")


def known_choice(choice: str) -> None:
    require("duplicates", choice, str, "a word", f"one of {', '.join(_CHOICES)}")
    if choice not in _CHOICES:
        raise UnknownWord("way to treat duplicates", choice, _CHOICES)


class Repeat(NamedTuple):
    record: int
    field: str
    reason: str = ""  # why they may be about two people; empty if they are about one

    def finding(self, column: int | None) -> Finding:
        shared = f"the row has the {_NAMES[self.field]} of row {self.record}"
        return Finding(Code.DUPLICATE, column, f"{shared}{self.reason}")


@final
class DuplicateIndex:
    """The ids, e-mail addresses and telephone numbers of a file, at about 100 bytes for each.

    Two records are about one person if they share the id and their e-mail addresses do not differ, or share
    the e-mail address and their ids do not differ. Two people may share a telephone number.
    """

    def __init__(self) -> None:
        # Each key has the record and, to find contradictions, the key of that record in the other field.
        self._keys: dict[int, int] = {}

    def repeats(self, contact: Contact, record: int) -> list[Repeat]:
        """Return the earlier records that a contact repeats, and add it to the index."""
        by_id = key_of("id", contact.id)
        by_email = key_of("email", contact.email and contact.email.casefold())
        found = (
            # Any two records differ in their number.
            self._look_up(
                "phone", key_of("phone", contact.phone), record, record, "; two people may share it"
            ),
            self._look_up("email", by_email, by_id, record, ", but another id"),
            self._look_up("id", by_id, by_email, record, ", but another e-mail address"),
        )
        return sorted({repeat.record: repeat for repeat in found if repeat}.values()) if any(found) else []

    def _look_up(self, field: str, key: int, other: int, record: int, contradiction: str) -> Repeat | None:
        if not key:
            return None
        held = self._keys.setdefault(key, record << _BITS | other)
        earlier, their_other = held >> _BITS, held & _MASK
        if earlier == record:
            return None
        if their_other and other and their_other != other:
            return Repeat(earlier, field, contradiction)
        if not their_other:
            self._keys[key] = held | other
        return Repeat(earlier, field)


def reached(people: Mapping[int, Iterable[str]], stating: Mapping[int, Iterable[str]]) -> dict[int, int]:
    """Return the records that share a key with a *stating* one, or with one so found, each with the former."""
    sharing: dict[str, list[int]] = {}
    for record, keys in people.items():
        for key in keys:
            sharing.setdefault(key, []).append(record)
    found = {record: record for record in stating}
    ahead = list(found)
    for record in ahead:
        for key in (*people.get(record, ()), *stating.get(record, ())):
            for other in sharing.pop(key, ()):
                if other not in found:
                    found[other] = found[record]
                    ahead.append(other)
    return {record: by for record, by in found.items() if record != by}


def keys_of(contact: Contact) -> list[str]:
    keys = (contact.id and f"id {contact.id}", contact.email and _address(contact.email))
    return [key for key in keys if key]


def stated_by_words(cells: Sequence[str], text: str | None) -> Iterator[tuple[ConsentReading, set[str]]]:
    """Yield what the words of a record of broken shape say against contact, and the addresses beside them."""
    text = text or "\t".join(cells)
    several = len(set(_ADDRESS.findall(text))) > 1
    for part in text.splitlines() if several else [text]:
        for _, said in _words().read([part]):
            yield said, set(map(_address, _ADDRESS.findall(part)))


_words: Final = cache(partial(ConsentReader, {0: "text"}))


def _address(email: str) -> str:
    return f"email {email.casefold()}"


def key_of(field: str, value: str | None) -> int:
    """Return 64 bits that stand for a value; 0 if there is none."""
    return _hash((field, value)) & _MASK if value else 0


def digest(key: tuple[str, str]) -> int:
    """Return 64 bits of a key where `hash` has fewer, as in a browser: two people would have one key."""
    text = "\0".join(key).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=_BITS // 8).digest())


_hash: Final[Callable[[tuple[str, str]], int]] = hash if hash_info.width >= _BITS else digest
