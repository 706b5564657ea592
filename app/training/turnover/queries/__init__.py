"""Reads of turnover, scoped by actor."""
