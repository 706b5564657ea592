"""The periodic review of the Guidelines: challenges, sections, and the version that comes of it (R31, R32).

Owns reviews and their answers. The reviews of courses belong to authoring.
"""
