"""Facts in words."""

from app.office.notifications.wording.events import (
    MEETS_WITH_ANOTHER,
    OTHER_HOUR_ELSEWHERE,
    OWN_HOURS_STAND,
    event_cancelled,
    event_moved,
    event_moved_by_zone_rules,
    own_event_moved_by_zone_rules,
)
from app.office.notifications.wording.letters import (
    certificate_issued,
    conflict_case_opened,
    letter,
    sign_in_link,
    when_text,
    with_foot,
)
from app.office.notifications.wording.participation import registration_made

__all__ = [
    "MEETS_WITH_ANOTHER",
    "OTHER_HOUR_ELSEWHERE",
    "OWN_HOURS_STAND",
    "certificate_issued",
    "conflict_case_opened",
    "event_cancelled",
    "event_moved",
    "event_moved_by_zone_rules",
    "letter",
    "own_event_moved_by_zone_rules",
    "registration_made",
    "sign_in_link",
    "when_text",
    "with_foot",
]
