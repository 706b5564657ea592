"""Letters in words: `templates/letters/<kind>.txt` with a context."""
