"""One reader a meeting program: rows in, stays out; `reading` knows which."""
