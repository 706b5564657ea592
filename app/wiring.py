"""Who is plugged in where, on one page: blueprints, commands, what follows from which fact, the main menu."""

from collections.abc import Callable

from click import Command
from flask import Blueprint, Flask
from huey import crontab
from sqlalchemy.engine import Connection

import app.agreements.models
import app.attendance.models
import app.calendars.models
import app.certificates.models
import app.directory.models
import app.events.models
import app.handover.models
import app.identity.models
import app.invitations.models
import app.learning.models
import app.library.models
import app.materials.models
import app.notifications.models
import app.practices.models
import app.privacy.models
import app.reports.models
import app.scheduling.models
import app.seasons.models
import app.surveys.models  # noqa: F401 - the tables, for migrations
from app.agreements import policy as agreements_policy
from app.agreements.views import bp as agreements
from app.attendance import tasks as attendance_tasks
from app.attendance.views import bp as attendance
from app.calendars import tasks as calendars_tasks
from app.calendars.api import bp as calendars_api
from app.calendars.views import bp as calendars
from app.certificates import tasks as certificates_tasks
from app.certificates.api import bp as certificates_api
from app.certificates.cli import group as certificates_commands
from app.certificates.schema import ensure_written_once
from app.certificates.views import bp as certificates
from app.demo.cli import demo, greeting, reference
from app.events import policy as events_policy
from app.events import tasks as events_tasks
from app.events.api import bp as events_api
from app.events.cli import group as events_commands
from app.events.schema import ensure_places, places_tripwire
from app.events.values import EventDetail, EventKind
from app.events.views import bp as events
from app.handover import tasks as handover_tasks
from app.handover.views import bp as handover
from app.home.views import bp as home
from app.identity import tasks as identity_tasks
from app.identity.api import bp as identity_api
from app.identity.cli import group as identity_commands
from app.identity.views import bp as identity
from app.identity.views import init_identity
from app.infra.cli import jobs
from app.infra.journal import Handler, Registry
from app.infra.schema import ensure_append_only, journal_tripwire
from app.infra.server import check, serve
from app.invitations import policy as invitations_policy
from app.invitations import tasks as invitations_tasks
from app.invitations.views import bp as invitations
from app.kernel.actor import Actor
from app.kernel.text import N_
from app.learning.api import bp as learning_api
from app.learning.cli import group as courses_commands
from app.learning.schema import ensure_immutable
from app.learning.views import bp as learning
from app.materials.views import bp as materials
from app.notifications import tasks as letters
from app.notifications.cli import group as notifications_commands
from app.notifications.tasks import agreements as agreement_letters
from app.notifications.tasks import handover as handover_letters
from app.notifications.tasks import identity as identity_letters
from app.notifications.tasks import inviting as inviting_letters
from app.notifications.views import bp as notifications
from app.notifications.views.wishes import stop_reminders as one_press
from app.personal import PERSONAL_DATA, expire_letters
from app.practices.views import bp as practices
from app.privacy.cli import group as privacy_commands
from app.privacy.views import bp as privacy
from app.reports import policy as reports_policy
from app.reports import tasks as reports_tasks
from app.reports.views import bp as reports
from app.scheduling.api import bp as scheduling_api
from app.scheduling.schema import ensure_no_overlap, tripwire
from app.scheduling.views import bp as scheduling
from app.seasons import tasks as seasons_tasks
from app.seasons.api import bp as seasons_api
from app.seasons.views import bp as seasons
from app.surveys.views import bp as surveys
from app.turnover import policy as turnover_policy
from app.turnover.api import bp as turnover_api
from app.turnover.views.figures import bp as turnover
from app.turnover.views.roster import bp as roster
from app.web.guards import Policy, anyone, signed_in
from app.web.health import bp as health
from app.web.openapi import bp as openapi
from config import Settings

BLUEPRINTS: tuple[Blueprint, ...] = (
    health,
    home,
    identity,
    events,
    attendance,
    learning,
    certificates,
    turnover,
    roster,
    calendars,
    seasons,
    scheduling,
    handover,
    privacy,
    materials,
    invitations,
    surveys,
    practices,
    reports,
    agreements,
    notifications,
)
API_BLUEPRINTS: tuple[Blueprint, ...] = (
    openapi,
    identity_api,
    events_api,
    learning_api,
    certificates_api,
    turnover_api,
    calendars_api,
    seasons_api,
    scheduling_api,
)
COMMANDS: tuple[Command, ...] = (
    serve,
    check,
    jobs,
    demo,
    reference,
    identity_commands,
    certificates_commands,
    courses_commands,
    events_commands,
    privacy_commands,
    notifications_commands,
)
SEATS = (Handler("events.on_office_changed_hands", events_tasks.on_office_changed_hands),)
ANSWERING = (Handler("identity.on_focal_point_changed", identity_tasks.on_focal_point_changed),)
SERVICE = (Handler("events.on_appointment_changed", events_tasks.on_appointment_changed),)
DATED = (Handler("events.on_event_dated", events_tasks.on_event_dated),)
AGREED = (Handler("notifications.on_agreement_recorded", agreement_letters.on_agreement_recorded),)
HANDLERS: Registry = {
    "FocalPointDesignated": (*SEATS, *ANSWERING),
    "FocalPointEnded": (*SEATS, *ANSWERING),
    "DelegateDesignated": SEATS,
    "DelegateEnded": SEATS,
    "AppointmentStarted": SERVICE,
    "AppointmentEnded": SERVICE,
    "EventPlanned": DATED,
    "EventChanged": DATED,
    "EventPublished": (*DATED, Handler("invitations.on_event_published", invitations_tasks.on_event_published)),
    "CourseCompleted": (Handler("certificates.on_course_completed", certificates_tasks.on_course_completed),),
    "CalendarAdded": (Handler("calendars.on_calendar_awaited", calendars_tasks.on_calendar_awaited, inside=False),),
    "CalendarAwaited": (Handler("calendars.on_calendar_awaited", calendars_tasks.on_calendar_awaited, inside=False),),
    "CertificateIssued": (
        Handler("certificates.on_certificate_issued", certificates_tasks.on_certificate_issued, inside=False),
        Handler("notifications.on_certificate_issued", letters.on_certificate_issued),
    ),
    "AgreementRecorded": AGREED,
    "AgreementChanged": AGREED,
    "ImportUploaded": (Handler("attendance.on_import_uploaded", attendance_tasks.on_import_uploaded, inside=False),),
    "OriginalDropped": (Handler("attendance.on_original_dropped", attendance_tasks.on_original_dropped, inside=False),),
    "SeasonRequested": (Handler("seasons.on_season_requested", seasons_tasks.on_season_requested, inside=False),),
    "RegistrationMade": (Handler("notifications.on_registration_made", letters.on_registration_made),),
    "RegistrationWaiting": (Handler("notifications.on_registration_waiting", letters.on_registration_waiting),),
    "RegistrationPending": (Handler("notifications.on_registration_pending", letters.on_registration_pending),),
    "RegistrationDeclined": (Handler("notifications.on_registration_declined", letters.on_registration_declined),),
    "RegistrationCancelled": (Handler("notifications.on_registration_cancelled", letters.on_registration_cancelled),),
    "PlaceGiven": (Handler("notifications.on_place_given", letters.on_place_given),),
    "ApprovalAsked": (Handler("notifications.on_approval_asked", letters.on_approval_asked),),
    "EventApproved": (Handler("notifications.on_event_approved", letters.on_event_approved),),
    "EventReturned": (Handler("notifications.on_event_returned", letters.on_event_returned),),
    "EventEnded": (Handler("notifications.on_event_ended", letters.on_event_ended),),
    "EventClosed": (Handler("reports.on_event_closed", reports_tasks.on_event_closed, inside=False),),
    "EventMoved": (Handler("notifications.on_event_moved", letters.on_event_moved), *DATED),
    "EventCancelled": (Handler("notifications.on_event_cancelled", letters.on_event_cancelled),),
    "InvitationSent": (Handler("notifications.on_invitation_sent", inviting_letters.on_invitation_sent),),
    "GuestLinkAsked": (Handler("notifications.on_guest_link_asked", inviting_letters.on_guest_link_asked),),
    "NominationMade": (Handler("notifications.on_nomination_made", inviting_letters.on_nomination_made),),
    "ConflictCaseOpened": (Handler("notifications.on_conflict_case_opened", letters.on_conflict_case_opened),),
    "AccountInvited": (Handler("notifications.on_account_invited", identity_letters.on_account_invited),),
    "HandoverDue": (Handler("notifications.on_handover_due", handover_letters.on_handover_due),),
    "SignInLinkRequested": (Handler("notifications.on_sign_in_link_requested", letters.on_sign_in_link_requested),),
    "MessageQueued": (Handler("notifications.send_message", letters.send_message, inside=False),),
}
EventTab = Callable[[Actor, EventDetail], bool]
SCHEMA_RULES: tuple[Callable[[Connection], None], ...] = (
    ensure_append_only,
    ensure_written_once,
    ensure_no_overlap,
    ensure_immutable,
    ensure_places,
)
TRIPWIRES: tuple[Callable[[Connection], None], ...] = (tripwire, places_tripwire, journal_tripwire)
GREETING = greeting
NAVIGATION: tuple[tuple[str, str, Policy], ...] = (
    (N_("Home"), "home.home", signed_in),
    (N_("Programme"), "events.programme", anyone),
    (N_("My webinars"), "events.my_webinars", signed_in),
    (N_("Course"), "learning.course", anyone),
    (N_("My certificates"), "certificates.my_certificates", signed_in),
    (N_("My country"), "turnover.my_country", turnover_policy.may_have_country),
    (N_("Region"), "turnover.region", turnover_policy.may_see_region),
    (N_("Planning"), "home.desk", events_policy.may_plan),
    (N_("Verify"), "certificates.verify", anyone),
)
# The pages of one event, as its tabs: label, endpoint (wants event_id), and for whom: f(actor, event) -> bool.
EVENT_TABS: tuple[tuple[str, str, EventTab], ...] = (
    (N_("The event"), "events.event", lambda _actor, _event: True),
    (N_("Agenda"), "events.event_agenda", lambda _actor, event: event.span is not None),
    (N_("Materials"), "materials.materials", lambda _actor, event: event.kind is not EventKind.EXTERNAL),
    (
        N_("Survey"),
        "surveys.survey",
        lambda actor, event: actor.signed_in and event.published_at is not None and event.span is not None,
    ),
    (
        N_("Invitations"),
        "invitations.invitations",
        lambda actor, event: invitations_policy.may_invite_to(actor, event.group_slugs, event.kind),
    ),
    (
        N_("Places and deadline"),
        "events.places",
        lambda actor, event: (
            event.published_at is None and events_policy.may_decide_registrations(actor, event.group_slugs)
        ),
    ),
    (
        N_("Registrations"),
        "events.registrations",
        lambda actor, event: (
            event.published_at is not None
            and event.kind is not EventKind.EXTERNAL
            and events_policy.may_see_registrations(actor, event.group_slugs)
        ),
    ),
    (
        N_("Attendance"),
        "attendance.attendance",
        lambda actor, event: (
            event.published_at is not None and events_policy.may_see_attendance(actor, event.group_slugs)
        ),
    ),
    (
        N_("Report"),
        "reports.event_report",
        lambda actor, event: (
            event.published_at is not None and reports_policy.may_read_report(actor, event.group_slugs)
        ),
    ),
    (
        N_("Who pays"),
        "events.event_funding",
        lambda actor, event: events_policy.may_plan_for(actor, event.group_slugs, event.kind),
    ),
    (
        N_("Agreements"),
        "agreements.event_agreements",
        lambda actor, event: (
            agreements_policy.may_read(actor)
            and event.published_at is not None
            and event.kind is not EventKind.EXTERNAL
        ),
    ),
)
# What a guest's own page leads to: label, endpoint, what it takes ("event_id" or "token", the guest's key), and when it
# is shown: "before" the end of the event, "after" it, or "always".
GUEST_LINKS: tuple[tuple[str, str, str, str], ...] = (
    (N_("Materials"), "materials.materials", "event_id", "before"),
    (N_("Put a good practice forward"), "practices.guest_practice", "token", "before"),
    (N_("Survey"), "surveys.guest_survey", "token", "after"),
)
# The shell's own links (header and footer); one whose endpoint does not exist is not shown.
LINKS = {
    "sign_in": "identity.sign_in",
    "sign_out": "identity.sign_out",
    "account": "identity.account",
    "my_data": "privacy.my_data",
    "wishes": "notifications.wishes",
    "verify": "certificates.verify",
    "subscribe": "events.subscribe",
    "practices": "practices.practices",
    "about": "home.about",
    "accessibility": "home.accessibility",
}


def init_domains(app: Flask, settings: Settings) -> None:
    """What a domain must set up on the application beyond its blueprint."""
    init_identity(app, settings)
    app.extensions["convoca_personal_data"] = PERSONAL_DATA
    app.extensions["convoca_expire_letters"] = expire_letters
    app.extensions["convoca_jobs"].periodic("events.tell_time", crontab(minute="*"), events_tasks.tell_the_time)
    app.extensions["convoca_jobs"].periodic("notifications.remind", crontab(minute="*"), letters.remind)
    app.extensions["convoca_jobs"].periodic("notifications.fetch_mail", crontab(minute="*/5"), letters.fetch_mail)
    app.extensions["csrf"].exempt(one_press)
    app.extensions["convoca_jobs"].periodic(
        "agreements.due", crontab(hour="13", minute="10"), agreement_letters.remind_of_due
    )
    app.extensions["convoca_jobs"].periodic("calendars.refresh", crontab(minute="*/15"), calendars_tasks.refresh_due)
    app.extensions["convoca_jobs"].periodic(
        "handover.tell", crontab(hour="12,18", minute="7"), handover_tasks.tell_handovers
    )
