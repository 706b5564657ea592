"""Whom one may write to, and what was written."""
