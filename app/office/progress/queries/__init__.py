"""Reads of how far events are."""
