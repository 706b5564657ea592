"""Issuing, correcting and ending certificates: the only writers."""
