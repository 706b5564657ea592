"""Events that recur: their pattern, their dates, changing and cancelling several at once.

Owns the pattern; each date is an event like any other. Facts: SeriesPlanned, SeriesChanged.
"""
