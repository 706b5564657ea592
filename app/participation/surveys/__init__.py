"""Five questions after an event, anonymous for who wants it.

Owns answers and their result page. Leaves who was there to events.
"""
