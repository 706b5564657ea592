"""Who attended, from participant reports of meeting programs and from check-in at the entrance.

Owns the recorded minutes, imports of reports, their matching to people, check-in, corrections with
reasons, and the list for print. Leaves the table of minutes, which planning reads, to events.
"""
