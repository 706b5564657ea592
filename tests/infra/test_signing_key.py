"""The key that seals: from a file of an authority, in a security module, or made on a development
machine.
"""

import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509 import load_pem_x509_certificates
from pydantic import ValidationError

from app.infra.signing_key import KEY_BITS, OWN_FILE, SigningKey, SigningKeyUnfit, signing_key
from config import Settings
from tests.support.security_module import hand_over, in_security_module, take_back


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


def pem_of(folder: Path, passphrase: str = "") -> bytes:
    """The key that a development machine has in its data folder, with another passphrase."""
    content = (folder / OWN_FILE).read_bytes()
    encryption = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    private = load_pem_private_key(content, None)
    parts = [private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)]
    # Authorities first: which certificate is the key's does not depend on the order.
    parts += [
        one.public_bytes(Encoding.PEM) for one in reversed(load_pem_x509_certificates(content))
    ]
    return b"".join(parts)


def test_development_machine_makes_its_key_once(own: Path) -> None:
    key = of(development(own))
    public = key.certificate.public_key()
    assert isinstance(public, RSAPublicKey)
    assert public.key_size == KEY_BITS
    public.verify(key.sign(b"words"), b"words", PKCS1v15(), SHA256())
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
    path.write_bytes(pem_of(own, "a long word"))
    (tmp_path / "word").write_text("a long word\n")
    for word in ({"seal_passphrase": "a long word"}, {"seal_passphrase_file": tmp_path / "word"}):
        opened = of(production(tmp_path, seal_file=path, **word))
        assert opened.certificate == of(development(own)).certificate
    for wrong in ("", "another word"):
        with pytest.raises(SigningKeyUnfit):
            signing_key(production(tmp_path, seal_file=path, seal_passphrase=wrong))


def test_replaced_file_is_read_without_a_restart(own: Path, tmp_path: Path) -> None:
    first = of(development(own))
    path = tmp_path / "seal.pem"
    path.write_bytes(pem_of(own))
    assert of(production(tmp_path, seal_file=path)).certificate == first.certificate
    other = of(development(tmp_path / "other"))
    path.write_bytes(pem_of(tmp_path / "other"))
    assert of(production(tmp_path, seal_file=path)).certificate == other.certificate


def test_file_that_is_not_there_or_holds_no_pair_is_unfit(own: Path, tmp_path: Path) -> None:
    key = of(development(own))
    lone = pem_of(own).partition(b"-----BEGIN CERTIFICATE")[0]
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


@pytest.fixture(scope="module")
def token(own: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, object]]:
    """The settings with which the key of `own` is used in a module that does not give it away."""
    folder = tmp_path_factory.mktemp("module")
    with in_security_module(folder, pem_of(own)) as settings:
        yield settings


def test_key_in_a_security_module_signs_with_the_certificate_of_the_file(
    own: Path, token: dict[str, object], tmp_path: Path
) -> None:
    """Given a key in a token and a file of certificates alone, when it signs, also in a process that
    was forked, then the certificate of the file checks it.
    """
    settings = production(tmp_path, **token)
    key = of(settings)
    assert b"PRIVATE" not in settings.seal_file.read_bytes()  # type: ignore[union-attr]
    assert key.certificate == of(development(own)).certificate
    assert len(key.chain) == 1
    public = key.certificate.public_key()
    assert isinstance(public, RSAPublicKey)
    public.verify(key.sign(b"words"), b"words", PKCS1v15(), SHA256())
    assert of(settings) is key
    forked = multiprocessing.get_context("fork").Pool(1)
    with forked:
        signature = forked.apply(signed_in, (settings,))
    public.verify(signature, b"elsewhere", PKCS1v15(), SHA256())


def signed_in(settings: Settings) -> bytes:
    return of(settings).sign(b"elsewhere")


def test_module_that_does_not_sign_is_unfit_and_says_why(
    token: dict[str, object], tmp_path: Path
) -> None:
    (tmp_path / "other.pem").write_bytes(pem_of(other_machine(tmp_path)))
    for wrong, words in (
        ({"seal_module": tmp_path / "gone.so"}, "the security module"),
        ({"seal_token": "another"}, "the security module: NoSuchToken"),
        ({"seal_key": "another"}, "the key in the module: NoSuchKey"),
        ({"seal_file": tmp_path / "other.pem"}, "no certificate of its key"),
        ({"seal_passphrase_file": None, "seal_passphrase": "0000"}, "refuses the PIN"),
    ):
        with pytest.raises(SigningKeyUnfit, match=words):
            signing_key(production(tmp_path, **{**token, **wrong}))
    assert of(production(tmp_path, **token)).sign(b"words")
    with pytest.raises(ValidationError, match="SEAL_FILE"):
        production(tmp_path, **{**token, "seal_file": None})


def test_wrong_pin_is_tried_once_because_some_lock_the_token(own: Path, tmp_path: Path) -> None:
    """Given a PIN that was refused, when the token would take it from now on, then this process does
    not try it again, and a new one does.
    """
    with in_security_module(tmp_path, pem_of(own)) as settings:
        pin = {"seal_passphrase_file": None, "seal_passphrase": "another PIN"}
        other = production(tmp_path, **{**settings, **pin})
        with pytest.raises(SigningKeyUnfit, match="refuses the PIN"):
            signing_key(other)
        take_back()
        hand_over(tmp_path, "another PIN")
        with pytest.raises(SigningKeyUnfit, match="refuses the PIN"):
            signing_key(other)
        with multiprocessing.get_context("fork").Pool(1) as forked:
            assert forked.apply(signed_in, (other,))


def other_machine(folder: Path) -> Path:
    of(development(folder / "other"))
    return folder / "other"
