"""The doors to the street: blueprints of pages and of the API, and commands."""

from click import Command
from flask import Blueprint

from app.followup.agreements.views import bp as agreements
from app.followup.bodies.views import bp as bodies
from app.followup.congress.views import bp as congress
from app.followup.general_plan.views import bp as general_plan
from app.followup.guidelines.views import bp as guidelines
from app.followup.matrix.views import bp as matrix
from app.followup.plans.views import bp as plans
from app.followup.practices.views import bp as practices
from app.followup.review.views import bp as guidelines_review
from app.infra.cli import jobs, journal, secrets
from app.infra.server import check, serve
from app.office.backups.cli import group as backup_commands
from app.office.backups.views import bp as backups
from app.office.demo.cli import demo, reference
from app.office.demo.views import bp as demo_pages
from app.office.handover.views import bp as handover
from app.office.history.views import bp as history
from app.office.home.views import bp as home
from app.office.inbox.cli import group as inbox_commands
from app.office.merging.views import bp as merging
from app.office.notifications.views import bp as notifications
from app.office.outbox.views import bp as outbox
from app.office.privacy.cli import group as privacy_commands
from app.office.privacy.views import bp as privacy
from app.office.reports.views import bp as reports
from app.office.search.views import bp as search
from app.office.setup.cli import group as setup_commands
from app.office.setup.views import bp as setup
from app.office.status.views import bp as status
from app.office.writing.views import bp as writing
from app.office.yearly.views import bp as yearly
from app.participation.attendance.views import bp as attendance
from app.participation.invitations.views import bp as invitations
from app.participation.materials.views import bp as materials
from app.participation.meetings.views import bp as meetings
from app.participation.registrations.api import bp as registrations_api
from app.participation.registrations.views import bp as registrations
from app.participation.speakers.views import bp as speakers
from app.participation.surveys.views import bp as surveys
from app.people.access.views import bp as access
from app.people.directory.views.institutions import bp as institutions
from app.people.directory.views.protecting import bp as protecting
from app.people.directory.views.who_is_who import bp as who_is_who
from app.people.factors.cli import group as factors_commands
from app.people.factors.views import bp as factors
from app.people.identity.api import bp as identity_api
from app.people.identity.cli import group as identity_commands
from app.people.identity.views import bp as identity
from app.planning.agenda.views import bp as agenda
from app.planning.arranging.api import bp as events_api
from app.planning.arranging.cli import group as events_commands
from app.planning.arranging.views import bp as events
from app.planning.calendars.api import bp as calendars_api
from app.planning.calendars.views import bp as calendars
from app.planning.cases.api import bp as cases_api
from app.planning.cases.views import bp as cases
from app.planning.cycles.views import bp as cycles
from app.planning.holidays.api import bp as holidays_api
from app.planning.holidays.views import bp as holidays
from app.planning.programme.views import bp as programme
from app.planning.scheduling.api import bp as scheduling_api
from app.planning.scheduling.views import bp as scheduling
from app.planning.seasons.api import bp as seasons_api
from app.planning.seasons.views import bp as seasons
from app.planning.series.api import bp as series_api
from app.planning.series.views import bp as series
from app.training.authoring.views import bp as authoring
from app.training.certificates.api import bp as certificates_api
from app.training.certificates.cli import group as certificates_commands
from app.training.certificates.views import bp as certificates
from app.training.deadlines.views import bp as deadlines
from app.training.exchange.cli import group as questions_commands
from app.training.learning.api import bp as learning_api
from app.training.learning.cli import group as courses_commands
from app.training.learning.views import bp as learning
from app.training.national.views import bp as national
from app.training.packages.views import bp as packages
from app.training.packages.views import content as package_content
from app.training.recognised.views import bp as recognised
from app.training.refreshers.views import bp as refreshers
from app.training.requests.views import bp as country_requests
from app.training.turnover.api import bp as turnover_api
from app.training.turnover.views.declared import bp as declared
from app.training.turnover.views.figures import bp as turnover
from app.training.turnover.views.history import bp as person_history
from app.training.turnover.views.offices import bp as offices
from app.training.turnover.views.roster import bp as roster
from app.web.health import bp as health
from app.web.metrics import bp as metrics
from app.web.openapi import bp as openapi

BLUEPRINTS: tuple[Blueprint, ...] = (
    health,
    metrics,
    demo_pages,
    home,
    identity,
    factors,
    who_is_who,
    protecting,
    access,
    setup,
    status,
    backups,
    institutions,
    merging,
    history,
    events,
    agenda,
    cases,
    holidays,
    cycles,
    series,
    programme,
    registrations,
    attendance,
    learning,
    national,
    packages,
    package_content,
    authoring,
    certificates,
    recognised,
    country_requests,
    deadlines,
    turnover,
    declared,
    offices,
    person_history,
    refreshers,
    roster,
    calendars,
    seasons,
    scheduling,
    handover,
    privacy,
    materials,
    meetings,
    speakers,
    invitations,
    surveys,
    practices,
    bodies,
    guidelines,
    reports,
    yearly,
    agreements,
    matrix,
    plans,
    guidelines_review,
    general_plan,
    congress,
    notifications,
    outbox,
    writing,
    search,
)
API_BLUEPRINTS: tuple[Blueprint, ...] = (
    openapi,
    identity_api,
    events_api,
    cases_api,
    holidays_api,
    series_api,
    registrations_api,
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
    journal,
    secrets,
    demo,
    reference,
    identity_commands,
    factors_commands,
    certificates_commands,
    courses_commands,
    questions_commands,
    events_commands,
    privacy_commands,
    inbox_commands,
    setup_commands,
    backup_commands,
)
