"""Reads of attendance, scoped by actor: another country's people are never loaded for a focal
point.
"""
