"""Events of every kind, from the wish to the closed file: planning, life, agenda, approval.

Owns the tables of events, of the editions and plan entries they point to, and of registrations,
with the rule that no place is given twice. Claims its time in scheduling.
Tells: EventPlanned, EventPublished, EventMoved, EventChanged, EventCancelled and others.
"""
