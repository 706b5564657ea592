"""What is allowed of an event: its time, its place in a congress cycle, its words; pure."""

from app.events.rules.clock import (
    DayPart,
    day_part,
    instant_of,
    is_in_years,
    join_link_is_due,
    known_zones,
    span_of_instants,
    span_of_wall,
)
from app.events.rules.cycle import (
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
from app.events.rules.soundness import (
    AlreadyCancelled,
    ChangedMeanwhile,
    is_moved,
    is_printable,
    is_web_address,
    require_sound,
)

__all__ = [
    "AlreadyCancelled",
    "ChangedMeanwhile",
    "CycleBroken",
    "CycleEvent",
    "DayPart",
    "EditionTaken",
    "FollowUpTooEarly",
    "OutOfOrder",
    "PreparatoryTooLate",
    "breach",
    "day_part",
    "days_of_edition",
    "instant_of",
    "is_in_years",
    "is_moved",
    "is_printable",
    "is_web_address",
    "join_link_is_due",
    "known_zones",
    "nearest_lawful_wish",
    "require_sound",
    "span_of_instants",
    "span_of_wall",
]
