"""Use cases of the directory, the only writers of its tables."""
