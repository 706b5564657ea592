"""Credentials and what verifiers ask for: who gets which, and what a status list says."""

import base64
import gzip
import json
import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from app.infra import clock
from app.infra.credentials import canonical
from app.infra.database import reading, transaction
from app.infra.platform import platform
from app.kernel.actor import SYSTEM
from app.training.certificates import rules
from app.training.certificates.exports.credential import credential
from app.training.certificates.exports.words import date_in_words, hours_in_words
from app.training.certificates.models import Certificate
from app.training.certificates.queries.credentials import CredentialIssuer, ended_in
from app.training.certificates.rules import code_from, grouped
from app.training.certificates.services.erasing import erase_names
from app.training.certificates.values import OF_PARTS, CertificateKind
from config import Settings
from tests.support.issuer import kept_keys, lay_keys
from tests.training.certificates.builders import (
    ADDRESS,
    EVENING,
    SAMPLES,
    Finished,
    a_correction,
    finished,
    revoke,
    sample,
)

pytestmark = pytest.mark.usefixtures("the_day")
PATH = "/api/v1/certificates/{}/credential"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture
def signing(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The application with keys that sign credentials."""
    update = {"credential_file": tmp_path / "keys.pem"}
    settings = platform(app).settings.model_copy(update=update)
    with app.app_context(), transaction() as db:
        lay_keys(db, tmp_path / "keys.pem", begins_at=EVENING)
    use(app, settings, monkeypatch)
    return settings


def use(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform(app), "settings", settings)
    info = {**platform(app).session_info, "convoca_settings": settings}
    monkeypatch.setattr(platform(app), "session_info", info)


def list_of(client: FlaskClient) -> bytes:
    """The bits of the first status list."""
    subject = client.get("/status/1").get_json(force=True)["credentialSubject"]
    assert subject["encodedList"].startswith("u")
    encoded = subject["encodedList"][1:]
    return gzip.decompress(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))


def is_ended(client: FlaskClient, document: dict[str, Any]) -> bool:
    """Whether the list to which a credential leads says that it ended."""
    status = document["credentialStatus"]
    assert status["statusListCredential"].endswith("/status/1")
    place = int(status["statusListIndex"])
    return bool(list_of(client)[place // 8] & 0x80 >> place % 8)


@pytest.mark.parametrize("name", SAMPLES)
def test_credential_says_what_the_paper_prints_and_names_its_holder_alone(name: str) -> None:
    """Every member is defined; hours, days, institution, country and who signed are there in both
    languages; no address of the holder and no identifier.
    """
    facts = sample(name)
    document = credential(facts, 7, an_issuer())
    canonical(document)
    subject = document["credentialSubject"]
    said = subject["narrative"].replace("\u00a0", " ")
    printed = [
        date_in_words(facts.completed_on),
        *([date_in_words(facts.last_valid_on)] if facts.last_valid_on else []),
        hours_in_words(facts.hours, "completion/v3"),
        facts.institution,
        facts.country,
        facts.issuer_role,
        *(module.title for module in facts.modules),
    ]
    for words in printed:
        assert all(words[language].replace("\u00a0", " ") in said for language in ("es", "en"))
    assert facts.issuer_name in said
    assert ("official" in document["issuer"]) is bool(facts.issuer_name)
    assert facts.guideline_version in said
    assert subject["licenseNumber"] == grouped(facts.code)
    assert subject["achievement"]["name"] == facts.course_title["es"]
    assert subject["achievement"].get("version", "") == facts.edition
    assert [one["identityHash"] for one in subject["identifier"]] == [facts.holder_name]
    assert "id" not in subject
    assert "@" not in re.sub(r"\"@context\"", "", json.dumps(document))
    assert ("DEMO" in document.get("description", "")) is facts.is_demo


def an_issuer() -> CredentialIssuer:
    return CredentialIssuer(kept_keys(EVENING), ADDRESS, "seed")


def test_credential_is_valid_to_the_end_of_its_last_day(
    client: FlaskClient, code: str, signing: Settings
) -> None:
    """24 November 2028 ends at six in the morning of the next day in UTC."""
    document = client.get(PATH.format(code)).get_json(force=True)
    assert document["validFrom"] == "2026-11-25T03:10:00Z"
    assert document["validUntil"] == "2028-11-25T05:59:59Z"
    never = credential(sample(last_valid_on=None), 7, an_issuer())
    assert "validUntil" not in never


def test_one_address_is_a_page_json_or_a_credential(
    client: FlaskClient, code: str, signing: Settings
) -> None:
    """Given a code, when a browser asks, then the page; when a program asks for JSON or for a
    credential, then that.
    """

    def asked(accept: str, path: str = "v") -> TestResponse:
        headers = {"Accept": accept} if accept else {}
        return client.get(f"/{path}/{code}", headers=headers, follow_redirects=True)

    for accept in (BROWSER, "*/*", "", "text/html", "image/png"):
        page = asked(accept)
        assert page.mimetype == "text/html"
        assert "Accept" in page.vary
        assert page.status_code == 200
    assert asked("application/json").get_json()["status"] == "valid"
    for accept in ("application/vc", "application/ld+json", "application/vc+ld+json;q=0.9"):
        answer = asked(accept, "verify")
        assert answer.mimetype == "application/vc"
        assert answer.get_json(force=True)["proof"]["cryptosuite"] == "eddsa-rdfc-2022"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cache-Control"] == "no-store"
    jwt = asked("application/vc+jwt")
    assert jwt.mimetype == "application/vc+jwt"
    assert len(jwt.text.split(".")) == 3
    leading = client.get(f"/v/{code}", headers={"Accept": "application/vc"})
    assert leading.status_code == 303
    assert "Accept" in leading.vary


def test_credential_is_the_same_each_time(
    client: FlaskClient, code: str, signing: Settings
) -> None:
    first = client.get(PATH.format(code))
    assert client.get(PATH.format(code)).data == first.data
    assert f"filename={grouped(code)}.json" in first.headers["Content-Disposition"]


def test_nobody_gets_a_credential_that_would_vouch_for_nobody(
    app: Flask, client: FlaskClient, somebody: Finished, code: str, signing: Settings
) -> None:
    """Given a certificate that was corrected, revoked, or whose name was taken away, when its
    credential is asked for, then there is none, and no page offers it.
    """

    def answers(one: str, status: int) -> None:
        answer = client.get(PATH.format(one))
        assert answer.status_code == status
        assert "identityHash" not in answer.text
        assert "/credential" not in client.get(f"/verify/{one}").text

    assert "/credential" in client.get(f"/verify/{code}").text
    with app.app_context(), transaction() as db:
        corrected = a_correction(db, code)
        other = finished(db)
        erased = other.certificate(db)
        erase_names(db, actor=SYSTEM, people=[other.person_id], now=EVENING)
    answers(code, 410)
    answers(erased, 410)
    assert client.get(PATH.format(corrected)).status_code == 200
    revoke(app, corrected)
    answers(corrected, 410)
    answers(code_from(7), 404)
    assert client.get(PATH.format("ABCD")).status_code == 404


@pytest.mark.both_databases
def test_list_says_of_each_certificate_whether_it_ended(
    app: Flask, client: FlaskClient, somebody: Finished, code: str, signing: Settings
) -> None:
    """Revoked and replaced ones ended, at once; one whose name was taken away is still true."""
    with app.app_context(), transaction() as db:
        people = [finished(db) for _ in range(3)]
        codes = [one.certificate(db) for one in people]
    issued = [client.get(PATH.format(one)).get_json(force=True) for one in (code, *codes)]
    assert sum(list_of(client)) == 0
    before = client.get("/status/1").get_json(force=True)
    revoke(app, code)
    with app.app_context(), transaction() as db:
        a_correction(db, codes[0])
        erase_names(db, actor=SYSTEM, people=[people[1].person_id], now=EVENING)
    assert [is_ended(client, one) for one in issued] == [True, True, False, False]
    assert sum(bits.bit_count() for bits in list_of(client)) == 2
    assert client.get("/status/1").get_json(force=True)["proof"] != before["proof"]


def test_list_is_kept_by_caches_and_made_once(client: FlaskClient, signing: Settings) -> None:
    first = client.get("/status/1")
    assert first.mimetype == "application/vc"
    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in first.headers
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/status/1", headers=tag).status_code == 304
    assert client.get("/status/1").data == first.data
    assert len(list_of(client)) * 8 == rules.STATUS_PLACES
    jwt = client.get("/status/1", headers={"Accept": "application/vc+jwt"})
    assert jwt.mimetype == "application/vc+jwt"
    for number in ("0", "2", "99999999999999999999"):
        assert client.get(f"/status/{number}").status_code == 404


def test_keys_are_published_for_programs_of_any_site(
    app: Flask, client: FlaskClient, code: str, signing: Settings
) -> None:
    document = client.get("/.well-known/did.json")
    assert document.headers["Access-Control-Allow-Origin"] == "*"
    did = document.get_json(force=True)
    assert did["id"] == "did:web:localhost"
    issued = client.get(PATH.format(code)).get_json(force=True)
    assert issued["issuer"]["id"] == did["id"]
    assert issued["proof"]["verificationMethod"] in did["assertionMethod"]
    keys = client.get("/.well-known/jwks.json").get_json(force=True)["keys"]
    assert {key["kid"] for key in keys} == set(did["assertionMethod"])


def test_without_keys_nothing_is_served(client: FlaskClient, code: str) -> None:
    for path in (
        PATH.format(code),
        "/status/1",
        "/.well-known/did.json",
        "/.well-known/jwks.json",
    ):
        assert client.get(path).status_code == 404
    assert "/credential" not in client.get(f"/verify/{code}").text


def test_keys_that_do_not_work_are_said_and_earlier_ones_stay_published(
    app: Flask, client: FlaskClient, code: str, signing: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = signing.model_copy(update={"credential_file": signing.data / "gone.pem"})
    use(app, broken, monkeypatch)
    assert client.get(PATH.format(code)).status_code == 503
    assert client.get("/status/1").status_code == 503
    assert client.get("/.well-known/did.json").status_code == 200


@pytest.mark.both_databases
def test_seed_of_places_is_never_changed(app: Flask) -> None:
    with app.app_context():
        for statement in ("UPDATE status_seed SET seed = 'x'", "DELETE FROM status_seed"):
            with pytest.raises(DBAPIError, match="status_seed_append_only"), transaction() as db:
                db.execute(text(statement))


def test_each_certificate_has_a_place_of_its_own_that_says_nothing_of_its_order() -> None:
    """The order of issue does not show; another seed has another order, and so has another list."""
    numbers = range(10_000)
    places = [rules.status_place(number, "a seed") for number in numbers]
    assert len(set(places)) == len(numbers)
    assert set(places) < set(range(rules.STATUS_PLACES))
    rises = sum(before < after for before, after in pairwise(places))
    assert 0.48 < rises / len(numbers) < 0.52
    assert max(places) - min(places) > rules.STATUS_PLACES * 0.99
    for other in (
        [rules.status_place(number, "another") for number in range(1000)],
        [rules.status_place(rules.STATUS_PLACES + number, "a seed") for number in range(1000)],
    ):
        assert sum(one == two for one, two in zip(places, other, strict=False)) < 5
    assert rules.status_list_of(rules.STATUS_PLACES - 1) == 1
    assert rules.status_list_of(rules.STATUS_PLACES) == 2


def test_last_moment_is_that_of_the_reference_zone() -> None:
    last = rules.valid_until(datetime(2028, 11, 24, tzinfo=UTC).date())
    assert last == datetime(2028, 11, 25, 6, tzinfo=UTC) - timedelta(seconds=1)


@pytest.mark.both_databases
def test_list_reads_only_its_own_certificates(app: Flask, code: str) -> None:
    revoke(app, code)
    with app.app_context(), reading() as db:
        number = db.scalars(select(Certificate.id)).one()
        assert ended_in(db, rules.status_list_of(number)).since == clock.now()
        assert ended_in(db, 2).places == ()


def test_every_kind_has_its_criteria() -> None:
    for kind in CertificateKind:
        changes = {"kind": kind, "hours": "" if kind in OF_PARTS else "1.5"}
        document = credential(sample(**changes), 7, an_issuer())
        assert document["credentialSubject"]["achievement"]["criteria"]["narrative"].count(".") == 2
