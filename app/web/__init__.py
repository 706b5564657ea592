"""How we talk to browsers: guards, errors, rendering, headers, static files. Knows no domain."""
