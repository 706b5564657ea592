"""Settings: read once from the environment, typed, frozen; every problem is reported together."""

import json
import os
import re
import secrets
from contextlib import suppress
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

MINIMUM_SECRET_LENGTH = 32
MEGABYTE = 1024 * 1024
LARGEST_BODY = 21 * MEGABYTE
"""The most bytes that any route takes but the one for packages: a material of 20 MiB and its form.
It is `max_size` of deploy/Caddyfile.
"""
FORM_BYTES = MEGABYTE
"""What surrounds the file in the form of a package."""
DEMO_CONTACT = "secretaria@example.org"
Days = Annotated[int, Field(ge=1, le=36_500)]


def is_plain_address(value: str) -> bool:
    """Whether it is an http(s) address of a host, without a path."""
    try:
        parts = urlsplit(value)
        has_port = parts.port != 0
    except ValueError:
        return False
    is_bare = not (parts.path or parts.query or parts.fragment or parts.username)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and has_port and is_bare


class SettingsInvalid(SystemExit):
    """The environment does not make sense; the message lists every problem, one a line."""


class Settings(BaseSettings):
    """What may differ between two installations. Names in the environment are the field names in
    capitals.

    `convoca_data` is the folder of the database, the job queue, outgoing mail in development and
    issued files. `base_url` is the address that people see; links in mail and QR codes are made
    from it and never from a request's Host header. It and the mail server may be left open: the
    office then enters them at the screen. `mail_to_files`: letters are written into a folder, where
    nobody gets them, as in the demo. `secret_key_fallbacks`: the keys before SECRET_KEY, the most
    recent first, which are still accepted and make nothing any more. `fetch_allow`: names of hosts,
    divided by commas, whose calendars may be read although they are not on the public internet. `mail_domain`:
    answers to invitations and returned letters come to rsvp+… and bounce+… at it; `imap_url`: the
    mailbox they are fetched from, where no mail server hands them over. `contact`: where anybody may
    write to the secretariat. `jitsi_url`: a Jitsi server
    on which organizers may open rooms with one press. `zoom_api`, `zoom_login`, `graph_api` and
    `graph_login`: where Zoom and Microsoft Graph are, other than on the internet only for tests.
    `body`: the body that is served, a
    file of `reference/` by its name, or the path of another one. `languages`: the
    languages that texts are written in, by their codes, divided by commas, the one to fall back on
    first; the body's own unless given. `limits_factor`: by how much the numbers of
    `app/web/limits.py` are multiplied. `content_origin`: the address of a second host name under
    which the pages of packages made elsewhere are served, apart from everything else.
    `package_megabytes`: how large such a package may be. `seal_file`: the key that
    seals certificates, with its certificate and those above it, as PEM; `seal_passphrase`, or the
    first line of `seal_passphrase_file`, opens it. Where the key lies in a security module,
    `seal_module` is the library that reaches it (PKCS #11), `seal_token` and `seal_key` are labels,
    the passphrase is the PIN, and `seal_file` holds certificates alone;
    `seal_tsa` is the address of a time stamp authority (RFC 3161); with `seal_long_term` seals also
    hold what shows after years that no certificate was revoked. `archive_folder`: where the
    archives of certificates come to, other than into the data folder; `keep_archives`: how many of
    them are kept. `credential_file`: the keys that sign credentials; `credential_passphrase` opens
    it. `journal_key_file`: the keys with which the record is kept; `anchor_file`: where each day's
    anchor of it is written; both in the data folder unless named. `backup_folder` and `backup_url`:
    where a backup goes every night; `backup_recipient`, an age recipient, or the first line of
    `backup_passphrase_file` encrypts it, and `backup_identity_file` opens what was encrypted for a
    recipient; `keep_backup_…`: of how many days and months one is kept. `sso_issuer`,
    `sso_client_id` and `sso_secret_file` (its content): the OpenID provider of an institution, with
    which people may sign in; `sso_name`: what its button says; `sso_second_factor`: values of `amr`
    or `acr`, divided by commas, by which it says that it asked for two factors. `refresher_days` and
    `refresher_questions`: every how many days refreshers come by letter, and with how many
    questions. `metrics_token`: whoever sends it reads figures at `/metrics`. `clamav`: where a ClamAV daemon
    listens that checks files for viruses, a path or host:port. `keep_…`: days after
    which what need not be kept is let go of every night.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    environment: Literal["development", "production", "test"] = "development"
    port: int = Field(default=8000, ge=0, le=65535)
    convoca_data: Path = Path("var")
    database_url: str = ""
    redis_url: str = ""
    base_url: str = ""
    secret_key: str = ""
    secret_key_fallbacks: Annotated[tuple[str, ...], NoDecode] = ()
    demo: bool = False
    jobs: Literal["inprocess", "external", "off"] = "inprocess"
    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    mail_from: str = "Convoca <no-reply@example.org>"
    mail_to_files: bool = False
    mail_domain: str = ""
    contact: str = ""
    imap_url: str = ""
    jitsi_url: str = ""
    zoom_api: str = "https://api.zoom.us/v2"
    zoom_login: str = "https://zoom.us/oauth/token"
    graph_api: str = "https://graph.microsoft.com/v1.0"
    graph_login: str = "https://login.microsoftonline.com"
    body: str = "rcm"
    languages: Annotated[tuple[str, ...], NoDecode] = ()
    uid_domain: str = ""
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    limits_factor: int = Field(default=1, ge=1)
    files_url: str = ""
    seal_file: Path | None = None
    seal_passphrase: str = ""
    seal_passphrase_file: Path | None = None
    seal_module: Path | None = None
    seal_token: str = ""
    seal_key: str = ""
    seal_tsa: str = ""
    seal_long_term: bool = False
    credential_file: Path | None = None
    credential_passphrase: str = ""
    journal_key_file: Path | None = None
    anchor_file: Path | None = None
    content_origin: str = ""
    package_megabytes: int = Field(default=100, ge=1, le=500)
    archive_folder: Path | None = None
    keep_archives: int = Field(default=7, ge=1, le=366)
    backup_folder: Path | None = None
    backup_url: str = ""
    backup_recipient: str = ""
    backup_passphrase_file: Path | None = None
    backup_identity_file: Path | None = None
    keep_backup_days: int = Field(default=30, ge=1, le=366)
    keep_backup_months: int = Field(default=12, ge=1, le=120)
    refresher_days: Days = 14
    refresher_questions: int = Field(default=5, ge=1, le=10)
    keep_attendance_days: Days = 3 * 365
    keep_answers_days: Days = 365
    keep_letters_days: Days = 365
    keep_attempts_days: Days = 90
    keep_guests_days: Days = 365
    sso_issuer: str = ""
    sso_client_id: str = ""
    sso_secret_file: Path | None = None
    sso_name: str = Field(default="", validate_default=True)
    sso_second_factor: Annotated[frozenset[str], NoDecode] = frozenset()
    fetch_allow: Annotated[frozenset[str], NoDecode] = frozenset()
    metrics_token: str = ""
    clamav: str = ""

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        """One spelling for each engine; a relative SQLite path is taken from where the process
        starts.
        """
        if value.startswith(("postgres://", "postgresql://")):
            value = "postgresql+psycopg://" + value.split("://", 1)[1]
        if value.startswith("sqlite:///") and "?" not in value:
            return f"sqlite:///{Path(value.removeprefix('sqlite:///')).resolve()}"
        if value and not value.startswith("postgresql+psycopg://"):
            raise ValueError(
                "must begin with sqlite:/// (a file, without options) or postgresql://"
            )
        return value

    @field_validator("redis_url")
    @classmethod
    def _known_queue(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must begin with redis://, rediss:// or unix://")
        return value

    @field_validator("base_url")
    @classmethod
    def _plain_base_url(cls, value: str) -> str:
        value = value.rstrip("/")
        if value and not is_plain_address(value):
            raise ValueError("must be an address like https://convoca.example.org, without a path")
        return value

    @field_validator("content_origin")
    @classmethod
    def _another_origin(cls, value: str, info: ValidationInfo) -> str:
        value = value.rstrip("/")
        parts = urlsplit(value)
        if value and (
            parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query
        ):
            raise ValueError("must be an address like https://content.example.org, without a path")
        if value and info.data.get("environment") == "production" and parts.scheme != "https":
            raise ValueError("must be an https:// address in production")
        if value and parts.netloc == urlsplit(info.data.get("base_url") or "").netloc:
            raise ValueError("must have another host name than BASE_URL")
        return value

    @field_validator("sso_issuer")
    @classmethod
    def _known_provider(cls, value: str, info: ValidationInfo) -> str:
        """As the provider writes it, to the last stroke: it is compared so."""
        parts = urlsplit(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.query):
            raise ValueError("must be an address like https://login.example.org/realms/office")
        if value and info.data.get("environment") == "production" and parts.scheme != "https":
            raise ValueError("must be an https:// address in production")
        return value

    @field_validator("sso_name")
    @classmethod
    def _whole_provider(cls, value: str, info: ValidationInfo) -> str:
        asked = ("sso_issuer", "sso_client_id", "sso_secret_file")
        given = [bool(info.data.get(name)) for name in asked]
        if (any(given) or value) and not (all(given) and value):
            raise ValueError(
                "goes with SSO_ISSUER, SSO_CLIENT_ID and SSO_SECRET_FILE: all four or none"
            )
        return value

    @field_validator("secret_key_fallbacks", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        """Reads keys divided by commas, or JSON, for keys with a comma in them."""
        if not isinstance(value, str):
            return value
        is_json = value.lstrip().startswith("[")  # what is none all the same is a ValueError
        listed = json.loads(value) if is_json else [one.strip() for one in value.split(",")]
        return tuple(one for one in listed if one != "")  # which would be a key that everybody has

    @field_validator("secret_key_fallbacks")
    @classmethod
    def _earlier_keys(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        """Refuses short keys in production, because an earlier key opens what the current one does;
        and SECRET_KEY among those before it.
        """
        is_short = any(len(one) < MINIMUM_SECRET_LENGTH for one in value)
        if is_short and info.data.get("environment") == "production":
            raise ValueError(
                f"needs at least {MINIMUM_SECRET_LENGTH} characters in each key in production"
            )
        if info.data.get("secret_key") in value:
            raise ValueError("lists SECRET_KEY itself: list the keys before it")
        return value

    @field_validator("sso_second_factor", mode="before")
    @classmethod
    def _proofs(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return frozenset(one.strip() for one in value.split(",") if one.strip())

    @field_validator("seal_module")
    @classmethod
    def _module_with_certificates(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if value is not None and info.data.get("seal_file") is None:
            raise ValueError("needs SEAL_FILE, with the certificate of the key in the module")
        return value

    @field_validator("seal_tsa")
    @classmethod
    def _known_stamps(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
            raise ValueError("must be an address like http://timestamp.example.org")
        return value

    @field_validator("seal_long_term")
    @classmethod
    def _long_term_with_stamps(cls, value: bool, info: ValidationInfo) -> bool:
        if value and not info.data.get("seal_tsa"):
            raise ValueError("needs SEAL_TSA: only a time stamp says when the answers were true")
        return value

    @field_validator("files_url")
    @classmethod
    def _known_storage(cls, value: str) -> str:
        if value and not value.startswith(("s3://", "file:///")):
            raise ValueError(
                "must begin with s3:// (a bucket, with AWS_… in the environment) or file:///"
            )
        return value

    @field_validator("backup_url")
    @classmethod
    def _known_bucket(cls, value: str) -> str:
        if value and not value.startswith("s3://"):
            raise ValueError("must begin with s3:// (a bucket, with AWS_… in the environment)")
        return value

    @field_validator("backup_recipient")
    @classmethod
    def _known_recipient(cls, value: str) -> str:
        if value and not re.fullmatch(r"age1[0-9a-z]{58}", value):
            raise ValueError("must be a recipient of age, which begins with age1")
        return value

    @field_validator("backup_passphrase_file")
    @classmethod
    def _one_way_to_open(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if value is not None and info.data.get("backup_recipient"):
            raise ValueError("is set beside BACKUP_RECIPIENT: one of the two encrypts")
        return value

    @field_validator("metrics_token")
    @classmethod
    def _long_token(cls, value: str) -> str:
        if value and (len(value) < MINIMUM_SECRET_LENGTH or not value.isascii()):
            raise ValueError(f"needs at least {MINIMUM_SECRET_LENGTH} characters of ASCII")
        return value

    @field_validator("clamav")
    @classmethod
    def _path_or_port(cls, value: str) -> str:
        if value and not re.fullmatch(r"/[^\0]+|(\[[0-9a-fA-F:]+\]|[^\s/:\[\]]+):\d{1,5}", value):
            raise ValueError("must be the path of a socket, or host:port such as 127.0.0.1:3310")
        return value

    @field_validator("fetch_allow", mode="before")
    @classmethod
    def _host_names(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        names = frozenset(name.strip().lower() for name in value.split(",") if name.strip())
        if any("/" in name or "@" in name for name in names):
            raise ValueError(
                "must be names of hosts divided by commas, such as calendar.example.org"
            )
        return names

    @field_validator("languages", mode="before")
    @classmethod
    def _language_codes(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        codes = tuple(dict.fromkeys(code.strip() for code in value.split(",") if code.strip()))
        if not all(re.fullmatch(r"[a-z]{2}", code) for code in codes):
            raise ValueError("must be codes of two letters divided by commas, such as es,en,fr")
        return codes

    @field_validator("uid_domain", "mail_domain")
    @classmethod
    def _a_domain(cls, value: str) -> str:
        if value and not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", value):
            raise ValueError("must be a domain in small letters, such as convoca.example.org")
        return value

    @field_validator("jitsi_url")
    @classmethod
    def _known_rooms(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (
            parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment
        ):
            raise ValueError("must be an address like https://meet.example.org")
        return value.rstrip("/")

    @field_validator("imap_url")
    @classmethod
    def _known_mailbox(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (
            parts.scheme not in {"imap", "imaps"} or not parts.hostname or not parts.username
        ):
            raise ValueError("must be imaps://user:password@host/folder")
        return value

    @field_validator("mail_from")
    @classmethod
    def _one_sender(cls, value: str) -> str:
        if "@" not in parseaddr(value)[1] or not value.isprintable():
            raise ValueError("must be one address, such as Convoca <no-reply@example.org>")
        return value

    @field_validator("contact")
    @classmethod
    def _one_contact(cls, value: str) -> str:
        if value and (parseaddr(value)[1] != value or "@" not in value or not value.isprintable()):
            raise ValueError("must be one address without a name, such as office@example.org")
        return value

    @field_validator("secret_key", "base_url", "demo")
    @classmethod
    def _fit_for_production(cls, value: Any, info: ValidationInfo) -> Any:
        """Field by field, so that these problems are reported together with all others."""
        if info.data.get("environment") != "production":
            return value
        if info.field_name == "secret_key" and len(value) < MINIMUM_SECRET_LENGTH:
            raise ValueError(f"needs at least {MINIMUM_SECRET_LENGTH} characters in production")
        if info.field_name == "base_url" and not value.startswith("https://"):
            raise ValueError("must be an https:// address in production")
        if info.field_name == "demo" and value:
            raise ValueError("cannot be on in production: it signs anyone in")
        return value

    @property
    def data(self) -> Path:
        return self.convoca_data.resolve()

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data / 'convoca.sqlite3'}"

    @property
    def archives(self) -> Path:
        """The folder to which archives of certificates come."""
        return (self.archive_folder or self.data / "archives").resolve()

    @property
    def seal_level(self) -> Literal["B-B", "B-T", "B-LT"]:
        """The level of PAdES that new seals are to be of."""
        if not self.seal_tsa:
            return "B-B"
        return "B-LT" if self.seal_long_term else "B-T"

    @property
    def address(self) -> str:
        """The public address without a trailing slash."""
        return self.base_url or f"http://127.0.0.1:{self.port}"

    @property
    def office_contact(self) -> str:
        """Where anybody may write to the secretariat; "" where the office says nothing."""
        return self.contact or (DEMO_CONTACT if self.demo else "")

    @property
    def largest_package(self) -> int:
        """The most bytes of a request that brings a package."""
        return self.package_megabytes * MEGABYTE + FORM_BYTES

    @property
    def writes_files(self) -> bool:
        """True when letters become files where no mail server is set."""
        return self.demo or self.mail_to_files

    def mail_host_of(self, sender: str) -> str:
        """Where rsvp+… and bounce+… are read: MAIL_DOMAIN, or the domain letters come from."""
        return self.mail_domain or parseaddr(sender)[1].rpartition("@")[2].lower()

    @property
    def domain(self) -> str:
        """What stands after the @ in the UIDs of events (RFC 5545 §3.8.4.7): the same for good.

        With another one every subscribed calendar would hold each event twice. So the host of the
        first public address is kept in the data folder and outlives a move; UID_DOMAIN is for
        installations that keep no such folder.
        """
        if self.uid_domain or not self.base_url:
            return self.uid_domain or "localhost"
        path = self.data / "uid-domain"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_once(path, urlsplit(self.base_url).hostname or "localhost")
        return path.read_text(encoding="ascii")

    @property
    def secret(self) -> str:
        """SECRET_KEY, or outside production a key made once and kept in the data folder (mode
        0600).
        """
        if self.secret_key:
            return self.secret_key
        path = self.data / "secret.key"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            write_once(path, secrets.token_urlsafe(48))
        return path.read_text(encoding="ascii")


def write_once(path: Path, text: str) -> None:
    """The file appears whole or not at all; of two processes that start together, the first one's
    text stays.
    """
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with open(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii"
    ) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()


def replace_file(path: Path, text: str) -> None:
    """Writes a file that its owner alone may read, at once in the place of the one there was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    write_once(draft, text)
    draft.replace(path)


def read_settings() -> Settings:
    """Settings from the environment. Raises `SettingsInvalid` naming every variable that is
    wrong.
    """
    try:
        return Settings()
    except ValidationError as error:
        lines = [_line(problem["loc"], problem["msg"]) for problem in error.errors()]
        raise SettingsInvalid("Convoca cannot start:\n" + "\n".join(lines)) from None


def _line(location: tuple[int | str, ...], message: str) -> str:
    return f"  {'.'.join(str(part).upper() for part in location)}: {message.removeprefix('Value error, ')}"
