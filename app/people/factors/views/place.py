"""What all these pages share: the blueprint, and what a passkey is asked at which address."""

import base64
import json
from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, request

from app.infra import clock
from app.infra.database import reading
from app.infra.installation import site_address
from app.people.factors import queries, services
from app.people.factors.rules import CHALLENGE_LASTS
from app.people.factors.values import PasskeyPlace

bp = Blueprint("factors", __name__)
INVALID, CONFLICT, TOO_MANY = 422, 409, 429
MILLISECONDS = 1000


def passkey_place() -> PasskeyPlace | None:
    """Returns the address at which passkeys are made and answer; None where a browser would not let
    one: at another address than the public one, or without TLS on another machine. The machine
    itself has a name for them, and no number.
    """
    address = urlsplit(site_address().replace("//127.0.0.1", "//localhost"))
    is_safe = address.scheme == "https" or address.hostname == "localhost"
    if not is_safe or address.netloc != request.host:
        return None
    return PasskeyPlace(f"{address.scheme}://{address.netloc}")


def asked_of_passkey(account_id: int = 0) -> str:
    """Returns as JSON what the page asks a passkey: one of the account's, or any that the device has
    for this address; "" where passkeys do not work or the account has none.

    Five lines and not the library, which takes a third of a second to import: it is needed once
    somebody answers.
    """
    place = passkey_place()
    if place is None:
        return ""
    with reading() as db:
        known = queries.credential_ids(db, account_id) if account_id else ()
        challenge = services.new_challenge(db, account_id=account_id, now=clock.now())
    if account_id and not known:
        return ""
    return json.dumps(
        {
            "challenge": base64.urlsafe_b64encode(challenge).decode().rstrip("="),
            "rpId": place.host,
            "timeout": int(CHALLENGE_LASTS.total_seconds()) * MILLISECONDS,
            "userVerification": "required",
            "allowCredentials": [{"type": "public-key", "id": one} for one in known],
        }
    )


def unkept(html: str, status: int = 200) -> Response:
    response = make_response(html, status)
    response.headers["Cache-Control"] = "no-store"
    return response
