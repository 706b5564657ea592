"""Which rows are about a person, and the records that the pages of merging show. Scoped by actor
where names are shown.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Table, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.followup.practices.models import GoodPractice
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.text import N_, LocalizedText
from app.office.merging import policy
from app.office.merging.models import PersonMerge
from app.office.merging.values import LockedRecord, MergeRow, Pair, RecordView
from app.office.outbox.models import AnswerAddress, MailWish, Message
from app.office.privacy.models import Consent
from app.office.writing.models import LetterReader
from app.participation.attendance.models import (
    AttendanceChange,
    AttendanceInterval,
    AttendanceParticipant,
)
from app.participation.registrations.models import (
    Invitation,
    Nomination,
    Registration,
    RegistrationConsent,
)
from app.participation.registrations.values import RegistrationStatus
from app.participation.surveys.models import SurveyAnswer, SurveyBallot
from app.people.directory.models import (
    Appointment,
    CorrectionRequest,
    Country,
    FocalPoint,
    Institution,
    Membership,
    Person,
    PersonCorrection,
    Post,
)
from app.people.directory.queries.designations import office_holders
from app.people.directory.queries.roster import ERASED, LONGEST_SEARCH, is_erased, people_known_to
from app.people.directory.rules.people import plain_key
from app.people.identity.models import Account
from app.people.identity.queries import has_signed_in
from app.planning.calendars.models import CalendarSource
from app.planning.events.models import Attendance, EventPerson, NamedPart, SessionPerson, WorkTable
from app.training.certificates.models import Certificate
from app.training.deadlines.models import CourseDue
from app.training.learning.models import Completion, Enrolment
from app.training.packages.models import PackageEnrolment
from app.training.recognised.models import RecognisedTraining
from app.training.refreshers.models import RefresherRow, RefresherWish, ReviewCard

Row = Mapping[str, Any]


class SecondRow(StrEnum):
    """What becomes of the second of two rows that would count one person twice: it is removed, or
    it stays with the record that goes.
    """

    REMOVE = "remove"
    LEAVE = "leave"


@dataclass(frozen=True)
class Join:
    """A column that names a person. `unique`: of one person at most one row has the same values of
    these columns (None: any number; empty: one row at all), among rows that satisfy `among`.
    `rank`: the higher of two remains; without it, that of the record kept. `children`: columns of
    rows that go with a removed one.
    """

    kind: str
    column: InstrumentedAttribute[Any]
    unique: tuple[InstrumentedAttribute[Any], ...] | None = None
    clash: SecondRow = SecondRow.REMOVE
    rank: Callable[[Row], Any] | None = None
    children: tuple[InstrumentedAttribute[Any], ...] = ()
    among: ColumnElement[bool] | None = None

    @property
    def table(self) -> Table:
        table = self.column.class_.__table__
        if not isinstance(table, Table):
            raise TypeError("a join names a column of a table")
        return table


ORDER = tuple(
    one.value
    for one in (
        RegistrationStatus.CANCELLED,
        RegistrationStatus.DECLINED,
        RegistrationStatus.WAITING,
        RegistrationStatus.PENDING,
        RegistrationStatus.REGISTERED,
    )
)
APPOINTMENTS, OFFICES, GROUPS = N_("appointments"), N_("focal point"), N_("working groups")
REGISTRATIONS, ATTENDED = N_("registrations"), N_("attendance")
CERTIFICATES, COURSES = N_("certificates"), N_("courses")
PARTS, INVITED, LETTERS = N_("parts in events"), N_("invitations"), N_("letters")
SURVEYS, PRACTICES, ACCOUNT = N_("surveys"), N_("good practices"), N_("account")
MERGES = N_("joined records")
CALENDARS, CONSENTS, CORRECTIONS = N_("calendars"), N_("consents"), N_("corrections")
JOINS: tuple[Join, ...] = (
    Join(ACCOUNT, Account.person_id, unique=(), clash=SecondRow.LEAVE),
    Join(APPOINTMENTS, Appointment.person_id),
    Join(CORRECTIONS, PersonCorrection.person_id),
    Join(
        CORRECTIONS,
        CorrectionRequest.person_id,
        unique=(),
        among=CorrectionRequest.decision == "",
    ),
    Join(OFFICES, FocalPoint.person_id),
    Join(
        GROUPS,
        Membership.person_id,
        unique=(Membership.working_group_id, Membership.valid_from),
    ),
    Join(
        REGISTRATIONS,
        Registration.person_id,
        unique=(Registration.event_id,),
        rank=lambda row: ORDER.index(row["status"]),
        children=(RegistrationConsent.registration_id,),
    ),
    Join(
        ATTENDED,
        Attendance.person_id,
        unique=(Attendance.event_id,),
        rank=lambda row: row["minutes"],
    ),
    Join(
        ATTENDED,
        AttendanceInterval.person_id,
        unique=(
            AttendanceInterval.event_id,
            AttendanceInterval.source,
            AttendanceInterval.starts_at,
        ),
    ),
    Join(ATTENDED, AttendanceChange.person_id),
    Join(ATTENDED, AttendanceParticipant.person_id),
    Join(
        COURSES,
        Enrolment.person_id,
        unique=(Enrolment.course_id,),
        clash=SecondRow.LEAVE,
        among=Enrolment.closed_at.is_(None),
    ),
    Join(
        COURSES,
        PackageEnrolment.person_id,
        unique=(PackageEnrolment.version_id,),
        clash=SecondRow.LEAVE,
    ),
    Join(COURSES, RefresherWish.person_id, unique=()),
    Join(COURSES, RefresherRow.person_id),
    Join(
        COURSES,
        ReviewCard.person_id,
        unique=(ReviewCard.course_id, ReviewCard.check_code),
    ),
    Join(COURSES, CourseDue.person_id),
    Join(CERTIFICATES, Certificate.person_id),
    Join(
        CERTIFICATES,
        RecognisedTraining.person_id,
        unique=(RecognisedTraining.course_id, RecognisedTraining.completed_on),
        clash=SecondRow.LEAVE,
        among=RecognisedTraining.ended_at.is_(None),
    ),
    Join(PARTS, EventPerson.person_id, unique=(EventPerson.event_id,)),
    Join(PARTS, NamedPart.person_id, unique=(NamedPart.event_id,)),
    Join(PARTS, SessionPerson.person_id, unique=(SessionPerson.session_id,)),
    Join(PARTS, WorkTable.moderator_id),
    Join(PARTS, WorkTable.rapporteur_id),
    Join(INVITED, Invitation.person_id),
    Join(
        INVITED,
        Nomination.person_id,
        unique=(Nomination.event_id,),
        among=Nomination.withdrawn_at.is_(None),
    ),
    Join(LETTERS, Message.person_id),
    Join(LETTERS, LetterReader.person_id),
    Join(LETTERS, MailWish.person_id, unique=()),
    Join(LETTERS, AnswerAddress.person_id, unique=(AnswerAddress.event_id,), clash=SecondRow.LEAVE),
    Join(SURVEYS, SurveyBallot.person_id, unique=(SurveyBallot.event_id,)),
    Join(SURVEYS, SurveyAnswer.person_id, unique=(SurveyAnswer.event_id,)),
    Join(PRACTICES, GoodPractice.submitted_by),
    Join(CALENDARS, CalendarSource.person_id),
    Join(
        CONSENTS,
        Consent.person_id,
        unique=(Consent.purpose,),
        clash=SecondRow.LEAVE,
        among=Consent.withdrawn_at.is_(None),
    ),
)
KINDS = tuple(dict.fromkeys(join.kind for join in JOINS))
NOT_JOINED = {
    "guest.person_id",
    "outside_speaker.person_id",
    "person_merge.kept_id",
    "person_merge.gone_id",
}
"""Columns that name a person and move with no merge: guests and speakers from outside are not
merged, and the record of a merge names its two records.
"""


# Reads for the pages of merging and for the merge itself. Scoped by actor where names are shown.

MOST_PAIRS, MOST_FOUND, MOST_MERGES = 20, 20, 50
LISTED = (
    Person.is_guest.is_(False),
    Person.merged_into_id.is_(None),
    Person.withheld == "",
)


def likely_pairs(db: Session, *, actor: Actor) -> tuple[Pair, ...]:
    """Records of one country with the same name, or with the same address and a name that begins
    alike; at most twenty.
    """
    other = aliased(Person)
    same_name = Person.sort_key == other.sort_key
    same_box = (func.lower(Person.email) == func.lower(other.email)) & (Person.email != "")
    first = func.substr(Person.sort_key, 1, 4) == func.substr(other.sort_key, 1, 4)
    rows = db.execute(
        select(Person, other, Country.name)
        .join(other, (other.id > Person.id) & (Person.country_code == other.country_code))
        .outerjoin(Country, Country.code == Person.country_code)
        .where(
            *LISTED,
            other.is_guest.is_(False),
            other.merged_into_id.is_(None),
            other.withheld == "",
            or_(same_name, same_box & first),
            Person.full_name.not_like(f"{ERASED}%"),
            *_seen(actor),
            *_seen(actor, other),
        )
        .order_by(Person.sort_key, Person.id, other.id)
        .limit(MOST_PAIRS)
    )
    return tuple(
        Pair(
            one_id=one.id,
            other_id=two.id,
            one_name=one.full_name,
            other_name=two.full_name,
            country=country,
            is_same_address=bool(one.email) and one.email.lower() == two.email.lower(),
        )
        for one, two, country in rows
    )


def people_found(db: Session, *, actor: Actor, words: str) -> Sequence[RecordView]:
    """Returns at most twenty records whose name or address holds each of the words; nobody before
    three letters.
    """
    shown = "".join(c if c.isprintable() else " " for c in words[:LONGEST_SEARCH])
    typed = plain_key(shown).split()[:6]
    if max(map(len, typed), default=0) < 3:  # noqa: PLR2004 - letters
        return ()
    plain = func.replace(Person.sort_key, "~", "")
    fits = [
        or_(
            plain.contains(word, autoescape=True),
            func.lower(Person.email).contains(word, autoescape=True),
        )
        for word in typed
    ]
    query = (
        select(Person.id)
        .where(*LISTED, *fits, *_seen(actor))
        .order_by(Person.sort_key, Person.id)
        .limit(MOST_FOUND)
    )
    ids = list(db.scalars(query))
    views = {one.person_id: one for one in _views(db, ids, counts=False)}
    return [views[number] for number in ids]


def records_of(db: Session, *, actor: Actor, people: Sequence[int]) -> tuple[RecordView, ...]:
    """Returns the records in the order asked for; NotFound for what the actor may not see."""
    query = select(Person.id).where(Person.id.in_(people), *LISTED, *_seen(actor))
    if set(db.scalars(query)) != set(people):
        raise NotFound
    views = {one.person_id: one for one in _views(db, people, counts=True)}
    return tuple(views[number] for number in people)


def merges(db: Session, *, actor: Actor, merge_id: int | None = None) -> tuple[MergeRow, ...]:
    """Returns the latest merges that the actor may see, or one of them."""
    kept, gone, by = aliased(Person), aliased(Person), aliased(Person)
    query = (
        select(PersonMerge, kept.full_name, gone.full_name, by.full_name)
        .join(kept, kept.id == PersonMerge.kept_id)
        .join(gone, gone.id == PersonMerge.gone_id)
        .outerjoin(Account, Account.id == PersonMerge.merged_by)
        .outerjoin(by, by.id == Account.person_id)
        .order_by(PersonMerge.id.desc())
        .limit(MOST_MERGES)
    )
    countries = policy.countries_seen(actor)
    if countries is not None:
        query = query.where(kept.country_code.in_(countries), gone.country_code.in_(countries))
    if merge_id is not None:
        query = query.where(PersonMerge.id == merge_id)
    return tuple(
        MergeRow(
            id=row.id,
            kept_id=row.kept_id,
            gone_id=row.gone_id,
            kept_name=kept_name,
            gone_name=gone_name,
            merged_at=row.merged_at,
            merged_by=by_name or "",
            undone_at=row.undone_at,
            left_over=row.left_over,
            moved=_counted(row.steps, "move"),
            removed=_counted(row.steps, "remove"),
            may_undo=row.undone_at is None and bool(row.steps),
        )
        for row, kept_name, gone_name, by_name in db.execute(query)
    )


def account_of(db: Session, person_id: int) -> int | None:
    return db.scalar(select(Account.id).where(Account.person_id == person_id))


def locked_pair(db: Session, kept_id: int, gone_id: int) -> tuple[LockedRecord, LockedRecord]:
    """Returns both records, locked in the order of their numbers; NotFound where one is not there.

    A designation that is being written holds its person until it is done, so that whoever asks for
    offices afterwards sees it.
    """
    query = select(Person).where(Person.id.in_((kept_id, gone_id))).order_by(Person.id)
    records = {
        person.id: LockedRecord(
            person.email,
            person.sex,
            not person.is_guest
            and person.merged_into_id is None
            and not is_erased(person.id, person.full_name),
        )
        for person in db.scalars(query.with_for_update())
    }
    if len(records) < 2:  # noqa: PLR2004 - a pair
        raise NotFound
    return records[kept_id], records[gone_id]


def countries_of(db: Session, people: tuple[int, int]) -> tuple[str, ...] | None:
    """Returns the countries of two records, "" for none; None when one of them is not there."""
    query = select(Person.id, Person.country_code).where(Person.id.in_(people))
    countries = {number: code or "" for number, code in db.execute(query)}
    return tuple(countries.values()) if set(people) <= countries.keys() else None


def is_open(db: Session, account_id: int) -> bool:
    return db.get_one(Account, account_id).active


def is_completed_there_only(db: Session, *, gone_id: int, kept_id: int) -> bool:
    """Returns True when both records took an edition of a course and only the record that goes
    completed it.
    """
    kept = aliased(Enrolment)
    done = select(Completion.id).where(
        Completion.enrolment_id == Enrolment.id, Completion.module_id.is_(None)
    )
    done_there = select(Completion.id).where(
        Completion.enrolment_id == kept.id, Completion.module_id.is_(None)
    )
    query = (
        select(Enrolment.id)
        .join(kept, kept.edition_id == Enrolment.edition_id)
        .where(
            Enrolment.person_id == gone_id,
            kept.person_id == kept_id,
            done.exists(),
            ~done_there.exists(),
        )
    )
    return db.scalar(query.limit(1)) is not None


def answered_for(db: Session, person_id: int) -> tuple[str, ...]:
    """Returns the countries for which somebody is, was or will be the focal point."""
    query = select(FocalPoint.country_code).where(FocalPoint.person_id == person_id).distinct()
    return tuple(sorted(db.scalars(query)))


def what_hangs(db: Session, person_id: int) -> Mapping[str, int]:
    """Returns how many rows of each kind are about somebody, by the kind's msgid, without those
    that go with a record that is taken back: its appointments, its letters, an account nobody has
    used.
    """
    counts = Counter(_rows_about(db, (person_id,))[person_id])
    counts.pop(CORRECTIONS, None)
    if office_holders(db, (person_id,), date.min):
        counts[OFFICES] += 1
    account = account_of(db, person_id)
    if account is not None and has_signed_in(db, account):
        counts[ACCOUNT] += 1
    joined = or_(PersonMerge.kept_id == person_id, PersonMerge.gone_id == person_id)
    counts[MERGES] += db.scalar(select(func.count(PersonMerge.id)).where(joined)) or 0
    return {kind: number for kind, number in counts.items() if number}


def is_invited_by_letter(db: Session, person_id: int) -> bool:
    """Returns True when a letter to the person has left."""
    sent = select(Message.id).where(Message.person_id == person_id, Message.sent_at.is_not(None))
    return db.scalar(sent.limit(1)) is not None


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    about = or_(PersonMerge.kept_id == person_id, PersonMerge.gone_id == person_id)
    rows = select(PersonMerge).where(about).order_by(PersonMerge.id)
    return {
        "merges": [
            {
                "kept": row.kept_id,
                "gone": row.gone_id,
                "at": row.merged_at.isoformat(),
                "undone_at": row.undone_at.isoformat() if row.undone_at else None,
            }
            for row in db.scalars(rows)
        ]
    }


def _seen(actor: Actor, person: Any = Person) -> tuple[ColumnElement[bool], ...]:
    countries = policy.countries_seen(actor)
    if countries is None:
        return ()
    return (person.country_code.in_(countries), *people_known_to(actor, person))


def _views(db: Session, people: Collection[int], *, counts: bool) -> list[RecordView]:
    posts: dict[int, list[tuple[LocalizedText, LocalizedText]]] = {}
    for person_id, title, place in db.execute(
        select(Appointment.person_id, Post.title, Institution.name)
        .join(Post, Post.id == Appointment.post_id)
        .join(Institution, Institution.id == Post.institution_id)
        .where(Appointment.person_id.in_(people))
        .order_by(Appointment.valid_from.desc(), Appointment.id)
    ):
        posts.setdefault(person_id, []).append((title, place))
    counted = _rows_about(db, people) if counts else {}
    rows = db.execute(
        select(Person, Country.name, Account.email)
        .outerjoin(Country, Country.code == Person.country_code)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(Person.id.in_(people))
    )
    return [
        RecordView(
            person_id=person.id,
            full_name=person.full_name,
            email=person.email,
            country_code=person.country_code or "",
            country=country,
            account_email=signs_in or "",
            posts=tuple(posts.get(person.id, ())),
            counts=counted.get(person.id, {}),
        )
        for person, country, signs_in in rows
    ]


def _rows_about(db: Session, people: Collection[int]) -> dict[int, Counter[str]]:
    """Returns how many rows of each kind there are, without those the page names: a statement a
    column.
    """
    counts: dict[int, Counter[str]] = {number: Counter() for number in people}
    for join in JOINS:
        if join.kind in (ACCOUNT, APPOINTMENTS, LETTERS):
            continue
        column = join.table.c[join.column.key]
        query = select(column, func.count()).where(column.in_(people)).group_by(column)
        for person_id, number in db.execute(query):
            counts[person_id][join.kind] += number
    return counts


def _counted(steps: Sequence[Mapping[str, Any]], do: str) -> Mapping[str, int]:
    return Counter(step["kind"] for step in steps if step["do"] == do and step["kind"])
