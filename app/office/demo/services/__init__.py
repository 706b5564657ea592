"""Loading a new installation; only the parts that break no rule are written in bulk."""
