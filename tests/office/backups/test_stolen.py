"""A stolen backup opens no account and holds no usable link, also where it is not encrypted."""

import gzip
import re
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from app.infra import clock
from app.infra.backups.making import make_backup
from app.infra.backups.places import places_of
from app.infra.database import transaction
from app.infra.platform import platform
from app.infra.secret_keys import SecretKeys
from app.kernel.refusal import NotAllowed
from app.office.backups.services import ask_for
from app.office.backups.values import BackupWork
from app.office.outbox.queries import answer_address, message_of_token
from app.participation.registrations.models import Invitation, Registration
from app.participation.registrations.services.registering import register
from app.participation.registrations.values import CONSENT_VERSION
from app.people.identity.services.sign_in import issue_sign_in_link, open_sign_in
from app.people.identity.services.tokens import issue_api_token, issue_feed_token
from app.people.identity.values import SignInWay
from app.planning.events.models import Event
from tests.people.factors import office
from tests.security.matrix import ANONYMOUS, TRUTH
from tests.security.world import built, filled, opened, routes, values_for
from tests.support.actors import account_id_of, actor_of
from tests.support.databases import SECRET
from tests.support.exchanged import under
from tests.support.forms import tokens_of

LINK = re.compile(r"/sign-in/link/([\w-]{43})")
WHO = "organizer@example.org"


def test_what_opens_an_account_is_not_in_a_backup(app: Flask, client: FlaskClient) -> None:
    """A letter with a link waits while the backup is made, and leaves afterwards: its link works.
    Somebody else has a password and a second factor.
    """
    office.an_organizer(app)
    codes = office.protect(app)
    account_id = account_id_of(app, "organizer")
    with app.app_context(), transaction() as db:
        now = clock.now()
        keys = [
            issue_sign_in_link(db, account_id=account_id, now=now),
            open_sign_in(db, account_id=account_id, way=SignInWay.LINK, now=now),
            issue_api_token(db, account_id=account_id, label="a program", now=now),
            issue_feed_token(db, account_id=account_id, now=now),
        ]
    form = tokens_of(client.get("/sign-in").text)
    client.post("/sign-in/link", data={"link_email": WHO, **form})
    settings = platform(app).settings
    stolen = [backed_up(app)]
    with app.app_context():
        platform(app).jobs.drain()
    stolen.append(backed_up(app))
    letters = [path.read_text("utf-8") for path in (settings.data / "mail").glob("*.eml")]
    [token] = set(LINK.findall("".join(letters).replace("=\n", "")))
    factors = (office.PASSWORD, office.SECRET, *codes, *(one.replace("-", "") for one in codes))
    for secret in (*keys, *factors, token, SECRET):
        assert not any(_holds(backup, secret) for backup in stolen)
    assert _holds(stolen[0], office.EMAIL)
    assert client.get(f"/sign-in/link/{token}").status_code == 200, "where it was not stolen"


KEYS = {
    "token",
    "wish_key",
    "choice_key",
    "refresher_key",
    "row_key",
    "launch_key",
    "files_key",
}
"""Names of parts of addresses that open what stands behind them to whoever has them."""
PUBLIC = {
    *("code", "event_id", "material_id", "nonce", "number", "package_path", "package_slug"),
    *("person_id", "section_code", "sha256", "short", "slug", "task"),
}
"""Those of pages that anybody may open."""
IN_LETTERS = {"identity.invitation", "identity.link", "identity.new_address"}
"""Nobody has a living key of theirs but the reader of the letter."""
ON_FILE = re.compile(r"[\w.-]+")


def test_nothing_in_a_backup_opens_what_a_key_opens(tmp_path: Path) -> None:
    """Over all addresses that have a key in them: the living one opens and is not in the backup, and
    nothing there that could be one opens anything. So it is with the keys in letters, and with the
    addresses where calendars answer and letters come back. The living ones open as well when another
    key of the installation has taken the place of theirs and theirs is listed.
    """
    exchanged = SecretKeys("the key that came after", (SECRET,))
    file, objects = built()
    with opened(file, tmp_path) as app:
        letters = _letters_that_left(app)
        stolen = backed_up(app)
        words = _words_in(tmp_path, stolen)
        client, walked, living = app.test_client(), set(), set()
        for endpoint, method, rule in routes(app):
            if method != "GET" or ANONYMOUS not in TRUTH[endpoint]:
                continue
            assert rule.arguments <= KEYS | PUBLIC, f"{endpoint}: what is a key in it?"
            for name in rule.arguments & KEYS:
                values = values_for(rule, objects)
                key = values[name]
                refused = _shown(client, filled(rule, {**values, name: key.swapcase()}))
                if _shown(client, filled(rule, values)) != refused:
                    assert not _holds(stolen, key), endpoint
                    living.add(endpoint)
                    as_before = _shown(client, filled(rule, values))
                    with under(app, exchanged):
                        assert _shown(client, filled(rule, values)) == as_before, endpoint
                for word in filter(_shape(key).fullmatch, words):
                    shown = _shown(client, filled(rule, {**values, name: word}))
                    assert shown == refused, f"{endpoint}: {word}"
                walked.add(endpoint)
        assert walked - living == IN_LETTERS | {"setup.first"}
        keys = _keys_in(app, letters)
        assert set(keys.values()) >= {
            "rsvp",
            "bounce",
            "identity.link",
            "notifications.wishes_by_key",
        }
        assert not [key for key in keys if _holds(stolen, key)]
        with app.app_context(), transaction() as db:
            for word in filter(re.compile("[0-9a-f]{20}").fullmatch, words):
                assert answer_address(db, word) is None
                assert message_of_token(db, word) is None


def _shown(client: FlaskClient, path: str) -> tuple[int, str]:
    """Returns what tells a page that a key opens from the one that says that it opens nothing."""
    answer = client.get(path)
    title = re.search(b"<title>(.*?)</title>", answer.data)
    return answer.status_code, title[1].decode() if title else ""


def _holds(stolen: dict[str, bytes], key: str) -> bool:
    return any(key.encode() in content for content in stolen.values())


def _shape(key: str) -> re.Pattern[str]:
    """Returns what could be such a key; of a signed one, the signature has always the same length."""
    *parts, last = key.split(".")
    return re.compile(r"[\w-]+\." * len(parts) + rf"[\w-]{{{len(last)}}}")


def _letters_that_left(app: Flask) -> list[str]:
    """Returns, with their heads, what a registration, a link to sign in and all that was due wrote."""
    actor, client, now = actor_of(app, "official-gt"), app.test_client(), clock.now()
    with app.app_context(), transaction() as db:
        own = select(Registration.event_id).where(Registration.person_id == actor.person_id)
        event_id = db.scalars(
            select(Event.id)
            .where(Event.status == "published", Event.starts_at > now, ~Event.is_confidential)
            .where(Event.id.not_in(own), Event.id.not_in(select(Invitation.event_id)))
            .order_by(Event.starts_at.desc())
        ).first()
        assert event_id is not None
        register(db, actor=actor, event_id=event_id, consent_version=CONSENT_VERSION, now=now)
    client.post("/sign-in/link", data={"link_email": WHO, **tokens_of(client.get("/sign-in").text)})
    with app.app_context():
        platform(app).jobs.drain()
    files = (platform(app).settings.data / "mail").glob("*.eml")
    return [_told(message_from_bytes(file.read_bytes(), policy=policy.default)) for file in files]


def _told(mail: EmailMessage) -> str:
    parts = [part for part in mail.walk() if part.get_content_maintype() == "text"]
    told = [*mail.values(), *(str(part.get_content()) for part in parts)]
    return "\n".join(told).replace("\r\n ", "").replace("\n ", "")


def _keys_in(app: Flask, letters: list[str]) -> dict[str, str]:
    """Returns the keys in links and addresses of the letters, by what they belong to."""
    keys: dict[str, str] = {}
    addresses = app.url_map.bind("localhost")
    for path in re.findall(r"https?://localhost(/[^\s<>\"?#]+)", " ".join(letters)):
        with suppress(HTTPException):
            endpoint, values = addresses.match(path.rstrip(".,"))
            keys |= {value: endpoint for name, value in values.items() if name in KEYS}
    for door, token in re.findall(r"(rsvp|bounce)\+([0-9a-f]{20})@", " ".join(letters)):
        keys[token] = door
    return keys


def _words_in(folder: Path, stolen: dict[str, bytes]) -> set[str]:
    """Returns what each cell and each stored file holds, in parts that could stand in an address."""
    database = folder / "stolen.sqlite3"
    database.write_bytes(stolen["database"])
    contents = [part.decode("latin-1") for name, part in stolen.items() if "database" not in name]
    with closing(sqlite3.connect(database)) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table'"
        ).fetchall()
        for (table,) in tables:
            for row in connection.execute(f'SELECT * FROM "{table}"'):
                contents += [
                    cell if isinstance(cell, str) else cell.decode("latin-1")
                    for cell in row
                    if isinstance(cell, str | bytes)
                ]
    return {word for content in contents for word in ON_FILE.findall(content)}


def backed_up(app: Flask) -> dict[str, bytes]:
    """Returns the files of a new backup, and its database unpacked."""
    settings = platform(app).settings
    with app.app_context():
        made = make_backup(settings, now=datetime.now(UTC), reason="by-hand")
        [place] = places_of(settings)
    assert isinstance(place.where, Path)
    parts = {str(path): path.read_bytes() for path in place.where.rglob("*") if path.is_file()}
    database = place.where / made.manifest.database.name
    return {**parts, "database": gzip.decompress(database.read_bytes())}


def test_only_organizers_ask_for_a_backup(app: Flask) -> None:
    for who in ("focal-point-hn", "official-gt", "presidency"):
        actor = actor_of(app, who)
        with app.app_context(), transaction() as db, pytest.raises(NotAllowed):
            ask_for(db, actor=actor, work=BackupWork.MAKE, now=clock.now())
