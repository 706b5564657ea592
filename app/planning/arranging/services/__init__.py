"""Use cases of organizers: `planning` an event, `requests` to the presidency and the steps after
them, `seats` and parts of people; `steps` loads and marks rows, `occupying` claims their time, and
`zones` follows new rules of a time zone.
"""
