"""What happened to invitations, guests and nominations. Ids only: names and addresses stay in their
tables.
"""

from dataclasses import dataclass

from app.planning.events.facts import EventFact


@dataclass(frozen=True)
class InvitationSent(EventFact):
    """Its letters may go out; again when it is sent again."""

    invitation_id: int


@dataclass(frozen=True)
class InvitationRevoked(EventFact):
    invitation_id: int


@dataclass(frozen=True)
class GuestRegistered(EventFact):
    """A person without an account exists for this event and has asked for a place."""

    person_id: int
    invitation_id: int


@dataclass(frozen=True)
class GuestLinkAsked(EventFact):
    """Somebody typed the address of a person, a guest or not, who is registered already: only her
    mailbox hears it.
    """

    person_id: int


@dataclass(frozen=True)
class NominationMade(EventFact):
    nomination_id: int
    person_id: int
    country_code: str


@dataclass(frozen=True)
class NominationWithdrawn(EventFact):
    nomination_id: int
    person_id: int
    country_code: str
