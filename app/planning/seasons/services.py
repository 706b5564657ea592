"""Use cases of season planning. Until a season is accepted it holds no time; then its events claim
theirs.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session, selectinload

from app.infra import journal
from app.kernel.actor import SYSTEM, Actor
from app.kernel.refusal import InvalidInput, NotFound, Refusal, Sentence
from app.kernel.seen import require_as_seen
from app.kernel.text import N_, LocalizedText
from app.kernel.timespan import Timespan
from app.people.directory.rules.people import plain_key
from app.planning.arranging.services.planning import move_event, plan_event
from app.planning.arranging.services.requests import ask_with_draft
from app.planning.events.models import Event
from app.planning.events.values import EventKind, EventStatus, holder_of
from app.planning.scheduling.rules.refusals import Clash
from app.planning.scheduling.services import claims
from app.planning.scheduling.values import Finding
from app.planning.seasons import policy, queries
from app.planning.seasons.facts import SeasonAccepted, SeasonFailed, SeasonProposed, SeasonRequested
from app.planning.seasons.models import Season, SeasonWish
from app.planning.seasons.queries import SeasonDetail, WishDetail, draft_of_wish, season_of
from app.planning.seasons.rules import (
    AlreadyAccepted,
    AlreadyAsked,
    NoSuchWish,
    NotProposed,
    Proposal,
    defects,
)
from app.planning.seasons.values import MOST_WISHES, SeasonDraft, SeasonState, WishRow

# A season is made from a table of wishes, and a proposal asked for. Nothing of it takes time
# yet.

UNKNOWN_GROUP = N_("There is no group called “%(value)s”.")
UNKNOWN_PERSON = N_("There is nobody called “%(value)s” in the directory.")
SEVERAL_PEOPLE = N_("Several people are called “%(value)s”. Write the number of the one you mean.")
UNKNOWN_COUNTRY = N_("“%(value)s” is not a member country.")
TOO_MANY = N_("With the published webinars there are %(count)d; the maximum is %(most)d.")
WORKING_GROUP = "working-group"


def create_season(db: Session, *, actor: Actor, draft: SeasonDraft, now: datetime) -> UUID:
    """Creates a season, asks for its plan and returns its id. Refuses with InvalidInput: fields of
    the season by name, those of a row as "rows.3.groups".

    With `moves_published` the published webinars of those days take part, as wishes that already
    have a place.
    """
    policy.require_may_plan_seasons(actor)
    errors = dict(defects(draft))
    names = _Directory(db, draft.rows)
    for number, row in enumerate(draft.rows, start=1):
        errors |= {f"rows.{number}.{field}": sentence for field, sentence in names.defects(row)}
    if errors:
        raise InvalidInput(errors)
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
    request_proposal(db, actor=actor, season_id=season.id, now=now)
    return season.id


def request_proposal(db: Session, *, actor: Actor, season_id: UUID, now: datetime) -> None:
    """Asks for a plan, which is made in the background; one that is being made already is made
    anew. Refuses AlreadyAccepted.
    """
    season = season_for_change(db, actor=actor, season_id=season_id)
    run = season.options["run"] + 1
    season.options = {**season.options, "run": run}
    season.state, season.progress, season.error = SeasonState.QUEUED, 0, ""
    db.flush()
    journal.record(db, SeasonRequested(season.id, run), actor=actor, now=now)


def season_for_change(db: Session, *, actor: Actor, season_id: UUID) -> Season:
    """Returns the row, locked. Refuses with NotFound, NotAllowed and AlreadyAccepted."""
    policy.require_may_plan_seasons(actor)
    locked = select(Season).where(Season.id == season_id).with_for_update()
    season = db.scalar(locked.options(selectinload(Season.wishes)))
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
    slugs = queries.slugs_of_kind(db, WORKING_GROUP)
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
        self.groups, self.countries = queries.groups_by_key(db), queries.countries_by_key(db)
        self.people = _people(db, people)

    def defects(self, row: WishRow) -> Iterable[tuple[str, Sentence]]:
        for value in row.groups:
            if queries.group_key(value) not in self.groups:
                yield "groups", Sentence(UNKNOWN_GROUP, {"value": value})
        for value in row.countries:
            if plain_key(value) not in self.countries:
                yield "countries", Sentence(UNKNOWN_COUNTRY, {"value": value})
        for value in row.people:
            numbers = self.people.get(_person_key(value), ())
            if len(numbers) != 1:
                yield (
                    "people",
                    Sentence(SEVERAL_PEOPLE if numbers else UNKNOWN_PERSON, {"value": value}),
                )

    def wish(self, position: int, row: WishRow) -> SeasonWish:
        return SeasonWish(
            position=position,
            title=row.title,
            minutes=row.minutes,
            earliest=row.earliest,
            latest=row.latest,
            spacing=row.spacing,
            groups=sorted({self.groups[queries.group_key(value)] for value in row.groups}),
            people=sorted({self.people[_person_key(value)][0] for value in row.people}),
            countries=sorted({self.countries[plain_key(value)] for value in row.countries}),
        )


def _person_key(value: str) -> str:
    return re.sub(r"\s+", " ", plain_key(value.strip()))


def _people(db: Session, wanted: Iterable[str]) -> Mapping[str, tuple[int, ...]]:
    """Returns people's numbers by number and by name; of a name that several bear, all of them."""
    keys = {_person_key(value) for value in wanted}
    numbers_by_key: dict[str, tuple[int, ...]] = {}
    if not keys:
        return numbers_by_key
    for person_id, full_name in queries.all_people(db):
        for key in (str(person_id), _person_key(full_name)):
            if key in keys:
                numbers_by_key[key] = (*numbers_by_key.get(key, ()), person_id)
    return numbers_by_key


# Chooses a place for a wish, and accepts a season: wholly or not at all.


@dataclass(frozen=True)
class WishMisfit:
    """A wish that no longer fits: what stands in its way, or why its event is refused."""

    position: int
    title: LocalizedText
    span: Timespan
    findings: tuple[Finding, ...] = ()
    sentences: tuple[Sentence, ...] = ()


class SeasonDoesNotFit(Refusal):
    """Raised where a wish no longer fits; nothing is written."""

    rule = "season-does-not-fit"
    msgid = N_("%(count)d of the webinars no longer fit, so none was put into the programme.")

    def __init__(self, misfits: Sequence[WishMisfit]) -> None:
        super().__init__(count=len(misfits))
        self.misfits = tuple(misfits)


def choose_place(
    db: Session,
    *,
    actor: Actor,
    season_id: UUID,
    position: int,
    starts_at: datetime | None,
    seen: str = "",
) -> None:
    """Stores a person's choice, which goes before the proposal's and which the next one keeps;
    None takes it back.

    `seen`: the mark of the choice when the form was shown. Raises ChangedMeanwhile where another
    was made since.
    """
    season = season_for_change(db, actor=actor, season_id=season_id)
    if season.state in (SeasonState.QUEUED, SeasonState.SOLVING):
        raise NotProposed
    wish = next((wish for wish in season.wishes if wish.position == position), None)
    if wish is None:
        raise NoSuchWish
    if wish.event_id is not None:
        raise AlreadyAsked
    if wish.chosen_at != starts_at:
        require_as_seen(seen, wish.chosen_at)
    wish.chosen_at = starts_at
    if starts_at is not None:
        season.state, season.error = SeasonState.PROPOSED, ""


def ask_for_place(
    db: Session,
    *,
    actor: Actor,
    season_id: UUID,
    position: int,
    starts_at: datetime,
    reason: str,
    now: datetime,
) -> UUID:
    """Asks the presidency for a time that the rule book refuses a wish. Returns its event, a draft
    that waits for the answer and goes its own way from now on.

    Refuses as `ask_with_draft` does, and what was asked already.
    """
    claims.lock(db)
    season = season_for_change(db, actor=actor, season_id=season_id)
    row = next((wish for wish in season.wishes if wish.position == position), None)
    plan = season_of(db, actor=actor, season_id=season_id)
    wish = next((one for one in plan.wishes if one.position == position), None)
    if row is None or wish is None or wish.pinned_event_id is not None:
        raise NoSuchWish
    if wish.event_id is not None:
        raise AlreadyAsked
    span = Timespan(starts_at, starts_at + timedelta(minutes=wish.minutes))
    draft = draft_of_wish(plan, wish, span)
    row.event_id = ask_with_draft(db, actor=actor, draft=draft, reason=reason, now=now)
    row.proposed_at = row.chosen_at = row.refused_at = None
    return row.event_id


def accept_season(
    db: Session, *, actor: Actor, season_id: UUID, now: datetime, publish: bool = True
) -> tuple[UUID, ...]:
    """Makes an event of every wish with a place and moves every published event to its place;
    returns the ids of the new events. A wish about which the presidency was asked goes its own way.

    Raises SeasonDoesNotFit, which names each wish that is in the way; the caller's transaction must
    end with it. A second call changes nothing and returns the same.
    """
    policy.require_may_plan_seasons(actor)
    claims.lock(db)
    locked = select(Season).where(Season.id == season_id).with_for_update()
    season = db.scalar(locked.options(selectinload(Season.wishes)))
    if season is None:
        raise NotFound
    if season.state == SeasonState.ACCEPTED:
        return _events_of(season)
    if season.state != SeasonState.PROPOSED:
        raise NotProposed
    plan = season_of(db, actor=actor, season_id=season_id)
    moving = [wish for wish in plan.wishes if wish.is_moved]
    coming = [wish for wish in plan.wishes if wish.span and wish.pinned_event_id is None]
    if not moving and not coming:
        raise NotProposed
    misfits = _write_all(
        db, actor, season, plan, moving=moving, coming=coming, publish=publish, now=now
    )
    if misfits:
        raise SeasonDoesNotFit(misfits)
    season.state, season.accepted_at = SeasonState.ACCEPTED, now
    db.flush()
    journal.record(db, SeasonAccepted(season.id, len(coming), len(moving)), actor=actor, now=now)
    return _events_of(season)


def _events_of(season: Season) -> tuple[UUID, ...]:
    ordered = sorted(season.wishes, key=lambda wish: wish.position)
    return tuple(
        wish.event_id
        for wish in ordered
        if wish.event_id is not None and (wish.proposed_at or wish.chosen_at)
    )


def _write_all(
    db: Session,
    actor: Actor,
    season: Season,
    plan: SeasonDetail,
    *,
    moving: list[WishDetail],
    coming: list[WishDetail],
    publish: bool,
    now: datetime,
) -> list[WishMisfit]:
    """Writes all events. Those that move release their time first, so that two of them may swap."""
    holders = [
        holder_of(wish.pinned_event_id) for wish in moving if wish.pinned_event_id is not None
    ]
    freed = claims.let_pass(db, holders=holders)
    rows = {wish.position: wish for wish in season.wishes}
    misfits = []
    for wish in (*moving, *coming):
        span = wish.span
        if span is None:
            continue
        try:
            if wish.pinned_event_id is not None:
                move_event(db, actor=actor, event_id=wish.pinned_event_id, span=span, now=now)
            else:
                draft = draft_of_wish(plan, wish, span)
                rows[wish.position].event_id = plan_event(
                    db, actor=actor, draft=draft, publish=publish, now=now
                )
        except Refusal as refusal:
            misfits.append(_misfit(wish, span, refusal))
    if not misfits:
        claims.settle(db, freed=freed)
    return misfits


def _misfit(wish: WishDetail, span: Timespan, refusal: Refusal) -> WishMisfit:
    if isinstance(refusal, Clash):
        return WishMisfit(wish.position, wish.title, span, findings=tuple(refusal.findings))
    sentences = (
        tuple(refusal.errors.values()) if isinstance(refusal, InvalidInput) else (refusal.sentence,)
    )
    return WishMisfit(wish.position, wish.title, span, sentences=sentences)


# The steps of a proposal in the background, each in a short transaction. A run after which a new
# one was asked for writes nothing more.

WORKING = (SeasonState.QUEUED, SeasonState.SOLVING)
NOTHING_FITS = N_(
    "None of these webinars fits into the season. Give them more days, or the season more room."
)


class Overtaken(Exception):
    """Raised where the season is gone, accepted or planned again: this run is over."""


LOCKED = select(Season).where(Season.id == bindparam("season_id")).with_for_update()
LOCKED_WITH_WISHES = LOCKED.options(selectinload(Season.wishes))


def note_progress(db: Session, *, season_id: UUID, run: int, percent: int) -> None:
    """Stores how far the run is, in per cent. Raises Overtaken."""
    season = _season(db, season_id, run, LOCKED)
    season.state, season.progress = SeasonState.SOLVING, percent


def keep_proposal(
    db: Session, *, season_id: UUID, run: int, proposal: Proposal, now: datetime
) -> None:
    """Stores the place of each wish, or the time that came nearest. Raises Overtaken."""
    season = _season(db, season_id, run, LOCKED_WITH_WISHES)
    for wish in season.wishes:
        wish.proposed_at = proposal.plan.get(wish.position)
        wish.refused_at = proposal.nearest.get(wish.position)
    season.progress, season.cost, season.solved_at = 100, proposal.cost, now
    if any(wish.proposed_at or wish.chosen_at for wish in season.wishes):
        season.state = SeasonState.PROPOSED
        fact: SeasonProposed | SeasonFailed = SeasonProposed(season.id, run, proposal.cost)
    else:
        season.state, season.error = SeasonState.FAILED, NOTHING_FITS
        fact = SeasonFailed(season.id, run)
    db.flush()
    journal.record(db, fact, actor=SYSTEM, now=now)


def _season(db: Session, season_id: UUID, run: int, statement: Select[Season]) -> Season:
    season = db.scalar(statement, {"season_id": season_id})
    if season is None or season.options["run"] != run or season.state not in WORKING:
        raise Overtaken
    return season
