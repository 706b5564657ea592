"""Connects the packages: `doors` (pages, API, commands), `listeners` (what follows from which fact),
`menus`, `storage` (rules of the database) and `personal` (what each package keeps of a person).
"""

from zoneinfo import ZoneInfo

from flask import Flask
from huey import crontab

from app.followup.agreements.queries.agreements import sections
from app.followup.matrix import tasks as matrix_tasks
from app.followup.matrix.views.country import matrix_waits
from app.infra import record_keeping
from app.infra.exchange import SealedPort, secret_keys_listed
from app.infra.health import HealthPort
from app.infra.issuer_keys import ISSUER_KEYS
from app.infra.mail import IDLE_SECONDS
from app.infra.platform import Platform, platform
from app.infra.record import RecordPort
from app.infra.viruses import viruses
from app.office.backups.tasks import making as backups
from app.office.demo.cli import greeting as demo_greeting
from app.office.handover import tasks as handover_tasks
from app.office.handover.values import JournalPort
from app.office.handover.views import history_address
from app.office.history import tasks as history_tasks
from app.office.inbox import tasks as inbox_tasks
from app.office.notifications.tasks import agreements as agreement_letters
from app.office.notifications.tasks import confirming as roster_letters
from app.office.notifications.tasks import letters, reminders
from app.office.notifications.tasks import renewals as renewal_letters
from app.office.notifications.tasks import training as training_letters
from app.office.notifications.tasks.ahead import Ahead
from app.office.notifications.views import stop_reminders
from app.office.notifications.wording.kinds import KINDS as LETTER_KINDS
from app.office.outbox.queries import oldest_waiting
from app.office.outbox.services import expire_letters
from app.office.privacy import tasks as privacy_tasks
from app.office.privacy.values import RUNS_AT, PersonalData
from app.office.progress.views import act_of, event_work, invitation_states, progress_shown
from app.office.search import tasks as search_tasks
from app.office.search.values import SearchPages
from app.office.setup.cli import first_lines
from app.office.setup.wording import STEPS as SETUP_STEPS
from app.office.status import tasks as status_tasks
from app.office.status.wording import TITLES as CHECK_TITLES
from app.participation.invitations import tasks as invitations_tasks
from app.participation.invitations.views.edge import InvitationPort
from app.participation.materials.views import MaterialPort, reading_list
from app.participation.meetings import tasks as meetings_tasks
from app.participation.meetings.views import meeting_panel, room_offer
from app.participation.registrations.views.registering import registration_panel
from app.participation.speakers.views import event_speakers
from app.participation.speakers.wording import LOOKS, STATES
from app.people.factors.queries import due_at, has_factor
from app.people.factors.tasks import second_factors
from app.people.factors.views.own import shown as factors_shown
from app.people.identity.views.door import SecondFactorPort, init_identity, load_actor, tell_hours
from app.people.identity.views.sign_in import AccountShelf, drop_lapsed, is_confirmed_now
from app.planning.arranging import tasks as events_tasks
from app.planning.arranging.views.tabs import EventPort
from app.planning.calendars import tasks as calendars_tasks
from app.training.certificates import tasks as certificates_tasks
from app.training.certificates.queries.record import TABLES as CERTIFICATE_TABLES
from app.training.certificates.tasks import seal, signatory
from app.training.learning.views.courses import CoursePort
from app.training.packages.views import content as package_content
from app.training.packages.views.catalogue import more_courses
from app.training.refreshers import tasks as refreshers_tasks
from app.training.refreshers.views import one_press as refreshers_one_press
from app.training.turnover.views.figures import CountryPort
from app.web.metrics import MetricsPort
from app.web.site import Site
from app.wiring.doors import API_BLUEPRINTS, BLUEPRINTS, COMMANDS
from app.wiring.listeners import HANDLERS
from app.wiring.menus import (
    EVENT_TABS,
    GUEST_LINKS,
    LINKS,
    NAVIGATION,
    PERSON_MENU,
    SEARCH_PAGES,
    STANDS_UNDER,
)
from app.wiring.personal import PERSONAL_DATA
from app.wiring.storage import SCHEMA_RULES, SEALED, TRIPWIRES
from config import Settings

__all__ = [
    "API_BLUEPRINTS",
    "BLUEPRINTS",
    "COMMANDS",
    "HANDLERS",
    "SCHEMA_RULES",
    "TRIPWIRES",
    "greeting",
    "init_domains",
]


def greeting() -> list[str]:
    """Returns what the terminal says before serving; on an installation without accounts, how to
    begin.
    """
    return [*demo_greeting(), *first_lines()]


def init_domains(app: Flask, settings: Settings) -> None:
    """Sets up on the application what a domain needs beyond its blueprint."""
    init_identity(app)
    app.jinja_env.globals.update(
        speaker_states=STATES, speaker_looks=LOOKS, history_address=history_address
    )
    for view in (stop_reminders, refreshers_one_press, package_content):
        app.extensions["csrf"].exempt(view)
    _fill_ports(platform(app))
    _plan_jobs(platform(app))


def _fill_ports(platform: Platform) -> None:
    """Gives each package what it shows or asks of packages above it."""
    platform.fill(
        Site(
            load_actor,
            is_confirmed_now,
            kept_forms=AccountShelf(),
            letters_ahead=Ahead(),
            navigation=NAVIGATION,
            stands_under=STANDS_UNDER,
            person_menu=PERSON_MENU,
            links=LINKS,
            zones=tuple(map(ZoneInfo, platform.body.every_zone)),
        )
    )
    platform.fill(
        EventPort(
            EVENT_TABS,
            registration_panel,
            meeting_panel=meeting_panel,
            room_offer=room_offer,
            reading_list=reading_list,
            speakers=event_speakers,
            work=event_work,
            progress=progress_shown,
            act_of=act_of,
        )
    )
    platform.fill(SecondFactorPort(has_factor, due_at, factors_shown))
    platform.fill(InvitationPort(invitation_states, GUEST_LINKS))
    platform.fill(CoursePort(more_courses))
    platform.fill(CountryPort(matrix_waits))
    platform.fill(
        HealthPort(
            (
                seal,
                signatory,
                record_keeping.record,
                second_factors,
                backups.backup,
                backups.growth,
                viruses,
                secret_keys_listed,
            )
        )
    )
    platform.fill(SealedPort(SEALED))
    platform.fill(MetricsPort(oldest_waiting))
    platform.fill(RecordPort((ISSUER_KEYS, *CERTIFICATE_TABLES)))
    platform.fill(MaterialPort(sections))
    platform.fill(PersonalData(PERSONAL_DATA, expire_letters))
    platform.fill(SearchPages(SEARCH_PAGES))
    steps = {step.value: name for step, name in SETUP_STEPS.items()}
    kinds = {kind.key: kind.when for kind in LETTER_KINDS}
    platform.fill(JournalPort({"step": steps, "kind": kinds, "check": CHECK_TITLES}))


def _plan_jobs(platform: Platform) -> None:
    """Says when each recurring task runs (UTC)."""
    every = platform.jobs.periodic
    every("events.tell_time", crontab(minute="*"), events_tasks.tell_the_time)
    every("meetings.fetch_reports", crontab(minute="*"), meetings_tasks.fetch_due_reports)
    every("notifications.remind", crontab(minute="*"), reminders.remind)
    every("notifications.forget_keys", crontab(hour="9", minute="50"), letters.forget_keys)
    every("inbox.fetch_mail", crontab(minute="*/5"), inbox_tasks.fetch_mail)
    every(
        "mail.close_idle", crontab(minute="*"), lambda: platform.mailer.close(idle_for=IDLE_SECONDS)
    )
    every("refreshers.send", crontab(hour="14", minute="20"), refreshers_tasks.send_due)
    every("identity.tell_refused", crontab(minute="4"), tell_hours)
    every("identity.drop_lapsed_forms", crontab(minute="*/10"), drop_lapsed)
    every(
        "invitations.ask_who_comes_into_office",
        crontab(hour="13", minute="5"),
        invitations_tasks.ask_who_comes_into_office,
    )
    every("agreements.due", crontab(hour="13", minute="10"), agreement_letters.remind_of_due)
    every("matrix.close", crontab(hour="6", minute="15"), matrix_tasks.close_over)
    every("roster.ask", crontab(hour="13", minute="35"), roster_letters.ask_who_serves)
    every("renewals.remind", crontab(hour="13", minute="25"), renewal_letters.remind_of_renewals)
    every("deadlines.remind", crontab(hour="13", minute="20"), training_letters.remind_of_deadlines)
    every("calendars.refresh", crontab(minute="*/15"), calendars_tasks.refresh_due)
    every("history.let_go", crontab(hour="9", minute="45"), history_tasks.let_go)
    every(
        "privacy.let_go",
        crontab(hour=str(RUNS_AT.hour), minute=str(RUNS_AT.minute)),
        privacy_tasks.let_go,
    )
    every("privacy.erase_again", crontab(minute="*/5"), privacy_tasks.erase_again)
    every("certificates.sweep", crontab(hour="8", minute="35"), certificates_tasks.sweep_files)
    every("record.seal", crontab(minute="*"), record_keeping.seal_due)
    every("record.verify", crontab(hour="7", minute="10"), handover_tasks.verify_record)
    every("files.sweep", crontab(hour="8", minute="40"), platform.files.sweep)
    every(
        "certificates.archive",
        crontab(hour="9", minute="55"),
        certificates_tasks.archive_certificates,
    )
    every("backups.make", crontab(hour="8", minute="15"), backups.make_nightly)
    every("backups.drill", crontab(day_of_week="0", hour="8", minute="50"), backups.drill_weekly)
    every("status.look", crontab(minute="*/5"), status_tasks.look)
    every("search.compare", crontab(hour="8", minute="25"), search_tasks.compare)
    every("handover.tell", crontab(hour="12,18", minute="7"), handover_tasks.tell_handovers)
