"""Use cases of attendance: importing, matching, correcting, checking in."""
