"""The yearly cycle around a congress: editions with tables and checklist, annual plans, funding.

Owns opening, copying and planning a cycle. Leaves the tables to events, whose rows point to them.
Facts: see `facts`.
"""
