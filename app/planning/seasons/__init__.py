"""Plans a season: turns many wished-for webinars into one proposal without a clash.

Owns seasons, their wishes and proposals. Accepting a proposal plans all its events in one
transaction, through the same claims as any other event. Facts: SeasonRequested, SeasonProposed,
SeasonFailed, SeasonAccepted.
"""
