"""Tables of the calendar of record. The no-overlap rule itself lives in schema.py (constraint and
triggers).
"""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId
from app.kernel.text import LocalizedText


class Resource(Base):
    """What can be occupied. Kinds: working-group, working-groups (all of them at once), group-pair
    ("a+b", which never meet at once), person, region, country, licence. `capacity`: how many
    meetings a licence carries; others carry one.
    """

    __tablename__ = "resource"
    __table_args__ = (UniqueConstraint("kind", "key"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    # A group's slug, a person's id, a country's code; two slugs of up to 60 for a pair.
    key: Mapped[str] = mapped_column(String(130))
    # As it is called, so that a clash can be named without asking the packages above; each claim
    # brings it up to the name of today.
    label: Mapped[LocalizedText]
    capacity: Mapped[int] = mapped_column(default=1, server_default="1")


class Engagement(Base):
    """What holds claims: one event of some domain, known here by a holder key, a title and its
    span.

    A tentative engagement (a draft's hold) expires at `expires_at`; confidential ones are "another
    meeting" to others. Nature: event, sitting (a part of an event), holiday (a day that a country
    made binding), external (another process), busy (somebody's own calendar). The last two are
    soft: they warn and hold nothing.
    """

    __tablename__ = "engagement"
    __table_args__ = (
        # Every claim looks first for holds that have lapsed, and few engagements can lapse.
        Index(
            "ix_engagement_expires_at",
            "expires_at",
            sqlite_where=text("expires_at IS NOT NULL"),
            postgresql_where=text("expires_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # "event:<id>" and the like: a name, because what holds the time lies in packages above.
    holder: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[LocalizedText]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    # The zone in which it was agreed: whatever is claimed anew keeps it.
    timezone: Mapped[str] = mapped_column(String(40))
    is_confidential: Mapped[bool] = mapped_column(default=False)
    expires_at: Mapped[datetime | None]
    nature: Mapped[str] = mapped_column(String(10), default="event", server_default="event")


class Claim(Base):
    """[starts_at, ends_at) of a resource's lanes [lane_lo, lane_hi). Two enforced claims of one
    resource whose lanes and periods overlap cannot both stand: refused by the database itself.

    Part: "whole" is enforced as it is needed; "need" stands beside another by an override, and its
    enforced "tile" rows hold what the other leaves open; "soft" only warns.
    """

    __tablename__ = "claim"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="span"),
        CheckConstraint("lane_hi > lane_lo", name="lanes"),
        # The triggers on SQLite and every question about a time go through it.
        Index("ix_claim_resource_id_starts_at_ends_at", "resource_id", "starts_at", "ends_at"),
        Index("ix_claim_engagement_id", "engagement_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id", ondelete="CASCADE"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"))
    # All lanes for an exclusive claim; for a shared one the lane of its engagement's id, so that
    # shared claims never meet each other and always meet an exclusive one. A licence has one lane
    # for each meeting that it carries.
    lane_lo: Mapped[int] = mapped_column(BigInteger, default=0)
    lane_hi: Mapped[int] = mapped_column(BigInteger, default=1)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    # A column of its own, as the constraint and the triggers hold of these rows alone.
    enforced: Mapped[bool] = mapped_column(default=True)
    part: Mapped[str] = mapped_column(String(10), default="whole", server_default="whole")


class Override(Base):
    """Somebody entitled let an engagement stand against a rule, and said why.

    `against` is the holder of the other engagement, or "" for rules that speak of no single one.
    """

    __tablename__ = "override"
    __table_args__ = (UniqueConstraint("engagement_id", "rule", "against"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id", ondelete="CASCADE"))
    rule: Mapped[str] = mapped_column(String(30))
    # Asked from the other side too: who stands beside me by an override?
    against: Mapped[str] = mapped_column(String(80), default="", index=True)
    reason: Mapped[str] = mapped_column(Text)
    # None where the book itself permits it: a side event stands beside its congress.
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime]


class PastOverride(Base):
    """An override as it stood until its engagement left that time, [starts_at, ends_at), so that
    who takes the act back gets it again with its reason. `holder` and not the engagement, which a
    cancelled event has no more.
    """

    __tablename__ = "past_override"
    __table_args__ = (Index("ix_past_override_holder", "holder"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    holder: Mapped[str] = mapped_column(String(80))
    rule: Mapped[str] = mapped_column(String(30))
    against: Mapped[str] = mapped_column(String(80), default="")
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime]


class RuleSetting(Base):
    """How hard a rule is for events that start within [valid_from, valid_until): rows are added,
    never changed, and the latest that applies counts. No `valid_until`: for good. What has no row
    is as the book says.
    """

    __tablename__ = "rule_setting"
    __table_args__ = (
        CheckConstraint("valid_until IS NULL OR valid_until > valid_from", name="span"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    rule: Mapped[str] = mapped_column(String(30), index=True)
    severity: Mapped[str] = mapped_column(String(10))
    # None for a rule that counts nothing.
    threshold: Mapped[int | None]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime]


class GroupPair(Base):
    """Two working groups that never meet at once, whatever becomes of the rule between all groups;
    slugs in order.
    """

    __tablename__ = "group_pair"
    __table_args__ = (
        # So that a pair cannot be declared twice, once each way round.
        CheckConstraint("first < second", name="pair_order"),
        UniqueConstraint("first", "second"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    first: Mapped[str] = mapped_column(String(60))
    second: Mapped[str] = mapped_column(String(60))


class ConflictCase(Base):
    """A clash that arose after scheduling, because somebody changed post, a rule was raised or a
    zone moved. It waits for the secretariat: closed by moving, replacing or accepting with a
    reason. `against` is the other engagement's holder, or "" when the event stands against no other
    (somebody needed has left).
    """

    __tablename__ = "conflict_case"
    __table_args__ = (Index("ix_conflict_case_state_opened_at", "state", "opened_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    holder: Mapped[str] = mapped_column(String(80), index=True)
    against: Mapped[str] = mapped_column(String(80), default="", index=True)
    rule: Mapped[str] = mapped_column(String(30))
    party_kind: Mapped[str] = mapped_column(String(20), default="")
    party_key: Mapped[str] = mapped_column(String(130), default="")
    # As it was called when the case was opened: the person may have been erased since.
    party_label: Mapped[LocalizedText]
    cause: Mapped[str] = mapped_column(String(30))
    opened_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="open")
    outcome: Mapped[str] = mapped_column(String(10), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    closed_at: Mapped[datetime | None]
