"""Letters that follow from facts, in the reader's language and zone, each sent once.

Owns who is told what, when, and in which words, and the page of one's wishes. The letters
themselves lie in outbox.
"""
