"""A congress that is over with what it agreed, the webinar that follows it up, and who takes part
in both.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.followup.agreements.models import Agreement
from app.followup.agreements.services.agreements import record_agreement
from app.followup.agreements.values import (
    AgreementDraft,
    Paragraph,
    Responsible,
    ResponsibleKind,
    Verb,
)
from app.kernel.actor import Actor, Role
from app.kernel.text import LocalizedText
from app.participation.registrations.models import Registration
from app.planning.events.models import Edition, EventLink, EventSession, WorkTable
from tests.planning.events.planning_builders import FOCAL_POINT, ORGANIZER, actor, furnish
from tests.planning.events.rows import add_event

__all__ = ["FOCAL_POINT", "ORGANIZER"]

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
TODAY = date(2026, 11, 24)
CONGRESS_AT = datetime(2026, 7, 1, 14, tzinfo=UTC)
FOLLOW_UP_AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
"""The congress was in July; the follow-up ended this morning, half an hour after one in the
afternoon UTC.
"""
OF_GUATEMALA = actor(Role.FOCAL_POINT, "GT", 8)
RAPPORTEUR = actor(Role.OFFICIAL, "HN", 6, person_id=2)
HONDURAS = Responsible(ResponsibleKind.COUNTRY, "HN")
GUATEMALA = Responsible(ResponsibleKind.COUNTRY, "GT")
SECRETARIAT = Responsible(ResponsibleKind.SECRETARIAT)


def a_draft(number: int = 1, **changes: Any) -> AgreementDraft:
    given: dict[str, Any] = {
        "paragraph": Paragraph(number),
        "text": LocalizedText(es=f"Acuerdo {number}", en=f"Agreement {number}"),
        "verb": Verb.COMMIT,
        "responsible": (HONDURAS,),
        "due": date(2027, 3, 1),
    }
    return AgreementDraft(**(given | changes))


def link(db: Session, event_id: UUID, edition: str, role: str) -> None:
    edition_id = db.scalars(select(Edition.id).where(Edition.slug == edition)).one()
    db.add(EventLink(event_id=event_id, edition_id=edition_id, role=role))
    db.flush()


def a_meeting(db: Session, role: str, edition: str = "iii", **changes: Any) -> UUID:
    """An event of an edition: the congress of July, or a webinar of this morning."""
    is_congress = role == "congress"
    starts = changes.pop("starts_at", CONGRESS_AT if is_congress else FOLLOW_UP_AT)
    event_id = add_event(
        db,
        kind="congress" if is_congress else "webinar",
        starts_at=starts,
        title=f"{role} {edition}",
        **changes,
    )
    link(db, event_id, edition, role)
    return event_id


def congress_with_follow_up(db: Session, agreements: int = 2) -> tuple[UUID, UUID, list[int]]:
    """The ids of both and of the agreements, which Honduras answers for."""
    furnish(db)
    congress, follow_up = a_meeting(db, "congress"), a_meeting(db, "follow-up")
    ids = [agreed(db, congress, number) for number in range(1, agreements + 1)]
    return congress, follow_up, ids


def agreed(
    db: Session, event_id: UUID, number: int = 1, who: Actor = ORGANIZER, **changes: Any
) -> int:
    return record_agreement(
        db, actor=who, event_id=event_id, draft=a_draft(number, **changes), now=NOW
    )


def a_table(
    db: Session, edition: str = "iii", theme: str = "Protección", rapporteur: int | None = None
) -> int:
    edition_id = db.scalars(select(Edition.id).where(Edition.slug == edition)).one()
    row = WorkTable(
        edition_id=edition_id,
        theme=LocalizedText(es=theme, en=f"{theme} (en)"),
        rapporteur_id=rapporteur,
    )
    db.add(row)
    db.flush()
    return row.id


def a_sitting(
    db: Session, event_id: UUID, kind: str, starts_at: datetime, minutes: int = 60
) -> UUID:
    row = EventSession(
        event_id=event_id,
        kind=kind,
        title=LocalizedText(es=kind),
        notes=LocalizedText(),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
    )
    db.add(row)
    db.flush()
    return row.id


def a_place(db: Session, event_id: UUID, person_id: int = 1) -> None:
    db.add(Registration(event_id=event_id, person_id=person_id, created_at=NOW, changed_at=NOW))
    db.flush()


def status_of(db: Session, agreement_id: int) -> str:
    return db.get_one(Agreement, agreement_id).status
