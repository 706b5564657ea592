"""What is allowed or true; pure of series."""
