"""JSON Schema of the public values, and of the records that a contact is read from."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from fractions import Fraction
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

from attrs import fields, has

from leadqual.classification.classification import Classification
from leadqual.contacts.record import READERS, WORDS
from leadqual.errors import WrongType, require
from leadqual.serialization.converter import BRIEF, PRIVATE, WRITTEN, is_keyed_by_tuples, to_data
from leadqual.taxonomy.facts import Evidence, Fact

Schema = dict[str, Any]
"""A JSON Schema as plain data."""

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_PLAIN: Final[Mapping[object, Schema]] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    str: {"type": "string"},
    float: {"type": "number"},
    NoneType: {"type": "null"},
    timedelta: {"type": "number", "description": "seconds"},
    datetime: {"type": "string", "format": "date-time"},
    Fraction: {"type": "string", "pattern": "^-?[0-9]+(/[1-9][0-9]*)?$"},
}


def json_schema(of: object, *, brief: bool = False) -> Schema:
    """Return the JSON Schema, draft 2020-12, of what `to_data` makes of the values of a class.

    Args:
        of: A public class, such as ``Classification`` or ``Contact``.
        brief: Whether ``to_data`` is called with ``brief=True``.

    Example:
        ``json_schema(Stage)["enum"][:2]`` is ``["name", "lead"]``.
    """
    require("brief", brief, bool, "True or False")
    definitions: Schema = {}
    schema = _object("Classification", BRIEF, definitions) if brief else _schema(of, definitions)
    return {"$schema": _DIALECT} | schema | ({"$defs": definitions} if definitions else {})


def record_schema() -> Schema:
    """Return the JSON Schema of the records that `Contact.from_record` reads, by the library's own names.

    Other columns are allowed. An address or an answer that the schema allows may still be refused.
    """
    answers: Schema = {"type": ["boolean", "string", "null"]}
    return {
        "$schema": _DIALECT,
        "title": "Record",
        "type": "object",
        "properties": {
            **{name: {"type": ["string", "null"]} for name in READERS},
            **{name: {"enum": [*map(str, words), None]} for name, words in WORDS.items()},
            **{str(fact): answers | {"description": fact.definition} for fact in Fact},
        },
        "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
    }


def _schema(of: Any, definitions: Schema) -> Schema:  # noqa: ANN401 (a type, or a generic alias)
    origin, inner = get_origin(of), get_args(of)
    if isinstance(of, type) and of in _PLAIN:
        return dict(_PLAIN[of])
    if origin in (Union, UnionType):
        return {"anyOf": [_schema(each, definitions) for each in inner]}
    if is_keyed_by_tuples(of) or (origin is tuple and inner[-1] is not Ellipsis):
        fixed = {
            "type": "array",
            "prefixItems": [_schema(each, definitions) for each in inner],
            "items": False,
        }
        return {"type": "array", "items": fixed} if origin is Mapping else fixed | {"minItems": len(inner)}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _schema(inner[1], definitions)}
    if origin in (tuple, frozenset):
        items = {"type": "array", "items": _schema(inner[0], definitions)}
        return items | ({"uniqueItems": True} if origin is frozenset else {})
    if origin is Literal:
        return {"enum": list(map(to_data, inner))}
    if isinstance(of, type) and issubclass(of, Enum):
        return {"enum": list(map(to_data, of))}
    if isinstance(of, type) and has(of):
        if of.__name__ not in definitions:
            definitions[of.__name__] = {}
            definitions[of.__name__] = _object(of.__name__, _types_of(of), definitions)
        return {"$ref": f"#/$defs/{of.__name__}"}
    raise WrongType("of", "a class with plain data", str(of), "give one such as Contact")


def _types_of(of: type) -> Mapping[str, Any]:
    if of is Evidence:
        return dict.fromkeys(("established", "denied"), frozenset[Fact])
    written: Any = WRITTEN if of is Classification else of
    return {each.name: each.type for each in fields(written) if each.init and PRIVATE not in each.metadata}


def _object(title: str, types: Mapping[str, Any], definitions: Schema) -> Schema:
    properties = {name: _schema(each, definitions) for name, each in types.items()}
    return {
        "title": title,
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
