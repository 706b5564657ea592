"""The next presidency with its people from 1 January, and a country whose focal point changed a few
weeks ago.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.actor import SYSTEM, Role
from app.office.demo.data import demo_data
from app.office.demo.services.body import COUNTRIES
from app.office.demo.services.people import a_person
from app.office.handover.models import HandoverNote
from app.people.directory.models import (
    Appointment,
    FocalPoint,
    Institution,
    Person,
    Post,
    PresidencyTerm,
)
from app.people.identity.models import RoleGrant
from app.people.identity.services.accounts import create_account
from app.people.identity.services.roles import grant_role


def load_handover(db: Session, *, today: date, now: datetime) -> None:
    term = db.scalars(select(PresidencyTerm).where(PresidencyTerm.valid_from > today)).first()
    if term is None:
        return
    country = COUNTRIES[term.country_code]
    for one in demo_data("people")["next_presidency"]:
        person = a_person(db, country, one["name"], one["email"], one["sex"])
        _role(db, person, (Role.PRESIDENCY, country.code), (term.valid_from, term.valid_until), now)
    outgoing = select(RoleGrant).where(
        RoleGrant.role == Role.PRESIDENCY.value, RoleGrant.valid_until.is_(None)
    )
    for grant in db.scalars(outgoing):
        grant.valid_until = term.valid_from
    _changed_focal_point(db, today, now)
    db.flush()


def _changed_focal_point(db: Session, today: date, now: datetime) -> None:
    handed_on, first = today - timedelta(days=21), date(today.year - 1, 3, 1)
    changed = demo_data("people")["changed_focal_point"]
    code = changed["country"]
    spans = ((changed["before"], first, handed_on), (changed["since"], handed_on, None))
    for one, since, until in spans:
        person = a_person(db, COUNTRIES[code], one["name"], one["email"], one["sex"])
        _serve(db, person, code, since, today)
        db.add(
            FocalPoint(person_id=person.id, country_code=code, valid_from=since, valid_until=until)
        )
        account = _role(db, person, (Role.FOCAL_POINT, code), (since, until), now)
        if until is not None:
            db.add(
                HandoverNote(
                    office=Role.FOCAL_POINT.value,
                    country_code=code,
                    since=since,
                    text=changed["note"],
                    written_at=now - timedelta(days=24),
                    written_by=account,
                )
            )


def _role(
    db: Session,
    person: Person,
    office: tuple[Role, str],
    span: tuple[date, date | None],
    now: datetime,
) -> int:
    account = create_account(db, actor=SYSTEM, email=person.email, person_id=person.id, now=now)
    grant_role(
        db,
        actor=SYSTEM,
        account_id=account,
        role=office[0],
        scope=office[1],
        valid_from=span[0],
        valid_until=span[1],
        now=now,
    )
    return account


def _serve(db: Session, person: Person, code: str, since: date, today: date) -> None:
    """Each in a post of its own, beside those that are counted."""
    place = select(Institution.id).where(Institution.country_code == code).order_by(Institution.id)
    title = (
        select(Post.title)
        .join(Institution)
        .where(Institution.country_code == code)
        .order_by(Post.id)
    )
    post = Post(
        institution_id=db.scalars(place).first(), title=db.scalars(title).first(), is_target=False
    )
    db.add(post)
    db.flush()
    db.add(
        Appointment(
            person_id=person.id,
            post_id=post.id,
            valid_from=since,
            confirmed_on=today - timedelta(days=30),
        )
    )
