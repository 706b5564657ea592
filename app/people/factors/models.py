"""Tables of second factors. What must be read again is sealed with the application's secret; what
only has to be recognised is stored as a hash; a passkey's public key is no secret.
"""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    LargeBinary,
    SmallInteger,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId

ONLY = 1


class CodeApp(Base):
    """The application on somebody's telephone that shows codes of six digits (TOTP, RFC 6238).

    A backup holds no secret that works: `secret` is sealed, so that where the key of the
    installation that sealed it is not listed, its owner needs another factor or the word of two
    organizers.
    """

    __tablename__ = "code_app"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(Text)
    # Raised by one UPDATE with its condition: of two who send one code, one enters.
    last_step: Mapped[int] = mapped_column(BigInteger)
    set_up_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Passkey(Base):
    """A key that a device or a security key keeps (WebAuthn). `credential_id` is base64url."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    # As long as WebAuthn lets it be: 1023 bytes.
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    # 0 for keys that are synchronised between devices: those do not count.
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(80))
    set_up_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SpentChallenge(Base):
    """A challenge that a passkey has answered: the same answer does not count twice. Kept until the
    challenge has lapsed by itself.
    """

    __tablename__ = "spent_challenge"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    lapses_at: Mapped[datetime] = mapped_column(index=True)


class RecoveryCode(Base):
    """One of ten codes for whoever has no other factor at hand: 120 random bits, of which a plain hash
    is enough. Those of before December 2026 have 80.
    """

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    code_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class LostFactors(Base):
    """An organizer says that they spoke with somebody who lost every second factor. The row goes
    when another organizer agrees or somebody declines; the journal keeps both.
    """

    __tablename__ = "lost_factors"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    # How they know that it was this person.
    note: Mapped[str] = mapped_column(String(500))
    told_at: Mapped[datetime]
    told_by: Mapped[int] = mapped_column(ForeignKey("account.id"))


class FactorRule(Base):
    """Who must have a second factor has so many days for it, from the day of the role or from
    `since`, whichever is later. The only row; the migration writes it.
    """

    __tablename__ = "factor_rule"
    __table_args__ = (CheckConstraint("id = 1", name="only"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    grace_days: Mapped[int]
    since: Mapped[datetime]
