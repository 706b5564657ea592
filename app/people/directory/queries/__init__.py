"""Reads of the directory: `roster`, who serves in a country, and `designations`, who speaks for
one.
"""
