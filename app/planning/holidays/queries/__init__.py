"""Reads of holidays."""
