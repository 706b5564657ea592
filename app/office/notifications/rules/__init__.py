"""What is due, and what came back; pure."""
