"""Places of an event: given, freed, and given to who waits."""
