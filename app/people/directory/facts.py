"""What happened to the roster. Ids and dates only: names stay in the directory."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from app.kernel.fact import Fact
from app.people.directory.values import EndReason


@dataclass(frozen=True)
class AppointmentFact(Fact):
    subject_kind: ClassVar[str] = "appointment"

    appointment_id: int
    person_id: int
    country_code: str

    @property
    def subject_id(self) -> str:
        return str(self.appointment_id)


@dataclass(frozen=True)
class AppointmentStarted(AppointmentFact):
    valid_from: date


@dataclass(frozen=True)
class AppointmentBrought(AppointmentFact):
    """An appointment of earlier years was brought in from a sheet: nothing new has happened, and
    nobody is told.
    """

    valid_from: date


@dataclass(frozen=True)
class AppointmentConfirmed(AppointmentFact):
    confirmed_on: date


@dataclass(frozen=True)
class AppointmentDoubted(AppointmentFact):
    """A focal point does not know whether the person still serves."""

    doubted_on: date


@dataclass(frozen=True)
class AppointmentReopened(AppointmentFact):
    """An end was a mistake: the person served all the time. `valid_until` is the end that was taken
    back.
    """

    valid_until: date


@dataclass(frozen=True)
class AppointmentEnded(AppointmentFact):
    """`valid_until` is the first day on which the person no longer served in the post."""

    valid_until: date
    reason: EndReason


@dataclass(frozen=True)
class HandoverNoteAsked(AppointmentFact):
    """A letter asks somebody who left for a handover note."""

    asked_on: date


@dataclass(frozen=True)
class HandoverNoteReceived(AppointmentFact):
    """The focal point has the note; `is_received` False takes that back."""

    received_on: date
    is_received: bool


@dataclass(frozen=True)
class ConfirmationRoundFact(Fact):
    """Base: about the round of a country in a quarter, whose first day `quarter` is."""

    subject_kind: ClassVar[str] = "confirmation_round"

    round_id: int
    country_code: str
    quarter: date

    @property
    def subject_id(self) -> str:
        return str(self.round_id)


@dataclass(frozen=True)
class ConfirmationAsked(ConfirmationRoundFact):
    """The focal points were asked who still serves."""


@dataclass(frozen=True)
class ConfirmationReminded(ConfirmationRoundFact):
    pass


@dataclass(frozen=True)
class ConfirmationSilent(ConfirmationRoundFact):
    """The secretariat was told that the country has not answered."""


@dataclass(frozen=True)
class ActingNoted(AppointmentFact):
    """Somebody acts in the post, to a last day where one is known; `is_acting` False: holds it."""

    is_acting: bool
    acting_until: date | None


@dataclass(frozen=True)
class PostFact(Fact):
    """Base: about one post of an institution."""

    subject_kind: ClassVar[str] = "post"

    post_id: int
    institution_id: int
    country_code: str

    @property
    def subject_id(self) -> str:
        return str(self.post_id)


@dataclass(frozen=True)
class PostClosed(PostFact):
    """The post is no longer there from a day on."""

    closed_on: date


@dataclass(frozen=True)
class PostReopened(PostFact):
    """The post is there after all."""


@dataclass(frozen=True)
class CountryFact(Fact):
    """Base: about a country."""

    subject_kind: ClassVar[str] = "country"

    country_code: str

    @property
    def subject_id(self) -> str:
        return self.country_code


@dataclass(frozen=True)
class RosterExported(CountryFact):
    """Somebody took a copy of a country's roster with them."""

    rows: int


@dataclass(frozen=True)
class HeldNewcomerFact(Fact):
    """Base: about a newcomer who waits for the secretariat."""

    subject_kind: ClassVar[str] = "held-newcomer"

    held_id: int
    country_code: str

    @property
    def subject_id(self) -> str:
        return str(self.held_id)


@dataclass(frozen=True)
class NewcomerHeld(HeldNewcomerFact):
    """A focal point wrote somebody down with an address that belongs to somebody of another
    country.
    """


@dataclass(frozen=True)
class NewcomerSettled(HeldNewcomerFact):
    """The secretariat decided; `decision` is accepted or declined."""

    decision: str


@dataclass(frozen=True)
class RecordFact(Fact):
    """Base: about the record of one person; `country_code` is "" for who serves in none."""

    subject_kind: ClassVar[str] = "person"

    person_id: int
    country_code: str

    @property
    def subject_id(self) -> str:
        return str(self.person_id)


@dataclass(frozen=True)
class PersonCorrected(RecordFact):
    """A mistake was put right: `fields` says in what. Both versions stand in the directory."""

    fields: tuple[str, ...]


@dataclass(frozen=True)
class CorrectionAsked(RecordFact):
    """Somebody said that something on their own record is wrong."""

    request_id: int


@dataclass(frozen=True)
class CorrectionSettled(RecordFact):
    """`decision` is corrected or declined."""

    request_id: int
    decision: str


@dataclass(frozen=True)
class PersonTakenBack(RecordFact):
    """Somebody who was written down by mistake was taken out again; nothing hung on the record."""


@dataclass(frozen=True)
class PersonProtected(RecordFact):
    """The name stays inside the country."""


@dataclass(frozen=True)
class PersonNamed(RecordFact):
    """The name is told again as anybody's."""


@dataclass(frozen=True)
class PeopleLookedUp(Fact):
    """Somebody was shown people's names that they had searched for; only people new within 24 hours
    are listed.
    """

    subject_kind: ClassVar[str] = "lookup"

    account_id: int
    person_ids: tuple[int, ...]

    @property
    def subject_id(self) -> str:
        return str(self.account_id)


@dataclass(frozen=True)
class RosterRead(CountryFact):
    """Somebody read a country's roster on screen; once an account within 24 hours."""


@dataclass(frozen=True)
class DesignationFact(Fact):
    """Base: about one designation. `group` is a working group's slug, "" for focal points."""

    designation_id: int
    person_id: int
    country_code: str
    group: str

    @property
    def subject_id(self) -> str:
        return str(self.designation_id)


@dataclass(frozen=True)
class FocalPointDesignated(DesignationFact):
    subject_kind: ClassVar[str] = "focal-point"

    valid_from: date
    valid_until: date | None


@dataclass(frozen=True)
class FocalPointEnded(DesignationFact):
    """`valid_until` is the first day on which the person is not the focal point any more; it may
    lie ahead.
    """

    subject_kind: ClassVar[str] = "focal-point"

    valid_until: date


@dataclass(frozen=True)
class DelegateDesignated(DesignationFact):
    subject_kind: ClassVar[str] = "membership"

    valid_from: date
    valid_until: date | None


@dataclass(frozen=True)
class DelegateEnded(DesignationFact):
    subject_kind: ClassVar[str] = "membership"

    valid_until: date


@dataclass(frozen=True)
class ExportMade(Fact):
    """Somebody took rows out of Convoca. `kind` names the list; `scope` whose it is: a country, an
    event's id or "".
    """

    subject_kind: ClassVar[str] = "export"

    kind: str
    scope: str
    rows: int

    @property
    def subject_id(self) -> str:
        return f"{self.kind}:{self.scope}"


@dataclass(frozen=True)
class SharingChanged(CountryFact):
    """A country changed what partners of other countries read of it in who is who, or what anybody
    else reads of its figures. `mailboxes`: how many addresses of institutions were changed with it.
    """

    shares_delegates: bool
    shares_emails: bool
    mailboxes: int
    shares_figures: str


@dataclass(frozen=True)
class NamesGivenUp(CountryFact):
    """A country gives no names from now on: `people` were erased, and `appointments` taken out."""

    people: int
    appointments: int


@dataclass(frozen=True)
class NamesTakenUp(CountryFact):
    """A country that gave no names keeps its roster here again, which begins empty."""


@dataclass(frozen=True)
class AddressesRead(Fact):
    """Somebody was shown the e-mail addresses of a list of who is who; once an account and list
    within 24 hours. `listed` is the list's name in its address.
    """

    subject_kind: ClassVar[str] = "addressees"

    listed: str
    rows: int

    @property
    def subject_id(self) -> str:
        return self.listed


class ReferenceChange(StrEnum):
    """What an office did to a country or a group of its body."""

    ADDED = "added"
    RENAMED = "renamed"
    LEFT_OUT = "left-out"
    BROUGHT_BACK = "brought-back"


@dataclass(frozen=True)
class ReferenceChanged(Fact):
    """A country (kind "country", by code) or a group (kind "group", by slug) of the body."""

    subject_kind: ClassVar[str] = "reference"

    kind: str
    key: str
    change: ReferenceChange

    @property
    def subject_id(self) -> str:
        return f"{self.kind}:{self.key}"


@dataclass(frozen=True)
class InstitutionFact(Fact):
    """Base: about one institution."""

    subject_kind: ClassVar[str] = "institution"

    institution_id: int
    country_code: str

    @property
    def subject_id(self) -> str:
        return str(self.institution_id)


@dataclass(frozen=True)
class InstitutionAdded(InstitutionFact):
    pass


@dataclass(frozen=True)
class InstitutionChanged(InstitutionFact):
    """Its name or its kind is another."""


@dataclass(frozen=True)
class InstitutionClosed(InstitutionFact):
    """It is offered nowhere any more from `closed_on` on."""

    closed_on: date


@dataclass(frozen=True)
class InstitutionReopened(InstitutionFact):
    pass


@dataclass(frozen=True)
class InstitutionProtected(InstitutionFact):
    """Its country marked it as sensitive; so many names are withheld since."""

    people: int


@dataclass(frozen=True)
class InstitutionNamed(InstitutionFact):
    """It is no longer sensitive; so many names are told again."""

    people: int


@dataclass(frozen=True)
class InstitutionsMerged(InstitutionFact):
    """The posts of `merged_id`, a second record of it, were moved here; that one is closed."""

    merged_id: int
    posts: int
