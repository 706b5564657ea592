"""Who is asking: a session cookie for pages, a bearer token for the API. Opens and ends sessions."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import (
    Blueprint,
    Flask,
    after_this_request,
    current_app,
    g,
    redirect,
    request,
    session,
    url_for,
)
from flask_login import LoginManager, current_user, login_user, logout_user
from itsdangerous import BadData
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.platform import platform
from app.kernel.actor import ANONYMOUS, Actor
from app.kernel.network import source_of
from app.people.identity import queries
from app.people.identity.models import Account
from app.people.identity.queries import digest
from app.people.identity.rules import (
    DEVICE_KNOWN_FOR,
    PER_ACCOUNT,
    PER_ACCOUNT_AND_ADDRESS,
    PER_ADDRESS,
    PER_DEVICE,
    PER_KNOWN_ADDRESS,
    SEEN_EVERY,
    BearerNotValid,
    normal_email,
    sign_in_origin,
)
from app.people.identity.services import accounts
from app.people.identity.services.refused import count_refused, tell_refused
from app.people.identity.services.sign_in import (
    close_sign_in,
    count_try,
    forget_try,
    know_address,
    mark_seen,
    open_sign_in,
    renew_sign_in,
)
from app.people.identity.values import (
    Door,
    HalfSignIn,
    OpenSignIn,
    RefusedKind,
    SignInOrigin,
    SignInWay,
)
from app.web.fields import instant_in
from app.web.locale import host_cookie

# Browsers in which somebody has signed in before, by a signed cookie. It opens nothing: it only
# gives its owner tries to sign in that nobody else can use up.

COOKIE = "known-device"
SALT = "known-device"
MOST_ACCOUNTS = 5
"""On a computer that several people share; the one who signed in longest ago is forgotten first."""


def account_mark(email: str) -> str:
    """Returns what stands for an account in cookies and counters: its address as a digest."""
    return digest(normal_email(email))[:32]


def device_of(account: str) -> str:
    """Returns the mark of this browser when the account's owner has signed in with it; ""
    otherwise.
    """
    return _known().get(account, "")


def know_device(account: str) -> None:
    """Remembers with this answer that the owner of the account signed in with this browser."""
    known = {**_known(), account: device_of(account) or secrets.token_urlsafe(12)}
    latest = dict(
        [*((one, mark) for one, mark in known.items() if one != account), (account, known[account])]
    )
    value = (
        platform().keys.timed_serializer(SALT).dumps(dict(list(latest.items())[-MOST_ACCOUNTS:]))
    )

    @after_this_request
    def _keep(response: Response) -> Response:
        response.set_cookie(
            host_cookie(COOKIE),
            value,
            max_age=DEVICE_KNOWN_FOR,
            httponly=True,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
        return response


def _known() -> Mapping[str, str]:
    try:
        found: Any = (
            platform()
            .keys.timed_serializer(SALT)
            .loads(
                request.cookies.get(host_cookie(COOKIE), ""),
                max_age=int(DEVICE_KNOWN_FOR.total_seconds()),
            )
        )
    except BadData:
        return {}
    return (
        {str(account): str(mark) for account, mark in found.items()}
        if isinstance(found, dict)
        else {}
    )


bp = Blueprint("identity", __name__)
KEY = "sign_in_key"
FORBIDDEN = 403
HALF = "half_sign_in"
HALF_LASTS = timedelta(minutes=15)
FACTOR_DUE = "second_factor_due"
"""In the cookie of a session: from when on the account reaches nothing but setting up a second
factor.
"""


@dataclass(frozen=True)
class SecondFactorPort:
    """What signing in asks of the package of second factors, which stands above. `has`: whether an
    account signs in in two steps; `due_at`: from when on it must, None for one that does or never
    must; `shown`: what the page about the account's security says of them.
    """

    has: Callable[[Session, int], bool]
    due_at: Callable[[Session, int, datetime], datetime | None]
    shown: Callable[[], str]


def second_factors() -> SecondFactorPort:
    return platform().port(SecondFactorPort)


def init_identity(app: Flask) -> None:
    """Lets Flask-Login read the session cookie. The row of the sign-in guards the session, so that
    of its own protection, which compares network addresses, nothing is needed.
    """
    manager = LoginManager(app, add_context_processor=False)
    manager.session_protection = None
    manager.user_loader(_sign_in_of_cookie)


def load_actor() -> Actor:
    """Returns who acts in this request.

    The API never accepts the cookie, so another site's form cannot spend it there.
    """
    if request.path.startswith("/api/"):
        return _actor_of_bearer()
    return g.open_sign_in.actor if current_user.is_authenticated else ANONYMOUS


def _actor_of_bearer() -> Actor:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not scheme:
        return ANONYMOUS
    actor = None
    if scheme.lower() == "bearer":
        with reading() as db:
            actor = queries.actor_of_bearer(db, token.strip(), now=clock.now(), today=clock.today())
    if actor is None:
        raise BearerNotValid
    return actor


def _sign_in_of_cookie(uniquifier: str) -> OpenSignIn | None:
    """Returns the session of a cookie; None when its key is not in the database as well.

    Flask-Login asks once a request.
    """
    key = session.get(KEY)
    if not key or request.path.startswith("/api/"):
        return None
    with reading() as db:
        opened = queries.open_sign_in(
            db, uniquifier=uniquifier, key=key, now=clock.now(), today=clock.today()
        )
    if opened is not None:
        g.open_sign_in = opened
        _mark_seen(opened)
    return opened


def _mark_seen(sign_in: OpenSignIn) -> None:
    """Records every few minutes that the session is in use: its idle end counts from there.

    Where nothing can be written, pages are still read.
    """
    now = clock.now()
    if now - sign_in.seen_at < SEEN_EVERY:
        return
    try:
        with transaction() as db:
            mark_seen(db, sign_in_id=sign_in.id, network=_origin().network, now=now)
    except SQLAlchemyError:
        current_app.logger.warning("could not record that a session is in use", exc_info=True)


def _origin() -> SignInOrigin:
    return sign_in_origin(request.headers.get("User-Agent", ""), request.remote_addr or "")


def present_sign_in() -> OpenSignIn:
    sign_in: OpenSignIn = g.open_sign_in
    return sign_in


def enter(
    account_id: int,
    way: SignInWay,
    *,
    tries: list[int] | None = None,
    is_proven: bool = False,
) -> None:
    """Opens a session and gives the browser a fresh cookie; whatever the old one held is
    dropped.

    Of an account with a second factor it opens none yet, unless that was proven: the cookie then
    opens nothing but the page that asks for it, to which `landing` leads. The demonstration's
    invented people enter by their names.
    """
    is_whole = is_proven or way in (SignInWay.PASSKEY, SignInWay.DEMO)
    if not is_whole and _begin_half(account_id, way, tries or []):
        return
    due = None
    with transaction() as db:
        forget_try(db, ids=tries or [])
        know_address(db, source=source_of(request.remote_addr or ""), now=clock.now())
        account = db.get_one(Account, account_id)
        key = open_sign_in(
            db,
            account_id=account_id,
            way=way,
            now=clock.now(),
            origin=_origin(),
            is_known_device=way is SignInWay.DEMO or bool(device_of(account_mark(account.email))),
            replaces=session.get(KEY, ""),
        )
        if way is not SignInWay.DEMO and not is_proven:
            due = second_factors().due_at(db, account_id, clock.now())
    session.clear()
    g.pop("csrf_token", None)  # made with the old session: forms of this answer need a new one
    login_user(account)
    session[KEY] = key
    if due is not None:
        session[FACTOR_DUE] = due.isoformat()
    know_device(account_mark(account.email))


def go_on(account_id: int, way: SignInWay) -> None:
    """Goes on as a new session after every session of the account has ended. It proves nothing: what
    is asked of its owner is asked from the same day on.
    """
    due = session.get(FACTOR_DUE)
    enter(account_id, way, is_proven=True)
    if due is not None:
        session[FACTOR_DUE] = due


def renew_key() -> None:
    """Gives the present session a new key: one that was copied before opens nothing any more."""
    with transaction() as db:
        key = renew_sign_in(db, sign_in_id=present_sign_in().id, now=clock.now())
    session[KEY] = key


def _begin_half(account_id: int, way: SignInWay, tries: list[int]) -> bool:
    """Returns False for an account without a second factor. The cookie is signed and holds nothing
    that opens a session; it ends with a new password, like those of sessions.
    """
    with transaction() as db:
        if not second_factors().has(db, account_id):
            return False
        forget_try(db, ids=tries)
        uniquifier = db.get_one(Account, account_id).fs_uniquifier
    session.clear()
    session[HALF] = [uniquifier, way.value, clock.now().isoformat()]
    return True


def half_sign_in() -> HalfSignIn | None:
    """Returns whose second factor is still to come in this browser; None for nobody's."""
    told = session.get(HALF)
    if told is None:
        return None
    uniquifier, way, at = told
    begun = instant_in(at)
    if begun is None or not timedelta() <= clock.now() - begun < HALF_LASTS:
        return None
    with reading() as db:
        account_id = queries.account_of_uniquifier(db, uniquifier)
    return None if account_id is None else HalfSignIn(account_id, SignInWay(way))


def landing(target: str, *, code: int = 302) -> Response:
    """Redirects whoever has just entered to the target, and whoever has only begun to the second
    step.
    """
    if HALF in session:
        return redirect(url_for("factors.second_step", next=target or None), code)
    return redirect(target or "/", code)


def leave(actor: Actor) -> None:
    with transaction() as db:
        close_sign_in(db, actor=actor, key=session.get(KEY, ""), now=clock.now())
    logout_user()
    session.clear()


def enter_with_password(email: str, password: str) -> bool:
    """Counts the try first; then a wrong password, an unknown and a closed account take the same
    way and time.
    """
    counted_at = doors(email)
    with transaction() as db:
        tries = count_try(db, doors=counted_at, now=clock.now())
    with reading() as db:
        account = queries.account_by_email(db, email)
        stored = account.password if account else None
        account_id = account.id if account else 0
    if not accounts.is_password(password, stored):
        tell_refused_password(account_id)
        return False
    enter(account_id, SignInWay.PASSWORD, tries=tries)
    return True


def tell_refused_password(account_id: int) -> None:
    """Counts a wrong password; account 0 for an address without one, which takes as long."""
    with transaction() as db:
        count_refused(db, account_id=account_id, kind=RefusedKind.PASSWORD, now=clock.now())


@bp.after_app_request
def _count_forbidden(response: Response) -> Response:
    """Counts what somebody who is signed in asked for and may not have, and files with a virus."""
    actor = g.get("actor", ANONYMOUS)
    is_forbidden = response.status_code == FORBIDDEN and actor.signed_in
    if is_forbidden or g.get("met_virus"):
        kind = RefusedKind.REQUEST if is_forbidden else RefusedKind.VIRUS
        try:
            with transaction() as db:
                count_refused(db, account_id=actor.account_id or 0, kind=kind, now=clock.now())
        except SQLAlchemyError:
            current_app.logger.warning("could not count a refusal", exc_info=True)
    return response


def tell_hours() -> None:
    """Writes what was refused in the hours that are over into the journal."""
    with transaction() as db:
        tell_refused(db, now=clock.now())


def doors(email: str) -> tuple[Door, ...]:
    """Returns the counters to which a try for an account is added.

    A browser that its owner has used before has a counter of its own, so that nobody who guesses
    elsewhere, or behind the same address, can shut the owner out.
    """
    account = account_mark(email)
    device = device_of(account)
    if device:
        return (Door(f"device:{device}:{account}", PER_DEVICE),)
    source = source_of(request.remote_addr or "")
    return (
        Door(f"both:{account}:{source}", PER_ACCOUNT_AND_ADDRESS),
        Door(f"account:{account}", PER_ACCOUNT),
        address_door(""),
    )


def address_door(kind: str) -> Door:
    """Returns the counter of tries of everybody behind a network address."""
    source = source_of(request.remote_addr or "")
    with reading() as db:
        known = queries.is_known_address(db, source=source, now=clock.now())
    return Door(f"{kind}address:{source}", PER_KNOWN_ADDRESS if known else PER_ADDRESS)


def is_demo() -> bool:
    return bool(current_app.config["DEMO"])
