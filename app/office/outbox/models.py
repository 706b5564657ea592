"""The outbox, what people wish of it, the addresses that answers come back to, and which reminders
have gone round.

A message is written in the transaction of the delivery that causes it and sent by a delivery of its
own, so that retry, back-off and the list of what could not be sent are the journal's.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, false, true
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId
from app.kernel.text import LocalizedText


class Message(Base):
    """At least once, never lost: a sender killed between handing over and noting it may send one
    copy more.

    `dedupe` makes the Message-ID, so that such a copy is recognisable as one. `sent_at` is null
    while it waits; `held_at` is since when, if letters could not leave, and what is held leaves
    when the office says so. `is_filed`: it became a file in a folder, and nobody got it. `site` is
    what its links began with when it was written; they lead to the address of the day on which it
    leaves. `body` has marks in place of the keys in its links: `sealed_keys` has the keys, readable
    only with the application's secret, and only as long as the letter may leave. `calendar` is a
    whole iCalendar object (RFC 5546) whose method is `calendar_method`, "" where there is none.
    `token` stands in the envelope sender, so that whatever comes back names this message.
    `entry_id` is the fact whose delivery sends it; a message sent anew has a new one.
    `unsubscribe_url` is for letters to many. `event_sequence` is the event's when the letter was
    written, so that it is known which time and place it tells.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_token", "token"),
        Index("ix_message_recipient", "recipient"),
        Index("ix_message_entry_id", "entry_id"),
        Index("ix_message_person_id", "person_id"),
        Index("ix_message_event_id", "event_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dedupe: Mapped[str] = mapped_column(String(120), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("event.id"))
    event_sequence: Mapped[int | None]
    recipient: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    calendar: Mapped[str] = mapped_column(Text, default="", server_default="")
    calendar_method: Mapped[str] = mapped_column(String(10), default="", server_default="")
    has_attachment: Mapped[bool] = mapped_column(default=False, server_default=false())
    reply_to: Mapped[str] = mapped_column(String(254), default="", server_default="")
    unsubscribe_url: Mapped[str] = mapped_column(String(500), default="", server_default="")
    token: Mapped[str] = mapped_column(String(20), default="", server_default="")
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entry.id"))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    is_filed: Mapped[bool] = mapped_column(default=False, server_default=false())
    site: Mapped[str] = mapped_column(String(300), default="", server_default="")
    sealed_keys: Mapped[str] = mapped_column(Text, default="", server_default="")
    bounced_at: Mapped[datetime | None]
    bounce_note: Mapped[str] = mapped_column(String(400), default="", server_default="")
    given_up_at: Mapped[datetime | None]
    given_up_reason: Mapped[str] = mapped_column(String(300), default="", server_default="")


class MailWish(Base):
    """Which letters a person wants; whoever has no row gets all of them, the invitation within the
    letter.
    """

    __tablename__ = "mail_wish"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, autoincrement=False
    )
    week: Mapped[bool] = mapped_column(default=True, server_default=true())
    day: Mapped[bool] = mapped_column(default=True, server_default=true())
    hour: Mapped[bool] = mapped_column(default=True, server_default=true())
    calendar: Mapped[bool] = mapped_column(default=True, server_default=true())
    attachment: Mapped[bool] = mapped_column(default=False, server_default=false())
    letters: Mapped[bool] = mapped_column(default=True, server_default=true())
    changed_at: Mapped[datetime]


class AnswerAddress(Base):
    """`rsvp+<token>@…`: where one person's calendar answers for one event. Who knows the token
    answers; a forged From answers for nobody. The same for good, because calendars ignore updates
    from another organizer.
    """

    __tablename__ = "answer_address"
    __table_args__ = (
        Index("uq_answer_address_event_id_person_id", "event_id", "person_id", unique=True),
    )

    token: Mapped[str] = mapped_column(String(20), primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class ReminderRound(Base):
    """All who were due one kind of reminder of an event at this start have got it; nobody becomes
    due for it later.
    """

    __tablename__ = "reminder_round"

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(5), primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    done_at: Mapped[datetime]


class LetterText(Base):
    """What the office says instead of ours in one kind of letter; a language that is missing keeps
    ours. No row: all of it is ours.
    """

    __tablename__ = "letter_text"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    subject: Mapped[LocalizedText]
    introduction: Mapped[LocalizedText]
    closing: Mapped[LocalizedText]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    changed_at: Mapped[datetime]
