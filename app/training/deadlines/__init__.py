"""Days by which officials are to finish a course, from the post they enter.

Owns which course has such a date for which posts and how long it gives, and the date of each
person. Leaves finishing to certificates and letters to notifications. Facts: CourseDeadlineSet,
CourseDueGiven.
"""
