"""How new one attendee's invitation is, as SEQUENCE counts it (RFC 5546 §2.1.4); pure.

Each invitation has one attendee, so each attendee has an own SEQUENCE: the event's, and how often
the own invitation changed between sent and withdrawn. §2.1.4 wants it raised with every CANCEL and
with every change of DTSTART, DTEND or STATUS; a REQUEST after a CANCEL turns CANCELLED into
CONFIRMED, so it rises there too. By the tie-break alone, the newer DTSTAMP, that REQUEST would be a
mere update (§3.2.2.2) of what the calendar has let go of already, and a tie again within one
second.
"""


def sequence_for(event_sequence: int, turns: int) -> int:
    return event_sequence + turns
