"""How an installation is reached: the public address that links lead to, how letters leave, and where
people write to the office.

Environment variables win, but for where to write, which is the office's to say. What they leave
open the office enters at the screen, and one row keeps it. Nothing is cached, because several workers
must see a change at once; where the environment says it all, no statement is needed.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from sqlalchemy import CheckConstraint, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.infra.database import reading
from app.infra.mail import MailServer
from app.infra.orm import Base
from app.infra.platform import platform
from app.infra.sealing import CannotUnseal
from app.infra.secret_keys import SecretKeys
from app.kernel.text import is_only_here
from config import Settings

SETTINGS = "convoca_settings"
"""Where a session has the settings of the environment."""
OWN_KEYS = "convoca_own_keys"
"""Where a session has the keys of its installation."""
ONLY = 1
PURPOSE = "mail-server"


class InstallationRow(Base):
    """What the office entered, in the only row; "" and None for what it did not.

    `smtp_password` is sealed (docs/decisions/0035). A mail server is kept once it took a test
    letter, so that `mail_tested_at` is None only while there is none.
    """

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="only"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    public_address: Mapped[str] = mapped_column(String(300), default="", server_default="")
    address_changed_at: Mapped[datetime | None]
    smtp_host: Mapped[str] = mapped_column(String(254), default="", server_default="")
    smtp_port: Mapped[int | None]
    smtp_security: Mapped[str] = mapped_column(String(10), default="", server_default="")
    smtp_user: Mapped[str] = mapped_column(String(254), default="", server_default="")
    smtp_password: Mapped[str] = mapped_column(Text, default="", server_default="")
    mail_from: Mapped[str] = mapped_column(String(300), default="", server_default="")
    mail_tested_at: Mapped[datetime | None]
    contact: Mapped[str] = mapped_column(String(254), default="", server_default="")


class SettingSource(StrEnum):
    """Where a setting comes from. Demo: the machine itself, which everybody who sees the demo's
    mark knows.
    """

    ENVIRONMENT = "environment"
    SCREEN = "screen"
    DEMO = "demo"
    NOWHERE = "nowhere"


@dataclass(frozen=True)
class Installation:
    """`address`: what links begin with, without a slash at the end; that of the machine itself
    while there is no public one. `mail`: None while no server is known, or its password cannot be
    read any more. `writes_files`: letters are written into a folder, and nobody gets them.
    """

    address: str
    address_from: SettingSource
    mail: MailServer | None
    mail_from: SettingSource
    writes_files: bool
    mail_host: str
    is_sealed: bool = False
    """True when the password was sealed with another secret: it must be entered again."""

    @property
    def has_address(self) -> bool:
        return self.address_from is not SettingSource.NOWHERE

    @property
    def is_reached(self) -> bool:
        """Returns True when the address leads other computers here, and not each to itself."""
        return self.has_address and not is_only_here(urlsplit(self.address).hostname or "")

    @property
    def has_mail(self) -> bool:
        return self.mail is not None or self.writes_files

    @property
    def can_send(self) -> bool:
        """Returns True when a letter may leave: it has a way out, and its links lead somewhere."""
        return self.has_address and self.has_mail


def secret_keys(db: Session) -> SecretKeys:
    keys: SecretKeys = db.info[OWN_KEYS]
    return keys


def installation(db: Session) -> Installation:
    settings: Settings = db.info[SETTINGS]
    is_told = bool(settings.base_url or settings.demo)
    is_told = is_told and bool(settings.smtp_host or settings.writes_files)
    row = None if is_told else installation_row(db)
    server, is_sealed = _server_of(row, settings, secret_keys(db))
    address, address_from = _address_of(row, settings)
    mail_from = (
        SettingSource.ENVIRONMENT
        if settings.smtp_host or settings.writes_files
        else SettingSource.SCREEN
        if server
        else SettingSource.NOWHERE
    )
    return Installation(
        address=address,
        address_from=address_from,
        mail=server,
        mail_from=mail_from,
        writes_files=settings.writes_files and server is None,
        mail_host=settings.mail_host_of(server.sender if server else settings.mail_from),
        is_sealed=is_sealed,
    )


def installation_row(db: Session, *, for_change: bool = False) -> InstallationRow | None:
    return db.get(InstallationRow, ONLY, with_for_update=for_change)


def site_address() -> str:
    """Returns what links begin with, outside of a session that is open."""
    settings = platform().settings
    if settings.base_url:
        return settings.base_url
    with reading() as db:
        return installation(db).address


def letters_can_leave() -> bool:
    """Returns True when a page may say that a letter is on its way; for callers without an open
    session.
    """
    with reading() as db:
        return installation(db).can_send


def office_contact(db: Session) -> str:
    """Returns where anybody may write to the secretariat: what the office entered, until then what
    the environment says; "" for nothing.
    """
    row = installation_row(db)
    settings: Settings = db.info[SETTINGS]
    return (row.contact if row else "") or settings.office_contact


def sealed_password(db: Session, password: str) -> str:
    return secret_keys(db).seal(password, purpose=PURPOSE) if password else ""


def _address_of(row: InstallationRow | None, settings: Settings) -> tuple[str, SettingSource]:
    if settings.base_url:
        return settings.base_url, SettingSource.ENVIRONMENT
    if row is not None and row.public_address:
        return row.public_address, SettingSource.SCREEN
    return settings.address, SettingSource.DEMO if settings.demo else SettingSource.NOWHERE


def _server_of(
    row: InstallationRow | None, settings: Settings, keys: SecretKeys
) -> tuple[MailServer | None, bool]:
    """Returns the mail server, and whether its password cannot be read."""
    if settings.smtp_host:
        return MailServer(
            settings.smtp_host,
            settings.smtp_port,
            settings.smtp_security,
            settings.smtp_user,
            settings.smtp_password,
            settings.mail_from,
        ), False
    if row is None or row.mail_tested_at is None or row.smtp_port is None:
        return None, False
    password = ""
    if row.smtp_password:
        try:
            password = keys.unseal(row.smtp_password, purpose=PURPOSE)
        except CannotUnseal:
            return None, True
    return MailServer(
        row.smtp_host, row.smtp_port, row.smtp_security, row.smtp_user, password, row.mail_from
    ), False
