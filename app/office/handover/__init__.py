"""Handing over the presidency and the role of a focal point at a date.

Owns the handover page, what former holders may still read, and the audit page over the journal.
Leaves designations to directory and roles to identity.
"""
