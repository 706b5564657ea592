"""Mail becomes values."""
