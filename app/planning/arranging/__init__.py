"""Arranging events: planning, asking the calendar, approving, publishing, moving, cancelling.

Owns the pages and use cases of organizers, and the brief; claims time in scheduling. The tables
stand in events. The pages are called `events.…`, as their addresses are.
"""
