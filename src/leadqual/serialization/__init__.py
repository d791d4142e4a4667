"""Public values as plain data, as JSON, and as JSON Schema."""
