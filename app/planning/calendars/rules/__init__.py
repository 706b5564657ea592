"""What other people's calendars say, and which addresses may be read."""
