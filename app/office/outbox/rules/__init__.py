"""Letters: what may still be done about one, and its words; pure."""
