"""Who was there, from what meeting programs report and from the door.

Owns imports of participant reports, their matching to people, check-in, corrections with reasons,
the list for print. Leaves the minutes themselves to events, which keeps one number a person.
"""
