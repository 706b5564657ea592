"""Changes accounts and records, decides requests for access, erases what was asked."""

from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import ANONYMOUS, Actor, Grant
from app.kernel.reference import reference_day
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound, Sentence
from app.kernel.text import N_
from app.people.access import policy, queries, rules
from app.people.access.facts import AccessRequested, AccessRequestSettled
from app.people.access.models import AccessRequest
from app.people.access.queries import addresses_of
from app.people.access.values import (
    AccessWish,
    AccountRow,
    AccountState,
    Corrected,
    Invitee,
    Placement,
    RequestDecision,
    RequestOutcome,
    RoleSpan,
)
from app.people.directory.policy import may_answer_for
from app.people.directory.queries.counts_only import gives_no_names
from app.people.directory.queries.designations import office_holders
from app.people.directory.queries.people import record_of
from app.people.directory.queries.reference import is_country
from app.people.directory.queries.roster import is_address_elsewhere, people_called, person_known_as
from app.people.directory.rules.people import AlreadyServing, NamesakeKnown, require_newcomer, tidy
from app.people.directory.services.people import (
    correct_email,
    correct_record,
    record_person,
    require_email,
    settle_correction,
)
from app.people.directory.services.roster import (
    hold_newcomer,
    require_institution,
    start_appointment,
    start_for_secretariat,
)
from app.people.directory.values import SOMEBODY_ELSE, CorrectionDecision, Newcomer, PersonDraft
from app.people.identity.policy import (
    may_manage,
    may_manage_accounts,
    require_may_grant,
    require_may_manage_accounts,
)
from app.people.identity.queries import account_by_email, is_account_elsewhere, reach_of
from app.people.identity.rules import AddressTaken, normal_email
from app.people.identity.services.accounts import change_address, close_account, reopen_account
from app.people.identity.services.inviting import (
    invite,
    invite_person,
    lock_address,
    resend_invitation,
)
from app.people.identity.services.roles import end_role, grant_role, lock_organizers
from app.people.identity.services.sign_in import request_sign_in_link
from app.people.identity.values import AddressOutcome

# Gives and ends roles, blocks and opens accounts, invites colleagues. At least one organizer
# always remains.

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
    today = reference_day(now)
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
    today = reference_day(now)
    return queries.account_row(db, actor=actor, account_id=account_id, today=today, now=now)


def _require_by_hand(actor: Actor, grant: Grant) -> None:
    if grant.role not in queries.BY_HAND:
        raise InvalidInput({"role": Sentence(FROM_THE_LIST)})
    require_may_grant(actor, grant.role, grant.scope)


def _require_soon(span: RoleSpan, now: datetime) -> None:
    """Refuses a role that begins in the past or more than two years ahead."""
    today = reference_day(now)
    if not today <= span.valid_from <= today + AHEAD:
        said = Sentence(N_("Write a first day from today to two years ahead."))
        raise InvalidInput({"valid_from": said})


# Puts a person's record right in one act: name and post at once, the address with care for the
# account that signs in with it.

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
    if _is_elsewhere(db, email, code):
        raise InvalidInput({"email": Sentence(ELSEWHERE)})


def _is_elsewhere(db: Session, email: str, code: str) -> bool:
    """Returns True where somebody of another country has the address, in the directory or as an
    account.
    """
    return is_address_elsewhere(db, email=email, country_code=code) or is_account_elsewhere(
        db, email=email, country_code=code
    )


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


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Deletes the requests with the person's addresses."""
    db.execute(
        delete(AccessRequest).where(
            func.lower(AccessRequest.email).in_(addresses_of(db, person_id))
        )
    )


# Requests for access: asked by anybody, decided by the country's focal point, or by the
# secretariat where there is none.


def ask_for_access(db: Session, *, wish: AccessWish, now: datetime) -> None:
    """Notes the request. Whoever has an account gets a link to sign in instead, and whoever has
    asked already is not noted twice; the caller says the same to all.
    """
    rules.require_wish(wish)
    if wish.country_code and not is_country(db, wish.country_code):
        raise InvalidInput({"country_code": Sentence(N_("Choose one from the list."))})
    email = normal_email(wish.email)
    lock_address(db, email)
    if account_by_email(db, email) is not None:
        request_sign_in_link(db, email=email, now=now)
        return
    if queries.is_waiting(db, email, now) or queries.has_account(db, email):
        return
    row = AccessRequest(
        full_name=tidy(wish.full_name),
        email=email,
        country_code=wish.country_code or None,
        institution=tidy(wish.institution),
        reason=wish.reason.strip(),
        language=wish.language,
        asked_at=now,
    )
    db.add(row)
    db.flush()
    journal.record(db, AccessRequested(row.id, wish.country_code), actor=ANONYMOUS, now=now)


def accept_request(
    db: Session, *, actor: Actor, request_id: int, placement: Placement | None, now: datetime
) -> RequestOutcome:
    """Makes the person, the appointment and the account, and has the invitation written.

    A placement is needed for who serves in a Member Country. Where the address belongs to somebody
    of another country, nothing is made for a focal point and the secretariat decides who is meant
    (HELD). Raises NamesakeKnown where `placement.same_as` must say who is meant.
    """
    row = _waiting(db, actor, request_id, now)
    today = reference_day(now)
    if row.country_code is None or gives_no_names(db, row.country_code):
        person_id = record_person(
            db,
            full_name=row.full_name,
            email=row.email,
            country_code=row.country_code,
            language=row.language,
            timezone=actor.timezone,
        )
    else:
        if placement is None:
            raise InvalidInput({"institution_id": Sentence(N_("Choose an institution."))})
        newcomer = Newcomer(
            row.full_name,
            row.email,
            placement.institution_id,
            tidy(placement.post_title),
            placement.valid_from,
            placement.same_as,
        )
        require_newcomer(row.full_name, row.email, newcomer.post_title, newcomer.valid_from, today)
        started = _start(db, actor, row.country_code, newcomer, today=today, now=now)
        if started is None:
            _settle(db, row, RequestDecision.HELD, actor=actor, now=now)
            return RequestOutcome(RequestDecision.HELD)
        person_id = started
    is_invited = invite_person(db, actor=actor, person_id=person_id, now=now)
    _settle(db, row, RequestDecision.ACCEPTED, actor=actor, now=now)
    return RequestOutcome(RequestDecision.ACCEPTED, is_invited)


def decline_request(db: Session, *, actor: Actor, request_id: int, now: datetime) -> None:
    _settle(
        db, _waiting(db, actor, request_id, now), RequestDecision.DECLINED, actor=actor, now=now
    )


def expire_requests(db: Session, *, before: datetime, dry_run: bool) -> int:
    """Deletes requests made until an instant, decided or not; returns how many."""
    old = AccessRequest.asked_at <= before
    count = db.scalar(select(func.count(AccessRequest.id)).where(old)) or 0
    if not dry_run:
        db.execute(delete(AccessRequest).where(old))
    return count


def _start(
    db: Session, actor: Actor, code: str, newcomer: Newcomer, *, today: date, now: datetime
) -> int | None:
    """Returns the person's id; None where the secretariat must decide first who is meant.

    Somebody who serves in that very post already goes on there.
    """
    require_institution(db, code, newcomer.institution_id)
    is_focal_point = may_answer_for(actor, code)
    if is_focal_point and _is_elsewhere(db, newcomer.email, code):
        hold_newcomer(db, actor=actor, country_code=code, newcomer=newcomer, today=today, now=now)
        return None
    known = _known(db, code, newcomer)
    try:
        if not is_focal_point:
            return start_for_secretariat(
                db,
                actor=actor,
                country_code=code,
                newcomer=newcomer,
                person_id=known,
                today=today,
                now=now,
            )
        appointment = start_appointment(
            db,
            actor=actor,
            country_code=code,
            newcomer=newcomer,
            today=today,
            now=now,
            keeps_address=known is not None and queries.has_account_of(db, known),
        )
    except AlreadyServing:
        if known is None:
            raise
        return known
    return queries.person_in(db, appointment)


def _known(db: Session, code: str, newcomer: Newcomer) -> int | None:
    known = person_known_as(db, code, newcomer.full_name, newcomer.email)
    if known is not None and newcomer.same_as in (None, known.id):
        return known.id
    people = people_called(db, code, newcomer.full_name)
    if newcomer.same_as is None and people:
        raise NamesakeKnown(newcomer.full_name, people)
    if newcomer.same_as in (None, SOMEBODY_ELSE):
        return None
    if newcomer.same_as not in people:
        raise InvalidInput({"same_as": Sentence(N_("Choose one of the answers."))})
    return newcomer.same_as


def _waiting(db: Session, actor: Actor, request_id: int, now: datetime) -> AccessRequest:
    row = db.get(AccessRequest, request_id, with_for_update=True)
    if row is None or row.decision or row.asked_at <= now - rules.REQUEST_LASTS:
        raise NotFound
    if not policy.may_decide(actor, row.country_code or ""):
        raise NotFound
    return row


def _settle(
    db: Session, row: AccessRequest, decision: RequestDecision, *, actor: Actor, now: datetime
) -> None:
    row.decision = decision
    db.flush()
    fact = AccessRequestSettled(row.id, row.country_code or "", decision)
    journal.record(db, fact, actor=actor, now=now)
