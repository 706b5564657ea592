"""How far each event is: whom its letters reached, who comes, and what is still open for it.

Owns no table; reads the rows of events, invitations, letters, registrations and attendance. Pages
of events ask it through app/wiring; home reads it itself.
"""
