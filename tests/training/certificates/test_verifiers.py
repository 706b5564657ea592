"""Credentials, judged by programs that did not make them, as somebody would who has the file
and the internet.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from app.infra.database import reading, transaction
from app.infra.issuer_keys import renew_issuer_keys
from app.infra.platform import platform
from app.kernel.actor import SYSTEM
from app.training.certificates.exports.credential import signed_credential
from app.training.certificates.queries.credentials import credential_issuer, credential_source
from app.training.certificates.services.ending import revoke_certificate
from app.training.certificates.tasks import stored_pdf
from app.training.certificates.values import RevocationReason
from tests.support.issuer import lay_keys
from tests.training.certificates.builders import finished
from tests.training.certificates.verifying import (
    VERIFIERS,
    Site,
    Verdict,
    by_credentials_consortium,
    by_digital_bazaar,
    by_jose,
    serving_securely,
)

ACCEPTED = Verdict(verified=True, revoked=False, error="")
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def site(database_url: str, tmp_path: Path, key_path: Path) -> Iterator[Site]:
    """An installation that seals certificates and signs credentials, at an address of its own."""
    files = {"credential_file": tmp_path / "keys.pem", "seal_file": key_path}
    with serving_securely(database_url, tmp_path, **files) as site:
        with site.app.app_context(), transaction() as db:
            lay_keys(db, tmp_path / "keys.pem", begins_at=NOW)
        yield site


@pytest.fixture
def issued(site: Site) -> str:
    with site.app.app_context(), transaction() as db:
        return finished(db, decided_at=NOW).certificate(db, now=NOW)


def taken_out(site: Site, code: str) -> dict[str, Any]:
    """The credential that is attached to the sealed PDF."""
    with site.app.app_context():
        pdf = stored_pdf(code, now=NOW)
    assert b"/SubFilter /ETSI.CAdES.detached" in pdf
    (content,) = PdfReader(BytesIO(pdf)).attachments["credential.json"]
    document: dict[str, Any] = json.loads(content)
    return document


def judged(credential: Mapping[str, Any], site: Site) -> tuple[Verdict, Verdict]:
    return by_digital_bazaar(credential, site), by_credentials_consortium(credential, site)


def test_credential_out_of_the_sealed_file_is_accepted_and_its_end_is_read(
    site: Site, issued: str
) -> None:
    """Given a sealed certificate, when its credential is taken out, then two verifiers that are not
    ours accept it; changed by one word they refuse it; and once the certificate is revoked, both
    say so.
    """
    credential = taken_out(site, issued)
    assert judged(credential, site) == (ACCEPTED, ACCEPTED)

    subject = credential["credentialSubject"]
    changed = {
        **credential,
        "credentialSubject": {**subject, "narrative": subject["narrative"].replace("2", "9")},
    }
    for verdict in judged(changed, site):
        assert not verdict.verified
        assert "signature" in verdict.error

    with site.app.app_context(), transaction() as db:
        reason = RevocationReason.ERROR
        revoke_certificate(db, actor=SYSTEM, now=NOW, code=issued, reason=reason)
    assert [verdict.revoked for verdict in judged(credential, site)] == [True, True]


def test_credential_past_its_last_day_is_refused(site: Site, issued: str) -> None:
    """Given a credential whose last day is over, when verifiers read it, then they refuse it."""
    with site.app.app_context(), reading() as db:
        facts, number = credential_source(db, issued, today=NOW.date())
        issuer = credential_issuer(db)
    assert issuer is not None
    day = date(2020, 3, 1)
    over = replace(
        facts,
        completed_on=day,
        issued_at=datetime(2020, 3, 2, tzinfo=UTC),
        last_valid_on=date(2022, 3, 1),
    )
    credential = signed_credential(over, number, issuer)
    assert credential["validUntil"].startswith("2022-03-02")
    for verdict in judged(credential, site):
        assert not verdict.verified
        assert "validUntil" in verdict.error or verdict.error == "expiration"


def test_jwt_is_accepted_by_the_published_keys_and_refused_when_changed(
    site: Site, issued: str
) -> None:
    headers = {"Accept": "application/vc+jwt"}
    token = site.app.test_client().get(
        f"/v/{issued}", headers=headers, base_url=site.url, follow_redirects=True
    )
    assert by_jose(token.text, site) == Verdict(verified=True, revoked=None, error="")
    head, claims, signature = token.text.split(".")
    changed = f"{head}.{claims[:-2]}AA.{signature}"
    assert by_jose(changed, site).error == "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"


def test_key_that_was_withdrawn_verifies_nothing(site: Site, issued: str) -> None:
    """Given that keys were stolen, when they are withdrawn, then what they signed is refused."""
    credential = taken_out(site, issued)
    with site.app.app_context(), transaction() as db:
        renew_issuer_keys(db, platform().settings, now=NOW, withdraws=True)
    assert not by_digital_bazaar(credential, site).verified
    again = site.app.test_client().get(
        f"/api/v1/certificates/{issued}/credential", base_url=site.url
    )
    assert by_digital_bazaar(again.get_json(force=True), site) == ACCEPTED


def test_lock_of_verifiers_is_whole_exact_and_without_addresses() -> None:
    wanted = json.loads((VERIFIERS / "package.json").read_text(encoding="utf-8"))["dependencies"]
    packages = json.loads((VERIFIERS / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    for path, package in packages.items():
        assert "resolved" not in package
        assert not path or package["integrity"].startswith("sha512-")
