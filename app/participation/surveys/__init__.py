"""Five questions after an event, which may be answered anonymously.

Owns answers and their result page. Leaves attendance to registrations.
"""
