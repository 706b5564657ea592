"""Who keeps something of a person, on one page. Each domain says itself what that is and how it
forgets.

The order is that of forgetting: whoever must still know the address, the name or the account comes
before those that let go of them. None: what is kept stays, and the page that asks for the erasure
says so.
"""

from app.followup.agreements.queries import agreements
from app.followup.agreements.services import agreements as services_agreements
from app.followup.matrix import queries as matrix
from app.followup.matrix import services as matrix_services
from app.followup.plans import queries as plans
from app.followup.plans import services as plans_services
from app.followup.practices import queries as practices
from app.followup.practices import services as practices_services
from app.followup.review import queries as review
from app.followup.review import services as review_services
from app.office.handover.queries import handovers
from app.office.merging import queries as merging_queries
from app.office.merging import services as merging_services
from app.office.outbox import queries as outbox_queries
from app.office.outbox import services as outbox_services
from app.office.privacy import queries as privacy_queries
from app.office.privacy import services as privacy_services
from app.office.privacy.values import Domain
from app.office.writing import queries as writing_queries
from app.office.writing import services as writing_services
from app.participation.attendance.queries import sheet
from app.participation.attendance.services import recording as services_recording
from app.participation.invitations.queries import invitations
from app.participation.invitations.services import inviting
from app.participation.registrations.queries import registrations
from app.participation.registrations.services import erasing as events_erasing
from app.participation.speakers import queries as speakers_queries
from app.participation.speakers import services as speakers_services
from app.participation.surveys import queries as surveys
from app.participation.surveys import services as surveys_services
from app.people.access import queries as access
from app.people.access import services as access_services
from app.people.directory.queries import people
from app.people.directory.services import people as services_people
from app.people.identity import queries as identity
from app.people.identity.services import accounts
from app.planning.calendars import queries as calendars
from app.planning.calendars import services as calendars_services
from app.planning.scheduling.queries import calendar
from app.planning.scheduling.services import claims
from app.training.certificates import queries as certificates_queries
from app.training.deadlines import queries as deadlines
from app.training.learning.queries import records
from app.training.learning.services import recording
from app.training.packages import queries, services
from app.training.refreshers import queries as refreshers
from app.training.refreshers import services as refreshers_services

PERSONAL_DATA: tuple[Domain, ...] = (
    Domain("merging", merging_queries.personal_data, merging_services.erase_person),
    Domain("handover", handovers.personal_data, None),
    Domain("certificates", certificates_queries.personal_data, None),
    Domain("deadlines", deadlines.personal_data, None),
    Domain("agreements", agreements.personal_data, services_agreements.erase_person),
    Domain("review", review.personal_data, review_services.erase_person),
    Domain("matrix", matrix.personal_data, matrix_services.erase_person),
    Domain("plans", plans.personal_data, plans_services.erase_person),
    Domain("practices", practices.personal_data, practices_services.erase_person),
    Domain("surveys", surveys.personal_data, surveys_services.erase_person),
    Domain("learning", records.personal_data, recording.erase_person),
    Domain("packages", queries.personal_data, services.erase_person),
    Domain("refreshers", refreshers.personal_data, refreshers_services.erase_person),
    Domain("calendars", calendars.personal_data, calendars_services.erase_person),
    Domain("privacy", privacy_queries.personal_data, privacy_services.erase_person),
    Domain("attendance", sheet.personal_data, services_recording.erase_person),
    Domain("events", registrations.personal_data, events_erasing.erase_person),
    Domain("invitations", invitations.personal_data, inviting.erase_person),
    Domain("speakers", speakers_queries.personal_data, speakers_services.erase_person),
    Domain("writing", writing_queries.personal_data, writing_services.erase_person),
    Domain("notifications", outbox_queries.personal_data, outbox_services.erase_person),
    Domain("scheduling", calendar.personal_data, claims.erase_person),
    Domain("access", access.personal_data, access_services.erase_person),
    Domain("directory", people.personal_data, services_people.erase_person),
    Domain("identity", identity.personal_data, accounts.erase_person),
)
expire_letters = outbox_services.expire_letters
