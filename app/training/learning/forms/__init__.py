"""Text in, values or sentences out: a course's files (`content`, read by `document`), a quiz's
`answers`.
"""
