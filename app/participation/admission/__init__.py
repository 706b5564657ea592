"""Whether an event's invitations let a person register.

Owns the tables of invitations, guests and nominations, which registrations reads and invitations
fills.
"""
