"""A person on record: identity, evidence, history."""
