"""Public values as plain data, as JSON, and as JSON Schema."""

from leadqual.serialization.converter import PRIVATE, DataUnreadable, from_data, from_json, to_data, to_json
from leadqual.serialization.schema import json_schema, record_schema

__all__ = [
    "PRIVATE",
    "DataUnreadable",
    "from_data",
    "from_json",
    "json_schema",
    "record_schema",
    "to_data",
    "to_json",
]
