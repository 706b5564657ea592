"""Letters that people write: to those of an event, or from the office to many.

Owns whom one may write to, the words, the preview and the letters that were written. Leaves the
outbox, delivery and the wishes of readers to notifications.
"""
