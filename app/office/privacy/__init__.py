"""What a person may ask of their own data: to see what they agreed to, to take it along, to have it
erased.

Owns consents by purpose and version. Every domain says itself what it keeps of a person (wired in
app/wiring).
"""
