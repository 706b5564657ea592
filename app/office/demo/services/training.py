"""Who took the course when: enrolments, completions and certificates over three years."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.kernel.actor import SYSTEM
from app.people.directory.models import Appointment, Person
from app.training.certificates.services import issue_certificate, revoke_certificate
from app.training.certificates.values import RevocationReason
from app.training.learning.models import Course, CourseEdition, Enrolment, Module
from app.training.learning.services import credit_modules
from app.training.learning.values import GUIDELINES

SHARE_TRAINED = {
    "HN": 0.72,
    "GT": 0.6,
    "MX": 0.66,
    "CR": 0.75,
    "DO": 0.62,
    "BZ": 0.5,
    "NI": 0.28,
    "PA": 0.55,
}
SHARE_DEFAULT = 0.5
LOCAL_HOURS = (8, 19)
LEARNERS_OF_A_SHORT_COURSE, LEAST_DAYS = 24, 12
_MODULES = (
    select(Module.id)
    .where(Module.edition_id == bindparam("edition_id"), Module.is_available)
    .order_by(Module.number)
)


def load_training(
    db: Session,
    *,
    chance: Random,
    today: date,
    now: datetime,
    editions: dict[int, date],
    address: str,
) -> int:
    """`editions`: id → first day on which it was taken, oldest first. Returns how many certificates
    were issued.
    """
    codes = []
    for appointment, person in _careers(db):
        share = SHARE_TRAINED.get(person.country_code or "", SHARE_DEFAULT)
        wanted = max(appointment.valid_from, min(editions.values())) + timedelta(
            days=chance.randint(20, 300)
        )
        is_persona = "-" in person.email
        if (
            is_persona
            or chance.random() > share
            or wanted >= min(appointment.valid_until or today, today)
        ):
            continue
        edition = max(
            (id_ for id_, since in editions.items() if since <= wanted),
            key=lambda id_: editions[id_],
            default=None,
        )
        if edition is None:
            continue
        hour, minute = chance.randint(*LOCAL_HOURS), chance.randrange(60)
        done_at = datetime.combine(wanted, time(hour, minute), ZoneInfo(person.timezone))
        codes.append(_complete(db, person, edition, done_at, address=address))
    for code in chance.sample(codes, 2):
        revoke_certificate(
            db, actor=SYSTEM, now=now, code=code, reason=RevocationReason.ERROR, note="demo"
        )
    return len(codes)


def load_short_courses(db: Session, *, chance: Random, today: date, address: str) -> int:
    """A few of those in post took the courses beside the Guidelines. Returns how many certificates
    were issued.
    """
    editions = db.execute(
        select(CourseEdition.id, CourseEdition.published_at)
        .join(Course, Course.id == CourseEdition.course_id)
        .where(Course.slug != GUIDELINES)
        .order_by(CourseEdition.id)
    ).all()
    serving = [
        (appointment, person)
        for appointment, person in _careers(db)
        if (appointment.valid_until is None or appointment.valid_until > today)
        and "-" not in person.email
    ]
    issued = 0
    for edition_id, published_at in editions:
        first, learners = published_at.date(), min(LEARNERS_OF_A_SHORT_COURSE, len(serving))
        for appointment, person in chance.sample(serving, learners):
            days = (today - max(first, appointment.valid_from)).days
            if days <= LEAST_DAYS:
                continue
            done_on = today - timedelta(days=chance.randint(1, days - LEAST_DAYS))
            done_at = datetime.combine(
                done_on, time(chance.randint(*LOCAL_HOURS)), ZoneInfo(person.timezone)
            )
            _complete(db, person, edition_id, done_at, address=address)
            issued += 1
    return issued


def _careers(db: Session) -> list[tuple[Appointment, Person]]:
    rows = db.execute(select(Appointment, Person).join(Person).order_by(Appointment.id))
    return [(appointment, person) for appointment, person in rows]


def _complete(
    db: Session, person: Person, edition_id: int, done_at: datetime, *, address: str
) -> str:
    done_at = done_at.astimezone(UTC)
    started_at = done_at - timedelta(days=9)
    enrolment = Enrolment(
        person_id=person.id,
        course_id=db.get_one(CourseEdition, edition_id).course_id,
        edition_id=edition_id,
        language=person.language,
        started_at=started_at,
    )
    db.add(enrolment)
    db.flush()
    modules = db.scalars(_MODULES, {"edition_id": edition_id}).all()
    credit_modules(db, enrolment=enrolment, module_ids=modules, now=done_at)
    return issue_certificate(
        db,
        actor=SYSTEM,
        now=done_at,
        person_id=person.id,
        course_edition_id=edition_id,
        address=address,
        is_demo=True,
    )
