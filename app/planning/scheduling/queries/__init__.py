"""What stands in the calendar of record, and the rule book as it is set."""
