"""What is true of questions, quizzes, progress, minutes and evidence: pure."""
