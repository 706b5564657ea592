"""Agreeing, taking along, erasing, and letting go of what need not be kept."""
