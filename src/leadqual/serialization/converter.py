"""The public values as plain data, and back, by one strict converter.

The defaults of cattrs read ``"false"`` as True and None as ``"None"``; here a value must have the type
of its field; otherwise all faults are reported together, with the paths but never with the texts.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from types import GenericAlias, NoneType, UnionType
from typing import Any, Final, TypeVar, Union, cast, final, get_args, get_origin

from attrs import asdict, field, fields, has, make_class
from cattrs import Converter, errors
from cattrs.gen import make_dict_unstructure_fn, override

from leadqual.classification.classification import Classification
from leadqual.classification.explanation import Explanation
from leadqual.errors import Fault, LeadqualError, Refused, WrongType, WrongValue, require
from leadqual.taxonomy.facts import Evidence, Fact
from leadqual.taxonomy.vocabulary import UnknownWord, Word, nearest

T = TypeVar("T")


@final
class DataUnreadable(Refused):
    """Raised for data that does not fit its type; lists the place of every fault, and no data.

    Attributes:
        type_name: The type that was to be read.
    """

    def __init__(self, type_name: str, faults: tuple[Fault, ...]) -> None:
        super().__init__(faults)
        self.args: tuple[str, tuple[Fault, ...]] = (type_name, faults)
        self.type_name = type_name

    def __str__(self) -> str:
        return f"not the data of a {self.type_name}: {'; '.join(map(str, self.faults))}"


def to_data(value: object, *, brief: bool = False) -> Any:  # noqa: ANN401 (plain data)
    """Return a public value as dicts, lists, texts, numbers, True, False and None.

    With *brief*, a classification is its answers and the facts to ask about, in some 300 bytes of JSON,
    without the explanation and the evidence; such data cannot be read back.
    """
    if brief is not False:
        require("brief", brief, bool, "True or False")
        require("value", value, Classification, "a Classification", "leave out brief for other values")
        return _parts(value, BRIEF)
    return _CONVERTER.unstructure(value)


def _parts(value: object, names: Iterable[str]) -> dict[str, object]:
    return {name: to_data(getattr(value, name)) for name in names}


def to_json(value: object, *, indent: int | None = None) -> str:
    """Return a public value as JSON text; equal values give equal text.

    Raises:
        WrongType: If a part of *value* is neither a public value nor plain data, or *indent* is not a number.
        WrongValue: If a part of it cannot be written as JSON: NaN, Infinity, or a value that contains itself.
    """
    require("indent", indent, (int, NoneType), "a whole number or None")
    refused: LeadqualError
    try:
        return json.dumps(to_data(value), ensure_ascii=False, allow_nan=False, indent=indent)
    except TypeError:
        refused = WrongType("value", "a public value or plain data", type(value).__name__)
    except (ValueError, OverflowError, RecursionError):
        reason = "holds NaN, Infinity, itself, or a whole number of thousands of digits"
        refused = WrongValue("value", reason, "leave it out, since JSON cannot represent it")
    raise refused


def from_data(data: object, as_type: type[T]) -> T:
    """Return the value of *as_type* that `to_data` had turned into *data*.

    Raises:
        DataUnreadable: If the data is not what the type asks for; every fault is named, with its path
            from ``$``, which is the whole.
        WrongType: If *as_type* is not a type that can be read.
    """
    faults: tuple[Fault, ...] = ()
    if isinstance(as_type, type) or get_origin(as_type) is not None:  # pyright: ignore[reportUnnecessaryIsInstance,reportUnnecessaryComparison] (callers may not check types)
        try:
            return _CONVERTER.structure(data, as_type)
        except errors.StructureHandlerNotFoundError:
            pass
        except _FAULTY as error:
            faults = tuple(_faults(error, "$", as_type))
    if faults:
        raise DataUnreadable(_name(as_type), faults)
    advice = "give the class itself, such as Contact"
    raise WrongType("as_type", "the class of a public value", _name(type(as_type)), advice)


def from_json(text: str | bytes, as_type: type[T]) -> T:
    """Return the value of *as_type* that `to_json` had written.

    Raises:
        WrongType: If *text* is not text, or *as_type* is not a type that can be read.
        WrongValue: If the text is not valid JSON, repeats a key, or holds NaN or Infinity.
        DataUnreadable: If the data is not what the type asks for; every fault is named.
    """
    require("text", text, (str, bytes), "what to_json wrote")
    try:
        data = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_no_constant)
    except _Expected as error:
        reason = str(error)
    except (ValueError, RecursionError):
        reason = "is not valid JSON"  # the error of json holds the whole text
    else:
        return from_data(data, as_type)
    raise WrongValue("text", reason, "give what to_json wrote")


class _Expected(ValueError):
    """A fault of data or JSON whose text may be shown."""


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise _Expected("repeats a key")
    return data


def _no_constant(_: str) -> object:
    raise _Expected("holds NaN or Infinity")


_FAULTY: Final = (ValueError, TypeError, AttributeError, KeyError, OverflowError, errors.BaseValidationError)


def _faults(error: BaseException, where: str, wanted: object) -> Iterator[Fault]:
    if isinstance(error, errors.BaseValidationError):
        for inner in error.exceptions:
            place, kind = where, wanted
            for note in getattr(inner, "__notes__", ()):
                is_field = isinstance(note, errors.AttributeValidationNote)
                place = f"{where}.{note.name}" if is_field else f"{where}[{note.index!r}]"
                kind = note.type
            yield from _faults(inner, place, kind)
    elif isinstance(error, errors.ForbiddenExtraKeysError):
        known = [each.name for each in fields(error.cl)]
        for key in sorted(map(str, error.extra_fields)):
            near = nearest(key, known)
            hint = f"did you mean {near[0]}?" if near else "take it out"
            yield Fault(f"{where}.{key}", f"is not known; {hint}")
    elif isinstance(error, UnknownWord):
        yield Fault(where, f"not a known {error.kind}")
    elif isinstance(error, KeyError):
        yield Fault(where, "required field missing")
    else:
        is_told = isinstance(error, _Expected | LeadqualError)
        yield Fault(where, str(error) if is_told else f"expected {_name(wanted)}")


def _name(wanted: object) -> str:
    return getattr(wanted, "__name__", None) or str(wanted)


def _structure_union(value: object, wanted: object) -> object:
    if value is None and NoneType in get_args(wanted):
        return None
    members = [member for member in get_args(wanted) if member is not NoneType]
    if len(members) == 1:
        return _CONVERTER.structure(value, members[0])
    for member in members:
        with suppress(*_FAULTY):
            return _CONVERTER.structure(value, member)
    raise _Expected(f"expected one of {', '.join(map(_name, members))}")


def _structure_list(value: object, wanted: Any) -> object:  # noqa: ANN401 (a generic alias)
    if not isinstance(value, list):
        raise _Expected("expected a list")
    values, items = cast("list[object]", value), get_args(wanted)
    if get_origin(wanted) is frozenset or items[-1] is Ellipsis:
        items = (items[0],) * len(values)
    elif len(values) != len(items):
        raise _Expected(f"expected a list of {len(items)}")
    made: list[object] = []
    failed: list[Exception] = []
    for index, (each, kind) in enumerate(zip(values, items, strict=True)):
        try:
            made.append(_CONVERTER.structure(each, kind))
        except _FAULTY as error:
            error.add_note(errors.IterableValidationNote("", index, kind))
            failed.append(error)
    if failed:
        raise errors.IterableValidationError("", failed, wanted)  # pyright: ignore[reportCallIssue] (attrs's own)
    return get_origin(wanted)(made)


def _structure_classification(data: object, wanted: type[Classification]) -> Classification:
    written = asdict(_CONVERTER.structure(data, WRITTEN), recurse=False)
    answers = {name: written.pop(name) for name in _ANSWERS}
    return wanted(**answers, source=Explanation(**written))


_FIELDS: Final[Mapping[str, Any]] = {
    each.name: each.type
    for each in (*fields(Classification), *fields(Explanation))
    if not each.name.startswith("_")
}
_ANSWERS: Final = tuple(each.name for each in fields(Classification) if each.name in _FIELDS)
# What a brief classification holds, each with its type.
BRIEF: Final[Mapping[str, Any]] = {
    **{name: _FIELDS[name] for name in _ANSWERS if name != "evidence"},
    "facts_to_ask": tuple[Fact, ...],
}
# A classification as it is written: its answers and its explanation, side by side.
WRITTEN: Final[type[Any]] = make_class(
    "Classification", {name: field(type=kind) for name, kind in _FIELDS.items()}
)


_HALVES: Final = ("established", "denied")


def _structure_evidence(data: object, wanted: type[Evidence]) -> Evidence:
    halves = _CONVERTER.structure(data, dict[str, frozenset[Fact]])
    if halves.keys() != set(_HALVES):
        raise _Expected("expected established and denied facts")
    return wanted.of(*halves["established"], denied=halves["denied"])


PRIVATE: Final = "private"  # the key in the metadata of a field that is left out of plain data and JSON


def _without_private_fields(wanted: Any) -> Callable[[Any], dict[str, Any]]:  # noqa: ANN401 (a class of attrs)
    omitted: Any = {each.name: override(omit=True) for each in fields(wanted) if PRIVATE in each.metadata}
    return make_dict_unstructure_fn(wanted, _CONVERTER, **omitted)


def _unstructure_set(items: frozenset[Any]) -> object:
    words: Iterable[Any] = next((type(item) for item in items if isinstance(item, Word)), ())
    return to_data([word for word in words if word in items] or sorted(items, key=str))


def _structure_plain(value: object, wanted: type) -> object:
    if type(value) is not wanted:
        raise _Expected(f"expected {wanted.__name__}")
    return value


def _structure_instant(value: object, _: object) -> datetime:
    if isinstance(value, str):
        with suppress(ValueError):
            moment = datetime.fromisoformat(value)
            if moment.utcoffset() is not None:
                return moment.astimezone(UTC)
    raise _Expected("expected an instant with its time zone, in ISO 8601")


def _structure_fraction(value: object, _: object) -> Fraction:
    if isinstance(value, str) and _FRACTION.fullmatch(value):
        return Fraction(value)
    raise _Expected("expected a fraction such as 1/2")


_FRACTION: Final = re.compile(r"-?[0-9]+(?:/[1-9][0-9]*)?")


def is_keyed_by_tuples(wanted: object) -> bool:
    return get_origin(wanted) is Mapping and get_origin(next(iter(get_args(wanted)), None)) is tuple


def _structure_pairs(value: object, wanted: Any) -> object:  # noqa: ANN401 (a generic alias)
    pairs = GenericAlias(tuple, (GenericAlias(tuple, get_args(wanted)), ...))
    return dict(cast("tuple[tuple[object, object], ...]", _structure_list(value, pairs)))


def _is(*origins: object) -> Callable[[object], bool]:
    return lambda wanted: wanted in origins or get_origin(wanted) in origins


_CONVERTER: Final = Converter(forbid_extra_keys=True)
for _plain in (bool, int, str, float):
    _CONVERTER.register_structure_hook(_plain, _structure_plain)
_CONVERTER.register_structure_hook_func(_is(Union, UnionType), _structure_union)
_CONVERTER.register_structure_hook_func(_is(tuple, frozenset), _structure_list)
_CONVERTER.register_structure_hook_func(is_keyed_by_tuples, _structure_pairs)
_CONVERTER.register_structure_hook(datetime, _structure_instant)
_CONVERTER.register_structure_hook(
    timedelta, lambda value, _: timedelta(seconds=_CONVERTER.structure(value, float))
)
_CONVERTER.register_structure_hook(Fraction, _structure_fraction)
_CONVERTER.register_structure_hook(Classification, _structure_classification)
_CONVERTER.register_structure_hook(Evidence, _structure_evidence)
_CONVERTER.register_unstructure_hook_func(is_keyed_by_tuples, lambda pairs: to_data(list(pairs.items())))
_CONVERTER.register_unstructure_hook(datetime, datetime.isoformat)
_CONVERTER.register_unstructure_hook(timedelta, timedelta.total_seconds)
_CONVERTER.register_unstructure_hook(Fraction, str)
_CONVERTER.register_unstructure_hook_func(_is(frozenset), _unstructure_set)
_CONVERTER.register_unstructure_hook_func(_is(tuple), lambda items: list(map(to_data, items)))
_CONVERTER.register_unstructure_hook_factory(has, _without_private_fields)
_CONVERTER.register_unstructure_hook(
    Classification, lambda verdict: _parts(verdict, _ANSWERS) | to_data(verdict.explanation)
)
_CONVERTER.register_unstructure_hook(Evidence, lambda known: _parts(known, _HALVES))
