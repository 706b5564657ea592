"""Other bodies with what is done together, as the actor may see it."""

from collections import defaultdict

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from app.followup.agreements.models import Agreement
from app.followup.bodies import policy
from app.followup.bodies.values import OtherBody, SharedActivity, SharedEvent
from app.followup.plans.models import WorkPlan
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.planning.calendars.models import CalendarSource
from app.planning.calendars.values import SourceKind
from app.planning.events.models import Event, WorkTable
from app.planning.events.queries.events import visible_to
from app.planning.events.values import EventStatus, body_key

NONE = "[]"
_EVENTS = (
    select(Event.id, Event.title, Event.starts_at, Event.timezone, Event.partners)
    .where(cast(Event.partners, String) != NONE, Event.status != EventStatus.CANCELLED.value)
    .order_by(Event.starts_at.desc(), Event.id)
)
_ACTIVITIES = (
    select(
        Agreement.id,
        Agreement.number,
        Agreement.text,
        Agreement.due,
        Agreement.partners,
        WorkTable.theme,
    )
    .join(WorkPlan, WorkPlan.id == Agreement.plan_id)
    .join(WorkTable, WorkTable.id == WorkPlan.work_table_id)
    .where(cast(Agreement.partners, String) != NONE, Agreement.is_draft.is_(False))
    .order_by(Agreement.due, Agreement.id)
)
_CALENDARS = select(CalendarSource.name).where(CalendarSource.kind == SourceKind.PROCESS)


def other_bodies(db: Session, *, actor: Actor) -> tuple[OtherBody, ...]:
    """Returns every body that is named somewhere, by name, in three statements."""
    if not policy.may_read_bodies(actor):
        raise NotFound
    names: dict[str, str] = {}
    events: defaultdict[str, list[SharedEvent]] = defaultdict(list)
    activities: defaultdict[str, list[SharedActivity]] = defaultdict(list)
    for row in db.execute(_EVENTS.where(visible_to(actor))):
        shared_event = SharedEvent(row.id, row.title, row.starts_at, row.timezone)
        for name in row.partners:
            names.setdefault(body_key(name), name)
            events[body_key(name)].append(shared_event)
    for row in db.execute(_ACTIVITIES):
        activity = SharedActivity(
            id=row.id, number=row.number, text=row.text, table=row.theme, due=row.due
        )
        for name in row.partners:
            names.setdefault(body_key(name), name)
            activities[body_key(name)].append(activity)
    with_calendar = set()
    for localized in db.scalars(_CALENDARS):
        keys = {body_key(name) for name in localized.values()}
        known = keys & names.keys()
        if not known:
            name = next(iter(localized.values()), "")
            known = {body_key(name)}
            names[body_key(name)] = name
        with_calendar |= known
    return tuple(
        OtherBody(
            key=key,
            name=name,
            events=tuple(events[key]),
            activities=tuple(activities[key]),
            has_calendar=key in with_calendar,
        )
        for key, name in sorted(names.items())
        if key
    )


def other_body(db: Session, *, actor: Actor, key: str) -> OtherBody:
    """Returns one of them. Raises NotFound for a name that nothing the actor may see gives."""
    for body in other_bodies(db, actor=actor):
        if body.key == key:
            return body
    raise NotFound
