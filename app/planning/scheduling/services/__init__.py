"""Use cases of scheduling, the only writers of the calendar of record."""
