"""Every kind of letter that follows from a fact: when it leaves, to whom, and a sample of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.followup.agreements.values import AgreementView, Paragraph, Status, Verb
from app.infra.body import current_body
from app.kernel.actor import Role
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.text import N_, Language, LocalizedText
from app.kernel.timespan import Timespan
from app.office.notifications.values import (
    NOBODY,
    EventNotice,
    Handing,
    Recipient,
    RegistrationState,
)
from app.office.notifications.wording import (
    access,
    agreements,
    deadlines,
    events,
    handover,
    identity,
    inviting,
    learning,
    letters,
    life,
    participation,
    parts,
    refreshers,
    reminders,
    speakers,
)
from app.office.outbox.rules.texts import OurTexts, template_of
from app.office.outbox.values import Letter
from app.planning.events.values import PersonRole
from app.planning.events.values.places import Origin, RegistrationStatus
from app.training.deadlines.values import PROPOSED_DAYS, DeadlineStep, DueLine
from app.web.render import days_text

SAMPLE_URL = "https://convoca.example.org/…"
TITLE = LocalizedText(
    es="Registro de llegada y trato digno", en="Arrival registration and dignified treatment"
)
COURSE = LocalizedText(es="Curso sobre los Lineamientos", en="Course on the Guidelines")
MODULES = LocalizedText(es="módulos 1–2 de 8", en="modules 1–2 of 8")
COMMITMENT = LocalizedText(
    es="Los países comparten sus guías de primera atención.",
    en="The countries share their guides on first response.",
)
LEAVING, COMING = "Lucía Tejada Polanco", "Ángel Rivas Umaña"


def a_country() -> LocalizedText:
    """Returns the name of one of the body's countries."""
    return current_body().countries[0].name


@dataclass(frozen=True)
class Sample:
    """Invented data for one letter, in one language."""

    to: Recipient
    event: EventNotice
    now: datetime

    @property
    def language(self) -> Language:
        return self.to.language

    def place(
        self, *, origin: str = "self", roles: tuple[PersonRole, ...] = ()
    ) -> RegistrationState:
        status = RegistrationStatus.REGISTERED
        return RegistrationState(self.to, status, self.now, origin, roles=roles)

    @property
    def agreement(self) -> AgreementView:
        due = (self.now + timedelta(days=14)).date()
        return AgreementView(
            0,
            self.event.event_id,
            TITLE,
            None,
            (),
            Paragraph(7),
            COMMITMENT,
            Verb.COMMIT,
            (),
            due,
            "",
            None,
            Status.OPEN,
            "",
            "",
        )

    def deadline(self, step: DeadlineStep) -> Letter:
        due_on = self.now.date() + timedelta(days=PROPOSED_DAYS)
        return deadlines.course_due(self.to, step=step, course=COURSE, due_on=due_on, url=URL)

    @property
    def passed(self) -> tuple[DueLine, ...]:
        on = self.now.date()
        return (DueLine(0, 0, COMING, "", COURSE, "HN", on, on - timedelta(days=8), None),)

    @property
    def handing(self) -> Handing:
        names = [LocalizedText(dict.fromkeys(TITLE, name)) for name in (LEAVING, COMING)]
        return Handing((self.now + timedelta(days=14)).date(), a_country(), names[0], names[1])


def sample_in(language: Language, now: datetime) -> Sample:
    """The webinar of the sample takes place in two weeks."""
    starts = now.replace(hour=15, minute=0, second=0, microsecond=0) + timedelta(days=14)
    zone = REFERENCE_ZONE
    event = EventNotice(
        UUID(int=0), TITLE, Timespan(starts, starts + timedelta(minutes=90)), zone, "", 0
    )
    to = Recipient(NOBODY, "María José Ñáñez Güell", "", language, zone)
    return Sample(to, event, now)


@dataclass(frozen=True)
class LetterKind:
    """`when`: when it leaves, and to whom."""

    key: str
    when: str
    sample: Callable[[Sample], Letter]
    has_subject: bool = True

    def ours(self, samples: Mapping[Language, Sample]) -> OurTexts:
        """Our subject and introduction with placeholders, taken from the very wording."""
        written = {code: self.sample(one) for code, one in samples.items()}
        return OurTexts(
            LocalizedText({c: template_of(one.subject, one.values) for c, one in written.items()}),
            LocalizedText({c: template_of(one.lead, one.values) for c, one in written.items()}),
            tuple(next(iter(written.values())).values),
            self.has_subject,
        )


SPEAKER = (PersonRole.SPEAKER,)
URL = SAMPLE_URL


def _account(s: Sample, role: Role | None, scope: LocalizedText | None) -> Letter:
    return identity.account_invited(
        s.to,
        role=role,
        scope_name=scope,
        link=URL,
        last_day=days_text(s.now, s.now, s.to.timezone, s.language),
        sign_in_url=URL,
        course_url=URL,
    )


KINDS: tuple[LetterKind, ...] = (
    LetterKind(
        "registered",
        N_("When somebody registers, or is nominated and has a place: to that person."),
        lambda s: participation.registration_made(s.place(), s.event, url=URL, calendar_url=URL),
    ),
    LetterKind(
        "waiting",
        N_("When there is no free place: to whoever goes on the waiting list."),
        lambda s: participation.waiting(s.place(), s.event, url=URL, position=12),
    ),
    LetterKind(
        "place-given",
        N_("When a place becomes free or is granted: to whoever gets it."),
        lambda s: participation.place_given(s.place(), s.event, url=URL, calendar_url=URL),
    ),
    LetterKind(
        "pending",
        N_("When a registration needs a decision: to whoever asked for it."),
        lambda s: participation.pending(s.place(), s.event, url=URL),
    ),
    LetterKind(
        "pending-nomination",
        N_("When a nomination needs a decision: to whoever was nominated."),
        lambda s: participation.pending(s.place(origin=Origin.NOMINATION), s.event, url=URL),
    ),
    LetterKind(
        "declined",
        N_("When the organizers decline a registration: to whoever asked for it."),
        lambda s: participation.declined(s.place(), s.event, url=URL),
    ),
    LetterKind(
        "registration-cancelled",
        N_("When a registration is cancelled: to whoever had it."),
        lambda s: participation.cancelled_own(s.place(), s.event, url=URL),
    ),
    LetterKind(
        "reminder",
        N_("A week, a day and an hour before: to people registered who want it."),
        lambda s: reminders.reminder(s.to, s.event, now=s.now, url=URL),
        has_subject=False,
    ),
    LetterKind(
        "moved",
        N_("When date, time or place change: to people registered, waiting or in the programme."),
        lambda s: events.event_moved(s.place(), s.event, url=URL),
    ),
    LetterKind(
        "moved-by-zone",
        N_("When the official time of a place changes: to people registered or waiting."),
        lambda s: events.event_moved_by_zone_rules(s.place(), s.event, url=URL),
    ),
    LetterKind(
        "moved-by-zone-own",
        N_("When the official time of a place changes: to whoever planned the event."),
        lambda s: events.own_event_moved_by_zone_rules(
            s.to, s.event, url=URL, is_in_conflict=False
        ),
    ),
    LetterKind(
        "cancelled",
        N_("When an event is cancelled: to people registered, waiting or in the programme."),
        lambda s: events.event_cancelled(s.place(), s.event, url=URL),
    ),
    LetterKind(
        "reinstated",
        N_("When a cancellation is taken back: to everybody who has a place or a part."),
        lambda s: events.event_reinstated(s.place(), s.event, url=URL),
    ),
    LetterKind(
        "ended-with-thanks",
        N_("After an event: to people registered who were there."),
        lambda s: events.event_ended(s.to, s.event, url=URL, came=True),
    ),
    LetterKind(
        "ended",
        N_("After an event: to people registered whose attendance is not written down."),
        lambda s: events.event_ended(s.to, s.event, url=URL, came=False),
    ),
    LetterKind(
        "person-invited",
        N_("When a person, an institution or a group is invited: to each of its people."),
        lambda s: inviting.person_invited(s.to, s.event, url=URL, note=""),
    ),
    LetterKind(
        "guest-invited",
        N_("When a guest is invited by e-mail: to the guest."),
        lambda s: inviting.guest_invited(s.to, s.event, url=URL, note=""),
    ),
    LetterKind(
        "names-asked",
        N_("When a country is invited: to its focal points."),
        lambda s: inviting.names_asked(
            s.to, s.event, url=URL, note="", places=3, respond_by=s.now.date() + timedelta(days=7)
        ),
    ),
    LetterKind(
        "nominated",
        N_("When a focal point nominates somebody: to whoever was nominated."),
        lambda s: inviting.nominated(s.to, s.event, url=URL),
    ),
    LetterKind(
        "guest-link",
        N_("When a guest asks for the link once more: to the guest."),
        lambda s: inviting.guest_link(s.to, s.event, url=URL),
    ),
    LetterKind(
        "registered-already",
        N_("When somebody with an account asks as a guest: to the owner of the address."),
        lambda s: inviting.registered_already(s.to, s.event, url=URL),
    ),
    LetterKind(
        "part-given",
        N_("When somebody is named in the programme: to that person."),
        lambda s: parts.part_given(s.place(roles=SPEAKER), s.event, url=URL, calendar_url=URL),
    ),
    LetterKind(
        "part-changed",
        N_("When a part in the programme changes: to that person."),
        lambda s: parts.part_changed(s.place(roles=SPEAKER), s.event, url=URL, calendar_url=URL),
    ),
    LetterKind(
        "part-taken",
        N_("When somebody is taken out of the programme: to that person."),
        lambda s: parts.part_taken(s.place(), s.event, url=URL, is_registered=False),
    ),
    LetterKind(
        "part-declined",
        N_("When somebody of the programme declines: to whoever planned the event."),
        lambda s: parts.part_declined(s.to, s.event, name=COMING, roles=SPEAKER, url=URL),
    ),
    LetterKind(
        "speaker-asked",
        N_("When an outside speaker is added: to that person."),
        lambda s: speakers.speaker_asked(s.to, s.event, url=URL),
    ),
    LetterKind(
        "speaker-declined",
        N_("When an outside speaker declines: to whoever planned the event."),
        lambda s: speakers.speaker_declined(s.to, s.event, name=COMING, url=URL),
    ),
    LetterKind(
        "approval-asked",
        N_("When its authorization is asked for: to the presidency."),
        lambda s: life.approval_asked(s.to, s.event, url=URL),
    ),
    LetterKind(
        "approved",
        N_("When the presidency authorizes an event: to whoever asked."),
        lambda s: life.event_approved(s.to, s.event, url=URL),
    ),
    LetterKind(
        "returned",
        N_("When the presidency does not authorize an event: to whoever asked."),
        lambda s: life.event_returned(s.to, s.event, url=URL, note=""),
    ),
    LetterKind(
        "hour-offered",
        N_("When the presidency offers another hour: to whoever asked."),
        lambda s: life.other_hour_offered(s.to, s.event, url=URL),
    ),
    LetterKind(
        "request-lapsed",
        N_("When the presidency did not answer in time: to whoever asked."),
        lambda s: life.request_lapsed(s.to, s.event, url=URL),
    ),
    LetterKind(
        "conflict-case",
        N_("When a clash arises after scheduling: to the secretariat."),
        lambda s: letters.conflict_case_opened(
            s.to,
            sentence=letters.when_text(s.to, s.event),
            cause=events.MEETS_WITH_ANOTHER,
            url=URL,
        ),
    ),
    LetterKind(
        "agreement",
        N_("When a country answers for a new agreement: to its focal points."),
        lambda s: agreements.agreement_recorded(s.to, s.agreement, url=URL),
    ),
    LetterKind(
        "agreement-due",
        N_("Two weeks before an agreement is due: to the focal points that answer for it."),
        lambda s: agreements.agreement_coming_due(s.to, s.agreement, url=URL),
    ),
    LetterKind(
        "course-due",
        N_("When an official enters a post that asks for a course: to that person."),
        lambda s: s.deadline(DeadlineStep.START),
    ),
    LetterKind(
        "course-due-soon",
        N_("Two weeks and three days before a course is to be finished: to whoever has not."),
        lambda s: s.deadline(DeadlineStep.AHEAD_14),
    ),
    LetterKind(
        "course-due-passed",
        N_("A week after the day has passed: to whoever has not finished the course."),
        lambda s: s.deadline(DeadlineStep.PASSED_7),
    ),
    LetterKind(
        "course-due-digest",
        N_("Once for each person who did not finish a course in time: to the focal points."),
        lambda s: deadlines.deadlines_passed(s.to, s.passed, url=URL),
        has_subject=False,
    ),
    LetterKind(
        "certificate",
        N_("When a certificate is issued: to its owner."),
        lambda s: letters.certificate_issued(
            s.to,
            course=COURSE.in_(s.language),
            taken=MODULES.in_(s.language),
            url=URL,
            verify_url=URL,
        ),
    ),
    LetterKind(
        "refresher",
        N_("Every two weeks: to the officials who asked for refreshers."),
        lambda s: refreshers.refresher(
            s.to,
            count=5,
            url=URL,
            last_day=days_text(s.now, s.now, s.to.timezone, s.language),
            stop_url=URL,
        ),
    ),
    LetterKind(
        "refreshers-paused",
        N_("When three refreshers were not answered: to that person, once."),
        lambda s: refreshers.refreshers_paused(s.to, url=URL),
    ),
    LetterKind(
        "course-enrolled",
        N_("When the focal point enrols an official in the course: to that official."),
        lambda s: learning.official_enrolled(s.to, course=COURSE.in_(s.language), url=URL),
    ),
    LetterKind(
        "account-official",
        N_("When an official is added: to that person."),
        lambda s: _account(s, Role.OFFICIAL, None),
    ),
    LetterKind(
        "account-focal-point",
        N_("When a focal point is designated: to that person."),
        lambda s: _account(s, Role.FOCAL_POINT, a_country()),
    ),
    LetterKind(
        "account-role",
        N_("When somebody is added with another role: to that person."),
        lambda s: _account(s, Role.PRESIDENCY, a_country()),
    ),
    LetterKind(
        "access-requested",
        N_("When somebody asks for access: to the focal points of the country."),
        lambda s: access.access_requested(
            s.to, name=COMING, institution=current_body().name.in_(s.language), url=URL
        ),
    ),
    LetterKind(
        "access-declined",
        N_("When a request for access is declined: to whoever asked."),
        lambda s: access.access_declined(s.language, name=s.to.name, url=URL),
    ),
    LetterKind(
        "address-confirm",
        N_("When another address was written down for somebody: to that address."),
        lambda s: identity.address_to_confirm(s.to, link=URL, last_day="…"),
    ),
    LetterKind(
        "address-notice",
        N_("When another address was written down for somebody: to the one that signs in so far."),
        lambda s: identity.address_to_change(s.to, email="nueva@example.org", url=URL),
    ),
    LetterKind(
        "correction-asked",
        N_("When somebody asks for a correction: to the focal points of the country."),
        lambda s: access.correction_asked(s.to, name=COMING, url=URL),
    ),
    LetterKind(
        "correction-settled",
        N_("When a correction was made or declined: to whoever asked for it."),
        lambda s: access.correction_settled(s.to, is_corrected=True, reason="", url=URL),
    ),
    LetterKind(
        "sign-in",
        N_("When somebody asks for a link to sign in: to that person."),
        lambda s: letters.sign_in_link(s.language, url=URL, minutes=15),
    ),
    LetterKind(
        "handover",
        N_(
            "Two weeks before an office changes hands: to whoever leaves, whoever takes over and the secretariat."
        ),
        lambda s: handover.handover_due(s.to, s.handing, url=URL, is_today=False),
    ),
    LetterKind(
        "handover-today",
        N_(
            "On the day an office changes hands: to whoever leaves, whoever takes over and the secretariat."
        ),
        lambda s: handover.handover_due(s.to, s.handing, url=URL, is_today=True),
    ),
)
KIND_OF: Mapping[str, LetterKind] = {kind.key: kind for kind in KINDS}
