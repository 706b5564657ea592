"""What is allowed of an event: its time, its place in a congress cycle, its words; pure."""

from app.planning.arranging.rules.clock import (
    UNKNOWN_ZONE,
    DayPart,
    day_part,
    instant_of,
    is_in_years,
    join_link_is_due,
    known_zones,
    require_in_years,
    span_of_instants,
    span_of_wall,
)
from app.planning.arranging.rules.cycle import (
    CycleBroken,
    CycleEvent,
    EditionTaken,
    FollowUpTooEarly,
    OutOfOrder,
    PreparatoryTooLate,
    breach,
    days_of_edition,
    nearest_lawful_wish,
)
from app.planning.arranging.rules.seats import is_delegate
from app.planning.arranging.rules.soundness import (
    AlreadyCancelled,
    NotSwappable,
    is_moved,
    require_sound,
    require_to_come,
)

__all__ = [
    "UNKNOWN_ZONE",
    "AlreadyCancelled",
    "CycleBroken",
    "CycleEvent",
    "DayPart",
    "EditionTaken",
    "FollowUpTooEarly",
    "NotSwappable",
    "OutOfOrder",
    "PreparatoryTooLate",
    "breach",
    "day_part",
    "days_of_edition",
    "instant_of",
    "is_delegate",
    "is_in_years",
    "is_moved",
    "join_link_is_due",
    "known_zones",
    "nearest_lawful_wish",
    "require_in_years",
    "require_sound",
    "require_to_come",
    "span_of_instants",
    "span_of_wall",
]
