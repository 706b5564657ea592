"""Forms of the parts of a draft (`parts`), of starting and publishing (`drafts`), and files that
authors bring (`media`).
"""
