"""Talks to browsers: guards, errors, rendering, headers, static files. Knows no domain."""
