"""Letters that follow from facts, in the reader's language and zone, each sent once.

Owns the outbox, the wording of letters and their delivery, and reads answers to invitations and
returned mail. Leaves the mail server to infra.
"""
