"""Makes backups and tries them out: by night, at a press, and from the command line."""
