"""Use cases of cycles."""
