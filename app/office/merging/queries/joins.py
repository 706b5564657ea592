"""Which rows are about a person, and which of two would count one person twice."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Table
from sqlalchemy.orm import InstrumentedAttribute

from app.followup.practices.models import GoodPractice
from app.kernel.text import N_
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
    FocalPoint,
    Membership,
    PersonCorrection,
)
from app.people.identity.models import Account
from app.planning.calendars.models import CalendarSource
from app.planning.events.models import Attendance, EventPerson, NamedPart, SessionPerson, WorkTable
from app.training.certificates.models import Certificate
from app.training.deadlines.models import CourseDue
from app.training.learning.models import Enrolment
from app.training.packages.models import PackageEnrolment
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
