"""Invitations of an event: the list, what may be chosen, the letter, a person's own."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from app.infra.exchange import SealedColumn
from app.infra.installation import secret_keys
from app.infra.orm import in_force
from app.infra.secret_keys import SecretKeys
from app.kernel.actor import Actor, Role
from app.kernel.paging import Paging
from app.kernel.refusal import NotFound
from app.kernel.text import Language, LocalizedText, as_language, untranslated
from app.participation.invitations import policy
from app.participation.invitations.queries.guests import came_by
from app.participation.invitations.rules import INVITATION, opened_key
from app.participation.invitations.values import InvitationClass
from app.participation.registrations.models import Guest, Invitation, Nomination, Registration
from app.participation.registrations.queries.entitlement import (
    PEOPLE_MEANT,
    entered_uninvited,
    invited,
)
from app.participation.registrations.values import WITH_KEY, RegistrationStatus, Way
from app.people.directory.models import (
    Country,
    FocalPoint,
    Institution,
    Person,
    PresidencyTerm,
    WorkingGroup,
)
from app.people.identity.models import Account, RoleGrant
from app.planning.arranging.queries.planning import session_details
from app.planning.events.queries.events import brief_of, event_of
from app.planning.events.values import EventDetail, SessionDetail

PER_PAGE = 25
INVITATION_KEYS = SealedColumn("links of invitations", Invitation.sealed_key, INVITATION)
ORDER = {str(one): position for position, one in enumerate(InvitationClass)}


@dataclass(frozen=True)
class Answers:
    """Of the people meant: how many there are, how many said anything, how many have a place."""

    people: int = 0
    answered: int = 0
    registered: int = 0

    def __add__(self, other: "Answers") -> "Answers":
        return Answers(
            self.people + other.people,
            self.answered + other.answered,
            self.registered + other.registered,
        )


@dataclass(frozen=True)
class InvitationRow:
    """`who` in words: a person's or a guest's name, an institution, a group, a country; an open
    link's own name.
    """

    id: int
    invitation_class: InvitationClass
    way: Way
    who: LocalizedText
    detail: LocalizedText
    email: str
    language: Language
    places: int | None
    taken: int
    closes_at: datetime | None
    respond_by: date | None
    note: str
    sent_at: datetime | None
    revoked_at: datetime | None
    answers: Answers


@dataclass(frozen=True)
class InvitationPage:
    """`is_closed`: only people who are invited may register by themselves."""

    event: EventDetail
    rows: Sequence[InvitationRow]
    by_class: Sequence[tuple[InvitationClass, int, Answers]]
    paging: Paging
    is_closed: bool


def event_to_invite_to(db: Session, *, actor: Actor, event_id: UUID) -> EventDetail:
    """Returns the event; refuses those who do not plan it."""
    event = event_of(db, actor=actor, event_id=event_id)
    policy.require_may_invite_to(actor, event.group_slugs, event.kind)
    return event


def invitations_of(
    db: Session, *, actor: Actor, event_id: UUID, on: date, number: int = 1
) -> InvitationPage:
    """Returns a page of the list, in the order of the classes; what each class comes to is counted
    over all of it.
    """
    event = event_to_invite_to(db, actor=actor, event_id=event_id)
    answers = _answers(db, event_id, on)
    active = db.execute(
        select(Invitation.id, Invitation.invitation_class, Invitation.way).where(
            Invitation.event_id == event_id, Invitation.revoked_at.is_(None)
        )
    ).all()
    total = db.scalar(select(func.count(Invitation.id)).where(Invitation.event_id == event_id)) or 0
    paging = Paging(total, PER_PAGE, number)
    rows = _rows(db, event_id, answers, limit=PER_PAGE, offset=paging.offset)
    by_class = []
    for one in InvitationClass:
        of_it = [row for row in active if row.invitation_class == one]
        told = (_told(row.way, answers.get(row.id, Answers())) for row in of_it)
        by_class.append((one, len(of_it), sum(told, Answers())))
    is_closed = invited(db, event_id, person_id=0, country="", on=on).names_anybody
    return InvitationPage(
        event=event, rows=rows, by_class=by_class, paging=paging, is_closed=is_closed
    )


@dataclass(frozen=True)
class Opening:
    """What an event that is open to all would lose by inviting: `countries`, whose officials may
    register today, and how many have done so by themselves whom no invitation means.
    """

    countries: Sequence[LocalizedText]
    entered: int


def opening_of(db: Session, *, event: EventDetail, on: date) -> Opening | None:
    """Returns what inviting would change for an event that is open to all; None for other events."""
    if (
        event.countries
        or event.is_confidential
        or invited(db, event.id, person_id=0, country="", on=on).names_anybody
    ):
        return None
    names = db.scalars(select(Country).order_by(Country.code))
    return Opening(tuple(country.name for country in names), entered_uninvited(db, event.id, on))


def invitation_of(
    db: Session, *, actor: Actor, event_id: UUID, invitation_id: int, on: date
) -> InvitationRow:
    event_to_invite_to(db, actor=actor, event_id=event_id)
    rows = _rows(db, event_id, _answers(db, event_id, on), only=invitation_id)
    if not rows:
        raise NotFound
    return rows[0]


def _told(way: Way, answers: Answers) -> Answers:
    """Returns the answers with a guest counted as one person from the day of the invitation on,
    though in the directory only from the answer on.
    """
    return replace(answers, people=max(1, answers.people)) if way == Way.GUEST else answers


HAS_PLACE = Registration.status == RegistrationStatus.REGISTERED
ANSWERS = (
    select(
        PEOPLE_MEANT.c.invitation_id,
        func.count(),
        func.count(Registration.id),
        func.count(Registration.id).filter(HAS_PLACE),
    )
    .outerjoin(
        Registration,
        (Registration.person_id == PEOPLE_MEANT.c.person_id)
        & (Registration.event_id == bindparam("event_id")),
    )
    .group_by(PEOPLE_MEANT.c.invitation_id)
)


def _answers(db: Session, event_id: UUID, on: date) -> dict[int, Answers]:
    rows = db.execute(ANSWERS, {"event_id": event_id, "on": on})
    return {row[0]: Answers(row[1], row[2], row[3]) for row in rows}


def _rows(
    db: Session,
    event_id: UUID,
    answers: dict[int, Answers],
    *,
    only: int | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> tuple[InvitationRow, ...]:
    query = (
        select(
            Invitation,
            came_by(Invitation.id),
            Person.full_name,
            Institution.name,
            WorkingGroup.name,
            Country.name,
        )
        .outerjoin(Person, Person.id == Invitation.person_id)
        .outerjoin(Institution, Institution.id == Invitation.institution_id)
        .outerjoin(WorkingGroup, WorkingGroup.id == Invitation.working_group_id)
        .outerjoin(
            Country,
            Country.code == func.coalesce(Invitation.country_code, Institution.country_code),
        )
        .where(Invitation.event_id == event_id)
        .order_by(
            Invitation.revoked_at.is_not(None),
            case(ORDER, value=Invitation.invitation_class),
            Invitation.id,
        )
    )
    query = (
        query.where(Invitation.id == only)
        if only is not None
        else query.limit(limit).offset(offset)
    )
    return tuple(
        _row(invitation, answers.get(invitation.id, Answers()), taken=taken, names=names)
        for invitation, taken, *names in db.execute(query)
    )


def _row(
    invitation: Invitation, answers: Answers, taken: int, names: Sequence[Any]
) -> InvitationRow:
    """Builds a row of the list. `names`: of the person, the institution, the group and the country,
    each None where there is none.
    """
    person, institution, group, country = names
    way, nothing = Way(invitation.way), LocalizedText()
    own = person or invitation.name
    who = {Way.INSTITUTION: institution, Way.GROUP: group, Way.COUNTRY: country}.get(
        way
    ) or untranslated(own)
    detail = (
        (country or nothing) if way is Way.INSTITUTION else untranslated(invitation.organisation)
    )
    return InvitationRow(
        id=invitation.id,
        invitation_class=InvitationClass(invitation.invitation_class),
        way=way,
        who=who,
        detail=detail,
        email=invitation.email,
        language=as_language(invitation.language),
        places=invitation.places,
        taken=taken,
        closes_at=invitation.closes_at,
        respond_by=invitation.respond_by,
        note=invitation.note,
        sent_at=invitation.sent_at,
        revoked_at=invitation.revoked_at,
        answers=_told(way, answers),
    )


# Whom one may invite: what the form offers.


@dataclass(frozen=True)
class Option:
    """`value` is what the form sends."""

    value: str
    label: LocalizedText


@dataclass(frozen=True)
class InvitationChoices:
    """Institutions stand under their country."""

    countries: Sequence[Option]
    institutions: Sequence[tuple[LocalizedText, Sequence[Option]]]
    groups: Sequence[Option]


@dataclass(frozen=True)
class CountryToInvite:
    """`asked`: the focal points who get the letter; nobody where the country has none, or none who
    has an address.
    `is_invited`: its invitation stands already.
    """

    code: str
    name: LocalizedText
    asked: Sequence[str]
    is_invited: bool


def countries_to_invite(
    db: Session, *, event_id: UUID, named: Collection[str], on: date
) -> tuple[CountryToInvite, ...]:
    """Returns the countries that the event names, or all of the region; three statements.

    Not scoped: for whoever may invite to the event.
    """
    focal_points: dict[str, list[str]] = {}
    rows = db.execute(
        select(FocalPoint.country_code, Person.full_name)
        .join(Person, Person.id == FocalPoint.person_id)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(
            or_(Person.email != "", Account.email.is_not(None)),
            in_force(FocalPoint, on),
        )
        .order_by(Person.sort_key)
        .distinct()
        .add_columns(Person.sort_key)
    )
    for code, name, _key in rows:
        focal_points.setdefault(code, []).append(name)
    query = select(Invitation.country_code).where(
        Invitation.event_id == event_id,
        Invitation.way == Way.COUNTRY,
        Invitation.revoked_at.is_(None),
    )
    invited = set(db.scalars(query))
    return tuple(
        CountryToInvite(
            code=row.code,
            name=row.name,
            asked=tuple(focal_points.get(row.code, ())),
            is_invited=row.code in invited,
        )
        for row in db.scalars(select(Country).order_by(Country.code))
        if not named or row.code in named
    )


def countries(db: Session) -> list[Option]:
    return [
        Option(row.code, row.name) for row in db.scalars(select(Country).order_by(Country.code))
    ]


def choices(db: Session) -> InvitationChoices:
    states = countries(db)
    houses: dict[str, list[Option]] = {}
    for row in db.scalars(
        select(Institution)
        .where(Institution.closed_on.is_(None))
        .order_by(Institution.country_code, Institution.id)
    ):
        houses.setdefault(row.country_code, []).append(Option(str(row.id), row.name))
    groups = (
        select(WorkingGroup)
        .where(WorkingGroup.kind == "working-group")
        .order_by(WorkingGroup.position)
    )
    return InvitationChoices(
        states,
        [(state.label, houses[state.value]) for state in states if state.value in houses],
        [Option(row.slug, row.name) for row in db.scalars(groups)],
    )


# What the letter of an invitation says: addressee, event, how to register and who signs on that
# day.


@dataclass(frozen=True)
class LetterFacts:
    """`path`: the page of this site on which the addressee registers. `presidency` and
    `secretariat`: names, or "" where nobody holds the office that day; `presiding`: the country of
    the presidency.
    """

    event: EventDetail
    invitation: InvitationRow
    sessions: Sequence[SessionDetail]
    languages: tuple[str, ...]
    contact: str
    path: str
    presidency: str
    presiding: LocalizedText
    secretariat: str


def letter_of(
    db: Session, *, actor: Actor, event_id: UUID, invitation_id: int, on: date
) -> LetterFacts:
    event = event_to_invite_to(db, actor=actor, event_id=event_id)
    row = invitation_of(db, actor=actor, event_id=event_id, invitation_id=invitation_id, on=on)
    sealed = db.scalar(select(Invitation.sealed_key).where(Invitation.id == invitation_id)) or ""
    brief = brief_of(db, event_id=event_id).brief
    presiding = db.scalar(
        select(Country)
        .join(PresidencyTerm, PresidencyTerm.country_code == Country.code)
        .where(in_force(PresidencyTerm, on))
    )
    return LetterFacts(
        event=event,
        invitation=row,
        sessions=session_details(db, event_id=event_id, with_people=False),
        languages=brief.languages,
        contact=brief.contact,
        path=path_of(event_id, row.way, sealed, own=secret_keys(db)),
        presidency=db.scalar(_holder(Role.PRESIDENCY, on)) or "",
        presiding=presiding.name if presiding else LocalizedText(),
        secretariat=db.scalar(_holder(Role.ORGANIZER, on)) or "",
    )


def path_of(event_id: UUID, way: Way, sealed: str, *, own: SecretKeys) -> str:
    """Returns the page of the key, the page on which a focal point nominates, or the page of the
    event for people with an account.
    """
    key = opened_key(sealed, own=own, purpose=INVITATION) if way in WITH_KEY else ""
    if key:
        return f"/invitation/{key}"
    return f"/events/{event_id}/nominations" if way is Way.COUNTRY else f"/events/{event_id}"


def _holder(role: Role, on: date) -> Select[str]:
    """Returns the name of the person who has held the office longest, because a letter has one name
    for each office.
    """
    return (
        select(Person.full_name)
        .join(Account, Account.person_id == Person.id)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(RoleGrant.role == role.value, in_force(RoleGrant, on), Account.active)
        .order_by(RoleGrant.valid_from, RoleGrant.id)
        .limit(1)
    )


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns invitations by name, being a guest, nominations by a country. Keys are nobody's to
    take along.
    """
    guest = db.get(Guest, person_id)
    named = select(Invitation).where(Invitation.person_id == person_id).order_by(Invitation.id)
    sent = select(Nomination).where(Nomination.person_id == person_id).order_by(Nomination.id)
    return {
        "invitations": [
            {
                "event": str(row.event_id),
                "class": row.invitation_class,
                "sent_at": _text(row.sent_at),
                "revoked_at": _text(row.revoked_at),
                "note": row.note,
            }
            for row in db.scalars(named)
        ],
        "guest": None
        if guest is None
        else {
            "event": str(guest.event_id),
            "email": guest.email,
            "since": _text(guest.created_at),
        },
        "nominations": [
            {
                "event": str(row.event_id),
                "country": row.country_code,
                "at": _text(row.nominated_at),
                "withdrawn_at": _text(row.withdrawn_at),
            }
            for row in db.scalars(sent)
        ],
    }


def _text(value: Any) -> str | None:
    return None if value is None else str(value.isoformat())
