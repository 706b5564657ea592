"""How much of today's staff is trained and still serves: coverage, its bounds, its history.

Reads appointments and certificates as of a date; owns no table. Leaves the roster to directory.
Measures units and appraises nobody: other countries read no small cell, and names stay within
the country.
"""
