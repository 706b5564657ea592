"""What is true of an event: its life, its history and how it is joined; pure."""
