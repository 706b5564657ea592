"""Events of every kind: planning, approval, publishing, agenda, closing.

Owns the tables of events, of the editions and plan entries they point to, and of registrations,
with the triggers that refuse one registration too many. Claims time in scheduling. Facts:
EventPlanned, EventPublished, EventMoved, EventChanged, EventCancelled and others.
"""
