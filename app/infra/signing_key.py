"""The key that seals documents, with the certificates that say whose it is.

In production it comes from a certification authority, in the file that SEAL_FILE names, or lies in
a security module that never gives it away (PKCS #11, SEAL_MODULE); the file then holds certificates
alone. In development an authority of one's own is made in the data folder, so that the way is the
same everywhere; nobody outside trusts it.
"""

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.infra import clock
from config import Settings, write_once

if TYPE_CHECKING:  # 60 ms, which a process that seals nothing does not spend
    from cryptography.x509 import Certificate
    from pkcs11 import Session

KEY_BITS = 3072
OWN_YEARS = 3
OWN_FILE = "development-seal.pem"
DAY = timedelta(days=1)


class SigningKeyUnfit(Exception):
    """The file cannot be read, holds no RSA key with its certificate, its time is over, or the module
    that holds the key does not sign.
    """


@dataclass(frozen=True)
class SigningKey:
    """An RSA key, kept open because opening it takes ten times as long as signing."""

    sign: Callable[[bytes], bytes]
    """Returns the signature of a content: RSASSA-PKCS1-v1_5 with SHA-256. Raises SigningKeyUnfit."""
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
        secret = settings.seal_passphrase or _first_line(settings.seal_passphrase_file)
    except OSError as error:
        raise SigningKeyUnfit("the file of the key cannot be read") from error
    if settings.seal_module is None:
        return _read(path, changed_at, secret)
    # A process that was forked opens the module anew: what its parent opened is not its own.
    module = SecurityModule(
        settings.seal_module, settings.seal_token, settings.seal_key, process=os.getpid()
    )
    with _opening:
        return _found(path, changed_at, module, secret)


def _first_line(path: Path | None) -> str:
    return "" if path is None else path.read_text("utf-8").partition("\n")[0]


@cache
def _read(path: Path, _changed_at: int, passphrase: str) -> SigningKey:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(path.read_bytes(), passphrase.encode() or None)
    except (OSError, ValueError, TypeError) as error:
        raise SigningKeyUnfit(
            "the file of the key cannot be read, or not with this passphrase"
        ) from error
    if not isinstance(key, RSAPrivateKey):
        raise SigningKeyUnfit("the key is not an RSA key, which every reader of PDF knows")
    return _with_certificates(lambda content: key.sign(content, PKCS1v15(), SHA256()), path)


@dataclass(frozen=True)
class SecurityModule:
    """Where a key is that nobody can copy: the library that reaches it, the labels of the token and
    of the key in it, and the process that asks.
    """

    library: Path
    token: str
    key: str
    process: int


_opening = threading.Lock()


@cache
def _found(path: Path, _changed_at: int, module: SecurityModule, pin: str) -> SigningKey:
    import pkcs11

    try:
        session = _session(module, pin)
    except pkcs11.PKCS11Error as error:
        raise SigningKeyUnfit(f"the security module: {type(error).__name__}") from error
    if session is None:
        raise SigningKeyUnfit("the token refuses the PIN")
    lock = threading.Lock()  # a session does one thing at a time

    def sign(content: bytes) -> bytes:
        try:
            with lock:
                key: Any = session.get_key(
                    object_class=pkcs11.ObjectClass.PRIVATE_KEY,
                    key_type=pkcs11.KeyType.RSA,
                    label=module.key,
                )
                return bytes(key.sign(content, mechanism=pkcs11.Mechanism.SHA256_RSA_PKCS))
        except pkcs11.PKCS11Error as error:
            _session.cache_clear()  # opened anew: the token may have been away
            _found.cache_clear()
            raise SigningKeyUnfit(f"the key in the module: {type(error).__name__}") from error

    return _with_certificates(sign, path)


@lru_cache(maxsize=1)
def _session(module: SecurityModule, pin: str) -> "Session | None":
    """Returns an open session; None where the PIN is wrong, which is kept and not tried again,
    because a few wrong ones lock a token for good.
    """
    import pkcs11

    library = pkcs11.lib(str(module.library))
    _found.cache_clear()  # what was opened before ends here
    library.reinitialize()
    try:
        session = library.get_token(token_label=module.token).open(user_pin=pin)
    except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange, pkcs11.PinLocked):
        return None
    _sessions.append(session)
    return session


_sessions: list["Session"] = []
"""All that were opened: one that is let go closes whichever has its number after a new beginning."""


def _with_certificates(sign: Callable[[bytes], bytes], path: Path) -> SigningKey:
    """Returns the key with those certificates of the file: its own is the one that its signature is
    checked with.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.x509 import load_pem_x509_certificates

    try:
        certificates = load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise SigningKeyUnfit("the certificate of the key cannot be read") from error
    content = b"whose key is this"
    signature = sign(content)
    for own in certificates:
        public = own.public_key()
        with suppress(InvalidSignature):
            if isinstance(public, RSAPublicKey):
                public.verify(signature, content, PKCS1v15(), SHA256())
                above = tuple(one for one in certificates if one != own)
                return SigningKey(sign, own, above)
    raise SigningKeyUnfit("the file holds no certificate of its key")


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
