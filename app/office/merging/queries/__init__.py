"""Reads of merging: `joins`, which rows are about a person, and `records`, what pages show."""
