"""Who serves where, and who signs in with which roles."""
