"""Reads for organizers who plan an event: what stands in the way, what else would do."""
