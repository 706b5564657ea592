"""Requests for access: asked by anybody, decided by the country's focal point, or by the
secretariat where there is none.
"""

from datetime import date, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import ANONYMOUS, Actor
from app.kernel.reference import REFERENCE
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.kernel.text import N_
from app.people.access import policy, queries, rules
from app.people.access.facts import AccessRequested, AccessRequestSettled
from app.people.access.models import AccessRequest
from app.people.access.values import AccessWish, Placement, RequestDecision, RequestOutcome
from app.people.directory.policy import may_answer_for
from app.people.directory.queries import (
    is_address_elsewhere,
    people_called,
    person_known_as,
)
from app.people.directory.rules.people import AlreadyServing, NamesakeKnown, require_newcomer, tidy
from app.people.directory.services.held import hold_newcomer
from app.people.directory.services.people import record_person
from app.people.directory.services.roster import (
    require_institution,
    start_appointment,
    start_for_secretariat,
)
from app.people.directory.values import SOMEBODY_ELSE, Newcomer
from app.people.identity.queries import account_by_email, is_account_elsewhere
from app.people.identity.rules import normal_email
from app.people.identity.services.inviting import invite_person, lock_address
from app.people.identity.services.sign_in import request_sign_in_link


def ask_for_access(db: Session, *, wish: AccessWish, now: datetime) -> None:
    """Notes the request. Whoever has an account gets a link to sign in instead, and whoever has
    asked already is not noted twice; the caller says the same to all.
    """
    rules.require_wish(wish)
    if wish.country_code and not queries.is_country(db, wish.country_code):
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
    today = now.astimezone(REFERENCE).date()
    if row.country_code is None:
        person_id = record_person(
            db,
            full_name=row.full_name,
            email=row.email,
            country_code=None,
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


def expire_requests(db: Session, *, now: datetime, dry_run: bool) -> int:
    """Deletes requests made more than 30 days ago, decided or not; returns how many."""
    old = AccessRequest.asked_at <= now - rules.REQUEST_LASTS
    found = db.scalar(select(func.count(AccessRequest.id)).where(old)) or 0
    if not dry_run:
        db.execute(delete(AccessRequest).where(old))
    return found


def _start(
    db: Session, actor: Actor, code: str, newcomer: Newcomer, *, today: date, now: datetime
) -> int | None:
    """Returns the person's id; None where the secretariat must decide first who is meant.

    Somebody who serves in that very post already goes on there.
    """
    require_institution(db, code, newcomer.institution_id)
    is_focal_point = may_answer_for(actor, code)
    if is_focal_point and (
        is_address_elsewhere(db, email=newcomer.email, country_code=code)
        or is_account_elsewhere(db, email=newcomer.email, country_code=code)
    ):
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
