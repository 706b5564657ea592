"""Courses in two languages, taken where one left off, marked on the server, completed by rule.

Owns courses, immutable published editions, the question bank, enrolments, attempts and completions.
Leaves the Guidelines to library and certificates to certificates.
Tells: CourseEditionPublished, EnrolmentStarted, AttemptSubmitted, ModuleCompleted, CourseCompleted.
"""
