"""SECRET_KEY is exchanged: what the earlier key made works while it is listed, and what it sealed is
sealed anew.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.infra import clock, exchange
from app.infra.database import reading, transaction
from app.infra.exchange import MAIL_PASSWORD, KeyTally, SealedColumn, sealed_columns, tally
from app.infra.installation import ONLY, InstallationRow, sealed_password, secret_keys
from app.infra.jobs import ListedKeysSerializer
from app.infra.journal import JournalEntry
from app.infra.meetings.choosing import sealed_keys
from app.infra.meetings.port import MeetingKeys
from app.infra.orm import Base
from app.infra.platform import platform
from app.infra.sealing import CannotUnseal
from app.infra.secret_keys import SecretKeys
from app.kernel.actor import SYSTEM
from app.kernel.text import LocalizedText
from app.office.outbox.rules import wish_key
from app.office.outbox.services import answer_tokens, queue_message
from app.office.outbox.values import Letter
from app.participation.invitations.queries.guests import guest_key_of
from app.participation.invitations.services.guests import register_guest
from app.participation.invitations.services.inviting import invite
from app.participation.invitations.values import GuestDraft, InvitationClass, InvitationDraft
from app.participation.meetings.services import connect
from app.participation.registrations.models import Guest
from app.participation.registrations.values import CONSENT_VERSION, REQUIRED_CONSENT, Way
from app.participation.speakers.services import name_speaker
from app.participation.speakers.values import SpeakerDraft
from app.people.factors.queries import factor_state
from app.people.identity.services.tokens import issue_feed_token
from app.planning.events.rules.joining import MeetingProvider
from app.training.certificates.models import NameKey
from app.training.certificates.queries.names import NAME_KEYS, is_printed_name
from app.training.certificates.rules import NamesNotComparable
from app.training.certificates.services.erasing import erase_names
from app.wiring.storage import SEALED
from tests.architecture.source import ROOT
from tests.people.factors import office
from tests.planning.events.rows import an_event
from tests.support import apps
from tests.support.actors import actor_of, csrf_token, sign_in
from tests.support.databases import KEYS, settings_for
from tests.support.exchanged import under
from tests.support.lifetime import close_app
from tests.training.certificates.builders import finished

LATER = "the key that the office made when the technician left"
BOTH, ALONE = SecretKeys(LATER, (KEYS.current,)), SecretKeys(LATER)
NAME = "Ana Vargas Núñez"
PAGE = (ROOT / "docs" / "deploy.md").read_text("utf-8")
END = "Nothing that is sealed needs an earlier key."


@dataclass(frozen=True)
class Made:
    """What was made under the key of before."""

    event_id: UUID
    person_id: int
    invitation_key: str
    guest_key: str
    code: str
    answers_to: str


def made(app: Flask) -> Made:
    """Seals something in each column that is sealed."""
    office.an_organizer(app)
    office.protect(app)
    organizer, now = actor_of(app, office.EMAIL), clock.now()
    starts = now + timedelta(days=30)
    event_id = an_event(app, starts_at=starts, ends_at=starts + timedelta(hours=1))
    with app.app_context(), transaction() as db:
        server = {"smtp_host": "mail.example.org", "smtp_port": 587, "mail_tested_at": now}
        db.add(InstallationRow(id=ONLY, smtp_password=sealed_password(db, "a word"), **server))
        sealed = sealed_keys(MeetingKeys("a", "b", "c", "d@example.org"), own=secret_keys(db))
        connect(
            db,
            actor=organizer,
            provider=MeetingProvider.ZOOM,
            sealed=sealed,
            host="d@example.org",
            ending="",
            now=now,
        )
        guest = InvitationDraft(
            InvitationClass.OBSERVER, Way.GUEST, name=NAME, email="ana@example.org"
        )
        invite(db, actor=SYSTEM, event_id=event_id, draft=guest, now=now)
        speaker = SpeakerDraft("Una Ponente", "", "p@example.org", "es", LocalizedText(es="Yo"))
        name_speaker(db, actor=SYSTEM, event_id=event_id, draft=speaker, now=now)
        key = _sealed_texts(db)["invitation.sealed_key"][0]
        place = register_guest(
            db,
            token=key,
            draft=GuestDraft(NAME, "", "", "", "es", "a form"),
            consent_version=CONSENT_VERSION,
            purposes=REQUIRED_CONSENT,
            now=now,
        )
        holder = finished(db, name=NAME, sort_key=NAME)
        code = holder.certificate(db)
        erase_names(db, actor=SYSTEM, people=[holder.person_id], now=now)
        answers = answer_tokens(db, event_id=event_id, person_ids=[holder.person_id])
        letter = Letter(
            kind="sign-in-link",
            subject="Enlace",
            body="https://convoca.example.org/sign-in/link/abcdefgh\n",
        )
        queue_message(
            db, dedupe="7.1", address="x@example.org", language="es", letter=letter, now=now
        )
    return Made(
        event_id, holder.person_id, key, place.key, code, answers_to=answers[holder.person_id]
    )


def _sealed_texts(db: Session) -> Mapping[str, list[str]]:
    """Returns what is sealed, opened, by table and column."""
    keys = secret_keys(db)
    return {
        str(one.column.property.columns[0]): [
            keys.unseal(sealed, purpose=one.purpose_of(number))
            for number, sealed in db.execute(select(one.key, one.column).where(one.column != ""))
        ]
        for one in sealed_columns()
    }


def _tallies() -> list[KeyTally]:
    return [tally(one) for one in sealed_columns()]


def _sum() -> KeyTally:
    return sum(_tallies(), KeyTally())


@pytest.mark.both_databases
def test_exchanged_key_loses_nothing_that_was_sealed(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The technician has left. The exchange is killed half-way and run again."""
    before = made(app)
    run = app.test_cli_runner().invoke
    with app.app_context():
        with reading() as db:
            texts = _sealed_texts(db)
        assert all(texts.values()), "each column holds something"
        everything = sum(map(len, texts.values()))
        assert _sum() == KeyTally(current=everything)
    with under(app, BOTH), app.app_context():
        assert {(one.current, one.lost) for one in _tallies()} == {(0, 0)}
        assert _sum() == KeyTally(earlier=everything)
        _works(app, client, before)
        counted = run(args=["secrets", "exchange", "--dry-run"])
        assert counted.exit_code == 3
        assert f"{everything} need an earlier key." in counted.output
        exchanged_at = clock.now()
        monkeypatch.setattr(exchange, "AT_ONCE", 1)
        with pytest.raises(InterruptedError):
            exchange.exchange(on_page=_killed_at(4))
        left = _sum()
        assert 0 < left.current < everything
        assert left.current + left.earlier == everything
        done = run(args=["secrets", "exchange"])
        assert done.exit_code == 0, done.output
        assert f"Sealed anew: {left.earlier}" in done.output
        assert END in done.output
        assert f'"{END}"' in PAGE, "what the office is told to wait for"
        assert "Sealed anew: 0" in run(args=["secrets", "exchange"]).output
        with reading() as db:
            facts = db.scalars(
                select(JournalEntry.payload).where(JournalEntry.fact == "SecretKeyExchanged")
            ).all()
        assert sum(one["rows"] for one in facts) == everything, (
            "also of the exchange that was killed"
        )
        told = exchange.secret_keys_listed()
        assert told.state == "ok"
        with monkeypatch.context() as later:
            later.setattr(clock, "now", lambda: exchanged_at + timedelta(days=91))
            assert exchange.secret_keys_listed() == replace(told, state="degraded")
    with under(app, ALONE), app.app_context():
        assert exchange.secret_keys_listed().details == {"earlier_keys": None}
        with reading() as db:
            assert _sealed_texts(db) == texts
        assert _sum() == KeyTally(current=everything)
        _works(app, client, before)


def _killed_at(number: int) -> "exchange.OnPage":
    pages = iter(range(1, number))

    def stop(_one: object, _rows: int) -> None:
        if next(pages, None) is None:
            raise InterruptedError

    return stop


def _works(app: Flask, client: FlaskClient, before: Made) -> None:
    """Opens the links that were sent, and compares what later letters bear with them."""
    guest = client.get(f"/invitation/{before.invitation_key}")
    assert guest.headers["Location"].endswith(f"/guest/{before.guest_key}")
    assert client.get(f"/guest/{before.guest_key}").status_code == 200
    with reading() as db:
        guest_id = db.scalars(select(Guest.person_id)).one()
        assert guest_key_of(db, guest_id) == before.guest_key
        assert is_printed_name(db, before.code, typed=NAME) is True
        assert is_printed_name(db, before.code, typed="Otra") is False
    with transaction() as db:
        told = answer_tokens(db, event_id=before.event_id, person_ids=[before.person_id])
    assert told[before.person_id] == before.answers_to


def test_lost_key_is_a_sentence_and_no_fault(app: Flask, client: FlaskClient) -> None:
    """The key was exchanged without listing the one before: everything asks for what it lacks."""
    before = made(app)
    with under(app, ALONE):
        app.config["WTF_CSRF_ENABLED"] = False
        _is_told_as_lost(app)
        assert client.get(f"/guest/{before.guest_key}").status_code == 200, "found by its hash"
        assert NAME in client.get(f"/invitation/{before.invitation_key}").text
        compared = client.post(f"/verify/{before.code}/name?lang=en", data={"name": NAME})
        assert compared.status_code == 503
        assert "names cannot be compared here any more" in compared.text
        with app.app_context():
            assert _sum().lost > 0
            with reading() as db, pytest.raises(NamesNotComparable):
                is_printed_name(db, before.code, typed=NAME)
            with transaction() as db:
                later = finished(db, name=NAME, sort_key=NAME)
                code = later.certificate(db)
                erase_names(db, actor=SYSTEM, people=[later.person_id], now=clock.now())
                again = register_guest(
                    db,
                    token=before.invitation_key,
                    draft=GuestDraft(NAME, "", "", "", "es", "a form"),
                    consent_version=CONSENT_VERSION,
                    purposes=REQUIRED_CONSENT,
                    now=clock.now(),
                )
            with reading() as db:
                assert is_printed_name(db, code, typed=NAME) is True, "under a key of its own"
                account_id = actor_of(app, office.EMAIL).account_id
                assert not factor_state(db, account_id).is_app_readable
        assert again.key not in ("", before.guest_key), "a link that later letters can bear"
        assert client.get(f"/guest/{again.key}").status_code == 200
        sign_in(client, "organizer")
        for path in ("/meeting-connection", "/account/security", "/setup/mail", "/messages"):
            assert client.get(path).status_code == 200, path
        with app.app_context():
            platform(app).jobs.drain()


def _is_told_as_lost(app: Flask) -> None:
    told = app.test_cli_runner().invoke(args=["secrets", "exchange"])
    assert told.exit_code == 3
    with app.app_context():
        assert f"{_sum().lost} need a key that is not listed." in told.output
    assert "Where nobody has it any more, they are set up, entered or sent anew." in told.output
    assert END not in told.output, "what the office waits for before it throws the key away"


def test_mistyped_earlier_key_is_told_and_costs_nothing(app: Flask) -> None:
    made(app)
    with under(app, SecretKeys(LATER, (f"{KEYS.current} ",))):
        _is_told_as_lost(app)
    with under(app, BOTH):
        assert app.test_cli_runner().invoke(args=["secrets", "exchange"]).exit_code == 0


def test_what_was_signed_works_while_the_key_is_listed(app: Flask, client: FlaskClient) -> None:
    """A session, a form of its, and the link in each letter; a stolen key ends them at once."""
    app.config["WTF_CSRF_ENABLED"] = True
    sign_in(client, office_in(app))
    form = {"csrf_token": csrf_token(client)}
    person_id = actor_of(app, "organizer").person_id
    assert person_id is not None
    wishes = f"/wishes/{wish_key(KEYS, person_id)}"
    with app.app_context(), transaction() as db:
        account_id = actor_of(app, "organizer").account_id
        feed = issue_feed_token(db, account_id=account_id, now=clock.now(), press="one press")
    with under(app, BOTH):
        assert client.get("/account/security").status_code == 200
        assert client.post("/account/security/codes", data=form).status_code == 303
        assert client.get(wishes).status_code == 200
        with app.app_context(), transaction() as db:
            again = issue_feed_token(db, account_id=account_id, now=clock.now(), press="one press")
        assert again == feed
        later = f"/wishes/{wish_key(platform(app).keys, person_id)}"
        cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
    with under(app, ALONE):
        assert client.get(wishes).status_code == 404
        assert client.get(later).status_code == 200
        stranger = app.test_client()
        assert stranger.get("/account/security").status_code == 302
    with under(app, SecretKeys("another one, after a theft")):
        assert client.get("/account/security").status_code == 302
        assert client.get(later).status_code == 404


def test_stolen_key_opens_nothing_from_the_start_and_what_it_sealed_is_kept(
    app: Flask, client: FlaskClient
) -> None:
    """As docs/deploy.md says: the stolen key is listed for the one command alone."""
    assert "SECRET_KEY_FALLBACKS=<the stolen one> flask secrets exchange" in PAGE
    sign_in(client, office_in(app))
    wishes = f"/wishes/{wish_key(KEYS, actor_of(app, 'organizer').person_id or 0)}"
    with app.app_context(), transaction() as db:
        db.add(InstallationRow(id=ONLY, smtp_password=sealed_password(db, "a word")))
    for _ in ("before the command", "after it"):
        with under(app, ALONE):
            assert client.get("/account/security").status_code == 302
            assert client.get(wishes).status_code == 404
        with under(app, BOTH):
            assert app.test_cli_runner().invoke(args=["secrets", "exchange"]).exit_code == 0
    with under(app, ALONE), app.app_context(), reading() as db:
        assert _sealed_texts(db)["installation.smtp_password"] == ["a word"]


def office_in(app: Flask) -> str:
    actor_of(app, "organizer")
    return "organizer"


def test_application_starts_with_the_keys_of_its_settings(
    app: Flask, client: FlaskClient, settings: object, database_url: str, tmp_path: Path
) -> None:
    """The cookie of before opens a session of the application that was started anew, whose cookies
    the key of before does not read.
    """
    sign_in(client, office_in(app))
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name)
    assert cookie is not None
    started = apps.made(
        settings_for(
            database_url,
            (tmp_path / "var").resolve(),
            secret_key=LATER,
            secret_key_fallbacks=(KEYS.current,),
        )
    )
    try:
        later = started.test_client()
        later.set_cookie(name, cookie.value)
        assert later.get("/account/security").status_code == 200
        assert platform(started).keys == BOTH
        checks = later.get("/readyz").json["checks"]  # type: ignore[index]
        assert checks["secret_keys"] == {"state": "ok", "earlier_keys": 1}
        queue = platform(started).jobs.huey.serializer
        for signed in (ListedKeysSerializer(KEYS), queue):
            assert queue.deserialize(signed.serialize("a job")) == "a job"
        with pytest.raises(ValueError, match="mismatch"):
            ListedKeysSerializer(KEYS).deserialize(queue.serialize("a job"))
    finally:
        close_app(started)


@pytest.mark.both_databases
def test_two_exchanges_at_once_tell_of_each_text_once(app: Flask) -> None:
    def exchanged(_number: int) -> int:
        with app.app_context():
            return exchange.exchange()

    with app.app_context(), transaction() as db:
        texts = [KEYS.seal("a key", purpose=NAME_KEYS.purpose_of(0)) for _ in range(400)]
        db.add_all(NameKey(sealed=text) for text in texts)
    with under(app, BOTH), ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(exchanged, range(3))) == [0, 0, 400]
    with under(app, ALONE), app.app_context():
        assert _sum() == KeyTally(current=400)


def test_text_that_somebody_changed_meanwhile_stays(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading a row and sealing it anew the office enters another password."""
    with app.app_context(), transaction() as db:
        db.add(InstallationRow(id=ONLY, smtp_password=sealed_password(db, "the word of before")))
    read = exchange._read

    def read_before_a_change(db: Session, one: SealedColumn, after: object) -> object:
        page = read(db, one, after)
        if one is MAIL_PASSWORD:
            db.execute(update(InstallationRow).values(smtp_password=sealed_password(db, "anew")))
        return page

    monkeypatch.setattr(exchange, "_read", read_before_a_change)
    with under(app, BOTH), app.app_context():
        exchange.exchange()
        with reading() as db:
            assert _sealed_texts(db)["installation.smtp_password"] == ["anew"]


def test_current_key_alone_signs_and_seals() -> None:
    for made_by, read_by in ((KEYS, BOTH), (BOTH, ALONE)):
        assert read_by.serializer("s").loads(made_by.serializer("s").dumps(1)) == 1
        assert read_by.timed_serializer("s").loads(made_by.timed_serializer("s").dumps(1)) == 1
        assert read_by.signer("s").unsign(made_by.signer("s").sign("a")) == b"a"
        assert made_by.tag(b"a") in read_by.tags(b"a")
        assert read_by.unseal(made_by.seal("a", purpose="p"), purpose="p") == "a"
    assert BOTH.tag(b"a") == ALONE.tag(b"a")
    assert len(BOTH.tag(b"a")) == 256 // 8
    assert BOTH.is_current(BOTH.seal("a", purpose="p"), purpose="p")
    assert not BOTH.is_current(KEYS.seal("a", purpose="p"), purpose="p")
    with pytest.raises(CannotUnseal):
        ALONE.unseal(KEYS.seal("a", purpose="p"), purpose="p")
    assert LATER not in repr(BOTH)


def test_each_sealed_column_is_exchanged() -> None:
    """Columns are called sealed…; two older ones are not."""
    columns = {
        str(column)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if "sealed" in column.name
    }
    exchanged = [str(one.column.property.columns[0]) for one in SEALED]
    assert len(set(exchanged)) == len(exchanged)
    assert {*exchanged} == columns | {"code_app.secret", "installation.smtp_password"}
