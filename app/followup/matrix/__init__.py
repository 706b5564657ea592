"""The monitoring matrix: what each country did in a period, row by row (R14–R18).

Owns periods and rows, what is held for review, what is alike in several countries, and what is
carried over. A row about an agreement stands beside it and changes nothing of it.
"""
