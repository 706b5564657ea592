"""Several seasons as one view: all their wishes in order of time, their clashes and their
duplicates.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.planning.seasons.queries.problems import ProblemContext, holders_of, setting_of
from app.planning.seasons.queries.seasons import SeasonDetail, WishDetail, season_of
from app.planning.seasons.rules import Violation, violations
from app.planning.seasons.rules.merging import Duplicate, Intent, duplicates


@dataclass(frozen=True)
class MergedWish:
    """A wish with the number that it has in the merged view."""

    key: int
    season: SeasonDetail
    wish: WishDetail


@dataclass(frozen=True)
class Merged:
    seasons: tuple[SeasonDetail, ...]
    entries: tuple[MergedWish, ...]
    setting: ProblemContext
    clashes: tuple[Violation, ...]
    duplicates: tuple[Duplicate, ...]


def merged(db: Session, *, actor: Actor, season_ids: Sequence[UUID], now: datetime) -> Merged:
    """Returns the view.

    `clashes` are those between the plans, or with the calendar; clashes within one plan are on its
    own page. The limits are those of the first season. A published event that several plans may
    move is listed once.
    """
    plans = [
        season_of(db, actor=actor, season_id=season_id) for season_id in dict.fromkeys(season_ids)
    ]
    entries = _entries(plans)
    every = [wish for plan in plans for wish in plan.wishes]
    span = replace(
        plans[0], starts_on=min(p.starts_on for p in plans), ends_on=max(p.ends_on for p in plans)
    )
    renumbered = [replace(entry.wish, position=entry.key, after=()) for entry in entries]
    setting = setting_of(db, span, renumbered, now=now, leaving_out=holders_of(every))
    plan = {wish.position: wish.place for wish in renumbered if wish.place is not None}
    of_plan = {entry.key: entry.season.id for entry in entries}
    found = violations(setting.problem, plan)
    clashes = [
        v for v in found if v.others and len({of_plan[key] for key in (v.key, *v.others)}) > 1
    ]
    return Merged(tuple(plans), entries, setting, tuple(clashes), duplicates(map(_intent, entries)))


def _entries(plans: Sequence[SeasonDetail]) -> tuple[MergedWish, ...]:
    seen: set[UUID] = set()
    found: list[tuple[SeasonDetail, WishDetail]] = []
    for plan in plans:
        for wish in plan.wishes:
            if wish.is_gone or (wish.pinned_event_id is not None and wish.pinned_event_id in seen):
                continue
            if wish.pinned_event_id is not None:
                seen.add(wish.pinned_event_id)
            found.append((plan, wish))
    return tuple(MergedWish(key, plan, wish) for key, (plan, wish) in enumerate(found, start=1))


def _intent(entry: MergedWish) -> Intent:
    season, wish = entry.season, entry.wish
    first, last = wish.earliest or season.starts_on, wish.latest or season.ends_on
    return Intent(entry.key, str(season.id), wish.title, first, last)
