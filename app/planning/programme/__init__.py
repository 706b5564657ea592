"""The programme as people and programs read it: month, list, lanes, load, board, calendar feeds.

Owns no table; reads events, series, cycles and holidays. Moving an event on the board goes
through `events`.
"""
