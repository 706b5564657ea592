"""Writing what a successor should know, and telling that a day comes: the only writers."""
