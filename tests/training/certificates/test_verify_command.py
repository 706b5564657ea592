"""`flask certificates verify`: what it says of a code, a PDF and a picture, and how it ends."""

import base64
import json
from datetime import UTC
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient

from app.infra.platform import platform
from app.infra.signing_key import signing_key
from app.training.certificates import tasks
from app.training.certificates.exports import render_pdf, seal
from app.training.certificates.exports.seal_reading import code_in, seal_of
from app.training.certificates.rules import code_from, grouped, verdict
from app.training.certificates.values import CertificateStatus, ProofVerdict, SealRead, SealState
from config import Settings
from tests.training.certificates.builders import EVENING, revoke, sample
from tests.training.certificates.test_archive import covered, key_file, sealing
from tests.training.certificates.test_credentials import PATH, signing

__all__ = ["key_file", "sealing", "signing"]
pytestmark = pytest.mark.usefixtures("the_day")
NAME = "María José Ñáñez Güell de la O"
OURS = SealRead(SealState.WHOLE, is_ours=True)


@pytest.mark.parametrize(
    ("status", "is_known", "seal_read", "expected"),
    [
        (CertificateStatus.VALID, True, None, ProofVerdict.HOLDS),
        (CertificateStatus.SUPERSEDED, True, SealRead(SealState.NONE), ProofVerdict.HOLDS),
        (CertificateStatus.REVOKED, True, OURS, ProofVerdict.ENDED),
        (CertificateStatus.VALID, False, OURS, ProofVerdict.HOLDS),
        (CertificateStatus.EXPIRED, False, OURS, ProofVerdict.ENDED),
        (CertificateStatus.UNKNOWN, False, OURS, ProofVerdict.UNRECOGNISED),
        (CertificateStatus.UNKNOWN, True, None, ProofVerdict.UNRECOGNISED),
        (CertificateStatus.VALID, False, SealRead(SealState.NONE), ProofVerdict.UNRECOGNISED),
        (CertificateStatus.VALID, False, SealRead(SealState.WHOLE), ProofVerdict.CHANGED),
        (CertificateStatus.VALID, False, SealRead(SealState.ADDED), ProofVerdict.CHANGED),
        (CertificateStatus.VALID, False, SealRead(SealState.BROKEN), ProofVerdict.CHANGED),
    ],
)
def test_verdict_rests_on_bytes_then_on_the_seal_then_on_the_register(
    status: CertificateStatus, seal_read: SealRead | None, expected: ProofVerdict, *, is_known: bool
) -> None:
    assert verdict(status, is_known=is_known, seal=seal_read) is expected


def verified(app: Flask, what: object, *options: str) -> Result:
    return app.test_cli_runner().invoke(args=["certificates", "verify", str(what), *options])


def held(folder: Path, content: bytes) -> Path:
    path = folder / "held.pdf"
    path.write_bytes(content)
    return path


@pytest.fixture
def pdf(app: Flask, code: str, sealing: Settings) -> bytes:
    with app.app_context():
        return tasks.stored_pdf(code, now=EVENING)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            (
                "Genuine, and it holds today.",
                "The seal is whole: not a byte was changed or added since.",
                "Sealed by Convoca: seal of a development machine, 2026-11-25 03:10 UTC.",
                "That is the seal of this installation.",
                "This is the file that we issued (PDF on A4).",
                "Valid. Authentic, and valid today, 24 November 2026",
                f"Name as printed: {NAME}",
                "Institution: Migration Directorate",
            ),
        ),
        (
            "es",
            (
                "Auténtico y vigente hoy.",
                "El sello está íntegro",
                "Es el sello de esta instalación.",
                "Es el archivo que emitimos (PDF en A4).",
                "Institución: Dirección de Migración",
            ),
        ),
    ],
)
def test_issued_file_is_genuine_in_both_languages(
    app: Flask, pdf: bytes, tmp_path: Path, language: str, said: tuple[str, ...]
) -> None:
    done = verified(app, held(tmp_path, pdf), "--language", language)
    assert done.exit_code == 0, done.output
    for sentence in said:
        assert sentence in done.output


def test_no_library_complains_beside_the_answer(
    app: Flask, pdf: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert verified(app, held(tmp_path, pdf)).exit_code == 0
    assert caplog.records == []


def test_code_alone_is_looked_up_and_a_mistake_is_said(app: Flask, code: str) -> None:
    done = verified(app, grouped(code).lower())
    assert (done.exit_code, NAME in done.output) == (0, True)
    assert done.output.splitlines()[1].startswith("Valid. ")
    revoke(app, code)
    assert verified(app, code).exit_code == 3
    unknown = verified(app, code_from(3))
    assert unknown.exit_code == 4
    assert "No certificate with this code was ever issued." in unknown.output
    wrong = verified(app, code[:-3])
    assert wrong.exit_code == 1
    assert "3 characters are missing" in wrong.output


def test_white_box_and_flipped_byte_are_said(
    app: Flask, code: str, pdf: bytes, tmp_path: Path
) -> None:
    done = verified(app, held(tmp_path, covered(pdf)))
    assert done.exit_code == 5
    assert "something was added behind it" in done.output
    assert f"Code: {grouped(code)}" in done.output, "what was issued can be compared"
    at = pdf.index(b"/CreationDate") + 25
    done = verified(app, held(tmp_path, pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]))
    assert done.exit_code == 5
    assert "The seal is broken" in done.output
    assert "It is not, byte for byte, a file that we keep." in done.output


def test_seal_of_somebody_else_and_no_seal_are_told_apart(
    app: Flask, code: str, sealing: Settings, tmp_path: Path
) -> None:
    facts = sample(code=code, holder_name=NAME)
    done = verified(app, held(tmp_path, render_pdf(facts)))
    assert done.exit_code == 4
    assert "The file has no seal." in done.output
    assert "says nothing against whoever gave it to you" in done.output
    assert "Institution: Migration Directorate" in done.output
    theirs = signing_key(Settings(environment="development", convoca_data=tmp_path / "theirs"))
    assert theirs is not None
    forged = seal.sealed(render_pdf(facts, to_seal=True), theirs, now=EVENING)
    done = verified(app, held(tmp_path, forged))
    assert done.exit_code == 5
    assert "This installation does not know that seal." in done.output


def test_file_that_we_sealed_and_no_longer_keep_is_known_by_its_seal(
    app: Flask, code: str, sealing: Settings, tmp_path: Path
) -> None:
    with app.app_context():
        key = signing_key(sealing)
    assert key is not None
    pdf = seal.sealed(render_pdf(sample(code=code), to_seal=True), key, now=EVENING)
    done = verified(app, held(tmp_path, pdf))
    assert done.exit_code == 0, done.output
    assert "It is not, byte for byte, a file that we keep." in done.output


def test_seal_of_an_earlier_key_stays_ours(
    app: Flask, pdf: bytes, sealing: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each archive hands the certificates of earlier keys to the next."""
    with app.app_context():
        before = tasks.known_seals()
        tasks.make_archive(now=EVENING)
        fresh = tmp_path / "fresh"
        signing_key(Settings(environment="development", convoca_data=fresh))
        changed = sealing.model_copy(update={"seal_file": fresh / "development-seal.pem"})
        monkeypatch.setattr(platform(app), "settings", changed)
        later = EVENING.replace(hour=9)
        made = tasks.make_archive(now=later)
        known = tasks.known_seals()
        read = seal_of(pdf, known)
    assert len(before) == 1
    assert known > before
    assert {path.stem for path in (made / "keys").iterdir()} == known
    assert (read.state, read.is_ours) == (SealState.WHOLE, True)
    assert read.sealed_at == EVENING.astimezone(UTC)


def test_what_is_no_pdf_of_ours_is_read_without_harm(app: Flask, tmp_path: Path) -> None:
    for content in (b"%PDF-1.7\nnothing", b"%PDF", b"", b"\x00" * 500, b"%PDF-1.7 /ByteRange [0 1"):
        done = verified(app, held(tmp_path, content))
        assert done.exit_code in (4, 5), content
        assert done.exception is None or isinstance(done.exception, SystemExit)
    assert code_in(render_pdf(sample())) == sample().code


@pytest.mark.usefixtures("signing")
@pytest.mark.parametrize("kind", ["application/vc", "application/vc+jwt"])
def test_credential_is_read_and_a_changed_one_is_said(
    app: Flask, client: FlaskClient, code: str, tmp_path: Path, kind: str
) -> None:
    content = client.get(PATH.format(code), headers={"Accept": kind}).data
    path = tmp_path / "credential"
    path.write_bytes(content)
    done = verified(app, path)
    assert done.exit_code == 0, done.output
    assert "The credential is as this installation signed it." in done.output
    assert f"Code: {grouped(code)}" in done.output
    if kind == "application/vc":
        path.write_bytes(content.replace(b"Migration Directorate", b"Another Directorate"))
    else:
        header, claims, signature = content.decode().strip().split(".")
        told = base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4))
        forged = told.replace(b"Migration Directorate", b"Another Directorate")
        fresh = base64.urlsafe_b64encode(forged).decode().rstrip("=")
        path.write_text(f"{header}.{fresh}.{signature}")
    assert path.read_bytes() != content
    done = verified(app, path)
    assert done.exit_code == 5
    assert "does not match any key of this installation" in done.output
    revoke(app, code)
    path.write_bytes(content)
    assert verified(app, path).exit_code == 3
    for odd in (b"{}", b'{"proof": 1}', b"eyJ.eyJ.x", b'{"@context": "https://x.example"}', b"{"):
        path.write_bytes(odd)
        assert verified(app, path).exit_code == 5, odd


@pytest.mark.usefixtures("signing")
def test_archive_holds_what_verifiers_of_credentials_ask_the_site_for(
    app: Flask, client: FlaskClient, code: str
) -> None:
    revoke(app, code)
    with app.app_context():
        made = tasks.make_archive(now=EVENING)
    held = made / "credentials"
    for name, address in (
        ("did.json", "/.well-known/did.json"),
        ("jwks.json", "/.well-known/jwks.json"),
        ("status/1.json", "/status/1"),
    ):
        assert json.loads((held / name).read_text()) == json.loads(client.get(address).data)
