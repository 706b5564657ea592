"""Puts a person's record right in one act: name and post at once, the address with care for the
account that signs in with it.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.reference import reference_day
from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_
from app.people.access import queries
from app.people.access.values import Corrected
from app.people.directory.queries import is_address_elsewhere
from app.people.directory.queries.correcting import record_of
from app.people.directory.queries.designations import office_holders
from app.people.directory.services.correcting import (
    correct_email,
    correct_record,
    require_email,
    settle_correction,
)
from app.people.directory.values import CorrectionDecision, PersonDraft
from app.people.identity.policy import may_manage, may_manage_accounts
from app.people.identity.queries import is_account_elsewhere, reach_of
from app.people.identity.rules import AddressTaken, normal_email
from app.people.identity.services.addresses import change_address
from app.people.identity.services.inviting import invite_person
from app.people.identity.values import AddressOutcome

FOR_THE_SECRETARIAT = N_(
    "This person has a role or an office: only the secretariat changes the address."
)
ELSEWHERE = N_(
    "This address belongs to somebody of another country. Ask the secretariat to look at it."
)


def correct_person(
    db: Session, *, actor: Actor, person_id: int, draft: PersonDraft, seen: str, now: datetime
) -> Corrected:
    """Puts right what differs, and ends the wish for it if one waits.

    An address that signs in changes once its owner has confirmed it; where nobody ever signed in,
    and for who has no account yet, a letter of invitation goes there at once. Refuses at the fields.
    """
    changed = correct_record(db, actor=actor, person_id=person_id, draft=draft, seen=seen, now=now)
    email = draft.email.strip()
    account = queries.account_of_person(db, person_id)
    outcome = AddressOutcome.SAME
    if normal_email(email) != normal_email(queries.address_of(db, person_id)):
        require_email(email)
        _require_may_change_address(db, actor, person_id, email, now)
        try:
            outcome = _lead_to(db, actor, person_id, account, email, now=now)
        except AddressTaken as refusal:
            raise InvalidInput({"email": refusal.sentence}) from refusal
    if changed or outcome is not AddressOutcome.SAME:
        settle_correction(
            db, actor=actor, person_id=person_id, decision=CorrectionDecision.CORRECTED, now=now
        )
    return Corrected(changed, outcome)


def may_change_address(db: Session, *, actor: Actor, person_id: int, now: datetime) -> bool:
    """Returns True when the actor may change the address by which the person signs in.

    The secretariat may for everybody; a focal point only for officials who hold no office and no
    other role, because whoever redirects the letters of an office takes the office.
    """
    if may_manage_accounts(actor):
        return True
    today = reference_day(now)
    account = queries.account_of_person(db, person_id)
    if account and not may_manage(actor, reach_of(db, account, today)):
        return False
    return not office_holders(db, (person_id,), today)


def _require_may_change_address(
    db: Session, actor: Actor, person_id: int, email: str, now: datetime
) -> None:
    if may_manage_accounts(actor):
        return
    if not may_change_address(db, actor=actor, person_id=person_id, now=now):
        raise InvalidInput({"email": Sentence(FOR_THE_SECRETARIAT)})
    code = record_of(db, actor=actor, person_id=person_id).country_code
    if is_address_elsewhere(db, email=email, country_code=code) or is_account_elsewhere(
        db, email=email, country_code=code
    ):
        raise InvalidInput({"email": Sentence(ELSEWHERE)})


def _lead_to(
    db: Session, actor: Actor, person_id: int, account: int, email: str, *, now: datetime
) -> AddressOutcome:
    if not account:
        correct_email(db, actor=actor, person_id=person_id, email=email, now=now)
        is_invited = invite_person(db, actor=actor, person_id=person_id, now=now)
        return AddressOutcome.INVITED if is_invited else AddressOutcome.UNINVITED
    outcome = change_address(db, actor=actor, account_id=account, email=email, now=now)
    if outcome is AddressOutcome.INVITED:
        correct_email(db, actor=actor, person_id=person_id, email=email, now=now)
    return outcome
