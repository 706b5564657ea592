"""Forms about letters become values."""
