"""Writes holidays: those of the decrees, and what a country keeps differently."""
