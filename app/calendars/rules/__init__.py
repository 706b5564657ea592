"""What other people's calendars say, and which addresses may be read."""

from app.calendars.rules.lines import NotACalendar, TooLarge
from app.calendars.rules.reading import read_calendar, window_around

__all__ = ["NotACalendar", "TooLarge", "read_calendar", "window_around"]
