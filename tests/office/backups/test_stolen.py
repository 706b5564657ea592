"""A stolen backup opens no account and holds no usable link, also where it is not encrypted."""

import gzip
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra import clock
from app.infra.backups.making import make_backup
from app.infra.backups.places import places_of
from app.infra.database import transaction
from app.infra.platform import platform
from app.kernel.refusal import NotAllowed
from app.office.backups.services import ask_for
from app.office.backups.values import BackupWork
from app.people.identity.services.sign_in import issue_sign_in_link, open_sign_in
from app.people.identity.services.tokens import issue_api_token, issue_feed_token
from app.people.identity.values import SignInWay
from tests.support.actors import account_id_of, actor_of
from tests.support.databases import SECRET
from tests.support.forms import tokens_of

LINK = re.compile(r"/sign-in/link/([\w-]{43})")
WHO = "organizer@example.org"


def test_what_opens_an_account_is_not_in_a_backup(app: Flask, client: FlaskClient) -> None:
    """A letter with a link waits while the backup is made, and leaves afterwards: its link works."""
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
    [letter] = [path.read_text("utf-8") for path in (settings.data / "mail").glob("*.eml")]
    [token] = set(LINK.findall(letter.replace("=\n", "")))
    for secret in (*keys, token, SECRET):
        assert all(secret.encode() not in content for content in stolen)
    assert client.get(f"/sign-in/link/{token}").status_code == 200, "where it was not stolen"


def backed_up(app: Flask) -> bytes:
    """Returns all bytes of a new backup, its database unpacked."""
    settings = platform(app).settings
    with app.app_context():
        made = make_backup(settings, now=datetime.now(UTC), reason="by-hand")
        [place] = places_of(settings)
    assert isinstance(place.where, Path)
    parts = [path for path in place.where.rglob("*") if path.is_file()]
    database = place.where / made.manifest.database.name
    return b"".join(path.read_bytes() for path in parts) + gzip.decompress(database.read_bytes())


def test_only_organizers_ask_for_a_backup(app: Flask) -> None:
    for who in ("focal-point-hn", "official-gt", "presidency"):
        actor = actor_of(app, who)
        with app.app_context(), transaction() as db, pytest.raises(NotAllowed):
            ask_for(db, actor=actor, work=BackupWork.MAKE, now=clock.now())
