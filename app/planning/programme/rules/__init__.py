"""What is allowed or true; pure of the programme."""
