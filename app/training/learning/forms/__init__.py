"""Text in, values or sentences out: a course's folder, and what learners' forms send."""
