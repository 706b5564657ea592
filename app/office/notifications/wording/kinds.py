"""Every kind of letter that follows from a fact: when it leaves, to whom, and a sample of it. Its
words stand in `templates/letters/<key>.txt`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.infra.body import current_body
from app.infra.language import date_text, translate
from app.kernel.actor import Role
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.text import N_, Language, LocalizedText
from app.kernel.timespan import Timespan
from app.office.notifications.values import (
    NOBODY,
    DigestLine,
    EventNotice,
    Recipient,
    RegistrationState,
)
from app.office.notifications.wording.letters import (
    about_event,
    about_registration,
    about_reminder,
    compose,
    moment_for,
    role_text,
    roles_text,
    when_text,
)
from app.office.outbox.rules import OurTexts, template_of
from app.office.outbox.values import Letter
from app.participation.registrations.values import Origin, RegistrationStatus
from app.people.directory.rules.confirming import QuarterRound
from app.people.identity.values import DeviceKind, SignInOrigin
from app.people.identity.wording import device_text
from app.planning.events.values import PersonRole
from app.planning.scheduling.rules.cases import Cause
from app.planning.scheduling.wording import CAUSES
from app.training.certificates.queries.renewals import EndingCertificate
from app.training.certificates.rules import RENEWABLE_DAYS
from app.training.certificates.values import CertificateKind, RevocationReason
from app.training.certificates.wording import REASONS, hours_text, paper_name
from app.training.deadlines.values import PROPOSED_DAYS, DueLine
from app.web.render import day_text, days_text

URL = "https://convoca.example.org/…"
PROVIDER = "Cuenta institucional"
TITLE = LocalizedText(
    es="Registro de llegada y trato digno", en="Arrival registration and dignified treatment"
)
COURSE = LocalizedText(es="Curso sobre los Lineamientos", en="Course on the Guidelines")
MODULES = LocalizedText(es="módulos 1–2 de 8", en="modules 1–2 of 8")
COMMITMENT = LocalizedText(
    es="Los países comparten sus guías de primera atención.",
    en="The countries share their guides on first response.",
)
THEME = LocalizedText(es="Atención consular", en="Consular care")
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


Context = dict[str, object]


def sample_in(language: Language, now: datetime) -> Sample:
    """Returns the values of a sample, whose webinar takes place in two weeks."""
    starts = now.replace(hour=15, minute=0, second=0, microsecond=0) + timedelta(days=14)
    zone = REFERENCE_ZONE
    event = EventNotice(
        event_id=UUID(int=0),
        title=TITLE,
        span=Timespan(starts, starts + timedelta(minutes=90)),
        timezone=zone,
        place="",
        sequence=0,
    )
    to = Recipient(
        person_id=NOBODY,
        name="María José Ñáñez Güell",
        address="",
        language=language,
        timezone=zone,
    )
    return Sample(to, event, now)


@dataclass(frozen=True)
class LetterKind:
    """`when`: when it leaves, and to whom; `context`: invented values for all names of its
    template.
    """

    key: str
    when: str
    context: Callable[[Sample], Context]
    has_subject: bool = True

    def sample(self, sample: Sample) -> Letter:
        return compose(self.key, sample.to, **self.context(sample))

    def ours(self, samples: Mapping[Language, Sample]) -> OurTexts:
        """Returns our subject and introduction with placeholders, taken from the sample's letters."""
        written = {code: self.sample(one) for code, one in samples.items()}
        return OurTexts(
            subject=LocalizedText(
                {c: template_of(one.subject, one.values) for c, one in written.items()}
            ),
            introduction=LocalizedText(
                {c: template_of(one.lead, one.values) for c, one in written.items()}
            ),
            known=tuple(next(iter(written.values())).values),
            has_subject=self.has_subject,
        )


def _registration(s: Sample) -> Context:
    return _state(s)


def _nomination(s: Sample) -> Context:
    return _state(s, origin=Origin.NOMINATION)


def _part(s: Sample) -> Context:
    return _state(s, roles=(PersonRole.SPEAKER,))


def _state(
    s: Sample, *, origin: Origin = Origin.SELF, roles: tuple[PersonRole, ...] = ()
) -> Context:
    status = RegistrationStatus.REGISTERED
    state = RegistrationState(to=s.to, status=status, changed_at=s.now, origin=origin, roles=roles)
    return {
        **about_registration(state, s.event),
        "position": 12,
        "url": URL,
        "calendar_url": URL,
        "reason": "",
    }


def _event(s: Sample) -> Context:
    return {**about_event(s.to, s.event), "url": URL}


def _reminder(s: Sample) -> Context:
    return {**about_reminder(s.to, s.event, now=s.now), "url": URL, "own_url": ""}


def _invitation(s: Sample) -> Context:
    respond_by = s.now.date() + timedelta(days=7)
    return {**_event(s), "note": "", "places": 3, "respond_by": respond_by}


def _declining(s: Sample) -> Context:
    roles = roles_text(s.language, (PersonRole.SPEAKER,))
    return {**_event(s), "person": COMING, "roles": roles}


def _request(s: Sample) -> Context:
    return {
        **_event(s),
        "reason": "",
        "until": "",
        "is_move": False,
    }


def _answer(s: Sample) -> Context:
    return {**_event(s), "reason": "", "note": "", "is_moved": False, "is_request": False}


def _case(s: Sample) -> Context:
    return {"sentence": when_text(s.to, s.event), "cause": CAUSES[Cause.ZONE], "url": URL}


def _agreement(s: Sample) -> Context:
    return {
        "title": TITLE,
        "paragraph": "7",
        "text": COMMITMENT,
        "due": (s.now + timedelta(days=14)).date(),
        "url": URL,
    }


def _quarter(s: Sample) -> Context:
    until = s.now.date() + timedelta(days=14)
    return {"country": a_country(), "people": 20, "until": until, "url": URL}


def _silent(s: Sample) -> Context:
    asked = s.now.date() - timedelta(days=28)
    one = QuarterRound(
        id=0,
        country_code="",
        quarter=asked,
        asked_on=asked,
        reminded_on=asked + timedelta(days=14),
        told_on=s.now.date(),
        waiting=20,
    )
    return {"lines": ((a_country(), one),), "url": URL}


def _digest(s: Sample) -> Context:
    line = DigestLine(country=a_country(), fact=COMMITMENT)
    return {"period": TITLE, "near": (line,), "others": (line,), "url": URL}


def _row(s: Sample) -> Context:
    return {
        "country": a_country(),
        "text": COMMITMENT,
        "until": (s.now + timedelta(days=7)).date(),
        "url": URL,
    }


def _successors(_: Sample) -> Context:
    return {
        "is_passed_on": False,
        "country": a_country(),
        "institution": LocalizedText(es="Dirección de Migración", en="Migration Office"),
        "posts": (LocalizedText(es="Oficial de protección", en="Protection officer"),),
        "asker": COMING,
        "address": "focal@example.org",
    }


def _wished(_: Sample) -> Context:
    return {
        "is_planned": True,
        "country": a_country(),
        "course": COURSE,
        "wish": "Las secciones II y IV: casi todos preguntan por ellas.",
        "answer": "",
        "url": URL,
    }


def _review(s: Sample) -> Context:
    return {
        "version": "2019",
        "challenges": (THEME, TITLE),
        "until": (s.now + timedelta(days=60)).date(),
        "url": URL,
    }


def _plan(_: Sample) -> Context:
    return {
        "theme": THEME,
        "note": "Muy bien encaminado. Con un arreglo lo validamos.",
        "decision": "Decisión 12",
        "url": URL,
    }


def _deadline(s: Sample) -> Context:
    return {"course": COURSE, "due_on": s.now.date() + timedelta(days=PROPOSED_DAYS), "url": URL}


def _passed(s: Sample) -> Context:
    on = s.now.date()
    line = DueLine(
        id=0,
        person_id=0,
        name=COMING,
        course_slug="",
        course_title=COURSE,
        country_code="HN",
        starts_on=on,
        due_on=on - timedelta(days=8),
        done_on=None,
    )
    return {"lines": (line,), "url": URL}


def _certificate(_: Sample) -> Context:
    return {"course": COURSE, "taken": MODULES, "url": URL, "verify_url": URL}


def _renewal(s: Sample) -> Context:
    last = s.now.date() + timedelta(days=RENEWABLE_DAYS)
    return {
        "course": COURSE,
        "last_valid_on": last,
        "days": RENEWABLE_DAYS,
        "is_begun": False,
        "url": URL,
    }


def _renewals(s: Sample) -> Context:
    line = EndingCertificate(
        id=0,
        person_id=0,
        holder=COMING,
        course_slug="",
        course_title=COURSE,
        last_valid_on=s.now.date() + timedelta(days=RENEWABLE_DAYS),
        issued_at=s.now,
        is_begun=False,
    )
    return {"lines": (line,), "url": URL}


def _certificate_of_attendance(s: Sample) -> Context:
    return {**_certified(s), "hours": hours_text("1.4", s.language)}


def _certificate_of_part(s: Sample) -> Context:
    return {**_certified(s), "paper": paper_name(CertificateKind.SPEAKER, s.language)}


def _certified(s: Sample) -> Context:
    day = day_text(s.now.date(), s.language)
    return {"title": TITLE, "day": day, "url": URL, "verify_url": URL}


def _corrected(_: Sample) -> Context:
    return {
        "course": COURSE,
        "code": "PY1H-TQV5-F2WD-DAJZ",
        "old_code": "M2VE-5F1C-6JQX-T8ND",
        "url": URL,
        "verify_url": URL,
    }


def _revoked(sample: Sample) -> Context:
    lang = sample.language
    return {
        "course": COURSE,
        "code": "M2VE-5F1C-6JQX-T8ND",
        "day": date_text(lang, sample.now.date()),
        "reason": translate(lang, REASONS[RevocationReason.ERROR]),
        "url": URL,
        "ask_url": URL,
        "verify_url": URL,
    }


def _refresher(s: Sample) -> Context:
    return {
        "count": 5,
        "url": URL,
        "last_day": days_text(s.now, s.now, s.to.timezone, s.language),
        "stop_url": URL,
    }


def _account(s: Sample) -> Context:
    return {
        "country": a_country(),
        "role": role_text(s.language, Role.PRESIDENCY, a_country()),
        "link": URL,
        "last_day": days_text(s.now, s.now, s.to.timezone, s.language),
        "sign_in_url": URL,
        "course_url": URL,
    }


def _link(_: Sample) -> Context:
    return {"url": URL}


def _person(_: Sample) -> Context:
    return {"person": COMING, "institution": current_body().name, "url": URL}


def _correction(_: Sample) -> Context:
    return {"is_corrected": True, "reason": "", "url": URL}


def _new_device(s: Sample) -> Context:
    origin = SignInOrigin(DeviceKind.COMPUTER, "Windows", "203.0.113.x")
    return {
        "device": device_text(s.language, origin),
        "network": origin.network,
        "at": moment_for(s.to, s.now),
        "url": URL,
    }


def _handing(s: Sample) -> Context:
    return {
        "on": (s.now + timedelta(days=14)).date(),
        "country": a_country(),
        "outgoing": LEAVING,
        "incoming": COMING,
        "url": URL,
    }


KINDS: tuple[LetterKind, ...] = (
    LetterKind(
        "registered",
        N_("When somebody registers, or is nominated and has a place: to that person."),
        _registration,
    ),
    LetterKind(
        "waiting",
        N_("When there is no free place: to whoever goes on the waiting list."),
        _registration,
    ),
    LetterKind(
        "place-given",
        N_("When a place becomes free or is granted: to whoever gets it."),
        _registration,
    ),
    LetterKind(
        "pending",
        N_("When a registration needs a decision: to whoever asked for it."),
        _registration,
    ),
    LetterKind(
        "pending-nomination",
        N_("When a nomination needs a decision: to whoever was nominated."),
        _nomination,
    ),
    LetterKind(
        "declined",
        N_("When the organizers decline a registration: to whoever asked for it."),
        _registration,
    ),
    LetterKind(
        "registration-cancelled",
        N_("When a registration is cancelled: to whoever had it."),
        _registration,
    ),
    LetterKind(
        "reminder",
        N_("A week, a day and an hour before: to people registered who want it."),
        _reminder,
        has_subject=False,
    ),
    LetterKind(
        "moved",
        N_("When date, time or place change: to people registered, waiting or in the programme."),
        _registration,
    ),
    LetterKind(
        "moved-by-zone",
        N_("When the official time of a place changes: to people registered or waiting."),
        _registration,
    ),
    LetterKind(
        "moved-by-zone-own",
        N_("When the official time of a place changes: to whoever planned the event."),
        lambda s: _event(s) | {"is_in_conflict": False},
    ),
    LetterKind(
        "cancelled",
        N_("When an event is cancelled: to people registered, waiting or in the programme."),
        _registration,
    ),
    LetterKind(
        "reinstated",
        N_("When a cancellation is taken back: to everybody who has a place or a part."),
        _registration,
    ),
    LetterKind(
        "ended-with-thanks",
        N_("After an event: to people registered who were there."),
        _event,
    ),
    LetterKind(
        "ended",
        N_("After an event: to people registered whose attendance is not written down."),
        _event,
    ),
    LetterKind(
        "person-invited",
        N_("When a person, an institution or a group is invited: to each of its people."),
        _invitation,
    ),
    LetterKind(
        "guest-invited",
        N_("When a guest is invited by e-mail: to the guest."),
        _invitation,
    ),
    LetterKind(
        "names-asked",
        N_("When a country is invited: to its focal points."),
        _invitation,
    ),
    LetterKind(
        "nominated",
        N_("When a focal point nominates somebody: to whoever was nominated."),
        _event,
    ),
    LetterKind(
        "guest-link",
        N_("When a guest asks for the link once more: to the guest."),
        _event,
    ),
    LetterKind(
        "registered-already",
        N_("When somebody with an account asks as a guest: to the owner of the address."),
        _event,
    ),
    LetterKind(
        "part-given",
        N_("When somebody is named in the programme: to that person."),
        _part,
    ),
    LetterKind(
        "part-changed",
        N_("When a part in the programme changes: to that person."),
        _part,
    ),
    LetterKind(
        "part-taken",
        N_("When somebody is taken out of the programme: to that person."),
        lambda s: _registration(s) | {"is_registered": False},
    ),
    LetterKind(
        "part-declined",
        N_("When somebody of the programme declines: to whoever planned the event."),
        _declining,
    ),
    LetterKind(
        "speaker-asked",
        N_("When an outside speaker is added: to that person."),
        _event,
    ),
    LetterKind(
        "speaker-declined",
        N_("When an outside speaker declines: to whoever planned the event."),
        _declining,
    ),
    LetterKind(
        "approval-asked",
        N_("When its authorization is asked for: to the presidency."),
        _request,
    ),
    LetterKind(
        "approved",
        N_("When the presidency authorizes an event: to whoever asked."),
        _answer,
    ),
    LetterKind(
        "returned",
        N_("When the presidency does not authorize an event: to whoever asked."),
        _answer,
    ),
    LetterKind(
        "hour-offered",
        N_("When the presidency offers another hour: to whoever asked."),
        _event,
    ),
    LetterKind(
        "request-lapsed",
        N_("When the presidency did not answer in time: to whoever asked."),
        _event,
    ),
    LetterKind(
        "conflict-case",
        N_("When a clash arises after scheduling: to the secretariat."),
        _case,
    ),
    LetterKind(
        "agreement",
        N_("When a country answers for a new agreement: to its focal points."),
        _agreement,
    ),
    LetterKind(
        "agreement-due",
        N_("Two weeks before an agreement is due: to the focal points that answer for it."),
        _agreement,
    ),
    LetterKind(
        "roster-confirm",
        N_("Once a quarter, when somebody is to be confirmed: to the focal points of the country."),
        _quarter,
    ),
    LetterKind(
        "roster-reminder",
        N_("Two weeks later, while somebody is still to be confirmed: to the same focal points."),
        _quarter,
    ),
    LetterKind(
        "counts-declare",
        N_(
            "Once a quarter, when the counts of a country that gives no names are due: to its focal "
            "points."
        ),
        _quarter,
    ),
    LetterKind(
        "counts-reminder",
        N_("Two weeks later, while the counts are not declared: to the same focal points."),
        _quarter,
    ),
    LetterKind(
        "roster-silent",
        N_("Two weeks after the reminder: to the secretariat, with the countries that are silent."),
        _silent,
    ),
    LetterKind(
        "matrix-digest",
        N_("When a period of the matrix is published: to the focal points of every country."),
        _digest,
    ),
    LetterKind(
        "row-passed",
        N_("When a focal point passes a row of the matrix on: to the mailbox that answers it."),
        _row,
    ),
    LetterKind(
        "row-answered",
        N_("When a row that was passed on comes back: to the focal points of the country."),
        _row,
    ),
    LetterKind(
        "successors-asked",
        N_(
            "When a focal point asks who takes over vacant posts: to the mailbox of the institution."
        ),
        _successors,
    ),
    LetterKind(
        "webinar-asked",
        N_("When a country asks for a webinar: to the secretariat."),
        _wished,
    ),
    LetterKind(
        "webinar-answered",
        N_("When such a webinar is published or declined: to the focal points of the country."),
        _wished,
    ),
    LetterKind(
        "guidelines-review",
        N_("When a review of the Guidelines opens: to the focal points of every country."),
        _review,
    ),
    LetterKind(
        "plan-submitted",
        N_("When a work table submits its plan: to the presidency."),
        _plan,
    ),
    LetterKind(
        "plan-sent-back",
        N_("When a work plan is sent back: to those who lead its table and to focal points of it."),
        _plan,
    ),
    LetterKind(
        "plan-validated",
        N_("When a work plan is validated: to those who lead its table and to focal points."),
        _plan,
    ),
    LetterKind(
        "course-due",
        N_("When an official enters a post that asks for a course: to that person."),
        _deadline,
    ),
    LetterKind(
        "course-due-soon",
        N_("Two weeks and three days before a course is to be finished: to whoever has not."),
        _deadline,
    ),
    LetterKind(
        "course-due-passed",
        N_("A week after the day has passed: to whoever has not finished the course."),
        _deadline,
    ),
    LetterKind(
        "course-due-digest",
        N_("Once for each person who did not finish a course in time: to the focal points."),
        _passed,
        has_subject=False,
    ),
    LetterKind(
        "certificate",
        N_("When a certificate is issued: to its owner."),
        _certificate,
    ),
    LetterKind(
        "renewal",
        N_("90, 60, 30 and 7 days before a certificate ends: to its holder."),
        _renewal,
    ),
    LetterKind(
        "renewal-digest",
        N_("Every two weeks, where certificates end within 90 days: to the focal points."),
        _renewals,
        has_subject=False,
    ),
    LetterKind(
        "renewal-opened",
        N_("When a list of certificates is renewed at one press: to each holder."),
        lambda _: {"course": COURSE, "url": URL},
    ),
    LetterKind(
        "certificate-attendance",
        N_("When an event is closed: to whoever was there long enough."),
        _certificate_of_attendance,
    ),
    LetterKind(
        "certificate-part",
        N_("When the office certifies who spoke, moderated or organized: to each of them."),
        _certificate_of_part,
    ),
    LetterKind(
        "certificate-corrected",
        N_("When a certificate is issued anew with the record corrected: to its owner."),
        _corrected,
    ),
    LetterKind(
        "certificate-revoked",
        N_("When a certificate is revoked: to its owner."),
        _revoked,
    ),
    LetterKind(
        "refresher",
        N_("Every two weeks: to the officials who asked for refreshers."),
        _refresher,
    ),
    LetterKind(
        "refreshers-paused",
        N_("When three refreshers were not answered: to that person, once."),
        _link,
    ),
    LetterKind(
        "course-enrolled",
        N_("When the focal point enrols an official in the course: to that official."),
        lambda _: {"course": COURSE, "url": URL},
    ),
    LetterKind(
        "account-official",
        N_("When an official is added: to that person."),
        _account,
    ),
    LetterKind(
        "account-focal-point",
        N_("When a focal point is designated: to that person."),
        _account,
    ),
    LetterKind(
        "account-role",
        N_("When somebody is added with another role: to that person."),
        _account,
    ),
    LetterKind(
        "access-requested",
        N_("When somebody asks for access: to the focal points of the country."),
        _person,
    ),
    LetterKind(
        "access-declined",
        N_("When a request for access is declined: to whoever asked."),
        _link,
    ),
    LetterKind(
        "address-confirm",
        N_("When another address was written down for somebody: to that address."),
        lambda _: {"link": URL, "last_day": "…"},
    ),
    LetterKind(
        "address-notice",
        N_("When another address was written down for somebody: to the one that signs in so far."),
        lambda _: {"email": "nueva@example.org", "url": URL},
    ),
    LetterKind(
        "correction-asked",
        N_("When somebody asks for a correction: to the focal points of the country."),
        _person,
    ),
    LetterKind(
        "correction-settled",
        N_("When a correction was made or declined: to whoever asked for it."),
        _correction,
    ),
    LetterKind(
        "training-brought",
        N_(
            "When somebody brings a certificate of another platform: to the focal points of the country."
        ),
        lambda _: {"person": COMING, "title": TITLE, "url": URL},
    ),
    LetterKind(
        "training-settled",
        N_(
            "When training taken elsewhere was accepted, not accepted or taken back: to whose it is."
        ),
        lambda _: {"title": TITLE, "state": "accepted", "reason": "", "url": URL},
    ),
    LetterKind(
        "new-device",
        N_("When somebody signs in with a device not used before: to the owner of the account."),
        _new_device,
    ),
    LetterKind(
        "factor-set-up",
        N_("When a second step to sign in was added: to the account's owner."),
        lambda _: {"url": URL},
    ),
    LetterKind(
        "factor-removed",
        N_("When a second step to sign in was removed: to the account's owner."),
        lambda _: {"url": URL},
    ),
    LetterKind(
        "recovery-code-used",
        N_("When a recovery code was used: to the account's owner."),
        lambda _: {"left": 3, "url": URL},
    ),
    LetterKind(
        "provider-linked",
        N_("When a single sign-on was linked to an account: to the account's owner."),
        lambda _: {"provider": PROVIDER, "url": URL},
    ),
    LetterKind(
        "factors-lost",
        N_("When two organizers confirmed that somebody lost the second step: to that person."),
        lambda _: {"link": URL, "minutes": 15, "sign_in_url": URL},
    ),
    LetterKind(
        "factor-reminder",
        N_("When an organizer writes to who needs a second step and has none: to each of them."),
        lambda s: {"due": (s.now + timedelta(days=30)).date(), "url": URL},
    ),
    LetterKind(
        "sign-in",
        N_("When somebody asks for a link to sign in: to that person."),
        lambda _: {"url": URL, "minutes": 15},
    ),
    LetterKind(
        "handover",
        N_(
            "Two weeks before an office changes hands: to whoever leaves, whoever takes over and the secretariat."
        ),
        _handing,
    ),
    LetterKind(
        "handover-today",
        N_(
            "On the day an office changes hands: to whoever leaves, whoever takes over and the secretariat."
        ),
        _handing,
    ),
    LetterKind(
        "check-fell",
        N_("When the platform finds that something of its own is not well: to the secretariat."),
        lambda _: {"title": LocalizedText(es="Disco", en="Disk"), "url": URL},
    ),
    LetterKind(
        "check-recovered",
        N_("When that is well again: to the secretariat."),
        lambda _: {"title": LocalizedText(es="Disco", en="Disk"), "url": URL},
    ),
    LetterKind(
        "record-verified",
        N_("On the first night of a month, and when the record is not whole: to the secretariat."),
        lambda _: {
            "places": 10_423,
            "mac": "Zm9ydHktdGhyZWUgc3ltYm9scyBvZiBiYXNlNjR1cmw",
            "findings": 0,
        },
    ),
)
KIND_OF: Mapping[str, LetterKind] = {kind.key: kind for kind in KINDS}
