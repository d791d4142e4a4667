"""A TOML document read key by key, with every fault collected."""

import json
import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from types import UnionType
from typing import Any, Final, TypeVar, cast, final, get_args, get_origin

from attrs import NOTHING, define, field, fields, has

from leadqual.errors import Fault, Refused, require
from leadqual.taxonomy.vocabulary import UnknownWord, Word, nearest

T = TypeVar("T")
WordT = TypeVar("WordT", bound=Word)

_TYPE_NAMES: Final[Mapping[type, str]] = {
    str: "a text",
    int: "a whole number",
    float: "a number with a decimal point",
    bool: "true or false",
    list: "a list",
    dict: "a table",
}


@final
class DocumentRefused(Refused):
    """Raised for a document that cannot be read; lists every fault with its place."""


def read_text(path: Path | str) -> str:
    require("path", path, str | Path, "a path")
    try:
        # A byte order mark is not part of the text.
        return Path(path).read_text("utf-8-sig")
    except UnicodeDecodeError:
        reason = "it is not UTF-8 text"
    except ValueError:
        reason = "it is not a path"
    except OSError as error:
        reason = f"{error.strerror}"
    raise DocumentRefused((Fault(str(path), f"cannot be read: {reason}; name a TOML file"),))


def quoted(text: str) -> str:
    """Return a text as TOML writes it, with an escape for each character that is not printable."""
    # A JSON string is a TOML basic string, except for what JSON does not escape.
    codes = [ord(sign) for sign in text if not sign.isprintable()]
    escapes = {code: f"\\u{code:04x}" if code < 1 << 16 else f"\\U{code:08x}" for code in codes}
    return json.dumps(text, ensure_ascii=False).translate(escapes)


def quoted_list(texts: Iterable[object]) -> str:
    return f"[{', '.join(quoted(str(text)) for text in texts)}]"


@final
@define(eq=False)
class Table:
    """One table of a document; faults are collected, not raised.

    A reading method returns what it read, or None after it noted a fault. `finish` is called on the first
    table when all keys have been read.
    """

    _data: Mapping[str, object]
    _name: str
    _path: str
    _faults: list[Fault]
    _asked: set[str] = field(init=False, factory=set[str])
    _inner: list["Table"] = field(init=False, factory=list["Table"])

    @classmethod
    def parse(cls, text: str, name: str) -> "Table":
        """Return the first table of a document; *name* stands in every fault."""
        require("text", text, str, "the text of a TOML document")
        try:
            return cls(tomllib.loads(text.removeprefix("\ufeff")), name, "", [])
        except tomllib.TOMLDecodeError as error:
            fault = Fault(name, f"is not valid TOML: {error}; fix that line")
        except (RecursionError, ValueError):
            fault = Fault(name, "cannot be read: it nests too deeply, or a number has thousands of digits")
        raise DocumentRefused((fault,))

    def over(self, base: "Table") -> "Table":
        """Return the document laid over another; an inner table that is ``false`` here is taken away."""
        return Table(_merged(base._data, self._data), self._name, self._path, self._faults)  # noqa: SLF001 (of its own class)

    def fault(self, key: str, reason: str) -> None:
        self._faults.append(Fault(f"{self._name}: {self._path}{key}", reason))

    def is_faulty(self, key: str) -> bool:
        return f"{self._name}: {self._path}{key}" in [fault.where for fault in self._faults]

    def names(self) -> tuple[str, ...]:
        return tuple(self._data)

    def value(self, key: str, kind: type[T], *, required: bool = True) -> T | None:
        """Return the value of *key*, which must have exactly the type *kind*."""
        value = self.given(key)
        if type(value) is kind:
            return value
        if value is not None:
            self.fault(key, f"must be {_TYPE_NAMES[kind]}")
        elif required:
            self.fault(key, f"is missing; give {_TYPE_NAMES[kind]}")
        return None

    def given(self, key: str) -> object:
        self._asked.add(key)
        return self._data.get(key)

    def attributes(self, kind: type[Any], /, *skipped: str, **defaults: Any) -> dict[str, Any]:  # noqa: ANN401 (by field)
        """Return the fields of an attrs class, but for those *skipped*, each read as its type says.

        The key of a field is its name. A missing key is a fault where neither *defaults* nor the class has
        a default; otherwise the field is left to it.
        """
        values = dict(defaults)
        for each in fields(kind):
            if each.init and each.name not in skipped:
                is_needed = each.default is NOTHING and each.name not in defaults
                if is_needed or self.given(each.name) is not None:
                    values.update((each.name, value) for value in self._read(each.name, each.type))
        return values

    def _read(self, key: str, kind: Any) -> tuple[Any, ...]:  # noqa: ANN401 (the type of a field)
        """Return the value of a key as the type of a field; nothing after a fault that leaves none."""
        if get_origin(kind) is UnionType:  # with None, which TOML does not have
            return self._read(key, get_args(kind)[0])
        if get_origin(kind) is tuple:
            item = get_args(kind)[0]
            if item is str:
                return (self.texts(key),)
            if get_origin(item) is tuple:
                return (self.groups(key),)
            return (self.table(key).each(item) if has(item) else self.words(key, item),)
        if has(kind):
            return self.table(key).made(kind)
        if issubclass(kind, Word):
            return self.word(key, kind.parse)
        return (self.value(key, kind) or kind(),)

    def made(self, kind: type[T], /, *skipped: str, **defaults: Any) -> tuple[T, ...]:  # noqa: ANN401 (by field)
        """Return the value of an attrs class; nothing if a field without a default has a fault."""
        values = self.attributes(kind, *skipped, **defaults)
        needed = {each.name for each in fields(cast("Any", kind)) if each.default is NOTHING}
        return (kind(**values),) if needed <= values.keys() else ()

    def each(self, kind: type[T], /, **defaults: Any) -> tuple[T, ...]:  # noqa: ANN401 (by field)
        """Return the values of an attrs class in inner tables, by keys that are its first field."""
        first = fields(cast("Any", kind))[0]
        there = tuple(key for key in self._data if self.given(key) is not False)
        for key in sorted(self._data.keys() - set(there)):
            self.fault(key, f"is taken away and not there: {UnknownWord(first.name, key, there)}")
        words = [(key, word) for key in there for word in self._parsed(key, key, first.type)]
        made = (self.table(key).made(kind, first.name, **defaults, **{first.name: it}) for key, it in words)
        return tuple(value for values in made for value in values)

    def text(self, key: str) -> str:
        return self.value(key, str, required=False) or ""

    def is_known(self, key: str, kind: str, word: str, choices: Collection[str]) -> bool:
        """Return whether a word is among *choices*, and note a fault of the key if not."""
        self._asked.add(key)
        if word not in choices:
            self.fault(key, str(UnknownWord(kind, word, tuple(choices))))
        return word in choices

    def texts(self, key: str, *, required: bool = True) -> tuple[str, ...]:
        return tuple(self._list(key, str, "must be a list of texts", required=required))

    def _list(self, key: str, kind: type[T], reason: str, *, required: bool) -> list[T]:
        values = cast("list[T] | None", self.value(key, list, required=required)) or []
        if all(isinstance(value, kind) for value in values):
            return values
        self.fault(key, reason)
        return []

    def groups(self, key: str) -> tuple[tuple[str, ...], ...]:
        """Return a list of lists of texts, empty if it is missing."""
        groups = cast("list[list[object]]", self.value(key, list, required=False) or [])
        if all(type(group) is list and all(isinstance(each, str) for each in group) for group in groups):
            return tuple(map(tuple, cast("list[list[str]]", groups)))
        self.fault(key, 'must be a list of lists of columns, such as [["Id"], ["Email", "Phone"]]')
        return ()

    def words(self, key: str, parse: Callable[[str], T], *, required: bool = True) -> tuple[T, ...]:
        texts = self.texts(key, required=required)
        return tuple(value for text in texts for value in self._parsed(key, text, parse))

    def _parsed(self, key: str, text: str, parse: Callable[[str], T]) -> tuple[T, ...]:
        try:
            return (parse(text),)
        except UnknownWord as error:
            self.fault(key, str(error))
            return ()

    def word(self, key: str, parse: Callable[[str], T], *, required: bool = True) -> tuple[T, ...]:
        """Return one word, turned into a value by *parse*; nothing after a fault."""
        text = self.value(key, str, required=required)
        return () if text is None else self._parsed(key, text, parse)

    def key_words(self, vocabulary: type[WordT]) -> tuple[WordT, ...]:
        """Return the keys of the table as words of a vocabulary; others are faults."""
        self._asked.update(self._data)
        return tuple(word for key in self._data for word in self._parsed(key, key, vocabulary))

    def table(self, key: str, *, required: bool = True) -> "Table":
        return self._enter(key, cast("dict[str, object] | None", self.value(key, dict, required=required)))

    def tables(self, key: str, *, required: bool = True) -> tuple["Table", ...]:
        reason = f"must be tables, each under its own [[{self._path}{key}]]"
        found: list[dict[str, object]] = self._list(key, dict, reason, required=required)
        return tuple(self._enter(f"{key}[{number}]", table) for number, table in enumerate(found, 1))

    def _enter(self, key: str, data: Mapping[str, object] | None) -> "Table":
        # The keys of a missing table are not reported as missing.
        faults: list[Fault] = [] if data is None else self._faults
        inner = Table(data or {}, self._name, f"{self._path}{key}.", faults)
        self._inner.append(inner)
        return inner

    def finish(self) -> None:
        """Refuse the document if it has any fault, such as a key that was not asked for."""
        self.note_unknown_keys()
        if self._faults:
            raise DocumentRefused(tuple(self._faults))

    def note_unknown_keys(self) -> None:
        for key in sorted(self._data.keys() - self._asked):
            near = nearest(key, self._asked)
            self.fault(key, f"is not known here; {f'did you mean {near[0]}?' if near else 'take it out'}")
        for inner in self._inner:
            inner.note_unknown_keys()


def _merged(base: Mapping[str, object], own: Mapping[str, object]) -> dict[str, object]:
    merged = {**base, **own}
    for key in base.keys() & own.keys():
        if isinstance(base[key], dict) and own[key] is False:
            del merged[key]
        elif isinstance(base[key], dict) and isinstance(own[key], dict):
            merged[key] = _merged(cast("dict[str, object]", base[key]), cast("dict[str, object]", own[key]))
    return merged
