"""Agendas for tests: an event of four hours, sessions in it, and whom each of them holds."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.kernel.actor import SYSTEM
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.agenda.services import add_session
from app.planning.arranging.queries.planning import session_details
from app.planning.arranging.services.planning import plan_event
from app.planning.events.values import (
    PersonRole,
    SessionDraft,
    SessionKind,
    SessionPart,
    holder_of_session,
)
from app.planning.scheduling.models import Claim, Engagement, Resource
from app.planning.scheduling.rules.refusals import Clash
from app.planning.scheduling.wording import sentence
from tests.planning.events.planning_builders import NINE, NOW, ORGANIZER, a_draft

ANA, BERTA, CARLA = 1, 2, 3
DAY = timedelta(days=1)
MODERATES = PersonRole.MODERATOR


def an_event(
    *, starts_at: datetime = NINE, hours: float = 4, publish: bool = True, **changes: Any
) -> UUID:
    span = Timespan(starts_at, starts_at + timedelta(hours=hours))
    with transaction() as db:
        return plan_event(
            db, actor=SYSTEM, draft=a_draft(span=span, **changes), publish=publish, now=NOW
        )


def a_session(
    start: float = 0, hours: float = 1, *who: int, base: datetime = NINE, **changes: Any
) -> SessionDraft:
    starts = base + timedelta(hours=start)
    given: dict[str, Any] = {
        "kind": SessionKind.PANEL,
        "title": LocalizedText(es="Panel de rutas", en="Panel on routes"),
        "span": Timespan(starts, starts + timedelta(hours=hours)),
        "people": tuple(SessionPart(number, MODERATES) for number in who),
    }
    return SessionDraft(**(given | changes))


def added(event_id: UUID, draft: SessionDraft) -> UUID:
    with transaction() as db:
        return add_session(db, actor=ORGANIZER, event_id=event_id, draft=draft, now=NOW)


def spans(event_id: UUID) -> list[tuple[datetime, datetime]]:
    with reading() as db:
        return [(one.starts_at, one.ends_at) for one in session_details(db, event_id=event_id)]


def held(session_id: UUID) -> dict[int, tuple[datetime, datetime]]:
    """Whom a session holds, from when to when."""
    with reading() as db:
        rows = db.execute(
            select(Resource.key, Claim.starts_at, Claim.ends_at)
            .join(Claim, Claim.resource_id == Resource.id)
            .join(Engagement, Engagement.id == Claim.engagement_id)
            .where(Engagement.holder == holder_of_session(session_id), Claim.enforced)
        )
        return {int(key): (starts_at, ends_at) for key, starts_at, ends_at in rows}


def said(refused: pytest.ExceptionInfo[Clash]) -> list[str]:
    return [
        sentence(one, reader_timezone="America/Costa_Rica", may_see_title=True)["es"]
        for one in refused.value.findings
    ]
