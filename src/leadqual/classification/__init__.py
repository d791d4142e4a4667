"""The classification of a person, with its explanation."""
