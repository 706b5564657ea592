"""What is true of an event, of its places and of who takes part; pure."""
