"""Mail that comes in: answers of calendars to invitations, and letters that came back.

Reads what a mail server hands over or a mailbox holds, and changes one thing by the key in its
address, or refuses with a sentence. The registration is changed by registrations, the letter by
outbox.
"""
