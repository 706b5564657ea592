"""A small world for seasons: the one of planning, with the rule book as it is written, and drafts
to plan in it.
"""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.infra.database import reading, transaction
from app.infra.platform import platform
from app.kernel.actor import Actor, Role
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.people.directory.models import WorkingGroup
from app.people.identity.models import Account, RoleGrant
from app.planning.arranging.services.planning import plan_event
from app.planning.events.models import Event
from app.planning.seasons import queries
from app.planning.seasons.queries import SeasonDetail
from app.planning.seasons.services import create_season
from app.planning.seasons.values import SeasonDraft, WishRow
from tests.planning.events.planning_builders import NOW, ORGANIZER, a_draft, furnish

FIRST, LAST = date(2027, 3, 1), date(2027, 4, 9)
GROUPS = ("protection", "labour-migration", "border-management", "irregular-mass-migration")


def furnished(app: Flask) -> None:
    with app.app_context(), transaction() as db:
        furnish(db, limits=True)
        assert set(GROUPS) <= set(db.scalars(select(WorkingGroup.slug)))


def a_row(number: int, **changes: Any) -> WishRow:
    group = GROUPS[number % len(GROUPS)]
    given: dict[str, Any] = {
        "title": LocalizedText(es=f"Seminario {number}", en=f"Webinar {number}"),
        "groups": (group,),
        "minutes": 60,
    }
    return WishRow(**(given | changes))


def a_season(count: int = 4, **changes: Any) -> SeasonDraft:
    rows = changes.pop("rows", tuple(a_row(number) for number in range(1, count + 1)))
    given: dict[str, Any] = {
        "title": "Temporada de prueba",
        "starts_on": FIRST,
        "ends_on": LAST,
    }
    return SeasonDraft(rows=rows, **(given | changes))


def create(
    app: Flask, draft: SeasonDraft | None = None, *, actor: Actor = ORGANIZER, drain: bool = True
) -> UUID:
    """The season, planned when `drain`."""
    with app.app_context():
        with transaction() as db:
            made = create_season(db, actor=actor, draft=draft or a_season(), now=NOW)
        if drain:
            platform(app).jobs.drain()
    return made


def season(app: Flask, season_id: UUID) -> SeasonDetail:
    with app.app_context(), reading() as db:
        return queries.season_of(db, actor=ORGANIZER, season_id=season_id)


def publish(app: Flask, span: Timespan, **changes: Any) -> UUID:
    with app.app_context(), transaction() as db:
        return plan_event(
            db, actor=ORGANIZER, draft=a_draft(span=span, **changes), publish=True, now=NOW
        )


def events_in(db: Session) -> int:
    return db.scalar(select(func.count(Event.id))) or 0


def events(app: Flask) -> int:
    with app.app_context(), reading() as db:
        return events_in(db)


def hold_presidency(db: Session) -> None:
    """Berta answers for the presidency from today on."""
    db.get_one(Account, 2).person_id = 2
    db.execute(
        insert(RoleGrant).values(
            account_id=2, role=Role.PRESIDENCY.value, scope="BZ", valid_from=NOW.date()
        )
    )
