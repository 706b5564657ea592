"""Terms, offices and the facts of the journal in words."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from babel.lists import format_list

from app.followup.agreements.wording import STATUSES
from app.infra.language import date_text, translate
from app.kernel.actor import Role
from app.kernel.dated import last_day
from app.kernel.text import N_, Language, LocalizedText
from app.office.handover.queries.journal import JournalLine, JournalNames, is_of_person
from app.office.handover.values import Handover, OfficeKind, RoleHeld
from app.office.privacy.wording import PURPOSES
from app.participation.attendance.wording import SOURCES
from app.participation.materials.wording import VISIBILITIES
from app.participation.meetings.wording import NAMES
from app.participation.speakers.wording import STATES
from app.people.directory.rules.people import DELEGATES_OF, FOCAL_POINTS, MECHANISMS_OF
from app.people.identity.wording import ROLE_NAMES
from app.planning.scheduling.wording import OUTCOMES, SEVERITIES, rule_titles
from app.training.certificates.wording import REASONS

# Each fact of the journal as a sentence. What stands between %( ) is taken from the fact, see
# `told`.
#
# The journal holds no names: numbers and codes are looked up when it is read, so that somebody whose
# data were erased has no name here either.

PEOPLE: Mapping[str, str] = {
    "AccessRequested": N_("Someone asked for access (%(country_code)s)."),
    "AccessRequestSettled": N_("A request for access (%(country_code)s): %(decision)s."),
    "InstitutionAdded": N_("%(institution_id)s was added to the institutions of %(country_code)s."),
    "InstitutionChanged": N_("The data of %(institution_id)s, %(country_code)s, were changed."),
    "InstitutionClosed": N_(
        "%(institution_id)s, %(country_code)s, was closed from %(closed_on)s on."
    ),
    "InstitutionNamed": N_(
        "%(institution_id)s, %(country_code)s, is no longer a sensitive unit; names told again: "
        "%(people)s."
    ),
    "InstitutionProtected": N_(
        "%(institution_id)s, %(country_code)s, is a sensitive unit now; names withheld: %(people)s."
    ),
    "InstitutionReopened": N_("%(institution_id)s, %(country_code)s, was opened again."),
    "InstitutionsMerged": N_(
        "Two institutions of %(country_code)s were joined: %(merged_id)s became "
        "%(institution_id)s, with %(posts)s posts."
    ),
    "MailServerChanged": N_("The mail server was changed."),
    "ContactChanged": N_("The address to which people write to the secretariat was changed."),
    "SecretKeyExchanged": N_(
        "The key of the platform was exchanged: %(rows)s sealed texts were sealed anew."
    ),
    "PublicAddressChanged": N_("The public address was changed."),
    "ReferenceChanged": N_("In the list of the body, %(key)s: %(change)s."),
    "FirstWeekPutAside": N_("%(account_id)s put the guide to their first week aside."),
    "SetupStepMarked": N_("Setting up, %(step)s: %(state)s."),
    "AccountClosed": N_("The account of %(account_id)s was closed."),
    "AccountCreated": N_("The account of %(account_id)s was created."),
    "AccountReopened": N_("The account of %(account_id)s was opened again."),
    "OwnerRecorded": N_("The owner of an account said who they are: %(person_id)s."),
    "AccountInvited": N_("%(account_id)s was told by letter how to sign in."),
    "PersonCorrected": N_("The record of %(person_id)s was put right: %(fields)s."),
    "CorrectionAsked": N_("%(person_id)s asked for a correction of their record."),
    "CorrectionSettled": N_("The correction that %(person_id)s asked for: %(decision)s."),
    "PersonNamed": N_("The name of %(person_id)s is no longer withheld."),
    "PersonProtected": N_("The name of %(person_id)s is withheld outside the country."),
    "PersonTakenBack": N_(
        "Somebody written down by mistake in %(country_code)s was taken out again: %(person_id)s."
    ),
    "AddressChangeAsked": N_(
        "Another address was written down for %(account_id)s, to be confirmed there."
    ),
    "AddressChangeRevoked": N_("%(account_id)s stays with the address of before."),
    "AddressChanged": N_("%(account_id)s signs in with another address."),
    "AddressesRead": N_(
        "The addresses of a list of who is who were read: %(listed)s, %(rows)s rows."
    ),
    "InvitationHandedOver": N_(
        "The link of the invitation of %(account_id)s was shown, to be handed over."
    ),
    "ApiTokenIssued": N_("%(account_id)s got an access key for programs."),
    "ApiTokenRevoked": N_("An access key for programs of %(account_id)s was revoked."),
    "AppointmentConfirmed": N_("%(person_id)s was confirmed on the roster of %(country_code)s."),
    "AppointmentDoubted": N_(
        "On %(doubted_on)s it was not known whether %(person_id)s serves in %(country_code)s."
    ),
    "ConfirmationAsked": N_(
        "The focal points of %(country_code)s were asked who still serves, or for their counts, in "
        "the quarter from %(quarter)s."
    ),
    "ConfirmationReminded": N_(
        "The focal points of %(country_code)s were reminded of their answer, in the quarter from "
        "%(quarter)s."
    ),
    "ConfirmationSilent": N_(
        "%(country_code)s had not answered in the quarter from %(quarter)s: the secretariat was "
        "told."
    ),
    "HandoverNoteAsked": N_(
        "On %(asked_on)s a letter asked %(person_id)s, who left a post in %(country_code)s, for a "
        "handover note."
    ),
    "HandoverNoteReceived": N_(
        "The handover note of %(person_id)s, who left a post in %(country_code)s: %(is_received)s."
    ),
    "AppointmentReopened": N_(
        "It was a mistake that %(person_id)s left a post in %(country_code)s with "
        "%(valid_until)s as last day: undone."
    ),
    "AppointmentEnded": N_(
        "%(person_id)s left a post in %(country_code)s; the last day was %(valid_until)s "
        "(%(reason)s)."
    ),
    "ActingNoted": N_("%(person_id)s %(is_acting)s a post in %(country_code)s."),
    "PostClosed": N_(
        "A post of %(institution_id)s in %(country_code)s is no longer there from %(closed_on)s on."
    ),
    "PostReopened": N_("A post of %(institution_id)s in %(country_code)s is there after all."),
    "PostCoursesChanged": N_(
        "Which courses posts of %(institution_id)s in %(country_code)s ask for was changed."
    ),
    "SuccessorsAsked": N_(
        "%(institution_id)s in %(country_code)s was asked by letter who takes over vacant posts: "
        "%(posts)s."
    ),
    "SuccessorsNotAsked": N_(
        "The question to %(institution_id)s in %(country_code)s about vacant posts was taken back "
        "before the letter left."
    ),
    "SuccessorsAnswered": N_(
        "The answer of %(institution_id)s in %(country_code)s about vacant posts has come: "
        "%(is_answered)s."
    ),
    "WebinarAsked": N_("%(country_code)s asked for a webinar on the course “%(course_slug)s”."),
    "WebinarDeclined": N_(
        "The webinar on the course “%(course_slug)s” that %(country_code)s asked for was declined."
    ),
    "AppointmentBrought": N_(
        "%(person_id)s was brought in from a sheet of earlier years, in a post of "
        "%(country_code)s since %(valid_from)s."
    ),
    "AppointmentStarted": N_("%(person_id)s took up a post in %(country_code)s on %(valid_from)s."),
    "ConsentChanged": N_("%(person_id)s on the use of their data (%(purpose)s): %(change)s."),
    "ContactCorrected": N_("The address for letters to %(person_id)s was corrected."),
    "DelegateDesignated": N_(
        "%(person_id)s was designated to represent %(country_code)s in %(group)s from "
        "%(valid_from)s."
    ),
    "DelegateEnded": N_(
        "%(person_id)s ceases to represent %(country_code)s in %(group)s; the last day is "
        "%(valid_until)s."
    ),
    "FeedTokenIssued": N_("%(account_id)s got an address for its own calendar."),
    "FeedTokenRevoked": N_("A calendar address of %(account_id)s was withdrawn."),
    "FeedTokenRotated": N_("The calendar addresses of %(account_id)s were replaced."),
    "FeedTokenUsed": N_("A program (%(client)s) read a personal calendar."),
    "FocalPointDesignated": N_(
        "%(person_id)s was designated focal point of %(country_code)s from %(valid_from)s."
    ),
    "FocalPointEnded": N_(
        "%(person_id)s ceases to be focal point of %(country_code)s; the last day is "
        "%(valid_until)s."
    ),
    "RecordVerified": N_(
        "The record was verified: %(places)s places, of which not as entered: %(findings)s."
    ),
    "HandoverDue": N_("The handover of %(on)s was announced: %(office)s, %(country_code)s."),
    "HandoverNoteWritten": N_(
        "A note for the successor was written: %(office)s, %(country_code)s."
    ),
    "IdentityConfirmed": N_("%(account_id)s confirmed name and country."),
    "IdentityDenialSettled": N_(
        "The secretariat settled that the account of %(account_id)s was made for somebody else."
    ),
    "IdentityDenied": N_(
        "Whoever uses the account of %(account_id)s is not the person written down with its "
        "address."
    ),
    "MailWishesChanged": N_("%(person_id)s chose which letters to get."),
    "PasswordChanged": N_("The password of %(account_id)s was changed."),
    "MergeUndone": N_("The records of %(kept_id)s and %(gone_id)s became two again."),
    "NewcomerHeld": N_(
        "A newcomer of %(country_code)s waits for the secretariat: the address belongs elsewhere."
    ),
    "NewcomerSettled": N_(
        "The secretariat decided on a newcomer of %(country_code)s: %(decision)s."
    ),
    "PeopleMerged": N_(
        "The record of %(gone_id)s was joined to that of %(kept_id)s: %(moved)s rows moved, "
        "%(removed)s left out."
    ),
    "PeopleLookedUp": N_("%(account_id)s looked up %(person_ids)s people by name."),
    "PersonalRecordRead": N_("The personal record of %(person_id)s was opened."),
    "PersonErased": N_("The personal data of one person were erased."),
    "PreferencesChanged": N_("%(account_id)s changed language or time zone."),
    "PresidencyDesignated": N_(
        "%(country_code)s presides from %(valid_from)s; its last day is %(valid_until)s."
    ),
    "PresidencyTermEnded": N_(
        "The presidency of %(country_code)s ends earlier: its last day is %(valid_until)s."
    ),
    "RetentionRun": N_("What no longer needs to be kept was deleted: %(rows)s rows."),
    "RoleEnded": N_("A role of %(account_id)s ends; its last day is %(valid_until)s."),
    "RoleGranted": N_("%(account_id)s got the role %(role)s (%(scope)s) from %(valid_from)s."),
    "NamesGivenUp": N_(
        "%(country_code)s gives no names from now on: %(people)s people were erased, and"
        " %(appointments)s lines of its list taken out."
    ),
    "NamesTakenUp": N_("%(country_code)s keeps its list of people here again, from an empty one."),
    "CountryNoticeWritten": N_(
        "The privacy notice of %(country_code)s has a new wording: %(version)s."
    ),
    "CountsDeclared": N_("%(country_code)s declared its counts."),
    "SharingChanged": N_(
        "%(country_code)s changed what others read of it: people in who is who, and figures "
        "(%(shares_figures)s)."
    ),
    "SecondFactorSetUp": N_("%(account_id)s set up a second step to sign in: %(factor)s."),
    "SecondFactorRemoved": N_("%(account_id)s removed a second step to sign in: %(factor)s."),
    "SecondFactorFailed": N_(
        "After a right password or link, a wrong code was sent for %(account_id)s."
    ),
    "RecoveryCodesMade": N_("%(account_id)s got ten new recovery codes."),
    "RecoveryCodeUsed": N_("A recovery code of %(account_id)s was used; left: %(left)s."),
    "LostFactorsTold": N_(
        "It was told that %(account_id)s lost the second step; another organizer decides."
    ),
    "LostFactorsDeclined": N_(
        "It was not agreed, or taken back, that %(account_id)s lost the second step."
    ),
    "FactorsLost": N_(
        "%(account_id)s lost the second step: its factors, its password and its sessions ended."
    ),
    "FactorReminderSent": N_("%(account_id)s was reminded to set up a second step to sign in."),
    "FactorGraceChanged": N_(
        "%(account_id)s set how many days there are for a second step to sign in: %(days)s."
    ),
    "SignInLinkRequested": N_("A sign-in link was requested for %(account_id)s."),
    "SignedIn": N_("%(account_id)s signed in (%(way)s)."),
    "SignedOut": N_("%(account_id)s signed out."),
    "ProviderLinked": N_("%(account_id)s linked the account to a single sign-on."),
    "ProviderUnlinked": N_("The link of %(account_id)s to a single sign-on was removed."),
    "NewDeviceUsed": N_("%(account_id)s signed in with a device not used before."),
    "SignInsFailed": N_("Wrong passwords for the account of %(account_id)s in an hour: %(tries)s."),
    "UnknownSignInsFailed": N_(
        "Passwords tried in an hour for addresses that have no account: %(tries)s."
    ),
    "VirusesRefused": N_(
        "Files with a virus were refused in an hour: %(files)s. They came from: %(account_id)s."
    ),
    "RequestsRefused": N_(
        "%(account_id)s asked in an hour for what their role does not allow: %(requests)s times."
    ),
    "SessionsEnded": N_("%(account_id)s closed sessions on other devices: %(sessions)s."),
}

EVENTS: Mapping[str, str] = {
    "AgendaChanged": N_("The agenda of %(event_id)s was changed."),
    "AgendaLaidOut": N_(
        "The day plan of the congress %(edition_id)s became sessions of %(event_id)s."
    ),
    "AgendaPrefilled": N_("Priority issues of %(event_id)s became sessions of %(congress_id)s."),
    "AgreementBrought": N_("An agreement of %(event_id)s was brought in from a sheet."),
    "AgreementChanged": N_("Agreement %(agreement_id)s of %(event_id)s was changed."),
    "AgreementRecorded": N_("Agreement %(agreement_id)s of %(event_id)s was recorded."),
    "AgreementReviewed": N_(
        "%(event_id)s reviewed agreement %(agreement_id)s: from “%(previous)s” to “%(status)s”."
    ),
    "ApprovalAsked": N_("The presidency was asked to approve %(event_id)s."),
    "ApprovalLapsed": N_("The presidency did not answer in time about %(event_id)s."),
    "ApprovalWithdrawn": N_("A request to the presidency about %(event_id)s was withdrawn."),
    "AttendanceBrought": N_("%(person_id)s was at %(event_id)s, says a sheet of earlier years."),
    "AttendanceCorrected": N_(
        "Minutes of %(event_id)s were corrected for %(person_ids)s people; the reason "
        "stands with them."
    ),
    "AttendanceRecorded": N_(
        "Attendance of %(event_id)s was recorded for %(person_ids)s people (%(source)s)."
    ),
    "ChecklistItemChanged": N_(
        "%(item_id)s on the checklist of the congress %(edition_id)s: %(change)s."
    ),
    "ClosedWithoutAttendance": N_(
        "%(event_id)s was closed without an attendance list; the reason is on record."
    ),
    "ConsentGiven": N_(
        "%(person_id)s agreed for %(event_id)s to: %(purposes)s (version %(version)s)."
    ),
    "ConsentWithdrawn": N_("%(person_id)s withdrew the consent for %(event_id)s to: %(purposes)s."),
    "EditionChanged": N_("The edition %(edition_id)s of the congress was changed."),
    "EditionCloned": N_(
        "The edition %(edition_id)s of the congress was created from %(cloned_from)s."
    ),
    "EditionCreated": N_("The edition %(edition_id)s of the congress was created."),
    "EditionFundingChanged": N_("The funding of the congress %(edition_id)s was changed."),
    "EventApproved": N_("The presidency approved %(event_id)s."),
    "EventCancelled": N_("%(event_id)s was cancelled."),
    "EventChanged": N_("Texts, people or groups of %(event_id)s were changed."),
    "EventClosed": N_("%(event_id)s was closed."),
    "EventDeleted": N_("The record of %(event_id)s was deleted; nothing depended on it."),
    "EventDuplicated": N_("%(event_id)s was planned like “%(source_id)s”."),
    "EventEnded": N_("%(event_id)s ended."),
    "EventFundingChanged": N_("The funding of %(event_id)s was changed."),
    "EventMoved": N_("%(event_id)s got another time or place."),
    "PastEventRecorded": N_("%(event_id)s was brought in from a sheet of earlier years."),
    "HistorySaveAsked": N_("A sheet of earlier years was handed over to be saved."),
    "CheckFell": N_("The platform found that this is not well: %(check)s."),
    "CheckRecovered": N_("The platform found that this is well again, or off: %(check)s."),
    "BackupAsked": N_("A backup was asked for, or a trial of restoring one."),
    "BackupMade": N_("A backup was made: %(files)s stored files, %(copied)s of them new."),
    "BackupFailed": N_("A backup failed: %(failure)s."),
    "DrillPassed": N_(
        "A backup was restored for trial and works: %(old_minutes)s minutes old, back in "
        "%(took_seconds)s seconds."
    ),
    "DrillFailed": N_("A trial of restoring a backup failed: %(failure)s."),
    "HistoryBrought": N_("A sheet of earlier years was brought in: %(entered)s rows."),
    "HistoryUndone": N_("A sheet of earlier years was undone; %(kept)s records stayed."),
    "EventPlanned": N_("%(event_id)s was planned as a draft."),
    "EventPublished": N_("%(event_id)s was published."),
    "EventReinstated": N_("The cancellation of %(event_id)s was taken back."),
    "EventReopened": N_("%(event_id)s was reopened; the reason is on record."),
    "EventReturned": N_("The presidency returned %(event_id)s; its note is on record."),
    "EventStarted": N_("%(event_id)s began."),
    "FindingRecorded": N_("A finding of the work table “%(work_table_id)s” was recorded."),
    "FindingRemoved": N_("A finding of the work table “%(work_table_id)s” was removed."),
    "FundingSourceAdded": N_("The funding source “%(funding_source_id)s” was added."),
    "GuestLinkAsked": N_("A guest of %(event_id)s asked for the link again."),
    "GuestPlaceTakenOver": N_(
        "%(person_id)s took over the place at %(event_id)s that they had as a guest."
    ),
    "GuestRegistered": N_("%(person_id)s asked for a place at %(event_id)s as a guest."),
    "ImportApplied": N_(
        "A participant report of %(event_id)s was applied: %(changed)s changed, %(kept)s kept."
    ),
    "ImportUploaded": N_("A participant report of %(event_id)s was sent."),
    "MeetingAwaited": N_("The meeting of %(event_id)s, or its report, was asked for again."),
    "MeetingCancelled": N_("The meeting of %(event_id)s in %(provider)s was cancelled."),
    "MeetingCreated": N_("A meeting for %(event_id)s was created in %(provider)s."),
    "MeetingMoved": N_("The meeting of %(event_id)s in %(provider)s was brought up to date."),
    "MeetingReported": N_("The participant report of %(event_id)s arrived by the connection."),
    "InvitationAnswered": N_("%(person_id)s answered %(event_id)s by calendar: %(partstat)s."),
    "InvitationRevoked": N_("An invitation to %(event_id)s was withdrawn."),
    "InvitationSent": N_("An invitation to %(event_id)s was sent."),
    "MaterialAdded": N_("A material of %(event_id)s was added (%(visibility)s)."),
    "MaterialChanged": N_(
        "The details of a material of %(event_id)s were changed (%(visibility)s)."
    ),
    "MaterialWithdrawn": N_("A material of %(event_id)s was withdrawn."),
    "NominationMade": N_("%(country_code)s nominated %(person_id)s for %(event_id)s."),
    "NominationWithdrawn": N_(
        "%(country_code)s withdrew the nomination of %(person_id)s for %(event_id)s."
    ),
    "OriginalDropped": N_(
        "The file of a participant report of %(event_id)s was dropped, because somebody in it was "
        "erased."
    ),
    "PartChanged": N_("%(person_id)s has another part in %(event_id)s."),
    "PartGiven": N_("%(person_id)s was named in the programme of %(event_id)s."),
    "PartTaken": N_("%(person_id)s is no longer named in the programme of %(event_id)s."),
    "PersonCheckedIn": N_("%(person_id)s was checked in at %(event_id)s."),
    "PlaceGiven": N_("%(person_id)s got a place at %(event_id)s."),
    "PlacesChanged": N_("Places and registration of %(event_id)s were changed."),
    "PlanApproved": N_("The annual plan of %(year)s was approved (%(decision_ref)s)."),
    "PlanEntryAdded": N_("“%(entry_id)s” was added to the plan of %(year)s."),
    "PlanEntryChanged": N_("“%(entry_id)s”, an entry of the plan of %(year)s, was changed."),
    "PlanEntryRemoved": N_("An entry was removed from the plan of %(year)s."),
    "PriorityIssueRecorded": N_("A priority issue of %(event_id)s was recorded."),
    "PriorityIssueRemoved": N_("A priority issue of %(event_id)s was removed."),
    "RegistrationCancelled": N_(
        "The registration of %(person_id)s for %(event_id)s was cancelled."
    ),
    "RegistrationDeclined": N_("The registration of %(person_id)s for %(event_id)s was declined."),
    "RegistrationMade": N_("%(person_id)s was registered for %(event_id)s."),
    "RegistrationPending": N_(
        "%(person_id)s asked for a place at %(event_id)s; an organizer decides."
    ),
    "RegistrationRestored": N_("The registration of %(person_id)s for %(event_id)s was put back."),
    "RegistrationWaiting": N_("%(person_id)s waits for a place at %(event_id)s."),
    "SeriesChanged": N_("A series was changed: %(event_ids)s events."),
    "SeriesPlanned": N_("A series of %(event_ids)s events was planned."),
    "SpeakerAnswered": N_("%(person_id)s, a speaker from outside, on %(event_id)s: %(state)s."),
    "SpeakerAsked": N_("%(person_id)s, from outside, was asked to speak at %(event_id)s."),
    "SpeakerProtected": N_("%(person_id)s speaks at %(event_id)s under a chosen name."),
    "SpeakerPutBack": N_("%(person_id)s was put back among the speakers of %(event_id)s."),
    "SpeakerTakenOut": N_("%(person_id)s was taken out of the speakers of %(event_id)s."),
    "StatusProposed": N_("%(country_code)s proposed for agreement %(agreement_id)s: “%(status)s”."),
    "StatusSet": N_("Agreement %(agreement_id)s: from “%(previous)s” to “%(status)s”."),
    "SurveyAnswered": N_("A survey about %(event_id)s was answered."),
    "WorkTableChanged": N_(
        "The work table “%(work_table_id)s” of the congress %(edition_id)s: %(change)s."
    ),
}

PLATFORM: Mapping[str, str] = {
    "AttemptSubmitted": N_("%(person_id)s handed in a quiz."),
    "CalendarAdded": N_("The calendar “%(source_id)s” of %(kind)s was added."),
    "CalendarAwaited": N_("The calendar “%(source_id)s” is to be read at once."),
    "CalendarFailed": N_("The calendar “%(source_id)s” could not be read (%(failures)s times)."),
    "CalendarRefreshed": N_("The calendar “%(source_id)s” was read. Entries: %(entries)s."),
    "CalendarRemoved": N_("A calendar of another body or person was removed."),
    "CertificateCorrected": N_(
        "Certificate %(replaces)s of %(person_id)s was replaced by %(code)s, with the record as it is "
        "now."
    ),
    "CertificateIssued": N_("Certificate %(code)s was issued to %(person_id)s."),
    "CertificateLetterAsked": N_("The letter about certificate %(code)s was sent once more."),
    "CertificateNameErased": N_("The name on certificate %(code)s was taken away."),
    "CertificatePrintAsked": N_("A file of %(pages)s certificates for a printer was asked for."),
    "CertificateTextSet": N_("What certificates of kind “%(kind)s” say was written anew."),
    "CertificateTextReset": N_(
        "Certificates of kind “%(kind)s” say again what they said at first."
    ),
    "CertificateLookSet": N_("Colours and logo of certificates were chosen."),
    "SignatorySet": N_("It was entered who signs certificates from %(valid_from)s on."),
    "SignatoryRemoved": N_("Somebody who signs certificates was taken out."),
    "CertificatesAsked": N_(
        "%(event_id)s: certificates of kind “%(kind)s” were to be issued to all who earned them."
    ),
    "IssuerKeyWithdrawn": N_(
        "A key that signs credentials was withdrawn: nothing that it signed is accepted any more."
    ),
    "TrainingBrought": N_(
        "%(person_id)s brought a certificate of another platform (%(country_code)s)."
    ),
    "TrainingListed": N_(
        "A sheet of earlier years has a certificate of %(person_id)s (%(country_code)s)."
    ),
    "TrainingRecognised": N_(
        "Training that %(person_id)s took elsewhere was recognised (%(country_code)s)."
    ),
    "TrainingDeclined": N_(
        "A certificate of another platform of %(person_id)s was not accepted (%(country_code)s)."
    ),
    "TrainingWithdrawn": N_(
        "%(person_id)s withdrew a certificate of another platform (%(country_code)s)."
    ),
    "TrainingTakenBack": N_(
        "Training that %(person_id)s took elsewhere counts no more (%(country_code)s)."
    ),
    "UploadDropped": N_("The file of a certificate of another platform was dropped."),
    "CertificateRevoked": N_("Certificate %(code)s was revoked. %(reason)s"),
    "ConflictCaseClosed": N_("A clash between two events. %(outcome)s."),
    "ConflictCaseOpened": N_("A clash between two events came up after they had been scheduled."),
    "CourseCompleted": N_("%(person_id)s completed the course."),
    "CourseDraftDiscarded": N_("A draft of the course “%(course_slug)s” was discarded."),
    "CourseDeadlineSet": N_("The course “%(course_slug)s” gives new officials %(days)s days."),
    "CourseDueGiven": N_("%(person_id)s is to finish the course “%(course_slug)s” by %(due_on)s."),
    "CourseDraftPublished": N_("A draft of the course “%(course_slug)s” became edition %(label)s."),
    "CourseDraftStarted": N_("A draft of the course “%(course_slug)s” was started."),
    "CourseReviewOpened": N_("The review of the course “%(course_slug)s” was opened."),
    "CourseReviewSet": N_("The next review of the course “%(course_slug)s” is due on %(due_on)s."),
    "CourseEditionPublished": N_(
        "Edition %(label)s of the course “%(course_slug)s” was published."
    ),
    "PackageAccepted": N_("Version %(number)s of the package “%(package_id)s” was accepted."),
    "PackageWithdrawn": N_("The package “%(package_id)s” was withdrawn."),
    "PackageStarted": N_("%(person_id)s began the package “%(package_id)s”."),
    "PackageCompleted": N_(
        "%(person_id)s completed the package “%(package_id)s”, as it recorded itself."
    ),
    "EnrolmentStarted": N_("%(person_id)s began the course."),
    "OwnLinkGiven": N_("%(person_id)s got a link of their own to the meeting of %(event_id)s."),
    "OwnLinkTaken": N_("The own link of %(person_id)s to the meeting of %(event_id)s ended."),
    "OfficialEnrolled": N_(
        "%(person_id)s was enrolled in the course by the focal point of %(country_code)s."
    ),
    "RenewalOpened": N_("%(person_id)s was enrolled again, before a certificate ends."),
    "ExportMade": N_("A list was downloaded from Convoca: %(kind)s (%(scope)s), %(rows)s rows."),
    "HolidayChanged": N_("The holiday of %(on)s in %(country_code)s: %(change)s."),
    "LicenceChanged": N_(
        "The meeting licence “%(key)s” now carries %(capacity)s meetings at once."
    ),
    "LetterTextChanged": N_("The text of a letter was changed (%(change)s). It leaves: %(kind)s"),
    "LetterWritten": N_(
        "A letter was written to %(people)s people; its text is among the letters sent."
    ),
    "MessageBounced": N_("A letter came back (%(status)s)."),
    "MessageGivenUp": N_("A letter was given up; the reason is kept with it."),
    "MessageQueued": N_("A letter was put into the outbox."),
    "MessageRetried": N_("A letter is to be sent again."),
    "ModuleCompleted": N_("%(person_id)s completed a module of the course."),
    "MeetingsConnected": N_("The meeting program %(provider)s was connected."),
    "MeetingsDisconnected": N_("The connection to the meeting program %(provider)s was removed."),
    "NationalPageChanged": N_("The national page of %(country_code)s: %(change)s."),
    "NationalPageChecked": N_("The national page of %(country_code)s was checked."),
    "PairDeclared": N_("%(first)s and %(second)s never meet at once from now on."),
    "PairWithdrawn": N_("%(first)s and %(second)s may meet at once again."),
    "PracticeAccepted": N_("The good practice “%(practice_id)s” was accepted."),
    "PracticeCompleted": N_("The form of the good practice “%(practice_id)s” was filled in."),
    "PracticeReturned": N_(
        "The good practice “%(practice_id)s” was given back; the note is kept with it."
    ),
    "PracticeSubmitted": N_("%(person_id)s put forward the good practice “%(practice_id)s”."),
    "RefresherPaused": N_("The refreshers of %(person_id)s are paused: three were not answered."),
    "RefresherReady": N_("A refresher for %(person_id)s was made."),
    "RefresherWishChanged": N_("%(person_id)s on refreshers: %(state)s."),
    "RevocationProposed": N_("Somebody proposed to revoke certificate %(code)s. %(reason)s"),
    "RevocationWithdrawn": N_("The proposal for certificate %(code)s was withdrawn."),
    "SuccessorProposed": N_("Somebody proposed to issue another in place of certificate %(code)s."),
    "RosterRead": N_("The roster of %(country_code)s was read."),
    "RosterExported": N_("The roster of %(country_code)s was downloaded: %(rows)s rows."),
    "RuleOverridden": N_(
        "%(event_id)s was kept despite the rule “%(rule)s”; the reason is in the calendar of "
        "record."
    ),
    "RuleSet": N_("The rule “%(rule)s” from %(valid_from)s on: %(severity)s."),
    "SeasonAccepted": N_("The season “%(season_id)s” was accepted: %(planned)s events planned."),
    "SeasonFailed": N_("No plan was found for the season “%(season_id)s”."),
    "SeasonProposed": N_("A plan was proposed for the season “%(season_id)s”."),
    "SeasonRequested": N_("A plan was asked for the season “%(season_id)s”."),
}

FOLLOWUP: Mapping[str, str] = {
    "ActivityPlanned": N_("A webinar was planned of activity %(agreement_id)s of a work plan."),
    "ActivityRemoved": N_("An activity of a work plan was removed."),
    "ActivityWritten": N_("Activity %(agreement_id)s of a work plan was written."),
    "GuidelinesAnswered": N_("The review of the Guidelines got an answer to “%(key)s”."),
    "GuidelinesChallengeAdded": N_("A challenge was added to the review of the Guidelines."),
    "GuidelinesReviewClosed": N_("The review of the Guidelines was closed (%(decision_ref)s)."),
    "GuidelinesReviewDated": N_("The next review of the Guidelines was set for %(due_on)s."),
    "GuidelinesReviewOpened": N_("The review of the Guidelines was opened."),
    "GuidelinesSectionWritten": N_("The text on section %(section_code)s was written down."),
    "MatrixPeriodClosed": N_("A period of the matrix was closed."),
    "MatrixPeriodMoved": N_("A period of the matrix got other days."),
    "MatrixPeriodOpened": N_("A period of the matrix was opened with %(rows)s rows."),
    "MatrixPeriodPublished": N_("A period of the matrix was published: %(rows)s rows."),
    "MatrixRowCameBack": N_("A row of the matrix of %(country_code)s came back answered."),
    "MatrixRowPassed": N_("A row of the matrix of %(country_code)s was passed to a colleague."),
    "MatrixRowReleased": N_("A held row of the matrix of %(country_code)s was released."),
    "MatrixRowRemoved": N_("A row of the matrix of %(country_code)s was removed."),
    "MatrixRowReopened": N_("A sent row of the matrix of %(country_code)s was opened again."),
    "MatrixRowTakenBack": N_("A passed row of the matrix of %(country_code)s was taken back."),
    "MatrixRowWritten": N_("A row of the matrix of %(country_code)s was answered."),
    "MatrixSent": N_("%(country_code)s sent its matrix: %(rows)s rows."),
    "TableMemberAdded": N_("%(institution_id)s sits at the table “%(work_table_id)s” now."),
    "TableMemberChanged": N_(
        "The sector of %(institution_id)s at the table “%(work_table_id)s” was changed."
    ),
    "TableMemberRemoved": N_("%(institution_id)s left the table “%(work_table_id)s”."),
    "WorkPlanOpened": N_("The table “%(work_table_id)s” got an empty work plan."),
    "WorkPlanSentBack": N_("The work plan of the table “%(work_table_id)s” was sent back."),
    "WorkPlanSubmitted": N_("The work plan of the table “%(work_table_id)s” was submitted."),
    "WorkPlanValidated": N_(
        "The work plan of the table “%(work_table_id)s” was validated (%(decision_ref)s)."
    ),
}
SENTENCES: Mapping[str, str] = {**PEOPLE, **EVENTS, **FOLLOWUP, **PLATFORM}
UNKNOWN = N_("%(fact)s (%(subject)s).")


# Entries of the journal in words.

KIND_NAMES = {
    "most": N_("Everything but routine letters"),
    "overrides": N_("Rules and overrides"),
    "attendance": N_("Attendance"),
    "exports": N_("Lists downloaded"),
    "looking": N_("Personal details looked at"),
    "roles": N_("Roles and accounts"),
    "approvals": N_("Approvals"),
    "letters": N_("Letters"),
    "sign-ins": N_("Sign-ins and refusals"),
    "all": N_("Everything"),
}
DAYS = (
    "valid_from",
    "on",
    "confirmed_on",
    "doubted_on",
    "asked_on",
    "quarter",
    "completed_on",
    "closed_on",
    "due_on",
    "since",
)
FIRST_DAY_WITHOUT = "valid_until"
"""Is told as the last day: the day before."""
NO_END = N_("no end")
NOBODY_KNOWN = N_("somebody who is not on record any more")
OF_COUNTRY = N_("somebody of %(country)s")
WHOLE_REGION = N_("the whole region")
NOTHING_KNOWN = N_("something that is not on record any more")
ABOUT_EVENTS = ("event_id", "congress_id")
WORDS: Mapping[str, Mapping[Any, str]] = {
    "is_acting": {True: N_("only acts in"), False: N_("no longer only acts in")},
    "is_answered": {True: N_("it has arrived"), False: N_("it has not arrived after all")},
    "is_received": {True: N_("it has arrived"), False: N_("it has not arrived after all")},
    "status": STATUSES,
    "previous": STATUSES,
    "purposes": PURPOSES,
    "purpose": PURPOSES,
    "source": SOURCES,
    "visibility": VISIBILITIES,
    "provider": NAMES,
    "severity": SEVERITIES,
    "rule": rule_titles(),
    "outcome": OUTCOMES,
    "reason": {
        **REASONS,
        "left": N_("left the institution"),
        "moved": N_("moved to another post"),
        "unknown": N_("reason not known"),
    },
    "change": {
        "added": N_("added"),
        "add": N_("a line added"),
        "changed": N_("changed"),
        "change": N_("a line changed"),
        "removed": N_("removed"),
        "remove": N_("a line removed"),
        "notes": N_("its notes changed"),
        "renamed": N_("renamed"),
        "struck-out": N_("struck out"),
        "left-out": N_("left out"),
        "made-binding": N_("from now on it closes the calendar"),
        "made-advisory": N_("from now on it only warns"),
        "brought-back": N_("brought back"),
        "reset": N_("back to the usual words"),
        "given": N_("consent given"),
        "withdrawn": N_("consent withdrawn"),
    },
    "failure": {
        "database": N_("the database could not be copied"),
        "keys": N_("it could not be opened with the key that is set"),
        "damaged": N_("it is damaged"),
        "none": N_("there is none"),
        "refused": N_("it does not fit this installation"),
        "proof": N_("what was restored does not work"),
        "place": N_("the place for backups could not be written or read"),
    },
    "fields": {"full_name": N_("name"), "email": N_("e-mail address"), "post": N_("post")},
    "decision": {
        "accepted": N_("accepted"),
        "declined": N_("declined"),
        "held": N_("left to the secretariat"),
        "corrected": N_("put right"),
    },
    "state": {
        **STATES,
        "on": N_("wants them"),
        "off": N_("does not want them"),
        "done": N_("done"),
        "skipped": N_("left for later"),
    },
    "step": {"checklist": N_("the list of first steps")},
    "check": {},  # a package above gives the titles
    "factor": {
        "code-app": N_("an application for codes"),
        "passkey": N_("a passkey"),
    },
    "way": {
        "password": N_("with a password"),
        "link": N_("with a link from a letter"),
        "passkey": N_("with a passkey"),
        "demo": N_("as a persona of the demonstration"),
        "provider": N_("with a single sign-on"),
    },
    "partstat": {
        "ACCEPTED": N_("comes"),
        "DECLINED": N_("does not come"),
        "TENTATIVE": N_("perhaps"),
    },
    "office": {
        OfficeKind.PRESIDENCY: N_("presidency"),
        OfficeKind.FOCAL_POINT: N_("focal point"),
    },
    "kind": {
        "process": N_("another process"),
        "person": N_("a person"),
        "journal": N_("journal"),
        "donor-report": N_("report for a donor"),
        "year-report": N_("report of a year"),
        "event-report": N_("report of an event with its small numbers"),
        "country-report": N_("report of a country"),
        "region-report": N_("report of the region"),
        "personal-data": N_("personal data of one person"),
        "registrations": N_("people registered"),
        "agreements": N_("agreements"),
        "matrix": N_("matrix of the region"),
        "attendance": N_("attendance list"),
        "attendance-print": N_("attendance list, printed"),
        "attendance-pdf": N_("attendance list, PDF"),
        "attendance-xlsx": N_("attendance list, spreadsheet"),
        "completion": N_("course"),
        "module": N_("module"),
        "speaker": N_("speaker"),
        "moderator": N_("moderator"),
        "host": N_("organizing country"),
    },
    "scope": KIND_NAMES,
    "shares_figures": {
        "nothing": N_("nothing"),
        "trained": N_("only how many are trained"),
        "all": N_("all"),
    },
}
"""By parameter of facts the words for its values; whatever is missing is looked up or told as it
is.
"""


class _Params(dict[str, Any]):
    """Parameters of a sentence. A parameter that an old entry lacks is shown as missing instead of
    raising.
    """

    def __missing__(self, key: str) -> str:
        return "—"


def told(language: Language, entry: JournalLine, names: JournalNames) -> str:
    """Returns the entry as one sentence; an entry of an unknown fact by the fact's name."""
    msgid = SENTENCES.get(entry.fact)
    if msgid is None:
        return translate(language, UNKNOWN, fact=entry.fact, subject=entry.subject)
    words = translate(language, msgid) % _Params(_params(language, entry.payload, names))
    return words[:1].upper() + words[1:]


def _params(language: Language, payload: Mapping[str, Any], names: JournalNames) -> dict[str, str]:
    return {key: _word(language, key, value, names) for key, value in payload.items()}


def _word(language: Language, key: str, value: Any, names: JournalNames) -> str:
    if isinstance(value, list):
        return _listed(language, key, value, names)
    if value is None or value == "":
        return _nothing(language, key)
    if key in DAYS:
        return _day(language, str(value))
    if key == FIRST_DAY_WITHOUT:
        return _day(language, str(value), before=1)
    if key == "role":
        return translate(language, ROLE_NAMES[Role(value)])
    if key == "listed":
        return _list_of_who_is_who(language, str(value), names)
    return _named(language, key, str(value), names)


def _named(language: Language, key: str, value: str, names: JournalNames) -> str:
    """Returns a name that was looked up, a word for a code, or the value as it is."""
    name = names.known.get((key, value), LocalizedText()).in_(language)
    if is_of_person(key, value):
        country = names.countries.get((key, value))
        somebody = translate(language, OF_COUNTRY, country=country) if country else ""
        return name or somebody or translate(language, NOBODY_KNOWN)
    if key in ABOUT_EVENTS:
        title = translate(language, N_("“%(title)s”"), title=name)
        return title if name else translate(language, "an event")
    if key.endswith("_id"):
        return name or translate(language, NOTHING_KNOWN)
    msgid = WORDS.get(key, {}).get(value) or names.words.get(key, {}).get(value)
    return name or (translate(language, msgid) if msgid else value)


def _listed(language: Language, key: str, values: list[Any], names: JournalNames) -> str:
    """Returns codes as their words; of rows how many there are."""
    if key not in WORDS:
        return str(len(values))
    said = [_named(language, key, str(value), names) for value in values]
    return format_list(said, locale=language) if said else "—"


def _nothing(language: Language, key: str) -> str:
    if key == FIRST_DAY_WITHOUT:
        return translate(language, NO_END)
    return translate(language, WHOLE_REGION) if key == "scope" else "—"


def _list_of_who_is_who(language: Language, listed: str, names: JournalNames) -> str:
    if listed == FOCAL_POINTS:
        return translate(language, "The focal points")
    for prefix, key, msgid in (
        (DELEGATES_OF, "group", N_("The delegates of %(group)s")),
        (MECHANISMS_OF, "country", N_("The mechanisms of %(country)s")),
    ):
        if listed.startswith(prefix):
            code = listed.removeprefix(prefix)
            name = names.known.get(("listed", code))
            return translate(language, msgid, **{key: name.in_(language) if name else code})
    return listed


def _day(language: Language, text: str, *, before: int = 0) -> str:
    try:
        return date_text(language, date.fromisoformat(text[:10]) - timedelta(days=before))
    except ValueError:
        return text


# Terms and roles in words.


def day_text(language: Language, on: date) -> str:
    return date_text(language, on)


def last_day_text(language: Language, until: date | None) -> str:
    """Returns the last day in words: the day before `until`, which is the first day without the
    office.
    """
    return (
        date_text(language, last_day(until))
        if until
        else translate(language, "without an end date")
    )


def title_of(language: Language, handover: Handover) -> str:
    if handover.office is OfficeKind.PRESIDENCY:
        return translate(language, "Handover of the presidency")
    country = handover.outgoing.country.in_(language)
    return translate(language, "Handover of the focal point: %(country)s", country=country)


def role_of(language: Language, held: RoleHeld) -> str:
    name = translate(language, ROLE_NAMES[held.role])
    return f"{name}, {held.scope.in_(language)}" if held.scope else name
