"""The key that seals, from a file of an authority or made on a development machine."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from app.infra.signing_key import KEY_BITS, OWN_FILE, SigningKey, SigningKeyUnfit, signing_key
from config import Settings


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a development machine that has its key."""
    folder = tmp_path_factory.mktemp("data")
    signing_key(development(folder))
    return folder


def development(folder: Path, **changes: object) -> Settings:
    return Settings.model_validate(
        {"environment": "development", "convoca_data": folder, **changes}
    )


def production(folder: Path, **changes: object) -> Settings:
    safe = {"secret_key": "s" * 32, "base_url": "https://convoca.example.org"}
    return Settings.model_validate(
        {"environment": "production", "convoca_data": folder, **safe, **changes}
    )


def of(settings: Settings) -> SigningKey:
    key = signing_key(settings)
    assert key is not None
    return key


def pem_of(key: SigningKey, passphrase: str) -> bytes:
    encryption = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    parts = [key.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)]
    parts += [one.public_bytes(Encoding.PEM) for one in (*key.chain, key.certificate)]
    return b"".join(parts)


def test_development_machine_makes_its_key_once(own: Path) -> None:
    key = of(development(own))
    assert key.key.key_size == KEY_BITS
    assert (own / OWN_FILE).stat().st_mode & 0o777 == 0o600
    (authority,) = key.chain
    key.certificate.verify_directly_issued_by(authority)
    before = (own / OWN_FILE).read_bytes()
    assert of(development(own)) is key
    assert (own / OWN_FILE).read_bytes() == before


def test_production_without_a_file_has_no_key(tmp_path: Path) -> None:
    assert signing_key(production(tmp_path)) is None
    assert list(tmp_path.iterdir()) == []


def test_key_opens_with_its_passphrase_alone(own: Path, tmp_path: Path) -> None:
    path = tmp_path / "seal.pem"
    path.write_bytes(pem_of(of(development(own)), "a long word"))
    opened = of(production(tmp_path, seal_file=path, seal_passphrase="a long word"))
    assert opened.certificate == of(development(own)).certificate
    for wrong in ("", "another word"):
        with pytest.raises(SigningKeyUnfit):
            signing_key(production(tmp_path, seal_file=path, seal_passphrase=wrong))


def test_replaced_file_is_read_without_a_restart(own: Path, tmp_path: Path) -> None:
    first = of(development(own))
    path = tmp_path / "seal.pem"
    path.write_bytes(pem_of(first, ""))
    assert of(production(tmp_path, seal_file=path)).certificate == first.certificate
    other = of(development(tmp_path / "other"))
    path.write_bytes(pem_of(other, ""))
    assert of(production(tmp_path, seal_file=path)).certificate == other.certificate


def test_file_that_is_not_there_or_holds_no_pair_is_unfit(own: Path, tmp_path: Path) -> None:
    key = of(development(own))
    lone = key.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    curve = generate_private_key(SECP256R1())
    elliptic = curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    certificate = key.certificate.public_bytes(Encoding.PEM)
    path = tmp_path / "seal.pem"
    with pytest.raises(SigningKeyUnfit):
        signing_key(production(tmp_path, seal_file=path))
    for content in (b"", b"words", lone, certificate, elliptic + certificate):
        path.write_bytes(content)
        with pytest.raises(SigningKeyUnfit):
            signing_key(production(tmp_path, seal_file=path))
