"""How much of today's staff is trained and still here: coverage, its bounds, its course over time.

Reads appointments and certificates as of a date; owns no table. Leaves editing the roster to
directory. A planning tool for units, never an appraisal of persons: other countries read no small
cell, nobody outside a name.
"""
