"""Reads of identity. Nobody reads another's account here, except to find out who acts."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.infra.journal import JournalEntry
from app.infra.orm import in_force, not_over
from app.kernel import dated
from app.kernel.actor import Actor, EndedGrant, Grant, Role
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText, as_language
from app.people.directory.models import (
    Appointment,
    Country,
    FocalPoint,
    Institution,
    Person,
    Post,
    PresidencyTerm,
    WorkingGroup,
)
from app.people.identity import policy
from app.people.identity.facts import FeedTokenUsed, SignedIn
from app.people.identity.models import (
    Account,
    AccountInvitation,
    AddressChange,
    ApiToken,
    FeedToken,
    FirstKey,
    KeptForm,
    LinkedSignIn,
    RoleGrant,
    SignIn,
    SignInAttempt,
    SignInLink,
)
from app.people.identity.rules import (
    ADDRESS_KNOWN_FOR,
    TOKEN_LASTS,
    RevokedFeedToken,
    is_session_over,
    normal_email,
    readable_until,
    session_span,
    token_ends_at,
)
from app.people.identity.values import (
    SCOPE_BY_COUNTRY,
    SCOPE_BY_GROUP,
    AccountInvitationRow,
    AccountPage,
    AccountReach,
    Confirmation,
    DeniedAccount,
    DeviceKind,
    FeedAddress,
    FeedKey,
    FocalSpan,
    HeldRole,
    InOffice,
    InvitationStanding,
    LinkStanding,
    LinkState,
    OpenSignIn,
    OwnSession,
    PersonWrittenDown,
    SecurityPage,
    SignInOrigin,
    SignInWay,
    TokenInfo,
    WaitingAddress,
)

ORGANIZERS = (
    select(RoleGrant.id, RoleGrant.account_id)
    .join(Account, Account.id == RoleGrant.account_id)
    .where(
        Account.active,
        RoleGrant.role == Role.ORGANIZER.value,
        RoleGrant.valid_from <= bindparam("today"),
        RoleGrant.valid_until.is_(None),
    )
)
IN_OFFICE = (
    select(RoleGrant.account_id, Person.full_name, RoleGrant.scope)
    .join(Account, Account.id == RoleGrant.account_id)
    .join(Person, Person.id == Account.person_id)
    .where(
        Account.active,
        RoleGrant.role == bindparam("role"),
        in_force(RoleGrant, bindparam("today")),
    )
    .order_by(Person.sort_key, Person.id)
)


def _as_actor(asked: Any) -> Any:
    """Adds what an actor is made of: one row for each role, one without a role for who has none.

    Statements are built here and not in the functions because every request asks who is acting.
    """
    return (
        asked.add_columns(
            Account.id.label("account_id"),
            Account.email,
            Person.id.label("person_id"),
            Person.own_name.label("full_name"),
            Person.language,
            Person.timezone,
            Person.country_code,
            RoleGrant.role,
            RoleGrant.scope,
            RoleGrant.valid_from,
            RoleGrant.valid_until,
            Country.counts_only_since,
        )
        .outerjoin(Person, Person.id == Account.person_id)
        .outerjoin(RoleGrant, RoleGrant.account_id == Account.id)
        .outerjoin(
            Country,
            and_(Country.code == RoleGrant.scope, RoleGrant.role == Role.FOCAL_POINT.value),
        )
        .where(Account.active.is_(True))
    )


ACTOR_OF_ACCOUNT = _as_actor(select().select_from(Account)).where(
    Account.id == bindparam("account_id")
)
ACTOR_OF_BEARER = _as_actor(
    select().select_from(Account).join(ApiToken, ApiToken.account_id == Account.id)
).where(
    ApiToken.token_sha256 == bindparam("token_sha256"),
    ApiToken.revoked_at.is_(None),
    or_(
        ApiToken.expires_at > bindparam("now"),
        and_(ApiToken.expires_at.is_(None), ApiToken.created_at > bindparam("oldest")),
    ),
)
OPEN_SIGN_IN = _as_actor(
    select(
        SignIn.id.label("sign_in_id"),
        SignIn.way,
        SignIn.created_at.label("opened_at"),
        SignIn.seen_at,
        Account.confirmation,
    ).join(Account, Account.id == SignIn.account_id)
).where(
    SignIn.key_sha256 == bindparam("key_sha256"),
    or_(SignIn.ended_at.is_(None), SignIn.ended_at > bindparam("now")),
    SignIn.expires_at > bindparam("now"),
    Account.fs_uniquifier == bindparam("uniquifier"),
)


def digest(secret: str) -> str:
    """Returns what is stored of a secret of 256 random bits. A plain hash is enough for those."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def account_by_email(db: Session, email: str) -> Account | None:
    """Returns the account that may sign in with an address, however it was typed; closed ones are
    left out.
    """
    return db.scalar(
        select(Account).where(Account.email == normal_email(email), Account.active.is_(True))
    )


def has_accounts(db: Session) -> bool:
    """Returns False on an installation that nobody has set up yet."""
    return db.scalar(select(Account.id).limit(1)) is not None


def organizers(db: Session, *, today: date) -> dict[int, int]:
    """Returns who can run the platform for good: roles of organizers that hold today and have no
    end, of accounts that are open; account by grant.
    """
    return {row.id: row.account_id for row in db.execute(ORGANIZERS, {"today": today})}


def is_first_key(db: Session, *, token: str, now: datetime) -> bool:
    """Returns True while the address for the first organizer works."""
    wanted = select(FirstKey.id).where(
        FirstKey.token_sha256 == digest(token),
        FirstKey.used_at.is_(None),
        FirstKey.lapses_at > now,
    )
    return db.scalar(wanted) is not None and not has_accounts(db)


def account_of_uniquifier(db: Session, uniquifier: str) -> int | None:
    """Returns the open account for which a cookie stands."""
    wanted = select(Account.id).where(Account.fs_uniquifier == uniquifier, Account.active.is_(True))
    return db.scalar(wanted)


def account_by_id(db: Session, account_id: int) -> Account | None:
    return db.get(Account, account_id)


def actor_of_account(db: Session, account_id: int, today: date) -> Actor | None:
    """Returns the actor of an account on a day (local date of the secretariat), with the roles that
    hold then. One query.
    """
    return _actor(db.execute(ACTOR_OF_ACCOUNT, {"account_id": account_id}).all(), today)


def open_sign_in(
    db: Session, *, uniquifier: str, key: str, now: datetime, today: date
) -> OpenSignIn | None:
    """Returns the session of a cookie while it is open, with who acts in it. One query."""
    params = {"key_sha256": digest(key), "now": now, "uniquifier": uniquifier}
    rows = db.execute(OPEN_SIGN_IN, params).all()
    actor = _actor(rows, today)
    if actor is None:
        return None
    one = rows[0]
    if is_session_over(session_span(actor), since=one.opened_at, seen_at=one.seen_at, now=now):
        return None
    return OpenSignIn(
        one.sign_in_id,
        actor=actor,
        way=SignInWay(one.way),
        since=one.opened_at,
        seen_at=one.seen_at,
        confirmation=one.confirmation,
    )


def person_written_down(db: Session, *, actor: Actor, today: date) -> PersonWrittenDown:
    """Returns what another person wrote down of the actor, for the actor only."""
    row = db.execute(
        select(Person.own_name, Country.name)
        .outerjoin(Country, Country.code == Person.country_code)
        .where(Person.id == actor.person_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    posts = db.execute(
        select(Institution.name, Post.title)
        .join(Post, Post.institution_id == Institution.id)
        .join(Appointment, Appointment.post_id == Post.id)
        .where(Appointment.person_id == actor.person_id, in_force(Appointment, today))
        .order_by(Appointment.id)
    )
    return PersonWrittenDown(row[0], row[1], tuple((house, title) for house, title in posts))


def denied_accounts(db: Session, *, actor: Actor) -> tuple[DeniedAccount, ...]:
    """Returns the accounts whose first owner said that somebody else is meant; for the secretariat."""
    policy.require_may_manage_accounts(actor)
    rows = db.execute(
        select(Account.id, Account.email, Person.full_name, Country.name)
        .outerjoin(Person, Person.id == Account.person_id)
        .outerjoin(Country, Country.code == Person.country_code)
        .where(Account.confirmation == Confirmation.DENIED)
        .order_by(Account.id)
    )
    return tuple(
        DeniedAccount(number, email, name or "", country) for number, email, name, country in rows
    )


DENIED_ACCOUNTS = select(func.count(Account.id)).where(Account.confirmation == Confirmation.DENIED)
"""How many people said that an account with their address is not theirs."""


def is_account_elsewhere(db: Session, *, email: str, country_code: str) -> bool:
    """Returns whether an account with the address belongs to a person of another country, or of
    none.
    """
    country = (
        select(func.coalesce(Person.country_code, ""))
        .join(Account, Account.person_id == Person.id)
        .where(Account.email == normal_email(email))
    )
    code = db.scalar(country)
    return code is not None and code != country_code


def link_standing(db: Session, *, token: str, now: datetime) -> LinkStanding:
    """Returns what a sign-in link is good for now.

    It names no account: whoever holds the link learns its own history only. The link of a closed
    account is unknown, like one that never was.
    """
    link = db.scalar(
        select(SignInLink)
        .join(Account, Account.id == SignInLink.account_id)
        .where(SignInLink.token_sha256 == digest(token), Account.active.is_(True))
    )
    if link is None:
        return LinkStanding(LinkState.UNKNOWN)
    if link.used_at is not None:
        return LinkStanding(LinkState.USED, link.used_at)
    if link.expires_at <= now:
        return LinkStanding(LinkState.LAPSED, link.expires_at)
    return LinkStanding(LinkState.WORKS)


def invitation_standing(db: Session, *, token: str, now: datetime) -> InvitationStanding:
    """Returns what the link of an invitation is good for now, and for whom; that of a closed
    account is unknown.
    """
    i = AccountInvitation
    row = db.execute(
        select(i, Person.full_name)
        .join(Account, Account.id == i.account_id)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(i.token_sha256 == digest(token), Account.active.is_(True))
    ).one_or_none()
    if row is None:
        return InvitationStanding(LinkState.UNKNOWN)
    invitation, name = row
    if invitation.used_at is not None:
        return InvitationStanding(LinkState.USED, invitation.used_at)
    if invitation.lapses_at is None or invitation.lapses_at <= now:
        return InvitationStanding(LinkState.LAPSED, invitation.lapses_at)
    names = _scope_names(db, {invitation.scope} - {""})
    role = Role(invitation.role) if invitation.role else None
    scope_name = names.get((_kind(role), invitation.scope)) if role else None
    return InvitationStanding(LinkState.WORKS, invitation.lapses_at, name or "", role, scope_name)


def invitations_of(
    db: Session, *, actor: Actor, account_ids: Collection[int] | None = None
) -> tuple[AccountInvitationRow, ...]:
    """Returns invitations to sign in, the latest first; for the secretariat. `account_ids`: of
    those accounts only.
    """
    policy.require_may_manage_accounts(actor)
    i = AccountInvitation
    wanted = (
        select(i, Account.email, Account.person_id, Person.full_name)
        .join(Account, Account.id == i.account_id)
        .outerjoin(Person, Person.id == Account.person_id)
        .order_by(i.id.desc())
    )
    if account_ids is not None:
        wanted = wanted.where(i.account_id.in_(account_ids))
    return tuple(
        AccountInvitationRow(
            id=row.id,
            account_id=row.account_id,
            person_id=person_id,
            name=name or "",
            email=email,
            role=Role(row.role) if row.role else None,
            scope=row.scope,
            sent_at=row.sent_at,
            lapses_at=row.lapses_at,
            used_at=row.used_at,
        )
        for row, email, person_id, name in db.execute(wanted)
    )


def invitation_by_id(db: Session, invitation_id: int) -> AccountInvitation | None:
    return db.get(AccountInvitation, invitation_id)


def has_signed_in(db: Session, account_id: int) -> bool:
    """Returns True when the owner ever signed in; the journal keeps it after sessions are deleted."""
    entries = select(JournalEntry.id).where(
        JournalEntry.subject_kind == SignedIn.subject_kind,
        JournalEntry.subject_id == str(account_id),
        JournalEntry.fact == SignedIn.__name__,
    )
    opened = select(SignIn.id).where(SignIn.account_id == account_id)
    return db.scalar(entries.limit(1)) is not None or db.scalar(opened.limit(1)) is not None


def address_change_by_id(db: Session, change_id: int) -> AddressChange | None:
    """Returns the change of address with that number, for the letter about it; None when there is
    none.
    """
    return db.get(AddressChange, change_id)


def address_change_standing(db: Session, *, token: str, now: datetime) -> WaitingAddress:
    """Returns what the link that confirms an address is good for now, and for whom it is."""
    c = AddressChange
    row = db.execute(
        select(c, Person.full_name)
        .join(Account, Account.id == c.account_id)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(c.token_sha256 == digest(token), Account.active.is_(True))
    ).one_or_none()
    if row is None or row[0].revoked_at is not None:
        return WaitingAddress("", LinkState.UNKNOWN, now)
    change, name = row
    if change.used_at is not None:
        return WaitingAddress("", LinkState.USED, change.used_at)
    if change.lapses_at <= now:
        return WaitingAddress("", LinkState.LAPSED, change.lapses_at)
    return WaitingAddress(change.email, LinkState.WORKS, change.lapses_at, name or "")


def waiting_address(db: Session, *, account_id: int, now: datetime) -> WaitingAddress | None:
    """Returns the address that waits for the owner of an account to confirm it; None without one."""
    row = db.scalar(
        select(AddressChange).where(
            AddressChange.account_id == account_id,
            AddressChange.used_at.is_(None),
            AddressChange.revoked_at.is_(None),
            AddressChange.lapses_at > now,
        )
    )
    return None if row is None else WaitingAddress(row.email, LinkState.WORKS, row.lapses_at)


def scope_name_of(db: Session, role: Role, scope: str) -> LocalizedText | None:
    """Returns the name of the country or working group that a role is for, None without one."""
    return _scope_names(db, {scope} - {""}).get((_kind(role), scope))


def focal_spans(db: Session, *, person_id: int, country_code: str) -> tuple[FocalSpan, ...]:
    """Returns the days on which a person is designated focal point of a country, in order."""
    wanted = select(FocalPoint.valid_from, FocalPoint.valid_until).where(
        FocalPoint.person_id == person_id, FocalPoint.country_code == country_code
    )
    rows = db.execute(wanted.order_by(FocalPoint.valid_from, FocalPoint.id))
    return tuple(FocalSpan(first, until) for first, until in rows)


def invitable_person(db: Session, person_id: int) -> Person | None:
    """Returns the person; None for a guest of one event and when there is nobody."""
    person = db.get(Person, person_id)
    return None if person is None or person.is_guest else person


def kept_form_of(db: Session, *, key: str, account_id: int, now: datetime) -> KeptForm | None:
    """Returns what an account had typed, until it lapses; another account's is not found."""
    query = select(KeptForm).where(
        KeptForm.key == key, KeptForm.account_id == account_id, KeptForm.expires_at > now
    )
    return db.scalar(query)


def latest_kept_form(db: Session, *, account_id: int, now: datetime) -> KeptForm | None:
    query = select(KeptForm).where(KeptForm.account_id == account_id, KeptForm.expires_at > now)
    return db.scalar(query.order_by(KeptForm.kept_at.desc()).limit(1))


def is_known_address(db: Session, *, source: str, now: datetime) -> bool:
    """Returns True when somebody signed in from that network address lately."""
    tries = select(SignInAttempt.id).where(
        SignInAttempt.key == f"known-address:{source}", SignInAttempt.at > now - ADDRESS_KNOWN_FOR
    )
    return db.scalar(tries.limit(1)) is not None


def actor_of_bearer(db: Session, token: str, *, now: datetime, today: date) -> Actor | None:
    """Returns the actor of a token of the API while the token works. One query."""
    params = {"token_sha256": digest(token), "now": now, "oldest": now - TOKEN_LASTS}
    return _actor(db.execute(ACTOR_OF_BEARER, params).all(), today)


def feed_key(db: Session, token: str) -> FeedKey:
    """Returns the key behind a calendar address. `NotFound` when it never was one,
    `FeedTokenRevoked` when it was.

    Looked up by its hash: how long that takes tells nothing of a token.
    """
    row = db.execute(
        select(FeedToken.id, FeedToken.account_id, FeedToken.revoked_at, Account.active)
        .join(Account, Account.id == FeedToken.account_id)
        .where(FeedToken.token_sha256 == digest(token))
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.revoked_at is not None or not row.active:
        raise RevokedFeedToken
    return FeedKey(row.id, row.account_id)


def is_feed_use_told(db: Session, *, key: FeedKey, client: str, now: datetime) -> bool:
    """Returns True when the journal already has this day (UTC) for that key and kind of program."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    told = db.scalars(
        _uses(JournalEntry.payload, [key.token_id]).where(JournalEntry.at >= midnight)
    )
    return any(payload["client"] == client for payload in told)


def feed_addresses(db: Session, *, actor: Actor) -> tuple[FeedAddress, ...]:
    """Returns the actor's own addresses that work, with the day and the program of their last use.
    Two queries.
    """
    tokens = select(FeedToken).where(
        FeedToken.account_id == actor.account_id, FeedToken.revoked_at.is_(None)
    )
    found = list(db.scalars(tokens.order_by(FeedToken.id)))
    latest = _uses(func.max(JournalEntry.id), [token.id for token in found]).group_by(
        JournalEntry.subject_id
    )
    entries = db.scalars(select(JournalEntry).where(JournalEntry.id.in_(latest)))
    uses = {entry.subject_id: (entry.at, entry.payload["client"]) for entry in entries}
    return tuple(FeedAddress(token.created_at, *uses.get(str(token.id), ())) for token in found)


def _uses(column: Any, token_ids: Iterable[int]) -> Select[Any]:
    return select(column).where(
        JournalEntry.subject_kind == FeedTokenUsed.subject_kind,
        JournalEntry.fact == FeedTokenUsed.__name__,
        JournalEntry.subject_id.in_([str(token_id) for token_id in token_ids]),
    )


def account_page(db: Session, *, actor: Actor, today: date) -> AccountPage:
    """Returns the actor's own account, with the roles that hold now or will."""
    account = db.get_one(Account, actor.account_id)
    country = db.get(Country, actor.country) if actor.country else None
    tokens = db.scalars(
        select(ApiToken)
        .where(ApiToken.account_id == account.id, ApiToken.revoked_at.is_(None))
        .order_by(ApiToken.id)
    )
    return AccountPage(
        email=account.email,
        country=country.name if country else None,
        roles=tuple(_held_roles(db, account.id, today)),
        api_tokens=tuple(
            TokenInfo(t.id, t.label, t.created_at, token_ends_at(t.created_at, t.expires_at))
            for t in tokens
        ),
    )


def security_page(db: Session, *, actor: Actor, here: int, now: datetime) -> SecurityPage:
    """Returns how the actor's own account is protected; `here` is the session that asks."""
    account = db.get_one(Account, actor.account_id)
    span = session_span(actor)
    rows = db.scalars(
        select(SignIn)
        .where(SignIn.account_id == account.id, SignIn.ended_at.is_(None), SignIn.expires_at > now)
        .order_by((SignIn.id == here).desc(), SignIn.seen_at.desc(), SignIn.id.desc())
    )
    keys = [
        select(one.id).where(one.account_id == account.id, one.revoked_at.is_(None)).limit(1)
        for one in (ApiToken, FeedToken)
    ]
    linked = select(LinkedSignIn.linked_at).where(LinkedSignIn.account_id == account.id)
    return SecurityPage(
        email=account.email,
        password_set_at=account.password_set_at if account.password else None,
        has_keys=any(db.scalar(one) is not None for one in keys),
        sessions=tuple(
            _own_session(row, here=here)
            for row in rows
            if not is_session_over(span, since=row.created_at, seen_at=row.seen_at, now=now)
        ),
        span=span,
        provider_linked_at=db.scalar(linked),
    )


def account_linked_to(db: Session, *, issuer: str, subject: str) -> int | None:
    """Returns the open account that the person of the provider linked to theirs; None without."""
    account_id: int | None = db.scalar(
        select(LinkedSignIn.account_id)
        .join(Account, Account.id == LinkedSignIn.account_id)
        .where(
            LinkedSignIn.issuer == issuer,
            LinkedSignIn.subject == subject,
            Account.active.is_(True),
        )
    )
    return account_id


def session_by_id(db: Session, sign_in_id: int) -> OwnSession | None:
    row = db.get(SignIn, sign_in_id)
    return _own_session(row) if row is not None else None


def _own_session(row: SignIn, *, here: int = 0) -> OwnSession:
    return OwnSession(
        row.id,
        origin=SignInOrigin(DeviceKind(row.device), row.system, row.network),
        since=row.created_at,
        seen_at=row.seen_at,
        is_here=row.id == here,
    )


def accounts_of_person(db: Session, person_id: int) -> dict[int, str]:
    """Returns the addresses of a person's accounts, by the account's number."""
    rows = db.execute(select(Account.id, Account.email).where(Account.person_id == person_id))
    return {row.id: row.email for row in rows}


def people_with_own_account(db: Session, people: Collection[int]) -> frozenset[int]:
    """Returns those of the people who sign in as themselves: nobody else wrote them down, or they said
    at the first sign-in that it is right.
    """
    wanted = select(Account.person_id).where(
        Account.person_id.in_(people),
        Account.active.is_(True),
        Account.confirmation == Confirmation.NOT_NEEDED,
    )
    return frozenset(number for number in db.scalars(wanted) if number is not None)


Authors = dict[str, tuple[InstrumentedAttribute[Any], InstrumentedAttribute[int | None]]]
"""By kind, the key of a table and its column that names the account of who wrote or decided."""


def ids_written_by(db: Session, person_id: int, authors: Authors) -> dict[str, list[str]]:
    """Returns the ids of what a person wrote down or decided, by kind."""
    accounts = select(Account.id).where(Account.person_id == person_id)
    return {
        kind: [
            str(one) for one in db.scalars(select(key).where(author.in_(accounts)).order_by(key))
        ]
        for kind, (key, author) in authors.items()
    }


def names_of(db: Session, emails: Iterable[str]) -> dict[str, str]:
    """Returns names by address, of those that have an account: for the demonstration's buttons,
    nowhere else.
    """
    names = select(Account.email, Person.full_name).join(Person, Person.id == Account.person_id)
    return {row.email: row.full_name for row in db.execute(names.where(Account.email.in_(emails)))}


def own_words(db: Session, account_id: int) -> tuple[str, ...]:
    """Returns the words that somebody's password must not be made of: name and address."""
    row = db.execute(
        select(Account.email, Person.own_name.label("full_name"))
        .outerjoin(Person, Person.id == Account.person_id)
        .where(Account.id == account_id)
    ).one()
    return (row.email, row.full_name or "")


def password_hash_of(db: Session, account_id: int) -> str | None:
    return db.scalar(select(Account.password).where(Account.id == account_id))


def _actor(rows: Sequence[Row[Any]], today: date) -> Actor | None:
    """Returns the actor of an account's rows, None where there are none."""
    if not rows:
        return None
    one = rows[0]
    grants = [row for row in rows if row.role is not None]
    held = frozenset(
        Grant(Role(g.role), g.scope)
        for g in grants
        if dated.in_force(g.valid_from, g.valid_until, today)
    )
    outgoing = _outgoing(grants, held, today)
    counts_only = frozenset(g.scope for g in grants if g.counts_only_since is not None)
    if one.person_id is None:
        return Actor(
            account_id=one.account_id,
            name=one.email,
            grants=held,
            outgoing=outgoing,
            counts_only=counts_only,
        )
    return Actor(
        account_id=one.account_id,
        person_id=one.person_id,
        name=one.full_name,
        grants=held,
        outgoing=outgoing,
        counts_only=counts_only,
        language=as_language(one.language),
        timezone=one.timezone,
        country=one.country_code or "",
    )


def _outgoing(
    grants: Sequence[Row[Any]], held: frozenset[Grant], today: date
) -> frozenset[EndedGrant]:
    """Returns the roles handed over lately, each once with its latest day, without those held
    again.
    """
    found: dict[Grant, EndedGrant] = {}
    for one in sorted(grants, key=lambda g: g.valid_until or date.max):
        until = readable_until(Role(one.role), one.valid_from, one.valid_until, today)
        if until is not None and one.valid_until is not None:
            ended = EndedGrant(Role(one.role), one.scope, one.valid_until, until)
            found[ended.grant] = ended
    return frozenset(ended for grant, ended in found.items() if grant not in held)


def _held_roles(db: Session, account_id: int, today: date) -> list[HeldRole]:
    order = (RoleGrant.valid_from, RoleGrant.id)
    grants = list(
        db.scalars(select(RoleGrant).where(RoleGrant.account_id == account_id).order_by(*order))
    )
    grants = [g for g in grants if dated.not_over(g.valid_until, today)]
    names = _scope_names(db, {g.scope for g in grants if g.scope})
    return [
        HeldRole(
            Role(g.role), g.scope, names.get((_kind(g.role), g.scope)), g.valid_from, g.valid_until
        )
        for g in grants
    ]


def _kind(role: str) -> str:
    return (
        "country"
        if Role(role) in SCOPE_BY_COUNTRY
        else "group"
        if Role(role) in SCOPE_BY_GROUP
        else ""
    )


def _scope_names(db: Session, scopes: set[str]) -> dict[tuple[str, str], LocalizedText]:
    if not scopes:
        return {}
    countries = db.scalars(select(Country).where(Country.code.in_(scopes)))
    groups = db.scalars(select(WorkingGroup).where(WorkingGroup.slug.in_(scopes)))
    return {
        **{("country", c.code): c.name for c in countries},
        **{("group", g.slug): g.name for g in groups},
    }


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns what identity keeps of one person, without keys and hashes."""
    account = db.scalar(select(Account).where(Account.person_id == person_id))
    if account is None:
        return {}
    grants = (
        select(RoleGrant)
        .where(RoleGrant.account_id == account.id)
        .order_by(RoleGrant.valid_from, RoleGrant.id)
    )
    tokens = select(ApiToken).where(ApiToken.account_id == account.id).order_by(ApiToken.id)
    feeds = (
        select(FeedToken.created_at)
        .where(FeedToken.account_id == account.id)
        .order_by(FeedToken.id)
    )
    kept = select(KeptForm).where(KeptForm.account_id == account.id).order_by(KeptForm.kept_at)
    invited = (
        select(AccountInvitation)
        .where(AccountInvitation.account_id == account.id)
        .order_by(AccountInvitation.id)
    )
    opened = select(SignIn).where(SignIn.account_id == account.id).order_by(SignIn.created_at)
    return {
        "account": {
            "email": account.email,
            "created_at": account.created_at.isoformat(),
            "has_password": account.password is not None,
        },
        "roles": [
            {
                "role": g.role,
                "scope": g.scope,
                "from": g.valid_from.isoformat(),
                "until": g.valid_until.isoformat() if g.valid_until else None,
            }
            for g in db.scalars(grants)
        ],
        "invitations": [
            {"role": one.role, "scope": one.scope, "at": one.created_at.isoformat()}
            for one in db.scalars(invited)
        ],
        "sign_ins": [
            {
                "way": one.way,
                "at": one.created_at.isoformat(),
                "device": f"{one.device} {one.system}".strip(),
                "network": one.network,
                "seen_at": one.seen_at.isoformat(),
            }
            for one in db.scalars(opened)
        ],
        "single_sign_on": [
            {"issuer": one.issuer, "subject": one.subject, "at": one.linked_at.isoformat()}
            for one in db.scalars(select(LinkedSignIn).where(LinkedSignIn.account_id == account.id))
        ],
        "addresses_asked": [
            {"email": one.email, "at": one.asked_at.isoformat()}
            for one in db.scalars(
                select(AddressChange)
                .where(AddressChange.account_id == account.id)
                .order_by(AddressChange.id)
            )
        ],
        "tokens": [
            {"label": one.label, "created_at": one.created_at.isoformat()}
            for one in db.scalars(tokens)
        ],
        "calendar_addresses": [at.isoformat() for at in db.scalars(feeds)],
        "forms_kept": [
            {"page": one.page, "typed": one.typed, "at": one.kept_at.isoformat()}
            for one in db.scalars(kept)
        ],
    }


def reach_of(db: Session, account_id: int, today: date) -> AccountReach:
    """Returns whose account it is, for the check whether the actor may manage it."""
    country = db.scalar(
        select(Person.country_code)
        .join(Account, Account.person_id == Person.id)
        .where(Account.id == account_id)
    )
    grants = db.scalars(
        select(RoleGrant).where(
            RoleGrant.account_id == account_id,
            not_over(RoleGrant, today),
        )
    )
    return AccountReach(country or "", frozenset(Grant(Role(g.role), g.scope) for g in grants))


def terms_held(db: Session) -> tuple[tuple[str, date, date], ...]:
    """Returns the terms of the presidency in order: country, first day, first day without."""
    terms = select(
        PresidencyTerm.country_code, PresidencyTerm.valid_from, PresidencyTerm.valid_until
    )
    return tuple(
        (code, first, until)
        for code, first, until in db.execute(terms.order_by(PresidencyTerm.valid_from))
    )


def in_office(db: Session, role: Role, *, today: date) -> tuple[InOffice, ...]:
    """Returns who holds the role on the day and can sign in, by name.

    It is not scoped by the actor: who decides is no secret from those who ask.
    """
    rows = db.execute(IN_OFFICE, {"role": role.value, "today": today})
    return tuple(InOffice(*row) for row in rows)


def names_of_accounts(db: Session, accounts: Collection[int]) -> dict[int, str]:
    """Returns the names of the owners of accounts, the address where nobody owns one. Not scoped by
    actor: for pages that say who did something.
    """
    rows = db.execute(
        select(Account.id, Account.email, Person.full_name)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(Account.id.in_(accounts))
    )
    return {row.id: row.full_name or row.email for row in rows}
