"""Courses written at the screen: drafts in the database that become editions of learning.

Owns drafts and their parts (module, lesson, screen, question, …), which translations are out of
date, what is said to authors before an edition is published, and when a course is reviewed. Leaves
editions, the player and marks to learning and formats of question banks to exchange. Facts:
CourseDraftStarted, CourseDraftPublished, CourseDraftDiscarded, CourseReviewSet, CourseReviewOpened.
"""
