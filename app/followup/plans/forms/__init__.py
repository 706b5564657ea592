"""What is typed about tables and their plans: text in, values or errors at the fields out."""
