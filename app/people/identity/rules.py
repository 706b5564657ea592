"""Rules of signing in, and of roles that hold from–until. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from zoneinfo import available_timezones

from app.infra.common_passwords import is_common
from app.kernel.actor import Actor, Role
from app.kernel.refusal import InvalidInput, Kind, Refusal, Sentence
from app.kernel.text import N_, languages
from app.people.identity.values import (
    SCOPE_BY_COUNTRY,
    SCOPE_BY_GROUP,
    DeviceKind,
    Limit,
    SessionSpan,
    SignInOrigin,
    SignInWay,
)

# Rules of signing in: pure functions of values.

GUARDED_ROLES = frozenset({Role.ORGANIZER, Role.PRESIDENCY, Role.FOCAL_POINT, Role.AUTHOR})
"""Roles that reach other people's data, or what many people read."""
GUARDED_SPAN = SessionSpan(idle=timedelta(minutes=60), whole=timedelta(hours=12))
ORDINARY_SPAN = SessionSpan(idle=timedelta(hours=12), whole=timedelta(days=7))
"""An official reads a course over a slow line, puts it aside, and comes back after lunch."""
SEEN_EVERY = timedelta(minutes=5)
"""A session in use is marked at most so often, so that not every page writes."""
LINK_LASTS = timedelta(minutes=15)
INVITATION_LASTS = timedelta(days=14)
"""How long the link in a letter of invitation works: people come back from leave to it."""
ADDRESS_CHANGE_LASTS = timedelta(days=7)
"""How long the link works that confirms another address."""
FIRST_KEY_LASTS = timedelta(hours=24)
FRESH_LINK_LASTS = timedelta(minutes=15)
CONFIRMED_FOR = timedelta(minutes=30)
"""How long a sign-in, or a confirmation, is enough for what cannot be undone."""
EARLIER_KEY_LASTS = timedelta(seconds=10)
"""How long the key that a session had before its owner confirmed still opens it, for requests that
were on their way.
"""
TOKEN_LASTS = timedelta(days=365)
FORM_KEPT = timedelta(hours=1)
"""How long what somebody had typed waits for them to sign in again."""
PER_ACCOUNT_AND_ADDRESS = Limit(10, timedelta(minutes=5))
"""One person, or one guesser, at one place."""
PER_ACCOUNT = Limit(50, timedelta(minutes=5))
"""From all addresses together: a crowd of addresses gains at most 600 guesses an hour."""
PER_ADDRESS = Limit(60, timedelta(minutes=5))
"""For all accounts together. A ministry, or a room of people in a training, stands behind one
address.
"""
PER_KNOWN_ADDRESS = Limit(300, timedelta(minutes=5))
"""The same where somebody has signed in lately."""
PER_DEVICE = Limit(10, timedelta(minutes=5))
"""A browser in which the account's owner has signed in before has tries of its own, which nobody
else can use up.
"""
ADDRESS_KNOWN_FOR = timedelta(days=30)
DEVICE_KNOWN_FOR = timedelta(days=180)
LINKS_AT_WILL = Limit(5, timedelta(hours=1))
LINK_EVERY = timedelta(minutes=10)
"""Shorter than LINK_LASTS, so that whoever asks for too many links leaves one in the mailbox that
works.
"""
CLOCK_MAY_DIFFER = timedelta(minutes=1)

SHORTEST_PASSWORD = 15  # NIST SP 800-63B-4: a password that stands alone
LONGEST_PASSWORD = 256
FEWEST_LETTERS = 6
FEWEST_OWN_CHARACTERS = 8
WORN_OUT = (
    "password",
    "passw0rd",
    "contraseña",
    "contrasena",
    "qwertyuiop",
    "qwerty",
    "asdfghjkl",
    "asdf",
    "zxcvbnm",
    "letmein",
    "welcome",
    "bienvenido",
    "bienvenida",
    "iloveyou",
    "teamo",
    "tequiero",
    "admin",
    "usuario",
    "secret",
    "secreto",
    "0123456789",
    "1234567890",
    "12345678",
    "123456",
    "1234",
    "abcdefghijklmnopqrstuvwxyz",
    "abcdefgh",
    "abcdef",
    "abcd",
    "abc",
    "convoca",
    "migracion",
    "migración",
    "migration",
    "webinar",
    "congreso",
)
SHORTEST_OWN_WORD = 3
UNSEEN = re.compile(r"[\x00-\x20\x7f-\x9f\\]")  # what browsers drop or turn into a slash
LONGEST_PATH = 2000


class TooManyTries(Refusal):
    """`seconds` is how long until the next try is accepted."""

    kind = Kind.TOO_MANY
    rule = "too-many-tries"
    msgid = N_("Too many attempts. Try again in %(minutes)s min.")

    def __init__(self, wait: timedelta) -> None:
        self.seconds = max(1, ceil(wait.total_seconds()))
        super().__init__(minutes=ceil(self.seconds / 60))


class LinkNotValid(Refusal):
    """The same sentence for a link that never existed, has lapsed or has been used."""

    kind = Kind.GONE
    rule = "sign-in-link-not-valid"
    msgid = N_(
        "This link no longer works: each lasts 15 minutes and works once. Ask for a new one."
    )


class InvitationNotValid(Refusal):
    kind = Kind.GONE
    rule = "invitation-not-valid"
    msgid = N_("This invitation no longer works: each lasts 14 days and works once.")


class InvitationSettled(Refusal):
    rule = "invitation-settled"
    msgid = N_("This invitation was already used, or its account was closed. Reload the page.")


class AddressChangeNotValid(Refusal):
    kind = Kind.GONE
    rule = "address-change-not-valid"
    msgid = N_("This link no longer works.")


class FirstKeyNotValid(Refusal):
    """The same sentence for an address that never existed, has lapsed or belongs to an office that
    is set up.
    """

    kind = Kind.GONE
    rule = "first-key-not-valid"
    msgid = N_("This address no longer works. Start Convoca again to get a new one.")


class BearerNotValid(Refusal):
    kind = Kind.UNKNOWN_ACTOR
    rule = "bearer-not-valid"
    msgid = N_("The token in the Authorization header is unknown, expired or revoked.")


class RevokedFeedToken(Refusal):
    kind = Kind.GONE
    rule = "feed-token-revoked"
    msgid = N_("This calendar address has been withdrawn. Sign in to get the current one.")


class LinkedElsewhere(Refusal):
    rule = "linked-elsewhere"
    msgid = N_("Whoever is signed in there enters another account here. Remove that link first.")


class AddressTaken(Refusal):
    rule = "address-taken"
    msgid = N_("There is already an account with this e-mail address.")


def normal_email(typed: str) -> str:
    return unicodedata.normalize("NFKC", typed).strip().lower()


def normal_password(typed: str) -> str:
    return unicodedata.normalize("NFKC", typed)


def network_of(address: str) -> str:
    """Returns the network of an address, as its owner may recognise it and nobody is found by it:
    "190.7.12.x" for IPv4, the first 48 bits for IPv6, "" for what is no address.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is None:
            return str(ip_network((parsed, 48), strict=False).network_address)
        parsed = parsed.ipv4_mapped
    return f"{str(parsed).rpartition('.')[0]}.x"


SYSTEMS = (
    ("windows", "Windows", DeviceKind.COMPUTER),
    ("iphone", "iPhone", DeviceKind.PHONE),
    ("ipad", "iPad", DeviceKind.TABLET),
    ("android", "Android", DeviceKind.TABLET),
    ("cros ", "ChromeOS", DeviceKind.COMPUTER),
    ("macintosh", "Mac", DeviceKind.COMPUTER),
    ("linux", "Linux", DeviceKind.COMPUTER),
)
"""A part of what a browser calls itself, in small letters -> its system and kind; the first that
fits.
"""


def sign_in_origin(user_agent: str, address: str) -> SignInOrigin:
    """Returns from where a session is used: what the browser says of itself, and the network."""
    said, network = user_agent.casefold(), network_of(address)
    for part, system, kind in SYSTEMS:
        if part in said:
            is_phone = part == "android" and "mobile" in said
            return SignInOrigin(DeviceKind.PHONE if is_phone else kind, system, network)
    return SignInOrigin(network=network)


def session_span(actor: Actor) -> SessionSpan:
    """Returns how long a session of the actor lasts, by the roles that act or still read."""
    roles = {grant.role for grant in actor.as_reader().grants}
    return ORDINARY_SPAN if GUARDED_ROLES.isdisjoint(roles) else GUARDED_SPAN


def is_session_over(
    span: SessionSpan, *, since: datetime, seen_at: datetime, now: datetime
) -> bool:
    """Returns True once a session was left unused, or has lasted, for too long."""
    return now >= min(seen_at + span.idle, since + span.whole)


def hour_of(at: datetime) -> datetime:
    """Returns the begin of the hour (UTC)."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def wait_for(tries: Sequence[datetime], limit: Limit, now: datetime) -> timedelta | None:
    """Returns how long until one more try fits the limit; None when it fits now.

    Tries that lie in the future were counted before a wrong clock was set back, and would otherwise
    count for days.
    """
    recent = sorted(at for at in tries if now - limit.span < at <= now + CLOCK_MAY_DIFFER)
    if len(recent) < limit.count:
        return None
    return recent[-limit.count] + limit.span - now


def may_send_link(sent: Sequence[datetime], now: datetime) -> bool:
    """Returns True when one more letter with a sign-in link may be sent.

    False means that a letter whose link still works lies in the mailbox already. Nobody is refused
    sign-in by it: otherwise whoever keeps asking in somebody's name would keep them out.
    """
    earlier = [at for at in sent if at <= now + CLOCK_MAY_DIFFER]
    return wait_for(earlier, LINKS_AT_WILL, now) is None or now - max(earlier) >= LINK_EVERY


def safe_next(target: str | None) -> str:
    """Returns the path to go to after signing in, or "" for anything that a browser could read as
    another site.
    """
    if not target or len(target) > LONGEST_PATH or not target.startswith("/"):
        return ""
    return "" if target.startswith("//") or UNSEEN.search(target) else target


def may_skip_old_password(way: SignInWay, since: datetime, now: datetime) -> bool:
    """Returns True for somebody who signed in by a link just now: they own the mailbox, and may
    have forgotten the password.
    """
    return way is SignInWay.LINK and now - since <= FRESH_LINK_LASTS


def is_confirmed(moments: Iterable[datetime], now: datetime) -> bool:
    """Returns True when somebody proved who they are lately: by signing in, or by confirming it."""
    return any(now - CONFIRMED_FOR < at <= now + CLOCK_MAY_DIFFER for at in moments)


def token_ends_at(created_at: datetime, expires_at: datetime | None) -> datetime:
    """Returns when a key for programs ends; one made before keys had an end lasts a year as well."""
    return expires_at or created_at + TOKEN_LASTS


def password_fault(password: str, own_words: Iterable[str] = ()) -> Sentence | None:
    """Returns why a new password is too easy to guess; None when it is not. `own_words` are the
    person's name and address.
    """
    if len(password) < SHORTEST_PASSWORD:
        return Sentence(
            N_("Use at least %(n)s characters. Four or five words are easy to remember."),
            {"n": SHORTEST_PASSWORD},
        )
    if len(password) > LONGEST_PASSWORD:
        return Sentence(N_("Use at most %(n)s characters."), {"n": LONGEST_PASSWORD})
    plain = normal_password(password).casefold()
    if len(set(plain)) < FEWEST_LETTERS or _is_a_repetition(plain):
        return Sentence(
            N_(
                "This password repeats itself. Choose words that have nothing to do with each other."
            )
        )
    if is_tried_first(password):
        return Sentence(
            N_(
                "This password, or the word in it, is on the lists of stolen passwords that are tried"
                " first. Choose four or five words that have nothing to do with each other."
            )
        )
    words = {
        part
        for word in own_words
        for part in re.split(r"[^\w]+", word.casefold())
        if len(part) >= SHORTEST_OWN_WORD
    }
    for word in sorted(words | set(WORN_OUT), key=len, reverse=True):
        plain = plain.replace(word, "")
    if len(plain) < FEWEST_OWN_CHARACTERS:
        return Sentence(
            N_("This password is made of words that are guessed first. Choose other words.")
        )
    return None


LOOKALIKES = str.maketrans("@431!0$57", "aaeiiosst")
PADDING = re.compile(r"^[\W\d_]+|[\W\d_]+$")


def is_tried_first(password: str) -> bool:
    """Returns True for a password of the lists of stolen ones, also with figures and signs around
    it, with letters written as figures, or repeated.
    """
    plain = normal_password(password).casefold()
    words = [part for part in re.split(r"[\W_]+", plain) if not part.isdecimal()]
    forms = {plain, "".join(words), re.sub(r"[\W_]+", "", plain)}
    forms |= {PADDING.sub("", form) for form in forms}
    forms |= {form.translate(LOOKALIKES) for form in forms}
    forms |= {form[: _period(form)] for form in forms}
    return any(is_common(form) for form in forms)


def _period(text: str) -> int:
    """Returns the length of the shortest piece that, repeated, gives the text."""
    for n in range(1, len(text) // 2 + 1):
        if text == (text[:n] * (len(text) // n + 1))[: len(text)]:
            return n
    return len(text)


def _is_a_repetition(text: str) -> bool:
    """Returns True when the text is one short piece repeated."""
    return _period(text) < len(text)


def require_preferences(language: str, timezone: str) -> None:
    errors: dict[str, Sentence] = {}
    if language not in languages():
        errors["language"] = Sentence(N_("Choose a language from the list."))
    if timezone not in available_timezones():
        errors["timezone"] = Sentence(N_("Choose a time zone from the list."))
    if errors:
        raise InvalidInput(errors)


CALENDAR_PROGRAMS = (
    ("google-calendar", "Google Calendar"),
    ("outlook", "Outlook"),
    ("microsoft", "Outlook"),
    ("exchange", "Outlook"),
    ("thunderbird", "Thunderbird"),
    ("nextcloud", "Nextcloud"),
    ("icsx5", "ICSx⁵"),
    ("davx5", "DAVx⁵"),
    ("evolution", "Evolution"),
    ("gnome", "GNOME"),
    ("korganizer", "KOrganizer"),
    ("akonadi", "KOrganizer"),
    ("vdirsyncer", "vdirsyncer"),
    ("home assistant", "Home Assistant"),
    ("homeassistant", "Home Assistant"),
    ("calendaragent", "Apple"),
    ("dataaccessd", "Apple"),
    ("accountsd", "Apple"),
    ("macos", "Apple"),
    ("ios/", "Apple"),
    ("mozilla", N_("a browser")),
)
"""A part of what a program calls itself, in small letters -> its name; the first that fits."""

OTHER_PROGRAM = N_("another program")


def calendar_program(user_agent: str) -> str:
    """Returns the kind of program that asks for a calendar, without version and machine."""
    said = user_agent.casefold()
    return next((name for part, name in CALENDAR_PROGRAMS if part in said), OTHER_PROGRAM)


# Rules of dated roles: spans are half-open local dates, so that a role passes on without a gap or
# an overlap.

HANDED_OVER = frozenset({Role.PRESIDENCY, Role.FOCAL_POINT})
READS_ON = timedelta(days=60)
TERM_AHEAD = timedelta(days=731)
LONGEST_TERM = timedelta(days=731)


class RoleAlreadyHeld(Refusal):
    rule = "role-already-held"
    msgid = N_("This account already holds this role in these days.")


class NotInTerm(Refusal):
    kind = Kind.CONFLICT
    rule = "not-in-term"
    msgid = N_("This person does not act for the presidency in that term. Reload the page.")


class TermOver(Refusal):
    kind = Kind.CONFLICT
    rule = "term-over"
    msgid = N_("That term is over. What happened in it stays as it was.")


class NoAddress(Refusal):
    """Nobody can be invited: the person has no address, or another account has it."""

    kind = Kind.CONFLICT
    rule = "no-address"
    msgid = N_(
        "%(name)s cannot sign in: the directory has no e-mail address of their own. Add one first."
    )


class LastOrganizer(Refusal):
    kind = Kind.CONFLICT
    rule = "last-organizer"
    msgid = N_(
        "This is the only organizer. Give the role to somebody else first, or nobody could run Convoca."
    )


def readable_until(
    role: Role, valid_from: date, valid_until: date | None, today: date
) -> date | None:
    """Returns the first day on which a role that was handed over can no longer even be read; None
    when it was not handed over.

    It is sixty days after the end, for the roles that pass to a successor. Other roles end
    altogether on their day.
    """
    if role not in HANDED_OVER or valid_until is None or not valid_from < valid_until <= today:
        return None
    last = valid_until + READS_ON
    return last if today < last else None


def require_role_fits(
    role: Role, scope: str, countries: Iterable[str], groups: Iterable[str]
) -> None:
    """Refuses a scope that does not fit the role: a country, a working group, or nothing."""
    if role in SCOPE_BY_COUNTRY:
        fits = scope in set(countries)
    elif role in SCOPE_BY_GROUP:
        fits = scope in set(groups)
    else:
        fits = scope == ""
    if not fits:
        raise InvalidInput(
            {
                "scope": Sentence(
                    N_("This role needs another scope: a country's code or a group's name.")
                )
            }
        )


def require_span(valid_from: date, valid_until: date | None) -> None:
    if valid_until is not None and valid_until <= valid_from:
        raise InvalidInput({"valid_until": Sentence(N_("A role must hold for at least one day."))})


def require_term(
    valid_from: date, valid_until: date, *, today: date, next_from: date | None
) -> None:
    """Refuses a term of the presidency that begins before today or reaches into the next one."""
    if not today <= valid_from <= today + TERM_AHEAD:
        raise InvalidInput(
            {"valid_from": Sentence(N_("Write a first day from today to two years ahead."))}
        )
    if valid_until <= valid_from:
        raise InvalidInput({"valid_until": Sentence(N_("The end must come after the first day."))})
    if valid_until > valid_from + LONGEST_TERM:
        raise InvalidInput({"valid_until": Sentence(N_("A term lasts two years at most."))})
    if next_from is not None and valid_until > next_from:
        said = Sentence(
            N_("The next term begins on %(on)s. End this one by then."), {"on": next_from}
        )
        raise InvalidInput({"valid_until": said})
