"""Who attended, from participant reports of meeting programs and from check-in at the entrance.

Owns imports of reports, their matching to people, check-in, corrections with reasons, and the list
for print. Leaves the minutes to registrations, which keeps one number for each person.
"""
