"""Whether an event may be published: any event with a date and with its annual plan (R3), a
congress with its cycle too (R22, R29).
"""

from uuid import UUID

from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.planning.arranging.queries import publishing as queries
from app.planning.arranging.rules.congress import lacks_of_congress
from app.planning.arranging.rules.plans import lack_of_entry, lack_of_plan, year_of
from app.planning.arranging.rules.publishing import Lack, lack_of_date
from app.planning.events import policy
from app.planning.events.models import Event
from app.planning.events.values import EventDraft, EventKind, LinkRole


def lacks_of(
    db: Session,
    *,
    actor: Actor,
    draft: EventDraft,
    event_id: UUID | None = None,
    before: EventDraft | None = None,
) -> tuple[Lack, ...]:
    """Returns all that is missing.

    `before`: what stands published already; then only what changed is asked for again. What the
    system records was agreed elsewhere and needs nothing.
    """
    if actor.is_system:
        return ()
    undated = lack_of_date(draft) if before is None else None
    lacks: tuple[Lack, ...] = (undated,) if undated else ()
    if draft.kind is EventKind.CONGRESS and (
        before is None or _as_congress(before) != _as_congress(draft)
    ):
        lacks += _of_congress(db, draft, event_id)
    if draft.kind is not EventKind.EXTERNAL and (
        before is None or _as_planned(before) != _as_planned(draft)
    ):
        is_presidencys = _is_presidencys(db, actor, draft, event_id)
        lacks += _of_plan(db, draft, is_presidencys=is_presidencys, is_new=before is None)
    return lacks


def _as_congress(draft: EventDraft) -> object:
    return draft.kind, {link.edition for link in draft.links if link.role is LinkRole.CONGRESS}


def _as_planned(draft: EventDraft) -> object:
    return (
        draft.kind is EventKind.EXTERNAL,
        year_of(draft),
        draft.groups,
        draft.plan_entry_id,
        draft.decision_ref,
    )


def _is_presidencys(db: Session, actor: Actor, draft: EventDraft, event_id: UUID | None) -> bool:
    """Published by the presidency, or approved by it with this very Decision before its eyes."""
    if policy.may_approve_plans(actor):
        return True
    event = db.get(Event, event_id) if event_id else None
    return (
        event is not None
        and event.approved_at is not None
        and event.decision_ref == draft.decision_ref
    )


def _of_congress(db: Session, draft: EventDraft, event_id: UUID | None) -> tuple[Lack, ...]:
    slugs = {link.edition for link in draft.links if link.role is LinkRole.CONGRESS}
    starts_at = draft.span.starts_at if draft.span else None
    reviews = event_id is not None and queries.has_guidelines_review(db, event_id)
    return lacks_of_congress(
        starts_at, queries.cycles_called(db, slugs), has_guidelines_review=reviews
    )


def _of_plan(
    db: Session, draft: EventDraft, *, is_presidencys: bool, is_new: bool
) -> tuple[Lack, ...]:
    """`is_new`: it is not published yet. What is published may slip into the next year under its
    entry as long as no plan of that year is approved.
    """
    year = year_of(draft)
    if year is None:
        return ()
    entry = queries.entry_called(db, draft.plan_entry_id) if draft.plan_entry_id else None
    if not queries.is_plan_approved(db, year):
        lack = lack_of_entry(year, entry) if is_new else None
        return (lack,) if lack else ()
    lack = lack_of_plan(
        year,
        groups=draft.groups,
        entry=entry,
        decision_ref=draft.decision_ref,
        is_presidencys=is_presidencys,
    )
    return (lack,) if lack else ()
