"""What is true of texts and questions of a bank: pure functions."""
