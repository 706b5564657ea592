"""Roles that come with an office: the presidency's for its term, a focal point's for the days of the designation."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import SYSTEM, Actor, Role
from app.kernel.dated import overlap
from app.kernel.numbers import LARGEST_ID
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.kernel.seen import require_as_seen
from app.kernel.text import N_
from app.people.directory.models import Country, Person, PresidencyTerm, WorkingGroup
from app.people.identity import policy, queries
from app.people.identity.facts import PresidencyDesignated, PresidencyTermEnded, RoleEnded
from app.people.identity.models import Account, RoleGrant
from app.people.identity.rules import NoAddress, NotInTerm, TermOver, require_term
from app.people.identity.services.inviting import invite_person
from app.people.identity.services.roles import end_role, grant_role
from app.people.identity.values import FocalSpan

ORGAN = "presidency"


def designate_presidency(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    valid_from: date,
    valid_until: date,
    person_ids: Sequence[int] = (),
    today: date,
    now: datetime,
    seen: str = "",
) -> int:
    """Records that a country presides in [valid_from, valid_until); returns the id of the term.

    Whoever presides until then ends on that day, with its people. The same first day again corrects
    that term, while it has not begun. Refuses, at its field, an end that reaches into the next
    term. `seen` is the mark of the terms before the writer's eyes; refuses ChangedMeanwhile when
    they are others now.
    """
    policy.require_may_manage_accounts(actor)
    _lock(db)
    if db.get(Country, country_code) is None:
        raise InvalidInput({"country": Sentence(N_("Choose a country from the list."))})
    others = list(db.scalars(select(PresidencyTerm).order_by(PresidencyTerm.valid_from)))
    known = next((one for one in others if one.valid_from == valid_from), None)
    standing = queries.terms_held(db)
    if (country_code, valid_from, valid_until) not in standing:
        require_as_seen(seen, standing)
    later = [one.valid_from for one in others if one is not known and one.valid_from > valid_from]
    require_term(valid_from, valid_until, today=today, next_from=min(later, default=None))
    for one in others:
        if one.valid_from < valid_from < one.valid_until:
            one.valid_until = valid_from
            journal.record(
                db, PresidencyTermEnded(one.id, one.country_code, valid_from), actor=actor, now=now
            )
    term = known or PresidencyTerm(
        country_code=country_code, valid_from=valid_from, valid_until=valid_until
    )
    term.country_code, term.valid_until = country_code, valid_until
    db.add(term)
    db.flush()
    _end_others(db, term, actor=actor, now=now)
    fact = PresidencyDesignated(term.id, country_code, valid_from, valid_until)
    journal.record(db, fact, actor=actor, now=now)
    for person_id in person_ids:
        appoint_to_presidency(
            db, actor=actor, term_id=term.id, person_id=person_id, today=today, now=now
        )
    return term.id


def appoint_to_presidency(
    db: Session, *, actor: Actor, term_id: int, person_id: int, today: date, now: datetime
) -> int:
    """Appoints one more person of the presiding country, from the term's first day or, under way,
    from today.

    Makes an account and invites its owner where there is none; refuses, at the field, somebody
    without an address to invite. Returns the id of the grant; a second call changes nothing.
    """
    policy.require_may_manage_accounts(actor)
    term = _open_term(db, term_id, today)
    person = db.get(Person, person_id) if 0 < person_id <= LARGEST_ID else None
    if person is None or person.is_guest or person.country_code != term.country_code:
        raise InvalidInput({"person": Sentence(N_("Choose a person from the list."))})
    account_id = _account_of(
        db,
        actor=actor,
        person_id=person.id,
        role=Role.PRESIDENCY,
        country_code=term.country_code,
        now=now,
    )
    if account_id is None:
        raise NoAddress(name=person.full_name)
    held = [grant for grant in grants_of_term(db, term) if grant.account_id == account_id]
    if held:
        return held[0].id
    return grant_role(
        db,
        actor=actor,
        account_id=account_id,
        role=Role.PRESIDENCY,
        scope=term.country_code,
        valid_from=max(term.valid_from, today),
        valid_until=term.valid_until,
        now=now,
    )


def dismiss_from_presidency(
    db: Session, *, actor: Actor, term_id: int, grant_id: int, today: date, now: datetime
) -> None:
    """Ends the person's role in the presidency today, or before it begins."""
    policy.require_may_manage_accounts(actor)
    term = _open_term(db, term_id, today)
    if grant_id not in {grant.id for grant in grants_of_term(db, term)}:
        raise NotInTerm
    end_role(db, actor=actor, grant_id=grant_id, valid_until=today, now=now)


def grants_of_term(db: Session, term: PresidencyTerm) -> list[RoleGrant]:
    """Returns the roles of the presiding country that share a day with the term."""
    query = select(RoleGrant).where(
        RoleGrant.role == Role.PRESIDENCY.value, RoleGrant.scope == term.country_code
    )
    return [
        grant for grant in db.scalars(query.order_by(RoleGrant.id)) if _shares_a_day(grant, term)
    ]


def _shares_a_day(grant: RoleGrant, term: PresidencyTerm) -> bool:
    return overlap((grant.valid_from, grant.valid_until), (term.valid_from, term.valid_until))


def _lock(db: Session) -> None:
    """Locks the row of the organ, so that of two designations at the same time the second sees the
    first.
    """
    db.scalars(
        select(WorkingGroup).where(WorkingGroup.slug == ORGAN).with_for_update()
    ).one_or_none()


def _open_term(db: Session, term_id: int, today: date) -> PresidencyTerm:
    _lock(db)
    term = db.get(PresidencyTerm, term_id)
    if term is None:
        raise NotFound
    if term.valid_until <= today:
        raise TermOver
    return term


def _end_others(db: Session, term: PresidencyTerm, *, actor: Actor, now: datetime) -> None:
    """Ends the roles of earlier presidencies when the term begins, and those of its own country
    with its end.
    """
    for grant in db.scalars(
        select(RoleGrant).where(RoleGrant.role == Role.PRESIDENCY.value).order_by(RoleGrant.id)
    ):
        if not _shares_a_day(grant, term):
            continue
        is_own = grant.scope == term.country_code and grant.valid_from >= term.valid_from
        until = term.valid_until if is_own else term.valid_from
        if grant.valid_until != until:
            end_role(db, actor=actor, grant_id=grant.id, valid_until=until, now=now)
    db.flush()


def _account_of(
    db: Session, *, actor: Actor, person_id: int, role: Role, country_code: str, now: datetime
) -> int | None:
    """Returns the person's account, or one that is made now with its owner invited to that role;
    None for somebody without an address.
    """
    query = select(Account.id).where(Account.person_id == person_id, Account.active)
    account_id = db.scalar(query)
    if account_id is None and invite_person(
        db, actor=actor, person_id=person_id, role=role, scope=country_code, now=now
    ):
        account_id = db.scalar(query)
    return account_id


# Gives focal points their role for the days of their designation.


def follow_focal_points(db: Session, *, person_id: int, country_code: str, now: datetime) -> None:
    """Brings a person's focal-point roles into line with the designations, and invites whoever has
    no account.

    It reads what is designated now, so facts told twice or in another order give the same result.
    Grants made by hand, beside any designation, stay.
    """
    account_id = _account_of(
        db,
        actor=SYSTEM,
        person_id=person_id,
        role=Role.FOCAL_POINT,
        country_code=country_code,
        now=now,
    )
    if account_id is None:
        return
    held = _focal_grants(db, account_id, country_code)
    for one in queries.focal_spans(db, person_id=person_id, country_code=country_code):
        grant = next((g for g in held if _stands_for(g, one)), None)
        if grant is None and not _is_empty(one):
            grant_role(
                db,
                actor=SYSTEM,
                account_id=account_id,
                role=Role.FOCAL_POINT,
                scope=country_code,
                valid_from=one.valid_from,
                valid_until=one.valid_until,
                now=now,
            )
        elif (
            grant is not None
            and one.valid_until is not None
            and (grant.valid_until or date.max) > one.valid_until
        ):
            grant.valid_until = one.valid_until
            journal.record(
                db, RoleEnded(account_id, grant.id, one.valid_until), actor=SYSTEM, now=now
            )
        db.flush()


def _focal_grants(db: Session, account_id: int, country_code: str) -> list[RoleGrant]:
    query = select(RoleGrant).where(
        RoleGrant.account_id == account_id, RoleGrant.scope == country_code
    )
    return list(
        db.scalars(query.where(RoleGrant.role == Role.FOCAL_POINT.value).order_by(RoleGrant.id))
    )


def _stands_for(grant: RoleGrant, one: FocalSpan) -> bool:
    """Returns True for a grant with the same first day, or whose days include the first day of the
    designation.
    """
    if grant.valid_from == one.valid_from or _is_empty(one):
        return grant.valid_from == one.valid_from
    return grant.valid_from < one.valid_from and (
        grant.valid_until is None or one.valid_from < grant.valid_until
    )


def _is_empty(one: FocalSpan) -> bool:
    """Returns True for a span that ended before it began."""
    return one.valid_until is not None and one.valid_until <= one.valid_from
