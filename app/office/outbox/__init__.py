"""The outbox: letters as they wait, leave, come back or are given up.

Owns the letters themselves, the office's own words in them, what people wish of them, and the
addresses to which calendars answer. Knows no event and no course: `notifications` writes the words
of each letter, `inbox` reads what comes back. Leaves the mail server to infra.
"""
