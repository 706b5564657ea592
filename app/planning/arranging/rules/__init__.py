"""What is allowed of an event: its time, its place in a congress cycle, its words; pure."""
