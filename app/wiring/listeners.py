"""What follows from which fact: the listeners of each, in the order they are told."""

from app.followup.agreements.facts import AgreementBrought, AgreementChanged, AgreementRecorded
from app.followup.matrix import tasks as matrix_tasks
from app.followup.matrix.facts import (
    MatrixPeriodPublished,
    MatrixRowCameBack,
    MatrixRowPassed,
)
from app.followup.plans import tasks as plans_tasks
from app.followup.plans.facts import WorkPlanSentBack, WorkPlanSubmitted, WorkPlanValidated
from app.followup.review.facts import GuidelinesReviewOpened
from app.infra.journal import Handler, Registry
from app.office.backups.facts import BackupAsked
from app.office.backups.tasks import making as backups
from app.office.handover.facts import HandoverDue, RecordVerified
from app.office.history import tasks as history_tasks
from app.office.history.facts import HistorySaveAsked, HistoryUndone
from app.office.notifications.tasks import accounts as account_letters
from app.office.notifications.tasks import agreements as agreement_letters
from app.office.notifications.tasks import events as event_letters
from app.office.notifications.tasks import handover as handover_letters
from app.office.notifications.tasks import inviting as inviting_letters
from app.office.notifications.tasks import matrix as matrix_letters
from app.office.notifications.tasks import participation as participation_letters
from app.office.notifications.tasks import plans as plan_letters
from app.office.notifications.tasks import renewals as renewal_letters
from app.office.notifications.tasks import requests as request_letters
from app.office.notifications.tasks import review as review_letters
from app.office.notifications.tasks import sending
from app.office.notifications.tasks import training as training_letters
from app.office.outbox.facts import MessageQueued
from app.office.privacy import tasks as privacy
from app.office.privacy.facts import PersonErased
from app.office.reports import tasks as reports_tasks
from app.office.search import tasks as search_tasks
from app.office.status import tasks as status_tasks
from app.office.status.facts import CheckFell, CheckRecovered
from app.office.writing import tasks as writing_tasks
from app.office.writing.facts import LetterWritten
from app.participation.attendance import tasks as attendance_tasks
from app.participation.attendance.facts import ImportUploaded, OriginalDropped
from app.participation.invitations import tasks as invitations_tasks
from app.participation.invitations.facts import GuestLinkAsked, InvitationSent, NominationMade
from app.participation.materials import tasks as materials_tasks
from app.participation.materials.facts import MaterialAdded, MaterialChanged, MaterialWithdrawn
from app.participation.meetings import tasks as meetings_tasks
from app.participation.meetings.facts import MeetingAwaited
from app.participation.registrations import tasks as registrations_tasks
from app.participation.registrations.facts import (
    InvitationAnswered,
    PlaceGiven,
    RegistrationCancelled,
    RegistrationDeclined,
    RegistrationMade,
    RegistrationPending,
    RegistrationWaiting,
)
from app.participation.speakers.facts import SpeakerAnswered, SpeakerAsked, SpeakerProtected
from app.people.access.facts import AccessRequested, AccessRequestSettled
from app.people.directory.facts import (
    AppointmentEnded,
    AppointmentReopened,
    AppointmentStarted,
    CorrectionAsked,
    CorrectionSettled,
    DelegateDesignated,
    DelegateEnded,
    FocalPointDesignated,
    FocalPointEnded,
    InstitutionsMerged,
    NamesGivenUp,
    NamesTakenUp,
)
from app.people.factors.facts import (
    FactorReminderSent,
    FactorsLost,
    RecoveryCodeUsed,
    SecondFactorRemoved,
    SecondFactorSetUp,
)
from app.people.identity import tasks as identity_tasks
from app.people.identity.facts import (
    AccountInvited,
    AddressChangeAsked,
    NewDeviceUsed,
    ProviderLinked,
    SignInLinkRequested,
)
from app.planning.arranging import tasks as events_tasks
from app.planning.calendars import tasks as calendars_tasks
from app.planning.calendars.facts import CalendarAdded, CalendarAwaited
from app.planning.cycles.facts import EditionCloned, WorkTableChanged
from app.planning.events.facts import (
    AgendaChanged,
    ApprovalAsked,
    ApprovalLapsed,
    AttendanceRecorded,
    EventApproved,
    EventCancelled,
    EventChanged,
    EventClosed,
    EventDeleted,
    EventDuplicated,
    EventEnded,
    EventMoved,
    EventPlanned,
    EventPublished,
    EventReinstated,
    EventReopened,
    EventReturned,
    PartChanged,
    PartGiven,
    PartTaken,
    PastEventRecorded,
)
from app.planning.scheduling.facts import ConflictCaseOpened
from app.planning.seasons import tasks as seasons_tasks
from app.planning.seasons.facts import SeasonRequested
from app.training.certificates import tasks as certificates_tasks
from app.training.certificates.facts import (
    CertificateCorrected,
    CertificateIssued,
    CertificateLetterAsked,
    CertificateNameErased,
    CertificatePrintAsked,
    CertificateRevoked,
    CertificatesAsked,
)
from app.training.deadlines import tasks as deadlines_tasks
from app.training.learning import tasks as learning_tasks
from app.training.learning.facts import (
    CourseCompleted,
    CourseEditionPublished,
    EnrolmentStarted,
    OfficialEnrolled,
    RenewalOpened,
)
from app.training.national.facts import NationalPageChanged
from app.training.recognised import tasks as recognised_tasks
from app.training.recognised.facts import (
    TrainingBrought,
    TrainingDeclined,
    TrainingRecognised,
    TrainingTakenBack,
    UploadDropped,
)
from app.training.refreshers.facts import RefresherPaused, RefresherReady
from app.training.requests import tasks as requests_tasks
from app.training.requests.facts import SuccessorsAsked, WebinarAsked, WebinarDeclined

FOUND = (Handler("search.on_event_changed", search_tasks.on_event_changed),)
MATERIALS = (Handler("search.on_material_changed", search_tasks.on_material_changed),)
SEATS = (Handler("events.on_office_changed_hands", events_tasks.on_office_changed_hands),)
ANSWERING = (Handler("identity.on_focal_point_changed", identity_tasks.on_focal_point_changed),)
NAMES_CHOSEN = (Handler("privacy.on_names_chosen", privacy.on_names_chosen, inside=False),)
SERVICE = (Handler("events.on_appointment_changed", events_tasks.on_appointment_changed),)
DATED = (Handler("events.on_event_dated", events_tasks.on_event_dated),)
NAMED = (Handler("events.on_people_changed", events_tasks.on_people_changed, can_wait=True),)
AGREED = (
    Handler("notifications.on_agreement_recorded", agreement_letters.on_agreement_recorded),
    Handler("search.on_agreement_changed", search_tasks.on_agreement_changed),
)
FOLLOWED = (Handler("meetings.on_event_changed", meetings_tasks.on_event_changed, inside=False),)
LINKS = (
    Handler(
        "meetings.on_registration_changed", meetings_tasks.on_registration_changed, inside=False
    ),
)
WAITING = (
    Handler("registrations.on_event_changed", registrations_tasks.on_event_changed, at_once=True),
)
TABLES = (Handler("plans.on_tables_changed", plans_tasks.on_tables_changed, at_once=True),)
SETTLED = (Handler("notifications.on_training_settled", training_letters.on_training_settled),)
REPORTED = (Handler("matrix.on_agreed", matrix_tasks.on_agreed),)
FACTORS = (Handler("notifications.on_factor_changed", account_letters.on_factor_changed),)
CHECKS = (Handler("status.on_check_changed", status_tasks.on_check_changed),)
HANDLERS: Registry = {
    WorkTableChanged: TABLES,
    WorkPlanSubmitted: (
        Handler("notifications.on_plan_submitted", plan_letters.on_plan_submitted),
    ),
    WorkPlanSentBack: (Handler("notifications.on_plan_sent_back", plan_letters.on_plan_sent_back),),
    WorkPlanValidated: (
        *REPORTED,
        Handler("notifications.on_plan_validated", plan_letters.on_plan_validated),
        Handler("search.on_plan_validated", search_tasks.on_plan_validated),
    ),
    EditionCloned: TABLES,
    FocalPointDesignated: (
        *SEATS,
        *ANSWERING,
        Handler(
            "invitations.on_focal_point_designated", invitations_tasks.on_focal_point_designated
        ),
    ),
    FocalPointEnded: (*SEATS, *ANSWERING),
    DelegateDesignated: SEATS,
    DelegateEnded: SEATS,
    AppointmentStarted: (
        *SERVICE,
        Handler("deadlines.on_appointment_started", deadlines_tasks.on_appointment_started),
    ),
    AppointmentEnded: SERVICE,
    AppointmentReopened: SERVICE,
    PastEventRecorded: FOUND,
    BackupAsked: (Handler("backups.on_backup_asked", backups.on_backup_asked, inside=False),),
    PersonErased: (Handler("privacy.on_person_erased", privacy.on_person_erased, inside=False),),
    NamesGivenUp: NAMES_CHOSEN,
    NamesTakenUp: NAMES_CHOSEN,
    HistorySaveAsked: (
        Handler("history.on_save_asked", history_tasks.on_save_asked, inside=False),
    ),
    HistoryUndone: (Handler("search.on_rows_taken_out", search_tasks.on_rows_taken_out),),
    EventPlanned: (*DATED, *FOUND),
    EventChanged: (*WAITING, *DATED, *NAMED, *FOUND, *FOLLOWED),
    AgendaChanged: (*NAMED, *FOUND),
    EventPublished: (
        *DATED,
        Handler("invitations.on_event_published", invitations_tasks.on_event_published),
        Handler("notifications.on_webinar_published", request_letters.on_webinar_published),
        *NAMED,
        *FOUND,
        *FOLLOWED,
    ),
    AttendanceRecorded: (
        Handler("learning.on_attendance_recorded", learning_tasks.on_attendance_recorded),
    ),
    EnrolmentStarted: (
        Handler("learning.on_enrolment_started", learning_tasks.on_enrolment_started),
    ),
    CourseCompleted: (
        Handler("certificates.on_course_completed", certificates_tasks.on_course_completed),
    ),
    CalendarAdded: (
        Handler("calendars.on_calendar_awaited", calendars_tasks.on_calendar_awaited, inside=False),
    ),
    CalendarAwaited: (
        Handler("calendars.on_calendar_awaited", calendars_tasks.on_calendar_awaited, inside=False),
    ),
    CertificateIssued: (
        Handler(
            "certificates.on_certificate_issued",
            certificates_tasks.on_certificate_issued,
            inside=False,
        ),
        Handler("notifications.on_certificate_issued", training_letters.on_certificate_issued),
    ),
    CertificatePrintAsked: (
        Handler("certificates.on_print_asked", certificates_tasks.on_print_asked, inside=False),
    ),
    CertificateNameErased: (
        Handler(
            "certificates.on_certificate_name_erased",
            certificates_tasks.on_certificate_name_erased,
            inside=False,
        ),
    ),
    CertificateCorrected: (
        Handler(
            "certificates.on_certificate_issued",
            certificates_tasks.on_certificate_issued,
            inside=False,
        ),
        Handler(
            "notifications.on_certificate_corrected", training_letters.on_certificate_corrected
        ),
    ),
    CertificateLetterAsked: (
        Handler(
            "notifications.on_certificate_letter_asked",
            training_letters.on_certificate_letter_asked,
        ),
    ),
    CertificateRevoked: (
        Handler("notifications.on_certificate_revoked", training_letters.on_certificate_revoked),
    ),
    AgreementBrought: AGREED[1:],
    AgreementRecorded: (*AGREED, *REPORTED),
    AgreementChanged: (*AGREED, *REPORTED),
    MatrixRowPassed: (Handler("notifications.on_row_passed", matrix_letters.on_row_passed),),
    MatrixRowCameBack: (
        Handler("notifications.on_row_came_back", matrix_letters.on_row_came_back),
    ),
    MatrixPeriodPublished: (
        Handler("notifications.on_matrix_published", matrix_letters.on_matrix_published),
    ),
    GuidelinesReviewOpened: (
        Handler("notifications.on_review_opened", review_letters.on_review_opened),
    ),
    ImportUploaded: (
        Handler("attendance.on_import_uploaded", attendance_tasks.on_import_uploaded, inside=False),
    ),
    OriginalDropped: (
        Handler(
            "attendance.on_original_dropped", attendance_tasks.on_original_dropped, inside=False
        ),
    ),
    UploadDropped: (
        Handler("recognised.on_upload_dropped", recognised_tasks.on_upload_dropped, inside=False),
    ),
    TrainingBrought: (
        Handler("notifications.on_training_brought", training_letters.on_training_brought),
    ),
    TrainingRecognised: SETTLED,
    TrainingDeclined: SETTLED,
    TrainingTakenBack: SETTLED,
    InstitutionsMerged: (
        Handler("requests.on_institutions_merged", requests_tasks.on_institutions_merged),
    ),
    SuccessorsAsked: (
        Handler(
            "notifications.on_successors_asked",
            request_letters.on_successors_asked,
            can_wait=True,
        ),
    ),
    WebinarAsked: (Handler("notifications.on_webinar_asked", request_letters.on_webinar_asked),),
    WebinarDeclined: (
        Handler("notifications.on_webinar_declined", request_letters.on_webinar_declined),
    ),
    SeasonRequested: (
        Handler("seasons.on_season_requested", seasons_tasks.on_season_requested, inside=False),
    ),
    RegistrationMade: (
        Handler("notifications.on_registration_made", participation_letters.on_registration_made),
        *LINKS,
    ),
    RegistrationWaiting: (
        Handler(
            "notifications.on_registration_waiting", participation_letters.on_registration_waiting
        ),
    ),
    RegistrationPending: (
        Handler(
            "notifications.on_registration_pending", participation_letters.on_registration_pending
        ),
    ),
    RegistrationDeclined: (
        Handler(
            "notifications.on_registration_declined", participation_letters.on_registration_declined
        ),
    ),
    RegistrationCancelled: (
        Handler(
            "notifications.on_registration_cancelled",
            participation_letters.on_registration_cancelled,
            can_wait=True,
        ),
        *LINKS,
    ),
    PlaceGiven: (
        Handler("notifications.on_place_given", participation_letters.on_place_given),
        *LINKS,
    ),
    ApprovalAsked: (Handler("notifications.on_approval_asked", event_letters.on_approval_asked),),
    EventApproved: (Handler("notifications.on_event_approved", event_letters.on_event_approved),),
    ApprovalLapsed: (
        Handler("notifications.on_approval_lapsed", event_letters.on_approval_lapsed),
    ),
    EventReturned: (Handler("notifications.on_event_returned", event_letters.on_event_returned),),
    EventDuplicated: (
        Handler("materials.on_event_duplicated", materials_tasks.on_event_duplicated),
    ),
    EventEnded: (Handler("notifications.on_event_ended", event_letters.on_event_ended),),
    EventClosed: (
        Handler("reports.on_event_closed", reports_tasks.on_event_closed, inside=False),
        Handler("certificates.on_event_closed", certificates_tasks.on_event_closed),
    ),
    CertificatesAsked: (
        Handler("certificates.on_certificates_asked", certificates_tasks.on_certificates_asked),
    ),
    EventMoved: (
        *WAITING,
        Handler("notifications.on_event_moved", event_letters.on_event_moved, can_wait=True),
        *DATED,
        *NAMED,
        *FOUND,
        *FOLLOWED,
    ),
    PartGiven: (Handler("notifications.on_part_given", participation_letters.on_part_given),),
    PartChanged: (Handler("notifications.on_part_changed", participation_letters.on_part_changed),),
    PartTaken: (Handler("notifications.on_part_taken", participation_letters.on_part_taken),),
    InvitationAnswered: (
        Handler(
            "notifications.on_invitation_answered", participation_letters.on_invitation_answered
        ),
    ),
    EventCancelled: (
        Handler("notifications.on_event_cancelled", event_letters.on_event_cancelled),
        *FOLLOWED,
    ),
    EventReinstated: (
        Handler("notifications.on_event_reinstated", event_letters.on_event_reinstated),
        *FOUND,
        *FOLLOWED,
    ),
    EventReopened: (Handler("reports.on_event_reopened", reports_tasks.on_event_reopened),),
    EventDeleted: FOUND,
    MeetingAwaited: (
        Handler("meetings.on_meeting_awaited", meetings_tasks.on_meeting_awaited, inside=False),
    ),
    InvitationSent: (
        Handler("notifications.on_invitation_sent", inviting_letters.on_invitation_sent),
    ),
    SpeakerAsked: (
        Handler("notifications.on_speaker_asked", participation_letters.on_speaker_asked),
    ),
    SpeakerAnswered: (
        Handler("notifications.on_speaker_answered", participation_letters.on_speaker_answered),
    ),
    SpeakerProtected: (
        Handler(
            "notifications.on_speaker_protected",
            participation_letters.on_speaker_protected,
            at_once=True,
        ),
    ),
    GuestLinkAsked: (
        Handler("notifications.on_guest_link_asked", inviting_letters.on_guest_link_asked),
    ),
    NominationMade: (
        Handler("notifications.on_nomination_made", inviting_letters.on_nomination_made),
    ),
    ConflictCaseOpened: (
        Handler("notifications.on_conflict_case_opened", event_letters.on_conflict_case_opened),
    ),
    AccessRequested: (
        Handler("notifications.on_access_requested", account_letters.on_access_requested),
    ),
    AccessRequestSettled: (
        Handler(
            "notifications.on_access_request_settled", account_letters.on_access_request_settled
        ),
    ),
    AddressChangeAsked: (
        Handler("notifications.on_address_change_asked", account_letters.on_address_change_asked),
    ),
    CorrectionAsked: (
        Handler("notifications.on_correction_asked", account_letters.on_correction_asked),
    ),
    CorrectionSettled: (
        Handler("certificates.on_correction_settled", certificates_tasks.on_correction_settled),
        Handler("notifications.on_correction_settled", account_letters.on_correction_settled),
    ),
    NewDeviceUsed: (
        Handler("notifications.on_new_device_used", account_letters.on_new_device_used),
    ),
    AccountInvited: (
        Handler("notifications.on_account_invited", account_letters.on_account_invited),
    ),
    LetterWritten: (Handler("writing.on_letter_written", writing_tasks.on_letter_written),),
    HandoverDue: (Handler("notifications.on_handover_due", handover_letters.on_handover_due),),
    SecondFactorSetUp: FACTORS,
    SecondFactorRemoved: FACTORS,
    RecoveryCodeUsed: FACTORS,
    ProviderLinked: FACTORS,
    FactorsLost: (Handler("notifications.on_factors_lost", account_letters.on_factors_lost),),
    FactorReminderSent: (
        Handler("notifications.on_factor_reminder_sent", account_letters.on_factor_reminder_sent),
    ),
    CheckFell: CHECKS,
    CheckRecovered: CHECKS,
    RecordVerified: (
        Handler("notifications.on_record_verified", handover_letters.on_record_verified),
    ),
    SignInLinkRequested: (
        Handler(
            "notifications.on_sign_in_link_requested", account_letters.on_sign_in_link_requested
        ),
    ),
    MaterialAdded: MATERIALS,
    MaterialChanged: MATERIALS,
    MaterialWithdrawn: MATERIALS,
    RefresherReady: (
        Handler("notifications.on_refresher_ready", training_letters.on_refresher_ready),
    ),
    RefresherPaused: (
        Handler("notifications.on_refreshers_paused", training_letters.on_refreshers_paused),
    ),
    NationalPageChanged: (
        Handler("search.on_national_page_changed", search_tasks.on_national_page_changed),
    ),
    CourseEditionPublished: (
        Handler("search.on_course_published", search_tasks.on_course_published),
    ),
    OfficialEnrolled: (
        Handler("learning.on_enrolment_started", learning_tasks.on_enrolment_started),
        Handler("notifications.on_official_enrolled", training_letters.on_official_enrolled),
    ),
    RenewalOpened: (
        Handler("learning.on_enrolment_started", learning_tasks.on_enrolment_started),
        Handler("notifications.on_renewal_opened", renewal_letters.on_renewal_opened),
    ),
    MessageQueued: (Handler("notifications.send_message", sending.send_message, inside=False),),
}
