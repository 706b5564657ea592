"""What a new installation starts with: reference data always, a believable synthetic world when
asked.

Owns the loaders and their data files; every person is invented, every RCM event is a real public
one with its source. Calls the services of the domains wherever a rule is at stake; writes history
in bulk where it is not.
"""
