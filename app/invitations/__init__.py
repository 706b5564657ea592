"""Who is invited to an event, by class and by way, and whom a country sends.

Owns invitations, guests and their links, nominations, the letter of invitation as PDF. Leaves places to events.
"""
