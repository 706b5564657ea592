"""Writes notes for successors and records that a handover is near."""
