"""Question banks in files: GIFT, Moodle XML and Aiken, read and written.

Owns the neutral values of a bank, the three formats, and which of its questions a quiz here can
hold. Knows the kinds of question of a course, but no course and no table.
"""
