"""The keys that sign credentials: made by a command, kept in a file, published for good."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from app.infra import clock, record_keeping
from app.infra.database import reading, transaction
from app.infra.issuer_keys import (
    OWN_FILE,
    IssuerKeyRow,
    IssuerKeys,
    IssuerKeysUnfit,
    did_document,
    did_of,
    has_keys,
    issuer_keys,
    jwk_set,
    multibase,
    published_keys,
    renew_issuer_keys,
    thumbprint,
)
from app.infra.platform import platform
from app.infra.record_keys import key_file
from config import Settings
from tests.training.certificates.test_record import copied, tamper, verified

DID = "did:web:convoca.example.org"


@pytest.fixture
def signing(app: Flask, tmp_path: Path) -> Settings:
    """A production machine whose keys were made."""
    settings = production(tmp_path)
    renewed(app, settings)
    return settings


def production(folder: Path, **changes: object) -> Settings:
    safe = {
        "environment": "production",
        "convoca_data": folder,
        "secret_key": "s" * 32,
        "base_url": "https://convoca.example.org",
        "credential_file": folder / "keys.pem",
    }
    return Settings.model_validate({**safe, **changes})


def renewed(app: Flask, settings: Settings, *, withdraws: bool = False) -> None:
    with app.app_context(), transaction() as db:
        renew_issuer_keys(db, settings, now=clock.now(), withdraws=withdraws)


def keys_of(app: Flask, settings: Settings) -> IssuerKeys | None:
    with app.app_context(), reading() as db:
        return issuer_keys(db, settings)


def published(app: Flask) -> set[str]:
    with app.app_context(), reading() as db:
        return {key.kid for key in published_keys(db)}


@pytest.mark.both_databases
def test_new_keys_sign_and_earlier_ones_stay_published(app: Flask, signing: Settings) -> None:
    first = keys_of(app, signing)
    assert first is not None
    assert published(app) == {first.proof_kid, first.jwt_kid}
    assert (signing.data / "keys.pem").stat().st_mode & 0o777 == 0o600
    renewed(app, signing)
    second = keys_of(app, signing)
    assert second is not None
    assert published(app) == {first.proof_kid, first.jwt_kid, second.proof_kid, second.jwt_kid}
    with app.app_context(), reading() as db:
        ended = {key.kid for key in published_keys(db) if key.ends_at is not None}
    assert ended == {first.proof_kid, first.jwt_kid}


def test_stolen_keys_are_published_no_longer(app: Flask, signing: Settings) -> None:
    renewed(app, signing)
    renewed(app, signing, withdraws=True)
    keys = keys_of(app, signing)
    assert keys is not None
    assert published(app) == {keys.proof_kid, keys.jwt_kid}
    with app.app_context():  # where no record is kept, too, whoever takes it back in the table
        tamper("UPDATE issuer_key SET withdrawn_at = NULL")
    assert published(app) == {keys.proof_kid, keys.jwt_kid}


@pytest.mark.both_databases
def test_key_whose_withdrawal_somebody_took_back_is_found_and_signs_nothing(
    app: Flask, signing: Settings
) -> None:
    with app.app_context():
        record_keeping.new_key()
    renewed(app, signing, withdraws=True)
    ours = published(app)
    with app.app_context():
        assert verified() == []
        tamper("UPDATE issuer_key SET withdrawn_at = NULL WHERE number = 1")
        [found] = verified()
        assert found.startswith("Key 1 that signs credentials, at place")
        assert published(app) == ours
        kept_keys = key_file(platform(app).settings)
        away = kept_keys.rename(kept_keys.with_name("away"))
        assert published(app) == ours, "the journal says it without the record's key as well"
        away.rename(kept_keys)
        tamper("DELETE FROM journal_entry WHERE fact = 'IssuerKeyWithdrawn'")
        assert "is on record at place" in " ".join(verified())


@pytest.mark.both_databases
def test_public_key_is_never_deleted_or_changed(app: Flask, signing: Settings) -> None:
    with app.app_context():
        for statement in (delete(IssuerKeyRow), update(IssuerKeyRow).values(public_jwk="{}")):
            with pytest.raises(DBAPIError, match="issuer_key"), transaction() as db:
                db.execute(statement)


@pytest.mark.both_databases
def test_key_that_somebody_put_into_the_database_is_found_and_signs_nothing(
    app: Flask, signing: Settings
) -> None:
    """The public page of keys is where "confirmed" comes from: what is not on it confirms nothing."""
    with app.app_context():
        record_keeping.new_key()
    renewed(app, signing)
    ours = published(app)
    assert len(ours) == 4
    with app.app_context():
        assert verified() == []
        tamper(
            copied("issuer_key", "number = 3", kid="'new'", number="98", record_mark="NULL"),
            copied("issuer_key", "number = 3", kid="'copy'", number="99"),
        )
        found = " ".join(verified())
    assert published(app) == ours
    assert "Key 98 that signs credentials was not written by this installation." in found
    assert "Key 99 that signs credentials" in found
    with app.app_context():
        tamper("UPDATE issuer_key SET public_jwk = '{}' WHERE number = 1")
        assert "Key 1 that signs credentials, at place" in " ".join(verified())
    assert len(published(app)) == 3


@pytest.mark.both_databases
def test_keys_of_before_come_on_record_at_the_update(app: Flask) -> None:
    with app.app_context():
        record_keeping.new_key()
        downgrade(revision="0083_tokens_at_rest")
        tamper(
            "INSERT INTO issuer_key (kid, public_jwk, begins_at) "
            "VALUES ('old', '{}', '2026-01-01 00:00:00.000000')"
        )
        upgrade()
        assert verified() == []
        assert record_keeping.record().details["waiting"] == 0
    assert published(app) == {"old"}


def test_key_that_ended_or_is_not_on_record_signs_nothing(app: Flask, signing: Settings) -> None:
    path = signing.data / "keys.pem"
    before = path.read_bytes()
    renewed(app, signing)
    path.write_bytes(before)
    with pytest.raises(IssuerKeysUnfit, match="on record"):
        keys_of(app, signing)


def test_file_that_cannot_be_written_leaves_everything_as_it_was(
    app: Flask, signing: Settings
) -> None:
    elsewhere = signing.model_copy(
        update={"credential_file": signing.data / "keys.pem" / "below.pem"}
    )
    with pytest.raises(IssuerKeysUnfit, match="written"):
        renewed(app, elsewhere)
    assert keys_of(app, signing) is not None


def test_keys_open_with_their_passphrase_alone(app: Flask, tmp_path: Path) -> None:
    settings = production(tmp_path, credential_passphrase="a long word")
    renewed(app, settings)
    assert keys_of(app, settings) is not None
    for wrong in ("", "another word"):
        with pytest.raises(IssuerKeysUnfit, match="passphrase"):
            keys_of(app, settings.model_copy(update={"credential_passphrase": wrong}))


def test_file_without_both_keys_is_unfit(app: Flask, signing: Settings) -> None:
    lone = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    path = signing.data / "keys.pem"
    for content in (b"", b"words", lone, lone + lone):
        path.write_bytes(content)
        with pytest.raises(IssuerKeysUnfit):
            keys_of(app, signing)
    path.unlink()
    with pytest.raises(IssuerKeysUnfit):
        keys_of(app, signing)


def test_production_without_a_file_has_no_keys(app: Flask, tmp_path: Path) -> None:
    settings = production(tmp_path, credential_file=None)
    assert not has_keys(settings)
    assert keys_of(app, settings) is None
    with pytest.raises(IssuerKeysUnfit, match="CREDENTIAL_FILE"):
        renewed(app, settings)


def test_development_machine_keeps_its_keys_in_the_data_folder(app: Flask, tmp_path: Path) -> None:
    settings = Settings(environment="development", convoca_data=tmp_path)
    assert not has_keys(settings)
    assert keys_of(app, settings) is None
    renewed(app, settings)
    assert has_keys(settings)
    assert keys_of(app, settings) is not None
    assert (tmp_path / OWN_FILE).exists()


def test_documents_say_every_key_and_no_private_part(app: Flask, signing: Settings) -> None:
    renewed(app, signing)
    with app.app_context(), reading() as db:
        keys = published_keys(db)
    document, key_set = did_document(DID, keys), jwk_set(DID, keys)
    ids = [method["id"] for method in document["verificationMethod"]]
    assert ids == document["assertionMethod"] == [key["kid"] for key in key_set["keys"]]
    assert len(set(ids)) == 4
    assert {key["alg"] for key in key_set["keys"]} == {"EdDSA", "RS256"}
    assert sum("exp" in key for key in key_set["keys"]) == 2
    assert not {"d", "p", "q"} & {member for key in key_set["keys"] for member in key}
    assert "expires" not in json.dumps(document)


def test_written_forms_are_those_of_the_standards() -> None:
    """The example of RFC 7638, 3.1, the base 58 of the draft of multibase, and did:web's port."""
    modulus = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECP"
        "ebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY"
        "368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0f"
        "M4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    )
    jwk = {"kty": "RSA", "n": modulus, "e": "AQAB"}
    assert thumbprint(jwk) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    assert multibase(b"yes mani !") == "z7paNL19xttacUY"
    assert multibase(b"\x00yes mani !") == "z17paNL19xttacUY"
    assert did_of("https://crm.example:8443") == "did:web:crm.example%3A8443"
