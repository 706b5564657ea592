"""Reads of learning, scoped by actor."""
