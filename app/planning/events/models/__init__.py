"""Tables of events, by what they are about."""

from app.planning.events.models.agenda import EventBrief, EventSession, NamedPart, SessionPerson
from app.planning.events.models.attendance import Attendance
from app.planning.events.models.editions import (
    AnnualPlan,
    ChecklistItem,
    Edition,
    EditionFunding,
    EventFunding,
    FundingSource,
    PlanEntry,
    SessionOutline,
    WorkTable,
)
from app.planning.events.models.life import EventStep
from app.planning.events.models.planning import (
    Event,
    EventCountry,
    EventGroup,
    EventLink,
    EventPerson,
    Series,
)
from app.planning.events.models.requests import AuthorizationRequest

__all__ = [
    "AnnualPlan",
    "Attendance",
    "AuthorizationRequest",
    "ChecklistItem",
    "Edition",
    "EditionFunding",
    "Event",
    "EventBrief",
    "EventCountry",
    "EventFunding",
    "EventGroup",
    "EventLink",
    "EventPerson",
    "EventSession",
    "EventStep",
    "FundingSource",
    "NamedPart",
    "PlanEntry",
    "Series",
    "SessionOutline",
    "SessionPerson",
    "WorkTable",
]
