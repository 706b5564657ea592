"""Reads of turnover: `records` loads appointments and certificates, `figures` answers by the rules,
scoped by actor.
"""
