"""Tables of identity. Secrets are stored as SHA-256 of 256 random bits, never themselves."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId


class Account(Base):
    """Somebody who may sign in. The address is how to reach them; `person_id` is who they are, and
    `confirmation` whether they have yet to say so themselves (a value of Confirmation).
    """

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)
    # None while the owner has chosen none; a link by e-mail signs in without one.
    password: Mapped[str | None] = mapped_column(String(255))
    password_set_at: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True)
    # Stands in the session cookie for the account; a new value makes every earlier cookie useless.
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    # Officials whom a focal point added have an account before they know of it.
    confirmation: Mapped[str] = mapped_column(String(10), default="", server_default="")

    def get_id(self) -> str:
        """Returns what Flask-Login puts into the cookie."""
        return self.fs_uniquifier

    @property
    def is_active(self) -> bool:
        """Returns True while the account may sign in: Flask-Login lets no other enter."""
        return self.active

    @property
    def is_authenticated(self) -> bool:
        """Returns True: Flask-Login only gets the account of an open sign-in."""
        return True


class RoleGrant(Base):
    """A role with its scope (country code, working-group slug or "") from–until; until is the first
    day without it.
    """

    __tablename__ = "role_grant"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    # "" and not NULL for the whole region: NULL would equal nothing in a comparison.
    scope: Mapped[str] = mapped_column(String(60), default="")
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]


class SignIn(Base):
    """One open session: the cookie holds a random key, this row its hash, so that signing out ends
    it for good. `expires_at` is the latest end of any session; `rules.session_span` may say an
    earlier one.
    """

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    key_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    # A link proves the mailbox, so whoever came by one may set a password without the old.
    way: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    # Some seconds ahead where the session goes on under another key.
    ended_at: Mapped[datetime | None]
    # What its owner knows it by: a value of DeviceKind, the system in its maker's word, and the
    # network without the part that names one machine.
    device: Mapped[str] = mapped_column(String(10), default="", server_default="")
    system: Mapped[str] = mapped_column(String(20), default="", server_default="")
    network: Mapped[str] = mapped_column(String(43), default="", server_default="")
    # Some minutes behind: a request writes it only when it is older than rules.SEEN_EVERY.
    seen_at: Mapped[datetime]


class SignInLink(Base):
    """A link by e-mail: 15 minutes, one use, consumed by POST only (mail scanners fetch links)."""

    __tablename__ = "sign_in_link"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ApiToken(Base):
    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    # A plain hash is enough for 256 random bits: nothing can be guessed, as with a password.
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    # Its owner's word for the program that holds it, to know which one to revoke.
    label: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class FeedToken(Base):
    """Read-only key of a personal calendar feed; revoked ones are kept, so that the feed answers
    410 and not 404.
    """

    __tablename__ = "feed_token"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """One try at a door, for throttling by key ("account:…", "address:…") in the database: true for
    all workers.
    """

    __tablename__ = "sign_in_attempt"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), index=True)
    at: Mapped[datetime]


class LinkedSignIn(Base):
    """Whom the single sign-on knows: its subject at an issuer, and the one account that they linked
    themselves.
    """

    __tablename__ = "linked_sign_in"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id"), primary_key=True, autoincrement=False
    )
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    linked_at: Mapped[datetime]


class RefusedTry(Base):
    """How often one account (0: none) was refused something in one hour (its begin, UTC), until the
    journal tells it. A counter, so that whoever keeps trying fills neither table nor journal.
    """

    __tablename__ = "refused_try"

    # No foreign key: 0 stands for addresses without an account.
    account_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    times: Mapped[int]


class KeptForm(Base):
    """What somebody had typed when their session ended; shown again to that account only, until
    `expires_at`.

    `typed` is a list of [name, value] without passwords; `page` shows the form and `action` takes
    it.
    """

    __tablename__ = "kept_form"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    page: Mapped[str] = mapped_column(String(500))
    action: Mapped[str] = mapped_column(String(500))
    typed: Mapped[list[Any]]
    # Files are not kept: the page says that they have to be chosen again.
    had_files: Mapped[bool]
    kept_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class AccountInvitation(Base):
    """Somebody was invited to sign in: as what, and the link in their letter.

    The token is made by whoever writes the letter; without one yet the letter is still to be
    written. `role` is a value of Role or "" for an official who is invited to learn.
    """

    __tablename__ = "account_invitation"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[str] = mapped_column(String(20), default="")
    scope: Mapped[str] = mapped_column(String(60), default="")
    created_at: Mapped[datetime]
    token_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    sent_at: Mapped[datetime | None]
    # Counted from the letter, which may wait for mail, and not from created_at.
    lapses_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    # Neither written nor read: an invitation ends with its account. To go with the next migration.
    revoked_at: Mapped[datetime | None]


class AddressChange(Base):
    """Another address for an account, which holds once its owner has opened the letter there. Of one
    account at most one waits. `asked_by` is the account that asked.
    """

    __tablename__ = "address_change"
    __table_args__ = (
        Index(
            "uq_address_change_waiting",
            "account_id",
            unique=True,
            sqlite_where=text("used_at IS NULL AND revoked_at IS NULL"),
            postgresql_where=text("used_at IS NULL AND revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    token_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    asked_at: Mapped[datetime]
    asked_by: Mapped[int | None] = mapped_column(BigId)
    lapses_at: Mapped[datetime]
    # Set by one UPDATE with its conditions: of two presses only one moves the account.
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class FirstKey(Base):
    """The address that the start of an installation without accounts prints, for its first
    organizer.
    """

    __tablename__ = "first_key"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    lapses_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
