"""What other people's calendars say, and which addresses may be read."""

from app.planning.calendars.rules.lines import NotACalendar, TooLarge
from app.planning.calendars.rules.reading import read_calendar, window_around

__all__ = ["NotACalendar", "TooLarge", "read_calendar", "window_around"]
