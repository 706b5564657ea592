"""Rules of writing a course: codes, order, translations, and what an edition changes."""
