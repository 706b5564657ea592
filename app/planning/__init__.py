"""When things happen: the calendar of record, events, series, the cycle of a congress, the programme."""
