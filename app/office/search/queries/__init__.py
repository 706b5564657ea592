"""What can be found, and what was found, as its reader may see it."""
