"""Talks to machines: database, journal, jobs, clock, mail, files, languages. Knows no domain."""
