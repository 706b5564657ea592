"""The general plan of a congress: all validated activities beside the programme of the year (R13, R34).

Owns no table. Shows what meets, makes the sheet and the PDF, and lets an activity become a webinar.
"""
