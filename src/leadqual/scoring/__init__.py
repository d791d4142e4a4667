"""Scorecards: whom to call first, by a company's own signals."""
