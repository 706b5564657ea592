"""Gives and ends roles, blocks and opens accounts, invites colleagues. At least one organizer
always remains.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.kernel.actor import Actor, Grant
from app.kernel.reference import REFERENCE
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound, Sentence
from app.kernel.text import N_
from app.people.access import policy, queries
from app.people.access.values import AccountRow, AccountState, Invitee, RoleSpan
from app.people.directory.services.people import record_person
from app.people.identity.policy import (
    require_may_grant,
    require_may_manage_accounts,
)
from app.people.identity.services.accounts import close_account, reopen_account
from app.people.identity.services.inviting import invite, lock_address, resend_invitation
from app.people.identity.services.organizers import lock_organizers
from app.people.identity.services.roles import end_role, grant_role

AHEAD = timedelta(days=731)
FROM_THE_LIST = N_("Choose a role from the list.")


def give_role(
    db: Session, *, actor: Actor, account_id: int, grant: Grant, span: RoleSpan, now: datetime
) -> int:
    """Returns the grant's id. Refuses a role that the actor may not give, and one that follows a
    designation.
    """
    _row(db, actor, account_id, now)
    _require_by_hand(actor, grant)
    _require_soon(span, now)
    return grant_role(
        db,
        actor=actor,
        account_id=account_id,
        role=grant.role,
        scope=grant.scope,
        valid_from=span.valid_from,
        valid_until=span.valid_until,
        now=now,
    )


def take_role(
    db: Session, *, actor: Actor, account_id: int, grant_id: int, span: RoleSpan, now: datetime
) -> None:
    """Ends a role: `span.valid_until` is the first day without it, today at the earliest."""
    lock_organizers(db)
    row = _row(db, actor, account_id, now)
    grant = next((one for one in row.roles if one.id == grant_id and not one.is_over), None)
    if grant is None:
        raise NotFound
    if grant.held.role not in queries.BY_HAND:
        raise NotAllowed
    today = now.astimezone(REFERENCE).date()
    until = span.valid_until
    if until is None or not today <= until <= today + AHEAD:
        said = Sentence(N_("Write the last day with the role: yesterday or later."))
        raise InvalidInput({f"until-{grant_id}": said})
    require_may_grant(actor, grant.held.role, grant.held.scope)
    end_role(db, actor=actor, grant_id=grant_id, valid_until=until, now=now)


def block(db: Session, *, actor: Actor, account_id: int, now: datetime) -> None:
    """Ends the account's sessions and keys at once; nobody signs in with it until it is opened."""
    lock_organizers(db)
    _row(db, actor, account_id, now)
    close_account(db, actor=actor, account_id=account_id, now=now)


def unblock(db: Session, *, actor: Actor, account_id: int, now: datetime) -> None:
    _row(db, actor, account_id, now)
    reopen_account(db, actor=actor, account_id=account_id, now=now)


def invite_colleague(db: Session, *, actor: Actor, invitee: Invitee, now: datetime) -> int:
    """Writes the person down, gives the role and has the invitation written; returns the account's
    id.
    """
    require_may_manage_accounts(actor)
    _require_by_hand(actor, invitee.grant)
    _require_soon(invitee.span, now)
    lock_address(db, invitee.email)
    person_id = record_person(
        db,
        full_name=invitee.full_name,
        email=invitee.email.strip(),
        country_code=invitee.country_code or None,
        language=actor.language,
        timezone=actor.timezone,
    )
    invite(
        db,
        actor=actor,
        person_id=person_id,
        role=invitee.grant.role,
        scope=invitee.grant.scope,
        valid_from=invitee.span.valid_from,
        valid_until=invitee.span.valid_until,
        now=now,
    )
    return queries.account_of_person(db, person_id)


def invite_again(db: Session, *, actor: Actor, account_id: int, now: datetime) -> None:
    """Sends a new letter with a new link. Raises NotFound when no invitation waits."""
    row = _row(db, actor, account_id, now)
    if row.invitation_id is None or row.state not in (AccountState.INVITED, AccountState.LAPSED):
        raise NotFound
    resend_invitation(db, actor=actor, invitation_id=row.invitation_id, now=now)


def _row(db: Session, actor: Actor, account_id: int, now: datetime) -> AccountRow:
    if not policy.may_open(actor):
        raise NotFound
    today = now.astimezone(REFERENCE).date()
    return queries.account_row(db, actor=actor, account_id=account_id, today=today, now=now)


def _require_by_hand(actor: Actor, grant: Grant) -> None:
    if grant.role not in queries.BY_HAND:
        raise InvalidInput({"role": Sentence(FROM_THE_LIST)})
    require_may_grant(actor, grant.role, grant.scope)


def _require_soon(span: RoleSpan, now: datetime) -> None:
    """Refuses a role that begins in the past or more than two years ahead."""
    today = now.astimezone(REFERENCE).date()
    if not today <= span.valid_from <= today + AHEAD:
        said = Sentence(N_("Write a first day from today to two years ahead."))
        raise InvalidInput({"valid_from": said})
