"""What is due, and which letter still says something; pure."""
