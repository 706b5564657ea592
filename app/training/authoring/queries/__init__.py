"""Reads of authoring: `drafts` with their parts, `editions` as content that a draft begins from,
`reviews` that are due.
"""
