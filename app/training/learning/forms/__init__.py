"""Text in, values or sentences out: a course's files (`content` with `questions`, `beside` and
`drawing`, read by `document`), a quiz's `answers`.
"""
