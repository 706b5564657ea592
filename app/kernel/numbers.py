"""The greatest numbers there are: what a column holds, and what comes through JSON unharmed."""

LARGEST_ID = 2**63 - 1
"""What both databases can hold: no row bears a greater number, and asking them for one fails."""

LARGEST_IN_JSON = 2**53
"""Programs that read numbers as JavaScript does round what is greater: such a number in a body is
not the one meant.
"""
