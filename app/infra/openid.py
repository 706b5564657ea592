"""Single sign-on by OpenID Connect: the authorization code flow with PKCE, nonce and state.

Sources: OpenID Connect Core 1.0 and Discovery 1.0, RFC 7636 (PKCE), RFC 9207 (issuer in the
answer). Only the provider that the settings name is asked, and its issuer has to be written exactly
as it says itself.
"""

import base64
import json
import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from app.infra.fetching import FetchFailed, speak_to
from app.infra.shallow import is_shallow_json
from config import Settings

ALGORITHMS = ["RS256", "PS256", "ES256"]
DISCOVERY = "/.well-known/openid-configuration"
ADDRESSES = ("authorization_endpoint", "token_endpoint", "jwks_uri")
LARGEST = 1024 * 1024
TIMEOUT = 10.0
LEEWAY_SECONDS = 60
OK = 200
KNOWN_SECONDS = 600.0
_told: dict[str, tuple[float, dict[str, Any]]] = {}


class ProviderFailed(Exception):
    """The provider did not answer, or not as it must; the text is for the log."""


@dataclass(frozen=True)
class Provider:
    """`proofs`: values of `amr` or `acr` that count as a second factor. `allow`: as in fetching."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    name: str
    proofs: frozenset[str]
    allow: frozenset[str]


@dataclass(frozen=True)
class ProviderQuestion:
    """What was asked of the provider, kept with the browser until the answer comes."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class ProvenIdentity:
    """Who the provider says is there. `subject` is what it knows them by for good; `email` is only
    for reading.
    """

    issuer: str
    subject: str
    email: str = ""
    is_two_factor: bool = False


def provider_of(settings: Settings) -> Provider | None:
    """Returns the provider of the settings; None where single sign-on is off."""
    if not settings.sso_issuer or settings.sso_secret_file is None:
        return None
    return Provider(
        issuer=settings.sso_issuer,
        client_id=settings.sso_client_id,
        secret=settings.sso_secret_file.read_text(encoding="utf-8").strip(),
        name=settings.sso_name,
        proofs=settings.sso_second_factor,
        allow=settings.fetch_allow,
    )


def new_question() -> ProviderQuestion:
    return ProviderQuestion(*(secrets.token_urlsafe(32) for _ in range(3)))


def address_to_ask(provider: Provider, asked: ProviderQuestion, *, comes_back_to: str) -> str:
    """Returns the address at the provider to which the browser is sent."""
    address: str = prepare_grant_uri(
        _metadata(provider)["authorization_endpoint"],
        provider.client_id,
        "code",
        redirect_uri=comes_back_to,
        scope="openid email",
        state=asked.state,
        nonce=asked.nonce,
        code_challenge=create_s256_code_challenge(asked.verifier),
        code_challenge_method="S256",
    )
    return address


def identity_of(
    provider: Provider, asked: ProviderQuestion, *, code: str, comes_back_to: str, now: datetime
) -> ProvenIdentity:
    """Exchanges the code of the answer for who is there; raises ProviderFailed."""
    known = _metadata(provider)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": comes_back_to,
        "code_verifier": asked.verifier,
    }
    headers = {
        "Authorization": _basic(provider),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    token = _json(provider, "POST", known["token_endpoint"], headers, urlencode(form).encode())
    keys = _json(provider, "GET", known["jwks_uri"])
    claims = _claims(provider, asked, token, keys=keys, now=now)
    if claims.get("email_verified") is False:
        raise ProviderFailed("the provider has not verified the e-mail address")
    methods = claims.get("amr")
    said = [claims.get("acr"), *(methods if isinstance(methods, list) else [])]
    return ProvenIdentity(
        issuer=provider.issuer,
        subject=str(claims["sub"]),
        email=str(claims.get("email") or ""),
        is_two_factor=any(isinstance(one, str) and one in provider.proofs for one in said),
    )


def _claims(
    provider: Provider, asked: ProviderQuestion, token: dict[str, Any], *, keys: Any, now: datetime
) -> dict[str, Any]:
    try:
        signed = jwt.decode(
            str(token["id_token"]), KeySet.import_key_set(keys), algorithms=ALGORITHMS
        )
        claims = CodeIDToken(
            signed.claims,
            signed.header,
            options={
                "iss": {"essential": True, "value": provider.issuer},
                "aud": {"essential": True, "value": provider.client_id},
            },
            params={
                "nonce": asked.nonce,
                "client_id": provider.client_id,
                "access_token": token.get("access_token"),
            },
        )
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
    except (JoseError, KeyError, TypeError, ValueError) as error:
        raise ProviderFailed(f"the provider's token is not valid: {error!r}") from error
    return dict(claims)


def _metadata(provider: Provider) -> dict[str, Any]:
    """Returns what the provider says of itself, asked at most every ten minutes: whoever keeps
    opening the page that leads there troubles nobody.
    """
    at, known = _told.get(provider.issuer, (0.0, {}))
    if known and time.monotonic() - at < KNOWN_SECONDS:
        return known
    known = _json(provider, "GET", provider.issuer.rstrip("/") + DISCOVERY)
    if known.get("issuer") != provider.issuer:
        raise ProviderFailed("the provider calls itself by another issuer")
    if not all(isinstance(known.get(name), str) for name in ADDRESSES):
        raise ProviderFailed("the provider does not name its addresses")
    _told[provider.issuer] = (time.monotonic(), known)
    return known


def _basic(provider: Provider) -> str:
    """Returns the client's name and secret as RFC 6749 §2.3.1 writes them."""
    pair = f"{quote(provider.client_id, safe='')}:{quote(provider.secret, safe='')}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _json(
    provider: Provider,
    method: str,
    url: str,
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
) -> dict[str, Any]:
    try:
        answered = speak_to(
            method,
            url,
            headers={"Accept": "application/json", **(headers or {})},
            body=body,
            limit_bytes=LARGEST,
            timeout=TIMEOUT,
            allow=provider.allow,
        )
        found = json.loads(answered.content) if is_shallow_json(answered.content) else None
    except (FetchFailed, ValueError) as error:
        raise ProviderFailed(f"{url}: {error!r}") from error
    if answered.status != OK or not isinstance(found, dict):
        raise ProviderFailed(f"{url} answered {answered.status}")
    return found
