"""What the tables of registrations cannot say themselves."""
