"""Whom one may write to, and what was written. A fixed number of statements."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    String,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import Session

from app.followup.matrix.queries import open_period_of, progress
from app.followup.matrix.values import Period
from app.infra.journal import Delivery
from app.infra.orm import in_force
from app.kernel.actor import Actor
from app.kernel.paging import Paging
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText, as_language
from app.office.notifications.queries import People, people, recipient_of
from app.office.notifications.values import NOBODY, Recipient
from app.office.outbox.models import Message
from app.office.outbox.queries import SENDER
from app.office.writing import policy
from app.office.writing.models import LetterReader, WrittenLetter
from app.office.writing.rules import EventNotPublished
from app.office.writing.values import (
    AudienceKind,
    DeliveryCounts,
    LetterAddressee,
    LetterWords,
    WrittenLetterSummary,
)
from app.participation.registrations.models import Guest, Invitation, Nomination, Registration
from app.participation.registrations.queries.entitlement import PEOPLE_MEANT
from app.participation.registrations.values import RegistrationStatus, Way
from app.people.directory.models import (
    Appointment,
    Country,
    FocalPoint,
    Membership,
    Person,
    WorkingGroup,
)
from app.people.directory.queries import roster
from app.people.directory.queries.roster import CountryName
from app.people.directory.values import SharedFigures
from app.people.identity.models import Account
from app.planning.events.models import Attendance, Event
from app.planning.events.queries.events import event_of
from app.planning.events.queries.people import roles_in, who_came
from app.planning.events.values import EventDetail
from app.training.learning.models import Completion, Course, CourseEdition, Enrolment
from app.training.turnover.queries.declared import countries_to_declare
from app.training.turnover.queries.figures import notes_to_ask, people_to_act_on

# Who is in each audience today. A fixed number of statements.

Found = dict[str, tuple[LetterAddressee, ...]]
GO_OUT = (Invitation.revoked_at.is_(None), Invitation.sent_at.is_not(None))


@dataclass(frozen=True)
class Reminded:
    """`countries` have officials to confirm and somebody to write to, with the number of those
    officials; `people` get the letter.
    """

    countries: tuple[tuple[str, int], ...] = ()
    people: int = 0


NOBODY_TO_REMIND = Reminded()


@dataclass(frozen=True)
class OfficeAudiences:
    """`names`: names of groups, courses and countries, by the key of the audience. `matrix_until`:
    the last day of the period of the matrix that is open.
    """

    people: Found
    names: Mapping[str, LocalizedText]
    matrix_until: date | None = None


def event_to_write_to(db: Session, *, actor: Actor, event_id: UUID) -> EventDetail:
    """Returns the event. Refuses an actor who does not plan it."""
    event = event_of(db, actor=actor, event_id=event_id)
    policy.require_may_write_to_event(actor, event.group_slugs, event.kind)
    return event


def event_audiences(
    db: Session, *, event: EventDetail, on: date, now: datetime
) -> dict[str, tuple[LetterAddressee, ...]]:
    """Returns each audience of an event that is not empty. The absent are known once the event is
    over and attendance was recorded.
    """
    if event.published_at is None:
        raise EventNotPublished
    rows = db.execute(
        select(Registration.person_id, Registration.status).where(Registration.event_id == event.id)
    ).all()
    standing = {row.person_id: row.status for row in rows}
    meant, sent_to = _invited(db, event.id, on), _asked(db, event.id, on)
    named = roles_in(db, event.id)
    known = _recipients(db, {*standing, *meant, *sent_to, *named})
    registered = [one for one, s in standing.items() if s == RegistrationStatus.REGISTERED]
    silent = [*(one for one in meant if one not in standing), *sent_to]
    audiences = {
        AudienceKind.REGISTERED: _known(known, registered),
        AudienceKind.WAITING: _known(
            known, [one for one, s in standing.items() if s == RegistrationStatus.WAITING]
        ),
        AudienceKind.SILENT: (
            *_known(known, silent, sent_to),
            *_guests_asked(db, event, {to.address.casefold() for to in known.values()}),
        ),
        AudienceKind.SPEAKERS: _known(known, named),
    }
    if event.ends_at is not None and event.ends_at <= now and _is_recorded(db, event.id):
        there = who_came(db, event_id=event.id)
        audiences[AudienceKind.ABSENT] = _known(
            known, [one for one in registered if one not in there]
        )
    order = [AudienceKind(kind) for kind in AudienceKind if kind in audiences]
    return {kind.value: audiences[kind] for kind in order if audiences[kind]}


def office_audiences(db: Session, *, actor: Actor, on: date) -> OfficeAudiences:
    """Returns the focal points, those of countries that have to answer for the quarter, the
    delegates of each group, the officials who take a course and have not finished it, and the focal
    points of each country that has not sent its matrix.
    """
    policy.require_may_write_from_office(actor)
    focal = _focal_points(db, on)
    countries = roster.countries(db)
    to_declare = countries_to_declare(db, on, among=countries)
    to_answer = dict(_to_answer(db, actor, on, countries, to_declare))
    members = db.execute(
        select(WorkingGroup.slug, WorkingGroup.name, Membership.person_id)
        .join(Membership, Membership.working_group_id == WorkingGroup.id)
        .where(in_force(Membership, on))
        .order_by(WorkingGroup.position)
    ).all()
    learners = db.execute(_unfinished(on)).all()
    known = _recipients(
        db,
        {
            *(row.person_id for row in focal),
            *(row.person_id for row in members),
            *(row.person_id for row in learners),
        },
    )
    ids: dict[str, list[int]] = {
        AudienceKind.FOCAL_POINTS.value: [row.person_id for row in focal],
        AudienceKind.UNCONFIRMED.value: [
            row.person_id for row in focal if row.country_code in to_answer
        ],
    }
    names: dict[str, LocalizedText] = {}
    for kind, rows in ((AudienceKind.GROUP, members), (AudienceKind.COURSE, learners)):
        for slug, name, person_id in rows:
            key = f"{kind.value}:{slug}"
            names[key] = name
            ids.setdefault(key, []).append(person_id)
    period = open_period_of(db, today=on)
    for code, name in _not_sent(db, actor, period).items():
        key = f"{AudienceKind.MATRIX.value}:{code}"
        names[key] = name
        ids[key] = [row.person_id for row in focal if row.country_code == code]
    audiences = {key: _known(known, dict.fromkeys(who)) for key, who in ids.items()}
    return OfficeAudiences(
        {key: who for key, who in audiences.items() if who},
        names,
        period.closes_on if period else None,
    )


def _not_sent(db: Session, actor: Actor, period: Period | None) -> dict[str, LocalizedText]:
    """Returns the countries that have not sent their matrix of a period, by code."""
    if period is None:
        return {}
    codes = [
        one.country for one in progress(db, actor=actor, period_id=period.id) if not one.is_sent
    ]
    rows = db.execute(
        select(Country.code, Country.name).where(Country.code.in_(codes)).order_by(Country.code)
    )
    return dict(rows.all())


def focal_points_to_remind(
    db: Session,
    *,
    actor: Actor,
    on: date,
    focal_points: Mapping[str, Collection[int]],
    countries: Sequence[CountryName],
    to_declare: Collection[str],
) -> Reminded:
    """Returns whom a letter to the countries that have to answer for the quarter reaches: the
    audience UNCONFIRMED, as the letter counts it. `focal_points`: by country, the persons who answer
    for it on the day; `countries`: all; `to_declare`: those whose counts are due.
    """
    to_answer = _to_answer(db, actor, on, countries, to_declare)
    by_country = {code: focal_points.get(code, ()) for code, _number in to_answer}
    known = _recipients(db, {person_id for some in by_country.values() for person_id in some})
    reached = {code for code, some in by_country.items() if any(one in known for one in some)}
    return Reminded(tuple(one for one in to_answer if one[0] in reached), len(known))


def _to_answer(
    db: Session,
    actor: Actor,
    on: date,
    countries: Sequence[CountryName],
    to_declare: Collection[str],
) -> list[tuple[str, int]]:
    """Returns the countries with officials to confirm or counts to declare, with how many officials
    those are, the most first; 0 for counts, and where the country does not share it.
    """
    kept_back = roster.countries_keeping(countries, actor=actor, figures=SharedFigures.ALL)
    told = {
        code: 0 if code in kept_back else number
        for code, number in roster.unconfirmed_by_country(db, actor=actor, on=on)
    }
    told |= dict.fromkeys(to_declare, 0)
    return sorted(told.items(), key=lambda one: (-one[1], one[0]))


def _focal_points(db: Session, on: date) -> Sequence[Row[int, str]]:
    return db.execute(
        select(FocalPoint.person_id, FocalPoint.country_code)
        .where(in_force(FocalPoint, on))
        .order_by(FocalPoint.person_id)
    ).all()


def country_audiences(
    db: Session, *, actor: Actor, country_code: str, on: date, only: Collection[int] = ()
) -> Found:
    """Returns officials of a country who have no valid certificate of the counted course, apart
    those who take it, those whose certificate ends soon, and those who left with one and owe a
    handover note; each who can be written to, for its focal point alone. `only`: of these persons.
    """
    policy.require_may_write_to_country(actor, country_code)
    lists = people_to_act_on(db, actor=actor, country_code=country_code, on=on)
    ids = {
        AudienceKind.UNTRAINED.value: lists["not_begun"],
        AudienceKind.UNDERWAY.value: lists["underway"],
        AudienceKind.LAPSING.value: lists["lapsing"],
        AudienceKind.LEFT.value: notes_to_ask(db, actor=actor, country_code=country_code, on=on),
    }
    chosen = {one for who in ids.values() for one in who if not only or one in only}
    known = _recipients(db, chosen, by_own_name=True)
    audiences = {key: _known(known, who) for key, who in ids.items()}
    return {key: who for key, who in audiences.items() if who}


def reply_address(db: Session, *, actor: Actor) -> str:
    """Returns the address of the account that writes, for a letter that asks for an answer."""
    query = select(Account.email).where(Account.id == actor.account_id)
    return db.scalar(query) or ""


def readers_of(db: Session, rows: Iterable[LetterReader]) -> list[tuple[int, LetterAddressee]]:
    """Returns the number and the addressee of each row whose addressee can get letters."""
    letter_readers = list(rows)
    people_meant = {row.person_id for row in letter_readers if row.person_id is not None}
    known = _recipients(db, people_meant, by_own_name=True)
    ids = {row.invitation_id for row in letter_readers if row.invitation_id is not None}
    invited = select(Invitation).where(Invitation.id.in_(ids), Invitation.revoked_at.is_(None))
    invitations = {one.id: one for one in db.scalars(invited)} if ids else {}
    readers = []
    for row in letter_readers:
        invitation = invitations.get(row.invitation_id or 0)
        way, sealed = (invitation.way, invitation.sealed_key) if invitation else ("", "")
        to = known.get(row.person_id or 0)
        if row.person_id is None and invitation is not None and invitation.email:
            to = _guest(invitation, REFERENCE_ZONE)
        if to is not None:
            readers.append(
                (
                    row.id,
                    LetterAddressee(
                        to=to, invitation_id=row.invitation_id, way=way, sealed_key=sealed
                    ),
                )
            )
    return readers


def _invited(db: Session, event_id: UUID, on: date) -> set[int]:
    invitations = (
        select(PEOPLE_MEANT.c.person_id)
        .join(Invitation, Invitation.id == PEOPLE_MEANT.c.invitation_id)
        .where(*GO_OUT)
    )
    people = db.scalars(invitations, {"event_id": event_id, "on": on})
    return {person_id for person_id in people if person_id is not None}


def _asked(db: Session, event_id: UUID, on: date) -> dict[int, int]:
    """Returns the focal points of countries that were asked for names and named nobody, with the
    invitation.
    """
    named = exists().where(
        Nomination.event_id == event_id,
        Nomination.country_code == Invitation.country_code,
        Nomination.withdrawn_at.is_(None),
    )
    invitations = (
        select(FocalPoint.person_id, Invitation.id)
        .join(Invitation, Invitation.country_code == FocalPoint.country_code)
        .where(Invitation.event_id == event_id, Invitation.way == Way.COUNTRY, *GO_OUT, ~named)
        .where(in_force(FocalPoint, on))
    )
    return {row.person_id: row.id for row in db.execute(invitations)}


def _guests_asked(
    db: Session, event: EventDetail, taken: Collection[str]
) -> tuple[LetterAddressee, ...]:
    """Returns the guests who were invited by address and have not answered. Leaves out addresses of
    people in other audiences.
    """
    answered = exists().where(Guest.invitation_id == Invitation.id)
    invitations = select(Invitation).where(
        Invitation.event_id == event.id, Invitation.way == Way.GUEST, *GO_OUT, ~answered
    )
    return tuple(
        LetterAddressee(_guest(one, event.timezone), one.id)
        for one in db.scalars(invitations)
        if one.email and one.email.casefold() not in taken
    )


def _guest(invitation: Invitation, timezone: str) -> Recipient:
    language = as_language(invitation.language)
    return Recipient(
        person_id=NOBODY,
        name=invitation.name,
        address=invitation.email,
        language=language,
        timezone=timezone,
    )


def _is_recorded(db: Session, event_id: UUID) -> bool:
    attendances = select(Attendance.id).where(
        Attendance.event_id == event_id, Attendance.minutes > 0
    )
    return db.scalar(attendances.limit(1)) is not None


def _unfinished(on: date) -> Any:
    """Returns the officials in service who take an edition of a course and have finished none of
    it.
    """
    editions = select(CourseEdition.id).where(CourseEdition.course_id == Course.id)
    finished = (
        exists()
        .where(Completion.enrolment_id == Enrolment.id)
        .where(Completion.module_id.is_(None))
    )
    finishers = select(Enrolment.person_id).where(Enrolment.edition_id.in_(editions), finished)
    serving = (
        exists()
        .where(Appointment.person_id == Enrolment.person_id)
        .where(in_force(Appointment, on))
    )
    return (
        select(Course.slug, Course.title, Enrolment.person_id)
        .join(CourseEdition, CourseEdition.course_id == Course.id)
        .join(Enrolment, Enrolment.edition_id == CourseEdition.id)
        .where(serving, Enrolment.person_id.not_in(finishers))
        .order_by(Course.id)
    )


def _recipients(
    db: Session, ids: Collection[int], *, by_own_name: bool = False
) -> dict[int, Recipient]:
    """Returns those who can get letters, and want those that go to many; named as others read them,
    because whoever writes sees the list and a letter. `by_own_name`: for their own focal point, and
    for what leaves, which only they read (decision 90).
    """
    if not ids:
        return {}
    rows = db.execute(_people_by_id(), {"ids": list(ids)})
    return {
        to.person_id: to if by_own_name else replace(to, name=to.known_as)
        for row in rows
        if (to := recipient_of(*row)) is not None and to.wishes.letters
    }


@cache
def _people_by_id() -> People:
    return people().where(Person.id.in_(bindparam("ids", type_=Person.id.type, expanding=True)))


def _known(
    known: Mapping[int, Recipient], ids: Iterable[int], invitations: Mapping[int, int] | None = None
) -> tuple[LetterAddressee, ...]:
    by_person = invitations or {}
    return tuple(LetterAddressee(known[one], by_person.get(one)) for one in ids if one in known)


# Letters that were written, for those who may read them, with the delivery of each.

PER_PAGE = 25
MARK = "written."
"""How the outbox names these letters: "written." and the number of the LetterReader."""
m = Message


@dataclass(frozen=True)
class LettersPage:
    letters: tuple[WrittenLetterSummary, ...]
    paging: Paging


def letters_of_event(db: Session, *, event_id: UUID, number: int = 1) -> LettersPage:
    """Returns the letters, newest first. Call `event_to_write_to` before: it checks who may read
    them.
    """
    return _page(db, WrittenLetter.event_id == event_id, number)


def letters_of_office(db: Session, *, actor: Actor, number: int = 1) -> LettersPage:
    """Returns all letters but those of countries, newest first."""
    policy.require_may_write_from_office(actor)
    return _page(db, WrittenLetter.country_code == "", number)


def letters_of_country(
    db: Session, *, actor: Actor, country_code: str, number: int = 1
) -> LettersPage:
    """Returns the letters that the country's focal points wrote, newest first."""
    policy.require_may_write_to_country(actor, country_code)
    return _page(db, WrittenLetter.country_code == country_code, number)


def letter_of(db: Session, *, actor: Actor, letter_id: UUID) -> WrittenLetterSummary:
    """Returns a letter. Raises NotFound for an actor who may not read it, as if it did not exist."""
    letters = _summaries(db, select(WrittenLetter).where(WrittenLetter.id == letter_id))
    if not letters:
        raise NotFound
    letter = letters[0]
    if letter.country_code:
        policy.require_may_write_to_country(actor, letter.country_code)
    elif letter.event_id is None:
        if not policy.may_write_from_office(actor):
            raise NotFound
    else:
        event = event_of(db, actor=actor, event_id=letter.event_id)
        if not policy.may_write_to_event(actor, event.group_slugs, event.kind):
            raise NotFound
    return letter


def letter_readers(db: Session, letter_id: UUID) -> list[LetterReader]:
    readers = select(LetterReader).where(LetterReader.letter_id == letter_id)
    return list(db.scalars(readers.order_by(LetterReader.id)))


def words_of(db: Session, letter_id: UUID) -> LetterWords:
    letter = db.get_one(WrittenLetter, letter_id)
    return LetterWords(letter.subject, letter.text)


def names_of(db: Session, keys: Iterable[str]) -> dict[str, LocalizedText]:
    """Returns the names of the groups, courses and countries in audiences, by the key of the
    audience.
    """
    wanted = {tuple(key.split(":", 1)) for key in keys if ":" in key}
    slugs = {slug for _, slug in wanted}
    if not slugs:
        return {}
    groups = select(literal("group"), WorkingGroup.slug, WorkingGroup.name)
    courses = select(literal("course"), Course.slug, Course.title)
    countries = select(literal("matrix"), Country.code, Country.name)
    rows = (
        *db.execute(groups.where(WorkingGroup.slug.in_(slugs))),
        *db.execute(courses.where(Course.slug.in_(slugs))),
        *db.execute(countries.where(Country.code.in_(slugs))),
    )
    return {f"{kind}:{slug}": name for kind, slug, name in rows}


def _page(db: Session, which: ColumnElement[bool], number: int) -> LettersPage:
    total = db.scalar(select(func.count(WrittenLetter.id)).where(which)) or 0
    paging = Paging(total, PER_PAGE, number)
    letters = (
        select(WrittenLetter)
        .where(which)
        .order_by(WrittenLetter.written_at.desc(), WrittenLetter.id)
        .limit(PER_PAGE)
        .offset(paging.offset)
    )
    return LettersPage(_summaries(db, letters), paging)


def _summaries(db: Session, letters: Select[WrittenLetter]) -> tuple[WrittenLetterSummary, ...]:
    rows = db.execute(
        letters.add_columns(Person.full_name, Event.title)
        .outerjoin(Account, Account.id == WrittenLetter.written_by)
        .outerjoin(Person, Person.id == Account.person_id)
        .outerjoin(Event, Event.id == WrittenLetter.event_id)
    ).all()
    counts = _counts(db, [row[0].id for row in rows])
    return tuple(
        WrittenLetterSummary(
            id=letter.id,
            words=LetterWords(letter.subject, letter.text),
            audiences=tuple(letter.audiences),
            event_id=letter.event_id,
            event_title=title or LocalizedText(),
            written_by=name or "",
            written_at=letter.written_at,
            people=letter.people,
            counts=counts.get(letter.id, DeliveryCounts()),
            country_code=letter.country_code,
        )
        for letter, name, title in rows
    )


def _counts(db: Session, letter_ids: list[UUID]) -> dict[UUID, DeliveryCounts]:
    """Returns the deliveries of each letter, from the outbox, in one statement."""
    if not letter_ids:
        return {}
    is_there = m.id.is_not(None)
    returned = m.bounced_at.is_not(None)
    gone = and_(m.sent_at.is_(None), or_(Delivery.state == "dead", m.given_up_at.is_not(None)))
    delivered = and_(m.sent_at.is_not(None), not_(returned))
    rows = db.execute(
        select(
            LetterReader.letter_id,
            func.count().filter(is_there, delivered),
            func.count().filter(is_there, returned),
            func.count().filter(is_there, not_(returned), gone),
            func.count().filter(is_there),
        )
        .outerjoin(m, m.dedupe == literal(MARK) + cast(LetterReader.id, String))
        .outerjoin(Delivery, and_(Delivery.entry_id == m.entry_id, Delivery.handler == SENDER))
        .where(LetterReader.letter_id.in_(letter_ids))
        .group_by(LetterReader.letter_id)
    )
    return {
        letter_id: DeliveryCounts(
            delivered=sent, returned=back, undelivered=lost, waiting=there - sent - back - lost
        )
        for letter_id, sent, back, lost, there in rows
    }


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns when letters went to a person. The letters themselves stand in the outbox."""
    letters = (
        select(WrittenLetter.written_at)
        .join(LetterReader, LetterReader.letter_id == WrittenLetter.id)
        .where(LetterReader.person_id == person_id)
        .order_by(WrittenLetter.written_at)
    )
    return {"letters_of_the_office_at": [at.isoformat() for at in db.scalars(letters)]}
