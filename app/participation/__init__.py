"""Who is invited, who registers, who was there, what they received and what they answered."""
