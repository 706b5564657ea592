"""Planning a season: many wished-for webinars in, one proposal without a clash out, which is
compared, adjusted and accepted as one act through the same claims as any other event.

Facts: SeasonRequested, SeasonProposed, SeasonFailed, SeasonAccepted.
"""
