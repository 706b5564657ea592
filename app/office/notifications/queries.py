"""Reads for letters. Not scoped by actor: only the platform itself writes letters, to those whom a
fact concerns.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.followup.agreements.models import Agreement, AgreementParty
from app.followup.agreements.queries.agreements import agreements_called
from app.followup.agreements.values import UNSETTLED, AgreementView
from app.followup.matrix.queries import digest_of, period_of
from app.followup.matrix.values import Period, RowView
from app.followup.plans.queries import table_of, table_reach
from app.infra.journal import JournalEntry
from app.infra.orm import in_force
from app.kernel.actor import SYSTEM, Role
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText, as_language
from app.kernel.timespan import Timespan
from app.office.notifications.rules import (
    FIRST,
    STANDINGS,
    Fate,
    Key,
    ReminderKind,
    SentLetter,
    current_kind,
    wanted_kinds,
)
from app.office.notifications.values import (
    ALL_LETTERS,
    NOBODY,
    DigestLine,
    EventNotice,
    MatrixDigest,
    PlanNotice,
    Recipient,
    RegistrationState,
    RequestNotice,
    Wishes,
)
from app.office.outbox.models import MailWish, Message, ReminderRound
from app.office.outbox.rules import NO_NEWS, cause_of
from app.participation.invitations.values import InvitationDraft
from app.participation.registrations.models import Guest, Invitation, Registration
from app.participation.registrations.queries.registrations import ASKED
from app.participation.registrations.values import RegistrationStatus, Way
from app.people.directory.models import (
    Appointment,
    Country,
    FocalPoint,
    Membership,
    Person,
    Post,
    WorkingGroup,
)
from app.people.identity.models import Account, RoleGrant
from app.planning.events.models import (
    AuthorizationRequest,
    Event,
    EventBrief,
    EventPerson,
    EventStep,
    NamedPart,
)
from app.planning.events.queries.life import history_of
from app.planning.events.queries.people import NAMED_ROLES, parts_told, roles_in
from app.planning.events.rules.history import MoveHistory
from app.planning.events.values import EventStatus, Mode, PersonRole, RequestState, holder_of
from app.planning.scheduling.models import ConflictCase
from app.training.learning.models import Course, CourseEdition
from app.web.letters_ahead import ToldIfPublished

# Reads for letters. Not scoped by actor: only the platform itself writes letters, to those a fact
# concerns.

People = Select[Person, str, MailWish, str]
LONG_AGO = datetime.min.replace(tzinfo=UTC)
NAMED = "named"
"""The origin of somebody who is not in the list and has a part in the programme."""


@cache
def people() -> People:
    """Returns persons with the address they sign in with, if any, what they wish, and a guest's key,
    sealed; to be narrowed by the caller.
    """
    return (
        select(Person, Account.email, MailWish, Guest.sealed_key)
        .select_from(Person)
        .outerjoin(Account, Account.person_id == Person.id)
        .outerjoin(MailWish, MailWish.person_id == Person.id)
        .outerjoin(Guest, Guest.person_id == Person.id)
        .order_by(Person.id)
    )


def recipient(db: Session, person_id: int) -> Recipient | None:
    """Returns the person with the contact of the directory, else the address they sign in with;
    None without any.
    """
    row = db.execute(people().where(Person.id == person_id)).first()
    return recipient_of(*row) if row else None


def recipients(db: Session, person_ids: Collection[int]) -> dict[int, Recipient]:
    """Returns those of the persons who can be written to, by id."""
    rows = db.execute(people().where(Person.id.in_(person_ids)))
    return {to.person_id: to for row in rows if (to := recipient_of(*row)) is not None}


def registered(db: Session, event_id: UUID) -> list[Recipient]:
    return [state.to for state in taking_part(db, event_id, (RegistrationStatus.REGISTERED,))]


def taking_part(
    db: Session, event_id: UUID, statuses: Collection[RegistrationStatus]
) -> list[RegistrationState]:
    """Returns the people whose registration for an event has one of these states and who can be
    written to.
    """
    rows = db.execute(
        people()
        .join(Registration, Registration.person_id == Person.id)
        .where(Registration.event_id == event_id, Registration.status.in_(statuses))
        .add_columns(Registration)
    )
    return [state_of(row[4], to) for row in rows if (to := recipient_of(*row[:4]))]


def state_in(db: Session, event_id: UUID, person_id: int) -> RegistrationState | None:
    """Returns how one person's registration stands, or their part in the programme. None for people
    who cannot be written to, and for those who never had either.
    """
    row = db.execute(_beside_registration(event_id).where(Person.id == person_id)).first()
    to = recipient_of(*row[:4]) if row else None
    if row is None or to is None:
        return None
    roles, part = (
        roles_in(db, event_id).get(person_id, ()),
        db.get(NamedPart, (event_id, person_id)),
    )
    if row[4] is None and part is None and not roles:
        return None
    return with_part(_place_or_none(row[4], to), roles, part)


def concerned(
    db: Session, event_id: UUID, statuses: Collection[RegistrationStatus]
) -> list[RegistrationState]:
    """Returns the people whose registration has one of these states or who have a part in the
    programme, each once, if they can be written to.
    """
    roles, told = roles_in(db, event_id), parts_told(db, event_id)
    listed = taking_part(db, event_id, statuses)
    others = roles.keys() - {state.to.person_id for state in listed}
    states = [
        with_part(state, roles.get(state.to.person_id, ()), told.get(state.to.person_id))
        for state in listed
    ]
    if others:
        rows = db.execute(_beside_registration(event_id).where(Person.id.in_(others)))
        for row in rows:
            if to := recipient_of(*row[:4]):
                states.append(
                    with_part(
                        _place_or_none(row[4], to), roles[to.person_id], told.get(to.person_id)
                    )
                )
    return states


def position_in_line(db: Session, event_id: UUID, person_id: int) -> int | None:
    """Returns the position in the waiting list, 1 for whoever is promoted next; None for people who
    are not waiting.
    """
    r = Registration
    own = db.scalar(
        select(r).where(r.event_id == event_id, r.person_id == person_id, r.status == "waiting")
    )
    if own is None or own.waiting_since is None:
        return None
    before = or_(
        r.waiting_since < own.waiting_since,
        (r.waiting_since == own.waiting_since) & (r.id < own.id),
    )
    ahead = (
        db.scalar(select(func.count()).where(r.event_id == event_id, r.status == "waiting", before))
        or 0
    )
    return ahead + 1


def owner_of(db: Session, event_id: UUID) -> Recipient | None:
    """Returns who planned the event, while their account is active; somebody who is not in the
    directory has no person.
    """
    planned = (
        select(Account)
        .join(Event, Event.created_by == Account.id)
        .where(Event.id == event_id, Account.active)
    )
    return _of_account(db, db.scalar(planned))


def request_notice(db: Session, request_id: UUID) -> RequestNotice | None:
    """Returns a request for the presidency's authorization as it stands now, with who asked."""
    row = db.execute(
        select(AuthorizationRequest, Event.status, Account)
        .join(Event, Event.id == AuthorizationRequest.event_id)
        .outerjoin(
            Account, and_(Account.id == AuthorizationRequest.asked_by, Account.active.is_(True))
        )
        .where(AuthorizationRequest.id == request_id)
    ).one_or_none()
    if row is None:
        return None
    one, status, account = row
    offered = (
        Timespan(one.offered_starts_at, one.offered_ends_at)
        if one.offered_starts_at and one.offered_ends_at
        else None
    )
    return RequestNotice(
        asked_by=_of_account(db, account),
        span=Timespan(one.starts_at, one.ends_at),
        timezone=one.timezone,
        reason=one.reason,
        decide_by=one.decide_by,
        answer=one.answer,
        is_offered=one.state == RequestState.OFFERED,
        offered=offered,
        is_move=status != EventStatus.DRAFT,
    )


def _of_account(db: Session, account: Account | None) -> Recipient | None:
    if account is None:
        return None
    if account.person_id is None:
        return Recipient(
            person_id=NOBODY,
            name=account.email,
            address=account.email,
            language=as_language("es"),
            timezone=REFERENCE_ZONE,
        )
    return recipient(db, account.person_id)


def is_in_conflict(db: Session, event_id: UUID) -> bool:
    """Returns True when a conflict case about the event waits for the secretariat."""
    holder = holder_of(event_id)
    about = or_(ConflictCase.holder == holder, ConflictCase.against == holder)
    return (
        db.scalar(select(ConflictCase.id).where(about, ConflictCase.state == "open").limit(1))
        is not None
    )


def organizers(db: Session, *, on: date) -> list[Recipient]:
    """Returns the secretariat."""
    return holders(db, Role.ORGANIZER, on=on)


def holders(db: Session, role: Role, *, on: date) -> list[Recipient]:
    """Returns whoever holds the role on a day, with an active account and a person behind it."""
    held = select(RoleGrant.account_id).where(
        RoleGrant.role == role.value,
        in_force(RoleGrant, on),
    )
    rows = db.execute(people().where(Account.active, Account.id.in_(held)))
    return [to for row in rows if (to := recipient_of(*row))]


def event_notice(db: Session, event_id: UUID) -> EventNotice | None:
    row = db.execute(
        select(Event, EventBrief.dial_in)
        .outerjoin(EventBrief, EventBrief.event_id == Event.id)
        .where(Event.id == event_id)
    ).one_or_none()
    if row is None:
        return None
    event, dial_in = row
    span = Timespan(event.starts_at, event.ends_at) if event.starts_at and event.ends_at else None
    return EventNotice(
        event_id=event.id,
        title=event.title,
        span=span,
        timezone=event.timezone,
        place=event.place,
        sequence=event.sequence,
        dial_in=dial_in or "",
        is_online=event.mode != Mode.IN_PERSON,
        is_all_day=event.is_all_day,
        is_cancelled=event.status == EventStatus.CANCELLED,
    )


def step_note(db: Session, event_id: UUID, step: str) -> str:
    """Returns what was written when a step of the event's life was last taken; "" where nothing
    was.
    """
    said = select(EventStep.note).where(EventStep.event_id == event_id, EventStep.step == step)
    return db.scalar(said.order_by(EventStep.id.desc()).limit(1)) or ""


def recipient_of(
    person: Person, account_email: str | None, wish: MailWish | None, guest_key: str | None = None
) -> Recipient | None:
    address = person.own_email or account_email
    if not address:
        return None
    language = as_language(person.language)
    return Recipient(
        person_id=person.id,
        name=person.own_name,
        known_as=person.full_name,
        address=address,
        language=language,
        timezone=person.timezone,
        wishes=wishes_of(wish),
        guest_key=guest_key or "",
    )


def wishes_of(wish: MailWish | None) -> Wishes:
    if wish is None:
        return ALL_LETTERS
    return Wishes(
        week=wish.week,
        day=wish.day,
        hour=wish.hour,
        calendar=wish.calendar,
        attachment=wish.attachment,
        letters=wish.letters,
        changed_at=wish.changed_at,
    )


def state_of(registration: Registration, to: Recipient) -> RegistrationState:
    """Returns the state of a registration. An answer that came before the registration was made
    once more says nothing about it.
    """
    r = registration
    is_fresh = r.answered_at is not None and r.answered_at >= r.changed_at
    partstat = r.partstat if is_fresh else ""
    return RegistrationState(
        to=to,
        status=RegistrationStatus(r.status),
        changed_at=r.changed_at,
        origin=r.origin,
        partstat=partstat,
        turns=r.invitation_turns,
        own_url=r.own_url,
    )


def with_part(
    state: RegistrationState, roles: tuple[PersonRole, ...], part: NamedPart | None
) -> RegistrationState:
    """Returns the same state with the roles that the person has in the programme. Each person has
    one invitation, whose turns are those of registration and part.
    """
    if part is None:
        return replace(state, roles=roles)
    return replace(
        state,
        roles=roles,
        changed_at=max(state.changed_at, part.changed_at),
        partstat=state.partstat if state.status is RegistrationStatus.REGISTERED else part.partstat,
        turns=state.turns + part.turns,
    )


def _place_or_none(registration: Registration | None, to: Recipient) -> RegistrationState:
    return (
        state_of(registration, to)
        if registration
        else RegistrationState(to=to, status=None, changed_at=LONG_AGO, origin=NAMED)
    )


def _beside_registration(event_id: UUID) -> Select[Person, str, MailWish, str, Registration | None]:
    beside = and_(Registration.person_id == Person.id, Registration.event_id == event_id)
    return people().outerjoin(Registration, beside).add_columns(Registration)


def own_wishes(db: Session, person_id: int) -> Wishes:
    """Refuses with NotFound who is not in the directory."""
    if db.get(Person, person_id) is None:
        raise NotFound
    return wishes_of(db.get(MailWish, person_id))


def focal_points(db: Session, countries: Collection[str], *, on: date) -> list[Recipient]:
    """Returns whoever answers for these countries on a day and can be written to, each once."""
    in_office = select(FocalPoint.person_id).where(
        FocalPoint.country_code.in_(countries),
        in_force(FocalPoint, on),
    )
    rows = db.execute(people().where(Person.id.in_(in_office)))
    return [to for row in rows if (to := recipient_of(*row))]


# What letters about agreements need.


def agreement(db: Session, agreement_id: int) -> AgreementView | None:
    agreements = agreements_called(db, actor=SYSTEM, ids=frozenset({agreement_id}))
    return agreements[0] if agreements else None


# What letters about work plans need: the table, who leads it, and the countries that sit at it.


def plan_notice(db: Session, work_table_id: int) -> PlanNotice | None:
    """Returns a plan as it stands now; None for a table that is gone."""
    try:
        shown = table_of(db, actor=SYSTEM, work_table_id=work_table_id)
        reach = table_reach(db, work_table_id)
    except NotFound:
        return None
    leaders = (reach.moderator_id, reach.rapporteur_id)
    return PlanNotice(
        work_table_id=work_table_id,
        theme=shown.plan.theme,
        note=shown.plan.note,
        decision_ref=shown.plan.decision_ref,
        leaders=tuple(sorted({one for one in leaders if one is not None})),
        countries=reach.countries | ({reach.coordinator} if reach.coordinator else set()),
    )


def people_of_plan(db: Session, notice: PlanNotice) -> list[Recipient]:
    """Returns who leads the table of a plan and can be written to."""
    return list(recipients(db, notice.leaders).values())


MOST_NEAR, MOST_OTHERS = 8, 5
"""Rows that a digest tells; the page has all of them."""


def matrix_digests(
    db: Session, *, period_id: int, today: date
) -> tuple[Period, tuple[MatrixDigest, ...]]:
    """Returns a published period and, for each country, what the others reported: what is near to
    its own rows first (R17), each row once.
    """
    period = period_of(db, period_id=period_id, today=today)
    chosen = select(Country.code, Country.name).order_by(Country.code)
    names = {row[0]: row[1] for row in db.execute(chosen)}
    shared, near_to = digest_of(db, period_id=period_id, today=today)

    def lines(rows: Iterable[RowView], most: int) -> tuple[DigestLine, ...]:
        said = [DigestLine(names[row.country], row.fact) for row in rows if row.fact]
        return tuple(said[:most])

    digests = []
    for code in names:
        near = near_to.get(code, ())
        told = {row.id for row in near}
        others = [row for row in shared if row.country != code and row.id not in told]
        digests.append(MatrixDigest(code, lines(near, MOST_NEAR), lines(others, MOST_OTHERS)))
    return period, tuple(digests)


def coming_due(db: Session, *, first: date, last: date) -> tuple[AgreementView, ...]:
    """Returns the open agreements that a country answers for and that are due on these days, both
    included.
    """
    of_countries = select(AgreementParty.agreement_id).where(
        AgreementParty.country_code.is_not(None)
    )
    due = select(Agreement.id).where(
        Agreement.id.in_(of_countries),
        Agreement.status.in_(UNSETTLED),
        Agreement.is_draft.is_(False),
        Agreement.due.between(first, last),
    )
    return agreements_called(db, actor=SYSTEM, ids=frozenset(db.scalars(due)))


def course_taken(db: Session, edition_id: int) -> tuple[str, LocalizedText]:
    """Returns the course's slug and the title of its edition."""
    course = (
        select(Course.slug, CourseEdition.title)
        .join(CourseEdition, CourseEdition.course_id == Course.id)
        .where(CourseEdition.id == edition_id)
    )
    slug, title = db.execute(course).one()
    return slug, title


# Whom an invitation would reach that is not saved yet.


def people_meant_by(db: Session, draft: InvitationDraft, *, on: date) -> list[Recipient]:
    """Returns a country's focal points; who serves at the institution or sits in the group that
    day.
    """
    rows = db.execute(people().where(Person.id.in_(_meant(draft, on))))
    return [to for row in rows if (to := recipient_of(*row)) is not None]


def told_if_published(db: Session, event_ids: Collection[UUID]) -> dict[UUID, ToldIfPublished]:
    """Returns who would be told of each event if it were published now; two statements. Open links
    are left out, because whoever has one hands it on without a letter.
    """
    in_programme = (
        select(EventPerson.event_id, func.count(EventPerson.person_id.distinct()))
        .where(EventPerson.event_id.in_(event_ids), EventPerson.role.in_(NAMED_ROLES))
        .group_by(EventPerson.event_id)
    )
    prepared = (
        select(Invitation.event_id, func.count(Invitation.id))
        .where(
            Invitation.event_id.in_(event_ids),
            Invitation.sent_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.way != Way.LINK,
        )
        .group_by(Invitation.event_id)
    )
    people_told = {row[0]: row[1] for row in db.execute(in_programme)}
    invitations = {row[0]: row[1] for row in db.execute(prepared)}
    return {
        event_id: ToldIfPublished(people_told.get(event_id, 0), invitations.get(event_id, 0))
        for event_id in event_ids
    }


def _meant(draft: InvitationDraft, on: date) -> Any:
    if draft.way == Way.PERSON:
        return select(Person.id).where(Person.id == draft.person_id)
    if draft.way == Way.COUNTRY:
        return select(FocalPoint.person_id).where(
            FocalPoint.country_code == draft.country_code, in_force(FocalPoint, on)
        )
    if draft.way == Way.GROUP:
        return (
            select(Membership.person_id)
            .join(WorkingGroup, WorkingGroup.id == Membership.working_group_id)
            .where(WorkingGroup.slug == draft.group, in_force(Membership, on))
        )
    return (
        select(Appointment.person_id)
        .join(Post, Post.id == Appointment.post_id)
        .where(Post.institution_id == draft.institution_id, in_force(Appointment, on))
    )


# Which events have a reminder to go round, and who is registered for them.


@dataclass(frozen=True)
class Round:
    """One kind of reminder of one event at one start. `told_at`: when the event was last moved,
    None if never.
    """

    event_id: UUID
    kind: ReminderKind
    starts_at: datetime
    is_all_day: bool
    told_at: datetime | None = None


def due_rounds(db: Session, *, now: datetime) -> list[Round]:
    """Returns rounds whose moment has come and that are not done, the soonest event first."""
    e = Event
    rows = db.execute(
        select(e.id, e.starts_at, e.is_all_day)
        .where(
            e.status == EventStatus.PUBLISHED,
            e.closed_at.is_(None),
            e.starts_at > now,
            e.starts_at <= now + FIRST,
        )
        .order_by(e.starts_at, e.id)
    ).all()
    done = {
        tuple(row)
        for row in db.execute(
            select(ReminderRound.event_id, ReminderRound.kind, ReminderRound.starts_at).where(
                ReminderRound.starts_at > now
            )
        )
    }
    moved = _moved(db, [row[0] for row in rows])
    rounds = []
    for event_id, starts_at, is_all_day in rows:
        kind = current_kind(starts_at, now, is_all_day=is_all_day) if starts_at else None
        if (
            kind is not None
            and starts_at is not None
            and (event_id, kind.value, starts_at) not in done
        ):
            rounds.append(
                Round(
                    event_id=event_id,
                    kind=kind,
                    starts_at=starts_at,
                    is_all_day=is_all_day,
                    told_at=moved.get(str(event_id)),
                )
            )
    return rounds


def _moved(db: Session, event_ids: Collection[UUID]) -> dict[str, datetime]:
    j = JournalEntry
    rows = db.execute(
        select(j.subject_id, func.max(j.at))
        .where(
            j.subject_kind == "event", j.subject_id.in_(map(str, event_ids)), j.fact == "EventMoved"
        )
        .group_by(j.subject_id)
    )
    return {row[0]: row[1] for row in rows}


def is_still_due(db: Session, one: Round, *, now: datetime) -> bool:
    """Locks the event, so that two who go round at once do so one after the other; False when
    somebody else holds it, when it was moved, cancelled or closed in the meantime, or when its
    round is done.
    """
    event = db.scalar(
        select(Event).where(Event.id == one.event_id).with_for_update(skip_locked=True, of=Event)
    )
    if (
        event is None
        or event.status != EventStatus.PUBLISHED
        or event.starts_at != one.starts_at
        or event.closed_at
    ):
        return False
    return (
        one.starts_at > now
        and db.get(ReminderRound, (one.event_id, one.kind.value, one.starts_at)) is None
    )


def next_places(
    db: Session, one: Round, *, after: int, limit: int
) -> list[RegistrationState | int]:
    """Returns people who are registered, in the order of their ids from beyond `after`. A bare
    number is a person who cannot be written to.
    """
    rows = db.execute(
        people()
        .join(Registration, Registration.person_id == Person.id)
        .where(
            Registration.event_id == one.event_id,
            Registration.status == RegistrationStatus.REGISTERED,
            Person.id > after,
        )
        .add_columns(Registration)
        .limit(limit)
    ).all()
    return [state_of(row[4], to) if (to := recipient_of(*row[:4])) else row[0].id for row in rows]


def sent_of(db: Session, dedupes: Sequence[str]) -> set[str]:
    return set(db.scalars(select(Message.dedupe).where(Message.dedupe.in_(dedupes))))


def still_reminded(db: Session, key: Key, *, now: datetime) -> RegistrationState | None:
    """Returns the place to remind of; None when the event is elsewhere in time, off or begun, when
    the place was given back, the reminder is no longer wished, or a later one is on its way.
    """
    event, state = db.get(Event, key.event_id), state_in(db, key.event_id, key.person_id)
    if (
        event is None
        or event.starts_at is None
        or state is None
        or state.status is not RegistrationStatus.REGISTERED
    ):
        return None
    stands = (
        event.status == EventStatus.PUBLISHED and event.closed_at is None and event.starts_at > now
    )
    if (
        not stands
        or int(event.starts_at.timestamp()) != key.starts_at
        or key.kind not in wanted_kinds(state.to.wishes)
    ):
        return None
    return None if sent_of(db, [later.dedupe() for later in key.later()]) else state


# All that one person was written about one event, for a letter that is about to leave.

m, j, mine = Message, JournalEntry, aliased(Message)
TOLD = (
    select(
        j.id,
        j.fact,
        or_(j.actor_account_id.is_(None), Account.person_id == bindparam("person_id")).label(
            "is_own"
        ),
    )
    .outerjoin(Account, Account.id == j.actor_account_id)
    .where(j.id.in_(bindparam("causes", expanding=True)), j.fact.in_(STANDINGS))
)
LETTERS_BESIDE = (
    select(
        m.id,
        m.dedupe,
        m.event_id,
        m.person_id,
        m.event_sequence,
        m.sent_at,
        m.bounced_at,
        m.given_up_at,
        m.given_up_reason,
    )
    .join(mine, and_(mine.person_id == m.person_id, mine.event_id == m.event_id))
    .where(mine.id == bindparam("message_id"))
    .order_by(m.id)
)


@dataclass(frozen=True)
class Correspondence:
    """The letter, and all letters of how its reader stands with the event, in the order of their
    writing.
    """

    event_id: UUID
    person_id: int
    one: SentLetter
    letters: tuple[SentLetter, ...]
    history: MoveHistory


def correspondence(db: Session, message_id: int) -> Correspondence | None:
    """Returns None for a letter of another sort, and for the only one: there is nothing that it
    could contradict.
    """
    rows = _letters_beside(db, message_id)
    causes = {
        number: cause for number, row in rows.items() if (cause := cause_of(row.dedupe)) is not None
    }
    if message_id not in causes or len(causes) == 1:
        return None
    event_id, person_id = rows[message_id].event_id, rows[message_id].person_id
    told = db.execute(TOLD, {"person_id": person_id, "causes": list(causes.values())})
    facts = {row.id: row for row in told}
    if causes[message_id] not in facts:
        return None
    history = history_of(db, db.get_one(Event, event_id))
    letters = []
    for number, cause in causes.items():
        if cause in facts:
            row, knew = rows[number], history.sequence_at(cause)
            says = knew if row.event_sequence is None else row.event_sequence
            fact, is_own = facts[cause].fact, bool(facts[cause].is_own)
            letters.append(
                SentLetter(
                    id=number,
                    fact=fact,
                    knew=knew,
                    says=says,
                    fate=_fate(row),
                    is_asking=is_own and fact in ASKED,
                )
            )
    one = next(said for said in letters if said.id == message_id)
    return Correspondence(
        event_id=event_id, person_id=person_id, one=one, letters=tuple(letters), history=history
    )


def _letters_beside(db: Session, message_id: int) -> dict[int, Any]:
    """Returns the marks of all letters to the reader of that one about the same event, itself among
    them, by number.

    Never their words: each holds a text and a calendar.
    """
    rows = db.execute(LETTERS_BESIDE, {"message_id": message_id})
    return {row.id: row for row in rows if row.dedupe.endswith(f".{row.person_id}")}


def _fate(row: Any) -> Fate:
    if row.given_up_at is not None or row.bounced_at is not None:
        return Fate.UNSAID if row.given_up_reason == NO_NEWS else Fate.LOST
    return Fate.LEFT if row.sent_at is not None else Fate.WAITS
