"""What the letter of an invitation says: addressee, event, how to register and who signs on that
day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.infra.orm import in_force
from app.kernel.actor import Actor, Role
from app.kernel.text import LocalizedText
from app.participation.invitations.queries.invitations import (
    InvitationRow,
    event_to_invite_to,
    invitation_of,
)
from app.participation.invitations.rules.keys import Keyring
from app.participation.registrations.models import Invitation
from app.participation.registrations.values import WITH_KEY, Way
from app.people.directory.models import Country, Person, PresidencyTerm
from app.people.identity.models import Account, RoleGrant
from app.planning.arranging.queries.agenda import session_details
from app.planning.events.queries.events import brief_of
from app.planning.events.values import EventDetail, SessionDetail


@dataclass(frozen=True)
class LetterFacts:
    """`path`: the page of this site on which the addressee registers. `presidency` and
    `secretariat`: names, or "" where nobody holds the office that day; `presiding`: the country of
    the presidency.
    """

    event: EventDetail
    invitation: InvitationRow
    sessions: Sequence[SessionDetail]
    languages: tuple[str, ...]
    contact: str
    path: str
    presidency: str
    presiding: LocalizedText
    secretariat: str


def letter_of(
    db: Session, *, actor: Actor, event_id: UUID, invitation_id: int, keys: Keyring, on: date
) -> LetterFacts:
    event = event_to_invite_to(db, actor=actor, event_id=event_id)
    row = invitation_of(db, actor=actor, event_id=event_id, invitation_id=invitation_id, on=on)
    bits = db.scalar(select(Invitation.bits).where(Invitation.id == invitation_id)) or ""
    brief = brief_of(db, event_id=event_id).brief
    presiding = db.scalar(
        select(Country)
        .join(PresidencyTerm, PresidencyTerm.country_code == Country.code)
        .where(in_force(PresidencyTerm, on))
    )
    return LetterFacts(
        event=event,
        invitation=row,
        sessions=session_details(db, event_id=event_id, with_people=False),
        languages=brief.languages,
        contact=brief.contact,
        path=path_of(event_id, row.way, bits, keys),
        presidency=db.scalar(_holder(Role.PRESIDENCY, on)) or "",
        presiding=presiding.name if presiding else LocalizedText(),
        secretariat=db.scalar(_holder(Role.ORGANIZER, on)) or "",
    )


def path_of(event_id: UUID, way: Way, bits: str, keys: Keyring) -> str:
    """Returns the page of the key, the page on which a focal point nominates, or the page of the
    event for people with an account.
    """
    if way in WITH_KEY and bits:
        return f"/invitation/{keys.invitation_key(bits)}"
    return f"/events/{event_id}/nominations" if way is Way.COUNTRY else f"/events/{event_id}"


def _holder(role: Role, on: date) -> Select[str]:
    """Returns the name of the person who has held the office longest, because a letter has one name
    for each office.
    """
    return (
        select(Person.full_name)
        .join(Account, Account.person_id == Person.id)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(RoleGrant.role == role.value, in_force(RoleGrant, on), Account.active)
        .order_by(RoleGrant.valid_from, RoleGrant.id)
        .limit(1)
    )
