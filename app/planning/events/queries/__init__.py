"""Reads of events, scoped by actor: what someone may not see is never loaded."""
