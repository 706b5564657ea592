"""What is true about coverage and its course.

`cover` counts, `decay` estimates, `act` says whom it concerns, `chart` where the points of a line
lie.
"""
