"""Mail and forms become values."""
