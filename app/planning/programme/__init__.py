"""The programme for people and programs: month, list, lanes, load, board, calendar feeds.

Owns no table; reads events, series, cycles and holidays. Moves an event on the board through
events.
"""
