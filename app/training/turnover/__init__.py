"""How much of today's staff is trained and still serves: coverage, its bounds, its history.

Reads appointments and certificates as of a date; owns only which courses posts ask for. Leaves the
roster to directory. Fact: PostCoursesChanged.
Measures units and appraises nobody: other countries read no small cell, and names stay within
the country.
"""
