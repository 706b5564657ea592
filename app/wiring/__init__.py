"""Connects the packages: `doors` (pages, API, commands), `listeners` (what follows from which fact),
`menus`, `storage` (rules of the database) and `personal` (what each package keeps of a person).
"""

from flask import Flask
from huey import crontab

from app.infra.mail import IDLE_SECONDS, Outgoing
from app.office.demo.cli import greeting
from app.office.handover import tasks as handover_tasks
from app.office.inbox import tasks as inbox_tasks
from app.office.notifications import tasks as letters
from app.office.notifications.tasks import agreements as agreement_letters
from app.office.notifications.tasks.ahead import Ahead
from app.office.notifications.views.wishes import stop_reminders as one_press
from app.office.notifications.wording.kinds import KINDS as LETTER_KINDS
from app.office.privacy import tasks as privacy_tasks
from app.office.progress.views import act_of, event_work, invitation_states, progress_shown
from app.office.search import tasks as search_tasks
from app.office.setup.cli import first_lines
from app.office.setup.wording import STEPS as SETUP_STEPS
from app.participation.invitations import tasks as invitations_tasks
from app.participation.materials.views import reading_list
from app.participation.meetings import tasks as meetings_tasks
from app.participation.meetings.views.event_meeting import meeting_panel, room_offer
from app.participation.registrations.views.registration_panel import registration_panel
from app.participation.speakers.views.naming import event_speakers
from app.participation.speakers.wording import LOOKS, STATES
from app.people.identity.views import init_identity
from app.people.identity.views.confirm import is_confirmed_now
from app.people.identity.views.kept import drop_lapsed
from app.planning.arranging import tasks as events_tasks
from app.planning.calendars import tasks as calendars_tasks
from app.training.packages.views import content as package_content
from app.training.packages.views.catalogue import more_courses
from app.training.refreshers import tasks as refreshers_tasks
from app.training.refreshers.views import one_press as refreshers_one_press
from app.web.letters_ahead import EXTENSION as LETTERS_AHEAD
from app.wiring.doors import API_BLUEPRINTS, BLUEPRINTS, COMMANDS
from app.wiring.listeners import HANDLERS
from app.wiring.menus import EVENT_TABS, GUEST_LINKS, LINKS, NAVIGATION, PERSON_MENU, SEARCH_PAGES
from app.wiring.personal import PERSONAL_DATA, expire_letters
from app.wiring.storage import SCHEMA_RULES, TRIPWIRES
from config import Settings


def GREETING() -> list[str]:  # noqa: N802 - named with the other things that are wired here
    """What the terminal says before serving; on an installation without accounts, how to begin."""
    return [*greeting(), *first_lines()]


__all__ = [
    "API_BLUEPRINTS",
    "BLUEPRINTS",
    "COMMANDS",
    "EVENT_TABS",
    "GREETING",
    "GUEST_LINKS",
    "HANDLERS",
    "LINKS",
    "NAVIGATION",
    "PERSONAL_DATA",
    "PERSON_MENU",
    "SCHEMA_RULES",
    "TRIPWIRES",
    "init_domains",
]


def init_domains(app: Flask, settings: Settings) -> None:
    """What a domain must set up on the application beyond its blueprint."""
    init_identity(app, settings)
    app.extensions["convoca_is_confirmed"] = is_confirmed_now
    app.extensions["convoca_event_panel"] = registration_panel
    app.extensions["convoca_event_reading"] = reading_list
    app.extensions[LETTERS_AHEAD] = Ahead()
    app.extensions["convoca_event_work"] = event_work
    app.extensions["convoca_event_progress"] = progress_shown
    app.extensions["convoca_open_act"] = act_of
    app.extensions["convoca_invitation_states"] = invitation_states
    app.extensions["convoca_event_meeting"] = meeting_panel
    app.extensions["convoca_room_offer"] = room_offer
    app.extensions["convoca_event_speakers"] = event_speakers
    app.jinja_env.globals.update(speaker_states=STATES, speaker_looks=LOOKS)
    app.extensions["convoca_personal_data"] = PERSONAL_DATA
    app.extensions["convoca_expire_letters"] = expire_letters
    app.extensions["convoca_jobs"].periodic(
        "events.tell_time", crontab(minute="*"), events_tasks.tell_the_time
    )
    app.extensions["convoca_jobs"].periodic(
        "meetings.fetch_reports", crontab(minute="*"), meetings_tasks.fetch_due_reports
    )
    app.extensions["convoca_jobs"].periodic(
        "notifications.remind", crontab(minute="*"), letters.remind
    )
    app.extensions["convoca_jobs"].periodic(
        "notifications.forget_keys", crontab(hour="9", minute="50"), letters.forget_keys
    )
    app.extensions["convoca_jobs"].periodic(
        "inbox.fetch_mail", crontab(minute="*/5"), inbox_tasks.fetch_mail
    )
    mailer: Outgoing = app.extensions["convoca_mailer"]
    app.extensions["convoca_jobs"].periodic(
        "mail.close_idle", crontab(minute="*"), lambda: mailer.close(idle_for=IDLE_SECONDS)
    )
    app.extensions["csrf"].exempt(one_press)
    app.extensions["csrf"].exempt(refreshers_one_press)
    app.extensions["convoca_jobs"].periodic(
        "refreshers.send", crontab(hour="14", minute="20"), refreshers_tasks.send_due
    )
    app.extensions["csrf"].exempt(package_content)
    app.extensions["convoca_more_courses"] = more_courses
    app.extensions["convoca_jobs"].periodic(
        "identity.drop_lapsed_forms", crontab(minute="*/10"), drop_lapsed
    )
    app.extensions["convoca_jobs"].periodic(
        "invitations.ask_who_comes_into_office",
        crontab(hour="13", minute="5"),
        invitations_tasks.ask_who_comes_into_office,
    )
    app.extensions["convoca_jobs"].periodic(
        "agreements.due", crontab(hour="13", minute="10"), agreement_letters.remind_of_due
    )
    app.extensions["convoca_jobs"].periodic(
        "deadlines.remind", crontab(hour="13", minute="20"), letters.remind_of_deadlines
    )
    app.extensions["convoca_jobs"].periodic(
        "calendars.refresh", crontab(minute="*/15"), calendars_tasks.refresh_due
    )
    app.extensions["convoca_jobs"].periodic(
        "privacy.let_go", crontab(hour="9", minute="40"), privacy_tasks.let_go
    )
    app.extensions["convoca_search_pages"] = SEARCH_PAGES
    app.extensions["convoca_journal_words"] = {
        "step": SETUP_STEPS,
        "kind": {kind.key: kind.when for kind in LETTER_KINDS},
    }
    app.extensions["convoca_jobs"].periodic(
        "search.compare", crontab(hour="8", minute="25"), search_tasks.compare
    )
    app.extensions["convoca_jobs"].periodic(
        "handover.tell", crontab(hour="12,18", minute="7"), handover_tasks.tell_handovers
    )
