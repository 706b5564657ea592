"""Dated terms of the presidency and of focal points: on the day powers move, nothing is lost.

Owns the handover page and what the outgoing may still read; also the audit page over the journal.
Leaves the designations to directory and the roles to identity.
"""
