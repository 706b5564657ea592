"""Reads of speakers from outside."""
