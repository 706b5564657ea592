"""Several seasons as one view: all their wishes in order of time, their clashes and their
duplicates.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.planning.scheduling.values import Finding
from app.planning.seasons.queries.board import board_of
from app.planning.seasons.queries.seasons import SeasonDetail, WishDetail, season_of
from app.planning.seasons.rules.board import Board
from app.planning.seasons.rules.merging import Duplicate, Intent, duplicates


@dataclass(frozen=True)
class MergedWish:
    """A wish with the number that it has in the merged view."""

    key: int
    season: SeasonDetail
    wish: WishDetail


@dataclass(frozen=True)
class PlanClash:
    """What the rule book says of a wish beside wishes of other plans; `keys`: that wish, then
    these.
    """

    keys: tuple[int, ...]
    finding: Finding


@dataclass(frozen=True)
class Merged:
    seasons: tuple[SeasonDetail, ...]
    entries: tuple[MergedWish, ...]
    clashes: tuple[PlanClash, ...]
    duplicates: tuple[Duplicate, ...]


def merged(db: Session, *, actor: Actor, season_ids: Sequence[UUID], now: datetime) -> Merged:
    """Returns the view.

    `clashes` are those between the plans; clashes within one plan are on its own page. A published
    event that several plans may move is listed once.
    """
    plans = [
        season_of(db, actor=actor, season_id=season_id) for season_id in dict.fromkeys(season_ids)
    ]
    entries = _entries(plans)
    span = replace(
        plans[0], starts_on=min(p.starts_on for p in plans), ends_on=max(p.ends_on for p in plans)
    )
    renumbered = [replace(entry.wish, position=entry.key, after=()) for entry in entries]
    board = board_of(db, span, now=now, wishes=renumbered)
    of_plan = {entry.key: entry.season.id for entry in entries}
    clashes = tuple(
        clash for clash in _clashes(board) if len({of_plan[key] for key in clash.keys}) > 1
    )
    return Merged(
        seasons=tuple(plans),
        entries=entries,
        clashes=clashes,
        duplicates=duplicates(map(_intent, entries)),
    )


def _clashes(board: Board) -> Iterator[PlanClash]:
    """Yields each clash once: a wish is judged beside those that come before it in time."""
    places = sorted(board.plan().items(), key=lambda place: (place[1], place[0]))
    board.placed.clear()
    for key, starts_at in places:
        board.place(key, starts_at)
        for finding in board.findings(key):
            others = board.wishes_in(finding)
            if others:
                yield PlanClash((key, *sorted(others)), finding)


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
    return Intent(key=entry.key, plan=str(season.id), title=wish.title, first=first, last=last)
