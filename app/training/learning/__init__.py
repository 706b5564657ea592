"""Courses that learners resume where they left off; answers are marked on the server.

Owns courses, immutable published editions, the question bank, enrolments, attempts and completions.
Leaves the Guidelines to library and certificates to certificates. Facts: CourseEditionPublished,
EnrolmentStarted, OfficialEnrolled, RenewalOpened, AttemptSubmitted, ModuleCompleted, CourseCompleted.
"""
