"""Other bodies with which events and activities are done (R41).

Has no table: a body is a name that an event's brief or a validated activity gives, or a calendar of
another process. Answers what is done together with each, as its reader may see it.
"""
