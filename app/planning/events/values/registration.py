"""The statuses of a registration that planning reads; the whole list, and what changes it, are
participation/registrations'.
"""

REGISTERED, WAITING, PENDING = "registered", "waiting", "pending"
SEES_EVENT = (REGISTERED, WAITING, PENDING)
"""Of people who see the event, though it is confidential."""
