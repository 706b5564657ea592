"""Proposing a follow-up: a draft webinar with the countries concerned, at the next free time
(R18).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.followup.agreements.queries.agreements import agreements_called
from app.followup.agreements.queries.next_slot import next_free_slot
from app.followup.agreements.rules.following import NoFreeTime, NothingChosen, title_of
from app.kernel.actor import Actor, Role
from app.kernel.text import LocalizedText
from app.people.identity.policy import leads_the_region
from app.planning.arranging.services.planning import plan_event
from app.planning.events.queries.references import draft_titled, slugs_of_groups
from app.planning.events.values import EditionLink, EventDraft, EventKind, LinkRole
from app.planning.scheduling import services as scheduling

TWO_CLICKS = timedelta(minutes=1)


def propose_followup(
    db: Session,
    *,
    actor: Actor,
    countries: Sequence[str],
    title: LocalizedText,
    edition: str,
    after: datetime,
    now: datetime,
    groups: Sequence[str] = (),
) -> UUID:
    """Drafts a webinar that follows up the edition (a slug, or "" for none), fifteen working days
    after `after` or later, with these countries invited (none: all). Returns its id.

    The time is held from now on, as any draft's. Raises NoFreeTime when half a year holds none.
    """
    scheduling.lock(db)
    links = (EditionLink(edition, LinkRole.FOLLOW_UP),) if edition else ()
    draft = EventDraft(
        kind=EventKind.WEBINAR,
        title=title,
        span=None,
        groups=tuple(groups),
        links=links,
        countries=tuple(countries),
    )
    span = next_free_slot(db, actor=actor, draft=draft, after=after, now=now)
    if span is None:
        raise NoFreeTime
    return plan_event(db, actor=actor, draft=replace(draft, span=span), publish=False, now=now)


def follow_up_agreements(db: Session, *, actor: Actor, ids: frozenset[int], now: datetime) -> UUID:
    """Drafts a follow-up of the agreements ticked: with the countries that answer for any of them, or all
    of the region when a body of the whole region answers. Linked to the newest edition that one of
    them belongs to. The button pressed twice makes one draft.
    """
    scheduling.lock(db)
    chosen = agreements_called(db, actor=actor, ids=ids)
    if not chosen:
        raise NothingChosen
    just_made = _just_made(db, title_of(chosen), actor=actor, now=now)
    if just_made is not None:
        return just_made
    is_for_all = any(not one.countries for one in chosen)
    countries = () if is_for_all else sorted(set().union(*(one.countries for one in chosen)))
    editions = [slug for one in chosen for slug, _label in one.editions[-1:]]
    return propose_followup(
        db,
        actor=actor,
        countries=countries,
        title=title_of(chosen),
        edition=editions[0] if editions else "",
        after=now,
        now=now,
        groups=_groups(db, actor, {one.event_id for one in chosen}),
    )


def _just_made(db: Session, title: LocalizedText, *, actor: Actor, now: datetime) -> UUID | None:
    """Returns the same follow-up, made by the same account a moment ago."""
    return draft_titled(db, title, created_by=actor.account_id, since=now - TWO_CLICKS)


def _groups(db: Session, actor: Actor, events: set[UUID]) -> tuple[str, ...]:
    """Returns the groups of their events; a convenor plans for their own only."""
    groups = slugs_of_groups(db, events, kind="working-group")
    if not leads_the_region(actor):
        own = frozenset(actor.scopes(Role.CONVENOR))
        groups = (groups & own) or own
    return tuple(sorted(groups))
