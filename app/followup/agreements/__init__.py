"""What a meeting agreed, who is responsible for it, by when, and its status at each follow-up webinar.

Owns agreements with their reviews and proposals, the priority issues of preparatory webinars, and
the findings of a congress by work table. Decides what must be settled before an event may be
closed, and calls events to close it.
"""
