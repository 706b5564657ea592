"""A name, an address and an institution that stand nowhere else, one of each country, and a speaker:
planted in the world of all crawls, and found again in what it answers.
"""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import transaction
from app.kernel.actor import SYSTEM, Role
from app.kernel.text import LocalizedText
from app.participation.registrations.models import EventQuota, Registration
from app.people.directory.models import Appointment, Institution, Post
from app.people.directory.services.protecting import protect_institution
from app.people.identity.models import Account
from app.planning.events.models import Attendance, Event, EventPerson
from app.training.certificates.services.issuing import issue_certificate
from app.training.certificates.values import IssuedFrom
from app.training.learning.models import Completion, CourseEdition, Enrolment
from tests.support.actors import actor_of, an_account
from tests.support.body import MEMBER_COUNTRIES

CODES = [country.code for country in MEMBER_COUNTRIES]
BY_CODE = {
    "certificates.verify_code",
    "certificates_api.certificate",
    "certificates_api.credential",
}
"""Who holds a certificate's code may read what is printed on it: of its holder, the name, the
institution and the country.
"""
SPEAKER = "kxqspeakerwvz"
WITHHELD = "kxqreservadawvz"
"""Of Honduras, in a sensitive unit: named to its focal point and to nobody else (decision 90)."""


def mark(code: str) -> str:
    return f"kxq{code.lower()}wvz"


def planted(app: Flask) -> dict[str, str]:
    """Plants them; returns the code of each country's certificate."""
    for code in CODES:
        _account(app, code)
    an_account(app, f"{SPEAKER}.mail@example.org", name=f"{SPEAKER} Orador", country="GT")
    _account(app, "HN", WITHHELD)
    focal_point = actor_of(app, "focal-point-hn")
    with app.app_context(), transaction() as db:
        _make_room(db)
        certificates = {code: _plant(db, code, mark(code)) for code in CODES}
        _plant(db, "HN", WITHHELD, unit="Unidad sensible")
        unit = db.scalars(select(Institution.id).order_by(Institution.id.desc()).limit(1)).one()
        protect_institution(
            db,
            actor=focal_point,
            institution_id=unit,
            is_sensitive=True,
            today=clock.today(),
            now=clock.now(),
        )
        _plant_speaker(db)
    return certificates


def _make_room(db: Session) -> None:
    """One more place for each of them everywhere, and two for Honduras: what was full is full again
    afterwards.
    """
    db.execute(
        update(Event).values(
            capacity=Event.capacity + len(CODES) + 1, country_quota=Event.country_quota + 2
        )
    )
    db.execute(update(EventQuota).values(places=EventQuota.places + 2))


def _account(app: Flask, code: str, token: str = "") -> int:
    token = token or mark(code)
    return an_account(
        app,
        f"{token}.mail@example.org",
        name=f"{token.title()} Persona",
        country=code,
        roles=[(Role.OFFICIAL, code)],
    )


def _person(db: Session, token: str) -> int:
    found = db.scalar(select(Account.person_id).where(Account.email == f"{token}.mail@example.org"))
    assert found is not None
    return found


def _plant(db: Session, code: str, token: str, *, unit: str = "") -> str:
    """A post on the roster, a course completed, a certificate; registered for and present at
    whatever there is.
    """
    now, person = clock.now(), _person(db, token)
    institution = Institution(
        country_code=code, kind="other", name=LocalizedText(es=unit or f"{token} instituto")
    )
    db.add(institution)
    db.flush()
    post = Post(
        institution_id=institution.id,
        title=LocalizedText(es="Oficial" if unit else f"{token} puesto"),
    )
    db.add(post)
    db.flush()
    since = clock.today() - timedelta(days=200)
    db.add(
        Appointment(person_id=person, post_id=post.id, valid_from=since, confirmed_on=clock.today())
    )
    newest = db.scalars(select(CourseEdition).order_by(CourseEdition.id.desc())).first()
    assert newest is not None
    edition = newest.id
    enrolment = Enrolment(
        person_id=person,
        course_id=newest.course_id,
        edition_id=edition,
        language="es",
        started_at=now,
        closed_at=now,
    )
    db.add(enrolment)
    db.flush()
    db.add(Completion(enrolment_id=enrolment.id, module_id=None, rule_version="1", decided_at=now))
    for event, starts_at in db.execute(
        select(Event.id, Event.starts_at).where(Event.starts_at.is_not(None))
    ):
        db.add(Registration(event_id=event, person_id=person, created_at=now, changed_at=now))
        if starts_at and starts_at < now:
            db.add(
                Attendance(
                    event_id=event, person_id=person, minutes=1, source="import", recorded_at=now
                )
            )
    db.flush()
    return issue_certificate(
        db,
        actor=SYSTEM,
        now=now,
        person_id=person,
        course_edition_id=edition,
        place=IssuedFrom("http://localhost"),
    )


def _plant_speaker(db: Session) -> None:
    for event in db.scalars(select(Event.id).where(Event.kind == "webinar")):
        db.add(EventPerson(event_id=event, person_id=_person(db, SPEAKER)))


def seen(endpoint: str, text: str, codes: list[str]) -> set[str]:
    """The countries whose canary sits in an answer. In an answer to a code only the address and the
    post count: name and institution are printed on the paper.
    """
    endings = (".mail", " puesto") if endpoint in BY_CODE else ("",)
    return {code for code in codes if any(mark(code) + ending in text for ending in endings)}


def tells_code(path: str, text: str, certificates: dict[str, str], codes: list[str]) -> bool:
    """Whether an answer hands out a certificate's code that was not in the question."""
    text, path = text.replace("-", ""), path.casefold()
    found = {certificates[code].casefold() for code in codes}
    return any(code in text and code not in path for code in found)
