"""Sheets of earlier years brought in: events, who served, who attended, certificates, agreements.

Owns what was uploaded, how its columns are read, what was answered about its rows, and which rows of
the database an import added, so that it can be undone as a whole. What a row writes belongs to the
other packages. Nobody gets a letter. Facts: HistorySaveAsked, HistoryBrought,
HistoryUndone.
"""
