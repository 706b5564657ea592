"""What is typed, as values or errors of registrations."""
