"""Calendars of other bodies and busy hours of people, read from `.ics` files and addresses.

Owns sources and their entries, which stand in the calendar of record as soft engagements: they warn
and block nothing (R41). Facts: CalendarAdded, CalendarAwaited, CalendarRefreshed, CalendarFailed,
CalendarRemoved.
"""
