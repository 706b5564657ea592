"""What people may ask about their own data: what they consented to, a copy, erasure.

Owns consents by purpose and version. Each domain exports and erases what it keeps of a person, as
app/wiring lists.
"""
