"""A season is made from a table of wishes, and a proposal asked for. Nothing of it takes time
yet.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.kernel.text import N_
from app.kernel.timespan import Timespan
from app.people.directory.rules.people import plain_key
from app.planning.events.models import Event
from app.planning.events.values import EventKind, EventStatus
from app.planning.seasons import policy
from app.planning.seasons.facts import SeasonRequested
from app.planning.seasons.models import Season, SeasonWish
from app.planning.seasons.queries import spellings
from app.planning.seasons.rules.soundness import AlreadyAccepted, defects
from app.planning.seasons.values import MOST_WISHES, SeasonDraft, SeasonState, WishRow

UNKNOWN_GROUP = N_("There is no group called “%(value)s”.")
UNKNOWN_PERSON = N_("There is nobody called “%(value)s” in the directory.")
SEVERAL_PEOPLE = N_("Several people are called “%(value)s”. Write the number of the one you mean.")
UNKNOWN_COUNTRY = N_("“%(value)s” is not a member country.")
TOO_MANY = N_("With the published webinars there are %(count)d; the maximum is %(most)d.")
WORKING_GROUP = "working-group"


def create_season(
    db: Session, *, actor: Actor, draft: SeasonDraft, now: datetime, propose: bool = True
) -> UUID:
    """The season's id. Refuses with InvalidInput: fields of the season by name, those of a row as
    "rows.3.groups".

    With `moves_published` the published webinars of those days take part, as wishes that already
    have a place.
    """
    policy.require_may_plan_seasons(actor)
    found = dict(defects(draft))
    names = _Directory(db, draft.rows)
    for number, row in enumerate(draft.rows, start=1):
        found |= {f"rows.{number}.{field}": sentence for field, sentence in names.defects(row)}
    if found:
        raise InvalidInput(found)
    season = Season(
        id=uuid4(),
        title=draft.title,
        state=SeasonState.DRAFT,
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
        timezone=draft.timezone,
        options=_options(draft),
        created_by=actor.account_id or None,
        created_at=now,
    )
    season.wishes = [names.wish(position, row) for position, row in enumerate(draft.rows, start=1)]
    if draft.moves_published:
        season.wishes += _published(db, draft, now=now, first=len(draft.rows) + 1)
    if len(season.wishes) > MOST_WISHES:
        raise InvalidInput(
            {"rows": Sentence(TOO_MANY, {"count": len(season.wishes), "most": MOST_WISHES})}
        )
    db.add(season)
    db.flush()
    if propose:
        request_proposal(db, actor=actor, season_id=season.id, now=now)
    return season.id


def request_proposal(db: Session, *, actor: Actor, season_id: UUID, now: datetime) -> None:
    """A plan is made in the background; one that is being made already is made anew. Refuses
    AlreadyAccepted.
    """
    season = season_for_change(db, actor=actor, season_id=season_id)
    run = season.options["run"] + 1
    season.options = {**season.options, "run": run}
    season.state, season.progress, season.error = SeasonState.QUEUED, 0, ""
    db.flush()
    journal.record(db, SeasonRequested(season.id, run), actor=actor, now=now)


def season_for_change(db: Session, *, actor: Actor, season_id: UUID) -> Season:
    """The row, locked. Refuses with NotFound, NotAllowed and AlreadyAccepted."""
    policy.require_may_plan_seasons(actor)
    asked = select(Season).where(Season.id == season_id).with_for_update()
    season = db.scalar(asked.options(selectinload(Season.wishes)))
    if season is None:
        raise NotFound
    if season.state == SeasonState.ACCEPTED:
        raise AlreadyAccepted
    return season


def _options(draft: SeasonDraft) -> dict[str, Any]:
    limits = draft.limits
    after = {
        str(number): [row.after] for number, row in enumerate(draft.rows, start=1) if row.after
    }
    return {
        "limits": {
            "opens": f"{limits.opens:%H:%M}",
            "closes": f"{limits.closes:%H:%M}",
            "per_day": limits.per_day,
        },
        "run": 0,
        "after": after,
    }


def _published(
    db: Session, draft: SeasonDraft, *, now: datetime, first: int
) -> Iterable[SeasonWish]:
    """Webinars of working groups that are still to come. What a congress's cycle orders keeps its
    place.
    """
    zone = ZoneInfo(draft.timezone)
    begins = max(now, datetime.combine(draft.starts_on, time(), zone))
    ends = datetime.combine(draft.ends_on, time.max, zone)
    parts = (
        selectinload(Event.groups),
        selectinload(Event.people),
        selectinload(Event.links),
        selectinload(Event.countries),
    )
    rows = db.scalars(
        select(Event)
        .where(Event.kind == EventKind.WEBINAR, Event.status == EventStatus.PUBLISHED)
        .where(Event.starts_at > begins, Event.starts_at < ends, Event.side_event_of.is_(None))
        .options(*parts)
        .order_by(Event.starts_at, Event.id)
    )
    slugs = spellings.slugs_of_kind(db, WORKING_GROUP)
    movable = [event for event in rows if _may_move(event, slugs)]
    for position, event in enumerate(movable, start=first):
        if event.starts_at is None or event.ends_at is None:
            continue
        span = Timespan(event.starts_at, event.ends_at)
        yield SeasonWish(
            position=position,
            title=event.title,
            groups=sorted(slugs[g.working_group_id] for g in event.groups),
            people=sorted(person.person_id for person in event.people),
            countries=sorted(country.country_code for country in event.countries),
            minutes=int(span.duration.total_seconds()) // 60,
            spacing=0,
            pinned_event_id=event.id,
            proposed_at=event.starts_at,
        )


def _may_move(event: Event, slugs: Mapping[int, str]) -> bool:
    of_groups = bool(event.groups) and all(
        group.working_group_id in slugs for group in event.groups
    )
    return of_groups and not event.links and not event.is_all_day


class _Directory:
    """What the rows name, looked up in three statements however many rows there are."""

    def __init__(self, db: Session, rows: Iterable[WishRow]) -> None:
        people = {name for row in rows for name in row.people}
        self.groups, self.countries = spellings.groups_by_key(db), spellings.countries_by_key(db)
        self.people = _people(db, people)

    def defects(self, row: WishRow) -> Iterable[tuple[str, Sentence]]:
        for value in row.groups:
            if spellings.group_key(value) not in self.groups:
                yield "groups", Sentence(UNKNOWN_GROUP, {"value": value})
        for value in row.countries:
            if plain_key(value) not in self.countries:
                yield "countries", Sentence(UNKNOWN_COUNTRY, {"value": value})
        for value in row.people:
            found = self.people.get(_person_key(value), ())
            if len(found) != 1:
                yield (
                    "people",
                    Sentence(SEVERAL_PEOPLE if found else UNKNOWN_PERSON, {"value": value}),
                )

    def wish(self, position: int, row: WishRow) -> SeasonWish:
        return SeasonWish(
            position=position,
            title=row.title,
            minutes=row.minutes,
            earliest=row.earliest,
            latest=row.latest,
            spacing=row.spacing,
            groups=sorted({self.groups[spellings.group_key(value)] for value in row.groups}),
            people=sorted({self.people[_person_key(value)][0] for value in row.people}),
            countries=sorted({self.countries[plain_key(value)] for value in row.countries}),
        )


def _person_key(value: str) -> str:
    return re.sub(r"\s+", " ", plain_key(value.strip()))


def _people(db: Session, wanted: Iterable[str]) -> Mapping[str, tuple[int, ...]]:
    """By number and by name; of a name that several bear, all of them."""
    keys = {_person_key(value) for value in wanted}
    found: dict[str, tuple[int, ...]] = {}
    if not keys:
        return found
    for person_id, full_name in spellings.all_people(db):
        for key in (str(person_id), _person_key(full_name)):
            if key in keys:
                found[key] = (*found.get(key, ()), person_id)
    return found
