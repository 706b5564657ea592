"""What the tables of events cannot say themselves."""

from app.planning.events.schema.places import (
    OVER_CAPACITY,
    OVER_QUOTA,
    WRONG_ISOLATION,
    ensure_places,
    is_over_capacity,
    is_over_quota,
)
from app.planning.events.schema.tripwire import PlacesRuleIsDead, places_tripwire

__all__ = [
    "OVER_CAPACITY",
    "OVER_QUOTA",
    "WRONG_ISOLATION",
    "PlacesRuleIsDead",
    "ensure_places",
    "is_over_capacity",
    "is_over_quota",
    "places_tripwire",
]
