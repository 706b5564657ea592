"""Reads of terms, handovers and the journal."""
