"""What countries asked for, as the actor may read it."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from app.infra.orm import in_force
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.people.directory.models import Appointment, Country, Institution, Person, Post
from app.people.identity.models import Account
from app.planning.events.models import Event
from app.planning.events.values import EventStatus
from app.training.learning.models import Course
from app.training.requests import policy, rules
from app.training.requests.models import SuccessorRequest, WebinarRequest
from app.training.requests.values import (
    SuccessorLetter,
    VacantPost,
    WebinarState,
    WebinarWish,
)

LISTED = 50
NOT_SENT = UUID(int=0)
WEBINARS_TO_DECIDE = (
    select(func.count(WebinarRequest.id))
    .join(Event, Event.id == WebinarRequest.event_id)
    .where(WebinarRequest.declined_on.is_(None), Event.status == EventStatus.DRAFT)
)


def successor_letters(
    db: Session,
    *,
    institution_id: int | None = None,
    request_id: UUID | None = None,
    country_code: str = "",
) -> tuple[SuccessorLetter, ...]:
    """Returns the letters to an institution or to all of a country, or one of them, the newest
    first. Not scoped: ask the policy about the country first. Two statements.
    """
    wanted = (
        select(
            SuccessorRequest,
            Institution.name,
            Institution.country_code,
            Institution.contact_email,
            Person.full_name,
            Account.email,
        )
        .join(Institution, Institution.id == SuccessorRequest.institution_id)
        .outerjoin(Account, Account.id == SuccessorRequest.asked_by)
        .outerjoin(Person, Person.id == Account.person_id)
        .order_by(SuccessorRequest.asked_on.desc(), SuccessorRequest.id)
    )
    if institution_id is not None:
        wanted = wanted.where(SuccessorRequest.institution_id == institution_id)
    if request_id is not None:
        wanted = wanted.where(SuccessorRequest.id == request_id)
    if country_code:
        wanted = wanted.where(Institution.country_code == country_code)
    rows = db.execute(wanted.limit(LISTED)).all()
    ids = {post_id for row in rows for post_id in row[0].post_ids}
    titles: dict[int, LocalizedText] = (
        dict(db.execute(select(Post.id, Post.title).where(Post.id.in_(ids))).all()) if ids else {}
    )
    return tuple(
        SuccessorLetter(
            id=row.id,
            institution_id=row.institution_id,
            institution=name,
            country_code=country_code,
            address=address,
            post_ids=frozenset(row.post_ids),
            posts=tuple(titles[one] for one in row.post_ids if one in titles),
            asked_on=row.asked_on,
            answered_on=row.answered_on,
            asker=asker or "",
            asker_email=asker_email or "",
        )
        for row, name, country_code, address, asker, asker_email in rows
    )


def locked_institution(db: Session, *, institution_id: int, country_code: str) -> Institution:
    """Returns the row, locked, so that of two who ask at once the second sees what the first asked.
    Raises NotFound for one of another country.
    """
    row = db.scalar(
        select(Institution)
        .where(Institution.id == institution_id, Institution.country_code == country_code)
        .with_for_update()
    )
    if row is None:
        raise NotFound
    return row


def vacant_posts(db: Session, *, institution_id: int, on: date) -> tuple[VacantPost, ...]:
    """Returns the posts that count for coverage and that nobody holds on the day."""
    holders = exists().where(Appointment.post_id == Post.id, in_force(Appointment, on))
    rows = db.execute(
        select(Post.id, Post.title)
        .where(
            Post.institution_id == institution_id,
            Post.is_target,
            or_(Post.closed_on.is_(None), Post.closed_on > on),
            ~holders,
        )
        .order_by(Post.id)
    )
    return tuple(VacantPost(post_id, title) for post_id, title in rows)


def posts_to_ask(db: Session, *, institution_id: int, on: date) -> tuple[VacantPost, ...]:
    """Returns the vacant posts that a letter of today asks about. Refuses (AskedLately,
    NothingVacant) where none is left.
    """
    return rules.posts_to_ask(
        vacant_posts(db, institution_id=institution_id, on=on),
        successor_letters(db, institution_id=institution_id),
        on,
    )


def letter_to_ask(
    db: Session, *, actor: Actor, country_code: str, institution_id: int, on: date
) -> SuccessorLetter:
    """Returns the letter as it would be if the actor asked now, with NOT_SENT as its id; nothing is
    stored. Where the institution was asked lately, returns its last letter. Refuses (NothingVacant).
    """
    policy.require_may_ask(actor, country_code)
    place = db.get(Institution, institution_id)
    if place is None or place.country_code != country_code:
        raise NotFound
    try:
        posts = posts_to_ask(db, institution_id=institution_id, on=on)
    except rules.AskedLately:
        return successor_letters(db, institution_id=institution_id)[0]
    asker = db.execute(
        select(Person.full_name, Account.email)
        .select_from(Account)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(Account.id == actor.account_id)
    ).one_or_none()
    name, email = asker or ("", "")
    return SuccessorLetter(
        id=NOT_SENT,
        institution_id=place.id,
        institution=place.name,
        country_code=country_code,
        address=place.contact_email,
        post_ids=frozenset(post.id for post in posts),
        posts=tuple(post.title for post in posts),
        asked_on=on,
        answered_on=None,
        asker=name or "",
        asker_email=email or "",
    )


def course_wished(db: Session, slug: str) -> Course:
    """Returns a course by its address. Raises NotFound."""
    course = db.scalar(select(Course).where(Course.slug == slug))
    if course is None:
        raise NotFound
    return course


def country_wishing(db: Session, country_code: str) -> LocalizedText:
    return db.get_one(Country, country_code).name


def webinars_of_country(
    db: Session, *, actor: Actor, country_code: str, course: str = ""
) -> tuple[WebinarWish, ...]:
    """Returns the webinars that the country asked for, the newest first."""
    policy.require_may_ask(actor, country_code)
    wanted = _WEBINARS.where(WebinarRequest.country_code == country_code)
    return _wishes(db, wanted.where(Course.slug == course) if course else wanted)


def webinars_to_decide(db: Session, *, actor: Actor) -> tuple[WebinarWish, ...]:
    """Returns the webinars that wait for the secretariat, the oldest first."""
    policy.require_may_answer(actor)
    waiting = _WEBINARS.where(
        WebinarRequest.declined_on.is_(None), Event.status == EventStatus.DRAFT
    )
    return tuple(reversed(_wishes(db, waiting)))


def webinar_wish(
    db: Session, *, request_id: int | None = None, event_id: UUID | None = None
) -> WebinarWish | None:
    """Returns one request, by its number or by its event. Not scoped: for letters."""
    by = (
        WebinarRequest.id == request_id
        if request_id is not None
        else WebinarRequest.event_id == event_id
    )
    return next(iter(_wishes(db, _WEBINARS.where(by))), None)


_WEBINARS = (
    select(
        WebinarRequest,
        Country.name,
        Course.slug,
        Course.title,
        Person.full_name,
        Event.status,
        Event.starts_at,
        Event.ends_at,
    )
    .join(Country, Country.code == WebinarRequest.country_code)
    .join(Course, Course.id == WebinarRequest.course_id)
    .outerjoin(Account, Account.id == WebinarRequest.asked_by)
    .outerjoin(Person, Person.id == Account.person_id)
    .outerjoin(Event, Event.id == WebinarRequest.event_id)
    .order_by(WebinarRequest.id.desc())
    .limit(LISTED)
)


def _wishes(db: Session, wanted: Any) -> tuple[WebinarWish, ...]:
    rows: Sequence[Any] = db.execute(wanted).all()
    return tuple(
        WebinarWish(
            id=row.id,
            country_code=row.country_code,
            country=country,
            course=course,
            course_title=title,
            event_id=row.event_id,
            wish=row.wish,
            asked_on=row.asked_on,
            asker=asker or "",
            state=_state(row, status),
            starts_at=starts_at,
            ends_at=ends_at,
            answer=row.answer,
        )
        for row, country, course, title, asker, status, starts_at, ends_at in rows
    )


def _state(row: WebinarRequest, status: str | None) -> WebinarState:
    if row.declined_on is not None:
        return WebinarState.DECLINED
    if status == EventStatus.DRAFT:
        return WebinarState.WAITING
    return WebinarState.PLANNED if status == EventStatus.PUBLISHED else WebinarState.DROPPED
