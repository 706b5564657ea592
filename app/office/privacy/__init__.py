"""What people may ask about their own data: what they consented to, a copy, erasure; and the privacy
notice.

Owns consents by purpose and version, and what each country adds to the notice. Each domain
exports and erases what it keeps of a person, as app/wiring lists.
"""
