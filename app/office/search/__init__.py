"""Search (R76): one field finds events, agreements, materials, lessons, people and pages.

Owns the index of words (`search_document`), which holds no personal data, and what keeps it true.
Does not own who may see what: each hit is asked for again from the tables, as its reader may see it.
"""
