"""Accounts as the secretariat, or a country's focal point, lists them. Scoped by actor."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from app.infra.journal import JournalEntry
from app.infra.orm import in_force, not_over
from app.kernel.actor import Actor, Grant, Role
from app.kernel.paging import Paging
from app.kernel.reference import reference_day, reference_start
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.people.access import policy, rules
from app.people.access.models import AccessRequest
from app.people.access.values import (
    AccountFilter,
    AccountRow,
    AccountsPage,
    AccountState,
    GrantRow,
    RequestRow,
    RoleChoice,
)
from app.people.directory.models import (
    Appointment,
    Country,
    FocalPoint,
    Institution,
    Person,
    Post,
    WorkingGroup,
)
from app.people.directory.queries.people import corrections_waiting, named_to
from app.people.directory.queries.roster import LONGEST_SEARCH, Namesake, PostHeld
from app.people.directory.rules.people import plain_key
from app.people.identity.facts import AccountFact, SignedIn
from app.people.identity.models import Account, AccountInvitation, RoleGrant
from app.people.identity.policy import may_grant, may_manage_accounts
from app.people.identity.values import SCOPE_BY_COUNTRY, SCOPE_BY_GROUP, HeldRole

PER_PAGE = 25
ERASED = "%@erased.invalid"
BY_HAND = (Role.ORGANIZER, Role.CONVENOR, Role.AUTHOR, Role.OFFICIAL)
"""Roles that are given here, in this order; those of the presidency and of focal points follow
their designation.
"""
SIGNED_IN = exists().where(
    JournalEntry.subject_kind == AccountFact.subject_kind,
    JournalEntry.subject_id == cast(Account.id, String),
    JournalEntry.fact == SignedIn.__name__,
)
LATEST = (
    select(func.max(AccountInvitation.id))
    .where(
        AccountInvitation.account_id == Account.id,
        AccountInvitation.used_at.is_(None),
    )
    .correlate(Account)
    .scalar_subquery()
)
STATE: ColumnElement[Any] = case(
    (Account.active.is_(False), AccountState.BLOCKED.value),
    (SIGNED_IN, AccountState.ACTIVE.value),
    (AccountInvitation.lapses_at <= bindparam("now"), AccountState.LAPSED.value),
    (AccountInvitation.id.is_not(None), AccountState.INVITED.value),
    else_=AccountState.ACTIVE.value,
)
NAME = func.coalesce(Person.own_name, Account.email)


def accounts(
    db: Session, *, actor: Actor, wanted: AccountFilter, today: date, now: datetime, number: int = 1
) -> AccountsPage:
    """Returns the accounts that fit, by name; seven statements however many there are."""
    fits = _fitting(actor, wanted, today)
    counted = _joined(select(func.count(Account.id))).where(*fits)
    total = db.scalar(counted, {"now": now}) or 0
    paging = Paging(total, PER_PAGE, number)
    order = (func.coalesce(Person.own_key, Account.email), Account.id)
    query = _rows().where(*fits).order_by(*order).limit(PER_PAGE).offset(paging.offset)
    return AccountsPage(_read(db, query, today, now), paging)


def account_row(
    db: Session, *, actor: Actor, account_id: int, today: date, now: datetime
) -> AccountRow:
    """Returns one account. Raises NotFound for what the actor may not see."""
    fits = [*_fitting(actor, AccountFilter(), today), Account.id == account_id]
    rows = _read(db, _rows().where(*fits), today, now, past=True)
    if not rows:
        raise NotFound
    return rows[0]


def role_choices(db: Session, *, actor: Actor) -> tuple[RoleChoice, ...]:
    """Returns the roles that the actor may give, in order."""
    countries = db.execute(select(Country.code, Country.name).order_by(Country.code)).all()
    groups = db.execute(
        select(WorkingGroup.slug, WorkingGroup.name).order_by(WorkingGroup.position)
    ).all()
    found: list[RoleChoice] = []
    for role in BY_HAND:
        scopes: Iterable[Any] = [("", None)]
        if role in SCOPE_BY_COUNTRY:
            scopes = countries
        elif role in SCOPE_BY_GROUP:
            scopes = groups
        found += [
            RoleChoice(f"{role.value}:{scope}", Grant(role, scope), name)
            for scope, name in scopes
            if may_grant(actor, role, scope)
        ]
    return tuple(found)


def account_of_person(db: Session, person_id: int) -> int:
    """Returns the number of a person's account; 0 without one."""
    return db.scalar(select(Account.id).where(Account.person_id == person_id)) or 0


def address_of(db: Session, person_id: int) -> str:
    """Returns the address that signs in, else the contact on record; "" without either."""
    query = (
        select(func.coalesce(Account.email, Person.email))
        .select_from(Person)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(Person.id == person_id)
    )
    return db.scalar(query) or ""


def accounts_named(db: Session, ids: Collection[int]) -> dict[int, str]:
    """Returns names of the owners of accounts, by number; their address where there is no person."""
    rows = db.execute(
        select(Account.id, NAME)
        .select_from(Account)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(Account.id.in_(ids))
    )
    return {row[0]: row[1] for row in rows}


def is_waiting(db: Session, email: str, now: datetime) -> bool:
    """Returns True when somebody asked for access with this address and waits."""
    requests = select(AccessRequest.id).where(AccessRequest.email == email, _waits(now))
    return db.scalar(requests.limit(1)) is not None


def has_account(db: Session, email: str) -> bool:
    """Returns True when an account has the address; blocked accounts count."""
    return db.scalar(select(Account.id).where(Account.email == email).limit(1)) is not None


def has_account_of(db: Session, person_id: int | None) -> bool:
    return db.scalar(select(Account.id).where(Account.person_id == person_id)) is not None


def person_in(db: Session, appointment_id: int) -> int:
    return db.get_one(Appointment, appointment_id).person_id


def institutions_in(db: Session, country_code: str) -> tuple[tuple[int, LocalizedText], ...]:
    query = select(Institution.id, Institution.name).where(
        Institution.country_code == country_code, Institution.closed_on.is_(None)
    )
    return tuple((number, name) for number, name in db.execute(query.order_by(Institution.id)))


def namesakes_in(db: Session, people: Collection[int]) -> tuple[Namesake, ...]:
    """Returns who the people are. The caller checks that the actor decides on the request."""
    posts = {
        person_id: PostHeld(place, title, since, until)
        for person_id, place, title, since, until in db.execute(
            select(
                Appointment.person_id,
                Institution.name,
                Post.title,
                Appointment.valid_from,
                Appointment.valid_until,
            )
            .join(Post, Post.id == Appointment.post_id)
            .join(Institution, Institution.id == Post.institution_id)
            .where(Appointment.person_id.in_(people))
            .order_by(Appointment.valid_from, Appointment.id)
        )
    }
    rows = db.scalars(select(Person).where(Person.id.in_(people)).order_by(Person.id))
    return tuple(Namesake(p.id, p.own_name, p.own_email, posts.get(p.id)) for p in rows)


_REQUESTS = (
    select(AccessRequest, Country.name, Country.counts_only_since)
    .outerjoin(Country, Country.code == AccessRequest.country_code)
    .where(
        AccessRequest.decision == "",
        AccessRequest.asked_at > bindparam("since", type_=AccessRequest.asked_at.type),
    )
    .order_by(AccessRequest.asked_at, AccessRequest.id)
)


def requests_waiting(db: Session, *, actor: Actor, now: datetime) -> tuple[RequestRow, ...]:
    """Returns the requests that the actor may decide, the longest waiting first; two statements.

    The secretariat sees all; those of a country with a focal point wait for that person first.
    """
    rows = db.execute(_REQUESTS, {"since": now - rules.REQUEST_LASTS}).all()
    if not rows:
        return ()
    answered = countries_answered_for(db, reference_day(now))
    found = []
    for row, country, counts_only_since in rows:
        code = row.country_code or ""
        ended = actor.ended_on(Role.FOCAL_POINT, code)
        is_later = ended is not None and row.asked_at >= reference_start(ended)
        if policy.may_decide(actor, code) and (not is_later or may_manage_accounts(actor)):
            is_mine = code not in answered or not may_manage_accounts(actor)
            found.append(
                RequestRow(
                    id=row.id,
                    full_name=row.full_name,
                    email=row.email,
                    country_code=code,
                    country=country,
                    institution=row.institution,
                    reason=row.reason,
                    asked_at=row.asked_at,
                    is_mine=is_mine,
                    gets_post=bool(code) and counts_only_since is None,
                )
            )
    return tuple(found)


def count_requests(db: Session, *, actor: Actor, now: datetime) -> int:
    """Returns how many requests wait for the actor and for nobody else first."""
    if not policy.may_open(actor):
        return 0
    return sum(one.is_mine for one in requests_waiting(db, actor=actor, now=now))


def count_corrections(
    db: Session, *, actor: Actor, today: date, answered: Collection[str] | None = None
) -> int:
    """Returns how many requests to correct a record wait for the actor and for nobody else first.

    The secretariat's are those of countries without a focal point, and of no country. `answered`:
    what `countries_answered_for` returns, where the caller knows it.
    """
    if not policy.may_open(actor):
        return 0
    waiting = corrections_waiting(db, actor=actor)
    if not waiting or not may_manage_accounts(actor):
        return len(waiting)
    if answered is None:
        answered = countries_answered_for(db, today)
    return sum(one.country_code not in answered for one in waiting)


def is_settled(db: Session, *, actor: Actor, request_id: int) -> bool:
    """Returns True when a request that the actor may decide has been decided."""
    row = db.get(AccessRequest, request_id)
    return (
        row is not None and bool(row.decision) and policy.may_decide(actor, row.country_code or "")
    )


def request_of(db: Session, request_id: int) -> AccessRequest | None:
    """Returns a request for letters, decided ones too."""
    return db.get(AccessRequest, request_id)


def focal_points_of(db: Session, country_code: str, on: date) -> tuple[int, ...]:
    """Returns the persons who answer for a country's people on a day; nobody for a country that gives
    no names.
    """
    rows = (
        select(FocalPoint.person_id)
        .join(Country, Country.code == FocalPoint.country_code)
        .where(
            FocalPoint.country_code == country_code,
            Country.counts_only_since.is_(None),
            in_force(FocalPoint, on),
        )
    )
    return tuple(db.scalars(rows.order_by(FocalPoint.id)))


def countries_answered_for(db: Session, on: date) -> frozenset[str]:
    """Returns the countries whose focal point decides on their people."""
    rows = (
        select(FocalPoint.country_code)
        .join(Country, Country.code == FocalPoint.country_code)
        .where(in_force(FocalPoint, on), Country.counts_only_since.is_(None))
    )
    return frozenset(db.scalars(rows))


def addresses_of(db: Session, person_id: int) -> tuple[str, ...]:
    """Returns the addresses by which somebody may have asked, in small letters."""
    contact = db.scalar(select(Person.own_email).where(Person.id == person_id)) or ""
    signs_in = db.scalar(select(Account.email).where(Account.person_id == person_id)) or ""
    return tuple({one.lower() for one in (contact, signs_in) if one})


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns what somebody typed who asked for access."""
    rows = select(AccessRequest).where(
        func.lower(AccessRequest.email).in_(addresses_of(db, person_id))
    )
    return {
        "requests": [
            {
                "full_name": row.full_name,
                "email": row.email,
                "country": row.country_code,
                "institution": row.institution,
                "reason": row.reason,
                "asked_at": row.asked_at.isoformat(),
            }
            for row in db.scalars(rows.order_by(AccessRequest.id))
        ]
    }


def _waits(now: datetime) -> ColumnElement[bool]:
    return and_(AccessRequest.decision == "", AccessRequest.asked_at > now - rules.REQUEST_LASTS)


def _rows() -> Select[Any]:
    return _joined(
        select(
            Account.id,
            Account.email,
            NAME.label("name"),
            Country.code,
            Country.name.label("country"),
            STATE.label("state"),
            AccountInvitation.id.label("invitation_id"),
            AccountInvitation.lapses_at,
            Account.person_id,
        )
    )


def _joined(query: Select[Any]) -> Select[Any]:
    return (
        query.select_from(Account)
        .outerjoin(Person, Person.id == Account.person_id)
        .outerjoin(Country, Country.code == Person.country_code)
        .outerjoin(AccountInvitation, AccountInvitation.id == LATEST)
    )


def _fitting(actor: Actor, wanted: AccountFilter, today: date) -> list[ColumnElement[bool]]:
    fits: list[ColumnElement[bool]] = [
        Account.email.not_like(ERASED),
        or_(Person.id.is_(None), named_to(actor)),
    ]
    countries = policy.countries_seen(actor)
    if countries is not None:
        fits.append(Person.country_code.in_(countries))
        ended = {code: actor.ended_on(Role.FOCAL_POINT, code) for code in countries}
        fits += [
            or_(Person.country_code != code, Account.created_at < reference_start(day))
            for code, day in sorted(ended.items())
            if day is not None
        ]
    plain = func.replace(Person.own_key, "~", "")
    shown = "".join(c if c.isprintable() else " " for c in wanted.words[:LONGEST_SEARCH])
    for word in plain_key(shown).split()[:6]:
        fits.append(
            or_(
                plain.contains(word, autoescape=True),
                Account.email.contains(word, autoescape=True),
            )
        )
    if wanted.state in list(AccountState):
        fits.append(STATE.in_([wanted.state]))
    if wanted.role in list(Role):
        held = exists().where(
            RoleGrant.account_id == Account.id,
            RoleGrant.role == wanted.role,
            not_over(RoleGrant, today),
        )
        fits.append(held)
    return fits


def _read(
    db: Session, query: Select[Any], today: date, now: datetime, *, past: bool = False
) -> list[AccountRow]:
    rows = db.execute(query, {"now": now}).all()
    ids = [row.id for row in rows]
    roles, seen = _roles(db, ids, today, past=past), _last_sign_ins(db, ids)
    return [
        AccountRow(
            id=row.id,
            name=row.name,
            email=row.email,
            country_code=row.code or "",
            country=row.country,
            state=AccountState(row.state),
            roles=tuple(roles.get(row.id, ())),
            last_sign_in=seen.get(row.id),
            invitation_id=row.invitation_id,
            lapses_at=row.lapses_at,
            person_id=row.person_id,
        )
        for row in rows
    ]


def _roles(
    db: Session, ids: Collection[int], today: date, *, past: bool
) -> dict[int, list[GrantRow]]:
    query = select(RoleGrant).where(RoleGrant.account_id.in_(ids))
    if not past:
        query = query.where(not_over(RoleGrant, today))
    grants = db.scalars(query.order_by(RoleGrant.valid_from, RoleGrant.id)).all()
    scopes = {g.scope for g in grants if g.scope}
    names = _names(db, scopes) if scopes else {}
    found: dict[int, list[GrantRow]] = {}
    for g in grants:
        if g.valid_until is not None and g.valid_until <= g.valid_from:
            continue  # ended before it began
        role = Role(g.role)
        name = names.get((role in SCOPE_BY_COUNTRY, g.scope))
        held = HeldRole(role, g.scope, name, g.valid_from, g.valid_until)
        is_over = g.valid_until is not None and g.valid_until <= today
        found.setdefault(g.account_id, []).append(GrantRow(g.id, held, is_over))
    return found


def _names(db: Session, scopes: Collection[str]) -> dict[tuple[bool, str], LocalizedText]:
    """Returns the names of countries by (True, code) and of working groups by (False, slug)."""
    countries = db.execute(select(Country.code, Country.name).where(Country.code.in_(scopes)))
    groups = db.execute(
        select(WorkingGroup.slug, WorkingGroup.name).where(WorkingGroup.slug.in_(scopes))
    )
    return {
        **{(True, code): name for code, name in countries},
        **{(False, slug): name for slug, name in groups},
    }


def _last_sign_ins(db: Session, ids: Collection[int]) -> dict[int, datetime]:
    """Returns the last sign-ins from the journal, which keeps them after sessions are deleted."""
    rows = db.execute(
        select(JournalEntry.subject_id, func.max(JournalEntry.at))
        .where(
            JournalEntry.subject_kind == AccountFact.subject_kind,
            JournalEntry.subject_id.in_([str(number) for number in ids]),
            JournalEntry.fact == SignedIn.__name__,
        )
        .group_by(JournalEntry.subject_id)
    )
    return {int(number): at for number, at in rows}
