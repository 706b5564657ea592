"""Sets second factors up, checks and removes them, and ends those that were lost."""

import json
from collections.abc import Sequence
from datetime import datetime

import pyotp
from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.installation import secret_keys
from app.infra.sealing import CannotUnseal
from app.kernel.actor import SYSTEM, Actor
from app.kernel.reference import reference_day
from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.seen import require_as_seen
from app.kernel.text import N_
from app.people.factors import policy, queries
from app.people.factors.facts import (
    FactorGraceChanged,
    FactorReminderSent,
    FactorsLost,
    LostFactorsDeclined,
    LostFactorsTold,
    RecoveryCodesMade,
    RecoveryCodeUsed,
    SecondFactorFailed,
    SecondFactorRemoved,
    SecondFactorSetUp,
)
from app.people.factors.models import (
    CodeApp,
    LostFactors,
    Passkey,
    RecoveryCode,
    SpentChallenge,
)
from app.people.factors.queries import purpose_of, seen_of
from app.people.factors.rules import (
    CHALLENGE_LASTS,
    CODES_MADE,
    LIMITS,
    LONGEST_GRACE,
    MOST_PASSKEYS,
    SHORTEST_GRACE,
    AlreadyTold,
    CodeWrong,
    LastFactor,
    LostByOnePerson,
    NobodyTold,
    NothingToLose,
    PasskeyRefused,
    TooManyPasskeys,
    matching_step,
    new_recovery_code,
    new_secret,
    normal_code,
)
from app.people.factors.values import FactorKind, PasskeyPlace
from app.people.identity.queries import digest
from app.people.identity.services.accounts import drop_password, end_sessions, lock_account
from app.people.identity.services.providers import unlink_provider
from app.people.identity.services.sign_in import count_try, forget_try
from app.people.identity.values import Door

LONGEST_NAME = 80
LONGEST_NOTE = 500
LONGEST_ANSWER = 20_000
"""Characters of what a passkey answers; attestations of some makers hold chains of certificates."""
CHALLENGE = "passkey-challenge"
ISSUER = "Convoca"
"""What applications and devices show beside the address."""


# The application that shows codes of six digits.


def sealed_new_secret(db: Session, *, account_id: int) -> str:
    """Returns a new secret, sealed, for a page to carry until its first code was typed: nothing is
    written before.
    """
    return secret_keys(db).seal(new_secret(), purpose=_waiting(account_id))


def open_new_secret(db: Session, sealed: str, *, account_id: int) -> str:
    """Returns the secret that a page carried; raises CodeWrong for one that is no account's own."""
    try:
        return secret_keys(db).unseal(sealed, purpose=_waiting(account_id))
    except CannotUnseal:
        raise CodeWrong from None


def _waiting(account_id: int) -> str:
    return f"code-app-waits:{account_id}"


def app_address(secret: str, email: str) -> str:
    """Returns the address (otpauth:) that an application reads from a picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def set_up_app(
    db: Session, *, actor: Actor, secret: str, code: str, now: datetime
) -> tuple[str, ...]:
    """Has codes of an application count from now on, in place of those of another one. Raises
    CodeWrong unless the application shows the right one. Returns as `_protected`.
    """
    lock_account(db, actor.account_id)
    is_first = not queries.has_factor(db, actor.account_id)
    step = matching_step(secret, code, now=now, last_step=-1)
    if step is None:
        raise CodeWrong
    db.execute(delete(CodeApp).where(CodeApp.account_id == actor.account_id))
    sealed = secret_keys(db).seal(secret, purpose=purpose_of(actor.account_id))
    db.add(CodeApp(account_id=actor.account_id, secret=sealed, last_step=step, set_up_at=now))
    db.flush()
    return _protected(db, FactorKind.CODE_APP, actor=actor, is_first=is_first, now=now)


def remove_app(db: Session, *, actor: Actor, now: datetime) -> None:
    """Has no code of an application count any more. Raises LastFactor."""
    lock_account(db, actor.account_id)
    _require_another(db, actor.account_id, now=now)
    gone = db.execute(delete(CodeApp).where(CodeApp.account_id == actor.account_id))
    if isinstance(gone, CursorResult) and gone.rowcount:
        _removed(db, FactorKind.CODE_APP, actor=actor, now=now)


# Passkeys.


def new_challenge(db: Session, *, account_id: int, now: datetime) -> bytes:
    """Returns what a passkey is to sign, once and within a quarter of an hour. `account_id`: whose
    page asks, 0 for the page to sign in. Nothing is stored until it was answered.
    """
    lapses = (now + CHALLENGE_LASTS).isoformat()
    purpose = f"{CHALLENGE}:{account_id}"
    return secret_keys(db).seal(lapses, purpose=purpose).encode()


def asked_to_make(
    db: Session, *, account_id: int, place: PasskeyPlace, email: str, name: str, now: datetime
) -> str:
    """Returns as JSON what a device is asked to make: a passkey that is found without a user name,
    and asks for finger, face or PIN, whatever the role; none where it has one of the account's.
    """
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = generate_registration_options(
        rp_id=place.host,
        rp_name=ISSUER,
        user_id=str(account_id).encode(),
        user_name=email,
        user_display_name=name,
        challenge=new_challenge(db, account_id=account_id, now=now),
        timeout=int(CHALLENGE_LASTS.total_seconds()) * 1000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(one))
            for one in queries.credential_ids(db, account_id)
        ],
    )
    return options_to_json(options)


def add_passkey(
    db: Session, *, actor: Actor, answer: str, name: str, place: PasskeyPlace, now: datetime
) -> tuple[str, ...]:
    """Adds the passkey that a device has just made. Raises PasskeyRefused, TooManyPasskeys, and
    InvalidInput at "name". Returns as `_protected`.
    """
    from webauthn import verify_registration_response
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.exceptions import WebAuthnException

    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise InvalidInput(
            {"name": Sentence(N_("Give the passkey a name of up to 80 characters."))}
        )
    lock_account(db, actor.account_id)
    is_first = not queries.has_factor(db, actor.account_id)
    if len(queries.credential_ids(db, actor.account_id)) >= MOST_PASSKEYS:
        raise TooManyPasskeys
    challenge = _spend_challenge(db, answer, account_id=actor.account_id, now=now)
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.address,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError):
        raise PasskeyRefused from None
    row = Passkey(
        account_id=actor.account_id,
        credential_id=bytes_to_base64url(made.credential_id),
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=name,
        set_up_at=now,
    )
    try:
        with db.begin_nested():
            db.add(row)
            db.flush()
    except IntegrityError:  # it is there already, perhaps as another account's
        raise PasskeyRefused from None
    return _protected(db, FactorKind.PASSKEY, actor=actor, is_first=is_first, now=now)


def _protected(
    db: Session, kind: FactorKind, *, actor: Actor, is_first: bool, now: datetime
) -> tuple[str, ...]:
    """Records a new factor. With the first one every session that was opened without it ends, and
    recovery codes are made: returns those, and none with a further factor.
    """
    fact = SecondFactorSetUp(actor.account_id, kind)
    journal.record(db, fact, actor=actor, now=now)
    if not is_first:
        return ()
    end_sessions(db, account_id=actor.account_id, now=now)
    return make_recovery_codes(db, actor=actor, now=now)


def remove_passkey(db: Session, *, actor: Actor, passkey_id: int, now: datetime) -> None:
    """Removes an own passkey; another's is treated as one that does not exist. Raises LastFactor."""
    lock_account(db, actor.account_id)
    own = (Passkey.id == passkey_id, Passkey.account_id == actor.account_id)
    if db.scalar(select(Passkey.id).where(*own)) is None:
        return
    _require_another(db, actor.account_id, now=now)
    db.execute(delete(Passkey).where(*own))
    _removed(db, FactorKind.PASSKEY, actor=actor, now=now)


def account_of_passkey(
    db: Session,
    *,
    answer: str,
    place: PasskeyPlace,
    now: datetime,
    account_id: int = 0,
) -> int:
    """Returns whose passkey has signed the challenge of a page, and who was there to show finger,
    face or PIN. `account_id`: only that one's, 0 for anybody's. Raises PasskeyRefused.
    """
    from webauthn import verify_authentication_response
    from webauthn.helpers.exceptions import WebAuthnException

    challenge = _spend_challenge(db, answer, account_id=account_id, now=now)
    known = queries.public_key_of(db, _credential_id(answer))
    if known is None or account_id not in (0, known.account_id):
        raise PasskeyRefused
    try:
        used = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.address,
            credential_public_key=known.public_key,
            credential_current_sign_count=known.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError):
        raise PasskeyRefused from None
    db.execute(
        update(Passkey)
        .where(Passkey.id == known.id)
        .values(sign_count=used.new_sign_count, used_at=now)
    )
    return known.account_id


def _credential_id(answer: str) -> str:
    found = json.loads(answer).get("id", "")
    return found if isinstance(found, str) else ""


def _spend_challenge(db: Session, answer: str, *, account_id: int, now: datetime) -> bytes:
    """Returns the challenge of an answer, one of ours for that page, and uses it up. Raises
    PasskeyRefused for one that has lapsed, was answered before, or is not ours.
    """
    from webauthn.helpers import base64url_to_bytes, parse_client_data_json
    from webauthn.helpers.exceptions import WebAuthnException

    if len(answer) > LONGEST_ANSWER:
        raise PasskeyRefused
    try:
        told = json.loads(answer)["response"]["clientDataJSON"]
        challenge = parse_client_data_json(base64url_to_bytes(told)).challenge
        lapses_at = datetime.fromisoformat(
            secret_keys(db).unseal(challenge.decode("ascii"), purpose=f"{CHALLENGE}:{account_id}")
        )
    except (WebAuthnException, CannotUnseal, ValueError, KeyError, TypeError):
        raise PasskeyRefused from None
    if lapses_at <= now:
        raise PasskeyRefused
    db.execute(delete(SpentChallenge).where(SpentChallenge.lapses_at < now))
    try:
        with db.begin_nested():
            db.add(SpentChallenge(sha256=digest(challenge.decode()), lapses_at=lapses_at))
            db.flush()
    except IntegrityError:
        raise PasskeyRefused from None
    return challenge


# Recovery codes.


def make_recovery_codes(db: Session, *, actor: Actor, now: datetime) -> tuple[str, ...]:
    """Returns ten new codes, each for one use; those of before stop working. Only hashes are kept."""
    lock_account(db, actor.account_id)
    codes = tuple(new_recovery_code() for _ in range(CODES_MADE))
    db.execute(delete(RecoveryCode).where(RecoveryCode.account_id == actor.account_id))
    db.add_all(
        RecoveryCode(
            account_id=actor.account_id, code_sha256=digest(normal_code(code)), made_at=now
        )
        for code in codes
    )
    db.flush()
    journal.record(db, RecoveryCodesMade(actor.account_id), actor=actor, now=now)
    return codes


# Checking what is typed.


def count_factor_try(db: Session, *, account_id: int, device: str = "", now: datetime) -> list[int]:
    """Counts one try at the second factor of an account, wherever it comes from, or refuses with
    TooManyTries. The ids are for `use_code`.

    `device`: the mark of a browser in which the owner has signed in before. It has tries of its own,
    so that whoever guesses with a stolen password does not shut the owner out.
    """
    lock_account(db, account_id)  # of two guesses at once the second counts the first
    who = f"{account_id}:{device}" if device else str(account_id)
    doors = [Door(f"{key}:{who}", limit) for key, limit in LIMITS]
    return count_try(db, doors=doors, now=now)


def use_code(
    db: Session, *, account_id: int, typed: str, tries: Sequence[int], now: datetime
) -> None:
    """Uses up a code of the application, or a recovery code, and forgets the try that was counted.
    Raises CodeWrong. Of two that send one code at once, one UPDATE finds it unused.
    """
    if not _is_used(db, account_id=account_id, typed=typed, now=now):
        raise CodeWrong
    forget_try(db, ids=tries)


def _is_used(db: Session, *, account_id: int, typed: str, now: datetime) -> bool:
    """Returns True when what was typed was unused until now."""
    code_app = db.get(CodeApp, account_id)
    secret = queries.secret_of(db, code_app) if code_app else None
    if code_app and secret:
        step = matching_step(secret, typed, now=now, last_step=code_app.last_step)
        if step is not None:
            raised = db.execute(
                update(CodeApp)
                .where(CodeApp.account_id == account_id, CodeApp.last_step < step)
                .values(last_step=step, used_at=now)
                .execution_options(synchronize_session=False)
            )
            return isinstance(raised, CursorResult) and raised.rowcount == 1
    used = db.scalar(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.code_sha256 == digest(normal_code(typed)),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
    )
    if used is None:
        return False
    left = queries.factor_state(db, account_id).codes_left
    fact = RecoveryCodeUsed(account_id, left)
    journal.record(db, fact, actor=Actor(account_id=account_id), now=now)
    return True


def record_failure(db: Session, *, account_id: int, now: datetime) -> None:
    """Records that a wrong code was sent, in a transaction of its own: the one that refused it is
    undone.
    """
    fact = SecondFactorFailed(account_id)
    journal.record(db, fact, actor=Actor(account_id=account_id), now=now)


def _require_another(db: Session, account_id: int, *, now: datetime) -> None:
    """Refuses with LastFactor where the role demands a factor and no other one is left."""
    is_last = queries.factor_state(db, account_id).count == 1
    if is_last and queries.is_obliged(db, account_id, today=reference_day(now)):
        raise LastFactor


def _removed(db: Session, kind: FactorKind, *, actor: Actor, now: datetime) -> None:
    """Records the removal; recovery codes stand in for a factor and go with the last one."""
    if not queries.has_factor(db, actor.account_id):
        db.execute(delete(RecoveryCode).where(RecoveryCode.account_id == actor.account_id))
    journal.record(db, SecondFactorRemoved(actor.account_id, kind), actor=actor, now=now)


# Who must have one, and until when.


def change_grace(db: Session, *, actor: Actor, days: int, now: datetime) -> None:
    """Changes how many days there are for setting up a second factor. Refuses at "days"."""
    policy.require_may_see_to(actor)
    if not SHORTEST_GRACE <= days <= LONGEST_GRACE:
        raise InvalidInput({"days": Sentence(N_("Write a number of days from 0 to 365."))})
    rule = queries.factor_rule(db)
    if rule.grace_days == days:
        return
    rule.grace_days = days
    journal.record(db, FactorGraceChanged(actor.account_id, days), actor=actor, now=now)


def remind(db: Session, *, actor: Actor, accounts: Sequence[int], now: datetime) -> int:
    """Has a letter written to those of the accounts that need a second factor and have none; returns
    to how many.
    """
    lacking = {
        one.account_id for one in queries.obliged_list(db, actor=actor, today=reference_day(now))
    }
    wanted = [number for number in dict.fromkeys(accounts) if number in lacking]
    journal.record_all(db, [FactorReminderSent(number) for number in wanted], actor=actor, now=now)
    return len(wanted)


# Lost factors: one organizer tells, another agrees, and neither is the person.


def tell_lost(db: Session, *, actor: Actor, account_id: int, note: str, now: datetime) -> None:
    """Records that an organizer spoke with somebody who lost every second factor. Nothing changes
    until another one agrees. Refuses at "note".
    """
    policy.require_may_see_to(actor)
    if actor.account_id == account_id:
        raise LostByOnePerson
    if not 0 < len(note.strip()) <= LONGEST_NOTE:
        said = Sentence(N_("Write in up to 500 characters how you know that it is this person."))
        raise InvalidInput({"note": said})
    lock_account(db, account_id)
    if not queries.has_factor(db, account_id):
        raise NothingToLose
    if db.get(LostFactors, account_id) is not None:
        raise AlreadyTold
    db.add(
        LostFactors(account_id=account_id, note=note.strip(), told_at=now, told_by=actor.account_id)
    )
    db.flush()
    journal.record(db, LostFactorsTold(account_id), actor=actor, now=now)


def agree_lost(
    db: Session, *, actor: Actor, account_id: int, seen: str = "", now: datetime
) -> None:
    """Ends factors, password and sessions as another organizer asked. `seen`: the mark of what the
    actor read.
    """
    policy.require_may_see_to(actor)
    lock_account(db, account_id)
    told = _told(db, account_id)
    if actor.account_id in (told.told_by, account_id):
        raise LostByOnePerson
    require_as_seen(seen, seen_of(told))
    _end_factors(db, actor=actor, account_id=account_id, now=now)


def decline_lost(db: Session, *, actor: Actor, account_id: int, now: datetime) -> None:
    """Takes back what an organizer told, one's own or another's: nothing changes."""
    policy.require_may_see_to(actor)
    lock_account(db, account_id)
    db.delete(_told(db, account_id))
    journal.record(db, LostFactorsDeclined(account_id), actor=actor, now=now)


def end_lost(db: Session, *, account_id: int, now: datetime) -> None:
    """Ends factors, password and sessions by the word of whoever runs the machine: for an office
    with one organizer.
    """
    lock_account(db, account_id)
    if not queries.has_factor(db, account_id):
        raise NothingToLose
    _end_factors(db, actor=SYSTEM, account_id=account_id, now=now)


def _told(db: Session, account_id: int) -> LostFactors:
    told = db.get(LostFactors, account_id)
    if told is None:
        raise NobodyTold
    return told


def _end_factors(db: Session, *, actor: Actor, account_id: int, now: datetime) -> None:
    """Ends them all. The password and the link to a single sign-on go too: with one of them alone
    somebody else could set up a factor of their own before the owner does. The letter with a link
    follows from the fact.
    """
    _forget(db, account_id)
    drop_password(db, account_id=account_id)
    unlink_provider(db, account_id=account_id, actor=actor, now=now)
    end_sessions(db, account_id=account_id, now=now)
    journal.record(db, FactorsLost(account_id), actor=actor, now=now)


def _forget(db: Session, account_id: int) -> None:
    for table in (CodeApp, Passkey, RecoveryCode, LostFactors):
        db.execute(delete(table).where(table.account_id == account_id))


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Removes a person's factors and what was told of them."""
    account_id = queries.account_of_person(db, person_id)
    if account_id is not None:
        _forget(db, account_id)
