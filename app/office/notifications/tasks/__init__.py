"""Letters that follow from facts."""
