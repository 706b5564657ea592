"""Values to bytes: iCalendar."""
