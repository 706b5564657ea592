"""Tables of the directory. Dates are local calendar dates; `valid_until` is the first day that no
longer counts.
"""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    false,
    func,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.infra.orm import Base, BigId
from app.kernel.text import LocalizedText


class Country(Base):
    """A Member Country of the body; the key is its ISO 3166-1 alpha-2 code, the zone the one its capital
    keeps. `shares_delegates` and `shares_emails`: what partners of other countries read in who is
    who beside the mechanisms and the focal point. `shares_figures`, a value of SharedFigures: what
    anybody outside the country reads of how many are trained. `counts_only_since`: the day from
    which on it gives no names and declares counts; None while it keeps a roster here.
    """

    __tablename__ = "country"

    code: Mapped[str] = mapped_column(String(2), primary_key=True)
    name: Mapped[LocalizedText]
    timezone: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(2), default="es")
    shares_delegates: Mapped[bool] = mapped_column(default=False, server_default=false())
    shares_emails: Mapped[bool] = mapped_column(default=False, server_default=false())
    shares_figures: Mapped[str] = mapped_column(String(10), default="all", server_default="all")
    counts_only_since: Mapped[date | None]


class Institution(Base):
    """Kinds, which are also sectors: foreign-affairs, migration, womens-mechanism, labour, interior,
    justice, children, social-development, health, human-rights, secretariat, civil-society, other.
    `contact_email` is a mailbox of the institution, nobody's own. `mandate`: migration, gender,
    both; "" where the kind tells it. From `closed_on` on it is offered nowhere; what was there
    stays. `is_sensitive`: the names of who serves there stay inside the country (decision 90).
    """

    __tablename__ = "institution"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    country_code: Mapped[str] = mapped_column(ForeignKey("country.code"), index=True)
    name: Mapped[LocalizedText]
    kind: Mapped[str] = mapped_column(String(30))
    contact_email: Mapped[str] = mapped_column(String(254), default="", server_default="")
    closed_on: Mapped[date | None]
    mandate: Mapped[str] = mapped_column(String(10), default="", server_default="")
    is_sensitive: Mapped[bool] = mapped_column(default=False, server_default=false())
    posts: Mapped[list["Post"]] = relationship(back_populates="institution", lazy="raise")


class Post(Base):
    """A seat in an institution. Only target posts count for coverage: those of whose holders the
    counted course is asked. From `closed_on` on the post is no longer there, and not vacant either.
    """

    __tablename__ = "post"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    title: Mapped[LocalizedText]
    is_target: Mapped[bool] = mapped_column(default=True)
    closed_on: Mapped[date | None]
    institution: Mapped[Institution] = relationship(back_populates="posts", lazy="raise")


class Person(Base):
    """Somebody with a name as on the ID, unsplit. E-mail is a contact, not the identity: mailboxes
    are shared.

    A guest comes to one event by invitation, has no account and is in no list but that event's;
    `organisation` is what a guest says to come from. `merged_into_id`: another record of the same
    person, in which this one goes on; it is offered nowhere any more.

    `withheld`: the name stays inside the country; a value of Withheld, or "". Then `full_name` and
    `sort_key` hold a stand-in and `email` nothing, so that whoever reads them tells nobody, and the
    `withheld_` columns hold what is true: `own_name`, `own_key` and `own_email` return that, for the
    country's focal point and for the person (decision 90).
    """

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    full_name: Mapped[str] = mapped_column(String(200))
    # The name without accents and case: no collation makes both databases sort alike.
    sort_key: Mapped[str] = mapped_column(String(200), index=True)
    email: Mapped[str] = mapped_column(String(254), default="", index=True)
    country_code: Mapped[str | None] = mapped_column(ForeignKey("country.code"), index=True)
    language: Mapped[str] = mapped_column(String(2), default="es")
    timezone: Mapped[str] = mapped_column(String(40))
    sex: Mapped[str] = mapped_column(String(1), default="")
    is_guest: Mapped[bool] = mapped_column(default=False, server_default=false())
    organisation: Mapped[str] = mapped_column(String(200), default="", server_default="")
    merged_into_id: Mapped[int | None] = mapped_column(BigId)
    withheld: Mapped[str] = mapped_column(String(10), default="", server_default="")
    withheld_name: Mapped[str] = mapped_column(String(200), default="", server_default="")
    withheld_key: Mapped[str] = mapped_column(String(200), default="", server_default="")
    withheld_email: Mapped[str] = mapped_column(String(254), default="", server_default="")
    appointments: Mapped[list["Appointment"]] = relationship(back_populates="person", lazy="raise")

    @hybrid_property
    def own_name(self) -> str:
        return self.withheld_name or self.full_name

    @own_name.inplace.expression
    @classmethod
    def _own_name(cls) -> ColumnElement[str]:
        return func.coalesce(func.nullif(cls.withheld_name, ""), cls.full_name)

    @hybrid_property
    def own_key(self) -> str:
        return self.withheld_key or self.sort_key

    @own_key.inplace.expression
    @classmethod
    def _own_key(cls) -> ColumnElement[str]:
        return func.coalesce(func.nullif(cls.withheld_key, ""), cls.sort_key)

    @hybrid_property
    def own_email(self) -> str:
        return self.withheld_email or self.email

    @own_email.inplace.expression
    @classmethod
    def _own_email(cls) -> ColumnElement[str]:
        return func.coalesce(func.nullif(cls.withheld_email, ""), cls.email)


class Appointment(Base):
    """A person in a post from–until. `confirmed_on` is when a focal point last said that it stands,
    `doubted_on` since when a focal point does not know; whoever confirms it takes the doubt away.
    `end_recorded_on` is when the end was written down, which may be long after `valid_until`.
    `moved_to_id` is the appointment that the same answer began in another post.
    `note_asked_on` is when a letter asked for a handover note, `note_received_on` when the focal
    point had it; the note itself stays with the focal point. `acting_until` is the last day for
    which somebody acts in the post, None where that is open; nothing ends by itself on it.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="span"),
        CheckConstraint("acting_until IS NULL OR is_acting", name="acting_until_of_acting"),
        Index("ix_appointment_open", "post_id", "valid_from", "valid_until"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    end_reason: Mapped[str] = mapped_column(String(20), default="")
    confirmed_on: Mapped[date | None]
    doubted_on: Mapped[date | None]
    end_recorded_on: Mapped[date | None]
    note_asked_on: Mapped[date | None]
    note_received_on: Mapped[date | None]
    moved_to_id: Mapped[int | None] = mapped_column(BigId)
    is_acting: Mapped[bool] = mapped_column(default=False, server_default=false())
    acting_until: Mapped[date | None]
    person: Mapped[Person] = relationship(back_populates="appointments", lazy="raise")
    # Raises where it was not loaded: a roster of hundreds would ask once for each line.
    post: Mapped[Post] = relationship(lazy="raise")


class ConfirmationRound(Base):
    """A quarter in which a country is asked whether its officials still serve; `quarter` is its first
    day. All days are those of the secretariat: when the focal points were asked, reminded, and the
    secretariat told that the country is silent.
    """

    __tablename__ = "confirmation_round"
    # Unique: however often the nightly job runs, or two of it at once, a country is asked once.
    __table_args__ = (UniqueConstraint("country_code", "quarter"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    country_code: Mapped[str] = mapped_column(ForeignKey("country.code"))
    quarter: Mapped[date]
    asked_on: Mapped[date]
    reminded_on: Mapped[date | None]
    told_on: Mapped[date | None]


class RosterDraft(Base):
    """What a focal point chose for one row of the roster and has not confirmed yet; it means nothing
    until then. `said` is the answer as the form names it; `on_text` and `post_text` as typed.
    """

    __tablename__ = "roster_draft"

    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"), primary_key=True)
    said: Mapped[str] = mapped_column(String(10))
    on_text: Mapped[str] = mapped_column(String(40), default="", server_default="")
    post_text: Mapped[str] = mapped_column(String(200), default="", server_default="")
    saved_at: Mapped[datetime]


class HeldNewcomer(Base):
    """Somebody whom a focal point wrote down with an address that belongs to somebody of another
    country. The row goes once the secretariat has decided.
    """

    __tablename__ = "held_newcomer"
    __table_args__ = (UniqueConstraint("country_code", "email", "full_name"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    country_code: Mapped[str] = mapped_column(ForeignKey("country.code"))
    full_name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    post_title: Mapped[str] = mapped_column(String(200))
    valid_from: Mapped[date]
    asked_at: Mapped[datetime]


class PersonCorrection(Base):
    """What was on record of a person until a mistake was put right, and what is since: `field` is
    full_name, email or post (of `appointment_id`). Certificates that were issued keep what they say.
    """

    __tablename__ = "person_correction"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    appointment_id: Mapped[int | None] = mapped_column(BigId)
    field: Mapped[str] = mapped_column(String(20))
    before: Mapped[str] = mapped_column(String(500))
    after: Mapped[str] = mapped_column(String(500))
    corrected_at: Mapped[datetime]
    corrected_by: Mapped[int | None] = mapped_column(BigId)


class CorrectionRequest(Base):
    """What somebody says is wrong on their record, and how it should be; "" where it is right.
    `decision` is "" while it waits, then a value of CorrectionDecision.
    """

    __tablename__ = "correction_request"
    __table_args__ = (
        Index(
            "uq_correction_request_open",
            "person_id",
            unique=True,
            sqlite_where=text("decision = ''"),
            postgresql_where=text("decision = ''"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    full_name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    # As written, not a row: what the person calls the post may be none that is known.
    post: Mapped[str] = mapped_column(String(300))
    note: Mapped[str] = mapped_column(String(1000))
    # Certificates that print the record otherwise are issued anew once it is corrected.
    reissue: Mapped[bool] = mapped_column(default=False, server_default=false())
    asked_at: Mapped[datetime]
    decision: Mapped[str] = mapped_column(String(10), default="", server_default="")
    reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    decided_at: Mapped[datetime | None]


class FocalPoint(Base):
    """A dated designation of the person who answers for a country's roster."""

    __tablename__ = "focal_point"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    country_code: Mapped[str] = mapped_column(ForeignKey("country.code"), index=True)
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]


class PresidencyTerm(Base):
    """The yearly presidency (PPT)."""

    __tablename__ = "presidency_term"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    country_code: Mapped[str] = mapped_column(ForeignKey("country.code"))
    # Unique: of two who record the same handover, the database lets one.
    valid_from: Mapped[date] = mapped_column(unique=True)
    valid_until: Mapped[date]


class WorkingGroup(Base):
    """A standing group (kind "working-group") or an organ of governance (kind "governance")."""

    __tablename__ = "working_group"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    code: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(20), default="working-group")
    name: Mapped[LocalizedText]
    # The body's own order, as in its file, and not that of the alphabet.
    position: Mapped[int] = mapped_column(default=0)


class Membership(Base):
    """A person in a working group from–until; role: member or convenor."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("working_group_id", "person_id", "valid_from"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    working_group_id: Mapped[int] = mapped_column(ForeignKey("working_group.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(String(20), default="member")
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]


class DoubtfulInstitution(Base):
    """A pasted line that waits for an answer: of which country it is, or whether it is one that is
    known already. `country_code` is "" where nobody could tell; then `name` ends with what was
    written for a country.
    """

    __tablename__ = "doubtful_institution"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    country_code: Mapped[str] = mapped_column(String(2), default="")
    added_at: Mapped[datetime]

    @property
    def text(self) -> str:
        """Returns the line as it would be pasted again."""
        return "; ".join(filter(None, (self.name, self.country_code)))


class LeftOut(Base):
    """How this office differs from the body's file: a country (by code) or group (by slug) that it
    does not use, or with kind "own" a country that the file lacks.
    """

    __tablename__ = "left_out"

    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    # Code or slug and no foreign key: what is left out may have no row at all.
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
