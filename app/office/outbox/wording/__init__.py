"""The state of a letter in words."""
