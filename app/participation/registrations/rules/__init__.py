"""What is allowed or true; pure of registrations."""
