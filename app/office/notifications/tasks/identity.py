"""Letters about accounts that follow from facts."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.infra.journal import JournalEntry
from app.infra.language import date_text
from app.kernel.actor import Role
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.text import languages
from app.office.notifications import queries
from app.office.notifications.tasks.letters import site_address, write
from app.office.notifications.values import NOBODY, Recipient
from app.office.notifications.wording.identity import account_invited
from app.people.identity.queries import account_by_id, invitation_by_id, scope_name_of
from app.people.identity.rules import INVITATION_LASTS, InvitationSettled
from app.people.identity.services import issue_invitation_token


def on_account_invited(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """The token is made here and leaves only by mail: the journal never holds it. None for an
    invitation that was used or withdrawn meanwhile.
    """
    invitation = invitation_by_id(db, entry.payload.get("invitation_id", 0))
    account = account_by_id(db, entry.payload["account_id"])
    if invitation is None or account is None or not account.active:
        return
    to = _recipient(db, account.person_id, account.email)
    try:
        token = issue_invitation_token(db, invitation_id=invitation.id, now=now)
    except InvitationSettled:
        return
    site = site_address()
    role = Role(invitation.role) if invitation.role else None
    letter = account_invited(
        to,
        role=role,
        scope_name=scope_name_of(db, role, invitation.scope) if role else None,
        link=f"{site}/invited/{token}",
        last_day=date_text(
            to.language, (now + INVITATION_LASTS).astimezone(ZoneInfo(to.timezone)).date()
        ),
        sign_in_url=f"{site}/sign-in",
        course_url=f"{site}/courses/guidelines",
    )
    write(db, entry, [(to, letter)], now=now)


def _recipient(db: Session, person_id: int | None, address: str) -> Recipient:
    """The owner of the account at the address that signs in, whatever address the directory has."""
    to = queries.recipient(db, person_id) if person_id else None
    if to is None:
        return Recipient(NOBODY, "", address, languages()[0], REFERENCE_ZONE)
    return replace(to, address=address)
