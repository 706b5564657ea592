"""Use cases of people and access."""
