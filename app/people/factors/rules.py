"""Rules of second factors. Pure."""

import hmac
import re
import secrets
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, timedelta

import pyotp

from app.kernel.actor import Role
from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_
from app.people.identity.values import Limit

OBLIGED = frozenset({Role.ORGANIZER, Role.PRESIDENCY, Role.FOCAL_POINT, Role.AUTHOR})
"""Who reads or writes what others rely on. Officials choose."""
STEP = timedelta(seconds=30)  # RFC 6238
NEARBY = (0, -1, 1)
"""Clocks of telephones differ: the code of the step before and of the one after are accepted."""
CODES_MADE = 10
FEW_CODES = 3
"""From here on the page of the account warns."""
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0, 1, I and O, which are read one for the other: 32 signs, 5 bits each."""
CODE_LENGTH, GROUP = 24, 4
LONGEST_TYPED = 100
CHALLENGE_LASTS = timedelta(minutes=15)
SHORTEST_GRACE, LONGEST_GRACE = 0, 365
"""Days."""
MOST_PASSKEYS = 10
LIMITS = (
    ("factor-soon", Limit(5, timedelta(minutes=5))),
    ("factor-hour", Limit(20, timedelta(hours=1))),
    ("day:factor", Limit(50, timedelta(days=1))),
)
"""A code of six digits is one of a million, and three of them are right at a time: 50 guesses a day
find one in 18 years. A browser in which the owner has signed in before has as many of its own.
"""


class CodeWrong(Refusal):
    """The same sentence for a code that is wrong, was used before, or came too late."""

    kind = Kind.INVALID
    rule = "second-factor-wrong"
    msgid = N_("This code is wrong, or was used already. Wait for the next one and try again.")


class PasskeyRefused(Refusal):
    kind = Kind.INVALID
    rule = "passkey-refused"
    msgid = N_("The passkey could not be checked. Try again, or use a code.")


class LastFactor(Refusal):
    kind = Kind.CONFLICT
    rule = "last-second-factor"
    msgid = N_("Your role needs a second step. Add another one first, then remove this one.")


class TooManyPasskeys(Refusal):
    rule = "too-many-passkeys"
    msgid = N_("You have ten passkeys. Remove one that you no longer use first.")


class NobodyTold(Refusal):
    kind = Kind.CONFLICT
    rule = "no-lost-factors-told"
    msgid = N_("Nobody asks for this any more. Reload the page.")


class AlreadyTold(Refusal):
    kind = Kind.CONFLICT
    rule = "lost-factors-told-already"
    msgid = N_("Somebody has already asked for this. It waits for a second organizer.")


class LostByOnePerson(Refusal):
    rule = "lost-factors-by-one-person"
    msgid = N_("Two organizers decide this, and neither of them about their own account.")


class NothingToLose(Refusal):
    kind = Kind.CONFLICT
    rule = "no-second-factor"
    msgid = N_("This account has no second step.")


def normal_code(typed: str) -> str:
    """Returns a code as it is compared: without blanks and hyphens, in capitals. What is far longer
    than any code is cut.
    """
    plain = unicodedata.normalize("NFKC", typed[:LONGEST_TYPED])
    return re.sub(r"[\s\-‐-―·.]+", "", plain).upper()


def step_of(at: datetime) -> int:
    """Returns the number of the half minute since 1970 in which an instant lies."""
    return int(at.timestamp() // STEP.total_seconds())


def matching_step(secret: str, typed: str, *, now: datetime, last_step: int) -> int | None:
    """Returns the step whose code was typed; None when there is none, or that step or a later one
    was used before.
    """
    code, totp, present = normal_code(typed), pyotp.TOTP(secret), step_of(now)
    for step in (present + nearby for nearby in NEARBY):
        is_it = hmac.compare_digest(totp.generate_otp(step).encode(), code.encode())
        if is_it and step > last_step:
            return step
    return None


def new_secret() -> str:
    """Returns 160 random bits in base32, as RFC 4226 recommends."""
    return pyotp.random_base32()


def new_recovery_code() -> str:
    """Returns 120 random bits as 24 letters and digits in groups of four."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    return "-".join(signs[at : at + GROUP] for at in range(0, CODE_LENGTH, GROUP))


def due_on(role_days: Iterable[date], *, since: date, grace_days: int) -> date | None:
    """Returns the first day on which a second factor must be there; None for who needs none.

    `role_days`: the first days of the roles that demand it; `since`: when the demand began.
    """
    first = min(role_days, default=None)
    return None if first is None else max(first, since) + timedelta(days=grace_days)
