"""The front door: what each visitor needs next, by role, and the pages that say what this place is.

Owns no table; reads from the domains below.
"""
