"""What a meeting agreed, who answers for it by when, and its status at the next follow-up webinar.

Owns agreements with their reviews and proposals, the priority issues of preparatory webinars, and
the findings of a congress by work table. What must be settled before an event may be closed is
decided here, and events is called.
"""
