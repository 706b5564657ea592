"""The key that seals documents, with the certificates that say whose it is.

In production it comes from a certification authority, in the file that SEAL_FILE names. In
development an authority of one's own is made in the data folder, so that the way is the same
everywhere; nobody outside trusts it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from app.infra import clock
from config import Settings, write_once

if TYPE_CHECKING:  # 60 ms, which a process that seals nothing does not spend
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.x509 import Certificate

KEY_BITS = 3072
OWN_YEARS = 3
OWN_FILE = "development-seal.pem"
DAY = timedelta(days=1)


class SigningKeyUnfit(Exception):
    """The file cannot be read, holds no RSA key with its certificate, or its time is over."""


@dataclass(frozen=True)
class SigningKey:
    """An RSA key, kept parsed because reading it takes ten times as long as signing."""

    key: "RSAPrivateKey"
    certificate: "Certificate"
    chain: tuple["Certificate", ...]
    """The authorities above, in any order."""

    @property
    def name(self) -> str:
        """Whom its certificate names."""
        from cryptography.x509.oid import NameOID

        subject = self.certificate.subject
        names = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(names[0].value) if names else str(subject.rfc4514_string())

    @property
    def ends_at(self) -> datetime:
        end: datetime = self.certificate.not_valid_after_utc
        return end

    def require_valid(self, now: datetime) -> None:
        """Raises SigningKeyUnfit outside the time of its certificate."""
        if not self.certificate.not_valid_before_utc <= now < self.ends_at:
            raise SigningKeyUnfit("the certificate of the key is not valid today")


def signing_key(settings: Settings) -> SigningKey | None:
    """Returns the key that seals here, None where documents are issued unsealed: in production
    without SEAL_FILE, and in tests that set none. Raises SigningKeyUnfit.

    A file that was replaced is read anew, so that a key is changed without a restart.
    """
    path = settings.seal_file
    if path is None and settings.environment == "development":
        path = settings.data / OWN_FILE
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_once(path, _own_authority(clock.now()))
    if path is None:
        return None
    try:
        changed_at = path.stat().st_mtime_ns
    except OSError as error:
        raise SigningKeyUnfit("the file of the key cannot be read") from error
    return _read(path, changed_at, settings.seal_passphrase)


@cache
def _read(path: Path, _changed_at: int, passphrase: str) -> SigningKey:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from cryptography.x509 import load_pem_x509_certificates

    try:
        content = path.read_bytes()
        key = load_pem_private_key(content, passphrase.encode() or None)
        certificates = load_pem_x509_certificates(content)
    except (OSError, ValueError, TypeError) as error:
        raise SigningKeyUnfit(
            "the file of the key cannot be read, or not with this passphrase"
        ) from error
    if not isinstance(key, RSAPrivateKey):
        raise SigningKeyUnfit("the key is not an RSA key, which every reader of PDF knows")
    own = [one for one in certificates if one.public_key() == key.public_key()]
    if not own:
        raise SigningKeyUnfit("the file holds no certificate of its key")
    return SigningKey(key, own[0], tuple(one for one in certificates if one != own[0]))


def _own_authority(now: datetime) -> str:
    """Returns a new key with its certificate and the authority that gave it, as PEM."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from cryptography.x509.oid import NameOID

    def name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    def begun(subject: x509.Name, key: rsa.RSAPrivateKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(authority_name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - DAY)
            .not_valid_after(now + OWN_YEARS * 365 * DAY)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()),
                critical=False,
            )
        )

    def usage(*, signs: bool) -> x509.KeyUsage:
        return x509.KeyUsage(
            digital_signature=signs,
            content_commitment=signs,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=not signs,
            crl_sign=not signs,
            encipher_only=False,
            decipher_only=False,
        )

    now = now.astimezone(UTC).replace(microsecond=0)
    authority_name = name("Convoca: authority of a development machine")
    authority_key, key = (
        rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS) for _ in range(2)
    )
    authority = (
        begun(authority_name, authority_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage(signs=False), critical=True)
        .sign(authority_key, SHA256())
    )
    certificate = (
        begun(name("Convoca: seal of a development machine"), key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage(signs=True), critical=True)
        .sign(authority_key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    parts = (private, certificate.public_bytes(Encoding.PEM), authority.public_bytes(Encoding.PEM))
    return str(b"".join(parts), "ascii")
