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
    """A letter in the outbox, kept at least once and never lost: a sender killed between handing
    over and noting it may send one copy more.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_token_sha256", "token_sha256"),
        Index("ix_message_recipient", "recipient"),
        Index("ix_message_entry_id", "entry_id"),
        Index("ix_message_person_id", "person_id"),
        Index("ix_message_event_id", "event_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # Becomes the Message-ID, so that mail programs recognise a second copy as the same letter.
    dedupe: Mapped[str] = mapped_column(String(120), unique=True)
    # None for letters to an address alone: links to sign in, and guests who are in no directory yet.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("event.id"))
    # The event's sequence when the letter was written: which time and place its reader was told.
    event_sequence: Mapped[int | None]
    # Copied, because the letter goes where it was meant to go even if the contact changes.
    recipient: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))
    subject: Mapped[str] = mapped_column(String(300))
    # Has marks in place of the keys in its links, so that whoever reads the table can use none.
    body: Mapped[str] = mapped_column(Text)
    # A whole iCalendar object (RFC 5546) and its method, "" where there is none; like `reply_to`
    # with a mark in place of the token of the address to answer to.
    calendar: Mapped[str] = mapped_column(Text, default="", server_default="")
    calendar_method: Mapped[str] = mapped_column(String(10), default="", server_default="")
    # The invitation once more as a file, for mail programs that show no text/calendar part.
    has_attachment: Mapped[bool] = mapped_column(default=False, server_default=false())
    reply_to: Mapped[str] = mapped_column(String(254), default="", server_default="")
    # For the button of mail programs (RFC 8058), with a mark in place of the key; "" for letters
    # about somebody's own account.
    unsubscribe_url: Mapped[str] = mapped_column(String(500), default="", server_default="")
    # Its token stands in the envelope sender, so that whatever comes back names this message.
    token_sha256: Mapped[str] = mapped_column(String(64), default="", server_default="")
    sealed_token: Mapped[str] = mapped_column(Text, default="", server_default="")
    # The fact whose delivery sends it. A message that is sent anew gets a new one, so that a late
    # run of the earlier delivery finds nothing to send.
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entry.id"))
    created_at: Mapped[datetime]
    # None while it waits.
    sent_at: Mapped[datetime | None]
    # Since when it waits because letters could not leave. It leaves only when the office says so:
    # after days its words may be out of date.
    held_at: Mapped[datetime | None]
    # It became a file in a folder, as in the demo, and nobody got it.
    is_filed: Mapped[bool] = mapped_column(default=False, server_default=false())
    # What its links began with when it was written; they lead to the address of the day it leaves.
    site: Mapped[str] = mapped_column(String(300), default="", server_default="")
    # The keys of its links, readable only with the application's secret, and dropped as soon as the
    # letter may not leave any more.
    sealed_keys: Mapped[str] = mapped_column(Text, default="", server_default="")
    bounced_at: Mapped[datetime | None]
    bounce_note: Mapped[str] = mapped_column(String(400), default="", server_default="")
    given_up_at: Mapped[datetime | None]
    # An organizer's words, or one of the platform's own sentences (WITHDRAWN in rules).
    given_up_reason: Mapped[str] = mapped_column(String(300), default="", server_default="")


class MailWish(Base):
    """The letters that a person wants. People without a row get all of them, with the invitation
    within the letter.
    """

    __tablename__ = "mail_wish"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, autoincrement=False
    )
    # Reminders: a week, a day and an hour before.
    week: Mapped[bool] = mapped_column(default=True, server_default=true())
    day: Mapped[bool] = mapped_column(default=True, server_default=true())
    hour: Mapped[bool] = mapped_column(default=True, server_default=true())
    # Without it no new invitations come, but those in a calendar are still brought up to date.
    calendar: Mapped[bool] = mapped_column(default=True, server_default=true())
    # False, because most mail programs show the invitation within the letter.
    attachment: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Those that go to many at once.
    letters: Mapped[bool] = mapped_column(default=True, server_default=true())
    changed_at: Mapped[datetime]


class AnswerAddress(Base):
    """The address `rsvp+<token>@…` to which one person's calendar answers for one event."""

    __tablename__ = "answer_address"
    __table_args__ = (
        Index("uq_answer_address_event_id_person_id", "event_id", "person_id", unique=True),
    )

    # Whoever knows the token answers, so that a forged From answers for nobody. It never changes,
    # because calendars ignore updates from another organizer.
    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    sealed_token: Mapped[str] = mapped_column(Text)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class ReminderRound(Base):
    """A kind of reminder that has gone to all who were due it for an event at this start. Nobody
    becomes due for it later.
    """

    __tablename__ = "reminder_round"

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(5), primary_key=True)
    # In the key, so that an event that moves is reminded of once more.
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    done_at: Mapped[datetime]


class LetterText(Base):
    """The office's own words in one kind of letter. Without a row, and in a language that is
    missing, the letter keeps ours.
    """

    __tablename__ = "letter_text"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    subject: Mapped[LocalizedText]
    introduction: Mapped[LocalizedText]
    closing: Mapped[LocalizedText]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    changed_at: Mapped[datetime]
