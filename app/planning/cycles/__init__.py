"""The yearly cycle around a congress: editions with tables and checklist, annual plans, funding.

Owns how a cycle is opened, cloned and planned. Leaves the tables to `events`, whose events point
to them. Tells: see `facts`.
"""
