"""What an archive may hold, what a package may say of a learner, and its addresses; pure."""
