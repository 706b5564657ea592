"""What reports say, whose it is, how long somebody was there; pure."""
