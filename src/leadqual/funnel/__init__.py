"""Funnels: counts of people by stage, and conversion rates with their confidence intervals."""
