"""How a sheet of earlier years is read: its columns, then its rows. Pure."""
