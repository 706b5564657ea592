"""The first day: from an empty database to an office at work, one step after the other.

Owns which steps are done, left for later or dismissed. What a step writes belongs to others:
accounts to identity, countries, groups and institutions to directory, limits to scheduling. Facts:
SetupStepMarked.
"""
