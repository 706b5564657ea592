"""Who took the course when: enrolments, completions and certificates over three years."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.kernel import dated
from app.kernel.actor import SYSTEM
from app.people.directory.models import Appointment, Person
from app.training.certificates.queries import Earned
from app.training.certificates.services import issue_certificates, revoke_certificate
from app.training.certificates.values import RevocationReason
from app.training.learning.models import Course, CourseEdition, Enrolment, Module
from app.training.learning.services.study import Credit, credit_editions
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
COURSE_TAKES = timedelta(days=9)
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
    taken = []
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
        taken.append((person, edition, done_at.astimezone(UTC)))
    codes = _complete(db, taken, address=address)
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
        if dated.not_over(appointment.valid_until, today) and "-" not in person.email
    ]
    taken = []
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
            taken.append((person, edition_id, done_at.astimezone(UTC)))
    return len(_complete(db, taken, address=address))


def _careers(db: Session) -> list[tuple[Appointment, Person]]:
    rows = db.execute(select(Appointment, Person).join(Person).order_by(Appointment.id))
    return [(appointment, person) for appointment, person in rows]


def _complete(
    db: Session, taken: Sequence[tuple[Person, int, datetime]], *, address: str
) -> list[str]:
    """Returns the codes of the certificates of those who completed an edition at an instant, in
    that order.

    Each enrolment is closed from the beginning: of a person and course at most one may be open.
    """
    courses = {
        edition_id: db.get_one(CourseEdition, edition_id).course_id
        for edition_id in {edition_id for _person, edition_id, _done_at in taken}
    }
    modules = {one: tuple(db.scalars(_MODULES, {"edition_id": one})) for one in courses}
    enrolments = [
        Enrolment(
            person_id=person.id,
            course_id=courses[edition_id],
            edition_id=edition_id,
            language=person.language,
            started_at=done_at - COURSE_TAKES,
            closed_at=done_at,
        )
        for person, edition_id, done_at in taken
    ]
    db.add_all(enrolments)
    db.flush()
    credit_editions(
        db,
        credits_=[
            Credit(enrolment, modules[edition_id], done_at)
            for enrolment, (_person, edition_id, done_at) in zip(enrolments, taken, strict=True)
        ],
    )
    earned = [
        Earned(person_id=person.id, edition_id=edition_id, at=done_at, enrolment_id=enrolment.id)
        for enrolment, (person, edition_id, done_at) in zip(enrolments, taken, strict=True)
    ]
    return issue_certificates(db, actor=SYSTEM, earned=earned, address=address, is_demo=True)
