"""Who gets in: accounts with their roles, invitations and state, and requests for access.

Owns the pages of people and access, and requests for access until they are decided. Accounts,
roles and invitations themselves belong to identity, whose services it calls. Facts:
AccessRequested, AccessRequestSettled.
"""
