"""Use cases of inviting, the only writers of its tables."""
