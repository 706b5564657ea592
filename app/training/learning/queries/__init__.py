"""Reads of learning: a reader's seat in an edition (`seat`), screens to read (`lessons`), quizzes
(`quiz`).
"""
