"""What is typed about letters, and what their list is asked for."""
