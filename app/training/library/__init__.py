"""The versions and sections of the Guidelines, to which courses, plans and certificates refer.

Owns versions and sections; documents and reviews are not built yet.
"""
