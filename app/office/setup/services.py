"""Marks the steps of setting up, and writes what a step needs in other packages."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.database import lock_by_name
from app.infra.email_address import is_email
from app.infra.installation import ONLY, InstallationRow, installation_row, sealed_password
from app.infra.mail import MailServer
from app.kernel.actor import Actor, Grant, Role
from app.kernel.refusal import InvalidInput, Refusal, Sentence
from app.kernel.seen import mark_of
from app.kernel.text import N_
from app.office.setup import policy
from app.office.setup.facts import (
    ContactChanged,
    MailServerChanged,
    PublicAddressChanged,
    SetupStepMarked,
)
from app.office.setup.models import SetupDraft, SetupMark
from app.office.setup.values import (
    CHECKLIST,
    InviteeDraft,
    MarkState,
    PresidencyDraft,
    SetupStep,
)
from app.people.access.services import invite_colleague
from app.people.access.values import Invitee, RoleSpan
from app.people.directory.services.designations import designate
from app.people.directory.services.people import record_person
from app.people.directory.services.reference import leave_out_country
from app.people.directory.values import Office
from app.people.identity.queries import account_by_email, terms_held
from app.people.identity.rules import normal_email
from app.people.identity.services.inviting import invite
from app.people.identity.services.offices import appoint_to_presidency, designate_presidency
from app.planning.holidays.services.keeping import drop_holidays

MARKS, DRAFTS, INSTALLATION = "setup-marks", "setup-drafts", "installation"
LONGEST_DRAFT = 200_000
"""Characters."""
NO_ADDRESS = N_("Write an e-mail address, for example name@example.org.")
NO_NAME = N_("Write the full name as it appears on the ID.")


def mark_step(
    db: Session, *, actor: Actor, step: SetupStep, state: MarkState, now: datetime
) -> None:
    """Marks a step as finished or left for later. A finished step stays finished when it is skipped
    afterwards; the same again changes nothing.
    """
    policy.require_may_set_up(actor)
    lock_by_name(db, MARKS)
    row = db.get(SetupMark, step.value)
    if row is not None and row.state in (state.value, MarkState.DONE.value):
        return
    _mark(db, step.value, state.value, actor=actor, now=now)


def keep_draft(
    db: Session, *, actor: Actor, step: SetupStep, typed: Sequence[tuple[str, str]], now: datetime
) -> bool:
    """Keeps what is typed on a step, in place of what was kept of it before; nothing typed keeps
    nothing. Writes no fact: nothing has happened yet.

    Returns False where it is longer than LONGEST_DRAFT: then what was kept before stays.
    """
    policy.require_may_set_up(actor)
    kept = [[name, value] for name, value in typed if value.strip()]
    if sum(len(name) + len(value) for name, value in kept) > LONGEST_DRAFT:
        return False
    lock_by_name(db, DRAFTS)
    db.execute(delete(SetupDraft).where(SetupDraft.step == step.value))
    if kept:
        db.add(SetupDraft(step=step.value, typed=kept, at=now))
    db.flush()
    return True


def dismiss_checklist(db: Session, *, actor: Actor, now: datetime) -> None:
    """Takes the checklist off the home page. The steps stay open."""
    policy.require_may_set_up(actor)
    lock_by_name(db, MARKS)
    if db.get(SetupMark, CHECKLIST) is None:
        _mark(db, CHECKLIST, MarkState.DONE.value, actor=actor, now=now)


def _mark(db: Session, step: str, state: str, *, actor: Actor, now: datetime) -> None:
    db.merge(SetupMark(step=step, state=state, at=now))
    db.flush()
    journal.record(db, SetupStepMarked(step, state), actor=actor, now=now)


def change_address(db: Session, *, actor: Actor, address: str, now: datetime) -> None:
    """Links and QR codes lead there from now on, those of letters that wait too. `address` is one
    of a host, without a path.
    """
    policy.require_may_set_up(actor)
    row = _installation(db)
    if row.public_address == address:
        return
    row.public_address, row.address_changed_at = address, now
    db.flush()
    journal.record(db, PublicAddressChanged(), actor=actor, now=now)


def change_contact(db: Session, *, actor: Actor, contact: str, now: datetime) -> None:
    """Has pages say that anybody may write to the secretariat there."""
    policy.require_may_set_up(actor)
    row = _installation(db)
    if row.contact == contact:
        return
    row.contact = contact
    db.flush()
    journal.record(db, ContactChanged(), actor=actor, now=now)


def change_mail_server(db: Session, *, actor: Actor, server: MailServer, now: datetime) -> None:
    """Changes the mail server to one that has just taken a test letter."""
    policy.require_may_set_up(actor)
    row = _installation(db)
    row.smtp_host, row.smtp_port, row.smtp_security = server.host, server.port, server.security
    row.smtp_user, row.mail_from = server.user, server.sender
    row.smtp_password = sealed_password(db, server.password)
    row.mail_tested_at = now
    db.flush()
    journal.record(db, MailServerChanged(), actor=actor, now=now)


def _installation(db: Session) -> InstallationRow:
    """Returns the only row, locked, made now if it was not before."""
    lock_by_name(db, INSTALLATION)
    row = installation_row(db, for_change=True)
    if row is None:
        row = InstallationRow(id=ONLY)
        db.add(row)
    return row


def take_country_out(db: Session, *, actor: Actor, code: str, now: datetime) -> None:
    """Leaves out a country and deletes its holidays. Raises StillUsed."""
    drop_holidays(db, actor=actor, country_code=code)
    leave_out_country(db, actor=actor, code=code, now=now)


def invite_focal_points(
    db: Session, *, actor: Actor, drafts: Sequence[InviteeDraft], today: date, now: datetime
) -> int:
    """Writes each down, designates them from today on and has them invited by letter; returns how
    many letters leave. All or none: refuses at "name-<code>" and "email-<code>".

    Somebody who has an account under that address already is designated and gets no letter.
    """
    policy.require_may_set_up(actor)
    if errors := defects_of(drafts):
        raise InvalidInput(errors)
    invited = 0
    for draft in drafts:
        with _said_at(draft.key):
            invited += _invite(db, draft, actor=actor, today=today, now=now)
    return invited


@contextmanager
def _said_at(key: str) -> Iterator[None]:
    """Says at the fields of a row what is refused about the person in it."""
    try:
        yield
    except InvalidInput as refusal:
        sentence = next(iter(refusal.errors.values()))
        field = "name" if "full_name" in refusal.errors else "email"
        raise InvalidInput({f"{field}-{key}": sentence}) from None
    except Refusal as refusal:
        raise InvalidInput({f"email-{key}": refusal.sentence}) from None


def invite_colleagues(
    db: Session, *, actor: Actor, drafts: Sequence[InviteeDraft], today: date, now: datetime
) -> None:
    """Makes each an organizer from today on, for good, and has them invited by letter. All or none:
    refuses at "name-<key>" and "email-<key>".
    """
    policy.require_may_set_up(actor)
    if errors := defects_of(drafts):
        raise InvalidInput(errors)
    for draft in drafts:
        with _said_at(draft.key):
            invitee = Invitee(
                full_name=draft.full_name,
                email=draft.email,
                country_code="",
                grant=Grant(Role.ORGANIZER, ""),
                span=RoleSpan(today),
            )
            invite_colleague(db, actor=actor, invitee=invitee, now=now)


def set_presidency(
    db: Session, *, actor: Actor, draft: PresidencyDraft, today: date, now: datetime
) -> None:
    """Sets the term of the country that presides from today on, and has whoever acts for it
    invited. Refuses at "country", "valid_until", "name-holder" and "email-holder".
    """
    policy.require_may_set_up(actor)
    if draft.holder and (errors := defects_of([draft.holder])):
        raise InvalidInput(errors)
    term_id = designate_presidency(
        db,
        actor=actor,
        country_code=draft.country_code,
        valid_from=today,
        valid_until=draft.valid_until,
        today=today,
        now=now,
        seen=mark_of(terms_held(db)),
    )
    if draft.holder is None:
        return
    with _said_at(draft.holder.key):
        person_id = record_person(
            db,
            full_name=draft.holder.full_name,
            email=normal_email(draft.holder.email),
            country_code=draft.country_code,
            language="",
            timezone="",
        )
        appoint_to_presidency(
            db, actor=actor, term_id=term_id, person_id=person_id, today=today, now=now
        )


def defects_of(drafts: Sequence[InviteeDraft]) -> dict[str, Sentence]:
    """Returns what is wrong with the drafts, by field."""
    errors = {}
    seen: set[str] = set()
    for draft in drafts:
        address = normal_email(draft.email)
        if not is_email(address):
            errors[f"email-{draft.key}"] = Sentence(NO_ADDRESS)
        elif address in seen:
            errors[f"email-{draft.key}"] = Sentence(
                N_("This address is in another row. Each person needs their own.")
            )
        if not draft.full_name.strip():
            errors[f"name-{draft.key}"] = Sentence(NO_NAME)
        seen.add(address)
    return errors


def _invite(db: Session, draft: InviteeDraft, *, actor: Actor, today: date, now: datetime) -> bool:
    address = normal_email(draft.email)
    account = account_by_email(db, address)
    person_id = record_person(
        db,
        full_name=draft.full_name,
        email=address,
        country_code=draft.key,
        language="",
        timezone="",
    )
    is_new = account is None
    if account is not None and account.person_id != person_id:
        raise InvalidInput(
            {"email": Sentence(N_("Somebody else signs in with this address. Write another one."))}
        )
    if is_new:
        invite(
            db,
            actor=actor,
            person_id=person_id,
            role=Role.FOCAL_POINT,
            scope=draft.key,
            now=now,
        )
    designate(
        db,
        actor=actor,
        office=Office(draft.key),
        person_id=person_id,
        valid_from=today,
        today=today,
        now=now,
    )
    return is_new
