"""Reports about an event, an edition or a donor's events, as pages, PDF and spreadsheets.

Owns only the files it made, no facts about the world. Hides small cells.
"""
