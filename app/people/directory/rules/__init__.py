"""Rules of the directory: of people and their posts, and of lists of institutions. Pure."""
