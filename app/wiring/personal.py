"""Who keeps something of a person, on one page. Each domain says itself what that is and how it
forgets.

The order is that of forgetting: whoever must still know the address, the name or the account comes
before those that let go of them. None: what is kept stays, and the page that asks for the erasure
says so.
"""

from app.followup.agreements.queries import agreements as agreements_queries
from app.followup.agreements.services import agreements as agreements_services
from app.followup.matrix import queries as matrix_queries
from app.followup.matrix import services as matrix_services
from app.followup.plans import queries as plans_queries
from app.followup.plans import services as plans_services
from app.followup.practices import queries as practices_queries
from app.followup.practices import services as practices_services
from app.followup.review import queries as review_queries
from app.followup.review import services as review_services
from app.office.handover import exports as handover_exports
from app.office.handover.queries import handovers as handover_queries
from app.office.history import queries as history_queries
from app.office.history import services as history_services
from app.office.merging import queries as merging_queries
from app.office.merging import services as merging_services
from app.office.outbox import queries as outbox_queries
from app.office.outbox import services as outbox_services
from app.office.privacy import queries as privacy_queries
from app.office.privacy import services as privacy_services
from app.office.privacy.values import Domain
from app.office.writing import queries as writing_queries
from app.office.writing import services as writing_services
from app.participation.attendance.queries import sheet as attendance_queries
from app.participation.attendance.services import recording as attendance_services
from app.participation.invitations.queries import invitations as invitations_queries
from app.participation.invitations.services import inviting as invitations_services
from app.participation.registrations.queries import registrations as registrations_queries
from app.participation.registrations.services import erasing as registrations_services
from app.participation.speakers import queries as speakers_queries
from app.participation.speakers import services as speakers_services
from app.participation.surveys import queries as surveys_queries
from app.participation.surveys import services as surveys_services
from app.people.access import queries as access_queries
from app.people.access import services as access_services
from app.people.directory.queries import people as directory_queries
from app.people.directory.services import people as directory_services
from app.people.factors import queries as factors_queries
from app.people.factors import services as factors_services
from app.people.identity import queries as identity_queries
from app.people.identity.services import accounts as identity_services
from app.planning.calendars import queries as calendars_queries
from app.planning.calendars import services as calendars_services
from app.planning.scheduling.queries import calendar as scheduling_queries
from app.planning.scheduling.services import claims as scheduling_services
from app.training.certificates.queries.register import personal_data
from app.training.deadlines import queries as deadlines_queries
from app.training.deadlines import services as deadlines_services
from app.training.learning.queries import records as learning_queries
from app.training.learning.services import recording as learning_services
from app.training.packages import queries as packages_queries
from app.training.packages import services as packages_services
from app.training.recognised import queries as recognised_queries
from app.training.recognised import services as recognised_services
from app.training.refreshers import queries as refreshers_queries
from app.training.refreshers import services as refreshers_services

PERSONAL_DATA: tuple[Domain, ...] = (
    Domain(
        "history",
        history_queries.personal_data,
        history_services.erase_person,
        history_services.forget_country,
    ),
    Domain("merging", merging_queries.personal_data, merging_services.erase_person),
    Domain("handover", handover_queries.personal_data, None),
    Domain("journal", handover_exports.personal_data, None),
    Domain("certificates", personal_data, None),
    Domain("recognised", recognised_queries.personal_data, recognised_services.erase_person),
    Domain("deadlines", deadlines_queries.personal_data, None, deadlines_services.forget_country),
    Domain("agreements", agreements_queries.personal_data, agreements_services.erase_person),
    Domain("review", review_queries.personal_data, review_services.erase_person),
    Domain("matrix", matrix_queries.personal_data, matrix_services.erase_person),
    Domain("plans", plans_queries.personal_data, plans_services.erase_person),
    Domain("practices", practices_queries.personal_data, practices_services.erase_person),
    Domain("surveys", surveys_queries.personal_data, surveys_services.erase_person),
    Domain("learning", learning_queries.personal_data, learning_services.erase_person),
    Domain("packages", packages_queries.personal_data, packages_services.erase_person),
    Domain("refreshers", refreshers_queries.personal_data, refreshers_services.erase_person),
    Domain("calendars", calendars_queries.personal_data, calendars_services.erase_person),
    Domain("privacy", privacy_queries.personal_data, privacy_services.erase_person),
    Domain("attendance", attendance_queries.personal_data, attendance_services.erase_person),
    Domain("events", registrations_queries.personal_data, registrations_services.erase_person),
    Domain("invitations", invitations_queries.personal_data, invitations_services.erase_person),
    Domain("speakers", speakers_queries.personal_data, speakers_services.erase_person),
    Domain("writing", writing_queries.personal_data, writing_services.erase_person),
    Domain(
        "notifications",
        outbox_queries.personal_data,
        outbox_services.erase_person,
        outbox_services.forget_country,
    ),
    Domain("scheduling", scheduling_queries.personal_data, scheduling_services.erase_person),
    Domain("access", access_queries.personal_data, access_services.erase_person),
    Domain("directory", directory_queries.personal_data, directory_services.erase_person),
    Domain("factors", factors_queries.personal_data, factors_services.erase_person),
    Domain("identity", identity_queries.personal_data, identity_services.erase_person),
)
