"""Pages of the Guidelines: a version with its sections, and all that refers to a section (R8, R9).

Owns no table: versions and sections are of training/library, and what refers to them is asked of
the packages that hold it, each within what the reader may see there.
"""
