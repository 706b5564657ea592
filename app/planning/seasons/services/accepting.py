"""Chooses a place for a wish, and accepts a season: wholly or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotFound, Refusal, Sentence
from app.kernel.seen import require_as_seen
from app.kernel.text import N_, LocalizedText
from app.kernel.timespan import Timespan
from app.planning.arranging.services import holder_of, move_event, plan_event
from app.planning.arranging.services.requests import ask_with_draft
from app.planning.scheduling import services as scheduling
from app.planning.scheduling.rules import Clash
from app.planning.scheduling.values import Finding
from app.planning.seasons import policy
from app.planning.seasons.facts import SeasonAccepted
from app.planning.seasons.models import Season
from app.planning.seasons.queries import SeasonDetail, WishDetail, season_of
from app.planning.seasons.queries.board import draft_of_wish
from app.planning.seasons.rules.soundness import AlreadyAsked, NoSuchWish, NotProposed
from app.planning.seasons.services.creating import season_for_change
from app.planning.seasons.values import SeasonState


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
    scheduling.lock(db)
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
    scheduling.lock(db)
    asked = select(Season).where(Season.id == season_id).with_for_update()
    season = db.scalar(asked.options(selectinload(Season.wishes)))
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
    freed = scheduling.let_pass(db, holders=holders)
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
        scheduling.settle(db, freed=freed)
    return misfits


def _misfit(wish: WishDetail, span: Timespan, refusal: Refusal) -> WishMisfit:
    if isinstance(refusal, Clash):
        return WishMisfit(wish.position, wish.title, span, findings=tuple(refusal.findings))
    sentences = (
        tuple(refusal.errors.values()) if isinstance(refusal, InvalidInput) else (refusal.sentence,)
    )
    return WishMisfit(wish.position, wish.title, span, sentences=sentences)
