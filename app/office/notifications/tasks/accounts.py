"""Letters about accounts, signing in, requests for access and corrections of a record."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.body import counted_course
from app.infra.installation import site_address
from app.infra.journal import JournalEntry
from app.infra.language import date_text
from app.infra.platform import platform
from app.kernel.actor import Role
from app.kernel.reference import REFERENCE_ZONE, reference_day
from app.kernel.text import LocalizedText, as_language, languages
from app.office.notifications import queries
from app.office.notifications.tasks.letters import draft, write
from app.office.notifications.values import NOBODY, Recipient
from app.office.notifications.wording.letters import compose, moment_for, role_text
from app.office.outbox import services
from app.office.outbox.rules import NOT_SO_ANY_MORE, OVERTAKEN, cause_of, keys_in
from app.office.outbox.values import Letter, LetterDraft, QueuedMessage
from app.people.access.queries import focal_points_of, request_of
from app.people.access.values import RequestDecision
from app.people.directory.queries.people import is_withheld, request_by_id
from app.people.directory.values import CorrectionDecision
from app.people.factors.facts import (
    RecoveryCodeUsed,
    SecondFactorRemoved,
    SecondFactorSetUp,
)
from app.people.factors.queries import due_at
from app.people.identity.facts import AccountInvited, ProviderLinked
from app.people.identity.queries import (
    account_by_id,
    address_change_by_id,
    digest,
    invitation_by_id,
    scope_name_of,
    session_by_id,
)
from app.people.identity.rules import (
    ADDRESS_CHANGE_LASTS,
    INVITATION_LASTS,
    LINK_LASTS,
    InvitationSettled,
)
from app.people.identity.services.accounts import issue_address_token
from app.people.identity.services.inviting import issue_invitation_token
from app.people.identity.services.sign_in import issue_sign_in_link
from app.people.identity.wording import device_text

KIND_OF_ROLE: Mapping[Role | None, str] = {
    None: "account-official",
    Role.OFFICIAL: "account-official",
    Role.FOCAL_POINT: "account-focal-point",
}
FACTOR_LETTERS = {
    SecondFactorSetUp.__name__: "factor-set-up",
    SecondFactorRemoved.__name__: "factor-removed",
    RecoveryCodeUsed.__name__: "recovery-code-used",
    ProviderLinked.__name__: "provider-linked",
}
RENEWED_AFTER = timedelta(days=1)
"""A letter that waited for longer gets a new link, so that its reader has all of the 14 days."""


def on_account_invited(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes an invitation to an account. The token is made here and leaves only by mail: the
    journal never holds it. No letter for an invitation that was used or withdrawn meanwhile.
    """
    invited = _invited(db, entry, now=now)
    if invited is not None:
        services.queue_messages(db, [invited], now=now)


def is_account_invitation(entry: JournalEntry) -> bool:
    return entry.fact == AccountInvited.__name__


def why_not_invited(db: Session, entry: JournalEntry, message: QueuedMessage) -> str | None:
    """Returns why a letter of invitation is not to leave any more, None when it may: its link must
    still be the one that works.
    """
    invitation = invitation_by_id(db, entry.payload.get("invitation_id", 0))
    if invitation is None or invitation.used_at or invitation.revoked_at:
        return NOT_SO_ANY_MORE
    own = {digest(key) for key in keys_in(message.body)}
    return None if invitation.token_sha256 in own else OVERTAKEN


def is_link_to_renew(db: Session, message: QueuedMessage, *, now: datetime) -> bool:
    if now < message.created_at + RENEWED_AFTER:
        return False
    entry = _cause(db, message)
    return entry is not None and is_account_invitation(entry)


def renewed_invitation(db: Session, message: QueuedMessage, *, now: datetime) -> LetterDraft | None:
    """Returns the letter of an invitation with a new link; None where there is nobody to invite."""
    entry = _cause(db, message)
    return _invited(db, entry, now=now) if entry is not None else None


def _cause(db: Session, message: QueuedMessage) -> JournalEntry | None:
    cause = cause_of(message.dedupe)
    return db.get(JournalEntry, cause) if cause is not None else None


def _invited(db: Session, entry: JournalEntry, *, now: datetime) -> LetterDraft | None:
    invitation = invitation_by_id(db, entry.payload.get("invitation_id", 0))
    account = account_by_id(db, entry.payload["account_id"])
    if invitation is None or account is None or not account.active:
        return None
    to = _recipient(db, account.person_id, account.email)
    try:
        token = issue_invitation_token(db, invitation_id=invitation.id, now=now)
    except InvitationSettled:
        return None
    role = Role(invitation.role) if invitation.role else None
    scope_name = scope_name_of(db, role, invitation.scope) if role else None
    letter = account_letter(to, role=role, scope_name=scope_name, key=token, now=now)
    return draft(f"{entry.id}.{to.person_id}", to, letter, is_of_account=True)


def account_letter(
    to: Recipient,
    *,
    role: Role | None,
    scope_name: LocalizedText | None,
    key: str,
    now: datetime,
) -> Letter:
    """Returns the letter to somebody whom others added: as what, a link of their own with the key
    and until when it works, and what waits there. `scope_name`: of the country or group of the role.
    """
    site = site_address()
    last_day = (now + INVITATION_LASTS).astimezone(ZoneInfo(to.timezone)).date()
    return compose(
        KIND_OF_ROLE.get(role, "account-role"),
        to,
        country=scope_name or "",
        role=role_text(to.language, role, scope_name),
        link=f"{site}/invited/{key}",
        last_day=date_text(to.language, last_day),
        sign_in_url=f"{site}/sign-in",
        course_url=f"{site}/courses/{counted_course()}",
    )


def _recipient(db: Session, person_id: int | None, address: str) -> Recipient:
    """Returns the owner of the account at the address that signs in, whatever address the directory
    has.
    """
    to = queries.recipient(db, person_id) if person_id else None
    if to is None:
        return Recipient(
            person_id=NOBODY,
            name="",
            address=address,
            language=languages()[0],
            timezone=REFERENCE_ZONE,
        )
    return replace(to, address=address)


def on_address_change_asked(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes two letters: the link to the new address, and a notice to the address that signs in."""
    change = address_change_by_id(db, entry.payload["change_id"])
    account = account_by_id(db, entry.payload["account_id"])
    if change is None or account is None or not account.active:
        return
    token = issue_address_token(db, change_id=change.id, now=now)
    if token is None:
        return
    old = _recipient(db, account.person_id, account.email)
    new = replace(old, address=change.email)
    last_day = (now + ADDRESS_CHANGE_LASTS).astimezone(ZoneInfo(new.timezone)).date()
    site = site_address()
    confirm = compose(
        "address-confirm",
        new,
        link=f"{site}/new-address/{token}",
        last_day=date_text(new.language, last_day),
    )
    told = compose("address-notice", old, email=change.email, url=f"{site}/account")
    drafts = [
        draft(f"{entry.id}.new", new, confirm, is_of_account=True),
        draft(f"{entry.id}.old", old, told, is_of_account=True),
    ]
    services.queue_messages(db, drafts, now=now)


def on_new_device_used(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes to the owner of an account that somebody signed in with a device not used before."""
    account = account_by_id(db, entry.payload["account_id"])
    used = session_by_id(db, entry.payload["sign_in_id"])
    if account is None or used is None or not account.active:
        return
    to = _recipient(db, account.person_id, account.email)
    letter = compose(
        "new-device",
        to,
        device=device_text(to.language, used.origin),
        network=used.origin.network,
        at=moment_for(to, used.since),
        url=f"{site_address()}/account/security",
    )
    told = draft(f"{entry.id}.{account.id}", to, letter, is_of_account=True)
    services.queue_messages(db, [told], now=now)


def on_factor_changed(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Tells the owner of an account that a second factor was set up or removed, a recovery code used,
    or a single sign-on linked: whoever did it may be somebody else.
    """
    left, provider = entry.payload.get("left", 0), platform().settings.sso_name
    _tell_owner(db, entry, FACTOR_LETTERS[entry.fact], now=now, left=left, provider=provider)


def on_factors_lost(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes a link to sign in to whoever lost every second factor."""
    account = account_by_id(db, entry.payload["account_id"])
    if account is None or not account.active:
        return
    token = issue_sign_in_link(db, account_id=account.id, now=now)
    minutes = int(LINK_LASTS.total_seconds() // 60)
    link = f"{site_address()}/sign-in/link/{token}"
    _tell_owner(db, entry, "factors-lost", now=now, link=link, minutes=minutes)


def on_factor_reminder_sent(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Reminds somebody whose role demands a second factor; not who has one by now."""
    due = due_at(db, entry.payload["account_id"], now)
    if due is not None:
        _tell_owner(db, entry, "factor-reminder", now=now, due=reference_day(due))


def _tell_owner(
    db: Session, entry: JournalEntry, kind: str, *, now: datetime, **context: object
) -> None:
    account = account_by_id(db, entry.payload["account_id"])
    if account is None or not account.active:
        return
    to, site = _recipient(db, account.person_id, account.email), site_address()
    urls = {"url": f"{site}/account/security", "sign_in_url": f"{site}/sign-in"}
    letter = compose(kind, to, **urls, **context)
    letters = [draft(f"{entry.id}.{account.id}", to, letter, is_of_account=True)]
    services.queue_messages(db, letters, now=now)


def on_sign_in_link_requested(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes the link to sign in. The token is made here and leaves only by mail: the journal never
    holds it.
    """
    account = account_by_id(db, entry.payload["account_id"])
    if account is None or not account.active:
        return
    token = issue_sign_in_link(db, account_id=account.id, now=now)
    to = queries.recipient(db, account.person_id) if account.person_id else None
    if to is None:
        to = Recipient(
            person_id=NOBODY,
            name="",
            address=account.email,
            language=as_language("es"),
            timezone=REFERENCE_ZONE,
        )
    url = f"{site_address()}/sign-in/link/{token}"
    minutes = int(LINK_LASTS.total_seconds() // 60)
    letter = compose("sign-in", to, url=url, minutes=minutes)
    services.queue_message(
        db,
        dedupe=f"{entry.id}.{account.id}",
        address=account.email,
        language=to.language,
        letter=letter,
        now=now,
    )


# Letters about requests for access: to whoever decides, and to whoever is declined.


def on_access_requested(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes to the focal point of the country, or to the organizers where there is none."""
    row = request_of(db, entry.payload["request_id"])
    if row is None or row.decision:
        return
    on = clock.today()
    people = focal_points_of(db, row.country_code, on) if row.country_code else ()
    readers = [to for number in people if (to := queries.recipient(db, number)) is not None]
    url = f"{site_address()}/people-and-access/requests/{row.id}"
    letters = [
        (
            to,
            compose(
                "access-requested",
                to,
                person=row.full_name,
                institution=row.institution,
                url=url,
            ),
        )
        for to in readers or queries.organizers(db, on=on)
    ]
    write(db, entry, letters, now=now)


def on_access_request_settled(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes a short letter without reasons to people who are declined. People who are let in get
    an invitation instead.
    """
    row = request_of(db, entry.payload["request_id"])
    if row is None or entry.payload["decision"] != RequestDecision.DECLINED:
        return
    to = Recipient(
        person_id=NOBODY,
        name=row.full_name,
        address=row.email,
        language=as_language(row.language),
        timezone=REFERENCE_ZONE,
    )
    services.queue_message(
        db,
        dedupe=f"access-declined.{row.id}",
        address=to.address,
        language=to.language,
        letter=compose("access-declined", to, url=f"{site_address()}/programme"),
        now=now,
    )


def on_correction_asked(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes to the focal point of the country, or to the organizers where there is none."""
    row = request_by_id(db, entry.payload["request_id"])
    if row is None or row.decision:
        return
    on, code = clock.today(), entry.payload["country_code"]
    people = focal_points_of(db, code, on) if code else ()
    readers = [
        to
        for number in people
        if number != row.person_id and (to := queries.recipient(db, number)) is not None
    ]
    if not readers and is_withheld(db, row.person_id):
        return  # nobody is left who may read the name
    url = f"{site_address()}/people/{row.person_id}"
    letters = [
        (to, compose("correction-asked", to, person=row.name_on_record, url=url))
        for to in readers or queries.organizers(db, on=on)
    ]
    write(db, entry, letters, now=now)


def on_correction_settled(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes to the person who asked for the correction."""
    row = request_by_id(db, entry.payload["request_id"])
    to = queries.recipient(db, entry.payload["person_id"])
    if row is None or to is None:
        return
    letter = compose(
        "correction-settled",
        to,
        is_corrected=entry.payload["decision"] == CorrectionDecision.CORRECTED,
        reason=row.reason,
        url=f"{site_address()}/account/correction",
    )
    write(db, entry, [(to, letter)], now=now)
