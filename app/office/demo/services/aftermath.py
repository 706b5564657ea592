"""What webinars leave behind: materials with their downloads, answers to surveys, good practices to
read and review.
"""

from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.followup.practices.services import accept_practice, submit_practice
from app.followup.practices.values import Category, OrganisationType, PracticeDraft
from app.infra.files import files
from app.kernel.actor import SYSTEM, Actor
from app.office.demo.data import demo_data
from app.participation.materials.models import MaterialDownload
from app.participation.materials.services import add_material
from app.participation.materials.values import GivenFile, MaterialDraft, MaterialKind, Visibility
from app.participation.surveys.models import SurveyAnswer, SurveyBallot
from app.people.directory.models import Person
from app.planning.events.models import Attendance, Event, EventFunding, FundingSource
from app.planning.events.values import EventKind, EventStatus

EVENTS_WITH_SURVEY, EVENTS_WITH_MATERIALS, EVENTS_PAID_FOR = 8, 6, 12


def load_aftermath(
    db: Session, *, chance: Random, today: date, now: datetime, people: dict[str, int]
) -> None:
    held = db.scalars(
        select(Event)
        .where(
            Event.kind == EventKind.WEBINAR,
            Event.status == EventStatus.PUBLISHED,
            Event.ends_at < now,
        )
        .where(Event.ends_at > now - timedelta(days=200))
        .order_by(Event.ends_at.desc(), Event.id)
    ).all()
    note = files().put(demo_data("aftermath")["note"].encode())
    for event in held[:EVENTS_WITH_MATERIALS]:
        _materials(db, event.id, note, chance=chance, today=today, now=event.ends_at or now)
    for event in held[:EVENTS_WITH_SURVEY]:
        _survey(db, event, chance=chance)
    fund = db.scalars(select(FundingSource.id)).first()
    if fund is not None:
        db.add_all(
            EventFunding(event_id=event.id, funding_source_id=fund)
            for event in held[:EVENTS_PAID_FOR]
        )
    coming = db.scalars(
        select(Event.id)
        .where(
            Event.status == EventStatus.PUBLISHED,
            Event.starts_at > now,
            Event.kind != EventKind.EXTERNAL,
        )
        .order_by(Event.starts_at)
        .limit(2)
    )
    for event_id in coming:
        _materials(db, event_id, note, chance=chance, today=today, now=now)
    _practices(db, now=now, people=people)


def _materials(
    db: Session, event_id: UUID, note: str, *, chance: Random, today: date, now: datetime
) -> None:
    data = demo_data("aftermath")
    file = GivenFile("nota-conceptual.txt", data["note"].encode())
    drafts = [
        MaterialDraft(
            kind=MaterialKind(one["kind"]),
            title=one["title"],
            language=one["languages"],
            visibility=Visibility(one["visibility"]),
            url=one.get("url", ""),
            file=None if "url" in one else file,
        )
        for one in data["materials"]
    ]
    for draft in drafts:
        added = add_material(
            db,
            actor=SYSTEM,
            event_id=event_id,
            draft=draft,
            file_key=note if draft.file else "",
            now=now,
        )
        if draft.file is not None:
            for country in chance.sample(("HN", "GT", "SV", "MX", "PA", "CR", ""), 4):
                times = chance.randint(1, 12)
                db.add(
                    MaterialDownload(material_id=added, on=today, country_code=country, times=times)
                )
    db.flush()


def _survey(db: Session, event: Event, *, chance: Random) -> None:
    """About half of those who were there answered, most of them kindly."""
    came = db.scalars(
        select(Attendance.person_id)
        .where(Attendance.event_id == event.id, Attendance.minutes > 0)
        .order_by(Attendance.person_id)
    ).all()
    day = (event.ends_at or event.created_at).date()
    comments = demo_data("aftermath")["comments"]
    for person_id in chance.sample(came, len(came) // 2):
        scores = chance.choices((1, 2, 3, 4, 5), weights=(1, 2, 6, 14, 11), k=4)
        comment = chance.choice(comments) if chance.random() < 0.2 else ""
        db.add(SurveyBallot(event_id=event.id, person_id=person_id))
        db.add(
            SurveyAnswer(
                event_id=event.id,
                language="es",
                useful=scores[0],
                clear=scores[1],
                timely=scores[2],
                applied=scores[3],
                comment=comment,
                answered_on=day,
            )
        )
    db.flush()


def _practices(db: Session, *, now: datetime, people: dict[str, int]) -> None:
    author = db.get_one(Person, people["official-hn"])
    actor = Actor(person_id=author.id, name=author.full_name)
    for number, one in enumerate(demo_data("aftermath")["practices"]):
        draft = PracticeDraft(
            category=Category(one["category"]),
            title=one["title"],
            summary=one["summary"],
            organisation=one["organisation"],
            organisation_type=OrganisationType(one["organisation_type"]),
            country_code=one["country"],
        )
        at = now - timedelta(days=40 - number)
        added = submit_practice(db, actor=actor, draft=draft, event_id=None, now=at)
        if one["is_accepted"]:
            accept_practice(db, actor=SYSTEM, practice_id=added, now=at + timedelta(days=2))
