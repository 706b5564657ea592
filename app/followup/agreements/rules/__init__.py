"""What may be written down when, what is overdue, and what an event lacks before it is closed."""
