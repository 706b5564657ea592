"""What an event is: its tables, its words and who sees it.

Owns the tables of events, of their agenda, of the editions and plan entries they point to, and of
attendance; and the facts: EventPlanned, EventPublished, EventMoved, EventChanged, EventCancelled
and others. Of registrations it reads only who is registered. `arranging` plans and changes events.
"""
