"""Reads of cycles."""
