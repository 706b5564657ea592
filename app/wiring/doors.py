"""The doors to the street: blueprints of pages and of the API, and commands."""

from click import Command
from flask import Blueprint

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
from app.agreements.views import bp as agreements
from app.attendance.views import bp as attendance
from app.calendars.api import bp as calendars_api
from app.calendars.views import bp as calendars
from app.certificates.api import bp as certificates_api
from app.certificates.cli import group as certificates_commands
from app.certificates.views import bp as certificates
from app.demo.cli import demo, reference
from app.events.api import bp as events_api
from app.events.cli import group as events_commands
from app.events.views import bp as events
from app.handover.views import bp as handover
from app.home.views import bp as home
from app.identity.api import bp as identity_api
from app.identity.cli import group as identity_commands
from app.identity.views import bp as identity
from app.infra.cli import jobs
from app.infra.server import check, serve
from app.invitations.views import bp as invitations
from app.learning.api import bp as learning_api
from app.learning.cli import group as courses_commands
from app.learning.views import bp as learning
from app.materials.views import bp as materials
from app.notifications.cli import group as notifications_commands
from app.notifications.views import bp as notifications
from app.practices.views import bp as practices
from app.privacy.cli import group as privacy_commands
from app.privacy.views import bp as privacy
from app.reports.views import bp as reports
from app.scheduling.api import bp as scheduling_api
from app.scheduling.views import bp as scheduling
from app.seasons.api import bp as seasons_api
from app.seasons.views import bp as seasons
from app.surveys.views import bp as surveys
from app.turnover.api import bp as turnover_api
from app.turnover.views.figures import bp as turnover
from app.turnover.views.roster import bp as roster
from app.web.health import bp as health
from app.web.openapi import bp as openapi

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
