"""People for tests: personas with accounts and roles, signed in or holding a bearer token. No
browser, no password.

sign_in(client, "organizer")            a persona of PERSONAS, made when missing, or the address of
any account headers = bearer(app, "official-hn")    {"Authorization": "Bearer …"} for paths under
/api/ client.post("/path", data={**form, "csrf_token": csrf_token(client)}) account_id =
an_account(app, "someone@example.org", roles=[(Role.CONVENOR, "protection")], country="GT") actor =
actor_of(app, "focal-point-gt")   the Actor, for services
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.actor import SYSTEM, Actor, Role
from app.people.directory.models import Country, Person
from app.people.directory.services.reference import seed_reference
from app.people.identity import queries
from app.people.identity.models import Account
from app.people.identity.services import accounts, tokens
from app.people.identity.services import roles as services_roles
from app.people.identity.services import sign_in as services_sign_in
from app.people.identity.values import SignInWay
from app.people.identity.views.door import KEY
from tests.support.body import MEMBER_COUNTRIES

LONG_AGO = date(2020, 1, 1)


@dataclass(frozen=True)
class Persona:
    name: str
    country: str
    roles: tuple[tuple[Role, str], ...]


PERSONAS = {
    "organizer": Persona("Laura Quesada Umaña", "CR", ((Role.ORGANIZER, ""),)),
    "organizer-second": Persona("Tomás Brenes Solís", "CR", ((Role.ORGANIZER, ""),)),
    "presidency": Persona("Altagracia Peña Henríquez", "DO", ((Role.PRESIDENCY, "DO"),)),
    "convenor-protection": Persona("Inés Castañeda Ibáñez", "MX", ((Role.CONVENOR, "protection"),)),
    "convenor-labour": Persona(
        "Rodrigo Núñez del Cid", "GT", ((Role.CONVENOR, "labour-migration"),)
    ),
    "official-hn": Persona("María José Ñáñez Güell", "HN", ((Role.OFFICIAL, "HN"),)),
    "official-gt": Persona("Óscar Solórzano de la O", "GT", ((Role.OFFICIAL, "GT"),)),
    "focal-point-hn": Persona("Dunia Zúñiga Mejía", "HN", ((Role.FOCAL_POINT, "HN"),)),
    "focal-point-gt": Persona("Héctor Argüello Pacheco", "GT", ((Role.FOCAL_POINT, "GT"),)),
}


def an_account(
    app: Flask,
    email: str,
    *,
    name: str = "",
    roles: Sequence[tuple[Role, str]] = (),
    country: str = "CR",
    password: str | None = None,
    language: str = "es",
) -> int:
    """A person of a member country with an account and roles that have held for years; makes
    countries if missing. It was made when this hour began.
    """
    timezone = next(one.timezone for one in MEMBER_COUNTRIES if one.code == country)
    now = _this_hour()
    with app.app_context(), transaction() as db:
        if db.get(Country, country) is None:
            seed_reference(db)
        person = Person(
            full_name=name or email.partition("@")[0],
            sort_key=(name or email).casefold(),
            email=email,
            country_code=country,
            language=language,
            timezone=timezone,
        )
        db.add(person)
        db.flush()
        account_id = accounts.create_account(
            db, actor=SYSTEM, email=email, person_id=person.id, password=password, now=now
        )
        for role, scope in roles:
            services_roles.grant_role(
                db,
                actor=SYSTEM,
                account_id=account_id,
                role=role,
                scope=scope,
                valid_from=LONG_AGO,
                now=now,
            )
    return account_id


def account_id_of(app: Flask, who: str) -> int:
    """The account of a persona, made when missing, or of an address."""
    persona = PERSONAS.get(who)
    email = f"{who}@example.org" if persona else who
    with app.app_context(), reading() as db:
        found = db.scalar(select(Account.id).where(Account.email == email))
    if found is not None:
        return found
    if persona is None:
        raise LookupError(f"no account {who}: make it with an_account()")
    return an_account(app, email, name=persona.name, roles=persona.roles, country=persona.country)


def actor_of(app: Flask, who: str) -> Actor:
    account_id = account_id_of(app, who)
    with app.app_context(), reading() as db:
        actor = queries.actor_of_account(db, account_id, clock.today())
    assert actor is not None
    return actor


def _this_hour() -> datetime:
    """When accounts of tests are made: not later than now, and the same for many tests."""
    return clock.now().replace(minute=0, second=0, microsecond=0)


def open_session(app: Flask, who: str, way: SignInWay) -> dict[str, object]:
    """Opens a real session in the database; returns what the session's cookie holds."""
    account_id = account_id_of(app, who)
    with app.app_context(), transaction() as db:
        key = services_sign_in.open_sign_in(db, account_id=account_id, way=way, now=clock.now())
        uniquifier = db.get_one(Account, account_id).fs_uniquifier
    return {"_user_id": uniquifier, "_fresh": True, KEY: key}


def sign_in(client: FlaskClient, who: str, way: SignInWay = SignInWay.PASSWORD) -> Actor:
    """Puts the cookie of a new session into the client; returns who acts from now on."""
    opened = open_session(client.application, who, way)
    with client.session_transaction() as session:
        session.clear()
        session.update(opened)
    return actor_of(client.application, who)


def session_cookie(app: Flask, who: str) -> tuple[str, str]:
    """Name and value of the cookie of a browser in which a persona of the demonstration has signed
    in.
    """
    signing = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signing is not None
    value = signing.dumps(open_session(app, who, SignInWay.DEMO))
    return app.config["SESSION_COOKIE_NAME"], str(value)


def post(client: FlaskClient, path: str, **fields: Any) -> Any:
    """Sends a form as a page of the client's session does."""
    return client.post(path, data={**fields, "csrf_token": csrf_token(client)})


def csrf_token(client: FlaskClient) -> str:
    """A token that the client's session accepts, without fetching a form."""
    with client.session_transaction() as session:
        raw = session.setdefault("csrf_token", "a token for tests")
    token = URLSafeTimedSerializer(
        client.application.secret_key or "", salt="wtf-csrf-token"
    ).dumps(raw)
    return str(token)


def bearer(app: Flask, who: str) -> dict[str, str]:
    account_id = account_id_of(app, who)
    with app.app_context(), transaction() as db:
        token = tokens.issue_api_token(db, account_id=account_id, label="test", now=clock.now())
    return {"Authorization": f"Bearer {token}"}
