"""Other people's calendars: the meetings of other processes and the busy hours of people, read from
`.ics` files and addresses and kept beside the calendar of record as soft engagements, which warn
and hold nothing (R41).

Facts: CalendarAdded, CalendarAwaited, CalendarRefreshed, CalendarFailed, CalendarRemoved.
"""
