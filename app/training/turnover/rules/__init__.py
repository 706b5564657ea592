"""What is true about coverage, about learners on their way, and about pasted lines: pure."""
