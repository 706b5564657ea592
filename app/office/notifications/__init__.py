"""Facts become messages, in the reader's language and zone, each sent once.

Owns the outbox of messages, their wording and their delivery. Leaves how mail leaves the house to
infra.
"""
