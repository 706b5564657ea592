"""The space that a congress gives to progress: per table what was promised, done and is open (R29, R30).

Owns no table; reads plans, matrix and findings.
"""
