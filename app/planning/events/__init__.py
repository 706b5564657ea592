"""What an event is: its tables, its words, who sees it, and its places.

Owns the tables of events, of their agenda, of the editions and plan entries they point to, and of
registrations, with the triggers that refuse one registration too many; and the facts: EventPlanned,
EventPublished, EventMoved, EventChanged, EventCancelled and others. `arranging` plans and changes
them.
"""
