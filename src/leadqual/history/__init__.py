"""Dated events, and what follows from their order."""
