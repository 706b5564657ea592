"""Who may register for an event: what its invitations say of one person.

Owns the tables of invitations, guests and nominations, which `registrations` asks and
`invitations` fills.
"""
